"""What the distributions of this repository say about themselves."""

from __future__ import annotations

import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

import pytest

from tests.house.repository import ROOT, files, shown

PROJECTS = [path for path in files("pyproject.toml") if "tests" not in path.parts]
# Floors that keep releases with holes that are known out: the ones of 2026-11, when they were looked up.
FLOORS = {
    "cryptography": (46, 0, 5),
    "httpcore": (1,),
    "httptools": (0, 7),
    "httpx": (0, 28),
    "litestar": (2, 25),
    "lxml": (6,),
    "msgspec": (0, 20),
    "pillow": (12, 1),
    "pypdfium2": (5,),
    "reportlab": (4, 4),
    "uvicorn": (0, 50),
}


def _project(path: Path) -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))["project"]
    return project


def test_every_distribution_is_looked_at() -> None:
    assert len(PROJECTS) == 14


@pytest.mark.parametrize("path", PROJECTS, ids=shown)
def test_its_metadata_names_the_licence(path: Path) -> None:
    """As an SPDX expression (PEP 639): what tools read, where they found nothing before."""
    name = _project(path)["name"]
    assert _project(path)["license"] == "MIT"
    try:
        told = metadata(name)
    except PackageNotFoundError:
        pytest.fail(f"{name} is not installed: pip install -r requirements-dev.txt")
    assert told["License-Expression"] == "MIT", f"{name} was installed before this: install it again"


@pytest.mark.parametrize("path", PROJECTS, ids=shown)
def test_its_dependencies_are_new_enough(path: Path) -> None:
    for line in _project(path).get("dependencies", []):
        name = line.split(">")[0].split("=")[0].strip()
        if name in FLOORS:
            floor = line.partition(">=")[2].partition(",")[0]
            assert tuple(int(part) for part in floor.split(".")) >= FLOORS[name], line


def test_the_licence_stands_in_the_repository() -> None:
    assert "MIT License" in (ROOT / "LICENSE").read_text("utf-8")
