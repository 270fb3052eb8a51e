"""Plugins that hang, block, raise what is no `Exception`, cancel themselves, or ask for more memory than
there is (rows 123 to 128 of the table of faults): whoever else ships, ships, and so do they when they
behave."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
EVERYBODY = {"hangs", "blocks", "raises", "cancels", "no_room", "too_much", "good"}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it bounds the memory of one process")


@pytest.fixture(scope="module")
def end(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What was there when all was over, in one process for all of them."""
    home = tmp_path_factory.mktemp("holding")
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.holding", str(home)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_everybody_ships(end: dict[str, Any]) -> None:
    assert end["stages"] == dict.fromkeys(EVERYBODY, "labelled")
    assert end["dead"] == []


def test_nobody_pays_twice(end: dict[str, Any]) -> None:
    """Each did its worst when its first order was made already."""
    assert end["orders"] == dict.fromkeys(EVERYBODY, 1) | dict.fromkeys({"blocks", "good"}, 2)
    assert {name: count for name, count in end["asked"].items() if name.endswith(" book") and count > 1} == {
        "blocks book": 2,
        "good book": 2,
    }


@pytest.mark.parametrize("how", sorted(EVERYBODY - {"blocks", "good"}))
def test_a_person_hears_of_who_does_it_always(end: dict[str, Any], how: str) -> None:
    assert end["told"][how] == [["2-1", "no_quotes"]]
    assert end["asked"][f"{how} Tver"] < 60, "it is asked again now and then, not in a circle"


def test_who_is_only_slow_needs_nobody(end: dict[str, Any]) -> None:
    assert end["told"]["blocks"] == end["told"]["good"] == []
