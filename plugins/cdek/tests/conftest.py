"""CDEK's recorded answers and published tables, where they are at hand."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable
from pathlib import Path

import cdek_api
import pytest

ReadOrder = Callable[[str], cdek_api.Order]
ReadTable = Callable[[str], list[dict[str, str]]]


@pytest.fixture(scope="session")
def shared() -> Path:
    """Skips where the folder is absent, unless PARCELHUB_REQUIRE_SHARED=1 makes that a failure."""
    folder = Path(os.environ.get("PARCELHUB_SHARED") or Path(__file__).resolve().parents[4] / "shared")
    if not (folder / "fixtures" / "cdek").is_dir():
        message = f"no recorded answers at {folder}: set PARCELHUB_SHARED"
        if os.environ.get("PARCELHUB_REQUIRE_SHARED") == "1":
            pytest.fail(message, pytrace=False)
        pytest.skip(message)
    return folder


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
