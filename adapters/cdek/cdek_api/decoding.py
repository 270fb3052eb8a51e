"""Reads what CDEK sends: typed and fast, and once more with patience where that fails.

A first pass decodes the bytes straight into the struct. Where the answer strays from the documented types
(nulls for absent blocks, a number for a text, one object for a list, times without a zone: seen in older
answers and in the wild), a second pass builds it value by value, guided by the struct's own types:

- a known spelling is mended;
- an optional value that cannot be read is its default, and the rest stays;
- an element of a list that cannot be read is left out, and counted (:func:`unread`, and a warning in the log
  that names the place and no value); where none of a list can be read, the list cannot;
- what decides (:data:`Deciding`: a state, a number, a sum, whose default would say something) is never
  guessed: where it is there and cannot be read, neither can the struct that it stands in.

What is required and cannot be read is an error.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Annotated, Any, TypeVar, cast

import msgspec
from msgspec import ValidationError, inspect

T = TypeVar("T")

Time = Annotated[datetime, msgspec.Meta(tz=True)]
"""An aware time. CDEK writes +0000 without a colon, Z, and fractions now and then, all of which decode;
a time without a zone (never seen) is taken as UTC."""

Date = date
"""A second name, for structs that have a field called ``date``."""

Deciding = msgspec.Meta(extra={"decides": True})
"""Marks a value with a default that must not stand in for one that cannot be read, and a list of which no
element may be left out."""

_log = logging.getLogger("cdek_api")
_untyped = msgspec.json.Decoder(float_hook=Decimal)
_lost: ContextVar[list[str] | None] = ContextVar("cdek_api_unread", default=None)


@contextmanager
def unread() -> Iterator[list[str]]:
    """The places of the list elements that could not be read, ``$.points[3]``, of all answers that are read
    while it is open."""
    places: list[str] = []
    token = _lost.set(places)
    try:
        yield places
    finally:
        _lost.reset(token)


def lost(places: list[str], what: str) -> None:
    """Tell of elements that were left out."""
    if places:
        _log.warning(
            "%s: %d could not be read and were left out, the first at %s", what, len(places), places[0]
        )
        if (open_ := _lost.get()) is not None:
            open_.extend(places)


def decode(raw: bytes, type_: type[T]) -> T:
    """Decodes JSON into ``type_``. Raises ``msgspec.DecodeError`` for anything that does not fit."""
    found, left_out = decode_part(raw, type_)
    lost(left_out, getattr(type_, "__name__", "answer"))
    return found


def decode_part(raw: bytes, type_: type[T]) -> tuple[T, list[str]]:
    """The same, for one part of an answer: what was left out is given back and not told."""
    try:
        try:
            return cast(T, _decoder(cast(Hashable, type_)).decode(raw)), []
        except ValidationError:
            return _built(_untyped.decode(raw), type_)
    except (RecursionError, UnicodeDecodeError) as error:
        raise msgspec.DecodeError(f"JSON is unreadable: {type(error).__name__}") from None


def convert(value: Any, type_: type[T]) -> T:
    """Builds ``type_`` of a decoded JSON value. Raises ``msgspec.ValidationError``."""
    built, left_out = _built(value, type_)
    lost(left_out, getattr(type_, "__name__", "answer"))
    return built


def _built(value: Any, type_: type[T]) -> tuple[T, list[str]]:
    left_out: list[str] = []
    return cast(T, _build(value, _type_info(cast(Hashable, type_)), "$", left_out)), left_out


@cache
def _decoder(type_: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(cast(Any, type_), strict=False)


@cache
def _type_info(type_: Hashable) -> inspect.Type:
    return inspect.type_info(type_)


def _build(value: Any, expected: inspect.Type, at: str, left_out: list[str]) -> Any:
    match expected:
        case inspect.Metadata():
            return _build(value, expected.type, at, left_out)
        case inspect.UnionType():  # our unions are optional values, nothing wilder
            member = next(m for m in expected.types if not isinstance(m, inspect.NoneType))
            if value is None or (value == "" and not isinstance(_bare(member), inspect.StrType)):
                return None
            return _build(value, member, at, left_out)
        case inspect.StructType():
            return _struct(value, expected, at, left_out)
        case inspect.ListType() | inspect.VarTupleType():
            items = _sequence(value, expected, at, left_out, whole=False)
            return items if isinstance(expected, inspect.ListType) else tuple(items)
    mend = _MENDS.get(type(expected))
    if mend is None:
        return value
    try:
        return msgspec.convert(mend(value), _SCALARS[type(expected)], strict=False)
    except (ValidationError, ValueError, ArithmeticError, TypeError):
        raise _error(value, expected, at) from None


def _struct(value: Any, expected: inspect.StructType, at: str, left_out: list[str]) -> Any:
    if value == []:  # an empty object, as PHP writes it
        value = {}
    if not isinstance(value, dict):
        raise _error(value, expected, at)
    found = {}
    for field in expected.fields:
        name, here = field.encode_name, f"{at}.{field.encode_name}"
        part = value.get(name)
        if part is None and field.required and not (name in value and _takes_none(field.type)):
            raise ValidationError(f"Object missing required field `{name}` - at `{at}`")
        if not field.required and (part is None or (part == "" and not _takes_empty(field.type))):
            continue
        inner: list[str] = []
        try:
            found[field.name] = _of_field(part, field, here, inner)
        except ValidationError:
            if field.required or _decides(field.type):
                raise
        else:
            left_out += inner
    return expected.cls(**found)


def _of_field(part: Any, field: inspect.Field, at: str, left_out: list[str]) -> Any:
    kind = _bare(field.type)
    if isinstance(kind, inspect.ListType | inspect.VarTupleType) and _decides(field.type):
        items = _sequence(part, kind, at, left_out, whole=True)
        return items if isinstance(kind, inspect.ListType) else tuple(items)
    return _build(part, field.type, at, left_out)


def _sequence(
    value: Any,
    expected: inspect.ListType | inspect.VarTupleType,
    at: str,
    left_out: list[str],
    *,
    whole: bool,
) -> list[Any]:
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        raise _error(value, expected, at)
    found, broken = [], []
    for index, item in enumerate(value):
        if item is None:
            continue
        here = f"{at}[{index}]"
        inner: list[str] = []
        try:
            found.append(_build(item, expected.item_type, here, inner))
        except ValidationError as error:
            if whole:
                raise
            broken.append((here, error))
        else:
            left_out += inner
    if broken and not found:
        raise broken[0][1]
    left_out += [here for here, _ in broken]
    return found


def _bare(expected: inspect.Type) -> inspect.Type:
    return _bare(expected.type) if isinstance(expected, inspect.Metadata) else expected


def _decides(expected: inspect.Type) -> bool:
    if isinstance(expected, inspect.Metadata):
        return bool((expected.extra or {}).get("decides")) or _decides(expected.type)
    return isinstance(expected, inspect.UnionType) and any(map(_decides, expected.types))


def _takes_none(expected: inspect.Type) -> bool:
    bare = _bare(expected)
    return isinstance(bare, inspect.UnionType) and bare.includes_none


def _takes_empty(expected: inspect.Type) -> bool:
    """An empty text is a value here; elsewhere it is an absent one."""
    bare = _bare(expected)
    kinds = map(_bare, bare.types) if isinstance(bare, inspect.UnionType) else (bare,)
    return any(isinstance(one, inspect.StrType | inspect.AnyType | inspect.BoolType) for one in kinds)


def _error(value: Any, expected: inspect.Type, at: str) -> ValidationError:
    wanted = type(_bare(expected)).__name__.removesuffix("Type").lower()
    return ValidationError(f"Expected `{wanted}`, got `{type(value).__name__}` - at `{at}`")


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | Decimal) else value


def _integer(value: Any) -> Any:
    whole = isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value()
    return int(value) if whole and value.adjusted() < 19 else value


def _float(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _flag(value: Any) -> Any:
    return value


def _time(value: Any) -> Any:
    try:
        time = datetime.fromisoformat(value.strip())
    except (AttributeError, ValueError):
        return value
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _date(value: Any) -> Any:
    return value[:10] if isinstance(value, str) else value  # a time where a date is documented


def _number(value: Any) -> Any:
    if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
        try:
            value = Decimal(value)
        except InvalidOperation:
            return value
        if not value.is_finite():
            raise ValueError("no finite number")
    return value


_MENDS: dict[type[inspect.Type], Callable[[Any], Any]] = {
    inspect.StrType: _text,
    inspect.IntType: _integer,
    inspect.FloatType: _float,
    inspect.BoolType: _flag,
    inspect.DecimalType: _number,
    inspect.DateTimeType: _time,
    inspect.DateType: _date,
}
_SCALARS: dict[type[inspect.Type], Any] = {
    inspect.StrType: str,
    inspect.IntType: int,
    inspect.FloatType: float,
    inspect.BoolType: bool,
    inspect.DecimalType: Decimal,
    inspect.DateTimeType: Time,
    inspect.DateType: date,
}
