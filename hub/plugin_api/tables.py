"""A table as a spreadsheet saves it: CSV whose first line names the columns.

What can be read is read: a bad line is told with its number and the others go on. What would have to be
guessed is refused: the encoding, an unknown column.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import NamedTuple

from hub.plugin_api.errors import Rejected
from hub.words import BadValue, said
from hub.words.plain import tidied

BYTES_MAX = 32 * 1024 * 1024
LINES_MAX = 200_000

_FAILED = re.compile(
    r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|#+"
    r"|Н/Д|ССЫЛКА!|ЗНАЧ!|ДЕЛ/0!|ИМЯ\?|ЧИСЛО!|ПУСТО!|ПЕРЕНОС!|ВЫЧИСЛ!)",
    re.IGNORECASE,
)
"""What Excel writes where a formula failed, or a column is too narrow, in English and Russian (Microsoft
Support, "Detect errors in formulas")."""
_GUARDED = re.compile(r"""'([^']*[^'\s])|="([^"]*)\"""")
_RUSSIAN_WORD = re.compile(r"[А-ЯЁ]?[а-яё]+|[А-ЯЁ]+")
_CYRILLIC_RUN = re.compile(r"[Ѐ-ӿ]+")
_MIXED_WORD = re.compile(r"[A-Za-z][Ѐ-ӿ]|[Ѐ-ӿ][A-Za-z]")
_RUSSIAN_TEXT = frozenset(" №«»–—“”„’‘…•°±·©®™§")


class CsvTable(NamedTuple):
    """The columns of a file, and its lines."""

    columns: list[str]
    """The names in the first line, lower case, in their order."""
    lines: Iterator[tuple[int, dict[str, str] | str]]
    """Each line's number and its cells by column, stripped; instead of them, in words, what is wrong with
    the line. Empty lines are left out. Raises Rejected where there are too many."""


def open_csv(data: bytes, known: Sequence[str], needed: Mapping[str, str], *, lines_max: int = 0) -> CsvTable:
    """The table of a file: UTF-8 and UTF-16 (with or without their marks), Windows-1251 and GB18030;
    separated by comma, semicolon or tab.

    ``known``: the columns that there are. ``needed``: those that must be there, and why. ``lines_max``: where
    `LINES_MAX` is too many. Raises Rejected where the whole file cannot be used.
    """
    if len(data) > BYTES_MAX:
        raise Rejected(
            "the file is larger than {bytes_max} MB: send it in parts",
            code="too_large.file_larger_mb_send",
            values={"bytes_max": BYTES_MAX // 2**20},
        )
    text = _text(data).replace("\x00", "")
    records = _records(*_separator(text, known))
    try:
        header_line, header = next(records)
    except StopIteration:
        raise Rejected("the file is empty: its first line names the columns", code="empty.file") from None
    if isinstance(header, str):
        raise Rejected(
            "line {header_line}: {header}",
            code="header.line",
            values={"header_line": header_line, "header": header},
        )
    columns = _columns(header, known, needed)
    return CsvTable(columns, _lines(columns, records, lines_max or LINES_MAX))


def read_day(cell: str) -> date:
    """``2026-11-23`` or ``23.11.2026``. Raises ValueError in words."""
    iso = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", cell)
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


def _lines(
    columns: list[str], records: Iterator[tuple[int, list[str] | str]], lines_max: int
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
            yield line, _cells(columns, cells)


def _cells(columns: list[str], cells: list[str]) -> dict[str, str] | str:
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
    read = {name: _cell(cell) for name, cell in zip(columns, cells, strict=False)}
    for name, cell in read.items():
        if _FAILED.fullmatch(cell):
            return said(
                "{name}: '{cell}' is an error of the spreadsheet, no value: correct it there",
                code="table.error_of_spreadsheet",
                values={"name": name, "cell": cell},
            )
    return read


def _cell(text: str) -> str:
    """What a person sees in the cell: without invisible signs, and without what keeps a spreadsheet from
    taking a text for a number, an apostrophe before it or a formula around it."""
    cell = tidied(text)
    if (guarded := _GUARDED.fullmatch(cell)) is not None:
        return tidied(guarded[1] or guarded[2])
    return cell


# --- characters -------------------------------------------------------------------------------------------


def _text(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _decoded(data, "utf-16") or _refuse_encoding()
    first, second = data[:200:2].count(0), data[1:200:2].count(0)
    if max(first, second) * 4 > len(data[:200]):  # no mark, and a half of every Latin letter is zero
        return _decoded(data, "utf-16-be" if first > second else "utf-16-le") or _refuse_encoding()
    if (text := _decoded(data, "utf-8-sig")) is not None:
        return text
    russian, chinese = _decoded(data, "cp1251"), _decoded(data, "gb18030")
    as_russian = russian is not None and _reads_as_russian(russian)
    as_chinese = chinese is not None and _reads_as_chinese(chinese)
    if russian is not None and as_russian and (not as_chinese or _mostly_small_letters(russian)):
        return russian
    if chinese is not None and as_chinese and not as_russian:
        return chinese
    return _refuse_encoding()


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _reads_as_russian(text: str) -> bool:
    """Only Russian letters and typographic signs beyond ASCII, and every word in one of the usual cases.

    Chinese text taken for Windows-1251 shows capitals inside words and rare signs; French or German shows
    single Russian letters between Latin ones.
    """
    if any(not c.isascii() and c not in _RUSSIAN_TEXT and not _RUSSIAN_WORD.fullmatch(c) for c in text):
        return False
    if _MIXED_WORD.search(text):
        return False
    return all(_RUSSIAN_WORD.fullmatch(run) for run in _CYRILLIC_RUN.findall(text))


def _mostly_small_letters(text: str) -> bool:
    """Small Russian letters are the first bytes of rare Chinese characters only, capitals of common ones."""
    letters = "".join(_CYRILLIC_RUN.findall(text))
    return 2 * sum(c.islower() for c in letters) > len(letters)


def _reads_as_chinese(text: str) -> bool:
    return all(
        c.isascii() or "\u4e00" <= c <= "\u9fff" or "\u3000" <= c <= "\u303f" or "\uff00" <= c <= "\uffef"
        or c in "·—‘’“”…×°"
        for c in text
    )  # fmt: skip


def _refuse_encoding() -> str:
    raise Rejected(
        "the characters of this file cannot be told for sure: save it as 'CSV UTF-8' and import it again",
        code="encoding",
    )


# --- lines ------------------------------------------------------------------------------------------------


def _separator(text: str, known: Sequence[str]) -> tuple[str, str, int]:
    """The text without a spreadsheet's ``sep=`` line, the separator (the one that makes most columns known
    where no such line names it), and the number of the text's first line."""
    first, _, rest = text.partition("\n")
    if (named := re.fullmatch(r'"?sep=([,;\t])"?', first.strip("\r"))) is not None:
        return rest, named[1], 2

    def fields(separator: str) -> int:
        return sum(cell.strip().strip('"').strip().lower() in known for cell in first.split(separator))

    return text, max(",;\t", key=fields), 1


def _records(text: str, separator: str, first: int) -> Iterator[tuple[int, list[str] | str]]:
    """Each record with the number of its first line; instead of the cells, what is wrong with it."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + first
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end" in str(error):
                yield (
                    line,
                    said(
                        'a quotation mark (") is opened here and never closed; the rest was not read',
                        code="table.quotation_mark_opened_never",
                    ),
                )
                return
            yield (
                line,
                said(
                    'the quotation marks (") do not fit: write "" for one inside a cell',
                    code="table.quotation_marks_not_fit_write",
                ),
            )


def _columns(header: list[str], known: Sequence[str], needed: Mapping[str, str]) -> list[str]:
    names = [cell.strip().lower() for cell in header]
    while names and not names[-1]:
        names.pop()
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = (
                said(" (did you mean '{near}'?)", code="table.did_you_mean", values={"near": near[0]})
                if near
                else said(
                    ": there are {known}", code="table.columns_there_are", values={"known": ", ".join(known)}
                )
            )
            raise Rejected(
                "there is no column '{name}'{hint}",
                code="header.no_column",
                values={"name": name, "hint": hint},
            )
        if names.count(name) > 1:
            raise Rejected(
                "the column '{name}' stands there twice",
                code="header.column_stands_twice",
                values={"name": name},
            )
    for name, why in needed.items():
        if name not in names:
            raise Rejected(
                "the column '{name}' is missing: {why}",
                code="header.column_missing",
                values={"name": name, "why": why},
            )
    return names
