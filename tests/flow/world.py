"""A hub with its worker over real HTTP: emulators of the vendors, real plugins, a real database."""

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
