"""The hub's own carriers at work: the sample courier, CDEK and Russian Post, each with somebody between.

Their emulators keep the truth; the plugins, the hub and the wire are the real ones. `Line` is one hub for
many cases, one after the other: what one case does must not hold up the next.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import hub_cdek
import hub_russian_post
import hub_sample
import msgspec
import pytest
from vendor_emulators.app import Emulator, serve
from vendor_emulators.cdek import CdekEmulator
from vendor_emulators.courier import CourierEmulator
from vendor_emulators.russian_post import RussianPostEmulator

from hub.flow import reading
from hub.plugin_api.models import Address, Recipient
from hub.store import rows
from tests.faults.evil.auditor import printable_pages
from tests.faults.evil.between import Between, between
from tests.flow.desk import START, TOML, Desk, DeskClock, desk

CARRIERS = ("sample", "cdek", "russian_post")
DOORS: dict[str, dict[str, tuple[str, str]]] = {
    "sample": {
        "quote": ("GET", "/quotes*"),
        "book": ("POST", "/shipments"),
        "find": ("GET", "/shipments[?]*"),
        "cancel": ("POST", "/shipments/*/cancel"),
        "label": ("GET", "/shipments/*/label"),
        "track": ("GET", "/shipments/*/events"),
    },
    "cdek": {
        "quote": ("POST", "/v2/calculator/*"),
        "book": ("POST", "/v2/orders"),
        "find": ("GET", "/v2/orders[?]*"),
        "read": ("GET", "/v2/orders/*"),
        "cancel": ("DELETE", "/v2/orders/*"),
        "print": ("POST", "/v2/print/barcodes"),
        "label": ("GET", "/v2/print/barcodes/*.pdf"),
        "form": ("GET", "/v2/print/barcodes/*"),
    },
    "russian_post": {
        "quote": ("POST", "/1.0/tariff"),
        "clean": ("POST", "/1.0/clean/*"),
        "book": ("PUT", "/2.0/user/backlog"),
        "find": ("GET", "/1.0/backlog/search*"),
        "read": ("GET", "/1.0/backlog/*"),
        "cancel": ("DELETE", "/1.0/backlog"),
        "label": ("GET", "/1.0/forms/*"),
    },
}
BUYERS = {
    "sample": Address(country="RU", city="Москва", postal_code="101000", street="ул. Покровка, 1"),
    "cdek": Address(
        country="RU", region="Новосибирская область", city="Новосибирск", postal_code="630032",
        street="ул. Мира, 5",
    ),
    "russian_post": Address(
        country="RU", region="Саратовская обл.", city="Саратов", postal_code="410012", street="ул. Мира, 5"
    ),
}  # fmt: skip
_ACCOUNTS = """
[sellers.shop.accounts.sample]
plugin = "sample"
settings = {{ base_url = "{sample}", key = "env:SAMPLE_KEY" }}
[sellers.shop.accounts.cdek]
plugin = "cdek"
[sellers.shop.accounts.cdek.settings]
client_id = "demo-account"
client_secret = "env:CDEK_SECRET"
base_url = "{cdek}"
shipment_point = "MSK65"
tariffs = [137]
[sellers.shop.accounts.russian_post]
plugin = "russian_post"
[sellers.shop.accounts.russian_post.settings]
token = "env:POST_TOKEN"
login = "demo@example.com"
password = "env:POST_PASSWORD"
base_url = "{russian_post}"
tariff_url = "{russian_post}"
"""
_SECRETS = {
    "SAMPLE_KEY": "demo-key",
    "CDEK_SECRET": "demo-secret",
    "POST_TOKEN": "demo-token",
    "POST_PASSWORD": "demo-password",
}


class Found(msgspec.Struct, frozen=True):
    """What became of one posting, by the vendor's own books."""

    live: tuple[str, ...]
    """Tracking numbers of its live orders there."""
    number: str
    """What the marketplace shows."""
    stage: str
    told: tuple[str, ...]
    pages: int

    @property
    def wrong(self) -> str:
        """What is wrong and nobody was told; empty where nothing is."""
        if len(self.live) > 1:
            return f"{len(self.live)} live orders" + ("" if self.told else ", and silence")
        if self.number and self.number not in self.live:
            return "a number of no live order" if not self.told else ""
        if self.told:
            return ""
        if not self.live or not self.number:
            return "neither booked nor told"
        return "" if self.pages else "no label, and nobody was told"


