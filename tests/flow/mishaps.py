"""A seller with two warehouses among emulated vendors, over HTTP and by one clock that is moved by hand; and
what goes wrong with a posting."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import httpx
import hub_ozon
import hub_russian_post
import hub_sample

from hub import hookimpl
from hub.flow import orders, reading
from hub.flow.sellers.catalogue import import_products
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.models import Product
from hub.store import rows
from tests.benchmarks.vendors import vendor
from tests.flow.desk import START, Desk, DeskClock, desk

NORTH, SOUTH = 22142605386000, 1020002098342000
TOML = f"""\
[plugins]
allow = ["ozon", "sample", "pickup", "closing", "russian_post", "labels"]

[addresses]
ozon = ["http://127.0.0.1:*"]
sample = ["http://127.0.0.1:*"]
pickup = ["http://127.0.0.1:*"]
closing = ["http://127.0.0.1:*"]
russian_post = ["http://127.0.0.1:*"]

[sellers.shop]
title = "Shop"
time_zone = "Asia/Shanghai"
plugins = ["ozon", "sample", "pickup", "closing", "russian_post", "labels"]
language = "en"
[sellers.shop.sender]
name = "Li Wei"
phone = "+79990000001"
address = {{ country = "RU", city = "Москва", postal_code = "109012", street = "ул. Никольская, 1" }}
[sellers.shop.warehouses.south]
title = "South"
marketplace_warehouses = {{ o = ["{SOUTH}"] }}
[sellers.shop.accounts.o]
plugin = "ozon"
[sellers.shop.accounts.o.settings]
client_id = "100001"
api_key = "env:TEST_OZON_KEY"
base_url = "OZON"
file_hosts = ["FILES"]
[sellers.shop.accounts.post]
plugin = "russian_post"
[sellers.shop.accounts.post.settings]
login = "demo@example.com"
token = "env:TEST_POST_TOKEN"
password = "env:TEST_POST_PASSWORD"
postoffice = "109012"
base_url = "POST"
tariff_url = "POST"
""" + "".join(
    f"""\
[sellers.shop.accounts.{name}]
plugin = "{name}"
settings = {{ base_url = "COURIER", key = "env:TEST_COURIER_KEY" }}
"""
    for name in ("sample", "pickup", "closing")
)
SECRETS = {
    "TEST_OZON_KEY": "demo-api-key",
    "TEST_POST_TOKEN": "demo-token",
    "TEST_POST_PASSWORD": "demo-password",
    "TEST_COURIER_KEY": "demo-key",
}
_BUYER = {
    "name": "Анна Петрова",
    "phone": "+79990000001",
    "city": "Москва",
    "region": "Москва",
    "zip_code": "109012",
    "address_tail": "ул. Никольская, 5",
    "country": "Россия",
}
_CUP = {
    "sku": 1001,
    "offer_id": "CUP-1",
    "name": "Кружка",
    "quantity": 1,
    "price": {"amount": "500.00", "currency": "RUB"},
}


class Market(hub_ozon.OzonSource):
    """Asked as often as one likes: the pace goes by the hub's clock, and that stands still while it works."""

    limits = ()


class Pickup(hub_sample.Sample):
    """The courier comes for the parcels."""

    code, title, collects = "pickup", "Courier that collects", True


class Closing(hub_sample.Sample):
    """A courier whose plugin somebody switches off."""

    code, title = "closing", "Closing courier"


class _Couriers:
    kinds: ClassVar[tuple[type[Carrier[Any]], ...]] = ()

    @hookimpl
    def carriers(self) -> Iterable[type[Carrier[Any]]]:
        return self.kinds


class _Market:
    @hookimpl
    def order_sources(self) -> Iterable[type[hub_ozon.OzonSource]]:
        return (Market,)


class _Pickups(_Couriers):
    kinds = (Pickup,)


class _Closings(_Couriers):
    kinds = (Closing,)


class SharedClock(DeskClock):
    """Moved by hand, and read by plugins and emulators in the file that ``PARCELHUB_CLOCK`` names."""

    def __init__(self, start: datetime, path: Path) -> None:
        super().__init__(start)
        self._path = path
        self._write()

    def advance(self, seconds: float) -> None:
        super().advance(seconds)
        self._write()

    def _write(self) -> None:
        gear = {
            "epoch": time.time(),
            "start": self.now().isoformat(),
            "speed": 1e-9,
        }  # it stands all but still
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(gear))
        fresh.replace(self._path)


