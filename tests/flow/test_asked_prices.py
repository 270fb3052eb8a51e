"""What a carrier asks beside what was quoted, at booking and at the end: nothing odd is taken in silence."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.flow.booking.asked_prices import odd
from hub.plugin_api.models import (
    Booking,
    BookRequest,
    FoundShipment,
    Money,
    Parcel,
    Quote,
    QuoteRequest,
    Service,
    Shipment,
    Tracking,
)
from hub.store import rows

from .desk import Lookup, desk


class _Asks(Lookup):
    """It quotes 260 roubles, and asks something else."""

    asked: ClassVar[Money]
    charged: ClassVar[Money | None]

    def price(self, parcels: Sequence[Parcel]) -> Money:
        return Money.of("260.00", "RUB")

    async def book(self, request: BookRequest) -> Booking:
        return msgspec.structs.replace(await super().book(request), price=self.asked)

    async def find(self, reference: str) -> Sequence[FoundShipment]:
        return [
            msgspec.structs.replace(one, booking=msgspec.structs.replace(one.booking, price=self.asked))
            for one in await super().find(reference)
        ]

    async def track(self, shipment: Shipment) -> Tracking:
        return Tracking(events=(), charged=self.charged)


ODD = [
    ("260.00", "USD"),
    ("1.00", "CNY"),
    ("0.00", "RUB"),
    ("-5.00", "RUB"),
    ("2.60", "RUB"),
    ("26000.00", "RUB"),
    ("99999999999.99", "RUB"),
]


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize(("amount", "currency"), ODD)
async def test_a_price_that_is_none_of_this_booking_is_told(
    tmp_path: Path, amount: str, currency: str, lost: bool
) -> None:
    _Asks.asked, _Asks.charged = Money.of(amount, currency), None
    async with desk(tmp_path, _Asks) as at:
        posting = await at.order()
        at.books.meets.extend(["lost"] * lost)
        await at.ship(posting)
        await at.pass_time()
        assert at.view(posting).tracking_number == "TRK1"
        problem = at.problems()["price_above_cap"]
        assert f"{amount} {currency}" in problem.text
        assert "260.00 RUB" in problem.text
        (shipment,) = rows.shipments.all(at.app.store.reader, "")
        assert (shipment.committed_minor, shipment.currency) == (None, "RUB")
        assert shipment.money(shipment.quoted_minor) == Money.of("260.00", "RUB")
        (operation,) = at.operations()
        assert (operation.price_minor, operation.currency) == (None, "RUB")
        await at.answer("price_above_cap", "accept_price")
        await at.pass_time()
        assert not at.problems()


@pytest.mark.parametrize(("amount", "currency"), [*ODD, ("390.00", "RUB")])
async def test_a_final_charge_that_is_none_of_this_booking_is_told_once(
    tmp_path: Path, amount: str, currency: str
) -> None:
    _Asks.asked, _Asks.charged = Money.of("260.00", "RUB"), Money.of(amount, currency)
    async with desk(tmp_path, _Asks) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time(2 * 3600, news=False)
        problem = at.problems()["charge_differs"]
        assert f"{amount} {currency}" in problem.text
        assert "260.00 RUB" in problem.text
        (shipment,) = rows.shipments.all(at.app.store.reader, "")
        assert shipment.charged_minor == (39000 if amount == "390.00" else None)
        await at.answer("charge_differs", "dismiss")
        await at.pass_time(24 * 3600, news=False)
        assert not at.problems()
        charges = rows.history.all(at.app.store.reader, "WHERE kind = 'shipment.charged'")
        assert len(charges) == 1


async def test_a_charge_after_a_price_that_was_not_taken_is_held_against_the_quote(tmp_path: Path) -> None:
    _Asks.asked, _Asks.charged = Money.of("260.00", "USD"), Money.of("260.00", "RUB")
    async with desk(tmp_path, _Asks) as at:
        await at.ship(await at.order())
        await at.pass_time(2 * 3600, news=False)
        assert set(at.problems()) == {"price_above_cap"}
        (shipment,) = rows.shipments.all(at.app.store.reader, "")
        assert shipment.charged_minor == 26000


class _AsksNonsense(Lookup):
    """Its prices are no sums of money, wherever it says one after the quote."""

    says: ClassVar[str | None]
    looks: ClassVar[int]

    async def book(self, request: BookRequest) -> Booking:
        booking = await super().book(request)
        return (
            booking
            if self.says is None
            else msgspec.structs.replace(booking, price=Money.of(self.says, "RUB"))
        )

    async def booking(self, carrier_id: str) -> Booking:
        price = Money.of("300.00" if self.says is None else self.says, "RUB")
        return Booking(state="confirmed", carrier_id=carrier_id, tracking_number=carrier_id, price=price)

    async def find(self, reference: str) -> Sequence[FoundShipment]:
        found = await super().find(reference)
        if self.says is not None:
            Money.of(self.says, "RUB")
        return found


@pytest.mark.parametrize("says", ["NaN", "Infinity", "1e30"])
async def test_a_price_that_is_no_sum_of_money_is_told_at_the_first_look(
    tmp_path: Path, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_AsksNonsense, "says", says, raising=False)
    async with desk(tmp_path, _AsksNonsense) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time(120)
        assert "no sum of money" in at.problems()["operation_unknown"].text
        assert len(at.books.sends) == 1
        await at.answer("operation_unknown", "it_exists", carrier_id="TRK1", tracking_number="TRK1")
        await at.pass_time(120)
        assert at.view(posting).tracking_number == "TRK1"
        assert not at.problems()


async def test_one_that_is_mended_meanwhile_is_adopted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_AsksNonsense, "says", "NaN", raising=False)
    async with desk(tmp_path, _AsksNonsense) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time(120)
        monkeypatch.setattr(_AsksNonsense, "says", None)
        await at.pass_time(900)
        assert at.view(posting).tracking_number == "TRK1"
        assert not at.problems()


class _QuotesNonsense(Lookup):
    async def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        return (Quote(service=Service(code="std", name="Standard"), price=Money.of("NaN", "RUB")),)


async def test_a_quote_that_is_no_sum_of_money_is_told_at_once(tmp_path: Path) -> None:
    async with desk(tmp_path, _QuotesNonsense) as at:
        await at.ship(await at.order())
        await at.pass_time(5)
        assert "no sum of money" in at.problems()["no_quotes"].text


@given(
    st.decimals(allow_nan=True, allow_infinity=True) | st.sampled_from([Decimal("1e30"), Decimal("-1e16")])
)
def test_money_is_finite_and_fits_the_store(amount: Decimal) -> None:
    try:
        money = Money(amount, "RUB")
    except ValueError:
        assert not amount.is_finite() or abs(amount) >= Decimal(10) ** 15
    else:
        assert -(2**63) <= money.minor < 2**63


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e30"])
def test_no_json_makes_money_of_what_is_no_number(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(f'{{"amount": "{text}", "currency": "RUB"}}', type=Money)


@given(
    st.integers(-(10**9), 10**9),
    st.integers(1, 10**9),
    st.sampled_from(["RUB", "USD"]),
)
def test_what_is_not_odd_can_be_added_up(asked: int, quoted: int, currency: str) -> None:
    price, agreed = Money.from_minor(asked, currency), Money.from_minor(quoted, "RUB")
    if not odd(price, agreed):
        assert currency == "RUB"
        assert 0 < asked <= 10 * quoted
        assert quoted < 10 * asked
