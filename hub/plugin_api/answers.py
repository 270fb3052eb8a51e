"""What a plugin gives, checked once, where it comes in: a struct does not check what is put into it.

A value that the hub cannot keep (a time without a zone, a sum that is none, a text instead of a list) would
otherwise be found in the store, where it stops more than itself. `fault` says what is wrong and where;
`guard` puts it behind every method of a carrier or a source, so that an answer of another shape is
`BadReply`: after an unsafe request that is "unknown", and looked up. Pure, but for what `guard` awaits.
"""

from __future__ import annotations

import enum
import functools
import re
import types
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar, get_args, get_origin

import msgspec
from msgspec import inspect

from hub.plugin_api.errors import BadReply
from hub.plugin_api.money import NO_MONEY
from hub.words import Sentence, Words, said

TEXT_MAX = 10_000
WORD_MAX = 300
"""Of numbers, codes and states: what is an index, or stands in a line."""
_WORDS = frozenset(
    {"number", "order_number", "parent_number", "scheme", "flow", "status", "substatus", "provider"}
    | {"tracking_number", "carrier_id", "reference", "reason_code", "code", "handover_id", "sku", "offer_id"}
    | {"currency", "country", "id", "handover_group", "warehouse_id", "customs_code", "external_id"}
)
MANY = 10_000
_PRICE = re.compile(r"\b(price|cost)\b")
_LARGEST = 1 << 53
_MONEY_DIGITS = 12
_OLDEST = 1970
_LAST_YEAR = 9999

