"""A hub that lives, dies, is opened again, and is put back to an older day; its vendors live on."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from hub.jobs.worker import Worker
from hub.store import rows
from hub.store.backup import backup, restore
from tests.faults.machine_vendors import CARRIERS, Labels, MarketPlugin, Process, SimulatedCrash, Vendors
from tests.flow.desk import START, Desk, DeskClock, desk


class Ticking(DeskClock):
    """Each look at it takes a microsecond, so that what is due at once comes up."""

    def now(self) -> datetime:
        self.advance(0.000001)
        return super().now()

    def stretch(self, real_seconds: float) -> timedelta:
        """A lease outlasts all that is done within it; what is due in a second is due now."""
        return timedelta(milliseconds=real_seconds) if real_seconds > 1 else timedelta(microseconds=1)


class House:
    """The hub at a desk of its own, on one database, for as many processes as it takes."""

    def __init__(self, home: Path, carrier: str) -> None:
        self.home = home
        self.carrier = carrier
        self.clock = Ticking(START)
        self.vendors = Vendors(self.clock)
        self.at: Desk
        self.backups: list[tuple[Path, datetime]] = []
        self.restores: list[tuple[datetime, datetime]] = []
        """From when to when a restored hub has forgotten everything."""
        self.deaths = 0
        self._stack = AsyncExitStack()

    @property
    def now(self) -> datetime:
        return self.clock.now()

    async def open(self) -> None:
        """A new process on the same database."""
        extra = {"market": MarketPlugin(), "labels": Labels()}
        opened = desk(
            self.home, CARRIERS[self.carrier], boxes=0, books=self.vendors, clock=self.clock, extra=extra
        )
        self.at = await self._stack.enter_async_context(opened)
        process = self.vendors.process = Process()
        write = self.at.app.store.write

        async def writing(work: Callable[[Any], Any]) -> Any:
            process.point()
            try:
                return await write(work)
            finally:
                process.point()

        self.at.app.store.write = writing  # type: ignore[method-assign]

    async def close(self) -> None:
        await self._stack.aclose()
        self._stack = AsyncExitStack()

    async def work(self) -> None:
        """What is due now."""
        await Worker(self.at.app, concurrency=1).run_until_idle(20)

    async def die(self, points: int) -> None:
        """Work; after so many points the process dies, and another one starts."""
        self.vendors.process.left = points
        try:
            await self.work()
        except SimulatedCrash:
            self.deaths += 1
        self.vendors.process.left = None
        if self.vendors.process.dead:
            await self.close()
            self.clock.advance(0.05)  # the dead one's leases run out
            await self.open()

    async def pass_time(self, seconds: float) -> None:
        """From one due piece of work to the next. What comes round by itself does not set the pace."""
        end = self.now + timedelta(seconds=seconds)
        while True:
            await self.work()
            due = self._next_due()
            if due is None or due > end:
                break
            self.clock.advance(max((due - self.now).total_seconds(), 0.001))
        self.clock.advance(max((end - self.now).total_seconds(), 0))
        await self.work()

    def _next_due(self) -> datetime | None:
        found = rows.jobs.first(
            self.at.app.store.reader,
            "WHERE state IN ('ready', 'waiting', 'parked') "
            "AND kind NOT IN ('sync', 'cancel_requests', 'deadlines') "
            "ORDER BY run_at LIMIT 1",
        )
        return None if found is None else found.run_at

    def keep(self) -> None:
        """Make a backup."""
        copy = self.home / f"copy-{len(self.backups)}.sqlite"
        backup(self.home / "hub.sqlite", copy)
        self.backups.append((copy, self.now))

    async def put_back(self, number: int) -> None:
        """Restore a backup."""
        copy, made = self.backups[number]
        await self.close()
        self.clock.advance(0.05)
        restore(self.home / "hub.sqlite", copy, self.now)
        self.restores.append((made, self.now))
        await self.open()

    def forgotten(self, time: datetime) -> bool:
        """Whether what happened then may be unknown to the hub, because an older backup was put back."""
        return any(made <= time <= put_back for made, put_back in self.restores)


class Words(msgspec.Struct):
    """What the person said, by reference."""

    absent: Counter[str] = msgspec.field(default_factory=Counter)
    times: dict[str, list[datetime]] = msgspec.field(default_factory=dict)

    def say_absent(self, reference: str, now: datetime) -> None:
        self.absent[reference] += 1
        self.times.setdefault(reference, []).append(now)


def quiet(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Tasks of a dead process end with its crash: that is no news."""
    if not isinstance(context.get("exception"), SimulatedCrash):
        loop.default_exception_handler(context)


__all__ = ["House", "Words", "quiet"]
