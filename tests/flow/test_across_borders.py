"""From China to Russia with CDEK over real HTTP: papers are asked for, sent, and missed before customs."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import hub_cdek
import msgspec
import pytest
from vendor_emulators.app import serve
from vendor_emulators.cdek import CdekEmulator
from vendor_emulators.clock import ManualClock as EmulatorClock

from hub.flow import reading
from hub.flow.sellers import keys
from hub.plugin_api.models import Item, Money
from hub.web.app import create_app
from tests.flow.desk import START, Desk, DeskClock, desk
from tests.flow.test_identity import PAPERS, RAW, tables_with

TOML = """\
[plugins]
allow = ["market", "cdek", "labels"]

[sellers.shop]
title = "Shop"
time_zone = "Asia/Shanghai"
plugins = ["market", "cdek", "labels"]
language = "en"
[sellers.shop.sender]
name = "Li Wei"
phone = "+8613800000000"
address = {{ country = "CN", city = "Шэньчжэнь", postal_code = "518000", street = "Made-up Road 1" }}
[sellers.shop.defaults]
weight_g = 300
length_mm = 100
width_mm = 100
height_mm = 100
[sellers.shop.accounts.m]
plugin = "market"
[sellers.shop.accounts.c]
plugin = "cdek"
settings = {{ client_id = "demo-account", client_secret = "env:CDEK_SECRET", base_url = "{url}", {more} }}
"""
CUP = Item(
    sku="1",
    offer_id="CUP",
    name="Кружка",
    name_en="Cup",
    quantity=1,
    price=Money.of("500.00", "RUB"),
    customs_code="6912002500",
    brand="Testbrand",
    origin_country="CN",
)
DAY = 86_400


class _Together(DeskClock):
    """The hub's clock takes the emulator's along."""

    def __init__(self, emulated: EmulatorClock) -> None:
        super().__init__(START)
        self._emulated = emulated

    def advance(self, seconds: float) -> None:
        super().advance(seconds)
        self._emulated.advance(seconds)


class World:
    def __init__(self, at: Desk, url: str) -> None:
        self.at, self._url = at, url

    async def shipped(self) -> str:
        """A Moscow buyer's posting that was ordered to be shipped; the hub's id."""
        posting_id = await self.at.order(items=(CUP,))
        await self.at.ship(posting_id)
        await self.at.pass_time(news=False)
        return posting_id

    async def answer(self, answer: str, parameters: dict[str, Any], key: str = "a") -> httpx.Response:
        """The answer to the papers' problem, through the HTTP door."""
        _, token = await keys.add_key(self.at.app, "shop", key, "test")
        asgi: Any = create_app(self.at.app, worker=False)
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        problem = self.at.problems()["recipient_document"]
        transport = httpx.ASGITransport(app=asgi)
        async with httpx.AsyncClient(transport=transport, base_url="http://hub", headers=headers) as client:
            body = {"answer": answer, "parameters": parameters}
            return await client.post(f"/v1/problems/{problem.id}/answer", json=body)

    async def orders(self) -> list[dict[str, Any]]:
        """CDEK's own book."""
        async with httpx.AsyncClient(trust_env=False) as control:
            state: dict[str, Any] = (await control.get(f"{self._url}/_emulator/state")).json()
        found: list[dict[str, Any]] = state["orders"]
        return found

    async def tell(self, path: str, body: dict[str, Any]) -> None:
        async with httpx.AsyncClient(trust_env=False) as control:
            (await control.post(f"{self._url}/_emulator/{path}", json=body)).raise_for_status()

    def events(self, posting_id: str) -> list[str]:
        return [one.code for one in reading.posting_details(self.at.app, posting_id).tracking]


@asynccontextmanager
async def _world(home: Path, monkeypatch: pytest.MonkeyPatch, more: str = "") -> AsyncIterator[World]:
    monkeypatch.setenv("CDEK_SECRET", "demo-secret")
    clock = EmulatorClock(START)
    with serve(CdekEmulator(clock=clock)) as running:
        toml = TOML.format(url=running.url, more=more or "tariffs = [184]")
        async with desk(home, clock=_Together(clock), extra={"cdek": hub_cdek}, toml=toml) as at:
            yield World(at, running.url)


async def test_the_papers_go_to_cdek_and_the_parcel_through_customs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with _world(tmp_path, monkeypatch) as world:
        at = world.at
        posting_id = await world.shipped()
        assert at.problems()["recipient_document"].data == {"carrier": "cdek"}
        assert await world.orders() == []
        wrong = await world.answer("give_document", PAPERS | {"tax_number": "500100732258"}, "wrong")
        assert wrong.status_code == 422
        assert "tax_number: its check digits" in wrong.text
        assert "500100732258" not in wrong.text
        right = await world.answer("give_document", PAPERS)
        assert right.status_code == 200, right.text
        await at.pass_time(news=False)
        assert at.view(posting_id).stage == "labelled"
        (order,) = await world.orders()
        assert order["state"] == "CREATED"
        assert order["passport_requirements_satisfied"] is True
        await world.tell("dropoff", {"cdek_numbers": [order["cdek_number"]]})
        await at.pass_time(7 * DAY, news=False)
        assert "CUSTOMS_COMPLETE" in world.events(posting_id)
        assert at.view(posting_id).stage == "delivered"
        assert "customs_waits" not in {
            one.kind for one in reading.problems(at.app, seller="shop", open_only=False).items
        }
        assert set(tables_with(at.app.store.reader, RAW)) == {"recipients"}
        assert not [raw for raw in (*RAW, "500100732258") if raw in right.text + caplog.text]


async def test_goods_texts_that_cdek_would_refuse_for_their_length_are_shortened_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with _world(tmp_path, monkeypatch, "tariffs = [184], ask_identity = false") as world:
        at = world.at
        goods = msgspec.structs.replace(CUP, name="К" * 300, offer_id="A" * 60, url="https://x/" + "y" * 300)
        posting_id = await at.order(items=(goods,))
        await at.ship(posting_id)
        await at.pass_time(news=False)
        (order,) = await world.orders()
        assert order["state"] == "CREATED"
        (told,) = (
            one.text
            for one in reading.posting_details(at.app, posting_id).history
            if "Texts fitted to what cdek takes" in one.text
        )
        for words in (
            "shortened from 300 characters to 255",
            "shortened from 60 characters to 50",
            "left out",
        ):
            assert words in told


@pytest.mark.parametrize("more", ["", "tariffs = [184], ask_identity = false"])
async def test_without_papers_the_parcel_stands_before_customs_and_the_seller_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: str
) -> None:
    async with _world(tmp_path, monkeypatch, more) as world:
        at = world.at
        posting_id = await world.shipped()
        if not more:
            assert (await world.answer("without_document", {})).status_code == 200
            await at.pass_time(news=False)
        (order,) = await world.orders()
        assert order["passport_requirements_satisfied"] is False
        await world.tell("dropoff", {"cdek_numbers": [order["cdek_number"]]})
        await at.pass_time(DAY, news=False)
        assert order["cdek_number"] in at.problems()["customs_waits"].text
        assert world.events(posting_id)[-1] == "TAKEN_BY_TRANSPORTER_FROM_SENDER_CITY"
        await world.tell("passport", {"cdek_number": order["cdek_number"]})
        await at.pass_time(7 * DAY, news=False)
        assert "customs_waits" not in at.problems()
        assert at.view(posting_id).stage == "delivered"
