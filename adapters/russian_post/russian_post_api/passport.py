"""The unloading passport: a ZIP of one JSON text, unpacked and cut into its elements while it arrives."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterator

import msgspec

from russian_post_api.decoding import decode_part, lost
from russian_post_api.offices import PassportElement

PACKED_LIMIT = 128 * 1024 * 1024
"""Bytes that may arrive."""
TEXT_LIMIT = 1024 * 1024 * 1024
"""Bytes that they may unpack to; the list takes tens of megabytes."""
ELEMENT_LIMIT = 256 * 1024
"""Bytes of one element; an office takes about 2 kB."""

_PIECE = 256 * 1024
_HEADER = struct.Struct("<4sHHHHHIIIHH")
_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 0x1
_LIST = re.compile(rb'"passportElements"\s*:\s*\[')
# From one bracket to the next, over whole strings. Possessive, so that it never backtracks into a string.
_TO_BRACKET = re.compile(rb'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")*+([{}\[\]])', re.DOTALL)


async def elements_of(chunks: AsyncIterator[bytes]) -> AsyncGenerator[PassportElement, None]:
    """The elements of the list; one that cannot be read is left out and counted. Raises
    ``msgspec.DecodeError`` for what is cut off, broken or too large, and where none can be read."""
    unpacker, cutter = Unpacker(), ElementCutter()
    count, broken, failure = 0, list[str](), None
    async for chunk in chunks:
        for text in unpacker.feed(chunk):
            for element in cutter.feed(text):
                count += 1
                try:
                    office, _ = decode_part(element, PassportElement)
                except msgspec.DecodeError as error:
                    broken.append(f"$[{count - 1}]")
                    failure = error
                    continue
                yield office
    unpacker.close()
    cutter.close()
    if failure is not None and count == len(broken):
        raise failure
    lost(broken, "offices")


class Unpacker:
    """The first member of a ZIP, piece by piece; what follows it (the directory) is not looked at."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._inflate: zlib._Decompress | None = None
        self._started = False
        self._stored_left = 0
        self._done = False
        self._packed = self._text = 0
        self._crc = 0
        self._declared_crc: int | None = None

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """What ``chunk`` unpacks to, in pieces of a bounded size."""
        self._packed += len(chunk)
        if self._packed > PACKED_LIMIT:
            raise msgspec.DecodeError(f"the archive takes more than {PACKED_LIMIT} bytes")
        if self._done:
            return
        self._buffer += chunk
        if not self._started and not self._start():
            return
        for piece in self._pieces():
            self._text += len(piece)
            if self._text > TEXT_LIMIT:
                raise msgspec.DecodeError(f"the archive unpacks to more than {TEXT_LIMIT} bytes")
            self._crc = zlib.crc32(piece, self._crc)
            yield piece

    def close(self) -> None:
        """Call it at the end of the answer."""
        if not self._done:
            raise msgspec.DecodeError("the archive was cut off")
        if self._declared_crc is not None and self._crc != self._declared_crc:
            raise msgspec.DecodeError("the archive is broken: its checksum differs")

    def _start(self) -> bool:
        if len(self._buffer) < _HEADER.size:
            return False
        head = _HEADER.unpack_from(self._buffer)
        signature, flags, method, crc, packed, name, extra = (head[i] for i in (0, 2, 3, 6, 7, 9, 10))
        if signature != b"PK\x03\x04":
            raise msgspec.DecodeError("the answer is not a ZIP archive")
        if flags & _ENCRYPTED or method not in (_STORED, _DEFLATED):
            raise msgspec.DecodeError("the archive is packed in a way that is not read")
        if len(self._buffer) < _HEADER.size + name + extra:
            return False
        del self._buffer[: _HEADER.size + name + extra]
        streamed = bool(flags & 0x8)  # sizes and checksum then follow the data
        if method == _DEFLATED:
            self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        elif streamed:
            raise msgspec.DecodeError("the archive is packed in a way that is not read")
        self._stored_left = packed
        self._declared_crc = None if streamed else crc
        self._started = True
        return True

    def _pieces(self) -> Iterator[bytes]:
        data = bytes(self._buffer)
        self._buffer.clear()
        if self._inflate is None:
            piece = data[: self._stored_left]
            self._stored_left -= len(piece)
            self._done = self._stored_left == 0
            yield piece
            return
        try:
            more = True
            while more and not self._inflate.eof:
                piece = self._inflate.decompress(data, _PIECE)
                data = self._inflate.unconsumed_tail
                more = bool(data) or len(piece) == _PIECE  # a full piece may leave text inside
                yield piece
        except zlib.error:
            raise msgspec.DecodeError("the archive is broken") from None
        self._done = self._inflate.eof


class ElementCutter:
    """Feed it the text as it comes; it gives the bytes of each object in the list ``passportElements``."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._inside = False
        self._done = False
        self._scanned = 0
        self._start = 0
        self._depth = 0

    def feed(self, text: bytes) -> Iterator[bytes]:
        """The elements that ``text`` completes."""
        if self._done:
            return
        buffer = self._buffer
        buffer += text
        if not self._inside:
            opening = _LIST.search(buffer)
            if opening is None:
                if len(buffer) > ELEMENT_LIMIT:
                    raise msgspec.DecodeError("the archive holds no list of offices")
                return
            del buffer[: opening.end()]
            self._inside = True
        while not self._done and (hit := _TO_BRACKET.match(buffer, self._scanned)):
            bracket, end = hit[1], hit.end()
            if bracket in b"{[":
                if self._depth == 0:
                    self._start = end - 1
                self._depth += 1
            elif self._depth == 0:
                self._done = True
            else:
                self._depth -= 1
                if self._depth == 0:
                    yield bytes(buffer[self._start : end])
            self._scanned = end
        keep = self._start if self._depth else self._scanned
        del buffer[:keep]
        self._scanned -= keep
        self._start = 0
        if len(buffer) > ELEMENT_LIMIT:
            raise msgspec.DecodeError(f"an element of the list takes more than {ELEMENT_LIMIT} bytes")

    def close(self) -> None:
        """Call it at the end of the text."""
        if not self._done:
            raise msgspec.DecodeError("the list of offices was cut off")
