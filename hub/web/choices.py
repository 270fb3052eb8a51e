"""The words that a field of a request takes, read off the route's own types."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from litestar import Request


def choices_of(request: Request[Any, Any, Any], place: str, path: str) -> tuple[str, ...]:
    """Of a query parameter by its name, of a body by the path within it (``rules[2].strategy``); none where
    the field takes other things, or is not known."""
    takes = request.route_handler.parsed_fn_signature.parameters
    name = "data" if place == "body" else path
    if name not in takes:
        return ()
    hint: Any = takes[name].annotation
    for key in path.split(".") if place == "body" else ():
        struct = next(_found(hint, lambda one: _is(one, msgspec.Struct)), None)
        hint = None if struct is None else get_type_hints(struct).get(key.partition("[")[0])
    for one in _found(hint, lambda one: _is(one, enum.Enum) or get_origin(one) is Literal):
        words = get_args(one) if get_origin(one) is Literal else [member.value for member in one]
        return tuple(map(str, words))
    return ()


def _is(hint: Any, kind: type) -> bool:
    return isinstance(hint, type) and issubclass(hint, kind)


def _found(hint: Any, wanted: Callable[[Any], bool]) -> Iterator[Any]:
    """The parts of a type that are wanted, whatever they stand in: a list, a union, an annotation."""
    if wanted(hint):
        yield hint
        return
    for part in get_args(hint):
        yield from _found(part, wanted)


__all__ = ["choices_of"]
