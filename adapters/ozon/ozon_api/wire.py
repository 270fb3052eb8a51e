"""What every struct of this client is made of, and the one decoder that reads Ozon's answers.

Ozon does not keep its own schema: of 120 official example bodies 24 break it. Known spellings are bent
here, once, by the declared type, so that the structs stay plain:

====================  ==========================================================
declared              also read
====================  ==========================================================
integer               text ("123"), a whole number with a fraction part (1.0)
text                  a number; an array of texts, joined (``error: []``)
object                an array holding it; an empty array or "" as absent
array                 one bare item; null, "" or {} as empty
time                  "" as absent, a bare date, no zone (UTC), nanoseconds
anything optional     null, or a value that nothing here can read: its default
element of an array   one that nothing here can read: left out, and counted
====================  ==========================================================

What is required stays required: without it :exc:`msgspec.ValidationError` is raised, whose text names the
place and never the value. So does what decides (:data:`Deciding`), where it is there and cannot be read; and
an array of which nothing can be read is not empty. What was left out is told in the log, and to
:func:`unread`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import ValidationError, inspect

T = TypeVar("T")

Time = Annotated[datetime, msgspec.Meta(tz=True)]
"""An aware time. Ozon writes UTC; "for ever" is the last moment of the year 9999."""


Deciding = msgspec.Meta(extra={"decides": True})
"""Marks a value with a default that must not stand in for one that cannot be read, and an array of which no
element may be left out."""

_log = logging.getLogger("ozon_api")
_lost: ContextVar[list[str] | None] = ContextVar("ozon_api_unread", default=None)


@contextmanager
def unread() -> Iterator[list[str]]:
    """The places of the array elements that could not be read, of all answers that are read while it is
    open."""
    places: list[str] = []
    token = _lost.set(places)
    try:
        yield places
    finally:
        _lost.reset(token)


class Body(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A request body or a part of it. What was not given is not sent: Ozon refuses zero values."""


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """An answer or a part of it. Unknown fields are ignored, unknown enum values are kept as text."""


class Personal(Reply, frozen=True, kw_only=True):
    """A part that describes a person: its repr shows the class only."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return []


class Money(Reply, frozen=True, kw_only=True):
    """``{"amount": "2500.00", "currency": "RUB"}``: the currency's major units."""

    amount: Decimal | None = None
    currency: str = ""


def money(amount: Money | Decimal | str | None, currency: str) -> Money | None:
    """One shape for both spellings: v4's object, v3's text beside a ``currency_code``. None for no amount."""
    if isinstance(amount, Money):
        return amount if amount.amount is not None else None
    try:
        return Money(amount=Decimal(amount), currency=currency) if amount is not None else None
    except InvalidOperation:
        return None


def encode(body: Body) -> bytes:
    """The JSON of a request."""
    return msgspec.json.encode(body)


def decode(raw: bytes | msgspec.Raw, shape: type[T]) -> T:
    """Reads ``raw`` as ``shape``: at full speed where Ozon keeps its schema, bending where it does not.

    Raises :exc:`msgspec.DecodeError` for what is not JSON, :exc:`msgspec.ValidationError` for JSON that
    lacks what is required.
    """
    try:
        found: T
        hashable: Any = shape
        try:
            found = _decoder(hashable).decode(raw)
        except ValidationError:
            left_out: list[str] = []
            found = _bend(_any.decode(raw), _type_info(hashable), "$", left_out)
            _tell(left_out, shape.__name__)
        return found
    except (RecursionError, UnicodeDecodeError) as error:
        raise msgspec.DecodeError(f"JSON is unreadable: {type(error).__name__}") from None


def _tell(places: list[str], what: str) -> None:
    if places:
        text = "%s: %d could not be read and were left out, the first at %s"
        _log.warning(text, what, len(places), places[0])
        if (open_ := _lost.get()) is not None:
            open_.extend(places)


_any = msgspec.json.Decoder(float_hook=Decimal)
_raw = msgspec.json.Encoder(decimal_format="number")


class _Wrapped(Reply, frozen=True, kw_only=True):
    result: msgspec.Raw


def unwrapped(raw: bytes, shape: type[Reply]) -> bytes:
    """The bytes of ``shape``, also where they came in a ``result`` that the shape does not have: some answers
    did (seen by others, 2026-09)."""
    if b'"result"' not in raw[:64] or "result" in shape.__struct_fields__:
        return raw
    try:
        return bytes(decode(raw, _Wrapped).result)
    except msgspec.DecodeError:
        return raw


