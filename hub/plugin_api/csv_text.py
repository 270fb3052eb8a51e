"""CSV files: which characters they are written in, what separates their cells, and their records.

What would have to be guessed is refused: a file that could be Russian or Chinese is neither.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence

from hub.plugin_api.errors import Rejected
from hub.words import said
from hub.words.plain import unfit

_RUSSIAN_WORD = re.compile(r"[А-ЯЁ]?[а-яё]+|[А-ЯЁ]+")
_CYRILLIC_RUN = re.compile(r"[Ѐ-ӿ]+")
_MIXED_WORD = re.compile(r"[A-Za-z][Ѐ-ӿ]|[Ѐ-ӿ][A-Za-z]")
_ZEROS = 4
"""So many of a file are no accident."""
_RUSSIAN_TEXT = frozenset(" №«»–—“”„’‘…•°±·©®™§")


def csv_records(data: bytes, fits: Callable[[Sequence[str]], int]) -> Iterator[tuple[int, list[str] | str]]:
    """Each record with the number of its first line; instead of the cells, what is wrong with it.

    ``fits``: how many of these cells name a column, to tell what separates them.
    """
    return _records(*_separator(_text(data).replace("\x00", ""), fits))


def _text(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _decoded(data, "utf-16") or _refuse_encoding()
    first, second = data[:200:2].count(0), data[1:200:2].count(0)
    if max(first, second) * 4 > len(data[:200]):  # no mark, and a half of every Latin letter is zero
        return _decoded(data, "utf-16-be" if first > second else "utf-16-le") or _refuse_encoding()
    if (text := _without_latin(data)) is not None:
        return text
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


def _without_latin(data: bytes) -> str | None:
    """The text of UTF-16 without a mark whose letters are Russian or Chinese: only separators and digits have
    a zero, each on the same side, and no other encoding has any."""
    first, second = data[::2].count(0), data[1::2].count(0)
    if max(first, second) < _ZEROS or min(first, second):
        return None
    text = _decoded(data, "utf-16-be" if first else "utf-16-le")
    return text if text is not None and "\n" in text and not unfit(text.replace("\r", "")) else None


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


def _separator(text: str, fits: Callable[[Sequence[str]], int]) -> tuple[str, str, int]:
    """The text without a spreadsheet's ``sep=`` line, the separator (the one that makes most columns known
    where no such line names it), and the number of the text's first line."""
    first, _, rest = text.partition("\n")
    if (named := re.fullmatch(r'"?sep=([,;\t])"?', first.strip("\r"))) is not None:
        return rest, named[1], 2

    def fields(separator: str) -> int:
        try:
            return fits(next(csv.reader([first], delimiter=separator), []))
        except csv.Error:  # told with its line, once the records are read
            return fits(first.split(separator))

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
