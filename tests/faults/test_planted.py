"""Is the harness worth anything? Bugs are planted, one at a time, and it has to notice.

The patches were written by somebody who has not seen the tests. ``--planted`` plants them all, which takes a
quarter of an hour; CI plants the one that costs a second order most plainly.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATCHES = sorted((Path(__file__).parent / "planted").glob("*.patch"))
QUICK = [
    "tests/flow/test_journal.py",
    "tests/flow/test_labelling.py",
    "tests/flow/test_worker.py",
    "tests/flow/test_restore.py",
    "tests/core/test_calls.py",
    "tests/core/test_pace.py",
    "tests/store",
]
SLOW = {"22-synchronous-normal": ["tests/faults/test_power.py"]}
"""Bugs that only a run of faults can notice."""

pytestmark = pytest.mark.skipif(shutil.which("patch") is None, reason="there is no patch command")


def notices(patch: Path, folder: Path) -> bool:
    """Whether the harness fails with this bug in a copy of the hub."""
    copy = folder / patch.stem
    for name in ("hub", "tests"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    subprocess.run(["patch", "-s", "-p1", "-i", patch], cwd=copy, check=True)
    tests = SLOW.get(patch.stem, QUICK)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": str(copy)},
        capture_output=True,
        timeout=400,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout.decode()[-2000:]
    return done.returncode == 1


def test_planted_bugs_are_noticed(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    assert len(PATCHES) >= 20
    everything = request.config.getoption("--planted", False)
    patches = PATCHES if everything else [patch for patch in PATCHES if patch.stem == "10-none-sent-again"]
    missed = [patch.stem for patch in patches if not notices(patch, tmp_path)]
    print(f"{len(patches) - len(missed)} of {len(patches)} noticed; missed: {missed}")
    if everything:
        assert len(patches) - len(missed) >= 19
    else:
        assert missed == []
