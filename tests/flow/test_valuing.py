"""The goods' value: a carrier is told it in its own currency, by the seller's rates, with quotes and bookings
alike; what is not known of every line is not known; without a rate the carrier is left out, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.calls.transport import make_client
from hub.flow import orders
from hub.flow.choice.valuing import NoRate, asked_of, booked_as, declared_value, exchanged, in_currency
from hub.plugin_api.errors import BadReply
from hub.plugin_api.models import (
    Address,
    Booking,
    BookRequest,
    Item,
    Money,
    Parcel,
    Posting,
    Quote,
    QuoteRequest,
)
from hub.plugin_api.rules import CarrierRules, Rate
from hub.plugin_api.settings import Settings
from hub.testing import account
from tests.flow.desk import HOME, TOML, Desk, Lookup, desk, posting_of

RATES = 'currency = "RUB"\nrates = { CNY = { rate = "12.5", date = 2026-11-20 } }'


def item(price: str | None, quantity: int = 1, sku: str = "1") -> Item:
    money = None
    if price is not None:
        amount, currency = price.split()
        money = Money.of(amount, currency)
    return Item(sku=sku, offer_id=f"CUP-{sku}", name="Кружка", quantity=quantity, price=money)


class Roubles(Lookup):
    """Takes the value in roubles, and remembers what it was told."""

    quoted: ClassVar[list[QuoteRequest]] = []
    ordered: ClassVar[list[BookRequest]] = []

    def value_currency(self, sender: Address, recipient: Address) -> str:
        return "RUB"

    async def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        self.quoted.append(request)
        return await super().quote(request)

    async def book(self, request: BookRequest) -> Booking:
        self.ordered.append(request)
        return await super().book(request)


@pytest.fixture(autouse=True)
def _nothing_told() -> None:
    Roubles.quoted.clear()
    Roubles.ordered.clear()


def keys(text: str) -> str:
    return TOML.replace('language = "en"\n', f'language = "en"\n{text}\n')


async def shipped(at: Desk, *items: Item) -> str:
    posting = await at.order(items=items)
    await at.ship(posting)
    await at.pass_time()
    return posting


def told(request: QuoteRequest | BookRequest) -> tuple[str, list[str]]:
    prices = [str(one.price) for box in request.parcels for one in box.items]
    return str(request.declared_value), prices


@pytest.mark.parametrize(
    ("items", "value", "prices"),
    [
        ([item("120 CNY", 2)], "3000.00 RUB", ["1500.00 RUB"]),
        ([item("120 RUB", 2)], "240.00 RUB", ["120.00 RUB"]),
        ([item("8 CNY"), item("50 RUB", 2, "2")], "200.00 RUB", ["100.00 RUB", "50.00 RUB"]),
        ([item("8 CNY"), item(None, sku="2")], "None", ["100.00 RUB", "None"]),
        ([item(None)], "None", ["None"]),
        ([item("0 CNY", 3)], "0.00 RUB", ["0.00 RUB"]),
    ],
)
async def test_quoted_and_booked_with_one_value(
    tmp_path: Path, items: list[Item], value: str, prices: list[str]
) -> None:
    async with desk(tmp_path, Roubles, toml=keys(RATES)) as at:
        await shipped(at, *items)
        assert len(at.books.orders) == 1
    assert [told(one) for one in (*Roubles.quoted, *Roubles.ordered)] == [(value, prices)] * 2


async def test_without_a_rate_it_is_left_out_in_words(tmp_path: Path) -> None:
    async with desk(tmp_path, Roubles) as at:
        posting = await shipped(at, item("120 CNY"))
        assert not Roubles.quoted
        assert not at.books.sends
        problem = at.problems()["no_quotes"]
        assert "say in rates what 1 CNY is in RUB" in problem.text
        (line,) = await orders.quote(at.app, posting, "test")
        assert (line.price, line.missing_code) == (None, "no_rate")


async def test_the_rate_that_is_missing_is_named(tmp_path: Path) -> None:
    own = keys('currency = "CNY"')
    async with desk(tmp_path, Roubles, toml=own) as at:
        await shipped(at, item("120 CNY"))
        assert "say in rates what 1 RUB is in CNY" in at.problems()["no_quotes"].text


async def test_a_carrier_that_names_no_currency_is_told_as_the_marketplace_has_it(tmp_path: Path) -> None:
    class Any_(Roubles):
        def value_currency(self, sender: Address, recipient: Address) -> str:
            return ""

    async with desk(tmp_path, Any_, toml=keys(RATES)) as at:
        await shipped(at, item("120 CNY", 2))
    assert [told(one) for one in (*Any_.quoted, *Any_.ordered)] == [("240.00 CNY", ["120.00 CNY"])] * 2
    assert [str(one) for one in Any_.quoted[0].converted] == ["3000.00 RUB"]


async def test_what_was_quoted_is_booked_though_the_rate_and_the_lines_changed(tmp_path: Path) -> None:
    async with desk(tmp_path, Roubles, toml=keys(RATES)) as at:
        at.books.meets.append("down")
        await shipped(at, item("120 CNY", 2))
    first = [told(one) for one in (*Roubles.quoted, *Roubles.ordered)]
    assert set(map(str, first)) == {str(("3000.00 RUB", ["1500.00 RUB"]))}
    Roubles.ordered.clear()
    other = tmp_path / "other"
    async with desk(other, Roubles, toml=keys(RATES)) as at:
        at.books.meets.extend(["down"] * 3)
        posting = await at.order(items=(item("120 CNY", 2),))
        await at.ship(posting)
        await at.pass_time(1)
        profile = at.app.seller("shop").profile
        rules = msgspec.structs.replace(
            profile.carrier_rules, rates={"CNY": Rate(rate=Decimal(99), date=date(2026, 11, 24))}
        )
        row = msgspec.structs.replace(
            at.app.seller("shop"), profile=msgspec.structs.replace(profile, carrier_rules=rules)
        )
        from hub.store import rows

        await at.app.store.write(lambda tx: rows.sellers.save(tx, row))
        await at.pass_time(7200)
        assert len(at.books.orders) == 1
    assert set(map(str, (told(one) for one in Roubles.ordered))) == {str(("3000.00 RUB", ["1500.00 RUB"]))}


async def test_a_booking_that_an_older_hub_planned_is_valued_when_it_is_sent(tmp_path: Path) -> None:
    """Version 0.1.0 wrote neither the value nor the carrier's prices."""
    async with desk(tmp_path, Roubles, toml=keys(RATES)) as at:
        at.books.meets.extend(["down"] * 3)
        posting = await at.order(items=(item("120 CNY", 2),))
        await at.ship(posting)
        await at.pass_time(1)
        Roubles.ordered.clear()

        def as_before(tx: Any) -> None:
            tx.execute("UPDATE operations SET request = '{}'")
            old = b'"price":{"amount":"120.00","currency":"CNY"}'.decode()
            new = '"price":{"amount":"1500.00","currency":"RUB"}'
            changed = tx.execute("UPDATE shipments SET parcels = replace(parcels, ?, ?)", (new, old))
            assert changed.rowcount == 1
            assert old in tx.execute("SELECT parcels FROM shipments").fetchone()[0]

        await at.app.store.write(as_before)
        at.books.meets.clear()
        await at.pass_time(7200)
    assert [told(one) for one in Roubles.ordered[:1]] == [("3000.00 RUB", ["1500.00 RUB"])]


