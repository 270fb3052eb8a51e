"""0 duplicates and 0 lost, however often the worker is killed.

``pytest tests/faults/test_kills.py --kills 1000`` is the long run; its figures are in
docs/explanation/reliability.md.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.faults.forms import form
from tests.faults.kills import random_kills
from tests.faults.plant import CLASSES

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="it kills by signal and forks")


def test_a_worker_killed_at_any_moment_pays_once(
    tmp_path: Path, request: pytest.FixtureRequest, fault_seed: int
) -> None:
    kills = form(request).kills
    report = random_kills(tmp_path, kills=kills, batch=form(request).batch, seed=fault_seed)
    print(report)
    assert report.findings == []
    assert report.kills >= kills
    # Only kills that met a booking between sending and confirmed count; their share depends on the machine.
    assert report.hit.total() >= kills * 0.1, f"too few kills met a booking: {report.hit}"
    of_each = kills * 0.05 if kills >= 500 else 1  # a few of them say no more than that it was met at all
    assert all(report.hit[name] >= of_each for name in CLASSES), report.hit
