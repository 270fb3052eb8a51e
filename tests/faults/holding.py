"""A hub whose plugins hold it up in six ways, each at one seller; another seller ships beside them.

``python -m tests.faults.holding HOME``. Each plugin does its worst in its first quote, right after its first
order was made, and in every quote for a buyer in Tver; otherwise it is honest. What is there at the end is
printed as JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from hub import Booking, BookRequest, Carrier, Quote, QuoteRequest, hookimpl
from hub.flow import orders, reading
from hub.flow.choice import quoting
from hub.flow.journal import limits
from hub.plugin_api.models import Address, Parcel, Posting
from hub.store import rows
from tests.flow.desk import START, Books, Lookup, TickingClock, desk, posting_of

CLOCK = TickingClock(START)
ROOM = 1 << 30  # bytes that this process may still take
TVER = Address(country="RU", city="Тверь", postal_code="170000", street="ул. Мира, 1")
SELLER = """
[sellers.{name}]
title = "{name}"
time_zone = "Asia/Shanghai"
plugins = ["market", "{name}", "labels"]
language = "en"
[sellers.{name}.sender]
name = "Li Wei"
address = {{ country = "RU", city = "Москва", postal_code = "101000", street = "ул. Покровка, 1" }}
[sellers.{name}.accounts.m]
plugin = "market"
[sellers.{name}.accounts.c]
plugin = "{name}"
"""


class _Own(BaseException):
    """No `Exception`."""


async def _hangs() -> None:
    await asyncio.Event().wait()


async def _blocks() -> None:
    """Nothing else of this process runs meanwhile, for longer than a worker's word lasts."""
    CLOCK.advance(60)
    time.sleep(0.4)  # noqa: ASYNC251 - that is the point


async def _raises() -> None:
    raise _Own


async def _cancels() -> None:
    raise asyncio.CancelledError


async def _has_no_room() -> None:
    raise MemoryError


def _pages() -> int:
    """What this process has of memory."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])


async def _takes_too_much() -> None:
    """More than this process may have, for so long; the machine's own is left alone."""
    import resource

    pages = _pages()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + ROOM, before[1]))
    try:
        bytearray(2 * ROOM)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


WORST: dict[str, Callable[[], Awaitable[None]]] = {
    "hangs": _hangs,
    "blocks": _blocks,
    "raises": _raises,
    "cancels": _cancels,
    "no_room": _has_no_room,
    "too_much": _takes_too_much,
    "good": lambda: asyncio.sleep(0),
}


class _Holds(Lookup):
    worst: ClassVar[Callable[[], Awaitable[None]]]
    asked: ClassVar[Counter[str]] = Counter()

    async def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        to_tver = request.recipient.city == TVER.city
        self.asked[f"{self.code} {'Tver' if to_tver else 'quote'}"] += 1
        if self.asked[f"{self.code} Tver"] > 100:
            os._exit(4)  # the work is done again and again, and never counts as tried
        if to_tver or self.asked[f"{self.code} quote"] == 1:
            await type(self).worst()
        return await super().quote(request)

    async def book(self, request: BookRequest) -> Booking:
        booking = await super().book(request)
        self.asked[f"{self.code} book"] += 1
        if self.asked[f"{self.code} book"] == 1:
            await type(self).worst()
        return booking


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


def _kind(name: str) -> type[_Holds]:
    own = {"code": name, "title": name, "worst": staticmethod(WORST[name]), "books": Books(CLOCK)}
    return type(name, (_Holds,), own)


async def main(home: Path) -> None:
    limits.DEADLINE, quoting._DEADLINE = 1.0, 0.3  # real seconds, which it takes to hang
    allowed = ", ".join(f'"{name}"' for name in WORST)
    toml = f'[plugins]\nallow = ["market", "labels", {allowed}]\n'
    toml += "".join(SELLER.format(name=name) for name in WORST)
    plugins = {name: _Plugin(_kind(name)) for name in WORST}
    async with desk(home, clock=CLOCK, toml=toml, extra=plugins) as at:
        plain = posting_of("1-1")
        assert plain.recipient is not None
        far = msgspec.structs.replace(plain.recipient, address=TVER)
        at.books.postings |= {"1-1": plain, "2-1": posting_of("2-1", recipient=far)}
        ids: dict[str, dict[str, str]] = defaultdict(dict)
        for seller in WORST:
            await orders.sync(at.app, seller, "test")
            for number in at.books.postings:
                ids[seller][number] = reading.posting(at.app, number, seller).id
            await orders.ship(at.app, seller, list(ids[seller].values()), actor="test")
        for _ in range(30):
            await at.pass_time(300)
            if all(_done(at.app, seller) for seller in WORST):
                break
        told = {
            seller: sorted(
                (one.posting_number, one.kind) for one in reading.problems(at.app, seller=seller).items
            )
            for seller in WORST
        }
        dead = rows.jobs.all(at.app.store.reader, "WHERE state = 'dead'")
        print(json.dumps({
            "stages": {seller: reading.posting(at.app, "1-1", seller).stage for seller in WORST},
            "orders": {name: len(at.app.registry.carriers[name].books.live()) for name in WORST},
            "told": told,
            "asked": _Holds.asked,
            "dead": [(row.kind, row.seller) for row in dead],
            "seconds": (CLOCK.now() - START) / timedelta(seconds=1),
        }))  # fmt: skip


def _done(app: Any, seller: str) -> bool:
    far = reading.posting(app, "2-1", seller)
    return reading.posting(app, "1-1", seller).stage == "labelled" and (
        far.stage == "labelled" or bool(far.problems)
    )


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
