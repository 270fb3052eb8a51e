"""Options of the fault runs. Their long forms are run by hand."""

from __future__ import annotations

import random

import pytest

from tests.faults.forms import FORMS

SEED = 340437900


def _seed(text: str) -> int:
    return random.SystemRandom().randrange(1 << 30) if text == "new" else int(text)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("faults")
    group.addoption(
        "--faults",
        choices=sorted(FORMS),
        default="short",
        help="how long the runs are: tests/faults/forms.py",
    )
    group.addoption("--kills", type=int, default=None, help="how often the worker is killed")
    group.addoption("--fault-seed", type=_seed, default=SEED, help="what is drawn; new: another each time")
    group.addoption("--all-points", action="store_true", help="die at every named point, not at some of them")
    group.addoption(
        "--machine", type=int, default=None, help="examples of the state machine for each class of carriers"
    )
    group.addoption("--planted", action="store_true", help="plant every bug, not some")
    group.addoption("--sweep", type=int, default=None, help="how often every kind of fault is met")
    group.addoption(
        "--guessed", type=int, default=1, help="postings of each carrier, each way a guess may go"
    )
    group.addoption("--fault", default="", help="only the kinds of the sweep that this pattern finds")


@pytest.fixture
def fault_seed(request: pytest.FixtureRequest) -> int:
    """What the runs draw by: the same each time, said where a test fails, and another by ``--fault-seed``."""
    seed: int = request.config.getoption("--fault-seed", SEED)
    print(f"seed {seed}")
    return seed
