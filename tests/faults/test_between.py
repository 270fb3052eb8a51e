"""Somebody between the hub and its own plugins' vendors: whatever becomes of an answer, there is one order
for a posting or a person knows, nothing is an error in a program, and the next posting goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.flow.journal import limits
from tests.faults.evil.gateways import Gate, gates
from tests.faults.evil.lines import CARRIERS, Line, line


async def _met(at: Line, carrier: str, gate: Gate) -> str:
    """One case; returns what is wrong."""
    between = at.between[carrier]
    if gate.before:
        await at.order(carrier)
        await at.at.pass_time(600, news=False)
    between.bent = 0
    for door, bends in gate.meets.items():
        between.next[door].extend(bends)
    between.always.update(gate.always)
    number = await at.order(carrier)
    await at.at.pass_time(gate.hours * 3600, news=False)
    between.next.clear()
    between.always.clear()
    found = at.found(number)
    await at.follow_no_more()
    if not between.bent:
        return "it was not met"
    if found.wrong and not (gate.twice and found.told):
        return found.wrong
    if set(found.told) != gate.told:
        return f"told {sorted(found.told)}, {found.stage}"
    return ""


@pytest.mark.parametrize("carrier", CARRIERS)
async def test_the_hubs_own_carriers(carrier: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DEADLINE", 2.0)
    wrong: dict[str, str] = {}
    async with line(tmp_path, monkeypatch) as at:
        for gate in gates(carrier):
            if what := await _met(at, carrier, gate):
                wrong[gate.name] = what
        assert wrong == {}
        assert at.errors.seen == []
