"""A command that waits for a worker notices when that one dies, and does the work itself."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from hub.flow import orders
from hub.jobs.driving import drive
from hub.jobs.worker import worker_alive
from hub.plugin_api.clock import RealClock
from hub.store import Transaction, queue

from .desk import Books, desk, posting_of


async def test_a_worker_that_dies_is_taken_over_from(tmp_path: Path) -> None:
    clock = RealClock()
    async with desk(tmp_path, clock=clock, books=Books(clock)) as at:  # type: ignore[arg-type]
        at.books.postings["1001-1"] = posting_of("1001-1")
        await orders.sync(at.app, "shop", "test")
        posting = at.view_id()
        await at.ship(posting)
        # Another process works, and dies at once: its lease lasts a little longer than it does.
        until = clock.now() + timedelta(seconds=2)

        def hold(tx: Transaction) -> None:
            tx.execute(
                "INSERT INTO leases VALUES ('worker', 'wrk-dead', ?, 1)", (int(until.timestamp() * 1e6),)
            )

        await at.app.store.write(hold)
        assert worker_alive(at.app)
        assert not at.books.sends
        goes_on = await drive(at.app, lambda: bool(at.view(posting).tracking_number), 60)
        assert at.view(posting).tracking_number == "TRK1"
        assert not goes_on, "who worked is this command, and it ends"


async def test_it_says_whether_somebody_works_on(tmp_path: Path) -> None:
    clock = RealClock()
    async with desk(tmp_path, clock=clock, books=Books(clock)) as at:  # type: ignore[arg-type]
        until = clock.now() + timedelta(seconds=20)
        await at.app.store.write(
            lambda tx: queue.hold_lease(tx, "worker", "wrk-1", now=clock.now(), until=until)
        )
        assert await drive(at.app, lambda: False, 0.3)
        await asyncio.sleep(0)
