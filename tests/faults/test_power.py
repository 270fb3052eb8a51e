"""The power goes: what was not synced is gone. Nothing that the hub counted on may be among it."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.faults.auditor import Audit
from tests.faults.forms import FORMS, form
from tests.faults.kills import Run, plant

SHIM = Path(__file__).with_name("durable.c")
FILES = ("hub.sqlite", "hub.sqlite-wal")
_PATIENCE = 15  # virtual minutes

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the shim is for Linux"),
    pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler to build the shim with"),
]


@pytest.fixture
def shim(tmp_path: Path) -> str:
    made = tmp_path / "durable.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", made, SHIM, "-ldl"], check=True)
    return str(made)


def test_a_power_cut_loses_nothing(
    tmp_path: Path, shim: str, request: pytest.FixtureRequest, fault_seed: int
) -> None:
    audit = _cuts(tmp_path / "full", fault_seed, {"LD_PRELOAD": shim}, form(request).cuts)
    assert audit.findings == []


def test_a_weaker_promise_of_the_database_is_noticed(tmp_path: Path, shim: str, fault_seed: int) -> None:
    """Not each cut meets a booking that was not synced yet: fewer of them would not always find one."""
    weaker = {"LD_PRELOAD": shim, "FAULTS_SYNCHRONOUS": "NORMAL"}
    audit = _cuts(tmp_path / "normal", fault_seed, weaker, FORMS["ci"].cuts)
    assert audit.findings != []


def _cuts(home: Path, seed: int, environment: dict[str, str], cuts: int) -> Audit:
    """Cut the power so often while parcels are booked; then let it end."""
    home.mkdir()
    with plant(home, seed, workers=environment) as run:
        run.faults(beyond=0)
        asyncio.run(run.order(["lookup", "unique_ref", "key"] * 25))
        for _ in range(cuts):
            _all_durable(home)
            process = run.worker()
            time.sleep(run.dice.uniform(0.6, 1.3))
            run.kill(process)
            _cut(home)
        run.calm()
        _end(run)
        audit = run.audit()
    print(f"{cuts} cuts, {len(audit.findings)} findings")
    return audit


def _all_durable(home: Path) -> None:
    """Everything that was written before has reached the disk."""
    for name in FILES:
        kept = home / f"{name}.durable"
        kept.unlink(missing_ok=True)
        if (home / name).exists():
            shutil.copyfile(home / name, kept)


def _cut(home: Path) -> None:
    """Go back to what was synced. The files stay the ones that they are, of the same time: others in their
    place would be a copy that somebody put back, and the hub notices that."""
    assert (home / "hub.sqlite-wal.durable").exists(), "the shim has seen no fsync"
    for name in FILES:
        now, kept = home / name, home / f"{name}.durable"
        if not kept.exists():
            now.unlink(missing_ok=True)
            continue
        if not now.exists():
            now.touch()
        was = now.stat()
        shutil.copyfile(kept, now)  # into the same file
        os.utime(now, ns=(was.st_atime_ns, was.st_mtime_ns))
    (home / "hub.sqlite-shm").unlink(missing_ok=True)


def _end(run: Run) -> None:
    """Until all is done; or nothing more is done for a quarter of an hour of virtual time: what a weaker
    promise has lost does not come back."""
    process = run.worker()
    quiet = 0
    while run.left() and quiet < _PATIENCE:
        before = run.moved()
        run.skip(60)
        quiet = 0 if run.moved() != before else quiet + 1
    run.skip(240)
    run.stop(process)
