"""What runs by itself never ends: not for a full disk, not for an error in a program, not for a clock
that goes back by days."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.flow import reading
from hub.flow.health.incidents import incidents
from hub.flow.intake import postings as intake
from hub.jobs.worker import Worker, worker_alive
from hub.plugin_api.clock import ManualClock
from hub.plugin_api.errors import Unsupported
from hub.store import Transaction, jumps, rows
from hub.store.mapping import micros

from .desk import START, Books, Courier, Desk, DeskClock, Lookup, Market, desk, posting_of

DAYS = 2 * 86_400


async def _turns(at: Desk, worker: Worker, seconds: int) -> None:
    """Let the worker turn once a second of the hub's time."""
    for _ in range(seconds):
        await worker._turn()
        running = [*worker._running]
        for task in running:
            await task
        at.clock.advance(1)


def _sync(at: Desk) -> rows.JobRow:
    found = rows.jobs.first(at.app.store.reader, "WHERE kind = 'sync'")
    assert found is not None
    return found


# --- the disk ---------------------------------------------------------------------------------------------


@pytest.mark.sqlite
async def test_a_full_disk_ends_no_work_and_costs_no_tries(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with desk(tmp_path) as at:
        await at.pass_time(60)
        for number in range(300):
            at.books.postings[f"2001-{number}"] = posting_of(f"2001-{number}")

        def limit(tx: Transaction) -> None:
            tx.execute(f"PRAGMA max_page_count={tx.execute('PRAGMA page_count').fetchone()[0] + 8}")

        await at.app.store.write(limit)
        worker = Worker(at.app)
        for _ in range(12):
            at.clock.advance(60)
            await _turns(at, worker, 2)
            row = _sync(at)
            assert row.state in ("ready", "waiting", "running")
            assert row.attempts <= 1, "a full disk is no failure of the work"
        assert caplog.text.count("the disk is full") == 1, "it is told, and once"
        assert not at.problems()
        await at.app.store.write(lambda tx: tx.execute(f"PRAGMA max_page_count={1 << 30}").fetchone())
        at.clock.advance(60)
        await _turns(at, worker, 3)
        await worker._finish()
        assert len(reading.postings(at.app, seller="shop", limit=200).items) == 200
        assert at.app.store.trouble is None


async def test_what_could_not_be_given_back_is_given_back_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The result of work that was done while the disk was full is not forgotten: it is not done again."""
    from hub.store.trouble import of_kind

    async with desk(tmp_path) as at:
        worker, plain, full = Worker(at.app), at.app.store.write, [True]

        async def write(work: Any) -> Any:
            if full[0] and "_exchange" in work.__qualname__:
                ended = [cell.cell_contents for cell in work.__closure__ or ()]
                if any(isinstance(one, list) and one for one in ended):  # something is given back
                    raise of_kind("full", at.app.store.path)
            return await plain(work)

        monkeypatch.setattr(at.app.store, "write", write)
        await worker._turn()
        for task in [*worker._running]:
            await task
        done = {end.row.key for end in worker._over}
        assert done
        with pytest.raises(Exception, match="full"):
            await worker._turn()
        assert {end.row.key for end in worker._over} == done
        full[0] = False
        await worker._turn()
        assert {row.state for row in rows.jobs.all(at.app.store.reader, "")} <= {"ready", "waiting"}
        await worker._finish()


# --- errors in a program ----------------------------------------------------------------------------------


async def test_a_schedule_that_fails_goes_on_and_a_person_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(app: object, subject: str) -> None:
        raise KeyError("an error in a program")

    async with desk(tmp_path) as at:
        with monkeypatch.context() as patch:
            patch.setattr(intake, "run", broken)
            await at.pass_time(6 * 3600)
            row = _sync(at)
            assert row.state in ("ready", "waiting")
            assert row.stuck
            assert row.attempts > 10
            told = at.problems()["work_stopped"]
            assert "KeyError" in told.text
            assert [one.kind for one in incidents(at.app).items] == ["work_stopped"]
        at.books.postings["3001-1"] = posting_of("3001-1")
        await at.pass_time(3600)
        assert len(reading.postings(at.app, seller="shop").items) == 1
        assert not at.problems(), "it works again: what was told is over"


async def test_intake_that_an_older_hub_gave_up_is_taken_up_again(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.pass_time(60)
        await at.app.store.write(
            lambda tx: tx.execute(
                "UPDATE jobs SET state = 'dead', attempts = 5, reason = 'error in a program: "
                "OperationalError' "
                "WHERE kind IN ('sync', 'deadlines')"
            )
        )
        at.books.postings["3001-1"] = posting_of("3001-1")
        await at.pass_time(120)
        assert len(reading.postings(at.app, seller="shop").items) == 1


async def test_a_restart_tries_at_once_what_waits_after_a_failure(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.pass_time(60)
        later = micros(at.clock.now() + timedelta(minutes=29))
        await at.app.store.write(
            lambda tx: tx.execute(
                "UPDATE jobs SET run_at = ?, attempts = 30, reason = 'unavailable: x' WHERE kind = 'sync'",
                (later,),
            )
        )
        at.books.postings["3001-1"] = posting_of("3001-1")
        at.clock.advance(60)
        await Worker(at.app).run_until_idle(20)
        assert len(reading.postings(at.app, seller="shop").items) == 1


# --- the clock --------------------------------------------------------------------------------------------


_HELD_ELSEWHERE = (
    "INSERT INTO leases (name, owner, until, fence) VALUES ('worker', 'wrk-dead', ?, 7) "
    "ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until"
)


async def _back(at: Desk, *, killed: bool) -> None:
    """The clock goes back by two days; a worker that was killed leaves its lease in the future."""
    if killed:
        until = micros(at.clock.now() + timedelta(seconds=10))

        def write(tx: Transaction) -> None:
            tx.execute(_HELD_ELSEWHERE, (until,))
            tx.execute(
                "UPDATE jobs SET state = 'running', lease_owner = 'wrk-dead', lease_until = ?, fence = "
                "fence + 1",
                (until,),
            )

        await at.app.store.write(write)
    at.clock.advance(-DAYS)


@pytest.mark.parametrize("killed", [True, False])
async def test_the_clock_goes_back_and_orders_come_in_within_minutes(tmp_path: Path, killed: bool) -> None:
    async with desk(tmp_path, clock=DeskClock(START + timedelta(days=4))) as at:
        await at.order()
        await at.pass_time(1200)
        await _back(at, killed=killed)
        assert not worker_alive(at.app), "a lease that lasts longer than one can is void"
        at.books.postings["4001-1"] = posting_of("4001-1")
        await at.pass_time(120)
        numbers = {one.number for one in reading.postings(at.app, seller="shop").items}
        assert "4001-1" in numbers
        jump = jumps.last(at.app.store.reader)
        assert jump is not None
        assert timedelta(days=1, hours=23) < jump.by <= timedelta(days=2)
        furthest = rows.jobs.first(
            at.app.store.reader, "WHERE kind IN ('sync', 'deadlines') ORDER BY run_at DESC"
        )
        assert furthest is not None
        assert furthest.run_at - at.clock.now() <= timedelta(minutes=10)


async def test_the_clock_goes_back_under_a_worker(tmp_path: Path) -> None:
    async with desk(tmp_path, clock=DeskClock(START + timedelta(days=4))) as at:
        worker = Worker(at.app)
        await _turns(at, worker, 5)
        at.clock.advance(-DAYS)
        at.books.postings["4001-1"] = posting_of("4001-1")
        await _turns(at, worker, 120)
        await worker._finish()
        assert {one.number for one in reading.postings(at.app, seller="shop").items} == {"4001-1"}


@pytest.mark.parametrize("made", [True, False])
async def test_a_booking_under_way_is_looked_up_after_its_settle_time_not_days_later(
    tmp_path: Path, made: bool
) -> None:
    """Killed in 'sending', and the clock went back: looked up as soon as before, and never sooner."""
    clock = DeskClock(START + timedelta(days=4))
    vendors = ManualClock(START)  # the courier keeps its own time
    async with desk(tmp_path, clock=clock, books=Books(vendors)) as at:
        at.books.clock = vendors
        at.books.meets.append("lost" if made else "dropped")
        posting = await at.order()
        await at.ship(posting)
        await Worker(at.app).run_until_idle(20)
        assert len(at.books.sends) == 1
        (operation,) = at.operations()
        await at.app.store.write(
            lambda tx: tx.execute(
                "UPDATE operations SET state = 'sending', look_after = NULL, sent_at = ?, updated_at = ?",
                (micros(clock.now()), micros(clock.now())),
            )
        )
        await _back(at, killed=True)
        await Worker(at.app).run_until_idle(20)
        (operation,) = at.operations()
        assert operation.state == "unknown"
        assert operation.look_after is not None
        wait = operation.look_after - clock.now()
        assert Courier.settle <= wait <= Courier.settle + timedelta(minutes=2)
        assert len(at.books.sends) == 1
        await at.pass_time(3600)
        assert len(at.books.live()) == 1
        assert len(at.books.sends) == (1 if made else 2)
        assert at.view(posting).tracking_number == "TRK1"


async def test_a_correction_by_seconds_is_no_jump(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        now = at.clock.now()
        minute = timedelta(minutes=1)
        store = at.app.store

        async def note(seconds: float) -> jumps.Jump | None:
            time = now + timedelta(seconds=seconds)
            return await store.write(lambda tx: jumps.note_time(tx, time, at_least=minute))

        assert await note(0) is None
        assert await note(-30) is None
        assert jumps.behind(store.reader, now - timedelta(seconds=30)) == timedelta(seconds=30)
        assert await note(-70) == jumps.Jump(now - timedelta(seconds=70), timedelta(seconds=70))
        assert await note(-65) is None


async def test_a_method_that_is_switched_off_is_told_soon_and_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not come back by itself: nobody waits eight hours to hear of it, and other work goes on."""

    async def gone(*_: object) -> None:
        raise Unsupported("the method is switched off")

    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        with monkeypatch.context() as patched:
            patched.setattr(Market, "postings", gone)
            await at.ship(posting)
            await at.pass_time(600)
            assert at.view(posting).stage == "labelled", "what is here goes on"
            problem = at.problems()["work_stopped"]
            assert "the method is switched off" in problem.text
            await at.pass_time(7200)
            assert [one.id for one in at.problems().values() if one.kind == "work_stopped"] == [problem.id]
        await at.pass_time(7200)
        assert "work_stopped" not in at.problems(), "and it is over by itself"
