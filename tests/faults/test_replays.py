"""Every row of the table of faults is replayed by a test that exists, and no number is missing."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.faults.evil.replays import EVIL, REPLAYS, numbers
from tests.faults.test_evil import CASES

ROOT = Path(__file__).parents[2]
ROWS = 135


@cache
def _tests_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(one.name for one in tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))


def test_every_number_is_there_once() -> None:
    assert [number for row in REPLAYS for number in numbers(row)] == list(range(1, ROWS + 1))


@pytest.mark.parametrize("row", REPLAYS, ids=lambda row: f"{row.first}-{row.last}")
def test_what_replays_it_exists(row: object) -> None:
    found = next(one for one in REPLAYS if one is row)
    assert found.by
    assert found.words
    for by in found.by:
        if by == EVIL:
            continue
        path, _, name = by.partition("::")
        assert name in _tests_in(path), f"{by} is gone"


def test_the_evil_vendor_plays_all_of_its_rows() -> None:
    said = {number for row in REPLAYS if EVIL in row.by for number in numbers(row)}
    played = {int(case.rows) for case in CASES if case.rows.isdecimal()} - {0}
    assert played == said


def test_no_row_of_the_trial_is_missing(shared: Path) -> None:
    table = shared / "trials" / "faults.md"
    rows = re.findall(r"^\| (\d+)(?:-(\d+))? \|", table.read_text(encoding="utf-8"), re.MULTILINE)
    there = {n for first, last in rows for n in range(int(first), int(last or first) + 1)}
    assert there == {number for row in REPLAYS for number in numbers(row)}
