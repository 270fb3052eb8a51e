"""Prices that are only to be looked at: in the table, also beside an order that the marketplace gives to a
carrier; never chosen, never booked, and without a say in what is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

from hub import hookimpl
from hub.flow import orders, reading
from hub.flow.choice import rules_trial
from hub.flow.choice.weighing import with_record
from hub.flow.history.quote_views import QuoteView
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import ConfigError, Rejected
from hub.plugin_api.models import BookRequest, Fulfilment, Item, Money, Quote, QuoteRequest, Service
from hub.plugin_api.settings import Settings
from hub.plugins.checks import check_class

from .desk import TOML, Desk, Lookup, desk


class Leaflet(Carrier[Settings]):
    """Somebody's price list."""

    code = "leaflet"
    title = "Leaflet"
    settings_type = Settings
    for_comparison = True
    asked: ClassVar[list[QuoteRequest]]
    prices: ClassVar[list[Money]]

    async def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        self.asked.append(request)
        return [
            Quote(service=Service(code=f"p{at}", name=f"Page {at}"), price=price, days_min=1, days_max=1)
            for at, price in enumerate(self.prices)
        ]


class LeafletPlugin:
    @hookimpl
    def carriers(self) -> Iterable[type[Carrier[Any]]]:
        return (Leaflet,)


BESIDE = TOML.replace('"courier", "labels"]', '"courier", "leaflet", "labels"]') + (
    '[sellers.shop.accounts.l]\nplugin = "leaflet"\n'
)
EXTRA = {"leaflet": LeafletPlugin()}
OZONS = Fulfilment(books="marketplace", label="marketplace", tracking="marketplace", statuses="marketplace")


@pytest.fixture(autouse=True)
def leaflet() -> None:
    Leaflet.asked = []
    Leaflet.prices = [Money.of("9.00", "CNY"), Money.of("1.00", "RUB")]


def keys(text: str) -> str:
    """The desk's file with more keys of the seller."""
    return BESIDE.replace('language = "en"\n', f'language = "en"\n{text}\n')


async def quoted(at: Desk, **changes: Any) -> list[QuoteView]:
    return await orders.quote(at.app, await at.order(**changes), "test")


async def test_it_is_in_the_table_and_is_not_chosen(tmp_path: Path) -> None:
    Leaflet.prices = [Money.of("1.00", "RUB")]
    async with desk(tmp_path, Lookup, extra=EXTRA, toml=BESIDE) as at:
        courier, leaflet = await quoted(at)
        stored = reading.posting_details(at.app, at.view_id()).quotes
    assert (courier.carrier, courier.chosen, courier.aside) == ("courier", True, "")
    assert courier.why["reason"] == "only"
    assert courier.why["offers"] == 1
    assert (leaflet.carrier, leaflet.chosen, leaflet.aside) == ("leaflet", False, "comparison")
    assert leaflet.price == Money.of("1.00", "RUB")
    assert leaflet.estimate, "also where the carrier forgot to say so"
    assert list(stored) == [courier, leaflet]


async def test_a_booking_does_not_even_ask_it(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup, extra=EXTRA, toml=BESIDE) as at:
        await at.ship(await at.order())
        await at.pass_time()
        (shipment,) = reading.shipments(at.app, seller="shop").items
    assert shipment.carrier == "courier"
    assert Leaflet.asked == []


async def test_nobody_can_order_it(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup, extra=EXTRA, toml=BESIDE) as at:
        posting = await at.order()
        with pytest.raises(Rejected, match="only to compare"):
            await at.ship(posting, carrier="leaflet")
        await at.ship(posting, service="p1")
        await at.pass_time()
        assert at.problems()["no_quotes"].data["missing"] == {
            "courier": {"code": "no_service", "service": "p1", "services": ["std"]}
        }
        assert at.operations() == []


async def test_rules_that_allow_nothing_else_book_nothing(tmp_path: Path) -> None:
    rules = BESIDE + '[[sellers.shop.rules]]\ncarriers = ["leaflet"]\n'
    async with desk(tmp_path, Lookup, extra=EXTRA, toml=rules) as at:
        await at.ship(await at.order())
        await at.pass_time()
        assert "no_quotes" in at.problems()
        assert at.operations() == []


async def test_where_it_is_alone_there_is_no_carrier(tmp_path: Path) -> None:
    alone = BESIDE.replace('[sellers.shop.accounts.c]\nplugin = "courier"\n', "")
    async with desk(tmp_path, Lookup, extra=EXTRA, toml=alone) as at:
        posting = await at.order()
        table = await orders.quote(at.app, posting, "test")
        await at.ship(posting)
        await at.pass_time()
        assert at.problems()["no_quotes"].data["missing"] == {"hub": {"code": "no_carriers"}}
    assert [one.missing_code for one in table if one.carrier == "hub"] == ["no_carriers"]


async def test_its_currency_does_not_push_out_what_can_be_booked(tmp_path: Path) -> None:
    """The goods are in yuan, and so is the leaflet: one of two, and the one that the goods are in."""
    Leaflet.prices = [Money.of("9.00", "CNY")]
    cup = Item(sku="1", offer_id="CUP", name="杯子", quantity=1, price=Money.of("50.00", "CNY"))
    async with desk(tmp_path, Lookup, extra=EXTRA, toml=BESIDE) as at:
        courier, leaflet = await quoted(at, items=(cup,))
    assert (courier.price, courier.chosen) == (Money.of("300.00", "RUB"), True)
    assert leaflet.price == Money.of("9.00", "CNY")


