"""How fast one account's vendor is asked: its limits, the pauses that it asks for, and a circuit breaker.

One `Pace` per account, in the process that works for it. A request waits here for a moment, or is refused
with the time at which to come again; what is refused was never sent.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Protocol

import httpx

from hub.plugin_api.clock import Clock
from hub.plugin_api.errors import Unavailable
from hub.plugin_api.limits import Limit

LONGEST_PAUSE = timedelta(hours=1)
"""A vendor that asks for a longer pause is asked again after this one."""
_PATIENCE = 2.0  # real seconds that a request waits for its turn; a longer wait is another try
_TRIPS = 5  # failures in a row
_OPEN_FIRST = timedelta(seconds=15)
_OPEN_LONGEST = timedelta(minutes=5)


def retry_after(response: httpx.Response, now: datetime) -> timedelta | None:
    """The pause that an answer asks for, seconds or an HTTP date; None where it asks for none."""
    text = response.headers.get("Retry-After", "").strip()
    try:
        seconds = float(text) if text.isascii() else float("nan")
    except ValueError:
        try:
            until = parsedate_to_datetime(text)
        except ValueError:
            return None
        seconds = (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds()
    if seconds != seconds:
        return None
    return timedelta(seconds=min(max(seconds, 1.0), LONGEST_PAUSE.total_seconds()))


class DayBudget(Protocol):
    """Counts the calls of a day (`hub.calls.budget.Budget`)."""

    async def enter(self, path: str, *, repeatable: bool) -> None: ...


class _Window:
    """The times of the last requests under one limit: never more than it says in any such stretch of time."""

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self._length = timedelta(seconds=limit.seconds)
        self._times: deque[datetime] = deque(maxlen=limit.requests)

    def free_at(self, now: datetime) -> datetime:
        """When the next request may go."""
        if len(self._times) < self.limit.requests:
            return now
        return max(now, self._times[0] + self._length)

    def enter(self, now: datetime) -> None:
        """Count a request."""
        self._times.append(now)

    def move(self, by: timedelta) -> None:
        """The clock went back."""
        times = [time - by for time in self._times]
        self._times.clear()
        self._times.extend(times)


class _Breaker:
    """Of one of the vendor's hosts: five failures in a row, then a rest."""

    def __init__(self) -> None:
        self.failures = 0
        self.open_for = _OPEN_FIRST
        self.open_until: datetime | None = None
        self.probing = False

    def check(self, title: str, now: datetime, patience: timedelta) -> None:
        """Raises Unavailable while it rests, or is being tried."""
        if self.open_until is None:
            return
        if now < self.open_until:
            raise Unavailable(
                "{title} did not answer {failures} times in a row: it is asked again later",
                retry_after=self.open_until - now,
                code="unavailable.not_answer_times_row_asked",
                values={"title": title, "failures": self.failures},
            )
        if self.probing:
            raise Unavailable(
                "{title} is being tried after a pause",
                retry_after=patience,
                code="unavailable.being_tried_after_pause",
                values={"title": title},
            )

    def failed(self, now: datetime) -> None:
        self.failures += 1
        if self.probing:
            self.open_for = min(self.open_for * 2, _OPEN_LONGEST)
        if self.probing or self.failures >= _TRIPS:
            self.open_until = now + self.open_for
        self.probing = False

    def closed(self) -> None:
        """It answered."""
        self.probing, self.failures = False, 0
        self.open_until, self.open_for = None, _OPEN_FIRST


class Pace:
    """The limits of one account. ``title`` is the vendor's, for messages."""

    def __init__(
        self, clock: Clock, title: str, limits: Iterable[Limit] = (), budget: DayBudget | None = None
    ) -> None:
        self.clock = clock
        self.title = title
        self._budget = budget
        self._windows = [_Window(limit) for limit in limits if not limit.time_zone]
        self._closed_until: datetime | None = None
        self._breakers: defaultdict[str, _Breaker] = defaultdict(_Breaker)
        """By host: a vendor's services fall down apart."""
        self._seen: datetime | None = None

    def _time(self) -> datetime:
        """The time. Where the clock went back, what was counted by it is moved too: a pause of a minute must
        not last for the days that the clock was ahead."""
        now = self.clock.now()
        if self._seen is not None and self._seen - now > self.clock.stretch(1):
            by = self._seen - now
            self._closed_until = self._closed_until and self._closed_until - by
            for breaker in self._breakers.values():
                breaker.open_until = breaker.open_until and breaker.open_until - by
            for window in self._windows:
                window.move(by)
            self._seen = now
        self._seen = max(self._seen or now, now)
        return now

    async def enter(self, request: httpx.Request) -> None:
        """Wait for this request's turn. Raises Unavailable with ``retry_after`` where that is not soon."""
        breaker = self._breakers[request.url.netloc.decode("ascii")]
        breaker.check(self.title, self._time(), self.clock.stretch(_PATIENCE))
        if self._budget is not None:
            await self._budget.enter(request.url.path, repeatable=_repeatable(request))
        while True:
            now = self._time()
            breaker.check(self.title, now, self.clock.stretch(_PATIENCE))
            windows = [w for w in self._windows if request.url.path.startswith(w.limit.path)]
            free = max([now, *(window.free_at(now) for window in windows)])
            if self._closed_until is not None:
                free = max(free, self._closed_until)
            wait = free - now
            if wait <= timedelta(0):
                break
            if wait > self.clock.stretch(_PATIENCE):
                raise Unavailable(
                    "{title} is asked as often as it allows",
                    retry_after=wait,
                    code="unavailable.asked_often_allows",
                    values={"title": self.title},
                )
            await self.clock.sleep(wait.total_seconds())
        if breaker.open_until is not None:
            breaker.probing = True
        for window in windows:
            window.enter(now)

    def answered(self, request: httpx.Request, response: httpx.Response) -> None:
        """Learn from an answer: its status, ``Retry-After``, ``Ratelimit-Remaining``."""
        now = self._time()
        if response.status_code in (429, 503):
            pause = retry_after(response, now)
            if pause is not None:
                self._closed_until = now + pause
        if response.headers.get("Ratelimit-Remaining", "").strip() == "0":
            self._closed_until = max(self._closed_until or now, now + timedelta(seconds=1))
        breaker = self._breakers[request.url.netloc.decode("ascii")]
        if response.status_code >= 500:
            breaker.failed(now)
        else:
            breaker.closed()

    def failed(self, request: httpx.Request) -> None:
        """No answer came: refused, reset, or too late."""
        self._breakers[request.url.netloc.decode("ascii")].failed(self._time())

    def left(self, request: httpx.Request) -> None:
        """The request ended in a way that says nothing of the vendor."""
        self._breakers[request.url.netloc.decode("ascii")].probing = False


def _repeatable(request: httpx.Request) -> bool:
    return request.method in ("GET", "HEAD", "OPTIONS") or request.extensions.get("safe") is True


__all__ = ["LONGEST_PAUSE", "DayBudget", "Pace", "retry_after"]
