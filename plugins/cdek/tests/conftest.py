"""CDEK's recorded answers and published tables, where they are at hand."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import cdek_api
import pytest
from adapters.cdek.tests.bodies import BODIES
from tests.material import shared_folder

ReadOrder = Callable[[str], cdek_api.Order]
ReadTable = Callable[[str], list[dict[str, str]]]


@pytest.fixture(scope="session")
def recorded_order() -> ReadOrder:
    """An order as CDEK was recorded to give it, where the recordings are; else as we made it up."""
    shared = shared_folder()

    def read(name: str) -> cdek_api.Order:
        body = BODIES[name]
        if shared is not None:
            body = json.loads((shared / "fixtures" / "cdek" / f"{name}.json").read_bytes())["response"]
        return cdek_api.decode_order(json.dumps(body).encode())

    return read


@pytest.fixture(scope="session")
def table(shared: Path) -> ReadTable:
    def read(name: str) -> list[dict[str, str]]:
        with (shared / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return read
