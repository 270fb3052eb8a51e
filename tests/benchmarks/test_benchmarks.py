"""Each benchmark still runs. What it measures is no test: times depend on what else the machine does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SCRIPTS = sorted(path.stem for path in HERE.glob("*.py") if path.stem not in ("test_benchmarks", "vendors"))


def test_all_are_found() -> None:
    assert {"flow", "http_door", "intake", "labels", "polling", "service", "store"} <= set(SCRIPTS)


def test_readme_names_each() -> None:
    text = (HERE / "README.md").read_text(encoding="utf-8")
    assert [name for name in SCRIPTS if f"python tests/benchmarks/{name}.py" not in text] == []


@pytest.mark.parametrize("name", SCRIPTS)
def test_runs(name: str, request: pytest.FixtureRequest) -> None:
    if name == "service" and not sys.platform.startswith("linux"):
        pytest.skip("it reads /proc")
    if name == "intake":
        request.getfixturevalue("shared")  # it multiplies a recorded page
    done = subprocess.run(
        [sys.executable, "-X", "utf8", str(HERE / f"{name}.py"), "--tiny"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert any(character.isdigit() for character in done.stdout), done.stdout
