"""The one clock that every wait and every time stamp in the hub reads.

It is real time, unless the environment variable ``PARCELHUB_CLOCK`` names a JSON file
``{"epoch": <unix seconds>, "start": "<RFC 3339>", "speed": <factor>}``: then the hub lives at
``start + (real now - epoch) * speed``. Child processes inherit the variable, so a whole day can be
run through in seconds, and replacing the file changes the gear of all of them at once.
"""

from __future__ import annotations

import asyncio
import os
import time
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from hub.plugin_api.errors import ConfigError

VARIABLE = "PARCELHUB_CLOCK"
_SLICE = 0.25  # real seconds; the longest time a sleeper takes to notice a change of gear


class Clock(Protocol):
    """What the hub asks of time."""

    def now(self) -> datetime:
        """The time, aware and UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait for so many seconds of this clock."""
        ...

    def stretch(self, real_seconds: float) -> timedelta:
        """How much of this clock's time passes in ``real_seconds``: network time-outs are always real."""
        ...


class RealClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(seconds, 0))

    def stretch(self, real_seconds: float) -> timedelta:
        return timedelta(seconds=real_seconds)


class _Gear(msgspec.Struct, frozen=True):
    epoch: float
    start: datetime
    speed: float


class FileClock:
    """A clock that runs at the speed that a file says."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._gear = _Gear(0.0, datetime.fromtimestamp(0, UTC), 1.0)
        self._read()

    def _read(self) -> _Gear:
        status = os.stat(self._path)
        stamp = (status.st_mtime_ns, status.st_size)
        if stamp != self._stamp:
            gear = msgspec.json.decode(self._path.read_bytes(), type=_Gear)
            if gear.speed <= 0 or gear.start.tzinfo is None:
                raise ValueError(f"{self._path}: speed must be above 0 and start needs a time zone")
            self._gear, self._stamp = gear, stamp
        return self._gear

    def now(self) -> datetime:
        gear = self._read()
        return gear.start + timedelta(seconds=(time.time() - gear.epoch) * gear.speed)

    async def sleep(self, seconds: float) -> None:
        until = self.now() + timedelta(seconds=seconds)
        while (left := (until - self.now()).total_seconds()) > 0:  # noqa: ASYNC110  (the gear may change)
            await asyncio.sleep(min(left / self._gear.speed, _SLICE))

    def stretch(self, real_seconds: float) -> timedelta:
        return timedelta(seconds=real_seconds * self._read().speed)


class ManualClock:
    """A clock for tests: it stands still until it is moved, and nobody waits."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def advance(self, seconds: float) -> None:
        """Move on by so many seconds."""
        self._now += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        self.advance(max(seconds, 0))
        await asyncio.sleep(0)

    def stretch(self, real_seconds: float) -> timedelta:
        return timedelta(seconds=real_seconds)


def clock_from_environment() -> Clock:
    """The clock that ``PARCELHUB_CLOCK`` names, or the machine's."""
    path = os.environ.get(VARIABLE)
    return FileClock(Path(path)) if path else RealClock()


def zone(name: str) -> tzinfo:
    """The time zone of this name. Raises ConfigError where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigError(
            "this machine does not know the time zone {name}: install time zone data ('pip install tzdata', "
            "or the system's package tzdata)",
            code="config.machine_not_know_time_zone",
            values={"name": name},
        ) from None


_shared: dict[str, Clock] = {}


def now() -> datetime:
    """The hub's time, aware and UTC. Take it and not `datetime.now`: with ``PARCELHUB_CLOCK`` the hub lives
    at another time, or faster."""
    path = os.environ.get(VARIABLE, "")
    if path not in _shared:
        _shared.clear()
        _shared[path] = clock_from_environment()
    return _shared[path].now()
