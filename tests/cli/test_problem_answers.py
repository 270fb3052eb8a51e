"""``hub problems answer``: what it does is said first, and asked again where it may cost twice."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

import msgspec
import pytest

from hub.flow.app import App
from tests.cli.conftest import Run
from tests.web.seed import Seeded
from tests.web.waiting import let_wait


@pytest.fixture
def mine(home: Path, seeded: dict[str, Seeded]) -> Seeded:
    async def wait() -> None:
        app = App.open(home)
        for one in seeded.values():
            let_wait(app, one)
        await app.aclose()

    asyncio.run(wait())
    return seeded["alpha"]


def _state(run: Run, mine: Seeded) -> str:
    operations = run("show", mine.posting.id, "--json").json["operations"]
    return str(operations[0]["state"])


def test_what_could_be_paid_twice_is_asked_once_more(
    run: Run, mine: Seeded, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = ("problems", "answer", mine.problem, "it_does_not_exist", "--timeout", "2")
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    ended = run("--lang", "en", *answer)
    assert ended.code == 1
    assert "paid for twice: another 708.00 RUB" in ended.err
    assert "Nothing was done" in ended.err
    assert _state(run, mine) == "human"
    as_json = run(*answer, "--json")
    assert as_json.code == 2
    assert "--yes" in msgspec.json.decode(as_json.err)["error"]["message"]
    assert _state(run, mine) == "human"
    assert run(*answer, "--yes", "--json").code == 0
    assert _state(run, mine) == "planned"


def test_a_note_is_kept_and_nothing_is_asked_where_nothing_costs_twice(run: Run, mine: Seeded) -> None:
    ended = run(
        "problems", "answer", mine.problem, "it_exists", "--set", "carrier_id=C-1", "--note", "seen there",
        "--timeout", "2", "--json",
    )  # fmt: skip
    assert ended.code == 0, ended.err
    assert _state(run, mine) == "accepted"
    texts = [one["text"] for one in run("show", mine.posting.id, "--json").json["history"]]
    assert [text for text in texts if "seen there" in text]


def test_those_about_money_of_all_sellers(run: Run, mine: Seeded) -> None:
    items = run("problems", "--money", "--json").json["items"]
    assert {one["seller"] for one in items} == {"alpha", "beta"}
    shown = run("--lang", "en", "problems", "--money", "--seller", "alpha").out
    assert "708.00 RUB" in shown
    assert "it_does_not_exist" in shown


def test_the_old_commands_say_that_they_go(run: Run, mine: Seeded) -> None:
    assert "'hub incidents' goes with 0.3: use 'hub problems --money'" in run("--lang", "en", "incidents").err
    assert "в 0.3 не будет" in run("--lang", "ru", "incidents").err
    assert "将在 0.3 版移除" in run("--lang", "zh", "incidents").err
    assert run("incidents", "--json").err == ""
    resolved = run("--lang", "en", "resolve", mine.operation, "it_exists", "--timeout", "2")
    assert "'hub resolve' goes with 0.3: use 'hub problems answer'" in resolved.err
