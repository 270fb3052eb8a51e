"""One case from end to end: buyers order, the hub ships with the evil vendor, the auditor looks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from hub.flow import orders, reading
from tests.faults.evil.auditor import Verdict, audit, printable_pages
from tests.faults.evil.carrier import KINDS_OF_CARRIERS, EvilPlugin
from tests.faults.evil.vendor import QUOTED, Door, EvilVendor, Twist
from tests.faults.evil.wire import serving
from tests.flow.desk import START, TOML, Desk, DeskClock, desk


class Scene:
    """The hub at its desk, and the evil vendor."""

    def __init__(self, at: Desk, vendor: EvilVendor) -> None:
        self.at = at
        self.vendor = vendor
        self.postings: list[str] = []

    async def ship(self, count: int = 1) -> None:
        """So many buyers order, one after the other, and each is shipped."""
        for _ in range(count):
            self.postings.append(await self.at.order(f"100{len(self.postings) + 1}-1"))
            await self.at.ship(self.postings[-1])
            await self.at.pass_time(60)

    async def ship_again(self) -> None:
        """The newest posting's booking is cancelled, and booked anew."""
        await orders.cancel(self.at.app, self.postings[-1], "wrong", "test")
        await self.at.pass_time(900, news=False)
        await self.at.ship(self.postings[-1])

    def verdict(self) -> Verdict:
        told: dict[str, list[str]] = {}
        for one in reading.problems(self.at.app, seller="shop").items:
            told.setdefault(one.posting_number, []).append(one.kind)
        stages = {(one := self.at.view(posting)).number: one.stage for posting in self.postings}
        return audit(
            self.vendor.path,
            quoted=QUOTED,
            postings={number: one.tracking_number for number, one in self.at.books.postings.items()},
            told=told,
            printable=printable_pages(self.at.app.store.path),
            delivered={number for number, stage in stages.items() if stage == "delivered"},
        )


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One fault. ``meets``: what the next requests at each door meet; ``always``: all of them."""

    rows: str
    """Its place in the table of the trial that found it."""
    name: str
    carrier: str = "lookup"
    meets: dict[Door, tuple[Twist, ...]] = {}
    always: dict[Door, Twist] = {}
    before: int = 0
    """So many postings are booked before, while the vendor is honest."""
    postings: int = 1
    then: Callable[[Scene], Awaitable[object]] | None = None
    """What happens when the first hour is over."""
    events: tuple[dict[str, str], ...] = ()
    """What tracking says of every parcel, from the beginning."""
    charged: tuple[str, str] | None = None
    hours: float = 3.0
    told: str = ""
    """A person is to be told although the books are right, of this kind of problem."""
    twice_documented: bool = False
    """Two orders of two sends: what "What it cannot do" says of it."""

    @property
    def id(self) -> str:
        return f"{self.rows}: {self.name}"


@asynccontextmanager
async def scene(home: Path, carrier: str) -> AsyncIterator[Scene]:
    """A hub, a market, and the evil vendor with this kind of plugin. The ledger is beside the hub's home."""
    clock = DeskClock(START)
    kind = KINDS_OF_CARRIERS[carrier]
    vendor = EvilVendor(home / "ledger.jsonl", clock, kind.create_safety)
    async with serving(vendor.answer) as url:
        toml = TOML + f'settings = {{ base_url = "{url}" }}\n'
        async with desk(home / "hub", clock=clock, toml=toml, extra={"courier": EvilPlugin(kind)}) as at:
            yield Scene(at, vendor)


async def play(case: Case, home: Path) -> Verdict:
    """Run a case; returns what the auditor says of it."""
    async with scene(home, case.carrier) as at:
        await at.ship(case.before)
        for door, twists in case.meets.items():
            at.vendor.next[door].extend(twists)
        at.vendor.always.update(case.always)
        at.vendor.events.extend(case.events)
        at.vendor.charged = case.charged
        await at.ship(case.postings)
        await at.at.pass_time(3600, news=False)
        if case.then is not None:
            await case.then(at)
        await at.at.pass_time(case.hours * 3600, news=False)
        await at.at.pass_time(90)
        return at.verdict()


__all__ = ["Case", "Scene", "play", "scene"]
