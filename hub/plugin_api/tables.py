"""A table as a spreadsheet saves it: CSV, or an Excel file (.xlsx), told apart by what is in them.

What can be read is read: a bad line is told with its number and the others go on. What would have to be
guessed is refused: the encoding, an unknown column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, islice
from typing import Any, NamedTuple

from hub.plugin_api.columns import Column, Header, Unreadable
from hub.plugin_api.csv_text import csv_records
from hub.plugin_api.errors import Rejected
from hub.plugin_api.texts import usual_width
from hub.words import BadValue, said, said_of
from hub.words.plain import tidied

BYTES_MAX = 32 * 1024 * 1024
LINES_MAX = 200_000
_HEADER_WITHIN = 20  # rows of a sheet: titles and remarks may stand above the names of the columns

_FAILED = re.compile(
    r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|#+"
    r"|Н/Д|ССЫЛКА!|ЗНАЧ!|ДЕЛ/0!|ИМЯ\?|ЧИСЛО!|ПУСТО!|ПЕРЕНОС!|ВЫЧИСЛ!)",
    re.IGNORECASE,
)
"""What Excel writes where a formula failed, or a column is too narrow, in English and Russian (Microsoft
Support, "Detect errors in formulas")."""
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/年]([0-9]{1,2})[-/月]([0-9]{1,2})日?(?:[ T]00:00(?::00(?:\.0+)?)?)?")
_GUARDED = re.compile(r"""'([^']*[^'\s])|="([^"]*)\"""")
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"

Record = tuple[int, Sequence[str] | str]
Reader = Callable[[str], Any]
"""Of a cell; raises ValueError in words for what it cannot read."""


class CsvTable(NamedTuple):
    """The columns of a file, and its lines."""

    columns: list[str]
    """The hub's names of the columns, in their order."""
    lines: Iterator[tuple[int, dict[str, str] | str]]
    """Each line's number and its cells by column, stripped; instead of them, in words, what is wrong with
    the line. Empty lines are left out. Raises Rejected where there are too many."""
    sheet: str = ""
    """Of an Excel file, the name of the sheet that was read."""
    headings: Mapping[str, str] = {}
    """By the hub's names: what stands above the column in the file, of an Excel file with its letter:
    ``Вес, г (C)``."""

    def called(self, name: str) -> str:
        """The column as people find it in their file; the hub's name of one that is not there."""
        return self.headings.get(name, name)

    def read(self, cells: Mapping[str, str], readers: Mapping[str, Callable[[str], Any]]) -> dict[str, Any]:
        """By column, what its reader makes of each cell that is not empty. Raises BadValue that begins with
        the column as it is called in the file."""
        values: dict[str, Any] = {}
        for name, read in readers.items():
            if cell := cells.get(name, ""):
                try:
                    values[name] = read(cell)
                except ValueError as error:
                    raise BadValue(
                        "{name}: {said_of}",
                        code="table.cell",
                        values={"name": self.called(name), "said_of": said_of(error)},
                    ) from None
        return values


def open_table(
    data: bytes,
    columns: Sequence[str | Column],
    needed: Mapping[str, str],
    *,
    lines_max: int = 0,
    others: bool = False,
) -> CsvTable:
    """The table of a file: an Excel file (.xlsx), or CSV in UTF-8 and UTF-16 (with or without their marks),
    Windows-1251 or GB18030, separated by comma, semicolon or tab.

    ``columns``: those that there are; with ``others``, more are passed over. ``needed``: those that must be
    there, and why. ``lines_max``: where `LINES_MAX` is too many. Of an Excel file the first sheet is read
    that has what is needed. Blocks: a large file takes seconds. Raises Rejected where the whole file cannot
    be used.
    """
    if len(data) > BYTES_MAX:
        raise Rejected(
            "the file is larger than {bytes_max} MB: send it in parts",
            code="too_large.file_larger_mb_send",
            values={"bytes_max": BYTES_MAX // 2**20},
        )
    header = Header(columns, needed, others=others)
    sheet = ""
    records: Iterator[Record]
    if data.startswith(b"PK"):
        sheet, records = _of_workbook(data, header)
    else:
        _refuse_other_kinds(data)
        records = csv_records(data, lambda cells: len(header.known(cells)))
    first, cells = next(records, (0, ""))
    if not first:
        raise Rejected("the file is empty: its first line names the columns", code="empty.file")
    wrong = cells if isinstance(cells, str) else _unreadable(cells, cells)
    if wrong or isinstance(cells, str):
        raise Rejected(
            "line {header_line}: {header}",
            code="header.line",
            values={"header_line": first, "header": wrong},
        )
    given = [tidied(cell) for cell in cells]
    names = header.read(given)
    placed = enumerate(zip(names, given, strict=False))
    headings = {name: f"{text} ({_letters(at)})" if sheet else text for at, (name, text) in placed if name}
    lines = _lines(names, headings, records, lines_max or LINES_MAX, from_sheet=bool(sheet))
    return CsvTable([name for name in names if name], lines, sheet, headings)


def text_up_to(most: int) -> Reader:
    """A text that is not longer."""

    def read(cell: str) -> str:
        if len(cell) > most:
            raise BadValue(
                "longer than {most} characters", code="table.longer_characters", values={"most": most}
            )
        return cell

    return read


def open_csv(
    data: bytes, known: Sequence[str | Column], needed: Mapping[str, str], *, lines_max: int = 0
) -> CsvTable:
    """The old name of `open_table`."""
    return open_table(data, known, needed, lines_max=lines_max)


def read_day(cell: str) -> date:
    """``2026-11-23`` or ``23.11.2026``, ``2026/11/23``, ``2026年11月23日``, with midnight behind it as some
    programs save a day. Raises ValueError in words."""
    iso = _YEAR_FIRST.fullmatch(usual_width(cell))
    dotted = re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", cell)
    try:
        if iso is not None:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if dotted is not None:
            return date(int(dotted[3]), int(dotted[2]), int(dotted[1]))
    except ValueError:
        raise BadValue("there is no day {cell}", code="table.no_day", values={"cell": cell}) from None
    raise BadValue(
        "'{cell}' is no date: write 2026-11-23 or 23.11.2026",
        code="table.no_date_write_2026_11",
        values={"cell": cell},
    )


# --- files ------------------------------------------------------------------------------------------------


def _of_workbook(data: bytes, header: Header) -> tuple[str, Iterator[Record]]:
    """The sheet that has what is needed, or at least something of it, and its rows from the header on."""
    from hub.plugin_api.workbooks import Workbook

    book = Workbook(data)
    best: tuple[int, str, Iterator[Record]] | None = None
    for sheet in book.sheets:
        records: Iterator[Record] = iter(book.rows(sheet))
        top = list(islice(records, _HEADER_WITHIN))
        at = max(range(len(top)), key=lambda at: _heading(top[at], header), default=-1)
        if at < 0:
            continue
        worth = _heading(top[at], header)
        fits = 2 if worth and header.whole(top[at][1]) else 1 if worth else 0
        if best is None or fits > best[0]:
            best = (fits, sheet.name, chain(top[at if fits else 0 :], records))
        if fits == 2:
            break
    if best is None:
        raise Rejected(
            "the Excel file has no sheet with anything in it that is not hidden", code="empty.workbook"
        )
    return best[1], best[2]


def _heading(record: Record, header: Header) -> int:
    """How many columns a row names, if it is a header at all: where at least half of it is known."""
    cells = [cell for cell in record[1] if cell.strip()]
    known = len(header.known(cells))
    return known if 2 * known >= len(cells) else 0


def _refuse_other_kinds(data: bytes) -> None:
    if data.startswith(_OLD_EXCEL):
        raise Rejected(
            "this is an old Excel file (.xls), or one with a password: save it as .xlsx, without a password",
            code="encoding.old_excel",
        )
    start = data[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith((b"<", b"%PDF")):
        raise Rejected(
            "this is no table but a web page, XML or PDF, whatever its name says: open it in Excel and "
            "save it as .xlsx",
            code="encoding.no_table",
        )


# --- lines ------------------------------------------------------------------------------------------------


def _letters(column: int) -> str:
    """What a spreadsheet calls its column, counted from 0: ``A``, and ``AA`` behind ``Z``."""
    text = ""
    while column >= 0:
        text = chr(ord("A") + column % 26) + text
        column = column // 26 - 1
    return text


def _lines(
    columns: list[str | None],
    headings: Mapping[str, str],
    records: Iterator[Record],
    lines_max: int,
    *,
    from_sheet: bool,
) -> Iterator[tuple[int, dict[str, str] | str]]:
    for count, (line, cells) in enumerate(records):
        if count >= lines_max:
            raise Rejected(
                "more than {lines_max} lines: send the file in parts",
                code="too_large.more_lines_send_file",
                values={"lines_max": lines_max},
            )
        if isinstance(cells, str):
            yield line, cells
        elif any(cell.strip() for cell in cells):
            yield line, _cells(*_evened(columns, cells) if from_sheet else (columns, cells), headings)


def _evened(columns: list[str | None], cells: Sequence[str]) -> tuple[list[str | None], Sequence[str]]:
    """A row of a sheet ends with its last cell; what stands behind the last column has none."""
    more = len(cells) - len(columns)
    return (columns + [""] * more, cells) if more > 0 else (columns, [*cells, *[""] * -more])


def _cells(
    columns: list[str | None], cells: Sequence[str], headings: Mapping[str, str]
) -> dict[str, str] | str:
    if any(cell.strip() for cell in cells[len(columns) :]):
        return said(
            "the line has more cells ({cells}) than there are columns ({columns}): is a quotation mark "
            "missing?",
            code="table.line_more_cells_columns",
            values={"cells": len(cells), "columns": len(columns)},
        )
    if len(cells) < len(columns):
        return said(
            "the line has fewer cells ({cells}) than there are columns ({columns})",
            code="table.line_fewer_cells_columns",
            values={"cells": len(cells), "columns": len(columns)},
        )
    if wrong := _unreadable([name and headings.get(name, name) for name in columns], cells):
        return wrong
    read: dict[str, str] = {}
    for number, (name, text) in enumerate(zip(columns, cells, strict=False), 1):
        if name is None:
            continue
        cell = _cell(text)
        if not name and cell:
            return said(
                "there is something in column {number}, which has no name",
                code="table.column_without_name",
                values={"number": number},
            )
        if _FAILED.fullmatch(cell):
            return said(
                "{name}: '{cell}' is an error of the spreadsheet, no value: correct it there",
                code="table.error_of_spreadsheet",
                values={"name": headings.get(name, name), "cell": cell},
            )
        if name:
            read[name] = cell
    return read


def _unreadable(columns: Sequence[str | None], cells: Sequence[str]) -> str:
    """What is wrong with the first cell of an Excel file that has no text; empty where all have."""
    for name, cell in zip(columns, cells, strict=False):
        if name is not None and isinstance(cell, Unreadable):
            return said("{name}: {said_of}", code="table.cell", values={"name": name, "said_of": cell.why})
    return ""


def _cell(text: str) -> str:
    """What a person sees in the cell: without invisible signs, and without what keeps a spreadsheet from
    taking a text for a number, an apostrophe before it or a formula around it."""
    cell = tidied(text)
    if (guarded := _GUARDED.fullmatch(cell)) is not None:
        return tidied(guarded[1] or guarded[2])
    return cell
