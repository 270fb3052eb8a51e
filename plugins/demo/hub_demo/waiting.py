"""Waiting for what is to happen: time is moved on whenever the hub has nothing left to do at this moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from hub_demo.children import Children, Failed
from hub_demo.clock import Clock
from hub_demo.door import Door

T = TypeVar("T")

_LOOK = 0.05  # real seconds between two looks at a hub that is at work
_STUCK = 600.0  # real seconds without an end of its work: it hangs, on whatever machine
_ALL = 200  # pieces of work in one look: some fifty there are


class Job(msgspec.Struct):
    """A row of ``GET /v1/jobs``."""

    key: str
    state: str
    run_at: datetime


class _Jobs(msgspec.Struct):
    items: list[Job]


class Patience:
    """Waits for the hub, in virtual time."""

    def __init__(self, clock: Clock, door: Door, children: Children) -> None:
        self._clock, self._door, self._children = clock, door, children

    def until(
        self,
        found: Callable[[], T],
        *,
        stride: timedelta,
        limit: timedelta,
        longest: timedelta = timedelta(0),
    ) -> T:
        """What ``found`` gives as soon as there is something, or after ``limit`` of virtual time.

        It is asked when the hub has done all that it could at this moment. Then it is the next moment for
        which the hub has work, and at least ``stride`` later; each time by half more, up to ``longest``.
        Raises Failed where a process has ended, or the hub hangs.
        """
        end = self._clock.now() + limit
        while True:
            soonest = self._idle()
            if (what := found()) or self._clock.now() >= end:
                return what
            self._clock.move_to(max(soonest, self._clock.now() + stride))
            stride = max(stride, min(stride * 1.5, longest))

    def _idle(self) -> datetime:
        """Wait until the hub has nothing left to do; returns when it will have."""
        hangs = time.monotonic() + _STUCK
        while True:
            self._children.check()
            jobs = self._door.get("/jobs", _Jobs, limit=_ALL).items
            at_work = [job.key for job in jobs if job.state in ("running", "due")]
            if not at_work:
                return min((job.run_at for job in jobs if job.state == "waiting"), default=self._clock.now())
            if time.monotonic() > hangs:
                raise Failed(f"the hub does not get done with {', '.join(at_work)}")
            time.sleep(_LOOK)
