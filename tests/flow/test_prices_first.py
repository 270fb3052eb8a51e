"""Prices are asked before the marketplace hears that a posting is packed, and once: they are booked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import httpx
import msgspec
import pytest
from vendor_emulators.cdek import CdekEmulator
from vendor_emulators.courier import CourierEmulator
from vendor_emulators.ozon import OzonEmulator
from vendor_emulators.rules import Rule

from hub import hookimpl
from hub.flow import orders
from hub.flow.sellers.catalogue import import_products
from hub.plugin_api.errors import Rejected
from hub.plugin_api.models import (
    Action,
    Assembly,
    Parcel,
    Posting,
    Product,
    Quote,
    QuoteRequest,
    Recipient,
    Stage,
)
from hub.store import Store, rows
from tests.golden.shop import Shop, shop
from tests.golden.still import Loop, SharedClock, still
from tests.golden.trace import Trace

from .desk import HOME, START, Desk, DeskClock, Lookup, Market, desk
from .world import LINE, TOML, spec

SIZE = {"length_mm": 100, "width_mm": 90, "height_mm": 80}


class Packs(Market):
    """A marketplace that wants to be told that it is packed."""

    async def assemble(self, posting: Posting, parcels: Sequence[Parcel]) -> Assembly:
        self.books.told.setdefault(posting.number, []).append("packed")
        known = self.books.postings[posting.number]
        self.books.postings[posting.number] = msgspec.structs.replace(
            known,
            status="packed",
            stage=Stage.ASSEMBLED,
            actions=frozenset({Action.SET_TRACKING}),
            recipient=_BUYER[0],
        )
        return Assembly(numbers=(posting.number,))


class _PacksPlugin:
    @hookimpl
    def order_sources(self) -> list[type[Market]]:
        return [Packs]


_BUYER: list[Any] = [None]
"""The buyer as the marketplace shows him once it is packed."""


class Light(Lookup):
    """A courier that takes at most ten kilograms."""

    asked: ClassVar[list[QuoteRequest]] = []

    async def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        self.asked.append(request)
        heavy = sum(one.weight_g for one in request.parcels) > 10_000
        return () if heavy else await super().quote(request)


@pytest.fixture(autouse=True)
def _fresh() -> None:
    Light.asked.clear()
    _BUYER[0] = None


async def _unpacked(at: Desk, weight_g: int, **changes: Any) -> str:
    cup = Product(offer_id="CUP", sku="1", weight_g=weight_g, **SIZE)
    await import_products(at.app, "shop", [cup], "test")
    return await at.order(stage=Stage.WAITING, actions=frozenset({Action.ASSEMBLE}), **changes)


async def test_what_nobody_takes_is_not_told_as_packed(tmp_path: Path) -> None:
    async with desk(tmp_path, Light, boxes=0, extra={"market": _PacksPlugin()}) as at:
        posting = await _unpacked(at, 33_000)
        await at.ship(posting)
        await at.pass_time(3600)
        assert set(at.problems()) == {"no_quotes"}
        assert (at.books.told, at.operations("assemble"), len(Light.asked)) == ({}, [], 1)
        assert at.view(posting).stage == "waiting"
        await at.answer("no_quotes", "correct_product", weight_g="900")
        await at.pass_time(60)
        assert at.books.told["1001-1"] == ["packed", "TRK1"]
        assert len(Light.asked) == 2  # once more for the other weight, and not again to book it
        (told,) = at.operations("assemble")
        assert [one["weight_g"] for one in told.request["parcels"]] == [900]
        assert rows.shipments.all(at.app.store.reader, "")[0].parcels[0].weight_g == 900


@pytest.mark.parametrize("order", [{"service": "nope"}, {"carrier": "courier", "service": "nope"}])
async def test_a_service_that_nobody_has_is_not_told_as_packed(tmp_path: Path, order: dict[str, str]) -> None:
    async with desk(tmp_path, Light, boxes=0, extra={"market": _PacksPlugin()}) as at:
        posting = await _unpacked(at, 300)
        await at.ship(posting, **order)  # no quotes are known by which it could be refused at once
        await at.pass_time(60)
        missing = at.problems()["no_quotes"].data["missing"]
        assert missing["courier"]["services"] == ["std"]
        assert not at.books.told
        await at.answer("no_quotes", "other_carrier", carrier="courier", service="std")
        await at.pass_time(60)
        assert at.books.told["1001-1"] == ["packed", "TRK1"]


async def test_what_is_known_only_once_it_is_packed_is_priced_then(tmp_path: Path) -> None:
    async with desk(tmp_path, Light, boxes=0, extra={"market": _PacksPlugin()}) as at:
        _BUYER[0] = Recipient(name="Анна", address=HOME)
        posting = await _unpacked(at, 300, recipient=None)
        await at.ship(posting)
        await at.pass_time(60)
        assert at.books.told["1001-1"] == ["packed", "TRK1"]
        assert len(Light.asked) == 1


async def test_an_assembly_that_waits_for_a_person_has_nobody_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(self: Packs, posting: Posting, parcels: Sequence[Parcel]) -> Assembly:
        raise Rejected("a mark is missing")

    monkeypatch.setattr(Packs, "assemble", refused)
    async with desk(tmp_path, Light, boxes=0, extra={"market": _PacksPlugin()}) as at:
        posting = await _unpacked(at, 300)
        await at.ship(posting)
        await at.pass_time(60)
        assert "assembly_refused" in at.problems()
        for _ in range(3):  # what was chosen is out of date, and the posting is looked at
            await at.pass_time(3 * 3600)
            at.books.postings["1001-1"] = msgspec.structs.replace(
                at.books.postings["1001-1"], substatus=str(at.clock.now())
            )
            await orders.sync(at.app, "shop", "test")
        assert len(Light.asked) == 1
        assert at.books.orders == []


class _Calls(Trace):
    """Counts the calls, and writes nothing down."""

    def __init__(self) -> None:
        super().__init__(START)
        self.counts: Counter[str] = Counter()

    def request(
        self, section: str, now: datetime, name: str, request: httpx.Request, body: bytes, status: Any
    ) -> None:
        self.counts[f"{name} {request.method} {request.url.path}"] += 1

    def tables(self, section: str, store: Store) -> None:
        pass


def test_of_a_hundred_each_is_priced_once_and_booked_at_that_price(tmp_path: Path) -> None:
    clock = DeskClock(START)
    ozon = OzonEmulator(clock=SharedClock(clock), seed=7)
    ozon.gate.pace = "off"
    emulators: dict[str, Any] = {
        "ozon": ozon,
        "cdek": CdekEmulator(clock=SharedClock(clock), seed=7),
        "sample": CourierEmulator(clock=SharedClock(clock), seed=7),
    }
    loop = Loop()
    with still(clock, 7):
        try:
            loop.run_until_complete(_hundred(tmp_path, emulators, clock))
        finally:
            loop.close()


async def _hundred(home: Path, emulators: dict[str, Any], clock: DeskClock) -> None:
    made, plugins = _Calls(), ["ozon", "cdek", "sample", "labels"]
    async with shop(home, made, "day", TOML, emulators, clock, plugins, {}) as at:
        await _connected(at)
        safe = spec("non_integrated", "rfbs", products=[LINE | {"sku": 1002, "offer_id": "SAFE"}])
        await at.control("ozon", "postings", [spec("non_integrated", "rfbs")] * 100 + [safe])
        await orders.sync(at.app, "shop", "test")
        reader = at.app.store.reader
        # They are not looked at, and opening them is dear.
        emulators["sample"].faults.add([Rule(kind="retry_after", path="/shipments/*/label")])
        everything = [row.id for row in rows.postings.all(reader, "")]
        await orders.ship(at.app, "shop", everything, actor="test")
        await at.pass_time(30)
        booked = rows.shipments.all(reader, "WHERE state = 'booked'")
        assert len(booked) == made.counts["sample POST /shipments"] == 100
        # One of the 101 is nobody's: its prices were asked, and it is not told as packed.
        quoted = (made.counts["sample GET /quotes"], made.counts["cdek POST /v2/calculator/tariffAndService"])
        assert quoted == (101, 101)
        assert made.counts["ozon POST /v4/posting/fbs/ship"] == 100
        assert [one.kind for one in rows.problems.all(reader, "")] == ["no_quotes"]
        prices = {row.posting_id: row.price_minor for row in rows.choices.all(reader, "")}
        assert all(one.quoted_minor == prices[one.posting_id] for one in booked)


async def _connected(at: Shop) -> None:
    urls = {name: one.urls for name, one in at.emulators.items()}
    ozon = {"client_id": "100001", "api_key": "demo-api-key", "base_url": urls["ozon"]["url"]}
    await at.connect(
        "shop",
        {
            "ozon": ozon | {"file_hosts": [urls["ozon"]["files_url"]]},
            "sample": {"base_url": urls["sample"]["url"], "key": "demo-key"},
            "cdek": {
                "client_id": "demo-account",
                "client_secret": "demo-secret",
                "base_url": urls["cdek"]["url"],
                "shipment_point": "MSK65",
            },
        },
    )
    cup = Product(offer_id="CUP-1", sku="1001", weight_g=300, length_mm=100, width_mm=100, height_mm=100)
    safe = msgspec.structs.replace(cup, offer_id="SAFE", sku="1002", weight_g=49_000)
    await import_products(at.app, "shop", [cup, safe], "test")
