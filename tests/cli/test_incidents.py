"""``hub incidents`` and ``hub resolve``: both choices explained, and asked again where it may cost twice."""

from __future__ import annotations

import io

import msgspec
import pytest

from tests.cli.conftest import Run, state_of
from tests.web.seed import Seeded


def test_both_choices_are_explained_with_their_commands(run: Run, waiting: Seeded) -> None:
    ended = run("--lang", "en", "incidents", "--seller", "alpha")
    assert ended.code == 0
    for words in (
        waiting.posting.number,
        waiting.operation,
        "deadline: past since 2026-11-20",
        "at stake: 708.00 RUB",
        "no answer",
        "sent 1 time,",
        f"hub problems answer {waiting.problem} it_exists --set carrier_id=... --set tracking_number=...",
        f"hub problems answer {waiting.problem} it_does_not_exist",
        "paid for twice",
    ):
        assert words in ended.out, words
    assert "beta" not in ended.out


def test_in_the_sellers_language_and_zone(run: Run, waiting: Seeded) -> None:
    ended = run("incidents", "--seller", "alpha")
    assert "оплачен дважды" in ended.out
    assert "MSK" in ended.out


def test_of_all_sellers_as_json(run: Run, waiting: Seeded) -> None:
    items = run("incidents", "--json").json["items"]
    assert {one["seller"] for one in items} == {"alpha", "beta"}
    choices = {one["answer"]: one for one in items[0]["choices"]}
    assert choices["it_does_not_exist"]["may_pay_twice"] is True
    assert run("incidents", "--seller", "nobody").code == 1


def test_nothing_is_wrong(run: Run) -> None:
    assert "No incidents." in run("--lang", "en", "incidents").err


def test_what_could_be_paid_twice_is_asked_once_more(
    run: Run, waiting: Seeded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    ended = run("--lang", "en", "resolve", waiting.operation, "it_does_not_exist")
    assert ended.code == 1
    assert "Nothing was done" in ended.err
    assert "paid for twice: another 708.00 RUB" in ended.err
    assert state_of(run, waiting) == "human"
    as_json = run("resolve", waiting.operation, "it_does_not_exist", "--json")
    assert as_json.code == 2
    assert "--yes" in msgspec.json.decode(as_json.err)["error"]["message"]
    assert state_of(run, waiting) == "human"
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert run("resolve", waiting.operation, "it_does_not_exist", "--timeout", "2").code == 0
    assert state_of(run, waiting) == "planned"


def test_it_exists_is_not_asked_twice(run: Run, waiting: Seeded) -> None:
    ended = run(
        "resolve", waiting.operation, "it_exists", "--carrier-id", "C-1", "--tracking-number", "TRK-9",
        "--note", "seen in the cabinet", "--timeout", "2", "--json",
    )  # fmt: skip
    assert ended.code == 0, ended.err
    assert ended.json["state"] == "accepted"
    details = run("show", waiting.posting.id, "--json").json
    told = [one for one in details["history"] if one["kind"] == "operation.resolved"]
    assert [(one["data"]["answer"], one["data"]["note"]) for one in told] == [
        ("it_exists", "seen in the cabinet")
    ]
    assert "seen in the cabinet" in told[0]["text"]
    left = run("incidents", "--seller", "alpha", "--json").json["items"]
    assert [one for one in left if one["posting_id"]] == []  # its account is not in plugins.toml: told, too


def test_what_cannot_be_resolved(run: Run, waiting: Seeded) -> None:
    assert run("resolve", "op_nothing", "it_exists").code == 1
    assert run("resolve", waiting.operation, "perhaps").code == 2
    assert run("resolve", waiting.operation, "it_exists", "--timeout", "2").code == 0
    again = run("--lang", "en", "resolve", waiting.operation, "it_exists")
    assert again.code == 1
    assert "waits for nobody" in again.err
