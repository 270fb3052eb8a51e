"""Text from outside, made fit for where it ends: a terminal, a log, a label, a table.

Buyers write names and addresses, vendors write everything else, and a terminal obeys what it reads: colours,
titles, links, a cursor that goes back over what was written. So whatever is shown goes through `shown`, and
what is taken in goes through `taken`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

# Controls (C0 but for tab and line feed, DEL, C1), marks that turn the direction of writing, separators of
# lines and paragraphs, the byte order mark, marks of annotations, invisible tags, and halves of pairs.
_UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_INVISIBLE = re.compile("[\u00ad\u034f\u180e\u200b\u2060-\u2064]|^[\u200c\u200d]+|[\u200c\u200d]+$")
"""What nobody sees and copying brings along: soft hyphens, spaces of no width. Joiners within a word are
letters of some languages, and of emoji."""
_UNTIDY = re.compile(rf"{_UNFIT.pattern}|{_INVISIBLE.pattern}|^\s|\s$|\s\s|[^\S ]")
_BREAK = re.compile("[\t\n]+")
_PERHAPS = re.compile(rf'{_UNFIT.pattern}|\\[^"\\nt]')
"""In a JSON text: one of them, or an escape that may stand for one."""
_JSON = msgspec.json.Encoder()
STANDS_IN = "\ufffd"


def unfit(text: str) -> bool:
    """Whether there is anything in it that must not be shown as it is."""
    return _UNFIT.search(text) is not None


def shown(text: str) -> str:
    """For people: what a terminal would obey is a visible mark. Tabs and ends of lines stay."""
    return _UNFIT.sub(STANDS_IN, text)


def one_line(text: str) -> str:
    """For a cell, a field of a label, a line of a log: `shown`, on one line."""
    return _BREAK.sub(" ", shown(text))


def escaped(json: str) -> str:
    """A JSON text of the same value with such characters escaped. They stand within strings only."""
    return _UNFIT.sub(_escape, json)


def taken(value: T) -> T:
    """What came from outside without these characters: texts, and structs, lists and mappings of them."""
    if _is_plain(value):
        return value
    clean: T = _walk(value, lambda text: _UNFIT.sub("", text))
    return clean


def tidied(value: T) -> T:
    """What people typed or copied, as one reads it: `taken`, without signs that nobody sees and blanks around
    it; blanks, tabs and ends of lines within are one blank. Texts, and structs, lists, mappings of them."""
    clean: T = _walk(value, _tidy, _UNTIDY)
    return clean


def _tidy(text: str) -> str:
    return " ".join(_INVISIBLE.sub("", _UNFIT.sub(_stays_apart, text)).split())


def _stays_apart(match: re.Match[str]) -> str:
    return " " if match[0].isspace() else ""


def _is_plain(value: object) -> bool:
    """Whether nothing within is unfit, seen at once in all of it: nearly always, and four times as fast as a
    look at each part. False where it has to be looked at."""
    try:
        return _PERHAPS.search(_JSON.encode(value).decode()) is None
    except Exception:  # nothing that JSON can say, or half a character
        return False


def printable(value: T) -> T:
    """What is to be printed on paper: every text within as `shown`."""
    clean: T = _walk(value, shown)
    return clean


class PlainFormatter(logging.Formatter):
    """Lines of a log: one line a record, but for the trace of an error."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        return one_line(super().formatMessage(record))

    def format(self, record: logging.LogRecord) -> str:
        return shown(super().format(record))


def _walk(value: Any, clean: Callable[[str], str], odd: re.Pattern[str] = _UNFIT) -> Any:
    """The same object where nothing within it changes: where no text in it is ``odd``."""
    if isinstance(value, str):
        return clean(value) if odd.search(value) else value
    if isinstance(value, msgspec.Struct):
        changed = {}
        for name in value.__struct_fields__:
            before = getattr(value, name)
            after = _walk(before, clean, odd)
            if after is not before:
                changed[name] = after
        return msgspec.structs.replace(value, **changed) if changed else value
    if isinstance(value, tuple | list):
        parts = [_walk(part, clean, odd) for part in value]
        same = all(after is before for after, before in zip(parts, value, strict=True))
        return value if same else type(value)(parts)
    if isinstance(value, Mapping):
        pairs = {key: _walk(part, clean, odd) for key, part in value.items()}
        return value if all(pairs[key] is value[key] for key in value) else pairs
    return value


def _escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2))
