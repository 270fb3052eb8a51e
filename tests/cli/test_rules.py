"""`hub rules` and `hub quote` as a person uses them."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run

FILE = """\
strategy = "cheapest"

[[rules]]
name = "Heavy"
when = { weight_over_g = 10_000, country = ["RU", "BY"], fragile = false }
carriers = "sample"
"""


def test_rules_are_set_and_shown(run: Run, tmp_path: Path) -> None:
    added = run(
        "seller", "add", "gamma", "--title", "Gamma", "--time-zone", "Europe/Moscow", "--plugin", "sample"
    )
    assert added.code == 0, added.err
    file = tmp_path / "rules.toml"
    file.write_text(FILE, encoding="utf-8")
    done = run("rules", "set", "gamma", str(file))
    assert done.code == 0, done.err
    shown = run("--lang", "en", "rules", "show", "gamma").out
    assert "cheapest" in shown
    for word in ("weight_over_g", "10000", "RU", "BY", "false"):
        assert word in shown
    assert run("rules", "show", "gamma", "--json").json["carrier_rules"]["rules"][0]["name"] == "Heavy"


def test_a_file_that_cannot_be_meant_is_refused_with_its_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    for old, new, said in (
        ("weight_over_g", "wight", "line 5: rules[1].when.wight: there is no such key"),
        ('"cheapest"', '"cheap"', "line 1: strategy: 'cheap' is none of"),
        ("[[rules]]", "[rules]", "write a block [[rules]]"),
    ):
        file.write_text(FILE.replace(old, new), encoding="utf-8")
        refused = run("rules", "set", "beta", str(file))
        assert (refused.code, said in refused.err) == (1, True), refused.err
    file.write_text(FILE, encoding="utf-8")
    assert "is declared in plugins.toml" in run("rules", "set", "beta", str(file)).err
    assert "rules[1].carriers: 'sample'" in run("rules", "test", "alpha", "--file", str(file)).err


def test_without_offers_there_is_nothing_to_try(run: Run) -> None:
    empty = run("rules", "test", "alpha", "--json")
    assert (empty.code, empty.json["tables"], empty.json["lines"]) == (0, 0, [])
    assert "Здесь пусто" in run("rules", "test", "alpha").err
