"""Gives birth to workers: everything is imported once, and each line on standard input forks a worker.

``go``: a plain one. ``record FILE``: one that notes every point that it passes. ``die N POINT``: one that
dies when it comes to that point for the N-th time. It answers each line with the worker's process id.
The real waits are shortened for the run (a call's deadline and a worker's lease), as the clock is made fast.
Run: ``python -m tests.faults.zygote HOME``.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sqlite3
import sys
from pathlib import Path

from hub.flow import app as hub_app
from hub.flow import steps  # noqa: F401  (before the fork)
from hub.flow.documents import labelling  # noqa: F401  (before the fork)
from hub.flow.handover import declaring as handover  # noqa: F401  (before the fork)
from hub.flow.intake import postings as intake  # noqa: F401  (before the fork)
from hub.flow.journal import limits
from hub.flow.tracking import events as tracking  # noqa: F401  (before the fork)
from hub.jobs import worker
from hub.jobs.worker import Worker
from hub.store import database
from tests.faults import points
from tests.faults.plant import open_app

DEADLINE = 2.0
LEASE = 0.4


async def _work(home: Path) -> None:
    app = open_app(home)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    try:
        await Worker(app).run(stop)
    finally:
        await app.aclose()


def _weaken(mode: str) -> None:
    """A database that promises less than the hub's: the test of power cuts has to notice."""
    prepare = database.prepare

    def weaker(connection: sqlite3.Connection) -> None:
        prepare(connection)
        connection.execute(f"PRAGMA synchronous={mode}")

    database.prepare = weaker
    # The counter beside the database would tell that commits are gone: the hub would look before it books.
    hub_app.examine = lambda store, now: None


def main() -> None:
    home = Path(sys.argv[1])
    limits.DEADLINE = DEADLINE
    worker._LEASE = LEASE
    if mode := os.environ.get("FAULTS_SYNCHRONOUS"):
        _weaken(mode)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.freeze()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            points.arm(line.strip())
            sys.stdin.close()
            asyncio.run(_work(home))
            os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main()
