"""A seller's day over real HTTP against the emulators, through real plugins, into a real database."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from vendor_emulators.app import serve
from vendor_emulators.cdek import CdekEmulator
from vendor_emulators.clock import Clock
from vendor_emulators.courier import CourierEmulator
from vendor_emulators.ozon import OzonEmulator

from hub.flow import orders, reading
from hub.flow.app import App, init_home
from hub.flow.history.forms import NewAccount
from hub.flow.history.views import PostingView
from hub.flow.opening import open_app
from hub.flow.sellers.catalogue import import_products
from hub.flow.sellers.sellers import add_account
from hub.jobs.worker import Worker
from hub.plugin_api.models import Product
from hub.store import rows

TOML = """
[plugins]
allow = ["ozon", "labels", "sample", "cdek"]

[addresses]
ozon = ["http://127.0.0.1:*"]
sample = ["http://127.0.0.1:*"]
cdek = ["http://127.0.0.1:*"]

[sellers.shop]
title = "Shop"
time_zone = "Asia/Shanghai"
plugins = ["ozon", "labels", "sample", "cdek"]
language = "en"
[sellers.shop.sender]
name = "Li Wei"
phone = "+8613800000000"
address = { country = "RU", city = "Москва", postal_code = "101000", street = "ул. Покровка, 1" }
"""
BUYER = {
    "name": "Анна Петрова",
    "phone": "+79990000001",
    "pin": "1234",
    "city": "Москва",
    "region": "Москва",
    "zip_code": "101000",
    "address_tail": "ул. Мясницкая, 1",
    "country": "Россия",
}
LINE = {
    "sku": 1001,
    "offer_id": "CUP-1",
    "name": "Кружка 杯子",
    "quantity": 2,
    "price": {"amount": "500.00", "currency": "RUB"},
}


def spec(flow: str, scheme: str, **more: Any) -> dict[str, Any]:
    """A posting that the buyer orders."""
    whole = {"integration_type_flow": flow, "scheme": scheme, "products": [LINE], "ship_in_hours": 48}
    if scheme == "rfbs":
        whole["recipient"] = BUYER
    return whole | more


class World:
    """The hub with its worker, and the vendors' control addresses."""

    def __init__(self, app: App, clock: Path, ozon: str, courier: str, cdek: str) -> None:
        self.cdek = cdek
        self.clock = clock
        self.app = app
        self.ozon = ozon
        self.courier = courier
        self.control = httpx.AsyncClient(trust_env=False)

    async def tell(self, url: str, body: Any) -> Any:
        answer = await self.control.post(url, json=body)
        assert answer.status_code < 300, answer.text
        return answer.json()

    async def truth(self, vendor: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.control.get(f"{vendor}/_emulator/state")).json()
        return found

    async def order(self, *specs: dict[str, Any]) -> list[str]:
        """The buyers order; the hub takes it in. Returns the hub's ids."""
        numbers = (await self.tell(f"{self.ozon}/_emulator/postings", list(specs)))["postings"]
        await orders.sync(self.app, "shop", "test")
        return [reading.posting(self.app, number, "shop").id for number in numbers]

    def gear(self, speed: float) -> None:
        """Run the clock of everybody at another speed from here on."""
        body = {"epoch": time.time(), "start": self.app.clock.now().isoformat(), "speed": speed}
        fresh = self.clock.with_suffix(".new")
        fresh.write_text(json.dumps(body))
        fresh.replace(self.clock)

    def now(self, posting_id: str) -> PostingView:
        return reading.posting(self.app, posting_id, "shop")

    async def until(self, what: Callable[[], bool], seconds: float = 120.0) -> None:
        end = time.monotonic() + seconds
        while not what():
            if time.monotonic() > end:
                jobs = [(j.key, j.state, j.reason) for j in rows.jobs.all(self.app.store.reader, "")]
                views = [
                    (v.number, v.flow, v.status, v.stage, v.problems)
                    for v in reading.postings(self.app, seller="shop").items
                ]
                pytest.fail(f"it did not come to that:\n{views}\n{jobs}")
            await asyncio.sleep(0.05)


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    clock = tmp_path / "clock.json"
    start = {"epoch": time.time(), "start": "2026-11-23T06:00:00Z", "speed": 7200.0}
    clock.write_text(json.dumps(start))
    monkeypatch.setenv("PARCELHUB_CLOCK", str(clock))
    home = tmp_path / "home"
    init_home(home)
    (home / "plugins.toml").write_text(TOML, encoding="utf-8")
    market = OzonEmulator(clock=Clock.from_env())
    couriers = CourierEmulator(clock=Clock.from_env())
    express = CdekEmulator(clock=Clock.from_env())
    with serve(market) as ozon, serve(couriers) as courier, serve(express) as cdek:
        app = open_app(home)
        files = ozon.urls["files_url"]
        keys = {"client_id": "100001", "api_key": "demo-api-key"}
        settings = {**keys, "base_url": ozon.url, "file_hosts": [files]}
        connect = NewAccount(seller="shop", plugin="ozon", name="o", settings=settings)
        await add_account(app, connect, "test")
        settings = {"base_url": courier.url, "key": "demo-key"}
        await add_account(
            app, NewAccount(seller="shop", plugin="sample", name="s", settings=settings), "test"
        )
        keys = {"client_id": "demo-account", "client_secret": "demo-secret"}
        settings = {**keys, "base_url": cdek.url, "shipment_point": "MSK65", "tariffs": [137]}
        await add_account(app, NewAccount(seller="shop", plugin="cdek", name="c", settings=settings), "test")
        cup = Product(offer_id="CUP-1", sku="1001", weight_g=300, length_mm=100, width_mm=100, height_mm=100)
        await import_products(app, "shop", [cup], "test")
        stop = asyncio.Event()
        worker = asyncio.create_task(Worker(app).run(stop))
        world = World(app, clock, ozon.url, courier.url, cdek.url)
        try:
            yield world
        finally:
            stop.set()
            app.woken.set()
            await worker
            await world.control.aclose()
            await app.aclose()


