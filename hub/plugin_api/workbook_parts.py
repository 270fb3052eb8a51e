"""The parts of an Excel file that a table is made of: what is called how, styles, texts, rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from hub.plugin_api.columns import Unreadable
from hub.plugin_api.sheet_numbers import Formats
from hub.plugin_api.workbook_file import too_large
from hub.words import BadValue, said, said_of

SHEET_MAX = 192 * 1024 * 1024
"""Bytes of a sheet, unpacked."""
COLUMNS_MAX = 512
CELL_MAX = 32_767
"""Characters: Excel's own limit ("Excel specifications and limits")."""
_ROWS_MAX = 1_048_576
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Part:
    """Reads nothing; its heirs read what they know."""

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        pass

    def end(self, name: str) -> None:
        pass

    def text(self, text: str) -> None:
        pass


class Book(Part):
    def __init__(self) -> None:
        self.shown: list[tuple[str, str]] = []
        self.from_1904 = False

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "workbookPr":
            self.from_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "sheet" and attributes.get("state", "visible") == "visible":
            links = (value for key, value in attributes.items() if key.endswith(":id"))
            self.shown.append((attributes.get("name", ""), next(links, "")))


class Styles(Part):
    def __init__(self) -> None:
        self.codes: dict[int, str] = {}
        self.styles: list[int] = []
        self._in_cells = False

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "numFmt":
            self.codes[_whole(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            self.styles.append(_whole(attributes.get("numFmtId")))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._in_cells = False


class Texts(Part):
    """The texts that cells name by number; the reading aids of Chinese and Japanese texts are left out."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._parts: list[str] = []
        self._reading = False
        self._aid = False

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "si":
            self._parts = []
        elif name == "rPh":
            self._aid = True
        elif name == "t":
            self._reading = not self._aid

    def end(self, name: str) -> None:
        if name == "si":
            self.found.append(_unescaped("".join(self._parts)))
        elif name == "rPh":
            self._aid = False
        elif name == "t":
            self._reading = False

    def text(self, text: str) -> None:
        if self._reading:
            self._parts.append(text)


class Rows(Part):
    """The rows of a sheet, as they come."""

    def __init__(self, texts: Sequence[str], formats: Formats) -> None:
        self._texts = texts
        self._formats = formats
        self._rows: list[tuple[int, list[str]]] = []
        self._row = self._column = 0
        self._cells: dict[int, str] = {}
        self._kind = ""
        self._style = 0
        self._formula = self._reading = self._aid = False
        self._parts: list[str] = []
        self._length = 0

    def taken(self) -> list[tuple[int, list[str]]]:
        found, self._rows = self._rows, []
        return found

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "c":
            self._begin_cell(attributes)
        elif name == "row":
            self._row = _whole(attributes.get("r")) or self._row + 1
            self._column = 0
            self._cells = {}
            if self._row > _ROWS_MAX:
                raise too_large(SHEET_MAX)
        elif name == "f":
            self._formula = True
        elif name in ("v", "t"):
            self._reading = not self._aid
        elif name == "rPh":
            self._aid = True

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        letters = attributes.get("r", "").rstrip("0123456789")
        self._column = _column(letters) if letters else self._column + 1
        self._kind = attributes.get("t", "n")
        style = attributes.get("s")
        self._style = _whole(style) if style else 0
        self._formula = False
        self._parts, self._length = [], 0

    def text(self, text: str) -> None:
        if self._reading and self._length <= CELL_MAX:
            self._parts.append(text[: CELL_MAX + 1])
            self._length += len(text)

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self._reading = False
        elif name == "rPh":
            self._aid = False
        elif name == "c":
            if self._column > COLUMNS_MAX:
                if self._parts:
                    self._cells[COLUMNS_MAX] = _too_far()
            elif text := self._cell("".join(self._parts)):
                self._cells[self._column - 1] = text
        elif name == "row" and self._cells:
            width = max(self._cells) + 1
            self._rows.append((self._row, [self._cells.get(at, "") for at in range(width)]))

    def _cell(self, text: str) -> str:
        if self._length > CELL_MAX:
            return Unreadable(
                said(
                    "longer than {longest} characters",
                    code="table.cell_too_long",
                    values={"longest": CELL_MAX},
                )
            )
        try:
            return self._read(text)
        except BadValue as error:
            return Unreadable(said_of(error))

    def _read(self, text: str) -> str:
        if self._kind == "s":
            at = _whole(text) if text else -1
            return self._texts[at] if 0 <= at < len(self._texts) else ""
        if self._kind in ("str", "inlineStr"):
            return _unescaped(text)
        if self._kind == "e":
            raise BadValue(
                "'{cell}' is an error of the spreadsheet, no value: correct it there",
                code="table.cell_error",
                values={"cell": text[:40]},
            )
        if not text:
            if self._formula:
                raise BadValue(
                    "its formula was never calculated: open the file in Excel, save it and import it again",
                    code="table.formula_not_calculated",
                )
            return ""
        if self._kind == "b":
            return "true" if text == "1" else "false"
        return text if self._kind == "d" else self._formats.text(text, self._style)


def _too_far() -> Unreadable:
    return Unreadable(
        said(
            "there is something behind column {columns_max}",
            code="table.too_far",
            values={"columns_max": COLUMNS_MAX},
        )
    )


def _unescaped(text: str) -> str:
    """``_x000D_`` is how a text has a sign that XML has not (ISO/IEC 29500-1, 22.9.2.19)."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _whole(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else 0


@lru_cache(2048)
def _column(letters: str) -> int:
    number = 0
    for letter in letters[:4].upper():
        number = number * 26 + ord(letter) - 64
    return number
