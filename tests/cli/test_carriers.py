"""``hub records`` and ``hub prices``: what a person reads, what a program reads, and what each refuses."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from hub.flow.choice.records.carrier_outcomes import rebuild
from hub.flow.opening import open_app
from hub.plugin_api.models import Address, EventKind, Recipient
from hub.store import Transaction, rows
from tests.cli.conftest import Run
from tests.web.seed import Seeded

FEEDBACK = """\
kind;date;source;posting;carrier;reason;rating;count
claim;2026-11-19;ozon;alpha-001-1;;damaged;;
rating;2026-11-19;review site;;cdek;;4,5;12
claim;2026-11-19;ozon;no-such-1;;late;;
"""
PRICES = """\
service;percent;price;currency;over_g;up_to_g;valid_from;valid_to
;10;;;;;;2026-12-31
136;;250.50;RUB;;500;;
"""


def _file(tmp_path: Path, name: str, text: str) -> str:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.fixture
def delivered(home: Path, seeded: dict[str, Seeded]) -> Seeded:
    """Alpha's shipment was two days late: 4 were promised, it came on the 6th day."""
    alpha = seeded["alpha"]

    def write(tx: Transaction) -> None:
        shipment = rows.shipments.get(tx, alpha.shipment)
        assert shipment is not None
        tx.execute(
            "UPDATE shipments SET state = 'booked', why = ? WHERE id = ?", ('{"days": 4}', alpha.shipment)
        )
        buyer = Recipient(name="Тестов Тест", address=Address(country="RU", postal_code="630099"))
        rows.recipients.put(tx, rows.RecipientRow(shipment.posting_id, buyer, shipment.created_at))
        for days, kind in ((0, EventKind.ACCEPTED), (6, EventKind.HANDED_OVER)):
            time = shipment.created_at + timedelta(days=days)
            event = rows.TrackingRow(shipment.id, f"mark {kind}", time, kind, "", "", "", True)
            rows.tracking_events.put(tx, event)

    async def fill() -> None:
        app = open_app(home)
        try:
            await app.store.write(write)
            await rebuild(app, "alpha")
        finally:
            await app.aclose()

    asyncio.run(fill())
    return alpha


def test_records_are_shown_with_the_parcels_behind_them(run: Run, delivered: Seeded) -> None:
    (record,) = run("records", "alpha", "--json").json["items"]
    assert record["direction"] == ""
    assert record["on_time"] == {"value": None, "parcels": 1, "direction": ""}
    asked = run("records", "alpha", "--direction", "ru/630099", "--json").json["items"]
    assert [(one["direction"], one["parcels"]) for one in asked] == [("RU/63", 1)]
    plain = run("records", "alpha")
    assert plain.code == 0
    assert "– (1)" in plain.out
    assert run("records", "--carrier", "nobody", "alpha", "--json").json["items"] == []
    assert run("--lang", "zh", "records", "alpha").out != plain.out


def test_what_buyers_say_comes_in_once(run: Run, tmp_path: Path, delivered: Seeded) -> None:
    file = _file(tmp_path, "feedback.csv", FEEDBACK)
    first = run("records", "import", "alpha", file, "--json")
    assert (first.code, first.json["added"]) == (1, 2)
    assert [problem["line"] for problem in first.json["problems"]] == [4]
    again = run("records", "import", "alpha", file)
    assert again.code == 1
    assert "no-such-1" in again.err
    assert run("records", "import", "alpha", file, "--json").json["unchanged"] == 2
    shown = run("--lang", "en", "records", "alpha").out
    for words in ("damaged", "review site", "4.50"):
        assert words in shown


def test_a_rating_of_ones_own(run: Run, delivered: Seeded) -> None:
    assert run("records", "rate", "alpha", "cdek", "4.5", "--json").json == {
        "carrier": "cdek",
        "rating": "4.5",
    }
    rated = {one["carrier"]: one["own_rating"] for one in run("records", "alpha", "--json").json["items"]}
    assert rated["cdek"] == 4.5
    assert run("records", "rate", "alpha", "cdek", "none").code == 0
    assert run("records", "rate", "alpha", "cdek", "6").code == 2
    assert run("records", "rate", "alpha", "ghost", "4").code == 1


def test_records_anew(run: Run, delivered: Seeded) -> None:
    assert run("records", "rebuild", "alpha", "--json").json == {"shipments": 1}
    assert "1" in run("records", "rebuild", "alpha").err


@pytest.mark.parametrize(
    "arguments",
    [
        ("nobody",),
        ("alpha", "--direction", "Siberia"),
        ("rebuild", "nobody"),
        ("rate", "nobody", "cdek", "4"),
    ],
)
def test_what_is_not_there_is_said(run: Run, seeded: dict[str, Seeded], arguments: tuple[str, ...]) -> None:
    ended = run("records", *arguments)
    assert ended.code == 1
    assert ended.err
    assert "Traceback" not in ended.err


def test_records_of_nothing(run: Run) -> None:
    ended = run("records", "beta")
    assert (ended.code, ended.out) == (0, "")
    assert run("records").code == 2
    assert "SELLER" in run("records", "--help").out


# --- prices -----------------------------------------------------------------------------------------------


def test_prices_are_imported_listed_and_removed(run: Run, tmp_path: Path) -> None:
    file = _file(tmp_path, "prices.csv", PRICES)
    made = run("prices", "import", "alpha", "cdek", file, "--json")
    assert made.json == {"carrier": "cdek", "lines": 2, "added": 2, "removed": 0, "unchanged": 0, "sheet": ""}
    assert run("prices", "import", "alpha", "cdek", file).code == 0
    listed = run("prices", "list", "alpha", "--carrier", "cdek", "--json").json["items"]
    assert [(one["service"], one["percent"], one["price"]) for one in listed] == [
        ("", "10", None),
        ("136", None, {"amount": "250.50", "currency": "RUB"}),
    ]
    plain = run("prices", "list", "alpha").out
    for words in ("-10%", "250.50 RUB", "500 g", "2026-12-31"):
        assert words in plain
    assert run("prices", "remove", "alpha", "cdek", "--json").json == {"removed": 2}
    assert run("prices", "list", "alpha", "--json").json["items"] == []


def test_a_table_with_a_bad_line_changes_nothing(run: Run, tmp_path: Path) -> None:
    good = _file(tmp_path, "prices.csv", PRICES)
    assert run("prices", "import", "alpha", "cdek", good).code == 0
    bad = _file(tmp_path, "bad.csv", PRICES + "136;5;;;400;;;\nx;;;;;;;\n")
    plain = run("prices", "import", "alpha", "cdek", bad)
    assert (plain.code, plain.out) == (1, "")
    assert "it and line 3 both apply" in plain.err
    told = run("prices", "import", "alpha", "cdek", bad, "--json")
    assert [problem["line"] for problem in told.json["problems"]] == [4, 5]
    assert len(run("prices", "list", "alpha", "--json").json["items"]) == 2


@pytest.mark.parametrize(
    "arguments", [("import", "alpha", "ghost"), ("import", "nobody", "cdek"), ("remove", "nobody", "cdek")]
)
def test_prices_of_nobody(run: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    file = (_file(tmp_path, "prices.csv", PRICES),) if arguments[0] == "import" else ()
    ended = run("prices", *arguments, *file)
    assert (ended.code, ended.out) == (1, "")
    assert "Traceback" not in ended.err
