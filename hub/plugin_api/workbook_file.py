"""The parts of an Excel file (.xlsx): a ZIP file of XML, as ISO/IEC 29500-2 packs it.

The file is somebody else's: nothing is unpacked beyond a limit, whatever it says of its own size, and no
document type is taken, so that no entity can grow.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from functools import partial
from io import BytesIO
from typing import Protocol
from xml.parsers import expat

from hub.plugin_api.errors import Rejected

SMALL_PART_MAX = 8 * 1024 * 1024
_DIRECTORY_MAX = 256 * 1024
_CHUNK = 64 * 1024
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x07"
_BROKEN = (
    zipfile.BadZipFile, zlib.error, expat.ExpatError, KeyError, EOFError, OSError,
    RuntimeError, NotImplementedError, ValueError,
)  # fmt: skip


class Reader(Protocol):
    """What a part is read by: names without their namespaces."""

    def begin(self, name: str, attributes: Mapping[str, str]) -> None: ...
    def end(self, name: str) -> None: ...
    def text(self, text: str) -> None: ...


class Archive:
    """The parts of a file by name. Raises Rejected for what is no workbook, and what is damaged."""

    def __init__(self, data: bytes) -> None:
        self._zip = _opened(data)
        self._names = frozenset(self._zip.namelist())
        self.workbook = self._workbook()
        """The name of the part that names the sheets."""

    def chunks(self, part: str, most: int) -> Iterator[bytes]:
        """A part, unpacked piece by piece. Raises Rejected once it is larger than ``most``."""
        read = 0
        try:
            with self._zip.open(part) as source:
                while chunk := source.read(_CHUNK):
                    read += len(chunk)
                    if read > most:
                        raise too_large(most)
                    yield chunk
        except _BROKEN as error:
            raise damaged() from error

    def read(self, part: str, most: int, reader: Reader) -> Iterator[None]:
        """Hand a part to ``reader``; a turn for each piece, so that what it found can be taken from it."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = partial(_first, parser, reader)
        parser.CharacterDataHandler = reader.text
        parser.StartDoctypeDeclHandler = _no_doctype
        for chunk in self.chunks(part, most):
            _parse(parser, chunk)
            yield
        _parse(parser, b"", last=True)
        yield

    def relations(self, part: str) -> list[tuple[str, str, str]]:
        """What a part names: the id, the kind and the name of another part."""
        folder, _, name = part.rpartition("/")
        beside = f"{folder}/_rels/{name}.rels".lstrip("/")
        if beside not in self._names:
            return []
        reader = _Relations()
        for _ in self.read(beside, SMALL_PART_MAX, reader):
            pass
        return [(link, kind, _resolved(folder, target)) for link, kind, target in reader.found]

    def _workbook(self) -> str:
        if "content.xml" in self._names:
            raise _other_kind("OpenDocument")
        named = (part for _, kind, part in self.relations("") if kind == "officeDocument")
        part = next(named, "xl/workbook.xml")
        if part.endswith(".bin"):
            raise _other_kind(".xlsb")
        if part not in self._names or part.startswith(("word/", "ppt/")):
            raise _other_kind("ZIP")
        return part


class _Relations:
    def __init__(self) -> None:
        self.found: list[tuple[str, str, str]] = []

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.found.append((attributes.get("Id", ""), kind, attributes.get("Target", "")))

    def end(self, name: str) -> None:
        pass

    def text(self, text: str) -> None:
        pass


def _first(parser: expat.XMLParserType, reader: Reader, name: str, attributes: Mapping[str, str]) -> None:
    """Nearly every program writes names without a prefix: then none is looked for in a million of them."""
    if ":" not in name:
        parser.StartElementHandler, parser.EndElementHandler = reader.begin, reader.end
        reader.begin(name, attributes)
        return
    parser.StartElementHandler = lambda name, found: reader.begin(name.rpartition(":")[2], found)
    parser.EndElementHandler = lambda name: reader.end(name.rpartition(":")[2])
    reader.begin(name.rpartition(":")[2], attributes)


def _opened(data: bytes) -> zipfile.ZipFile:
    """The end of the file is looked at before its directory is read: that may claim millions of parts."""
    at = data.rfind(_END, max(0, len(data) - 66_000))
    if at < 0 or len(data) < at + 22:
        raise damaged()
    if (
        int.from_bytes(data[at + 12 : at + 16], "little") > _DIRECTORY_MAX
        or data[at - 20 : at - 16] == _END_64
    ):
        raise too_large(_DIRECTORY_MAX)
    try:
        return zipfile.ZipFile(BytesIO(data))
    except _BROKEN as error:
        raise damaged() from error


def _parse(parser: expat.XMLParserType, chunk: bytes, *, last: bool = False) -> None:
    try:
        parser.Parse(chunk, last)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise damaged() from error


def _no_doctype(*_: object) -> None:
    raise damaged()


def _resolved(folder: str, target: str) -> str:
    if target.startswith("/"):
        return target[1:]
    parts = folder.split("/") if folder else []
    for one in target.split("/"):
        if one == "..":
            parts = parts[:-1]
        elif one != ".":
            parts.append(one)
    return "/".join(parts)


def damaged() -> Rejected:
    return Rejected(
        "the Excel file is damaged or was cut short: open it in Excel and save it again as .xlsx",
        code="encoding.workbook_damaged",
    )


def too_large(most: int) -> Rejected:
    return Rejected(
        "a part of the Excel file is larger than {most} MB when unpacked: send it in parts",
        code="too_large.workbook",
        values={"most": max(1, most // 2**20)},
    )


def _other_kind(kind: str) -> Rejected:
    return Rejected(
        "this is another kind of file ({kind}): save it as .xlsx or as 'CSV UTF-8' and import it again",
        code="encoding.other_kind",
        values={"kind": kind},
    )
