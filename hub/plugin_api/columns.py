"""The columns of a table: how people head them, in the hub's own names, in English, Russian and Chinese.

A column is declared once, with everything that it may be called: that reads tables, and heads those that go
out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple

from hub.plugin_api.errors import Rejected
from hub.words import said

_NO_LETTER = re.compile(r"[\W_]+")
_OTHER_UNIT = re.compile(
    r"(?:^|[\W_])(?:kgs?|cms?|lbs?|oz|inch|кг|см)(?:$|[\W_])|千克|公斤|厘米|(?<![毫厘])米", re.IGNORECASE
)
_CYRILLIC, _CHINESE = re.compile("[Ѐ-ӿ]"), re.compile("[\u4e00-\u9fff]")


class Column(NamedTuple):
    """A column, and what it may be called in the first line of a table; how it is written does not matter:
    capitals, blanks, signs, full-width letters."""

    name: str
    """What the hub calls it, and what it is called in every language as well."""
    en: str = ""
    """What it is called in a table for people, in English."""
    ru: str = ""
    """The same in Russian."""
    zh: str = ""
    """The same in Chinese."""
    also: tuple[str, ...] = ()
    """What else people call it, in whatever language."""

    def title(self, language: str) -> str:
        """What heads the column in a table for people."""
        return {"ru": self.ru, "zh": self.zh}.get(language, self.en) or self.en or self.name

    @property
    def words(self) -> tuple[str, ...]:
        """Everything that it may be called."""
        return tuple(word for word in (self.name, self.en, self.ru, self.zh, *self.also) if word)


class Unreadable(str):
    """In the place of a cell's text: why there is none."""

    __slots__ = ("why",)
    why: str

    def __new__(cls, why: str) -> Unreadable:
        made = super().__new__(cls, why)
        made.why = why
        return made


class Header:
    """What there is of columns, to find those that a table names."""

    def __init__(
        self, columns: Sequence[str | Column], needed: Mapping[str, str], *, others: bool = False
    ) -> None:
        self._columns = [Column(one) if isinstance(one, str) else one for one in columns]
        self._needed = needed
        self._others = others
        self._names = {_bare(word): column.name for column in self._columns for word in column.words}
        self._words: dict[str, str] = {}
        for word in (word for column in self._columns for word in column.words):
            self._words.setdefault(_bare(word), word)

    def known(self, cells: Sequence[str]) -> set[str]:
        """Those of the columns that are named here."""
        return {name for cell in cells if (name := self._names.get(_bare(cell))) is not None}

    def whole(self, cells: Sequence[str]) -> bool:
        """Whether everything that is needed is named here."""
        return self.known(cells) >= set(self._needed)

    def read(self, cells: Sequence[str]) -> list[str | None]:
        """The name of each column; empty for one that is called nothing, None for one to pass over.

        Raises Rejected for a column that there is not, that stands there twice, or that is missing.
        """
        names: list[str | None] = []
        seen: dict[str, str] = {}
        for cell in cells:
            given = cell.strip()
            name = self._names.get(_bare(given), "") if given else ""
            if given and not name and not self._others:
                raise self._unknown(given)
            if name and (first := seen.setdefault(name, given)) and name in names:
                raise _twice(name, first, given)
            names.append(None if given and not name else name)
        while names and names[-1] == "":
            names.pop()
        for name, why in self._needed.items():
            if name not in names:
                raise Rejected(
                    "the column '{name}' is missing: {why}",
                    code="header.column_missing",
                    values={"name": self._title(name, cells), "why": why},
                )
        return names

    def _title(self, name: str, cells: Sequence[str]) -> str:
        """What the column is called in the language of the others."""
        language = next(filter(None, map(_language, cells)), "")
        column = next(one for one in self._columns if one.name == name)
        return column.title(language) if language else name

    def _unknown(self, given: str) -> Rejected:
        name = given.lower()[:100]
        if _OTHER_UNIT.search(given):
            hint = said(": weights are in grams here, sides in millimetres", code="table.other_unit")
        elif near := get_close_matches(_bare(given), self._words, n=1, cutoff=0.7):
            word = self._words[near[0]]
            hint = said(" (did you mean '{near}'?)", code="table.did_you_mean", values={"near": word})
        else:
            language = _language(given)
            known = ", ".join(one.title(language) if language else one.name for one in self._columns)
            hint = said(": there are {known}", code="table.columns_there_are", values={"known": known})
        return Rejected(
            "there is no column '{name}'{hint}", code="header.no_column", values={"name": name, "hint": hint}
        )


def _twice(name: str, first: str, second: str) -> Rejected:
    if _bare(first) == _bare(second):
        return Rejected(
            "the column '{name}' stands there twice",
            code="header.column_stands_twice",
            values={"name": name},
        )
    return Rejected(
        "the columns '{first}' and '{second}' are the same to the hub, {name}: leave one of them out",
        code="header.columns_mean_same",
        values={"first": first, "second": second, "name": name},
    )


def _bare(word: str) -> str:
    """Letters and digits alone."""
    return _NO_LETTER.sub("", unicodedata.normalize("NFKC", word).casefold().replace("ё", "е"))


def _language(word: str) -> str:
    return "zh" if _CHINESE.search(word) else "ru" if _CYRILLIC.search(word) else ""
