"""Reads the JSON that the Post sends: typed and fast, and once more with patience where that fails.

The first pass decodes straight into the struct. Where an answer strays (a number for a text, an empty text
for "no" or "nothing", as dumps of 2018-2023 show), a second pass mends those values, guided by the struct's
own types. What is still wrong then is an error: nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, TypeVar, cast

import msgspec
from msgspec import inspect

T = TypeVar("T")

Time = Annotated[datetime, msgspec.Meta(tz=True)]
"""An aware time, ``2026-07-11T05:17:21.263Z``. One without a zone (never seen here) is taken as UTC."""

Date = date
"""A second name, for structs that have a field called ``date``."""

_untyped = msgspec.json.Decoder(float_hook=Decimal)


def decode(raw: bytes, type_: type[T]) -> T:
    """Decodes JSON into ``type_``. Raises ``msgspec.DecodeError`` for anything that does not fit."""
    try:
        return cast(T, _decoder(cast(Hashable, type_)).decode(raw))
    except msgspec.ValidationError:
        return convert(_untyped.decode(raw), type_)


def convert(value: Any, type_: type[T]) -> T:
    """Mends a decoded JSON value and converts it. Raises ``msgspec.ValidationError``."""
    return msgspec.convert(_mend(value, _type_info(cast(Hashable, type_))), type_, strict=False)


@cache
def _decoder(type_: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(cast(Any, type_), strict=False)


@cache
def _type_info(type_: Hashable) -> inspect.Type:
    return inspect.type_info(type_)


def _mend(value: Any, expected: inspect.Type) -> Any:
    if isinstance(expected, inspect.UnionType):  # our unions are optional values, nothing wilder
        member = next(m for m in expected.types if not isinstance(m, inspect.NoneType))
        if value == "" and not isinstance(member, inspect.StrType):
            return None
        return _mend(value, member)
    mend = _MENDS.get(type(expected))
    return value if mend is None or value is None else mend(value, expected)


def _struct(value: Any, expected: inspect.StructType) -> Any:
    if value == []:  # an empty object, as the answer to an edit was recorded in 2026-07
        value = {}
    if not isinstance(value, dict):
        return value
    mended = {}
    for field in expected.fields:
        if field.encode_name in value:
            part = _mend(value[field.encode_name], field.type)
            if part is not None or _takes_none(field.type):
                mended[field.encode_name] = part
    return mended


def _takes_none(expected: inspect.Type) -> bool:
    return isinstance(expected, inspect.UnionType) and expected.includes_none


def _sequence(value: Any, expected: inspect.ListType | inspect.VarTupleType) -> Any:
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        return value
    return [_mend(item, expected.item_type) for item in value if item is not None]


def _text(value: Any, _: inspect.StrType) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | Decimal) else value


def _integer(value: Any, _: inspect.IntType) -> Any:
    whole = isinstance(value, Decimal) and value == value.to_integral_value()
    return int(value) if whole else value


def _float(value: Any, _: inspect.FloatType) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _flag(value: Any, _: inspect.BoolType) -> Any:
    return False if value == "" else value


def _time(value: Any, _: inspect.DateTimeType) -> Any:
    try:
        time = datetime.fromisoformat(value.strip())
    except (AttributeError, ValueError):
        return value
    return time if time.tzinfo else time.replace(tzinfo=UTC)


_MENDS: dict[type[inspect.Type], Callable[[Any, Any], Any]] = {
    inspect.StructType: _struct,
    inspect.ListType: _sequence,
    inspect.VarTupleType: _sequence,
    inspect.StrType: _text,
    inspect.IntType: _integer,
    inspect.FloatType: _float,
    inspect.BoolType: _flag,
    inspect.DateTimeType: _time,
}
