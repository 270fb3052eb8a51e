"""How many connections this process may have open, and what happens where there are too many."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from typing import Any

log = logging.getLogger("hub.web")

AT_ONCE = 64
"""So many connections asyncio takes at a time, and so often it tries in vain where it can take none: for each
failure it plans another try."""
_OFTEN = 60.0  # real seconds between two lines that say the same


def raise_limit() -> int:
    """Let this process open as many files as the system allows it; returns how many."""
    if sys.platform == "win32":
        return 0
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        wanted = 65_536 if hard == resource.RLIM_INFINITY else hard
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
        except (ValueError, OSError):  # a system that takes less than it says
            return soft
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


class Complaints:
    """asyncio's complaints, with one line a minute where no connection can be taken: CPython up to 3.12
    tries as often as the backlog is long, and tells each failure with its traceback (sixty thousand in
    five seconds).
    """

    def __init__(self) -> None:
        self._told = float("-inf")

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        message = str(context.get("message", ""))
        if "_start_serving" in message and isinstance(context.get("exception"), ValueError):
            return  # a try that was planned meanwhile, and the server has stopped since
        if "out of system resource" not in message:
            loop.default_exception_handler(context)
            return
        now = time.monotonic()
        if now - self._told >= _OFTEN:
            self._told = now
            log.error(
                "no connection can be taken: too many files and connections are open. Raise the limit "
                "('ulimit -n 4096', or LimitNOFILE=4096 of the service)"
            )


__all__ = ["Complaints", "raise_limit"]
