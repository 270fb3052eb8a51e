"""The virtual clock: virtual now = start + (real now - epoch) * speed.

The gear (epoch, start, speed) comes from the JSON file named by ``PARCELHUB_CLOCK``::

    {"epoch": 1790000000.0, "start": "2026-11-23T06:00:00Z", "speed": 3600.0}

The file may be replaced atomically while emulators run; it is read again when its mtime or size changes.
"""

import asyncio
import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

CLOCK_VARIABLE = "PARCELHUB_CLOCK"

# How long a sleeper may overlook a change of gear, in real seconds.
_GEAR_CHECK = 0.1


class Gear(msgspec.Struct, frozen=True):
    """Epoch in unix seconds, start as an aware UTC time, speed in virtual seconds per real second."""

    epoch: float
    start: datetime
    speed: float


class Clock:
    """Virtual time. ``Clock()`` is real time; see ``from_env`` and ``fixed_speed`` for the others."""

    def __init__(self, gear: Gear | None = None, path: Path | None = None) -> None:
        self._gear = gear or Gear(0.0, datetime.fromtimestamp(0, UTC), 1.0)
        self._path = path
        self._seen: tuple[int, int] | None = None
        if path is not None:
            self._reload()

    @classmethod
    def from_env(cls) -> "Clock":
        """The clock of the file that PARCELHUB_CLOCK names, or real time where it names none."""
        path = os.environ.get(CLOCK_VARIABLE)
        return cls(path=Path(path)) if path else cls()

    @classmethod
    def fixed_speed(cls, speed: float, start: datetime | None = None) -> "Clock":
        """A clock that begins at ``start`` (default: now) and runs ``speed`` times as fast as real time."""
        return cls(Gear(time.time(), start or datetime.now(UTC), speed))

    @property
    def speed(self) -> float:
        return self._current().speed

    def now(self) -> datetime:
        """Virtual time, aware UTC."""
        gear = self._current()
        return gear.start + timedelta(seconds=(time.time() - gear.epoch) * gear.speed)

    async def sleep(self, virtual_seconds: float) -> None:
        """Sleep until that much virtual time has passed, whatever the gear does meanwhile."""
        until = self.now() + timedelta(seconds=virtual_seconds)
        while (left := (until - self.now()).total_seconds()) > 0:
            speed = self.speed
            real = left / speed if speed > 0 else _GEAR_CHECK
            await asyncio.sleep(min(real, _GEAR_CHECK) if self._path else real)

    def _current(self) -> Gear:
        if self._path is not None:
            self._reload()
        return self._gear

    def _reload(self) -> None:
        assert self._path is not None
        try:
            stat = self._path.stat()
            if (stat.st_mtime_ns, stat.st_size) == self._seen:
                return
            gear = msgspec.json.decode(self._path.read_bytes(), type=Gear)
        except (OSError, msgspec.DecodeError):
            if self._seen is None:
                raise
            return  # caught in the middle of a replacement: the old gear holds until the next look
        if gear.start.tzinfo is None:
            raise ValueError(f"{self._path}: start must carry a time zone")
        self._gear, self._seen = gear, (stat.st_mtime_ns, stat.st_size)


class ManualClock(Clock):
    """A clock that stands still until it is moved: tests need no sleeping."""

    def __init__(self, start: datetime | None = None) -> None:
        super().__init__()
        self._now = start or datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
        self._lock = threading.Lock()

    @property
    def speed(self) -> float:
        return 0.0

    def now(self) -> datetime:
        return self._now

    def advance(self, seconds: float) -> datetime:
        """Move time forward; safe from any thread."""
        if seconds < 0:
            raise ValueError("time does not run backwards")
        with self._lock:
            self._now += timedelta(seconds=seconds)
            return self._now

    async def sleep(self, virtual_seconds: float) -> None:
        until = self.now() + timedelta(seconds=virtual_seconds)
        while self.now() < until:  # noqa: ASYNC110 - moved from another thread, no event to wait for
            await asyncio.sleep(0.005)