async def test_trials_of_rules_leave_it_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a day late costs is reckoned from the cheapest offer: from one that can be had."""
    weighed: list[str] = []

    def watched(app: Any, seller: Any, offers: Sequence[Any], *facts: Any) -> Any:
        weighed.extend(one.carrier for one in offers)
        return with_record(app, seller, offers, *facts)

    async with desk(tmp_path, Lookup, extra=EXTRA, toml=BESIDE) as at:
        await quoted(at)
        monkeypatch.setattr(rules_trial, "with_record", watched)
        found = rules_trial.trial(at.app, "shop", last=10)
    assert (found.tables, found.nothing) == (1, 0)
    assert weighed == ["courier"]


@pytest.mark.parametrize("recipient", [True, False])
async def test_beside_the_carrier_that_the_marketplace_fixes(tmp_path: Path, recipient: bool) -> None:
    Leaflet.prices = [Money.of("30.00", "RUB"), Money.of("20.00", "RUB")]
    changes: dict[str, Any] = {} if recipient else {"recipient": None}
    async with desk(tmp_path, Lookup, extra=EXTRA, toml=BESIDE) as at:
        fixed, *beside = await quoted(at, fulfilment=OZONS, provider="Some Partner", **changes)
        with pytest.raises(Rejected, match="only to compare"):
            await at.ship(at.view_id(), carrier="leaflet")
        assert at.operations() == []
    assert fixed.missing == "fixed by Market: Some Partner"
    assert [one.service_code for one in beside] == ["p1", "p0"], "the cheapest first"
    assert {one.aside for one in beside} == {"comparison"}
    assert not any(one.chosen for one in beside)
    (asked,) = Leaflet.asked
    assert asked.recipient.country == ("RU" if recipient else "")
    assert asked.ship_on == date(2026, 11, 23)
    assert asked.language == "en"


async def test_without_it_the_line_stays_alone(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        (fixed,) = await quoted(at, fulfilment=OZONS, provider="Some Partner")
    assert fixed.missing_code == "fixed"


async def test_what_cannot_be_asked_does_not_hide_who_delivers(tmp_path: Path) -> None:
    """No sender, and (the desk's own courier packs) a catalogue without weights is the same road."""
    start, end = BESIDE.index("[sellers.shop.sender]"), BESIDE.index("[sellers.shop.accounts.m]")
    async with desk(tmp_path, Lookup, extra=EXTRA, toml=BESIDE[:start] + BESIDE[end:]) as at:
        fixed, line = await quoted(at, fulfilment=OZONS, provider="Some Partner")
    assert fixed.missing == "fixed by Market: Some Partner"
    assert (line.carrier, line.price) == ("leaflet", None)
    assert "no sender address" in line.missing


@pytest.mark.parametrize(
    ("said", "value", "converted"),
    [
        ("", "70.00 CNY", []),
        ('currency = "RUB"', "70.00 CNY", []),
        (
            'currency = "RUB"\nrates = { CNY = { rate = "12.5", date = 2026-11-20 } }',
            "70.00 CNY",
            ["875.00 RUB"],
        ),
        (
            'currency = "CNY"\nrates = { RUB = { rate = "0.08", date = 2026-11-20 }, '
            'USD = { rate = "7", date = 2026-11-20 } }',
            "70.00 CNY",
            ["10.00 USD", "875.00 RUB"],
        ),
        (
            'currency = "RUB"\nrates = { CNY = { rate = "12.5", date = 2026-11-20 }, '
            'USD = { rate = "80", date = 2026-11-20 } }',
            "70.00 CNY",
            ["10.94 USD", "875.00 RUB"],
        ),
    ],
)
async def test_the_goods_value_comes_in_every_currency_with_a_rate(
    tmp_path: Path, said: str, value: str, converted: list[str]
) -> None:
    amount, currency = value.split()
    cup = Item(sku="1", offer_id="CUP", name="杯子", quantity=1, price=Money.of(amount, currency))
    async with desk(tmp_path, Lookup, extra=EXTRA, toml=keys(said)) as at:
        await quoted(at, items=(cup,), fulfilment=OZONS)
    (asked,) = Leaflet.asked
    assert str(asked.declared_value) == value
    assert sorted(map(str, asked.converted)) == converted


async def test_settings_name_files_of_their_seller_only(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup, extra=EXTRA, toml=BESIDE) as at:
        (account,) = [
            one for one in at.app.carrier_accounts(at.app.seller("shop")) if one.plugin == "leaflet"
        ]
        assert at.app.carrier(account.id).account.folder == tmp_path / "files" / "shop"


def test_what_is_for_comparison_cannot_book() -> None:
    class Both(Leaflet):
        async def book(self, request: BookRequest) -> Any:
            raise AssertionError(msgspec.to_builtins(request))

    with pytest.raises(ConfigError, match="do not override book"):
        check_class("both", "carriers", Both)
