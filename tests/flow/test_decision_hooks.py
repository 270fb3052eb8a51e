"""What plugins decide, seen from outside: a plugin is loaded, an order comes, and the booking is looked at.

The examples of docs/how-to/decide-with-a-plugin.md are plugins here, word for word.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import hub
from hub.flow import reading
from hub.flow.choice.prices.contract_prices import import_prices
from hub.flow.choice.prices.price_csv import read_table
from hub.flow.history.views import ShipmentView
from hub.flow.sellers.catalogue import import_products
from hub.plugin_api.models import Item, Money, Parcel, Posting, Product, Quote

from .desk import START, TOML, Desk, Lookup, desk
from .test_quoting import answering, quote

PAGE = Path(__file__).parents[2] / "docs/how-to/decide-with-a-plugin.md"
DECIDES = TOML.replace('"labels"]', '"labels", "acme"]')
CUP = Product(offer_id="CUP", sku="1", weight_g=300, length_mm=100, width_mm=90, height_mm=80, fragile=True)
PAN = Product(offer_id="PAN", sku="2", weight_g=6_000, length_mm=400, width_mm=300, height_mm=50)
PANS = (Item(sku="2", offer_id="PAN", name="Pan", quantity=1, price=Money.of("900", "RUB")),)


class OneCourier:
    """The desk's courier, without the plan of boxes that the desk's own plugin has."""

    @hub.hookimpl
    def carriers(self) -> Iterable[type[hub.Carrier[Any]]]:
        return (Lookup,)


def example(name: str) -> ModuleType:
    """A block of the page, as a plugin."""
    page = PAGE.read_text("utf-8")
    (source,) = re.findall(rf"^```python {name}\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    module = ModuleType(f"acme_{name}")
    exec(compile(source, str(PAGE), "exec"), module.__dict__)
    return module


async def shipped(at: Desk, number: str, **changes: Any) -> ShipmentView:
    await at.ship(await at.order(number, **changes))
    await at.pass_time()
    (shipment,) = [
        one for one in reading.shipments(at.app, seller="shop").items if one.posting_number == number
    ]
    return shipment


async def test_the_pages_choice_is_made_for_fragile_goods_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, quote("slow", "100", 12), quote("fair", "140", 5), quote("dear", "900", 1))
    async with desk(tmp_path, Lookup, extra={"acme": example("choose")}, toml=DECIDES) as at:
        await import_products(at.app, "shop", [CUP, PAN], "test")
        cup = await shipped(at, "1001-1")
        pan = await shipped(at, "1002-1", items=PANS)
    assert (cup.service_code, cup.why["reason"]) == ("slow", "plugin"), "no record yet: the first of the fair"
    assert (pan.service_code, pan.why["reason"]) == ("slow", "cheapest_in_time")


async def test_the_pages_plan_is_made_for_heavy_postings_and_no_others(tmp_path: Path) -> None:
    two = (*PANS, *PANS)
    extra = {"courier": OneCourier(), "acme": example("pack")}
    async with desk(tmp_path, Lookup, extra=extra, toml=DECIDES) as at:
        await import_products(at.app, "shop", [CUP, PAN], "test")
        await shipped(at, "1001-1")
        await shipped(at, "1002-1", items=two)
        await at.ship(await at.order("1003-1", items=(Item(sku="9", offer_id="NEW", name="?", quantity=1),)))
        await at.pass_time()
        assert set(at.problems()) == {"no_weight"}, "neither the plugin nor the hub has a plan"
    assert [order.parcels for order in at.books.orders] == [1, 2]


class Asked:
    """Keeps what it was asked, and answers what it is told to."""

    def __init__(self, answer: Any = None) -> None:
        self.answer = answer
        self.choices: list[hub.ChoiceRequest] = []
        self.plans: list[hub.PackingRequest] = []

    @hub.hookimpl
    def choose_quote(self, request: hub.ChoiceRequest) -> hub.Offer | None:
        self.choices.append(request)
        answer: hub.Offer | None = self.answer(request) if self.answer else None
        return answer

    @hub.hookimpl
    def plan_parcels(self, request: hub.PackingRequest) -> None:
        self.plans.append(request)


async def test_the_question_has_what_a_rule_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, quote("std", "300", 9), quote("fast", "350", 2), quote("x", "1", 2, estimate=True))
    asked = Asked(lambda request: request.offers[1])
    extra = {"courier": OneCourier(), "acme": asked}
    async with desk(tmp_path, Lookup, extra=extra, toml=DECIDES) as at:
        await import_products(at.app, "shop", [CUP], "test")
        lines, _, _ = read_table(b"service,percent\nfast,50\n")
        await import_prices(at.app, "shop", "courier", lines, "test")
        shipment = await shipped(at, "1001-1")
        posting = at.books.postings["1001-1"]
    plan, request = asked.plans[0], asked.choices[0]
    assert plan.seller == request.seller == "shop"
    assert plan.products == (CUP,)
    assert [(item.weight_g, item.fragile) for item in plan.items] == [(300, True)]
    assert [box.weight_g for box in plan.built_in] == [300]
    assert plan.unknown == ()
    assert request.parcels == plan.built_in
    assert request.posting.number == posting.number
    assert request.facts.weight_g == 300
    assert request.facts.address == posting.recipient.address if posting.recipient else None
    fast, std = request.offers
    assert (fast.quote.service.code, fast.quote.price, fast.price) == (
        "fast",
        Money.of("350", "RUB"),
        Money.of("175", "RUB"),
    )
    assert (std.price, std.in_time, std.record.parcels) == (Money.of("300", "RUB"), True, 0)
    assert std.spare_days is not None
    assert std.arrives is not None
    assert (request.deadline - std.arrives).days == std.spare_days
    assert (request.strategy, request.margin_days, request.promised) == ("cheapest_in_time", 1, False)
    assert request.at.tzinfo is not None
    assert request.at >= START
    assert (shipment.service_code, shipment.why["reason"]) == ("std", "plugin")


async def test_what_stands_in_for_a_weight_is_no_secret(tmp_path: Path) -> None:
    asked = Asked()
    sides = "length_mm = 100, width_mm = 100, height_mm = 100"
    defaults = f'language = "en"\ndefaults = {{ weight_g = 500, {sides} }}\n'
    extra = {"courier": OneCourier(), "acme": asked}
    toml = DECIDES.replace('language = "en"\n', defaults)
    async with desk(tmp_path, Lookup, extra=extra, toml=toml) as at:
        await shipped(at, "1001-1")
    assert asked.plans[0].unknown == ("CUP",)
    assert asked.plans[0].built_in[0].weight_g == 500
    assert asked.plans[0].products == (None,)


async def test_what_is_none_of_the_offers_is_not_booked_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made_up = Asked(lambda request: quote("mine", "1", 1))
    with caplog.at_level(logging.WARNING, "hub.choice"):
        async with desk(tmp_path, Lookup, extra={"acme": made_up}, toml=DECIDES) as at:
            shipment = await shipped(at, "1001-1")
    assert (shipment.service_code, shipment.why["reason"]) == ("std", "only")
    assert "none of the offers" in caplog.text


class Of010:
    """The hooks as they were written for 0.1.0."""

    @hub.hookimpl
    def plan_parcels(self, seller: str, posting: Posting) -> Sequence[Parcel]:
        size = {"weight_g": 250, "length_mm": 100, "width_mm": 100, "height_mm": 100}
        return [Parcel(number=one, items=posting.items if one == 1 else (), **size) for one in (1, 2, 3)]

    @hub.hookimpl
    def choose_quote(self, seller: str, posting: Posting, quotes: Sequence[Quote]) -> Quote:
        return quotes[-1]


async def test_plugins_of_0_1_0_decide_as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, quote("std", "300", 4), quote("fast", "900", 1))
    async with desk(tmp_path, Lookup, extra={"acme": Of010()}, toml=DECIDES) as at:
        shipment = await shipped(at, "1001-1")
    assert (shipment.service_code, shipment.why["reason"]) == ("fast", "plugin")
    assert [order.parcels for order in at.books.orders] == [3]
