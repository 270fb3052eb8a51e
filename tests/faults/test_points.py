"""The worker dies at every named point, the first and the second time that it comes there; nothing is paid
twice.

Some of the deaths are tried, drawn by ``--fault-seed`` (CI: a sixth); ``--all-points`` takes all.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from tests.faults.forms import form
from tests.faults.kills import Run, alive, plant

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="it kills by signal and forks")

CARRIERS = ["lookup", "unique_ref", ""]
SPEED = 600.0
PATIENCE = 60.0


def test_it_may_die_at_any_point(tmp_path: Path, request: pytest.FixtureRequest, fault_seed: int) -> None:
    share = form(request).points
    with plant(tmp_path, fault_seed, SPEED) as run:
        points = _points(run, tmp_path)
        assert len(points) > 30
        tries = [(point, number) for point in points for number in (1, 2)]
        tries = run.dice.sample(tries, len(tries) // share) if share > 1 else tries
        died = sum(_die(run, point, number) for point, number in tries)
        audit = run.audit()
        print(f"{len(points)} points, {len(tries)} tries, {died} deaths")
    assert audit.findings == []
    assert audit.known_twice == []
    assert died >= int(len(tries) * 0.6)  # some points are passed once only, or in another order


def _points(run: Run, folder: Path) -> list[str]:
    """Every point that a worker passes on the way of a batch, in the order of first passing."""
    notes = folder / "points.txt"
    asyncio.run(run.order(CARRIERS))
    process = run.worker(f"record {notes}")
    assert run.done(PATIENCE), f"{run.left()} postings do not end: {run.standing()}"
    run.stop(process)
    return list(dict.fromkeys(notes.read_text("utf-8").splitlines()))


def _die(run: Run, point: str, number: int) -> bool:
    """A batch whose first worker dies at the point, and whose second one ends it."""
    asyncio.run(run.order(CARRIERS))
    process = run.worker(f"die {number} {point}")
    run.done(PATIENCE, process)
    died = not alive(process)
    if not died:
        run.stop(process)
    process = run.worker()
    assert run.done(PATIENCE), f"{run.left()} do not end after death {number} at {point}: {run.standing()}"
    run.stop(process)
    return died
