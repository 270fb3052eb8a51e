"""The worker: takes due work from the queue, a few pieces of each account at a time, and gives each back with
its result.

One worker process works at a time (it holds the lease ``worker``); another one waits and takes over when the
lease runs out. Work of a dead worker is taken again when its own lease runs out, and its late writes are
refused by the fence. Stopping is graceful: no new work, and what is under way may end.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from hub.errors import AuthFailed, HubError, Unavailable
from hub.ids import new_id
from hub.registry import PluginFailure
from hub.store import Transaction, queue, rows
from hub.store.mapping import micros
from hub.store.queue import Work

if TYPE_CHECKING:
    from hub.flow.app import App

log = logging.getLogger("hub.worker")

Handler = Callable[["App", str], Awaitable[datetime | None]]

_LEASE = 10.0  # real seconds that a worker's word lasts
_LOOK = 0.2  # real seconds between two looks for work that another process queued
_GRACE = 20.0  # real seconds that work under way may take at a stop
_TRIES = 40  # of a vendor that does not answer: about eight hours
_PANICS = 5  # an error in a program does not mend itself
_PAUSE_MAX = timedelta(minutes=30)


def _handlers() -> dict[str, Handler]:
    from hub.flow import advance, deadlines, handover, intake, labelling, tracking

    return {
        "sync": intake.run,
        "advance": advance.run,
        "labels": labelling.run,
        "track": tracking.run,
        "handover": handover.run,
        "deadlines": deadlines.run,
    }


def worker_alive(app: App) -> bool:
    """Whether a worker holds the lease now, in whatever process."""
    found = app.store.reader.execute(
        "SELECT 1 FROM leases WHERE name = 'worker' AND until > ?", (micros(app.clock.now()),)
    ).fetchone()
    return found is not None


class Worker:
    """Runs the hub's work until it is told to stop."""

    def __init__(self, app: App, concurrency: int = 32, per_account: int = 4) -> None:
        self.app = app
        self.id = new_id(f"wrk-{os.getpid()}")
        self._concurrency = concurrency
        self._ahead = per_account * 2
        """Of one account so much is held: half of it is at work, the other half starts without a commit."""
        self._slots: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(per_account))
        self._at_work = 0
        self._room = asyncio.Semaphore(concurrency)
        self._stopping = False
        self._handlers = _handlers()
        self._running: dict[asyncio.Task[None], rows.JobRow] = {}
        self._over: list[tuple[rows.JobRow, datetime | None]] = []
        """Done, and when each is to be done again: given back in the commit that takes the next work."""
        self._renewed, self._until = 0.0, app.clock.now()
        self._holds = False

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set; then let what is under way end. The plugins hear of both."""
        _log_failures(await self.app.registry.startup())
        try:
            while not stop.is_set():
                try:
                    await self._turn()
                except (sqlite3.Error, OSError) as error:  # a full disk, for one: work goes on when it can
                    log.error("the worker could not write: %s", error)
                    await asyncio.sleep(_LOOK * 5)
                await self._pause(stop)
        finally:
            await self._finish()
            _log_failures(await self.app.registry.shutdown())

    async def run_until_idle(self, limit: float) -> None:
        """Work until nothing is due and nothing is under way, for at most ``limit`` real seconds."""
        loop = asyncio.get_running_loop()
        end = loop.time() + limit
        try:
            while loop.time() < end:
                await self._turn()
                due = queue.next_due(self.app.store.reader)
                soon = self.app.clock.now() + self.app.clock.stretch(1.0)
                if not self._running and not self._over and (due is None or due > soon):
                    return
                await self._pause(None)
        finally:
            await self._finish()

    async def _turn(self) -> None:
        """Give back what is done, take what is due, tell the plugins what happened."""
        held = await self._hold()
        told = await self._tell_plugins() if held else []
        await self._exchange(self._concurrency - self._at_work if held else 0, told)

    async def _hold(self) -> bool:
        """Hold the lease, and the leases of the work under way."""
        loop = asyncio.get_running_loop()
        now = self.app.clock.now()
        until = now + self.app.clock.stretch(_LEASE)
        fresh = loop.time() - self._renewed < _LEASE / 5
        # Leases go by the clock of the wall: where that jumped, they are renewed before anything is taken.
        if self._holds and fresh and until - self._until < self.app.clock.stretch(_LEASE / 2):
            return True
        held = tuple(self._running.values())

        def write(tx: Transaction) -> bool:
            if not queue.hold_lease(tx, "worker", self.id, now=now, until=until):
                return False
            queue.renew(tx, held, until=until)
            return True

        first = not self._holds
        self._holds = await self.app.store.write(write)
        self._renewed, self._until = loop.time(), until
        if self._holds:
            await ensure_schedules(self.app)
            if first:
                log.info("worker %s is at work", self.id)
        return self._holds

    async def _exchange(self, free: int, told: Sequence[tuple[str]] = ()) -> None:
        """Give back what is done, take up to ``free`` pieces of due work, and forget the notices that plugins
        were told, in one commit."""
        now = self.app.clock.now()
        wanted = free if free > 0 and self._due(now) else 0
        over, self._over = self._over, []
        if not over and not wanted and not told:
            return
        lease = self.app.clock.stretch(_LEASE)
        busy = Counter(row.account for row in self._running.values())

        def write(tx: Transaction) -> list[rows.JobRow]:
            for row, next_run in over:
                queue.finish(tx, row, now=now, next_run=next_run)
            tx.executemany("DELETE FROM outbox WHERE id = ?", told)
            return queue.claim(
                tx, self.id, now=now, lease=lease, limit=wanted, running=busy, per_account=self._ahead
            )

        for row in await self.app.store.write(write):
            task = asyncio.create_task(self._do(row), name=row.key)
            self._running[task] = row
            task.add_done_callback(self._done)

    def _due(self, now: datetime) -> bool:
        due = queue.next_due(self.app.store.reader)
        return (due is not None and due <= now) or self._abandoned(now)

    def _done(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        self.app.woken.set()

    def _abandoned(self, now: datetime) -> bool:
        found = self.app.store.reader.execute(
            "SELECT 1 FROM jobs WHERE state = 'running' AND lease_until < ? LIMIT 1", (micros(now),)
        ).fetchone()
        return found is not None

    async def _do(self, row: rows.JobRow) -> None:
        clock = self.app.clock
        try:
            handler = self._handlers.get(row.kind)
            if handler is None:
                raise HubError(f"nobody does work of the kind {row.kind!r}")
            async with self._slots[row.account], self._room:
                if self._stopping:
                    self._over.append((row, clock.now()))  # not begun: given back as it was
                    return
                self._at_work += 1
                try:
                    next_run = await handler(self.app, row.subject)
                finally:
                    self._at_work -= 1
        except asyncio.CancelledError:
            await self.app.store.write(lambda tx: queue.fail(tx, row, retry_at=clock.now(), reason="stopped"))
            raise
        except HubError as error:
            again = None if row.attempts >= _TRIES else self._again(row, error)
            await self._failed(row, again, f"{error.code}: {error.message}")
        except Exception as error:
            log.exception("%s failed: %s", row.key, type(error).__name__)
            again = None if row.attempts >= _PANICS else self._again(row, error)
            await self._failed(row, again, f"error in a program: {type(error).__name__}")
        else:
            self._over.append((row, next_run))

    async def _failed(self, row: rows.JobRow, again: datetime | None, reason: str) -> None:
        """Later once more; or the work is dead, and a person hears of it."""
        if again is None:
            log.error("%s is given up after %d tries: %s", row.key, row.attempts, reason)
        now = self.app.clock.now()

        def write(tx: Transaction) -> None:
            if queue.fail(tx, row, retry_at=again, reason=reason) and again is None:
                tell_of_dead(tx, row, reason, now=now)

        await self.app.store.write(write)

    def _again(self, row: rows.JobRow, error: Exception) -> datetime:
        """When to try again: doubling, with full jitter; never inside what the vendor asked for."""
        pause = min(timedelta(seconds=2.0 ** min(row.attempts, 12)), _PAUSE_MAX) * random.random()
        if isinstance(error, Unavailable) and error.retry_after is not None:
            pause = max(pause, error.retry_after)
        if isinstance(error, AuthFailed):
            pause = max(pause, timedelta(minutes=10))
        return self.app.clock.now() + max(pause, self.app.clock.stretch(0.3))

    async def _pause(self, stop: asyncio.Event | None) -> None:
        """Until work is due, or something wakes us; other processes' work is looked for now and then."""
        if stop is not None and stop.is_set():
            return
        real = _LOOK
        due = queue.next_due(self.app.store.reader)
        if due is not None and len(self._running) < self._concurrency:
            wait = (due - self.app.clock.now()) / self.app.clock.stretch(1.0)
            real = min(max(wait, 0.005), _LOOK)
        self.app.woken.clear()
        try:
            async with asyncio.timeout(real):
                await self.app.woken.wait()
        except TimeoutError:
            return

    async def _tell_plugins(self) -> list[tuple[str]]:
        """Run the notifications that were committed: at least once, in order, each in isolation. Returns the
        ids of those that were told."""
        waiting = rows.outbox.all(self.app.store.reader, "ORDER BY id LIMIT 200")
        if not waiting:
            return []
        from hub.jobs.notices import tell

        for row in waiting:
            if self.app.registry.hears(row.kind):
                await tell(self.app, row)
        return [(row.id,) for row in waiting]

    async def _finish(self) -> None:
        self._stopping = True
        if self._running:
            _, late = await asyncio.wait(tuple(self._running), timeout=_GRACE)
            for task in late:
                task.cancel()
            if late:
                await asyncio.gather(*late, return_exceptions=True)
        await self._exchange(0)
        if self._holds:
            await self.app.store.write(lambda tx: queue.free_lease(tx, "worker", self.id))


