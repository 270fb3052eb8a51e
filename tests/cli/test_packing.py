"""``hub units`` and ``hub pack``: what is wanted, and a scanner that types it."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path

import pytest

from hub.flow.opening import open_app
from hub.store import rows
from tests.cli.conftest import Run
from tests.web.seed import Seeded
from tests.web.units_seed import code, mark


@pytest.fixture
def marked(home: Path, seeded: dict[str, Seeded]) -> rows.PostingRow:
    async def fill() -> rows.PostingRow:
        app = open_app(home)
        try:
            return mark(app, seeded["alpha"])
        finally:
            await app.aclose()

    return asyncio.run(fill())


def types(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_goods_are_scanned_into_the_posting_that_wants_them(
    run: Run, marked: rows.PostingRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    sku = marked.document.items[0].sku
    shown = run("--lang", "en", "units", "alpha")
    assert marked.number in shown.out
    assert "marking 2, customs_number 2" in " ".join(shown.out.split())
    types(monkeypatch, marked.number, code("1"), "nonsense", f"{sku} 0 customs_number none", code("2"), "end")
    done = run("--lang", "en", "pack", "alpha")
    assert done.code == 1, "one was refused"
    assert "next: marking of" in done.err
    assert "! no posting that waits for its units has this code" in done.err
    assert f"{marked.number} has all that is wanted" in done.err
    (work,) = run("units", "alpha", "--json").json
    assert work["missing"] == []


def test_each_code_is_a_line_of_json(
    run: Run, marked: rows.PostingRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    types(monkeypatch, marked.number, code("1"), "")
    done = run("pack", "alpha", "--json")
    assert done.code == 0
    states = [json.loads(line)["state"] for line in done.out.splitlines()]
    assert states == ["shown", "taken"]


def test_nothing_is_wanted(run: Run, seeded: dict[str, Seeded]) -> None:
    assert run("units", "alpha", "--json").json == []
    assert "Nothing here." in run("--lang", "en", "units", "alpha").err
