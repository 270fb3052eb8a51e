"""Nothing that is committed points out of the repository: a clone is whole on every machine."""

from __future__ import annotations

import subprocess

import pytest

from tests.house.repository import ROOT


def test_no_link_and_no_environment_is_committed() -> None:
    """A committed ``.venv`` that links to somebody's folder breaks the README's first command."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone")
    listed = subprocess.run(
        ["git", "ls-files", "-s"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert listed
    assert [line for line in listed if line.startswith("120000") or "\t.venv" in line] == []
