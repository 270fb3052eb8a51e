"""Options of the fault runs: their long forms are run by hand."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("faults")
    group.addoption("--kills", type=int, default=100, help="how often the worker is killed")
    group.addoption("--fault-seed", type=int, default=None, help="repeat the run of this seed")
    group.addoption(
        "--all-points", action="store_true", help="die at every named point, not at a sixth of them"
    )
    group.addoption(
        "--machine", type=int, default=None, help="examples of the state machine for each class of carriers"
    )
    group.addoption("--planted", action="store_true", help="plant every bug, not one")
    group.addoption("--sweep", type=int, default=3, help="how often each kind of fault is met")
    group.addoption("--fault", default="", help="only the kinds of the sweep that this pattern finds")
