"""What a view is, how one is made of a row, and a page of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from operator import attrgetter
from typing import Any, Generic, TypeVar

import msgspec

T = TypeVar("T")


class View(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all views."""


V = TypeVar("V", bound=View)


def view_of(view: type[V], row: object, **others: Any) -> V:
    """The view of a row: a field of both is the row's, and ``others`` are those that the row has not, or not
    so. Raises AttributeError for a field that neither has."""
    names, values = _shared(view, tuple(others))
    return view(**others, **dict(zip(names, values(row), strict=True)))


@lru_cache(maxsize=256)  # a page makes fifty alike
def _shared(view: type[View], others: tuple[str, ...]) -> tuple[tuple[str, ...], Callable[[object], Any]]:
    """The fields that are the row's, and what reads them all at once."""
    names = tuple(name for name in view.__struct_fields__ if name not in others)
    if len(names) < 2:  # of one name it would give the bare value
        return names, lambda row: tuple(getattr(row, name) for name in names)
    return names, attrgetter(*names)


class Listing(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """One page; ``next`` is the opaque cursor of the following one, empty at the end."""

    items: list[T]
    next: str = ""
