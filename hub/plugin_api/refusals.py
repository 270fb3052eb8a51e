"""What a vendor's documented refusal of an unsafe call looks like, and whether an answer is one.

"Refused" is said only of an answer that proves it. A plugin declares the proof; the transport keeps the one
answer that came to the one unsafe request; the core compares the two. Everything else (a redirect, 401,
403, 429, any 5xx, a page of HTML, an empty or cut body, another shape) may come from something in front of a
vendor that has acted: what became of the call is looked up.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Literal
from xml.etree import ElementTree

import msgspec

KEPT = 64 * 1024
"""Bytes of an answer that are kept to be compared: a refusal that is longer proves nothing."""

_READ = 1024 * 1024
"""Bytes that are kept to see whether an answer says two things: some have a label in them."""

_NEVER = frozenset({401, 403, 407, 408, 421, 425, 429})
_MARKUP = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_LAST = re.compile(r"\[\]$")


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """One form in which a vendor says that it did nothing, for good. For a plain REST vendor one line:

        refusals = (hub.Refusal(statuses=(409, 422), at="error.code", source="API guide, 2026-05"),)

    An answer matches where its status is one of ``statuses``, its body is whole, and something stands at the
    place ``at``, all of it allowed by ``codes`` and ``pattern``, none of it in ``unclear``, and nothing at
    the places ``without``. Raises ValueError for a declaration that could prove nothing.
    """

    statuses: tuple[int, ...]
    """2xx for vendors that put errors into a success, and 4xx. Never 401, 403, 407, 408, 421, 425, 429, 3xx
    or 5xx: such an answer may come from a gateway in front of a vendor that has acted."""
    at: str
    """Where the vendor's code stands: ``error.code``, ``errors[].code``, ``requests[].errors[].code``; ``[]``
    goes through a list, and each of its elements must have the rest. In XML the root is left out, elements
    are lists, and ``@`` names an attribute: ``Result[].@RC``. Texts and whole numbers count as codes."""
    codes: tuple[str, ...] = ()
    """The documented codes, in any case; none: whatever text stands there."""
    pattern: str = ""
    """A regular expression that each whole code has to match."""
    unclear: tuple[str, ...] = ()
    """Codes that do not say that nothing was done ("internal error"), in any case."""
    without: tuple[str, ...] = ()
    """Places that must be absent, null or empty: what a success would have there (``orders``)."""
    calls: tuple[str, ...] = ()
    """The plugin's methods whose answers look so (``book``, ``cancel``, ``assemble``); none: all."""
    form: Literal["json", "xml"] = "json"
    """What the body is written in."""
    source: str
    """The vendor's document and its date, or what it was recorded from."""

    def __post_init__(self) -> None:
        if odd := [
            one for one in self.statuses if one in _NEVER or not (200 <= one < 300 or 400 <= one < 500)
        ]:
            raise ValueError(f"HTTP {odd[0]} never proves that a vendor did nothing")
        if not (self.statuses and self.at.strip() and self.source.strip()):
            raise ValueError("a refusal needs statuses, a place in the body (at) and its source")
        re.compile(self.pattern)

    def matches(self, answer: Answer) -> bool:
        """Whether the answer is this refusal."""
        if answer.status not in self.statuses or not answer.whole:
            return False
        body = _parsed(bytes(answer.body), self.form)
        if body is None:
            return False
        codes = [_code(value) for value in _values(body, _steps(self.at))]
        if not codes or not all(codes):
            return False
        lower = {code.casefold() for code in codes}
        if lower & {one.casefold() for one in self.unclear}:
            return False
        if self.codes and not lower <= {one.casefold() for one in self.codes}:
            return False
        if self.pattern and not all(re.fullmatch(self.pattern, code) for code in codes):
            return False
        return not any(_something(value) for place in self.without for value in _values(body, _steps(place)))


