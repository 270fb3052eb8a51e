"""What the distributions of this repository say about themselves."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

import pytest

from tests.house.repository import ROOT, files, shown

PROJECTS = [path for path in files("pyproject.toml") if "tests" not in path.parts]
# Of those that bring somebody else's files along: the fonts of the labels.
LICENCES = {"plugins/labels": "MIT AND Bitstream-Vera AND Apache-2.0"}
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
    assert len(PROJECTS) >= 14


@pytest.mark.parametrize("path", PROJECTS, ids=shown)
def test_its_metadata_names_the_licence(path: Path) -> None:
    """As an SPDX expression (PEP 639): what tools read, where they found nothing before."""
    name = _project(path)["name"]
    assert _project(path)["license"] == LICENCES.get(shown(path.parent), "MIT")
    try:
        told = metadata(name)
    except PackageNotFoundError:
        pytest.fail(f"{name} is not installed: pip install -r requirements-dev.txt")
    assert told["License-Expression"].startswith("MIT"), f"{name} was installed before this: install it again"


@pytest.mark.parametrize("path", PROJECTS, ids=shown)
def test_it_brings_the_licence_along(path: Path) -> None:
    """A wheel goes where the repository does not, and the licence asks to be with it."""
    assert (path.parent / "LICENSE").read_text("utf-8") == (ROOT / "LICENSE").read_text("utf-8")
    patterns = _project(path)["license-files"]
    assert patterns[0] == "LICENSE"
    assert all(list(path.parent.glob(pattern)) for pattern in patterns)


@pytest.mark.parametrize("path", PROJECTS, ids=shown)
def test_it_says_the_same_of_itself_as_the_others(path: Path) -> None:
    """Who made it, where it lives, what it runs on: one answer for the whole repository."""
    project, core = _project(path), _project(ROOT / "pyproject.toml")
    for key in ("version", "requires-python", "authors", "urls", "classifiers", "readme"):
        assert project[key] == core[key], key
    assert len(project["description"]) > 20
    assert (path.parent / project["readme"]).is_file()


def test_the_pythons_are_the_ones_that_are_tried() -> None:
    """From ``requires-python`` on, and the licence stands in its own field (PEP 639), never a classifier."""
    core = _project(ROOT / "pyproject.toml")
    minors = [line.rpartition(" ")[2] for line in core["classifiers"] if "Python :: 3." in line]
    assert core["requires-python"] == f">={minors[0]}"
    assert not [line for line in core["classifiers"] if line.startswith("License")]


def test_the_newest_release_has_notes() -> None:
    """CHANGELOG.md begins with the version that the distributions have, and a day once it is out."""
    heads = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert heads[0].split()[0] == _project(ROOT / "pyproject.toml")["version"]
    for head in heads[1:]:
        assert re.fullmatch(r"\d+\.\d+\.\d+ \(\d{4}-\d\d-\d\d\)", head), head


@pytest.mark.parametrize("path", PROJECTS, ids=shown)
def test_its_dependencies_are_new_enough(path: Path) -> None:
    for line in _project(path).get("dependencies", []):
        name = line.split(">")[0].split("=")[0].strip()
        if name in FLOORS:
            floor = line.partition(">=")[2].partition(",")[0]
            assert tuple(int(part) for part in floor.split(".")) >= FLOORS[name], line


def test_the_licence_stands_in_the_repository() -> None:
    assert "MIT License" in (ROOT / "LICENSE").read_text("utf-8")
