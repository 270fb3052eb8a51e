"""A served Ozon on a clock that the test moves, the source under test, and Ozon's own examples."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hub import Account, Posting, Secret
from hub_ozon import OzonSettings, OzonSource
from vendor_emulators.app import serve
from vendor_emulators.clock import ManualClock
from vendor_emulators.ozon import OzonEmulator

LINE = {
    "sku": 827098843,
    "offer_id": "SC-1",
    "name": "Ножницы 剪刀",
    "quantity": 2,
    "price": {"amount": "499.50", "currency": "RUB"},
}


class World:
    """A seller's source, and the other side's control addresses."""

    def __init__(self, source: OzonSource, clock: ManualClock, control: httpx.AsyncClient) -> None:
        self.source = source
        self.clock = clock
        self.control = control

    async def tell(self, path: str, body: Any) -> Any:
        answer = await self.control.post(f"/_emulator/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def order(self, flow: str, count: int = 1, **more: Any) -> list[str]:
        """The buyers order; returns the numbers."""
        spec = {"integration_type_flow": flow, "products": [LINE], **more}
        numbers: list[str] = (await self.tell("postings", [spec] * count))["postings"]
        return numbers

    async def read(self, number: str) -> Posting:
        return self.source.decode(await self.source.posting(number))

    async def walk(self, stream: str, cursor: str = "") -> tuple[list[Posting], str]:
        """A stream to its end; returns the cursor of the next walk as well."""
        found: list[Posting] = []
        while True:
            page = await self.source.postings(stream, cursor)
            found += map(self.source.decode, page.items)
            cursor = page.next
            if page.complete:
                return found, cursor

    async def assembled(self, flow: str, count: int = 1, **more: Any) -> list[Posting]:
        """Postings that are assembled, with the time that Ozon needs for their labels."""
        numbers = await self.order(flow, count, **more)
        for number in numbers:
            await self.source.assemble(await self.read(number), ())
        self.clock.advance(300)
        return [await self.read(number) for number in numbers]

    async def truth(self, number: str) -> dict[str, Any]:
        postings = (await self.control.get("/_emulator/state")).json()["postings"]
        found: dict[str, Any] = next(one for one in postings if one["number"] == number)
        return found


def account(settings: OzonSettings, http: httpx.AsyncClient) -> OzonSource:
    """A source of these settings."""
    mine = Account(id="acc_1", seller="shop", plugin="ozon", name="main")
    return OzonSource(settings, http, mine)


@pytest.fixture
def served() -> Iterator[tuple[str, str, ManualClock]]:
    clock = ManualClock()
    emulator = OzonEmulator(clock=clock)
    with serve(emulator) as running:
        yield running.url, emulator.labels.files_url, clock


@pytest.fixture
async def world(
    served: tuple[str, str, ManualClock], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    url, files, clock = served
    monkeypatch.setattr("hub_ozon.source.now", clock.now)
    settings = OzonSettings(
        client_id="100001", api_key=Secret("demo-api-key"), base_url=url, file_hosts=(files,)
    )
    async with (
        httpx.AsyncClient(trust_env=False, timeout=5) as http,
        httpx.AsyncClient(base_url=url, trust_env=False, timeout=5) as control,
    ):
        made = World(account(settings, http), clock, control)
        await made.tell("settings", {"rate_limit": "off"})
        yield made


@pytest.fixture(scope="session")
def examples(shared: Path) -> Path:
    """Ozon's own example bodies."""
    return shared / "fixtures" / "ozon"
