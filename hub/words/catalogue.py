"""The catalogues of sentences: gettext ``.po`` files, read as they are.

``msgctxt`` is the code of a sentence, ``msgid`` its English; ``words.pot`` has the English of all. Nothing is
read before somebody asks for it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from hub.words import fields, filled

_PACKAGES = ["hub"]
_UNITS = (86_400, 3_600, 60, 1)


def use(package: str) -> None:
    """Read the catalogues of a plugin's package too. The hub's own come first."""
    if package not in _PACKAGES:
        _PACKAGES.append(package)


def found(code: str, english: str, language: str) -> str:
    """The sentence in the language; empty where there is none. What has got another code since, or another
    English with the same values, serves what was stored before."""
    return _found(code, english, language, tuple(_PACKAGES))


@lru_cache(maxsize=4096)  # a page says the same few over and over, and asks for many that are not there
def _found(code: str, english: str, language: str, packages: tuple[str, ...]) -> str:
    catalogues = [catalogue(package, language) for package in packages]
    for kind in ("exact", "english") if english else ():
        for one in catalogues:
            entry = one.exact.get((code, english)) if kind == "exact" else one.english.get(english)
            if entry is not None and entry.said[0]:
                return entry.said[0]
    for one in catalogues:
        known = one.coded.get(code, ())
        if english and len(known) > 1:
            continue  # a code that many sentences share does not say which of them was changed
        for entry in known:
            if entry.said[0] and (not english or fields(entry.english) == fields(english)):
                return entry.said[0]
    return _found(code, english, "en", packages) if language != "en" and not english else ""


def title(spec: str, code: str, language: str, values: Mapping[str, Any] | None = None) -> str:
    """A code of ours in words: ``stage`` and ``packed``. ``operation|stage`` looks in both; ``stage.gen`` is
    another case of it."""
    for one in spec.split("|"):
        table, _, case = one.partition(".")
        template = (found(f"{table}.{code}.{case}", "", language) if case else "") or found(
            f"{table}.{code}", "", language
        )
        if template:
            return filled(template, values or {}, language)
    return ""


def counted(spec: str, number: int, language: str) -> str:
    """So many of a thing; empty where it is none that is counted."""
    for package in _PACKAGES:
        one = catalogue(package, language)
        for entry in one.coded.get(f"count.{spec}", ()):
            form = entry.said[min(one.form(abs(number)), len(entry.said) - 1)] or entry.said[0]
            return form.replace("{n}", str(number))
    return counted(spec, number, "en") if language != "en" else ""


def duration(seconds: int, language: str) -> str:
    """Seconds in the largest unit of which there are two at least."""
    length = next((one for one in _UNITS if seconds >= 2 * one), 1)
    return f"{seconds // length} {found(f'unit.{length}', '', language)}"


def grouped(value: Any, language: str) -> str:
    """A number with the language's marks; what is none stays what it is."""
    if not isinstance(value, int | float):
        return str(value)
    group, decimal = (found(f"format.{name}", "", language) for name in ("group", "decimal"))
    whole, point, rest = f"{value:,}".partition(".")
    return whole.replace(",", group) + (decimal + rest if point else "")


class Entry(NamedTuple):
    """One sentence of a catalogue; ``said`` has its forms, one unless it counts something."""

    code: str
    english: str
    said: tuple[str, ...]
    fuzzy: bool = False
    plural: str = ""
    places: tuple[str, ...] = ()
    """Where the code says it; none for a sentence that a developer put there by hand."""
    notes: tuple[str, ...] = ()
    was: str = ""
    """The English that a fuzzy translation is of."""


class Catalogue(NamedTuple):
    """The sentences of a package in one language: by code and English, by code, by English."""

    exact: Mapping[tuple[str, str], Entry]
    coded: Mapping[str, tuple[Entry, ...]]
    english: Mapping[str, Entry]
    form: Callable[[int], int]


@lru_cache(maxsize=64)
def catalogue(package: str, language: str) -> Catalogue:
    """The catalogue of a package; empty where it has none."""
    text = _text(package, "words.pot" if language == "en" else f"{language}.po")
    exact: dict[tuple[str, str], Entry] = {}
    worded: dict[str, Entry] = {}
    coded: dict[str, tuple[Entry, ...]] = {}
    rule = ""
    for block in text.split("\n\n"):
        plain = None if '\n"' in block or "fuzzy" in block else _PLAIN.search(block)
        if plain is not None:
            code, english, told = plain.groups()
            if "\\" in block:
                code, english, told = map(_unescaped, (code, english, told))
            entry = Entry(code, english, (english if language == "en" else told,))
        elif (known := _entry(block)) is None or known.fuzzy:
            continue
        elif not known.english:
            rule = known.said[0]
            continue
        elif language == "en":
            entry = known._replace(said=(known.english, known.plural) if known.plural else (known.english,))
        else:
            entry = known
        exact[entry.code, entry.english] = worded[entry.english] = entry
        coded[entry.code] = (*coded[entry.code], entry) if entry.code in coded else (entry,)
    return Catalogue(exact, coded, worded, _rule(rule))


def entries(text: str) -> list[Entry]:
    """Every entry of a catalogue's text, its head first."""
    found = map(_entry, text.replace("\r\n", "\n").split("\n\n"))
    return [one for one in found if one is not None]


def _entry(block: str) -> Entry | None:
    said: dict[str, str] = {}
    fuzzy = False
    places: list[str] = []
    notes: list[str] = []
    was = name = ""
    for line in block.split("\n"):
        if line.startswith('"'):
            said[name] += _unquoted(line)
        elif line.startswith("#"):
            fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
            if line.startswith("#:"):
                places.append(line[3:])
            elif line.startswith("#."):
                notes.append(line[3:])
            elif line.startswith("#| msgid "):
                was = _unquoted(line[9:])
        elif line:
            name, _, rest = line.partition(" ")
            said[name] = _unquoted(rest)
    if "msgid" not in said:
        return None
    forms = tuple(said[one] for one in said if one.startswith("msgstr")) or ("",)
    plural = said.get("msgid_plural", "")
    return Entry(
        said.get("msgctxt", ""), said["msgid"], forms, fuzzy, plural, tuple(places), tuple(notes), was
    )


_PLAIN = re.compile(r'^msgctxt "(.*)"\nmsgid "(.+)"\nmsgstr "(.*)"$', re.MULTILINE)
"""An entry as nearly all are: everything on a line of its own."""
_ESCAPE = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


def _unquoted(text: str) -> str:
    text = text.strip()[1:-1]
    return _unescaped(text) if "\\" in text else text


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: _ESCAPES.get(match[1], match[1]), text)


def _rule(head: str) -> Callable[[int], int]:
    """The plural rule of a catalogue's head, read by the standard library."""
    for line in head.split("\n"):
        if line.startswith("Plural-Forms:") and "plural=" in line:
            from gettext import c2py

            made: Callable[[int], int] = c2py(line.partition("plural=")[2].rstrip("; \n"))
            return made
    return lambda number: int(number != 1)


def _text(package: str, name: str) -> str:
    if package == "hub":
        folder = Path(__file__).parent
    else:
        module = sys.modules.get(package)
        places = list(getattr(module, "__path__", ()))
        if not places:
            return ""
        folder = Path(places[0]) / "words"
    try:
        return (folder / name).read_text("utf-8")
    except OSError:
        return _packed(package, name)


def _packed(package: str, name: str) -> str:
    """Of a package that is no folder."""
    from importlib.resources import files

    try:
        return (files(package) / "words" / name).read_text("utf-8")
    except (OSError, ModuleNotFoundError, ValueError):
        return ""
