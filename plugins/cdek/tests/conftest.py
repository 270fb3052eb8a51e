"""CDEK's recorded answers and published tables, where they are at hand."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import cdek_api
import pytest

ReadOrder = Callable[[str], cdek_api.Order]
ReadTable = Callable[[str], list[dict[str, str]]]


@pytest.fixture(scope="session")
def recorded_order(shared: Path) -> ReadOrder:
    def read(name: str) -> cdek_api.Order:
        case = json.loads((shared / "fixtures" / "cdek" / f"{name}.json").read_bytes())
        return cdek_api.decode_order(json.dumps(case["response"]).encode())

    return read


@pytest.fixture(scope="session")
def table(shared: Path) -> ReadTable:
    def read(name: str) -> list[dict[str, str]]:
        with (shared / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return read