# --- the arithmetic -------------------------------------------------------------------------------------

CURRENCIES = ("RUB", "CNY", "USD")
AMOUNTS = st.decimals(min_value=0, max_value=99_999, places=2)
PRICES = st.none() | st.builds(Money.of, AMOUNTS, st.sampled_from(CURRENCIES))
ITEMS = st.lists(
    st.builds(
        lambda price, count: msgspec.structs.replace(item(None), price=price, quantity=count),
        PRICES,
        st.integers(1, 50),
    ),
    min_size=1,
    max_size=5,
)
RULES = st.builds(
    lambda currency, rates: CarrierRules(
        currency=currency,
        rates={
            one: Rate(rate=rate, date=date(2026, 11, 20)) for one, rate in rates.items() if one != currency
        },
    ),
    st.sampled_from(CURRENCIES),
    st.dictionaries(
        st.sampled_from(CURRENCIES), st.decimals(min_value="0.01", max_value=200, places=2), max_size=3
    ),
)


def of(posting: Posting) -> tuple[Roubles, QuoteRequest]:
    carrier = Roubles(Settings(), make_client(inner=httpx.MockTransport(_never)), account("courier"))
    box = Parcel(number=1, weight_g=1, length_mm=1, width_mm=1, height_mm=1, items=posting.items)
    value = declared_value(posting)
    return carrier, QuoteRequest(sender=HOME, recipient=HOME, parcels=(box,), declared_value=value)