T = TypeVar("T")


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a value. ``code``: ``no_zone``, ``no_time``, ``wrong_type``, ``no_number``,
    ``out_of_range``, ``too_long``, ``no_text``, ``another_number``, ``raised``,
    ``too_many_boxes``, ``box_numbers`` or ``not_packed_once``. ``place``:
    ``items[0].quantity``. ``found`` is the name of a type, never a value."""

    code: str
    place: str = ""
    found: str = ""

    def under(self, name: str) -> Fault:
        """The same, seen from one step above."""
        joint = "" if not self.place or self.place.startswith("[") else "."
        return Fault(code=self.code, place=f"{name}{joint}{self.place}", found=self.found)

    @property
    def said(self) -> Sentence:
        """In words, for messages of the hub."""
        values = {"place": self.place or said("it", code="fault_place.it")} | (
            {"found": self.found} if "{found}" in _WORDS_OF[self.code] else {}
        )
        return Sentence(Words("{place} " + _WORDS_OF[self.code], f"fault.{self.code}", values))

    def __str__(self) -> str:
        return str(self.said)


_WORDS_OF = {
    "no_zone": "has no time zone",
    "no_time": "is a time that cannot be read",
    "wrong_type": "is of another type: {found}",
    "no_number": "is no finite number",
    "out_of_range": "is out of range",
    "too_long": "is too long",
    "no_text": "has characters that are no text",
    "another_number": "is the number of another posting",
    "raised": "could not be read by the plugin: {found}",
    "too_many_boxes": "has too many boxes: {found}",
    "box_numbers": "does not number the boxes from 1 on",
    "not_packed_once": "is not in the boxes as often as it was ordered",
}

_Check = Callable[[Any], Fault | None]


def fault(value: object, type_: object) -> Fault | None:
    """What is wrong with a value that ought to be of this type; None where nothing is."""
    return _check_of(type_)(value)


def usable(value: T, type_: object) -> T:
    """The value itself. Raises BadReply, with the place and what is wrong there."""
    found = fault(value, type_)
    if found is not None:
        told = said(
            "the plugin's answer cannot be used: {found}",
            code="bad_reply.of_plugin",
            values={"found": found},
        )
        raise BadReply(told, code=NO_MONEY if _PRICE.search(found.place) else None)
    return value


def guard(cls: type, base: type, shapes: Mapping[str, object]) -> None:
    """Check what the methods of this subclass of ``base`` answer, each against its shape.

    Of a list whose shape is in a tuple, what cannot be used is left out; of any other the whole is refused.
    """
    for name, shape in shapes.items():
        method = getattr(cls, name)
        if method is not getattr(base, name) and not hasattr(method, "__guarded__"):
            setattr(cls, name, _guarded(method, shape))


def _guarded(method: Callable[..., Awaitable[Any]], shape: object) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(method)
    async def answered(*args: Any, **kwargs: Any) -> Any:
        answer = await method(*args, **kwargs)
        return _only_usable(answer, shape[0]) if isinstance(shape, tuple) else usable(answer, shape)

    answered.__guarded__ = True  # type: ignore[attr-defined]
    return answered


def _only_usable(answer: object, kind: object) -> list[Any]:
    if not isinstance(answer, Sequence) or isinstance(answer, str | bytes):
        raise BadReply(
            "the plugin's answer cannot be used: it is of another type: {answer}",
            code="bad_reply.of_plugin_type",
            values={"answer": type(answer).__name__},
        )
    check = _check_of(kind)
    return [one for one in answer if check(one) is None]


@functools.cache
def _check_of(type_: object) -> _Check:
    if get_origin(type_) is list:  # of a plugin's method: any sequence will do
        return _sequence(_check_of(get_args(type_)[0]), (Sequence,))
    if isinstance(type_, types.UnionType):
        return _any_of([_check_of(one) for one in get_args(type_)])
    return _of(inspect.type_info(type_), "")


def _of(info: inspect.Type, name: str) -> _Check:
    match info:
        case inspect.StructType():
            return _struct(info.cls)
        case inspect.UnionType():
            return _union(info, name)
        case inspect.VarTupleType() | inspect.ListType() | inspect.FrozenSetType():
            kinds = (list, tuple) if not isinstance(info, inspect.FrozenSetType) else (frozenset, set)
            return _sequence(_of(info.item_type, name), kinds)
        case inspect.TupleType():
            return _fixed([_of(one, name) for one in info.item_types])
        case inspect.DictType():
            return _mapping(_of(info.key_type, name), _of(info.value_type, name))
        case inspect.EnumType():
            return _instance(info.cls)
        case inspect.LiteralType():
            return _literal(frozenset(info.values))
        case inspect.StrType():
            return _text(WORD_MAX if name in _WORDS else TEXT_MAX)
        case inspect.IntType():
            return _whole(1 if name == "quantity" else 0)
    return _PLAIN.get(type(info), _anything)


@functools.cache
def _struct(cls: type[msgspec.Struct]) -> _Check:
    checks: list[tuple[str, Any, _Check]] = []

    def check(value: Any) -> Fault | None:
        if not isinstance(value, cls):
            return _wrong(value)
        if not checks:  # made at the first use, for structs may hold each other
            info = inspect.type_info(cls)
            assert isinstance(info, inspect.StructType)
            checks.extend((one.name, one.default, _of(one.type, one.name)) for one in info.fields)
        for name, default, inner in checks:
            part = getattr(value, name)
            if part is not default and (found := inner(part)) is not None:
                return found.under(name)
        return None

    return check


def _union(info: inspect.UnionType, name: str) -> _Check:
    members = [_of(one, name) for one in info.types if not isinstance(one, inspect.NoneType)]
    optional = info.includes_none
    if optional and len(members) == 1:
        (only,) = members
        return lambda value: None if value is None else only(value)

    either = _any_of(members)
    return lambda value: None if value is None and optional else either(value)


def _any_of(members: list[_Check]) -> _Check:
    def check(value: Any) -> Fault | None:
        found = [inner(value) for inner in members]
        return None if None in found else next((one for one in found if one and one.place), found[0])

    return check


def _sequence(inner: _Check, kinds: tuple[type, ...]) -> _Check:
    def check(value: Any) -> Fault | None:
        many: Any = value
        if not isinstance(value, kinds) or isinstance(value, str | bytes):
            return _wrong(value)
        if len(many) > MANY:
            return Fault(code="too_long")
        for index, one in enumerate(many):
            if (found := inner(one)) is not None:
                return found.under(f"[{index}]")
        return None

    return check


def _fixed(inner: list[_Check]) -> _Check:
    def check(value: Any) -> Fault | None:
        if not isinstance(value, tuple) or len(value) != len(inner):
            return _wrong(value)
        return next((found for one, of in zip(value, inner, strict=True) if (found := of(one))), None)

    return check


def _mapping(keys: _Check, values: _Check) -> _Check:
    def check(value: Any) -> Fault | None:
        if not isinstance(value, dict):
            return _wrong(value)
        if len(value) > MANY:
            return Fault(code="too_long")
        return next((found for key, one in value.items() if (found := keys(key) or values(one))), None)

    return check


def _literal(values: frozenset[Any]) -> _Check:
    return lambda value: None if isinstance(value, str | int) and value in values else _wrong(value)


def _instance(kind: type) -> _Check:
    return lambda value: None if isinstance(value, kind) else _wrong(value)


def _text(longest: int) -> _Check:
    def check(value: Any) -> Fault | None:
        if not isinstance(value, str):
            return _wrong(value)
        if len(value) > longest:
            return Fault(code="too_long")
        if not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError:
                return Fault(code="no_text")
        return None

    return check


def _whole(least: int) -> _Check:
    def check(value: Any) -> Fault | None:
        if not isinstance(value, int) or isinstance(value, bool | enum.Enum):
            return _wrong(value)
        return None if least <= value < _LARGEST else Fault(code="out_of_range")

    return check


def _time(value: Any) -> Fault | None:
    if not isinstance(value, datetime):
        return _wrong(value)
    if value.tzinfo is None or value.utcoffset() is None:
        return Fault(code="no_zone")
    if value.year >= _LAST_YEAR:
        try:
            value.astimezone(UTC)
        except OverflowError:  # "for ever", in a zone in which it is later still
            return Fault(code="out_of_range")
    return None if value.year >= _OLDEST else Fault(code="out_of_range")


def _decimal(value: Any) -> Fault | None:
    if not isinstance(value, Decimal):
        return _wrong(value)
    if not value.is_finite():
        return Fault(code="no_number")
    return None if value.adjusted() < _MONEY_DIGITS else Fault(code="out_of_range")


def _float(value: Any) -> Fault | None:
    if not isinstance(value, float | int) or isinstance(value, bool):
        return _wrong(value)
    return None if abs(value) < _LARGEST else Fault(code="no_number")  # NaN is not less than anything


def _day(value: Any) -> Fault | None:
    return None if isinstance(value, date) and not isinstance(value, datetime) else _wrong(value)


def _anything(_: Any) -> None:
    return None


def _wrong(value: object) -> Fault:
    return Fault(code="wrong_type", found=type(value).__name__[:40])


_PLAIN: dict[type[inspect.Type], _Check] = {
    inspect.BoolType: _instance(bool),
    inspect.BytesType: _instance(bytes),
    inspect.DateTimeType: _time,
    inspect.DateType: _day,
    inspect.TimeDeltaType: _instance(timedelta),
    inspect.DecimalType: _decimal,
    inspect.FloatType: _float,
}
