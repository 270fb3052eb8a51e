"""How large a file of labels may be, and the check of that before any of it is decoded.

A PDF of a few kilobytes can unpack to gigabytes, so the unpacked length of every stream is measured first.
"""

from __future__ import annotations

import base64
import re
import zlib

from hub import BadReply

MAX_BYTES = 64 * 2**20
MAX_PAGES = 2_000
MAX_IMAGE_PIXELS = 20_000_000  # A4 at 400 dpi is 15 million
_MAX_STREAM = 32 * 2**20  # page content, fonts, tables
_MAX_IMAGE_STREAM = 80 * 2**20  # so many pixels of four bytes
_MAX_TOTAL = 2 * 2**30
_MAX_UNMEASURED = 2**20
_DICTIONARY_BYTES = 2_000

_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_IMAGE = re.compile(rb"/Subtype\s*/Image\b")
_FLATE = re.compile(rb"/Fl(?:ateDecode)?\b")
_PIXELS = re.compile(rb"/(Width|Height)\s+(\d{1,12})")
_PNG = b"\x89PNG\r\n\x1a\n"


def kind_of(content: bytes) -> str:
    """``pdf`` or ``png``, by the file's own first bytes. Raises BadReply on anything else."""
    if len(content) > MAX_BYTES:
        raise BadReply(
            "the label file has {content} bytes, the limit is {max_bytes}",
            code="bad_reply.label_file_bytes_limit",
            values={"content": len(content), "max_bytes": MAX_BYTES},
        )
    if content.startswith(_PNG):
        return "png"
    if b"%PDF-" in content[:1024]:
        return "pdf"
    if not content:
        raise BadReply("the label file is empty", code="bad_reply.label_file_empty")
    raise BadReply("the label file is neither a PDF nor a PNG", code="bad_reply.label_file_neither_pdf")


def check_pdf(content: bytes) -> None:
    """Raises BadReply where a stream would unpack to more than a label can need."""
    total = 0
    for match in _STREAM.finditer(content):
        dictionary = content[max(match.start() - _DICTIONARY_BYTES, 0) : match.start()]
        dictionary = dictionary[dictionary.rfind(b" obj") + 1 :]
        image = _IMAGE.search(dictionary) is not None
        if image:
            sides = {name: int(value) for name, value in _PIXELS.findall(dictionary)}
            if sides.get(b"Width", 0) * sides.get(b"Height", 0) > MAX_IMAGE_PIXELS:
                raise BadReply(
                    "a picture in the label file is larger than any label",
                    code="bad_reply.picture_label_file_larger",
                )
        limit = _MAX_IMAGE_STREAM if image else _MAX_STREAM
        end = content.find(b"endstream", match.end())
        raw = content[match.end() : end if end >= 0 else len(content)]
        length = _unpacked(raw, dictionary, limit)
        total += length
        if length > limit or total > _MAX_TOTAL:
            raise BadReply(
                "the label file unpacks to more than a label can need",
                code="bad_reply.label_file_unpacks",
            )


def _unpacked(raw: bytes, dictionary: bytes, limit: int) -> int:
    """The length of the stream unpacked, or something above ``limit`` as soon as that is passed."""
    # The dictionary's word may be disguised (names can be escaped); deflated bytes are known by their head.
    deflated = len(raw) > 1 and raw[0] & 15 == 8 and (raw[0] << 8 | raw[1]) % 31 == 0
    if not deflated and _FLATE.search(dictionary) is None:
        # LZW and run lengths grow a thousandfold at most; a picture's own coding is bounded by its sides.
        packed = b"/LZWDecode" in dictionary or b"/RunLengthDecode" in dictionary
        return limit + 1 if packed and len(raw) > _MAX_UNMEASURED else len(raw)
    if len(_FLATE.findall(dictionary)) > 1:
        return limit + 1  # packed twice: no honest writer does that
    if b"/ASCII85Decode" in dictionary:
        try:
            raw = base64.a85decode(raw.strip().removesuffix(b"~>"))
        except ValueError:
            return len(raw)
    decoder = zlib.decompressobj()
    length = 0
    try:
        while raw and length <= limit:
            length += len(decoder.decompress(raw, 2**20))
            raw = decoder.unconsumed_tail
    except zlib.error:
        # Enciphered or broken: what cannot be measured must at least be short.
        return limit + 1 if len(raw) > _MAX_UNMEASURED else max(length, len(raw))
    return length


__all__ = ["MAX_IMAGE_PIXELS", "MAX_PAGES", "check_pdf", "kind_of"]