def _log_failures(failures: list[PluginFailure]) -> None:
    for failure in failures:
        log.warning("plugin %s failed in %s: %s", failure.plugin, failure.hook, failure.error)


def tell_of_dead(tx: Transaction, row: rows.JobRow, reason: str, *, now: datetime) -> None:
    """A problem on each posting that the dead work was for; work of no posting is in ``hub jobs`` alone."""
    from hub.flow.recording import open_problem

    subjects = tx.execute(
        "SELECT ? UNION SELECT posting_id FROM shipments WHERE id = ? "
        "UNION SELECT id FROM postings WHERE ? = 'labels' AND is_open = 1 AND wanted = 1 "
        "AND stage IN ('assembled', 'booked') AND (account = ? OR id IN "
        "(SELECT posting_id FROM shipments WHERE account = ?))",
        (row.subject, row.subject, row.kind, row.subject, row.subject),
    ).fetchall()
    for (subject,) in subjects:
        posting = rows.postings.get(tx, subject)
        if posting is not None:
            open_problem(tx, posting, "work_stopped", {"kind": row.kind, "reason": reason}, now=now)


async def ensure_schedules(app: App) -> None:
    """What runs by itself is in the queue: the sync of every marketplace account, and the deadline watch."""
    now = app.clock.now()
    reader = app.store.reader
    missing = []
    if rows.jobs.get(reader, "deadlines:all") is None:
        missing.append(Work(kind="deadlines", subject="all", seller="", account="", run_at=now, priority=0))
    for seller in rows.sellers.all(reader, ""):
        for account in app.source_accounts(seller):
            if rows.jobs.get(reader, f"sync:{account.id}") is None:
                missing.append(
                    Work(
                        kind="sync",
                        subject=account.id,
                        seller=seller.slug,
                        account=account.id,
                        run_at=now,
                        priority=0,
                    )
                )
    if not missing:
        return

    def write(tx: Transaction) -> None:
        for work in missing:
            queue.enqueue(tx, work, now=now)

    await app.store.write(write)


__all__ = ["Worker", "ensure_schedules", "worker_alive"]