class Day:
    """The hub at its desk, and what its vendors are told beside it."""

    def __init__(self, at: Desk, ozon: str, courier: str, post: str) -> None:
        self.at = at
        self.ozon, self.courier, self.post = ozon, courier, post
        self._http = httpx.AsyncClient(trust_env=False, timeout=60)
        self.number_of: dict[str, str] = {}

    async def aclose(self) -> None:
        await self._http.aclose()

    async def tell(self, vendor: str, path: str, body: Any) -> Any:
        answer = await self._http.post(f"{vendor}/_emulator/{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()

    async def faults(self, vendor: str, *rules: dict[str, Any]) -> None:
        await self.tell(vendor, "faults", {"rules": list(rules)})

    async def well_again(self, vendor: str) -> None:
        assert (await self._http.delete(f"{vendor}/_emulator/faults")).is_success

    async def order(self, hours: list[float]) -> list[str]:
        """Buyers order, of the two warehouses in turn, with so many hours to the deadline. Returns the hub's
        ids."""
        flow = {"integration_type_flow": "non_integrated", "scheme": "rfbs", "products": [_CUP]}
        specs = [
            flow | {"recipient": _BUYER, "ship_in_hours": one, "warehouse_id": (NORTH, SOUTH)[number % 2]}
            for number, one in enumerate(hours)
        ]
        numbers = (await self.tell(self.ozon, "postings", specs))["postings"]
        await orders.sync(self.at.app, "shop", "test")
        ids = [reading.posting(self.at.app, number, "shop").id for number in numbers]
        self.number_of |= dict(zip(ids, numbers, strict=True))
        return ids

    async def labelled(self, ids: list[str], carrier: str = "sample") -> None:
        """Ordered, booked, and their labels printed."""
        await orders.ship(self.at.app, "shop", ids, actor="test", carrier=carrier)
        await self.at.pass_time(1800)
        stages = Counter(self.at.view(one).stage for one in ids)
        assert stages.keys() == {"labelled"}, stages
        assert (await orders.labels(self.at.app, ids, actor="test")).ready

    async def in_the_cabinet(self, ids: list[str]) -> None:
        """Somebody says at Ozon that they are on their way."""
        for one in ids:
            move = {"status": "delivering", "substatus": "posting_on_way_to_city", "by": "seller"}
            await self.tell(self.ozon, f"postings/{self.number_of[one]}/move", move)

    async def cancelled(self, ids: list[str]) -> None:
        for one in ids:
            await self.tell(self.ozon, f"postings/{self.number_of[one]}/cancel", {"initiator": "client"})

    async def dropped_off(self, ids: list[str]) -> None:
        """The courier has them, and scans them."""
        numbers = [self.at.view(one).tracking_number for one in ids]
        assert len((await self.tell(self.courier, "dropoff", {"numbers": numbers}))["accepted"]) == len(ids)

    def found(self, posting: str, *kinds: str) -> list[datetime]:
        """When the hub said that a person is needed for it."""
        events = rows.history.all(
            self.at.app.store.reader,
            "WHERE posting_id = ? AND kind = 'problem.found' ORDER BY sequence",
            (posting,),
        )
        return [one.time for one in events if not kinds or one.data["kind"] in kinds]


@asynccontextmanager
async def day(folder: Path) -> AsyncIterator[Day]:
    """``PARCELHUB_CLOCK`` names ``clock.json`` in the folder."""
    clock = SharedClock(START, folder / "clock.json")
    with vendor("ozon") as ozon, vendor("courier") as courier, vendor("russian-post") as post:
        toml = TOML.replace("FILES", ozon.files_url)
        for name, running in {"OZON": ozon, "COURIER": courier, "POST": post}.items():
            toml = toml.replace(f'"{name}"', f'"{running.url}"')
        plugins = {
            "ozon": _Market(),
            "sample": hub_sample,
            "pickup": _Pickups(),
            "closing": _Closings(),
            "russian_post": hub_russian_post,
        }
        async with desk(folder / "home", clock=clock, toml=toml, extra=plugins) as at:
            here = Day(at, ozon.url, courier.url, post.url)
            await here.tell(ozon.url, "settings", {"rate_limit": "off"})
            size = {"weight_g": 300, "length_mm": 100, "width_mm": 100, "height_mm": 100}
            await import_products(at.app, "shop", [Product(offer_id="CUP-1", sku="1001", **size)], "test")
            try:
                yield here
            finally:
                await here.aclose()
