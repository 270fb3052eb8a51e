"""Plugins that end the process (rows 129, 130, 132 and 133 of the table of faults): whoever else ships, ships
on, and a person hears which work it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MOST_LIVES = 10


def _lives(home: Path, how: str) -> tuple[int, dict[str, Any]]:
    """How often it died before it lived to the end, and what was there then."""
    for life in range(MOST_LIVES):
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.ending", str(home), str(life), how],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        if done.returncode == 0:
            return life, json.loads(done.stdout.splitlines()[-1])
        assert done.returncode == 3, done.stderr[-2000:]
    raise AssertionError(f"it died {MOST_LIVES} times, and was not set aside")


@pytest.mark.parametrize("how", ["exit", "interrupt", "task"])
def test_what_a_plugin_raises_ends_no_process(tmp_path: Path, how: str) -> None:
    deaths, told = _lives(tmp_path, how)
    assert deaths == 0
    assert told["stages"]["other"] == "labelled"
    assert told["dead"] == [], "it is that carrier's failure: one that does not answer is asked again"


def test_work_that_kills_the_process_is_set_aside(tmp_path: Path) -> None:
    deaths, told = _lives(tmp_path, "die")
    assert 0 < deaths <= 8
    assert told["stages"]["other"] == "labelled"
    assert [kind for kind, _ in told["dead"]] == ["advance"]
    assert ["shop", "work_stopped"] in told["problems"]
    assert "work_set_aside" in told["checks"]


def test_labels_that_kill_the_process_are_set_aside(tmp_path: Path) -> None:
    deaths, told = _lives(tmp_path, "label")
    assert 0 < deaths <= 8
    assert told["stages"]["other"] == "labelled"
    assert [kind for kind, _ in told["dead"]] == ["labels"]
    assert ["shop", "work_stopped"] in told["problems"]


def test_a_start_up_hook_that_kills_the_process_is_left_out(tmp_path: Path) -> None:
    deaths, told = _lives(tmp_path, "startup")
    assert deaths == 3
    assert told["stages"] == {"shop": "labelled", "other": "labelled"}
    assert "plugin_ends_process" in told["checks"]
