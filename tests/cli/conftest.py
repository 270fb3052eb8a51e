"""The command line as a person uses it: a home, a runner in this process, a runner of real processes."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from hub.cli import root
from hub.flow.opening import open_app
from tests.web.seed import Seeded, make_home, seed
from tests.web.waiting import let_wait


class Ended(NamedTuple):
    """How a call ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.out)


Run = Callable[..., Ended]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return make_home(tmp_path / "home")


@pytest.fixture
def seeded(home: Path) -> dict[str, Seeded]:
    async def fill() -> dict[str, Seeded]:
        app = open_app(home)
        try:
            return seed(app)
        finally:
            await app.aclose()

    return asyncio.run(fill())


@pytest.fixture
def waiting(home: Path, seeded: dict[str, Seeded]) -> Seeded:
    """A seller's posting whose booking waits for a person's word; others wait too."""

    async def wait() -> None:
        app = open_app(home)
        for one in seeded.values():
            let_wait(app, one)
        await app.aclose()

    asyncio.run(wait())
    return seeded["alpha"]


def state_of(run: Run, one: Seeded) -> str:
    """How its booking stands."""
    operations = run("show", one.posting.id, "--json").json["operations"]
    return str(operations[0]["state"])


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """``hub --home HOME ...`` in this process, through the same function as the installed script."""
    monkeypatch.delenv("PARCELHUB_LANG", raising=False)

    def call(*arguments: str) -> Ended:
        capsys.readouterr()
        code = root.run(["--home", str(home), *arguments])
        captured = capsys.readouterr()
        return Ended(code, captured.out, captured.err)

    return call


@pytest.fixture
def process(home: Path) -> Run:
    """The same as a process of its own."""

    def call(*arguments: str, **environment: str) -> Ended:
        done = subprocess.run(
            [sys.executable, "-m", "hub.cli", "--home", str(home), *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=os.environ | environment,
            timeout=60,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    return call