@cache
def _decoder(shape: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(shape, strict=False)


@cache
def _type_info(shape: Any) -> inspect.Type:
    return inspect.type_info(shape)


def _bend(value: Any, kind: inspect.Type, at: str, left_out: list[str]) -> Any:
    """``value`` as an object of the declared kind; raises ValidationError where no rule reads it."""
    match kind:
        case inspect.Metadata():
            return _bend(value, kind.type, at, left_out)
        case inspect.UnionType():
            return _bend_union(value, kind, at, left_out)
        case inspect.StructType():
            return _bend_struct(value, kind, at, left_out)
        case inspect.VarTupleType():
            return _bend_array(value, kind, at, left_out, whole=False)
        case inspect.RawType():
            return msgspec.Raw(_raw.encode(value))
        case _:
            try:
                return _bend_scalar(value, kind)
            except (ValidationError, ValueError, ArithmeticError):
                found, wanted = type(value).__name__, type(kind).__name__.removesuffix("Type").lower()
                raise ValidationError(f"expected {wanted}, found {found} - at `{at}`") from None


def _bend_array(
    value: Any, kind: inspect.VarTupleType, at: str, left_out: list[str], *, whole: bool
) -> tuple[Any, ...]:
    items = value if isinstance(value, list) else [] if value in (None, "", {}) else [value]
    found, broken = [], []
    for index, item in enumerate(items):
        here, inner = f"{at}[{index}]", list[str]()
        try:
            found.append(_bend(item, kind.item_type, here, inner))
        except ValidationError as error:
            if whole:
                raise
            broken.append((here, error))
        else:
            left_out += inner
    if broken and not found:
        raise broken[0][1]
    left_out += [here for here, _ in broken]
    return tuple(found)


def _bend_union(value: Any, kind: inspect.UnionType, at: str, left_out: list[str]) -> Any:
    objects = [member for member in kind.types if isinstance(member, inspect.StructType)]
    scalars = [m for m in kind.types if not isinstance(m, (inspect.StructType, inspect.NoneType))]
    if value is None or (value in ("", []) and not _takes_text(kind)):
        if any(isinstance(member, inspect.NoneType) for member in kind.types):
            return None
    elif isinstance(value, (dict, list)) and objects:
        return _bend(value, objects[0], at, left_out)
    return _bend(value, (scalars or objects)[0], at, left_out)


def _bend_struct(value: Any, kind: inspect.StructType, at: str, left_out: list[str]) -> Any:
    if isinstance(value, list) and value:
        value = value[0]
    if not isinstance(value, dict):
        raise ValidationError(f"expected object, found {type(value).__name__} - at `{at}`")
    found = {}
    for field in kind.fields:
        part = value.get(field.encode_name)
        if field.required and field.encode_name not in value:
            raise ValidationError(f"missing required field `{field.encode_name}` - at `{at}`")
        array = _bare(field.type)
        absent = part is None or (part == "" and not _takes_text(field.type))
        absent |= part == [] and not isinstance(array, inspect.VarTupleType)
        if absent and not field.required:
            continue
        here, inner, decides = f"{at}.{field.encode_name}", list[str](), _decides(field.type)
        try:
            if decides and isinstance(array, inspect.VarTupleType):
                found[field.name] = _bend_array(part, array, here, inner, whole=True)
            else:
                found[field.name] = _bend(part, field.type, here, inner)
        except ValidationError:
            if field.required or decides:
                raise
        else:
            left_out += inner
    return kind.cls(**found)


def _bare(kind: inspect.Type) -> inspect.Type:
    return _bare(kind.type) if isinstance(kind, inspect.Metadata) else kind


def _decides(kind: inspect.Type) -> bool:
    if isinstance(kind, inspect.Metadata):
        return bool((kind.extra or {}).get("decides")) or _decides(kind.type)
    return isinstance(kind, inspect.UnionType) and any(map(_decides, kind.types))


def _bend_scalar(value: Any, kind: inspect.Type) -> Any:
    match kind, value:
        case inspect.StrType(), list() if value and all(isinstance(part, str) for part in value):
            return "; ".join(value)
        case inspect.StrType(), (int() | Decimal()) if not isinstance(value, bool):
            return str(value)
        case inspect.IntType(), Decimal() if value == value.to_integral_value() and value.adjusted() < 19:
            return int(value)
        case inspect.IntType(), str():
            return int(value)
        case inspect.DateTimeType(), str():
            # datetime holds microseconds; Ozon's "for ever" has nanoseconds that would round past 9999.
            time = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", value.strip()))
            return time if time.tzinfo else time.replace(tzinfo=UTC)
        case _:
            return msgspec.convert(value, _SCALARS[type(kind)], strict=False)


def _takes_text(kind: inspect.Type) -> bool:
    kind = _bare(kind)
    kinds = kind.types if isinstance(kind, inspect.UnionType) else (kind,)
    return any(isinstance(member, inspect.StrType) for member in kinds)


_SCALARS: dict[type[inspect.Type], Any] = {
    inspect.StrType: str,
    inspect.IntType: int,
    inspect.FloatType: float,
    inspect.BoolType: bool,
    inspect.DecimalType: Decimal,
    inspect.DateTimeType: Time,
}
