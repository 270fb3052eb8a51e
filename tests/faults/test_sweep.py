"""Every kind of fault, met so often: nothing is paid for twice, nothing is lost, nothing hangs.

``pytest tests/faults/test_sweep.py --sweep 50`` is the long run; its counts are in
docs/explanation/reliability.md. There each kind has a hub of its own; CI has one hub bear them all,
twice each, and the test command alone some of them.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.faults.forms import form
from tests.faults.kinds import FAULTS, Fault
from tests.faults.sweep import sweep

EACH = 10  # from so many on, each kind has its own hub


async def test_every_fault_is_borne(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, fault_seed: int
) -> None:
    times = form(request).sweep
    only = request.config.getoption("--fault", "")
    begun = time.monotonic()
    faults = [fault for fault in FAULTS if re.search(only, fault.name)]
    if (share := form(request).kinds) > 1:
        faults = random.Random(fault_seed).sample(faults, len(faults) // share)
    runs = [[fault] for fault in faults] if times >= EACH else [faults]
    findings: list[str] = []
    for number, run in enumerate(runs):
        with monkeypatch.context() as patch:
            findings += await _borne(tmp_path / str(number), run, times, fault_seed + number, patch)
    print(f"{len(faults)} kinds in {time.monotonic() - begun:.0f} s, {len(findings)} findings")
    assert findings == []


async def _borne(
    home: Path, faults: Sequence[Fault], times: int, seed: int, patch: pytest.MonkeyPatch
) -> list[str]:
    """Have one hub bear these kinds; returns what the auditor finds."""
    async with sweep(home, seed, patch) as at:
        met = [await at.meet(fault, times) for fault in faults]
        await at.end()
        findings = at.audit()
        for fault, outcome in zip(faults, met, strict=True):
            ends = f"{len(outcome.numbers)} postings: {at.ends(outcome)}"
            print(f"{fault.name}: met {outcome.met} times in {outcome.seconds:.1f} s; {ends}", flush=True)
            assert outcome.met >= times
    for reference in sorted(at.known_twice):
        print(f"landed after the settle time, and a person was told: {reference}")
    return findings
