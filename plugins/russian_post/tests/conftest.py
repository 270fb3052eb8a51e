"""The Post's published tables where they are at hand, and a world to act in."""

from __future__ import annotations

import csv
import json
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from hub import BookRequest, Secret, Shipment
from hub.testing import account, book_request
from hub.testing.driving import booked, fresh, shipment_of
from hub_russian_post import RussianPostCarrier, RussianPostSettings
from vendor_emulators.app import serve
from vendor_emulators.clock import ManualClock
from vendor_emulators.russian_post import RussianPostEmulator

ReadTable = Callable[[str], list[dict[str, str]]]
ReadWords = Callable[[str], set[str]]

PARCEL = book_request("ONLINE_PARCEL:WITH_DECLARED_VALUE")
HEADERS = {
    "Authorization": "AccessToken demo-token",
    "X-User-Authorization": "Basic ZGVtb0BleGFtcGxlLmNvbTpkZW1vLXBhc3N3b3Jk",
}


class World:
    """The carrier, the emulated Post's control, and its clock."""

    def __init__(
        self, carrier: RussianPostCarrier, url: str, clock: ManualClock, http: httpx.AsyncClient
    ) -> None:
        self.carrier, self.url, self.clock, self.http = carrier, url, clock, http

    async def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def with_settings(self, **changes: Any) -> RussianPostCarrier:
        settings = msgspec.structs.replace(self.carrier.settings, **changes)
        return RussianPostCarrier(settings, self.carrier.http, self.carrier.account)

    async def tell(self, path: str, body: dict[str, Any]) -> None:
        (await self.http.post(f"{self.url}/_emulator/{path}", json=body)).raise_for_status()

    async def fault(self, kind: str, path: str, **rule: Any) -> None:
        await self.tell("faults", {"rules": [{"kind": kind, "path": path, "times": 1, **rule}]})

    async def counts(self) -> dict[str, int]:
        counts: dict[str, int] = (await self.http.get(f"{self.url}/_emulator/state")).json()["counts"]
        return counts

    async def book(self, request: BookRequest = PARCEL) -> Shipment:
        request = fresh(self.carrier, request)
        booking = await booked(self.carrier, request, self.pass_time)
        assert booking.state == "confirmed", booking.reason
        return shipment_of(booking, request)

    async def batch(self, *shipments: Shipment, checkin: bool = True) -> None:
        ids = [int(shipment.carrier_id) for shipment in shipments]
        made = await self.http.post(f"{self.url}/1.0/user/shipment", json=ids)
        name = made.raise_for_status().json()["batches"][0]["batch-name"]
        if checkin:
            (await self.http.post(f"{self.url}/1.0/batch/{name}/checkin")).raise_for_status()

    async def hand_in(self, shipment: Shipment, outcome: str = "delivered") -> None:
        await self.batch(shipment)
        barcodes = [shipment.tracking_number]
        await self.tell("outcome", {"parcels": barcodes, "outcome": outcome})
        await self.tell("dropoff", {"parcels": barcodes})


@pytest.fixture
def server() -> Iterator[tuple[str, ManualClock]]:
    clock = ManualClock()
    with serve(RussianPostEmulator(clock=clock)) as running:
        yield running.url, clock


@pytest.fixture
async def world(server: tuple[str, ManualClock], hub_http: httpx.AsyncClient) -> AsyncIterator[World]:
    url, clock = server
    settings = RussianPostSettings(
        token=Secret("demo-token"),
        login="demo@example.com",
        password=Secret("demo-password"),
        tracking_login="demo-tracking",
        tracking_password=Secret("demo-tracking-password"),
        base_url=url,
        tariff_url=url,
        single_url=f"{url}/rtm34",
        batch_url=f"{url}/fc",
    )
    async with httpx.AsyncClient(trust_env=False, headers=HEADERS) as http:
        yield World(RussianPostCarrier(settings, hub_http, account("russian_post")), url, clock, http)


@pytest.fixture(scope="session")
def table(shared: Path) -> ReadTable:
    def read(name: str) -> list[dict[str, str]]:
        with (shared / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return read


@pytest.fixture(scope="session")
def words(shared: Path) -> ReadWords:
    enums = json.loads((shared / "data" / "russian-post-enums.json").read_bytes())["tables"]
    return lambda name: {row[0] for row in enums[name]}
