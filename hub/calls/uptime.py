"""A clock that only grows, for what must not depend on the time of day."""

from __future__ import annotations

import time


def uptime() -> float:
    """Seconds that also pass while the machine sleeps or the process is stopped."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


__all__ = ["uptime"]
