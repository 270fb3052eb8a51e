"""Every kind of fault, met so often: nothing is paid for twice, nothing is lost, nothing hangs.

``pytest tests/faults/test_sweep.py --sweep 50`` is the long run; its counts are in
docs/explanation/reliability.md.
"""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from tests.faults.kinds import FAULTS
from tests.faults.sweep import Outcome, sweep

EACH = 10  # from so many on, each kind comes to its end before the next one begins


async def test_every_fault_is_borne(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = request.config.getoption("--sweep", 3)
    only = request.config.getoption("--fault", None)
    seed = request.config.getoption("--fault-seed", None)
    seed = random.SystemRandom().randrange(1 << 30) if seed is None else seed
    print(f"seed {seed}")
    begun = time.monotonic()
    findings: list[str] = []
    async with sweep(tmp_path, seed, monkeypatch) as at:
        met = {fault.name: Outcome() for fault in FAULTS if only is None or only in fault.name}
        for fault in FAULTS:
            if fault.name not in met:
                continue
            met[fault.name] = await at.meet(fault, times)
            print(f"{fault.name}: {met[fault.name].met} in {met[fault.name].seconds:.1f} s", flush=True)
            if times >= EACH:
                await at.end()
                findings += [f"{fault.name}: {one}" for one in at.audit()]
                print(f"{fault.name}: {at.ends(met[fault.name])}; {len(findings)} findings", flush=True)
        await at.end()
        findings += at.audit()
        for name, outcome in met.items():
            what = f"{len(outcome.numbers)} postings: {at.ends(outcome)}"
            print(f"{name}: met {outcome.met} times in {outcome.seconds:.1f} s; {what}")
            assert outcome.met >= times
    print(f"{time.monotonic() - begun:.0f} s; late commits beyond the settle time: {len(at.known_twice)}")
    assert findings == []
