"""Excel files (.xlsx), row by row, with the standard library alone (decision 28 says why).

An empty row or column costs nothing, however far apart two cells stand. What a cell does not say for sure is
no text but `Unreadable`: an error, a formula that was never calculated, a number that was rounded, one of
several cells that were merged.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hub.plugin_api.columns import Unreadable
from hub.plugin_api.errors import Rejected
from hub.plugin_api.sheet_numbers import Formats
from hub.plugin_api.workbook_file import SMALL_PART_MAX, Archive
from hub.plugin_api.workbook_parts import SHEET_MAX, Book, Part, Rows, Styles, Texts
from hub.words import said

TEXTS_MAX = 64 * 1024 * 1024
"""Bytes of what the texts of all sheets are, unpacked."""
_SHEETS_MAX = 100
_MERGES_MAX = 20_000
_MERGE = re.compile(
    rb"""<(?:\w+:)?mergeCell\b[^>]{0,200}?\bref=["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']"""
)
_MERGE_LONGEST = 400


class Sheet(NamedTuple):
    """A sheet that is not hidden."""

    name: str
    part: str
    """Where it lies in the file."""


class Workbook:
    """An Excel file. Raises Rejected, also while rows are read, where the file cannot be used."""

    def __init__(self, data: bytes) -> None:
        self._archive = Archive(data)
        related = self._archive.relations(self._archive.workbook)
        targets = {link: part for link, kind, part in related if kind == "worksheet"}
        book = Book()
        self._whole(self._archive.workbook, SMALL_PART_MAX, book)
        self.sheets = [
            Sheet(name, targets[link]) for name, link in book.shown[:_SHEETS_MAX] if link in targets
        ]
        parts = {kind: part for _, kind, part in related}
        styles = Styles()
        if "styles" in parts:
            self._whole(parts["styles"], SMALL_PART_MAX, styles)
        self._formats = Formats(styles.codes, styles.styles, from_1904=book.from_1904)
        texts = Texts()
        if "sharedStrings" in parts:
            self._whole(parts["sharedStrings"], TEXTS_MAX, texts)
        self._texts = texts.found

    def rows(self, sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
        """The rows that have anything in them, with their numbers: the texts of their cells from the first
        column on, some of them `Unreadable`. Hidden rows and columns are like others."""
        merged = self._merged(sheet)
        reader = Rows(self._texts, self._formats)
        for _ in self._archive.read(sheet.part, SHEET_MAX, reader):
            for number, cells in reader.taken():
                where = merged.of(number)
                yield number, cells if where is None else [_merged_here(where), *cells[1:]]

    def _whole(self, part: str, most: int, reader: Part) -> None:
        for _ in self._archive.read(part, most, reader):
            pass

    def _merged(self, sheet: Sheet) -> _Merged:
        """They stand behind the rows, and are looked for first: without reading the rows."""
        found: list[tuple[int, int, str]] = []
        rest = b""
        for chunk in self._archive.chunks(sheet.part, SHEET_MAX):
            text = rest + chunk
            end = 0
            for match in _MERGE.finditer(text):
                end = match.end()
                first, last = sorted((int(match[2]), int(match[4])))
                found.append((first, last, f"{match[1].decode()}{first}:{match[3].decode()}{last}"))
                if len(found) > _MERGES_MAX:
                    raise Rejected(
                        "more than {merges_max} cells are merged: split them",
                        code="too_large.merged_cells",
                        values={"merges_max": _MERGES_MAX},
                    )
            rest = text[max(end, len(text) - _MERGE_LONGEST) :]
        return _Merged(found)


class _Merged:
    """Which rows have merged cells."""

    def __init__(self, found: Sequence[tuple[int, int, str]]) -> None:
        self._starts: list[int] = []
        self._ends: list[tuple[int, str]] = []
        for first, last, where in sorted(found):
            if self._ends and first <= self._ends[-1][0]:
                self._ends[-1] = max(self._ends[-1], (last, self._ends[-1][1]))
            else:
                self._starts.append(first)
                self._ends.append((last, where))

    def of(self, row: int) -> str | None:
        at = bisect_right(self._starts, row) - 1
        return self._ends[at][1] if at >= 0 and row <= self._ends[at][0] else None


def _merged_here(where: str) -> Unreadable:
    return Unreadable(
        said(
            "the cells {where} are merged, and only the first of them has a value: split them and fill each",
            code="table.merged_cells",
            values={"where": where},
        )
    )
