"""A worker that sleeps over its lease and wakes up changes nothing that another one does, or has done."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

from hub.jobs.worker import Worker
from hub.plugin_api.models import Booking, BookRequest, FoundShipment, Stage
from hub.store import Transaction, queue, rows

from .desk import Desk, Lookup, desk


class _Sleeps(Lookup):
    """Who calls it falls asleep until he is woken; the order is in the book already."""

    asleep: ClassVar[deque[asyncio.Event]]

    async def book(self, request: BookRequest) -> Booking:
        booking = await super().book(request)
        await self._sleep()
        return booking

    async def find(self, reference: str) -> Sequence[FoundShipment]:
        found = await super().find(reference)
        await self._sleep()
        return found

    async def _sleep(self) -> None:
        if self.asleep:
            await self.asleep.popleft().wait()


def _facts(at: Desk) -> list[Any]:
    reader = at.app.store.reader
    return [
        *map(tuple, reader.execute("SELECT key, state, lease_owner, fence FROM jobs WHERE kind = 'advance'")),
        *map(tuple, reader.execute("SELECT state, sends, external_id FROM operations ORDER BY id")),
        *map(tuple, reader.execute("SELECT state, carrier_id FROM shipments ORDER BY id")),
    ]


async def _until(done: Callable[[], bool], turn: Callable[[], Awaitable[None]]) -> None:
    for _ in range(400):
        if done():
            return
        await turn()
        await asyncio.sleep(0.005)
    raise AssertionError("it does not come to that")


@pytest.mark.parametrize("meanwhile", ["at work", "done"])
async def test_a_worker_that_slept_over_its_lease_changes_nothing(tmp_path: Path, meanwhile: str) -> None:
    first, second = asyncio.Event(), asyncio.Event()
    _Sleeps.asleep = deque([first, second] if meanwhile == "at work" else [first])
    async with desk(tmp_path, _Sleeps) as at:
        posting = await at.order()
        await at.ship(posting)
        sleeper, other = Worker(at.app), Worker(at.app)
        await _until(lambda: bool(at.books.sends), sleeper._turn)
        at.clock.advance(3600)
        if meanwhile == "at work":
            await _until(lambda: not _Sleeps.asleep, other._turn)
        else:
            await at.pass_time()
        before = _facts(at)
        first.set()
        for _ in range(20):
            await asyncio.sleep(0.005)
            await sleeper._turn()
        assert _facts(at) == before
        second.set()
        await sleeper._finish()
        await other._finish()
        at.clock.advance(3600)
        await at.pass_time()
        assert len(at.books.live()) == len(at.books.sends) == 1
        assert at.view(posting).tracking_number == "TRK1"
        assert at.view(posting).stage == Stage.LABELLED


async def test_a_lost_lease_gives_nothing_back(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.ship(await at.order())
        now, lease = at.clock.now(), timedelta(seconds=10)

        def take(owner: str, after: float) -> Callable[[Transaction], list[rows.JobRow]]:
            return lambda tx: queue.claim(
                tx, owner, now=now + timedelta(seconds=after), lease=lease, limit=9, running={}, per_account=9
            )

        old = await at.app.store.write(take("a", 0))
        assert old
        assert not await at.app.store.write(take("b", 5))
        new = await at.app.store.write(take("b", 11))
        assert {row.key for row in new} >= {row.key for row in old}
        before = rows.jobs.all(at.app.store.reader, "ORDER BY key")

        def give_back(tx: Transaction) -> None:
            queue.finish(tx, old[0], now=now, next_run=None)
            queue.fail(tx, old[0], retry_at=now, reason="late")
            queue.renew(tx, old, until=now + timedelta(hours=1))

        await at.app.store.write(give_back)
        assert rows.jobs.all(at.app.store.reader, "ORDER BY key") == before
