"""The machine's clock jumps while something is being sent (rows 108, 109 and 114 of the table of faults); the
courier keeps its own time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from hub.flow import orders, reading
from hub.jobs.driving import drive
from hub.jobs.worker import Worker
from hub.plugin_api.clock import ManualClock
from hub.store import Transaction
from tests.flow.desk import START, Books, DeskClock, TickingClock, desk, posting_of


@pytest.mark.parametrize(("days", "killed"), [(2, True), (4, False)])
async def test_it_goes_ahead_and_nothing_is_sent_twice(tmp_path: Path, days: int, killed: bool) -> None:
    clock, vendors = DeskClock(START), ManualClock(START)
    async with desk(tmp_path, clock=clock, books=Books(vendors)) as at:
        at.books.clock = vendors
        at.books.meets.append("lost")
        posting = await at.order(ship_by=None)
        await at.ship(posting)
        await Worker(at.app).run_until_idle(20)

        def die(tx: Transaction) -> None:
            tx.execute("UPDATE operations SET state = 'sending', look_after = NULL")

        if killed:
            await at.app.store.write(die)
        clock.advance(days * 24 * 3600)
        await at.pass_time(1800)
        assert len(at.books.sends) == len(at.books.live()) == 1
        assert at.view(posting).tracking_number == "TRK1"
        assert not at.problems()


async def test_it_goes_back_and_a_command_ships(tmp_path: Path) -> None:
    async with desk(tmp_path, clock=DeskClock(START + timedelta(days=4))) as at:
        await at.order()
        await at.pass_time(1200)
        books = at.books
    books.postings["2001-1"] = posting_of("2001-1")
    async with desk(tmp_path, clock=TickingClock(START + timedelta(days=2)), books=books) as at:
        await orders.sync(at.app, "shop", "test")
        posting = reading.posting(at.app, "2001-1", "shop").id
        await at.ship(posting)
        assert not await drive(at.app, lambda: bool(at.view(posting).tracking_number), 20)
        assert at.view(posting).tracking_number == "TRK1"
        assert len(books.sends) == 1