async def test_a_posting_waits_until_ozon_has_the_buyers_papers(world: World) -> None:
    (one,) = await world.order(spec("ozon", "fbs"))
    at = f"{world.ozon}/_emulator/postings/{world.now(one).number}/move"
    move = {"status": "awaiting_packaging", "by": "ozon"}
    await world.tell(at, move | {"substatus": "posting_awaiting_passport_data"})
    await orders.sync(world.app, "shop", "test")
    await orders.ship(world.app, "shop", [one], actor="test")
    await world.until(lambda: orders.settled(world.app, [one]))
    assert world.now(one).stage == "waiting"
    (problem,) = reading.problems(world.app, seller="shop").items
    assert "passport" in problem.text
    assert rows.operations.all(world.app.store.reader, "") == []
    await world.tell(at, move | {"substatus": "posting_created"})
    await orders.sync(world.app, "shop", "test")
    await world.until(lambda: world.now(one).stage == "labelled")
    assert reading.problems(world.app, seller="shop").items == []


async def test_fbs_is_assembled_labelled_and_handed_over(world: World) -> None:
    ids = await world.order(*(spec("ozon", "fbs") for _ in range(3)))
    results = await orders.ship(world.app, "shop", ids, actor="test")
    assert [r.state for r in results] == ["queued"] * 3
    await world.until(lambda: all(world.now(i).stage == "labelled" for i in ids))
    labels = await orders.labels(world.app, ids, actor="test")
    assert labels.document_id is not None
    assert len(labels.ready) == 3
    done = await orders.handover(world.app, "shop", "test")
    assert done.document_id is not None
    world.gear(60_000)
    await world.until(lambda: all(world.now(i).stage == "delivered" for i in ids), 60)
    truth = {p["number"]: p["status"] for p in (await world.truth(world.ozon))["postings"]}
    assert set(truth.values()) == {"delivered"}


async def test_own_carrier_is_booked_once_told_and_followed(world: World) -> None:
    (posting,) = await world.order(spec("non_integrated", "rfbs"))
    for _ in range(3):  # pressing it again pays once
        await orders.ship(world.app, "shop", [posting], actor="test")
    await world.until(lambda: world.now(posting).stage == "labelled")
    view = world.now(posting)
    assert view.carrier == "sample"
    assert view.price is not None
    await orders.labels(world.app, [posting], actor="test")
    await orders.handover(world.app, "shop", "test")
    await world.tell(f"{world.courier}/_emulator/dropoff", {"numbers": [view.tracking_number]})
    world.gear(60_000)
    await world.until(lambda: world.now(posting).status == "delivered", 60)
    truth = await world.truth(world.courier)
    assert [(s["reference"], s["posted"]) for s in truth["shipments"]] == [(view.reference, 1)]
    (theirs,) = (await world.truth(world.ozon))["postings"]
    assert theirs["tracking_number"] == view.tracking_number
    assert theirs["status"] == "delivered"


async def test_a_buyer_who_cancels_costs_nothing(world: World) -> None:
    (posting,) = await world.order(spec("3pl_tracking", "rfbs"))
    await orders.ship(world.app, "shop", [posting], carrier="sample", actor="test")
    await world.until(lambda: world.now(posting).stage == "labelled")
    number = world.now(posting).number
    url = f"{world.ozon}/_emulator/postings/{number}/cancel"
    await world.tell(url, {"initiator": "client", "reason": "changed my mind"})

    def over() -> bool:
        shipment = rows.shipments.first(world.app.store.reader, "WHERE posting_id = ?", (posting,))
        return shipment is not None and shipment.state == "cancelled" and not shipment.committed_minor

    await world.until(over)
    (theirs,) = (await world.truth(world.courier))["shipments"]
    assert not theirs["live"]
    labels = await orders.labels(world.app, [posting], actor="test")
    assert labels.document_id is None
    assert "cancelled" in labels.refused[number]


async def test_cdek_books_where_the_courier_does_not_go(world: World) -> None:
    buyer = {**BUYER, "city": "Новосибирск", "region": "Новосибирская область", "zip_code": "630032"}
    (posting,) = await world.order(spec("non_integrated", "rfbs", recipient=buyer))
    await orders.ship(world.app, "shop", [posting], actor="test")
    await world.until(lambda: world.now(posting).stage == "labelled")
    view = world.now(posting)
    assert view.carrier == "cdek"
    await orders.labels(world.app, [posting], actor="test")
    await orders.handover(world.app, "shop", "test")
    await world.tell(f"{world.cdek}/_emulator/dropoff", {"cdek_numbers": [view.tracking_number]})
    world.gear(60_000)
    await world.until(lambda: world.now(posting).status == "delivered", 60)
    (theirs,) = (await world.truth(world.cdek))["orders"]
    assert theirs["number"] == view.reference
    assert theirs["cdek_number"] == view.tracking_number
