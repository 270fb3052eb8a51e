"""What somebody between the hub and its own carriers does to their answers: cases for `lines.Line`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec

from tests.faults.evil.between import Bend, Change
from tests.faults.evil.wire import Wire

_PAGE = b"<!doctype html><html><title>Sign in</title><form></form></html>"
_LOGIN = (("Content-Type", "text/html"), ("Location", "https://id.example/login"))


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """One fault. ``meets``: by door what its next answers meet; ``before``: a posting of another buyer is
    booked first."""

    name: str
    meets: dict[str, tuple[Bend, ...]]
    always: dict[str, Bend] = {}
    before: bool = False
    told: frozenset[str] = frozenset()
    """Of what a person hears."""
    twice: bool = False
    """Two orders of one send are the vendor's own doing."""
    hours: float = 2.0


def _each(change: Callable[[str, Any], Any]) -> Change:
    """Every value of a JSON answer through this, with the key that it stands under."""

    def walk(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: walk(one, name) for name, one in value.items()}
        if isinstance(value, list):
            return [walk(one, key) for one in value]
        return change(key, value)

    return lambda said: said if isinstance(said, bytes) else walk(said)


def _numbers(change: Callable[[Any], Any]) -> Change:
    return _each(lambda _, one: change(one) if isinstance(one, int | float) and one is not True else one)


def _texts(change: Callable[[str], str]) -> Change:
    return _each(lambda _, one: change(one) if isinstance(one, str) else one)


def _times(to: str) -> Change:
    return _texts(lambda text: to if len(text) > 18 and text[4:5] == "-" and text[10:11] == "T" else text)


def _many(said: Any) -> Any:
    """Every list that has something has ten thousand of it."""
    if isinstance(said, dict):
        return {name: _many(one) for name, one in said.items()}
    return said * (10_001 // len(said)) if isinstance(said, list) and said else said


def _with(**more: Any) -> Change:
    return lambda said: said | more if isinstance(said, dict) else said


def _text(said: Any) -> bytes:
    return said if isinstance(said, bytes) else json.dumps(said, ensure_ascii=False).encode()


_WIRES: tuple[Wire, ...] = (
    "long", "short", "two lengths", "old", "old and cut", "chunked", "chunked and cut", "continued", "hints",
    "more behind", "folded", "no reason", "bare lines",
)  # fmt: skip
_SHAPES: dict[str, Change] = {
    "in another object": lambda said: {"data": said, "ok": True},
    "in a list": lambda said: [said],
    "as a text of itself": lambda said: json.dumps(_text(said).decode()).encode(),
    "twice in turn": lambda said: _text(said) * 2,
    "half, which may be read": lambda said: _text(said)[: len(_text(said)) // 2],
    "with an error beside it": _with(error={"code": "internal", "message": "no"}),
    "nothing but null": lambda said: b"null",
    "a hundred thousand brackets": lambda said: b"[" * 100_000,
    "numbers with a fraction": _numbers(float),
    "numbers below nothing": _numbers(lambda one: -one),
    "no finite number": _numbers(lambda one: float("nan")),
    "another currency": _texts(lambda text: "USD" if text == "RUB" else text),
    "ten thousand of each": _many,
    "the year 1": _times("0001-01-01T00:00:00+14:00"),
    "the year 9999": _times("9999-12-31T23:59:59-12:00"),
}


def _book(name: str, *bends: Bend, **more: Any) -> Gate:
    return Gate(name=f"booking: {name}", meets={"book": bends}, **more)


_COMMON = [
    *[_book(f"the wire, {wire}", Bend(wire=wire)) for wire in _WIRES],
    *[_book(f"{status} to a login page, done", Bend(status=status, headers=_LOGIN, says=lambda _: _PAGE))
      for status in (302, 303, 511)],
    Gate(name="label: a login page", meets={"label": (Bend(says=lambda _: _PAGE),)}),
    *[Gate(name=f"label: the wire, {wire}", meets={"label": (Bend(wire=wire),)})
      for wire in ("long", "old and cut", "chunked and cut")],
]  # fmt: skip
"""Met by every carrier."""
_PRICES = [
    *[Gate(name=f"price: {name}", meets={"quote": (Bend(says=_SHAPES[name]),)})
      for name in ("twice in turn", "half, which may be read", "nothing but null")],
    Gate(name="price: a login page",
         meets={"quote": (Bend(status=302, headers=_LOGIN, says=lambda _: _PAGE),)}),
]  # fmt: skip
OF_CARRIER: dict[str, list[Gate]] = {
    "sample": [
        *_PRICES,
        *[_book(name, Bend(says=change)) for name, change in _SHAPES.items()
          if name not in ("numbers below nothing", "no finite number", "another currency")],
        _book("another currency", Bend(says=_SHAPES["another currency"]),
              told=frozenset({"price_above_cap"})),
    ],
    "cdek": [
        *_PRICES,
        *[_book(name, Bend(says=change)) for name, change in _SHAPES.items()],
        *[_book(f"{status} of somebody in between, done", Bend(status=status, says=lambda _: _PAGE))
          for status in (401, 403, 409, 429)],
        _book("another order's answer, done", Bend(anothers=True), before=True),
        _book("another order's answer, not done", Bend(anothers=True, does=False), before=True),
        _book("the request arrives twice", Bend(twice=True)),
    ],
    "russian_post": [
        *[_book(name, Bend(says=change)) for name, change in _SHAPES.items()
          if name != "numbers below nothing"],
    ],
}  # fmt: skip


def gates(carrier: str) -> list[Gate]:
    """The cases of a carrier."""
    return [*_COMMON, *OF_CARRIER[carrier]]


__all__ = ["Gate", "gates"]
