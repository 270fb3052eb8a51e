"""The worker: takes due work from the queue, a few pieces of each account at a time, and gives each back with
its result.

With a file one worker process works at a time (it holds the lease ``worker``); another one waits and takes
over when the lease runs out. On a server several share the sellers (`hub.store.shares`), and the one with
that lease does what is done once for all. Work of a dead worker is taken again when its own lease runs out,
and its late writes are refused by the fence. Stopping is graceful: no new work, and what is under way may
end.

What is wrong with the machine (a full disk, a lock, a clock that went back) is no failure of the work: it is
tried again until it can be done. Schedules never die. What ends the whole process again and again runs alone,
and then not at all, so that everything else goes on (docs/adr/0020).
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from hub.jobs import starting
from hub.jobs.endings import End, give_back
from hub.jobs.handlers import handlers
from hub.jobs.schedules import SCHEDULES, ensure_schedules
from hub.jobs.telling import tell_of_dead, tell_untold
from hub.plugin_api.errors import AuthFailed, HubError, Unavailable, Unsupported
from hub.plugins.contained import PluginExit, contained, task_factory
from hub.plugins.registry import PluginFailure
from hub.store import Transaction, jobs, jumps, outbox, queue, rows, sellers, shares
from hub.store.versions import Working
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App

log = logging.getLogger("hub.worker")


_LEASE = queue.LEASE
_LOOK = 0.2  # real seconds between two looks for work that another process queued
_GRACE = 20.0  # real seconds that work under way may take at a stop
_TRIES = 40  # of a vendor that does not answer: about eight hours
_PANICS = 5  # an error in a program does not fix itself, nor does a vendor's method that is switched off
_PATIENCE = {"cancel_requests": 12}  # silence decides there: about an hour, two where the key is refused
_PAUSE_MAX = timedelta(minutes=30)
_TOLD_AT_ONCE = 200
_CALM = 10.0  # real seconds without trouble before it is said that work goes on
_DRAIN = 30.0  # real seconds that work under way may take before what must run alone begins
_EVIDENCE = 60.0  # real seconds over which work is lost again and again before it is set aside


def worker_alive(app: App) -> bool:
    """Whether a worker holds the lease now, in whatever process."""
    return bool(_holder(app))


def _holder(app: App) -> str:
    lease = app.clock.stretch(_LEASE)
    return queue.holder(app.store.reader, "worker", now=app.clock.now(), lease=lease)


class _Held(NamedTuple):
    """What a worker holds now, and what showed when it took it."""

    holds: bool
    parts: frozenset[int]
    jump: jumps.Jump | None
    dead: list[rows.JobRow]


class Worker:
    """Runs the hub's work until it is told to stop."""

    def __init__(self, app: App, concurrency: int = 32, per_account: int = 4) -> None:
        self.app = app
        self.id = queue.new_owner()
        self._concurrency = concurrency
        self._ahead = per_account * 2
        """Of one account so much is held: half of it is at work, the other half starts without a commit."""
        self._slots: defaultdict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(per_account))
        self._at_work = 0
        self._room = asyncio.Semaphore(concurrency)
        self._stopping = False
        self._handlers = handlers()
        self._running: dict[asyncio.Task[None], rows.JobRow] = {}
        self._over: list[End] = []
        """How work ended: given back in the commit that takes the next work."""
        self._alone: asyncio.Task[None] | None = None
        """The work that nothing runs beside, for it perhaps ends the process."""
        self._drained = 0.0
        self._renewed, self._until = 0.0, app.clock.now()
        self._holds = False
        """Whether it holds the lease ``worker``: what is done once for all, not for a seller, is its own."""
        self._parts: frozenset[int] = frozenset()
        self._sellers: Sequence[str] | None = None
        """Whose work it takes where several work on one database (`hub.store.shares`); None: everybody's."""
        self._said = self._other = ""
        self._said_at = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set; then let what is under way end. The plugins hear of both."""
        asyncio.get_running_loop().set_task_factory(task_factory)
        _log_failures(await starting.startup(self.app))
        try:
            while not stop.is_set():
                try:
                    await self._turn()
                    await self._pause(stop)
                except Exception as error:  # a full disk, for one: work goes on when it can
                    self._complain(error)
                    await asyncio.sleep(_LOOK * 5)
        finally:
            try:
                await self._finish()
            except Exception as error:  # what is under way is taken again when its lease runs out
                self._complain(error)
            _log_failures(await self.app.registry.shutdown())

    def _complain(self, error: Exception) -> None:
        """Say why nothing is done: once for each reason, not five times a second."""
        known = self.app.store.what_is_wrong(error)
        said = type(error).__name__ if known is None else known.message
        self._said_at = asyncio.get_running_loop().time()
        if said == self._said:
            return
        self._said = said
        if known is None:
            log.error("the worker met an error, and goes on: %s", said, exc_info=error)
        else:
            log.error("the worker waits: %s", said)

    async def run_until_idle(self, limit: float) -> None:
        """Work until nothing is due and nothing is under way, for at most ``limit`` real seconds."""
        loop = asyncio.get_running_loop()
        loop.set_task_factory(task_factory)
        end = loop.time() + limit
        try:
            while loop.time() < end:
                await self._turn()
                due = self._next_due()
                soon = self.app.clock.now() + self.app.clock.stretch(1.0)
                if not self._running and not self._over and (due is None or due >= soon):
                    return
                await self._pause(None)
        finally:
            await self._finish()

    async def _turn(self) -> None:
        """Give back what is done, take what is due, tell the plugins what happened."""
        self.app.woken.clear()  # before anything is looked at: what comes meanwhile makes another turn
        await self._hold()
        told = await self._tell_plugins() if self._holds else []
        works = self._holds or bool(self._parts)
        await self._exchange(self._concurrency - self._at_work if works else 0, told)
        if self._said and asyncio.get_running_loop().time() - self._said_at > _CALM:
            self._said = ""
            log.warning("the worker goes on")

    async def _hold(self) -> None:
        """Hold the lease, this worker's parts of the sellers where several work, and the leases of the work
        under way."""
        loop = asyncio.get_running_loop()
        now = self.app.clock.now()
        until = now + self.app.clock.stretch(_LEASE)
        fresh = loop.time() - self._renewed < _LEASE / 5
        # Leases go by the clock of the wall: where that jumped, they are renewed before anything is taken.
        known = self._holds or bool(self._parts)
        if known and fresh and abs(until - self._until) < self.app.clock.stretch(_LEASE / 2):
            return
        held = tuple(self._running.values())
        patience = self.app.clock.stretch(_EVIDENCE)
        first = not self._holds

        def write(tx: Transaction) -> _Held:
            holds = queue.hold_lease(tx, "worker", self.id, now=now, until=until)
            parts = shares.hold(tx, self.id, now=now, until=until) if self.app.store.shared else frozenset()
            if holds or parts:
                queue.renew(tx, held, until=until)
            if not holds:
                return _Held(False, parts, None, [])
            jump = jumps.note_time(tx, now, at_least=patience)
            dead = queue.set_aside(tx, self.id, now=now, lease=until - now, patience=patience)
            for row in dead:
                tell_of_dead(tx, row, row.reason, now=now)
            if first:
                tell_untold(tx, now=now)
            return _Held(True, parts, jump, dead)

        self._holds, self._parts, jump, dead = await self.app.store.write(write)
        self._renewed, self._until = loop.time(), until
        if self.app.store.shared:
            every = [row.slug for row in sellers.every(self.app.store.reader)]
            self._sellers = shares.sellers_in(self._parts, every)
        if jump is not None:
            log.warning("the machine's clock went back by %s: what waits for its time was moved", jump.by)
        for row in dead:
            log.error("%s is set aside: %s", row.key, row.reason)
        if not self._holds and not self._parts and (other := _holder(self.app)) != self._other:
            self._other = other
            who = queue.process_of(other)
            log.warning(
                "process %s on %s does the work here; this one waits, and takes over when that one is gone",
                who["process"],
                who["host"],
            )
        if self._holds:
            await ensure_schedules(self.app, revive=first)
            if first:
                log.log(logging.WARNING if self._other else logging.INFO, "worker %s is at work", self.id)
                self._other = ""

    async def _exchange(self, free: int, told: Sequence[str] = ()) -> None:
        """Give back what is done, take up to ``free`` pieces of due work, and forget the notices that plugins
        were told, in one commit."""
        now = self.app.clock.now()
        wanted = free if free > 0 and self._alone is None and self._due(now) else 0
        alone = wanted > 0 and self._holds and self._must_be_alone(now)
        if alone and self._running and asyncio.get_running_loop().time() < self._drained:
            wanted = 0
        over, self._over = self._over, []
        if not over and not wanted and not told:
            return
        lease = self.app.clock.stretch(_LEASE)
        busy = Counter(row.account for row in self._running.values())

        def write(tx: Transaction) -> list[rows.JobRow]:
            for end in over:
                give_back(tx, end, now)
            outbox.forget(tx, told)
            if alone and wanted:
                return queue.claim_alone(tx, self.id, now=now, lease=lease)
            return queue.claim(
                tx,
                self.id,
                now=now,
                lease=lease,
                limit=wanted,
                running=busy,
                per_account=self._ahead,
                sellers=self._sellers,
            )

        try:
            taken = await self.app.store.write(write)
        except BaseException:
            self._over = over + self._over  # nothing was written: it is given back when it can be
            raise
        for row in taken:
            task = asyncio.create_task(self._do(row), name=row.key)
            self._running[task] = row
            task.add_done_callback(self._done)
            self._alone = task if alone else None

    def _due(self, now: datetime) -> bool:
        due = self._next_due()
        return (due is not None and due <= now) or self._abandoned(now)

    def _next_due(self) -> datetime | None:
        """When work is due that this worker may take."""
        return queue.next_due(self.app.store.reader, self._sellers, parked=self._holds)

    def _must_be_alone(self, now: datetime) -> bool:
        """Whether something is due that nothing may run beside; what is under way gets some time to end."""
        found = jobs.any_parked_due(self.app.store.reader, now)
        loop = asyncio.get_running_loop()
        if not found:
            self._drained = 0.0
        elif not self._drained:
            self._drained = loop.time() + _DRAIN
        return found

    def _done(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        if task is self._alone:
            self._alone, self._drained = None, 0.0
        self.app.woken.set()

    def _abandoned(self, now: datetime) -> bool:
        furthest = now + 2 * self.app.clock.stretch(_LEASE)
        reader = self.app.store.reader
        return jobs.any_abandoned(reader, self.id, now=now, furthest=furthest, sellers=self._sellers)

    async def _do(self, row: rows.JobRow) -> None:
        clock = self.app.clock
        queue.working.set(Working(self.id, row.fence, row.key))
        try:
            handler = self._handlers.get(row.kind)
            if handler is None:
                raise HubError(
                    "nobody does work of the kind '{kind}'",
                    code="error.nobody_work_kind",
                    values={"kind": row.kind},
                )
            async with self._slots[row.account], self._room:
                if self._stopping:
                    self._over.append(End(row, clock.now(), untried=True))
                    return
                self._at_work += 1
                try:
                    next_run = await contained(lambda: handler(self.app, row.subject))
                finally:
                    self._at_work -= 1
        except asyncio.CancelledError:
            self._over.append(End(row, clock.now(), untried=True))
            raise
        except HubError as error:
            self._failed(
                row,
                error,
                _PANICS if isinstance(error, Unsupported) else _PATIENCE.get(row.kind, _TRIES),
                said("{code}: {said}", code="work.failed", values={"code": error.code, "said": error.said}),
            )
        except Exception as error:
            if (of_store := self.app.store.what_is_wrong(error)) is not None:
                self._complain(of_store)
                self._over.append(End(row, clock.now() + clock.stretch(_LOOK * 5), untried=True))
                return
            name = type(error.__cause__ if isinstance(error, PluginExit) else error).__name__
            log.exception("%s failed: %s", row.key, name)
            self._failed(
                row,
                error,
                _PANICS,
                said("error in a program: {name}", code="work.error_program", values={"name": name}),
            )
        else:
            self._over.append(End(row, next_run))

    def _failed(self, row: rows.JobRow, error: Exception, limit: int, reason: str) -> None:
        """Later once more; or the work is dead, and a person hears of it. A schedule goes on all the same."""
        enough = row.attempts >= limit
        dead = enough and row.kind not in SCHEDULES
        if enough and not row.stuck:
            word = "is given up" if dead else "fails again and again, and goes on"
            log.error("%s %s after %d tries: %s", row.key, word, row.attempts, reason)
        self._over.append(End(row, None if dead else self._again(row, error), reason, stuck=enough))

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
        due = self._next_due()
        if due is not None and len(self._running) < self._concurrency:
            wait = (due - self.app.clock.now()) / self.app.clock.stretch(1.0)
            real = min(max(wait, 0.005), _LOOK)
        try:
            async with asyncio.timeout(real):
                await self.app.woken.wait()
        except TimeoutError:
            return

    async def _tell_plugins(self) -> list[str]:
        """Run the notifications that were committed: at least once, in order, each in isolation. Returns the
        ids of those that were told."""
        waiting = outbox.waiting(self.app.store.reader, limit=_TOLD_AT_ONCE)
        if not waiting:
            return []
        from hub.jobs.notices import tell

        for row in waiting:
            if self.app.registry.hears(row.kind):
                await tell(self.app, row)
        return [row.id for row in waiting]

    async def _finish(self) -> None:
        self._stopping = True
        if self._running:
            _, late = await asyncio.wait(tuple(self._running), timeout=_GRACE)
            for task in late:
                task.cancel()
            if late:
                await asyncio.gather(*late, return_exceptions=True)
        await self._exchange(0)
        if self._holds or self._parts:
            await self.app.store.write(self._let_go)

    def _let_go(self, tx: Transaction) -> None:
        queue.free_lease(tx, "worker", self.id)
        shares.release(tx, self.id)


def _log_failures(failures: list[PluginFailure]) -> None:
    for failure in failures:
        log.warning("plugin %s failed in %s: %s", failure.plugin, failure.hook, failure.error)


__all__ = ["Worker", "ensure_schedules", "worker_alive"]
