"""Several postings in one command: a number that is none costs itself only, and is named."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from tests.cli.conftest import Run
from tests.web.seed import Seeded


def test_labels_and_slips_of_the_others_are_made(run: Run, seeded: dict[str, Seeded], tmp_path: Path) -> None:
    mine = seeded["alpha"].postings
    out = tmp_path / "out.pdf"
    made = run("slips", mine[1].number, "no-such", mine[2].number, "--out", str(out))
    assert made.code == 1
    assert "'no-such'" in made.err
    assert out.exists()
    as_json = run("slips", mine[1].number, "no-such", "--out", str(out), "--json")
    assert (as_json.code, as_json.json["postings"]) == (1, [mine[1].number])
    assert "'no-such'" in msgspec.json.decode(as_json.err)["error"]["message"]
    labels = run("labels", "no-such", mine[1].number, "--out", str(out), "--json").json
    assert list(labels["refused"]) == ["no-such"]
    assert list(labels["waiting"]) == [mine[1].number]
    assert "no-such" in run("labels", "no-such", mine[1].number, "--out", str(out)).out


def test_the_others_are_ordered_tracked_and_erased(run: Run, seeded: dict[str, Seeded]) -> None:
    row = seeded["alpha"].postings[0]
    shipped = run("ship", row.number, "no-such", "--yes", "--no-wait", "--json")
    assert shipped.code == 1, shipped.err
    states = {one["number"]: (one["state"], one["code"]) for one in shipped.json["results"]}
    assert states == {row.number: ("already", ""), "no-such": ("refused", "not_found")}
    total = run("ship", row.number, "no-such", "--total")
    assert total.code == 1
    assert "no-such" in total.out
    erased = run("erase", "no-such", row.number, "--yes", "--json")
    assert erased.code == 1
    assert [one["code"] for one in erased.json] == ["not_found", "under_way"]


def test_tracking_goes_on(run: Run, seeded: dict[str, Seeded], monkeypatch: pytest.MonkeyPatch) -> None:
    async def driven(*given: object) -> bool:
        return True

    monkeypatch.setattr("hub.jobs.driving.drive", driven)
    row = seeded["alpha"].postings[0]
    ended = run("--lang", "ru", "track", "no-such", row.number)
    assert ended.code == 1
    assert row.number in ended.out
    assert "отправления 'no-such' нет" in ended.err


def test_where_none_is_known_all_are_named(run: Run, seeded: dict[str, Seeded], tmp_path: Path) -> None:
    for command in (("labels", "--out", str(tmp_path / "x.pdf")), ("track",), ("ship", "--no-wait")):
        ended = run(*command, "no-1", "no-2")
        assert (ended.code, ended.out) == (1, "")
        assert "'no-1', 'no-2'" in ended.err


def test_a_label_that_never_comes_is_not_waited_for(
    run: Run, home: Path, seeded: dict[str, Seeded], tmp_path: Path
) -> None:
    """Of two parcels that the marketplace calls on their way, one is booked here and was not scanned."""
    booked, gone, *_ = seeded["alpha"].postings
    with closing(sqlite3.connect(home / "hub.sqlite")) as database, database:
        database.execute("UPDATE postings SET stage = 'in_transit', wanted = 1")
        database.execute("DELETE FROM documents")
        database.execute("DELETE FROM problems")  # one that is asked about is told with its answers

    def stand(*numbers: str, wait: str) -> tuple[list[str], list[str]]:
        told = run("labels", *numbers, "--out", str(tmp_path / "x.pdf"), "--wait", wait, "--json").json
        return list(told["refused"]), list(told["waiting"])

    assert stand(gone.number, wait="600") == ([gone.number], [])
    assert stand(booked.number, wait="0") == ([], [booked.number])
    with closing(sqlite3.connect(home / "hub.sqlite")) as database, database:
        database.execute("UPDATE shipments SET stage = 'in_transit'")
    assert stand(booked.number, wait="600") == ([booked.number], [])


def test_the_next_step_is_said_to_people_only(run: Run) -> None:
    add = ("--title", "G", "--time-zone", "Asia/Shanghai", "--plugin", "ozon")
    assert "Next: hub account add gamma ozon" in run("--lang", "en", "seller", "add", "gamma", *add).err
    assert "Next" not in run("--lang", "en", "seller", "add", "delta", *add, "--json").err
