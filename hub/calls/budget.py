"""What is left of a vendor's calls of the day, and what it may be used for.

A vendor that allows so many calls a day (a `Limit` with a ``time_zone``) is counted in the database, over
restarts and processes. What is under way may use all of it. A question for a price before a booking leaves
what the parcels that are booked already still need; a question that is only for information (a table of
quotes, tracking, a second look) leaves what the open postings will need too.

Calls are claimed from the database ten at a time: a crash forgets none, and counts at most ten too many.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, time, timedelta
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

import msgspec

from hub.calls.pace import LONGEST_PAUSE
from hub.plugin_api.clock import Clock
from hub.plugin_api.errors import Unavailable
from hub.plugin_api.limits import Limit
from hub.words import said

log = logging.getLogger("hub.budget")

BLOCK = 10
"""So many calls are claimed at once, and so many are counted too many after a crash."""
_FRESH = timedelta(seconds=10)

Purpose = Literal["work", "booking", "information"]
"""``work``: what is under way. ``booking``: prices for a booking that is to be made. ``information``: the
rest, of which nothing bad comes if it waits until tomorrow."""

_purpose: ContextVar[Purpose] = ContextVar("parcelhub_calls_for", default="work")


class CallsKept(Unavailable):
    """The calls that are left today are kept for something else. Nothing was sent."""

    code = "calls_kept"

    def __init__(self, title: str, used: int, allowed: int, retry_after: timedelta) -> None:
        values = {"title": title, "used": used, "allowed": allowed}
        if used < allowed:
            told = said(
                "{title}: {used} of the {allowed} calls of today are used, and the rest is kept for bookings "
                "and hand-overs",
                code="calls_kept.rest",
                values=values,
            )
        else:
            told = said(
                "{title}: {used} of the {allowed} calls of today are used",
                code="calls_kept.used",
                values=values,
            )
        super().__init__(told, retry_after=retry_after)
        self.used, self.allowed = used, allowed


@contextmanager
def calls_for(purpose: Purpose) -> Iterator[None]:
    """Within it, requests are made for this purpose."""
    token = _purpose.set(purpose)
    try:
        yield
    finally:
        _purpose.reset(token)


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """The calls of one account and day. ``used`` has those that were claimed and not made yet."""

    used: int
    allowed: int
    kept_for_booked: int
    """What the parcels that are booked still need until they are handed over, and one parcel more."""
    kept_for_open: int
    """The same, and what the postings of today that are not booked yet will need."""
    told: bool = False
    """The vendor itself said what it allows."""

    def room(self, purpose: Purpose) -> int:
        """Up to which count this purpose may go."""
        if purpose == "work":
            return self.allowed
        return self.allowed - (self.kept_for_booked if purpose == "booking" else self.kept_for_open)


class Ledger(Protocol):
    """Where the calls of one account are counted."""

    def read(self, limit: Limit, day: str) -> Count: ...

    async def claim(self, limit: Limit, day: str, calls: int) -> None:
        """Count so many calls more; fewer where it is below 0."""
        ...


class Budget:
    """The day limits of one account. ``title`` is the vendor's, for messages."""

    def __init__(self, clock: Clock, title: str, limits: Iterable[Limit], ledger: Ledger) -> None:
        self._meters = [_Meter(clock, title, limit, ledger) for limit in limits if limit.time_zone]

    async def enter(self, path: str, *, repeatable: bool = True) -> None:
        """Count a request to this path. Raises CallsKept where its purpose has none left.

        What is under way is never held back by our own count, with one exception: once the vendor itself has
        said how many calls it allows, a request that must not be repeated (not ``repeatable``) is not sent to
        be refused. Its refusal would have to be looked up, with calls that are not there.
        """
        for meter in self._meters:
            if path.startswith(meter.limit.path):
                await meter.take(_purpose.get(), repeatable=repeatable)

    def may_go(self, calls: int, purpose: Purpose = "information") -> bool:
        """Whether so many calls may go now, without taking from what is kept for something else. True for a
        vendor without a limit of the day."""
        return all(meter.left(purpose, now_read=True) >= calls for meter in self._meters[:1])

    def refusal(self, purpose: Purpose) -> CallsKept | None:
        """Why not one more call of this purpose may go now; None where one may."""
        full = (one for one in self._meters[:1] if one.left(purpose, now_read=True) < 1)
        return next((one.refusal(purpose) for one in full), None)

    async def aclose(self) -> None:
        """Give back what was claimed and not used."""
        for meter in self._meters:
            await meter.give_back()


class _Meter:
    def __init__(self, clock: Clock, title: str, limit: Limit, ledger: Ledger) -> None:
        self.limit = limit
        self._clock = clock
        self._title = title
        self._ledger = ledger
        self._zone = ZoneInfo(limit.time_zone)
        self._day = ""
        self._claimed = 0
        self._count: Count | None = None
        self._read_at: datetime | None = None
        self._lock = asyncio.Lock()

    async def take(self, purpose: Purpose, *, repeatable: bool) -> None:
        async with self._lock:  # of many that ask at once, each sees what the others took
            self._turn()
            held = purpose != "work" or (not repeatable and self._known().told)
            if held and self.left(purpose) < 1:
                raise self.refusal(purpose)
            if self._claimed < 1:
                await self._claim(BLOCK)
            self._claimed -= 1

    async def _claim(self, calls: int) -> None:
        try:
            await self._ledger.claim(self.limit, self._day, calls)
        except OSError as error:  # a full disk does not stop a booking: it is counted by the vendor
            log.error("calls of %s could not be counted: %s", self._title, error)
        self._claimed += calls
        self._count = None

    async def give_back(self) -> None:
        if self._claimed > 0:
            await self._claim(-self._claimed)

    def left(self, purpose: Purpose, *, now_read: bool = False) -> int:
        """Calls that may go for this purpose; ``now_read``: not by figures of some seconds ago."""
        self._turn()
        if now_read:
            self._count = None
        count = self._known()
        return count.room(purpose) - (count.used - self._claimed)

    def refusal(self, purpose: Purpose) -> CallsKept:
        count = self._known()
        pause = min(self._until_tomorrow(), LONGEST_PAUSE)
        return CallsKept(self._title, max(0, count.used - self._claimed), count.allowed, pause)

    def _known(self) -> Count:
        now = self._clock.now()
        if self._count is None or self._read_at is None or not timedelta(0) <= now - self._read_at < _FRESH:
            self._count, self._read_at = self._ledger.read(self.limit, self._day), now
        return self._count

    def _turn(self) -> None:
        """At the vendor's midnight everything begins anew."""
        day = self._clock.now().astimezone(self._zone).date().isoformat()
        if day != self._day:
            self._day, self._claimed, self._count = day, 0, None

    def _until_tomorrow(self) -> timedelta:
        here = self._clock.now().astimezone(self._zone)
        midnight = datetime.combine(here.date() + timedelta(days=1), time(0), self._zone)
        return max(midnight - here, timedelta(seconds=1))


__all__ = ["BLOCK", "Budget", "CallsKept", "Count", "Ledger", "Purpose", "calls_for"]
