"""The clock file that the hub and the emulators live by (``PARCELHUB_CLOCK``), and changing its gear."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

PACKING = 3600.0
"""1 s = 1 h."""
COUNTER = 60.0
"""1 s = 1 min."""
ROAD = 43200.0
"""1 s = 12 h."""


class Gears:
    """Virtual now = start + (real now - epoch) * speed."""

    def __init__(self, path: Path, start: datetime, speed: float) -> None:
        self.path = path
        self._start, self._epoch, self.speed = start, time.time(), speed
        self._write()

    def now(self) -> datetime:
        """Virtual time, UTC."""
        return self._start + timedelta(seconds=(time.time() - self._epoch) * self.speed)

    def shift(self, speed: float) -> None:
        """Go on from the same moment at another speed."""
        self._start, self._epoch, self.speed = self.now(), time.time(), speed
        self._write()

    @property
    def words(self) -> str:
        """``1 s = 1 h``."""
        hours = self.speed / 3600
        return f"1 s = {hours:g} h" if hours >= 1 else f"1 s = {self.speed / 60:g} min"

    def _write(self) -> None:
        gear = {
            "epoch": self._epoch,
            "start": self._start.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "speed": self.speed,
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
