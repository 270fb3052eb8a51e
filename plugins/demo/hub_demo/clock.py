"""The time that the hub and the emulators live by (``PARCELHUB_CLOCK``).

It hardly runs, and it is moved on when nobody has anything left to do. So the day goes by what has happened:
a machine that is ten times slower sees the same hours, and no deadline passes because it was slow.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

SPEED = 10.0
"""Virtual seconds a second between two moves: what a program waits for in the middle of its work comes soon,
and an hour of work costs no more than ten of the thirty hours that buyers were promised."""


class Clock:
    """Virtual now = start + (real now - epoch) * speed."""

    def __init__(self, path: Path, start: datetime) -> None:
        self.path = path
        self._start, self._epoch = start, time.time()
        self._write()

    def now(self) -> datetime:
        """Virtual time, UTC."""
        return self._start + timedelta(seconds=(time.time() - self._epoch) * SPEED)

    def move_to(self, moment: datetime) -> None:
        """It is ``moment`` now, for everybody who reads the file. Time never goes back."""
        self._start, self._epoch = max(moment, self.now()), time.time()
        self._write()

    def _write(self) -> None:
        gear = {
            "epoch": self._epoch,
            "start": self._start.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "speed": SPEED,
        }
        fresh = self.path.with_suffix(".new")
        fresh.write_bytes(msgspec.json.encode(gear))
        for attempt in range(50):
            try:
                os.replace(fresh, self.path)
                return
            except PermissionError:  # Windows: somebody reads it at this very moment
                if attempt == 49:
                    raise
                time.sleep(0.01)