class Line:
    """One hub with three carriers. A case bends what a carrier's doors answer, and orders."""

    def __init__(self, at: Desk, between: dict[str, Between], emulators: dict[str, Emulator]) -> None:
        self.at = at
        self.between = between
        self.emulators = emulators
        self.postings: dict[str, str] = {}
        """The hub's ids by number."""
        self.errors = _Errors()

    async def order(self, carrier: str) -> str:
        """A buyer orders, and it is to go by this carrier. Returns the posting's number."""
        number = f"{1001 + len(self.postings)}-1"
        buyer = Recipient(name="Анна Петрова", phone="+79990000001", address=BUYERS[carrier])
        posting = self.postings[number] = await self.at.order(
            number, recipient=buyer, ship_by=START + timedelta(days=40)
        )
        await self.at.ship(posting, carrier=carrier)
        return number

    async def follow_no_more(self) -> None:
        """What was booked is asked for no more: following all of it was most of the next case's time."""
        await self.at.app.store.write(lambda tx: tx.execute("DELETE FROM jobs WHERE kind = 'track'").rowcount)

    def orders(self, carrier: str) -> list[dict[str, Any]]:
        """What the carrier has: reference, number, live."""
        state: Any = msgspec.to_builtins(self.emulators[carrier].state())
        match carrier:
            case "sample":
                return [_order(one, "number") for one in state["shipments"]]
            case "cdek":
                return [_order(one | {"reference": one["number"]}, "cdek_number") for one in state["orders"]]
        return [
            _order(one | {"reference": one["order_num"], "live": not one["deleted"]}, "barcode")
            for one in state["orders"]
        ]

    def found(self, number: str) -> Found:
        posting = self.postings[number]
        mine = rows.operations.all(
            self.at.app.store.reader, "WHERE posting_id = ? AND kind = 'book'", (posting,)
        )
        references = {one.reference for one in mine}
        carriers = {one.account for one in mine}
        names = {
            row["id"]: row["plugin"]
            for row in self.at.app.store.reader.execute("SELECT id, plugin FROM accounts")
        }
        live = [
            one["track"]
            for account in carriers
            for one in self.orders(names[account])
            if one["live"] and one["reference"] in references
        ]
        view = self.at.view(posting)
        told = [
            one.kind
            for one in reading.problems(self.at.app, seller="shop").items
            if one.posting_number == number
        ]
        shown = self.at.books.postings[number].tracking_number
        pages = len(printable_pages(self.at.app.store.path).get(number, []))
        return Found(tuple(live), shown, str(view.stage), tuple(told), pages)


class _Errors(logging.Handler):
    """What the worker calls an error in a program: no vendor's answer may be one."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(record.getMessage())


def _order(one: dict[str, Any], track: str) -> dict[str, Any]:
    return {"reference": one["reference"], "track": one[track], "live": one["live"], "raw": one}


@asynccontextmanager
async def line(home: Path, patch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    """The hub, its three carriers, and those between."""
    for name, secret in _SECRETS.items():
        patch.setenv(name, secret)
    clock = DeskClock(START)
    emulators: dict[str, Emulator] = {
        "sample": CourierEmulator(clock=clock),
        "cdek": CdekEmulator(clock=clock),
        "russian_post": RussianPostEmulator(clock=clock),
    }
    async with AsyncExitStack() as stack:
        gates, urls = {}, {}
        for name, emulator in emulators.items():
            running = stack.enter_context(serve(emulator))
            gates[name], urls[name] = await stack.enter_async_context(between(running.url, DOORS[name]))
        toml = TOML.replace('"labels"]', '"labels", "sample", "cdek", "russian_post"]')
        toml = toml.replace('[sellers.shop.accounts.c]\nplugin = "courier"\n', "") + _ACCOUNTS.format(**urls)
        extra = {"sample": hub_sample, "cdek": hub_cdek, "russian_post": hub_russian_post}
        at = await stack.enter_async_context(desk(home, clock=clock, toml=toml, extra=extra))
        made = Line(at, gates, emulators)
        log = logging.getLogger("hub")
        log.addHandler(made.errors)
        stack.callback(log.removeHandler, made.errors)
        yield made


Then = Callable[[Line, str], Awaitable[object]]
