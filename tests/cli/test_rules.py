"""`hub rules` and `hub quote` as a person uses them."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import msgspec

from hub.flow.history.quote_views import QuoteView
from hub.flow.opening import open_app
from hub.plugin_api.models import Money
from hub.store import rows
from tests.cli.conftest import Run
from tests.web.seed import NOON, Seeded

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
    assert "(" not in shown, "lists are written as people write them"
    assert run("rules", "show", "gamma", "--json").json["carrier_rules"]["rules"][0]["name"] == "Heavy"


def test_a_file_that_cannot_be_meant_is_refused_with_its_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    for old, new, said in (
        ("weight_over_g", "wight", "line 5: rules[1].when.wight: there is no such key"),
        ('"cheapest"', '"cheap"', "line 1: strategy: 'cheap' is none of"),
        ("[[rules]]", "[rules]", "write a block [[rules]]"),
    ):
        file.write_text(FILE.replace(old, new), encoding="utf-8")
        refused = run("--lang", "en", "rules", "set", "beta", str(file))
        assert (refused.code, said in refused.err) == (1, True), refused.err
    file.write_text(FILE, encoding="utf-8")
    assert "is declared in plugins.toml" in run("--lang", "en", "rules", "set", "beta", str(file)).err
    assert (
        "rule 1: carriers: 'sample'" in run("--lang", "en", "rules", "test", "alpha", "--file", str(file)).err
    )


def test_a_trial_is_shown_with_its_sums(run: Run, home: Path, seeded: dict[str, Seeded]) -> None:
    """One posting was booked for 90.00, and the rules would have taken the dearer offer that is in time."""
    posting = seeded["alpha"].posting
    offers = [
        QuoteView(
            carrier="cdek", account="acc_1", service_code=code, price=Money.of(price, "RUB"), arrives=arrives
        )
        for code, price, arrives in (("136", 90, date(2027, 1, 20)), ("137", 100, date(2026, 11, 25)))
    ]

    async def fill() -> None:
        app = open_app(home)
        try:
            kept = rows.QuoteTableRow(posting.id, NOON, msgspec.to_builtins(offers))
            app.store.write_now(lambda tx: rows.quotes.put(tx, kept))
            app.store.write_now(
                lambda tx: tx.execute(
                    "UPDATE shipments SET state = 'booked', carrier = 'cdek', service_code = '136', "
                    "service_name = '136' WHERE posting_id = ?",
                    (posting.id,),
                )
            )
        finally:
            await app.aclose()

    asyncio.run(fill())
    tried = run("--lang", "en", "rules", "test", "alpha")
    assert tried.code == 0, tried.err
    assert "10.00 RUB" in tried.out
    assert posting.number in tried.out
    found = run("rules", "test", "alpha", "--json").json
    assert (found["tables"], found["different"], found["late_booked"], found["late_chosen"]) == (1, 1, 1, 0)
    assert found["sums"][0]["difference"] == {"amount": "10.00", "currency": "RUB"}
    assert found["lines"][0]["service"] == "137"


def test_without_offers_there_is_nothing_to_try(run: Run) -> None:
    empty = run("rules", "test", "alpha", "--json")
    assert (empty.code, empty.json["tables"], empty.json["lines"]) == (0, 0, [])
    assert "Здесь пусто" in run("rules", "test", "alpha").err


def test_the_file_of_the_reference_can_be_tried(run: Run, tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "plugins-toml.md").read_text("utf-8")
    block = page.partition("### A file of rules")[2].partition("```toml\n")[2].partition("```")[0]
    file = tmp_path / "rules.toml"
    file.write_text(block, encoding="utf-8")
    tried = run("rules", "test", "alpha", "--file", str(file), "--json")
    assert tried.code == 0, tried.err
