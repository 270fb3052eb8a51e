"""How long the fault runs are: short where all tests are run, longer in CI (``--faults ci``), and as long as
somebody has time for by the options of each run (docs/explanation/reliability.md)."""

from __future__ import annotations

from typing import NamedTuple

import pytest


class Form(NamedTuple):
    """How often each run does what it does."""

    kills: int
    batch: int
    """Postings that are ordered at once among the kills."""
    points: int
    """One of so many deaths is tried."""
    pauses: int
    cuts: int
    machine: int
    """Examples for each class of carriers."""
    planted: int
    sweep: int
    """How often each kind of fault is met."""
    kinds: int
    """One of so many kinds is met."""


FORMS = {
    "short": Form(kills=8, batch=32, points=40, pauses=1, cuts=2, machine=3, planted=1, sweep=1, kinds=3),
    "ci": Form(kills=60, batch=200, points=6, pauses=4, cuts=6, machine=7, planted=3, sweep=2, kinds=1),
}


def form(request: pytest.FixtureRequest) -> Form:
    """What the options ask for; where tests run without these, the short one."""
    config = request.config
    found = FORMS[config.getoption("--faults", "short")]
    asked = {name: config.getoption(f"--{name}", None) for name in ("kills", "machine", "sweep")}
    found = found._replace(**{name: number for name, number in asked.items() if number is not None})
    if asked["sweep"] or config.getoption("--fault", ""):
        found = found._replace(kinds=1)
    if config.getoption("--all-points", False):
        found = found._replace(points=1)
    return found._replace(batch=max(found.batch, FORMS["ci"].batch if found.kills >= 60 else 0))


__all__ = ["FORMS", "Form", "form"]
