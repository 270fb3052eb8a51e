"""JSON whose numbers keep their digits: 0.1 is read and written as the decimal 0.1, never as a float."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, overload

import msgspec

from hub.plugin_api.errors import BadReply

T = TypeVar("T")

_encoder = msgspec.json.Encoder(decimal_format="number")
_NO_NUMBERS = (b"NaN", b"Infinity")


@overload
def read_json(data: bytes | str) -> Any: ...
@overload
def read_json(data: bytes | str, shape: type[T]) -> T: ...
def read_json(data: bytes | str, shape: Any = Any) -> Any:
    """JSON as dicts, lists and texts, or as a struct of yours, ``shape``.

        got = hub.read_json(answer.content)
        price = hub.Money.of(got["price"], got["currency"])

    A whole number is an int, any other a `decimal.Decimal`. A struct has a Decimal where it says so; fields
    that it does not name are left out. Raises BadReply for what is no JSON or of another shape: the message
    names the place and never what stands there.
    """
    try:
        return _decoder(shape).decode(data)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise _unreadable(str(error)) from None
    except RecursionError:
        raise _unreadable("nested too deeply") from None


def write_json(value: object) -> bytes:
    """JSON of dicts, lists, structs, dates and numbers; a Decimal is a number with all of its digits.

        self.http.post(url, content=hub.write_json(order), headers={"Content-Type": "application/json"})

    `hub.Money` is ``{"amount": 8.50, "currency": "CNY"}``: give ``money.amount`` where the vendor wants the
    number alone. Raises TypeError for what JSON has no form for, ValueError for a Decimal that is no number.
    """
    try:
        written = _encoder.encode(value)
    except ValueError as error:  # newer releases of msgspec refuse it themselves, older ones write NaN
        if "finite" not in str(error):
            raise
        raise ValueError("a Decimal is no finite number") from None
    if any(word in written for word in _NO_NUMBERS):
        try:  # in a text it may stand
            msgspec.json.decode(written)
        except msgspec.DecodeError:
            raise ValueError("a Decimal is no finite number") from None
    return written


def _unreadable(why: str) -> BadReply:
    return BadReply("the JSON cannot be read: {why}", code="bad_reply.json", values={"why": why})


@cache
def _decoder(shape: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(shape, float_hook=Decimal)


__all__ = ["read_json", "write_json"]
