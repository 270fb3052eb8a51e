"""Whoever acts knows every kind of problem, in whatever order the modules are loaded."""

from __future__ import annotations

import subprocess
import sys

import pytest

_ALL = """
import {module}
from hub.flow.problems.kinds import all_kinds, blocking
known = {{one.code for one in all_kinds()}}
from hub.flow import questions
later = {{one.code for one in all_kinds()}} - known
print(sorted(later), "outage_unknown" in known, len(blocking("book")) > 3)
"""


@pytest.mark.parametrize("module", ["hub.flow.steps", "hub.flow.answering", "hub.flow.health.doctor"])
def test_a_step_and_an_answer_know_every_kind(module: str) -> None:
    """A kind that nobody has loaded blocks nothing, and takes no answer but 'dismiss'."""
    done = subprocess.run(
        [sys.executable, "-c", _ALL.format(module=module)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[] True True\n"