class Answer:
    """The answer to an unsafe request: its status and the beginning of its body."""

    __slots__ = ("_hash", "body", "ended", "long", "status")

    def __init__(self, status: int) -> None:
        self.status = status
        self.body = bytearray()
        self.long = False
        """Longer than what is compared."""
        self.ended = False
        """It was read to its end, which was there."""
        self._hash = hashlib.sha256()

    @property
    def whole(self) -> bool:
        """All of it came, and it is short enough to be compared."""
        return self.ended and not self.long

    @property
    def hash(self) -> str:
        """Of what was read of it."""
        return self._hash.hexdigest()

    def add(self, piece: bytes) -> None:
        """A further piece of the body, unpacked."""
        self._hash.update(piece)
        self.long = self.long or len(self.body) + len(piece) > KEPT
        self.body += piece[: _READ - len(self.body)]

    def __repr__(self) -> str:
        return f"Answer(HTTP {self.status}, {len(self.body)} bytes)"


def says_two_things(answer: Answer) -> bool:
    """Whether it is JSON in which one object has two values under one name: readers differ in which of them
    they take, so neither says what the vendor did. The same value twice says one thing. JSON may come with a
    mark at its beginning, or in UTF-16 or UTF-32: clients read that."""
    if not answer.ended:
        return False
    try:
        json.loads(bytes(answer.body), object_pairs_hook=_one_of_each)
    except _TwoValues:
        return True
    except (ValueError, RecursionError):
        return False  # it is no JSON, or none that anybody reads
    return False


class _TwoValues(Exception):
    """Two values under one name."""


def _one_of_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    one_of_each = dict(pairs)
    if len(one_of_each) < len(pairs) and any(one_of_each[name] != value for name, value in pairs):
        raise _TwoValues
    return one_of_each


def proves_refusal(answer: Answer | None, refusals: Sequence[Refusal], call: str = "") -> bool:
    """Whether the answer to ``call`` is one of the refusals."""
    if answer is None or says_two_things(answer):
        return False
    return any(one.matches(answer) for one in refusals if not one.calls or not call or call in one.calls)


def _parsed(body: bytes, form: str) -> Any:
    """The body as dicts, lists and texts; None where it is no such thing."""
    try:
        if form == "json":
            return msgspec.json.decode(body)
        if _MARKUP.search(body):
            return None  # entities could grow it without end
        return _tree(ElementTree.fromstring(body))
    except (msgspec.MsgspecError, ElementTree.ParseError, ValueError, LookupError, RecursionError):
        return None


def _tree(element: ElementTree.Element) -> dict[str, Any]:
    """An element's attributes under ``@name``, its children by name in lists, its text under ``text``."""
    tree: dict[str, Any] = {f"@{_plain(name)}": value for name, value in element.attrib.items()}
    tree["text"] = (element.text or "").strip()
    for child in element:
        if isinstance(child.tag, str):
            tree.setdefault(_plain(child.tag), []).append(_tree(child))
    return tree


def _plain(name: str) -> str:
    return name.rpartition("}")[2]


@cache
def _steps(place: str) -> tuple[str, ...]:
    """``errors[].code`` as ``errors``, ``[]``, ``code``."""
    steps: list[str] = []
    for part in place.split("."):
        name = _LAST.sub("", part)
        steps += ([name] if name else []) + (["[]"] if name != part else [])
    return tuple(steps)


def _values(body: Any, steps: tuple[str, ...]) -> Iterator[Any]:
    """What stands at a place; None for each element of a list that has nothing there."""
    if not steps:
        yield body
        return
    step, rest = steps[0], steps[1:]
    if step == "[]":
        for one in body if isinstance(body, list) else ():
            yield from _values(one, rest)
    else:
        yield from _values(body.get(step) if isinstance(body, dict) else None, rest)


def _code(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _something(value: Any) -> bool:
    return value is not None and value not in ("", [], {})


__all__ = ["KEPT", "Answer", "Refusal", "proves_refusal"]
