"""Clients that a generator makes of the OpenAPI document run a seller's whole day against a served hub:
order, ship, a problem answered, labels, hand-over, tracking. They are made here and thrown away."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from hub.plugin_api.clock import FileClock
from tests.web.served import Served, served

DAY = Path(__file__).parent / "clients"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Served]:
    """Time runs slowly until the total is ordered, for a total ends after a quarter of an hour; then fast."""
    with served(tmp_path / "hub", speed=10.0) as one:
        over = threading.Event()
        hurry = threading.Thread(target=_hurry, args=(one, over))
        hurry.start()
        try:
            yield one
        finally:
            over.set()
            hurry.join()


def _hurry(at: Served, over: threading.Event) -> None:
    clock = Path(at.environment["PARCELHUB_CLOCK"])
    while not over.wait(0.05):
        with closing(sqlite3.connect(f"{(at.home / 'hub.sqlite').as_uri()}?mode=ro", uri=True)) as tables:
            used = tables.execute("SELECT 1 FROM totals WHERE used_at IS NOT NULL").fetchone()
        if used is not None:
            start = FileClock(clock).now().isoformat()
            fresh = clock.with_suffix(".new")
            fresh.write_text(json.dumps({"epoch": time.time(), "start": start, "speed": 20_000.0}))
            fresh.replace(clock)
            return


def _orders(at: Served) -> list[str]:
    """Two of a cup that the catalogue knows, and one of another that needs a person's word."""
    return [*at.buyers_order(2), *at.buyers_order(1, offer_id="CUP-2", sku=1002)]


def _document(at: Served, folder: Path) -> Path:
    file = folder / "openapi.json"
    file.write_bytes(httpx.get(f"{at.url}/schema/openapi.json", trust_env=False).content)
    return file


def _environment(at: Served, numbers: list[str], **more: str) -> dict[str, str]:
    return {
        **os.environ,
        "HUB_URL": at.url,
        "HUB_KEY": at.token,
        "COURIER": at.courier,
        "NUMBERS": json.dumps(numbers),
        "PYTHONUTF8": "1",
        **more,
    }


def _ran(words: list[str], environment: dict[str, str], cwd: Path, seconds: float) -> str:
    done = subprocess.run(
        words,
        capture_output=True,
        encoding="utf-8",
        cwd=cwd,
        env=environment,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-6000:]
    return done.stdout


def test_a_python_client_runs_a_day(at: Served, tmp_path: Path) -> None:
    program = shutil.which("openapi-python-client", path=str(Path(sys.executable).parent))
    assert program is not None, "openapi-python-client is in the dev extra"
    document = _document(at, tmp_path)
    words = [
        program,
        "generate",
        "--path",
        str(document),
        "--output-path",
        str(tmp_path / "made"),
        "--meta",
        "none",
    ]
    _ran(words, dict(os.environ), tmp_path, 120)
    numbers = _orders(at)
    environment = _environment(at, numbers, PYTHONPATH=str(tmp_path))
    said = _ran([sys.executable, str(DAY / "day.py")], environment, tmp_path, 240)
    assert said.splitlines()[-1] == "delivered"


def test_a_typescript_client_runs_a_day(at: Served, tmp_path: Path) -> None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("this machine has no node and npm")
    made = tmp_path / "made"
    made.mkdir()
    (made / "package.json").write_text('{"name": "day", "private": true, "type": "module"}', encoding="utf-8")
    wanted = ["openapi-typescript@7", "openapi-fetch@0.17", "typescript@5"]
    try:
        installed = subprocess.run(
            [npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", *wanted],
            cwd=made,
            capture_output=True,
            timeout=180,
            check=False,
        )
    except subprocess.TimeoutExpired:
        pytest.skip("no package registry answers npm here")
    if installed.returncode != 0:
        pytest.skip("no package registry answers npm here")
    document = _document(at, tmp_path)
    tools = made / "node_modules" / ".bin"
    environment = _environment(at, _orders(at))
    _ran(
        [str(tools / "openapi-typescript"), str(document), "-o", str(made / "hub.d.ts")],
        environment,
        made,
        120,
    )
    shutil.copy(DAY / "day.ts", made / "day.ts")
    flags = [
        "--target",
        "es2022",
        "--module",
        "nodenext",
        "--strict",
        "--skipLibCheck",
        "--lib",
        "es2022,dom",
    ]
    _ran([str(tools / "tsc"), *flags, "day.ts"], environment, made, 120)
    said = _ran([node, "day.js"], environment, made, 240)
    assert said.splitlines()[-1] == "delivered"
