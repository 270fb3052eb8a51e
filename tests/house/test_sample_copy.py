"""`plugins/sample` is copied and renamed (docs/how-to/write-a-carrier.md): what is copied stands alone."""

from __future__ import annotations

import inspect
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import hub_sample

from tests.house.repository import ROOT

SAMPLE = ROOT / "plugins/sample"


def test_it_stays_small_enough_to_be_copied() -> None:
    assert len(inspect.getsource(hub_sample).splitlines()) <= 80


def test_what_its_tests_need_is_asked_for() -> None:
    project = tomllib.loads((SAMPLE / "pyproject.toml").read_text("utf-8"))["project"]
    dev = " ".join(project["optional-dependencies"]["dev"])
    assert all(name in dev for name in ("pytest>=", "pytest-asyncio>=", "parcelhub-emulators=="))


def test_the_contract_suite_of_a_copy_passes(tmp_path: Path) -> None:
    """Elsewhere, with no settings of this repository above it."""
    copy = tmp_path / "acme"
    shutil.copytree(SAMPLE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    (copy / "hub_sample").rename(copy / "hub_acme")
    for file in (*copy.rglob("*.py"), copy / "pyproject.toml"):
        text = file.read_text("utf-8").replace("hub_sample", "hub_acme").replace("Sample", "Acme")
        file.write_text(text, encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_contract.py"],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert " passed" in ran.stdout