def _never(request: httpx.Request) -> httpx.Response:
    raise AssertionError("nobody is asked")


@given(ITEMS, RULES)
def test_the_value_is_the_sum_of_the_pieces_or_is_not_known(items: list[Item], rules: CarrierRules) -> None:
    posting = posting_of("1", items=tuple(items))
    carrier, question = of(posting)
    given_ = {one.price.currency for one in items if one.price is not None}
    rated = {rules.currency, *rules.rates}
    try:
        asked = asked_of(carrier, question, posting.items, rules)
    except NoRate:
        assert not given_ <= rated or "RUB" not in rated
        return
    booked, value = booked_as(carrier, HOME, HOME, question.parcels, posting, rules)
    again, same = booked_as(carrier, HOME, HOME, booked, posting, rules)
    assert (asked.parcels, asked.declared_value) == (booked, value) == (again, same)
    pieces = [(one.price, one.quantity) for box in booked for one in box.items]
    assert all(price is None or price.currency == "RUB" for price, _ in pieces)
    if any(price is None for price, _ in pieces):
        assert value is None
        return
    total = sum((price.amount * count for price, count in pieces if price is not None), Decimal(0))
    assert value == Money.of(total, "RUB")


@given(AMOUNTS, st.sampled_from(CURRENCIES), RULES)
def test_money_in_its_own_currency_needs_no_rate(amount: Decimal, currency: str, rules: CarrierRules) -> None:
    money = Money.of(amount, currency)
    assert exchanged(money, currency, rules) == money
    box = Parcel(number=1, weight_g=1, length_mm=1, width_mm=1, height_mm=1, items=(item(str(money)),))
    assert in_currency((box,), currency, rules) == (box,)


# --- an answer that nobody can read ----------------------------------------------------------------------


class Wordy(Lookup):
    """Answers the next questions for a price with something else."""

    pages: ClassVar[list[Exception]] = []

    async def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        if self.pages:
            raise self.pages.pop()
        return await super().quote(request)


@pytest.mark.parametrize(
    "error",
    [
        BadReply("the answer cannot be read"),
        msgspec.DecodeError("JSON is malformed: invalid character (byte 0)"),
        httpx.RemoteProtocolError("peer closed connection without sending complete message body"),
        httpx.DecodingError("Error -3 while decompressing data"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_one_page_instead_of_prices_is_asked_again(tmp_path: Path, error: Exception) -> None:
    Wordy.pages[:] = [error]
    async with desk(tmp_path, Wordy) as at:
        await at.ship(await at.order())
        await at.pass_time(120)
        assert len(at.books.orders) == 1
        assert not at.problems()


async def test_pages_for_an_hour_are_told_to_a_person(tmp_path: Path) -> None:
    Wordy.pages[:] = [BadReply("the answer cannot be read")] * 1000
    async with desk(tmp_path, Wordy) as at:
        await at.ship(await at.order())
        await at.pass_time(1800)
        assert not at.problems()
        await at.pass_time(3 * 3600)
        assert "the answer cannot be read" in at.problems()["no_quotes"].text
        assert not at.books.sends
    Wordy.pages.clear()
