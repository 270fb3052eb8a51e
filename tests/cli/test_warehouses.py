"""``hub warehouse``, and ``--warehouse`` where things are listed and worked through."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run
from tests.web.seed import Seeded

SENDER = {"name": "Иван", "address": {"country": "RU", "city": "Омск", "postal_code": "644000"}}


def test_a_warehouse_is_added_listed_and_changed(run: Run, tmp_path: Path, seeded: dict[str, Seeded]) -> None:
    file = tmp_path / "sender.json"
    file.write_text(json.dumps(SENDER), encoding="utf-8")
    made = run("warehouse", "add", "alpha", "north", "--title", "North", "--sender", str(file), "--json")
    assert made.code == 0, made.err
    assert made.json["sender"]["address"]["city"] == "Омск"
    listed = run("warehouse", "list", "alpha")
    assert "Омск" in listed.out
    assert "main" in listed.out
    for arguments in (("--cut-off", "15:30"), ("--title", "Far north")):
        assert run("warehouse", "change", "alpha", "north", *arguments).code == 0
    (_, north) = run("warehouse", "list", "alpha", "--json").json["items"]
    assert (north["cut_off"], north["title"], north["own"]) == (
        "15:30",
        "Far north",
        ["title", "sender", "cut_off"],
    )
    assert run("warehouse", "change", "alpha", "nowhere", "--title", "x").code != 0
    wrong = run(
        "--lang", "en", "warehouse", "add", "alpha", "w", "--title", "W", "--marketplace-warehouse", "22"
    )
    assert wrong.code == 2
    assert "ACCOUNT=ID" in wrong.err
    told = run("--lang", "ru", "warehouse", "add", "alpha", "north", "--title", "North")
    assert told.code != 0
    assert "уже есть" in told.err


def test_lists_and_work_of_one_warehouse(run: Run, seeded: dict[str, Seeded]) -> None:
    assert run("warehouse", "add", "alpha", "north", "--title", "North").code == 0
    everything = run("postings", "alpha", "--json").json["items"]
    assert run("postings", "alpha", "--warehouse", "main", "--json").json["items"] == everything
    assert run("postings", "alpha", "--warehouse", "north", "--json").json["items"] == []
    for command in ("postings alpha", "problems --seller alpha", "jobs --seller alpha", "handover alpha"):
        unknown = run("--lang", "en", *command.split(), "--warehouse", "nowhere")
        assert unknown.code != 0, command
        assert "no such warehouse" in unknown.err, command
    for command in ("problems", "jobs", "labels x --out f.pdf", "slips x --out f.pdf", "ship x"):
        assert run(*command.split(), "--warehouse", "main").code == 2, command
    assert "main" in run("show", everything[0]["number"]).out


def test_a_key_of_a_warehouse(run: Run, seeded: dict[str, Seeded]) -> None:
    made = run("key", "add", "packers", "--seller", "alpha", "--warehouse", "main", "--json")
    assert (made.json["seller"], made.json["warehouse"]) == ("alpha", "main")
    assert run("key", "add", "packers", "--seller", "alpha", "--warehouse", "nowhere").code != 0
    assert run("key", "add", "packers", "--operator", "--warehouse", "main").code != 0
    assert "main" in run("key", "list").out
