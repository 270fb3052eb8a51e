"""Excel files, written so that they can be read in Excel and by the hub again.

A text is a text, whatever it looks like: no formula, no link, no number. Numbers are numbers, and days are
days.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, tzinfo
from io import BytesIO
from typing import Any, Literal, NamedTuple

from hub.plugin_api.workbook_parts import CELL_MAX
from hub.words.plain import shown

Kind = Literal["text", "number", "percent", "day", "moment"]
_FORMATS: dict[Kind, str] = {
    "text": "@",
    "number": "General",
    "percent": "0.00%",
    "day": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
}
_WIDEST = 60
_NOT_IN_NAMES = str.maketrans("[]:*?/\\'", "        ")


class SheetColumn(NamedTuple):
    """What heads a column, and what is in it."""

    title: str
    kind: Kind = "text"


class Sheet(NamedTuple):
    """A sheet: a row for each thing, a value for each column; None and empty texts are empty cells."""

    name: str
    columns: Sequence[SheetColumn]
    rows: Iterable[Sequence[Any]]


def workbook(sheets: Sequence[Sheet], zone: tzinfo) -> bytes:
    """The file. Moments are shown in ``zone``; no cell can say which: the titles of their columns do."""
    import xlsxwriter  # type: ignore[import-untyped]

    target = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(target, options) as book:
        formats = {kind: book.add_format({"num_format": code}) for kind, code in _FORMATS.items()}
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for sheet in sheets:
            _write(book.add_worksheet(sheet.name.translate(_NOT_IN_NAMES)[:31]), sheet, formats, bold, zone)
    return target.getvalue()


def _write(page: Any, sheet: Sheet, formats: dict[Kind, Any], bold: Any, zone: tzinfo) -> None:
    widths = [len(column.title) for column in sheet.columns]
    number = 0
    for number, values in enumerate(sheet.rows, 1):
        for at, (column, value) in enumerate(zip(sheet.columns, values, strict=True)):
            if value is None or value == "":
                continue
            widths[at] = max(widths[at], _cell(page, number, at, column.kind, value, formats, zone))
    for at, column in enumerate(sheet.columns):
        page.write_string(0, at, column.title, bold)
        page.set_column(at, at, min(widths[at] + 2, _WIDEST), formats[column.kind])
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, number, len(sheet.columns) - 1)


def _cell(
    page: Any, row: int, at: int, kind: Kind, value: Any, formats: dict[Kind, Any], zone: tzinfo
) -> int:
    """Write one value; how many characters wide it is."""
    if kind in ("number", "percent"):
        page.write_number(row, at, value / 100 if kind == "percent" else value, formats[kind])
        return len(str(value)) + 1
    if isinstance(value, datetime):
        page.write_datetime(row, at, value.astimezone(zone).replace(tzinfo=None), formats["moment"])
        return 16
    if isinstance(value, date):
        page.write_datetime(row, at, value, formats["day"])
        return 10
    text = shown(str(value))[:CELL_MAX]
    page.write_string(row, at, text, formats["text"])
    return max(map(_width, text.split("\n")))


def _width(line: str) -> int:
    """Chinese characters are twice as wide."""
    return sum(2 if letter >= "\u2e80" else 1 for letter in line)


__all__ = ["Sheet", "SheetColumn", "workbook"]
