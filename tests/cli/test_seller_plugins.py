"""``hub seller change``: a plugin goes on or off by itself, and what stands still then is said before."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import msgspec
import pytest

from hub.flow.app import App
from hub.flow.history.forms import NewSeller
from hub.flow.opening import open_app
from hub.flow.sellers import sellers
from tests.cli.conftest import Run
from tests.web.seed import Seeded


async def _gamma(app: App) -> None:
    new = NewSeller(slug="gamma", title="G", time_zone="Asia/Shanghai", plugins=("ozon", "cdek"))
    await sellers.add_seller(app, new, "test")
    app.store.write_now(Seeded("gamma").write)  # an account of ozon, five postings under way


@pytest.fixture
def gamma(home: Path) -> None:
    async def make() -> None:
        app = open_app(home)
        try:
            await _gamma(app)
        finally:
            await app.aclose()

    asyncio.run(make())


def _plugins(run: Run) -> list[str]:
    return next(one["plugins"] for one in run("seller", "list", "--json").json if one["slug"] == "gamma")


@pytest.mark.usefixtures("gamma")
def test_one_goes_on_and_the_others_stay(run: Run) -> None:
    changed = run("seller", "change", "gamma", "--plugin", "sample", "--plugin", "labels", "--json")
    assert changed.code == 0, changed.err
    assert changed.json["plugins"] == ["ozon", "cdek", "sample", "labels"]
    assert run("seller", "change", "gamma", "--no-plugin", "sample", "--no-plugin", "cdek").code == 0
    assert _plugins(run) == ["ozon", "labels"]  # nothing was at either of them
    wrong = run("seller", "change", "gamma", "--no-plugin", "cdek", "--json")
    assert wrong.code == 2
    assert "ozon, labels" in wrong.err


@pytest.mark.usefixtures("gamma")
def test_one_with_work_goes_off_only_by_a_persons_word(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    off = ("seller", "change", "gamma", "--no-plugin", "ozon")
    assert "посылок в пути: 5" in run("--lang", "ru", *off).err  # what it does, in the reader's language too
    as_json = run(*off, "--json")
    assert as_json.code == 2
    message = msgspec.json.decode(as_json.err)["error"]["message"]
    assert "parcels under way: 5" in message
    assert "--yes" in message
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    asked = run("--lang", "en", *off)
    assert asked.code == 1
    assert "parcels under way: 5" in asked.err
    assert "ozon" in _plugins(run)
    assert run(*off, "--yes").code == 0
    assert _plugins(run) == ["cdek"]
