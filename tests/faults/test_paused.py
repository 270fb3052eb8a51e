"""A worker that is stopped for longer than its lease, and wakes up, changes nothing that is another's now."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock, Timeout

from tests.faults.forms import form
from tests.faults.kills import Run, plant
from tests.faults.plant import CLASSES

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="it stops processes by signal")


def test_a_worker_that_wakes_up_late_changes_nothing(
    tmp_path: Path, request: pytest.FixtureRequest, fault_seed: int
) -> None:
    with plant(tmp_path, fault_seed) as run:
        run.faults(beyond=0)
        for _ in range(form(request).pauses):
            asyncio.run(run.order([name for name in CLASSES if name != "none"] * 8))
            sleeper = run.worker()
            _stop(run, sleeper)
            taken_over = run.worker()
            assert run.done(), f"{run.left()} postings do not end: {run.standing()}"
            run.stop(taken_over)
            before = _facts(run)
            os.kill(sleeper, signal.SIGCONT)
            time.sleep(1.0)
            assert _facts(run) == before
            run.stop(sleeper)
        audit = run.audit()
    assert audit.findings == []


def _stop(run: Run, process: int) -> None:
    """Stop it at a random moment, but not inside a commit: whoever stops there holds up everybody."""
    lock = FileLock(run.home / "hub.sqlite.lock")
    while True:
        time.sleep(run.dice.uniform(0.15, 0.6))
        os.kill(process, signal.SIGSTOP)
        try:
            lock.acquire(timeout=0.1)
        except Timeout:
            os.kill(process, signal.SIGCONT)
            continue
        lock.release()
        return


def _facts(run: Run) -> list[Any]:
    """What costs money: the bookings and shipments here, the orders there."""
    tables = sqlite3.connect(f"file:{run.home / 'hub.sqlite'}?mode=ro", uri=True)
    try:
        here: list[Any] = tables.execute(
            "SELECT id, state, sends, external_id FROM operations WHERE kind = 'book' ORDER BY id"
        ).fetchall()
        here += tables.execute("SELECT id, state, carrier_id FROM shipments ORDER BY id").fetchall()
    finally:
        tables.close()
    there = [(one["number"], one["posted"]) for name in CLASSES for one in run.truth(name)["shipments"]]
    return here + there
