"""``hub problems answer``: what it does is said first, and asked again where it may cost twice."""

from __future__ import annotations

import io

import msgspec
import pytest

from tests.cli.conftest import Run, state_of
from tests.web.seed import Seeded


def test_what_could_be_paid_twice_is_asked_once_more(
    run: Run, waiting: Seeded, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = ("problems", "answer", waiting.problem, "it_does_not_exist", "--timeout", "2")
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    ended = run("--lang", "en", *answer)
    assert ended.code == 1
    assert "paid for twice: another 708.00 RUB" in ended.err
    assert "Nothing was done" in ended.err
    assert state_of(run, waiting) == "human"
    as_json = run(*answer, "--json")
    assert as_json.code == 2
    assert "--yes" in msgspec.json.decode(as_json.err)["error"]["message"]
    assert state_of(run, waiting) == "human"
    assert run(*answer, "--yes", "--json").code == 0
    assert state_of(run, waiting) == "planned"


def test_a_note_is_kept_and_nothing_is_asked_where_nothing_costs_twice(run: Run, waiting: Seeded) -> None:
    ended = run(
        "problems", "answer", waiting.problem, "it_exists", "--set", "carrier_id=C-1", "--note", "seen there",
        "--timeout", "2", "--json",
    )  # fmt: skip
    assert ended.code == 0, ended.err
    assert state_of(run, waiting) == "accepted"
    texts = [one["text"] for one in run("show", waiting.posting.id, "--json").json["history"]]
    assert [text for text in texts if "seen there" in text]


def test_those_about_money_of_all_sellers(run: Run, waiting: Seeded) -> None:
    items = run("problems", "--money", "--json").json["items"]
    assert {one["seller"] for one in items} == {"alpha", "beta"}
    shown = run("--lang", "en", "problems", "--money", "--seller", "alpha").out
    assert "708.00 RUB" in shown
    assert "it_does_not_exist" in shown


def test_the_old_commands_say_that_they_go(run: Run, waiting: Seeded) -> None:
    assert "'hub incidents' goes with 0.3: use 'hub problems --money'" in run("--lang", "en", "incidents").err
    assert "в 0.3 не будет" in run("--lang", "ru", "incidents").err
    assert "将在 0.3 版移除" in run("--lang", "zh", "incidents").err
    assert run("incidents", "--json").err == ""
    resolved = run("--lang", "en", "resolve", waiting.operation, "it_exists", "--timeout", "2")
    assert "'hub resolve' goes with 0.3: use 'hub problems answer'" in resolved.err
