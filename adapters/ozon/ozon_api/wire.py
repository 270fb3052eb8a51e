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
====================  ==========================================================

What is required stays required: without it :exc:`msgspec.ValidationError` is raised, whose text names the
place and never the value.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import ValidationError, inspect

T = TypeVar("T")

Time = Annotated[datetime, msgspec.Meta(tz=True)]
"""An aware time. Ozon writes UTC; "for ever" is the last moment of the year 9999."""


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
            found = _bend(_any.decode(raw), _type_info(hashable), "$")
        return found
    except (RecursionError, UnicodeDecodeError) as error:
        raise msgspec.DecodeError(f"JSON is unreadable: {type(error).__name__}") from None


_any = msgspec.json.Decoder(float_hook=Decimal)
_raw = msgspec.json.Encoder(decimal_format="number")


@cache
def _decoder(shape: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(shape, strict=False)


@cache
def _type_info(shape: Any) -> inspect.Type:
    return inspect.type_info(shape)


def _bend(value: Any, kind: inspect.Type, at: str) -> Any:
    """``value`` as an object of the declared kind; raises ValidationError where no rule reads it."""
    match kind:
        case inspect.UnionType():
            return _bend_union(value, kind, at)
        case inspect.StructType():
            return _bend_struct(value, kind, at)
        case inspect.VarTupleType():
            items = value if isinstance(value, list) else [] if value in (None, "", {}) else [value]
            return tuple(_bend(item, kind.item_type, f"{at}[{index}]") for index, item in enumerate(items))
        case inspect.RawType():
            return msgspec.Raw(_raw.encode(value))
        case _:
            try:
                return _bend_scalar(value, kind)
            except (ValidationError, ValueError, ArithmeticError):
                found, wanted = type(value).__name__, type(kind).__name__.removesuffix("Type").lower()
                raise ValidationError(f"expected {wanted}, found {found} - at `{at}`") from None


def _bend_union(value: Any, kind: inspect.UnionType, at: str) -> Any:
    objects = [member for member in kind.types if isinstance(member, inspect.StructType)]
    scalars = [m for m in kind.types if not isinstance(m, (inspect.StructType, inspect.NoneType))]
    if value is None or (value in ("", []) and not _takes_text(kind)):
        if any(isinstance(member, inspect.NoneType) for member in kind.types):
            return None
    elif isinstance(value, (dict, list)) and objects:
        return _bend(value, objects[0], at)
    return _bend(value, (scalars or objects)[0], at)


def _bend_struct(value: Any, kind: inspect.StructType, at: str) -> Any:
    if isinstance(value, list) and value:
        value = value[0]
    if not isinstance(value, dict):
        raise ValidationError(f"expected object, found {type(value).__name__} - at `{at}`")
    found = {}
    for field in kind.fields:
        part = value.get(field.encode_name)
        if field.required and field.encode_name not in value:
            raise ValidationError(f"missing required field `{field.encode_name}` - at `{at}`")
        if not field.required and (part is None or (part == "" and not _takes_text(field.type))):
            continue
        try:
            found[field.name] = _bend(part, field.type, f"{at}.{field.encode_name}")
        except ValidationError:
            if field.required:
                raise
    return kind.cls(**found)


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
