"""JSON for plugins: no digit of a number is lost, in either direction."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hub

AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False, places=2)


class Price(msgspec.Struct):
    price: Decimal
    note: str = ""


def test_numbers_are_decimals_and_whole_numbers_ints() -> None:
    got = hub.read_json('{"price": 0.1, "more": [81.85, 3, 1e2], "text": "0.1"}')
    assert got == {"price": Decimal("0.1"), "more": [Decimal("81.85"), 3, Decimal("1e2")], "text": "0.1"}
    assert [type(one) for one in got["more"]] == [Decimal, int, Decimal]
    assert hub.read_json(b'{"price": 12345678901234567.89}', Price).price == Decimal("12345678901234567.89")


@given(AMOUNTS)
def test_an_amount_comes_back_as_it_went(amount: Decimal) -> None:
    assert hub.read_json(hub.write_json({"price": amount}), Price).price == amount
    assert Decimal(hub.read_json(hub.write_json([amount]))[0]) == amount


def test_what_is_written() -> None:
    order = {
        "cost": hub.Money.of("8.50", "CNY"),
        "on": date(2026, 11, 29),
        "kg": Decimal("0.700"),
        "n": "NaN",
    }
    assert hub.write_json(order) == (
        b'{"cost":{"amount":8.50,"currency":"CNY"},"on":"2026-11-29","kg":0.700,"n":"NaN"}'
    )


@pytest.mark.parametrize("bad", [Decimal("NaN"), Decimal("-Infinity"), Decimal("sNaN")])
def test_a_decimal_that_is_no_number_is_not_written(bad: Decimal) -> None:
    with pytest.raises(ValueError, match="no finite number"):
        hub.write_json([bad])


@pytest.mark.parametrize(
    ("data", "shape", "says"),
    [
        (b"<html>secret", Any, "malformed"),
        (b"", Any, "truncated"),
        (b'{"price": "secret"}', Price, "price"),
        (b"\xff\xfe", Any, "cannot be read"),
        (b'{"price": NaN}', Price, "malformed"),
        (b"[" * 100_000, Any, "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_a_bad_reply_without_what_stands_there(
    data: bytes, shape: Any, says: str
) -> None:
    with pytest.raises(hub.BadReply, match=says) as caught:
        hub.read_json(data, shape)
    assert "secret" not in caught.value.message
