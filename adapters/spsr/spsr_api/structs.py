"""Bases of the structs. Field names are SPSR's in lower_snake; units are SPSR's: roubles, kg, cm."""

from __future__ import annotations

import re

import msgspec


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """Base of what we send: wrong values raise ValueError, which never shows the value."""


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """Base of what SPSR sends: what is absent is empty or None."""


class Private:
    """Mixed into a struct with personal data: its repr shows nothing of it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"


class Key(msgspec.Struct, frozen=True):
    """SPSR's identifiers are pairs: Moscow is 992|0, St Petersburg 893|0, Russia 209|0."""

    id: str
    owner_id: str = "0"

    def __str__(self) -> str:
        return f"{self.id}|{self.owner_id}"

    @classmethod
    def parse(cls, text: str) -> Key:
        """``992|0``. Raises ValueError."""
        if not re.fullmatch(r"[0-9]{1,20}\|[0-9]{1,20}", text):
            raise ValueError("an identifier of SPSR looks like 992|0")
        return cls(*text.split("|"))


def limit(name: str, value: str, longest: int) -> None:
    """Raises ValueError where a text is longer than SPSR's schema allows."""
    if len(value) > longest:
        raise ValueError(f"{name} is longer than {longest} characters")
