"""A hub whose one carrier ends the process; a life of it is one run of this program.

``python -m tests.faults.ending HOME LIFE HOW``: two sellers with an order each, one with the plugin ``evil``,
the other with ``good``. ``HOW`` names what evil does: ``exit`` (SystemExit), ``interrupt``
(KeyboardInterrupt), ``task`` (SystemExit in a task of its own), ``die`` (os._exit) in a quote; ``label``
(os._exit in a label); ``startup`` (os._exit in its start-up hook). What is there at the end is printed as
JSON, if there is an end.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from hub import Booking, BookRequest, Carrier, Quote, QuoteRequest, hookimpl
from hub.flow import orders, reading
from hub.flow.health.health import health
from hub.flow.health.incidents import incidents
from hub.jobs.worker import Worker
from hub.plugin_api.models import Parcel, Posting
from hub.store import rows
from tests.flow.desk import START, TOML, Lookup, Order, TickingClock, desk, posting_of

TWO = TOML.replace('"courier"', '"good", "evil"').replace(
    "[sellers.shop.accounts.c]", "[sellers.shop.accounts.e]"
)
TWO = (
    TWO.replace('plugin = "good", "evil"', 'plugin = "evil"')
    + """
[sellers.other]
title = "Other"
time_zone = "Asia/Shanghai"
plugins = ["market", "good", "labels"]
language = "en"
[sellers.other.sender]
name = "Li Wei"
address = { country = "RU", city = "Москва", postal_code = "101000", street = "ул. Покровка, 1" }
[sellers.other.accounts.m]
plugin = "market"
[sellers.other.accounts.g]
plugin = "good"
"""
)
HOW = ""


class Good(Lookup):
    """Its book outlives the hub's process, as a vendor's does."""

    code = title = "good"
    ledger: ClassVar[Path]

    async def book(self, request: BookRequest) -> Booking:
        booking = await super().book(request)
        self.ledger.write_bytes(msgspec.json.encode(self.books.orders))
        return booking


class Evil(Good):
    code = title = "evil"

    async def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        if HOW == "exit":
            sys.exit("not today")
        if HOW == "interrupt":
            raise KeyboardInterrupt
        if HOW == "task":
            await asyncio.gather(asyncio.create_task(_leave()), asyncio.sleep(1))
        if HOW == "die":
            os._exit(3)
        return await super().quote(request)

    async def request_labels(self, shipments: Sequence[Any]) -> Any:
        if HOW == "label":
            os._exit(3)
        return await super().request_labels(shipments)


async def _leave() -> None:
    sys.exit("from a task")


class _Plugin:
    def __init__(self, kind: type[Carrier[Any]]) -> None:
        self._kind = kind

    @hookimpl
    def carriers(self) -> Iterable[type[Carrier[Any]]]:
        return (self._kind,)

    @hookimpl
    def plan_parcels(self, seller: str, posting: Posting) -> Sequence[Parcel]:
        return [
            Parcel(number=1, items=posting.items, weight_g=300, length_mm=100, width_mm=100, height_mm=100)
        ]


class _Starts(_Plugin):
    @hookimpl
    def startup(self) -> None:
        if HOW == "startup":
            os._exit(3)


async def main(home: Path, life: int) -> None:
    clock = TickingClock(START + timedelta(minutes=2 * life))
    plugins = {"good": _Plugin(Good), "evil": _Starts(Evil)}
    async with desk(home, clock=clock, toml=TWO, extra=plugins) as at:
        Good.ledger = home / "ledger.json"
        if Good.ledger.exists():
            at.books.orders = msgspec.json.decode(Good.ledger.read_bytes(), type=list[Order])
        at.books.postings["1-1"] = posting_of("1-1")
        for seller in ("shop", "other"):
            await orders.sync(at.app, seller, "test")
            posting = reading.posting(at.app, "1-1", seller)
            if not life:
                await orders.ship(at.app, seller, [posting.id], actor="test")
        stop = asyncio.Event()
        working = asyncio.create_task(Worker(at.app).run(stop))
        for turn in range(400):
            clock.advance(5)
            await asyncio.sleep(0.03)
            if turn > 60 and reading.posting(at.app, "1-1", "other").stage == "labelled":
                break
        stop.set()
        await working
        view = await health(at.app, "en")
        told = {
            "stages": {s: reading.posting(at.app, "1-1", s).stage for s in ("shop", "other")},
            "problems": [(one.seller, one.kind) for one in incidents(at.app).items],
            "no_quotes": [one.kind for one in reading.problems(at.app, seller="shop").items],
            "checks": [one.code for one in view.checks],
            "dead": [
                (row.kind, row.lost) for row in rows.jobs.all(at.app.store.reader, "WHERE state = 'dead'")
            ],
        }
        print(json.dumps(told))


if __name__ == "__main__":
    HOW = sys.argv[3]
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
