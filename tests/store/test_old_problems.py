"""Problems of before version 9: after the migration each says what it is about, and what waits for it."""

from __future__ import annotations

import sqlite3
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hub.store import Store, Transaction, open_store, operations, problems, rows
from hub.store.migrations import running

pytestmark = pytest.mark.sqlite  # SQLite files of older hubs

HOME = Path(__file__).parents[1] / "fixtures" / "homes" / "schema-7.zip"
NOW = datetime(2026, 12, 1, tzinfo=UTC)
_PROBLEM = (
    "INSERT INTO problems "
    "(id, seller, posting_id, account, operation_id, kind, data, state, answer, created_at) "
    "VALUES (?, 'shop', ?, ?, ?, ?, '{}', ?, '', 1)"
)


def _operation(database: sqlite3.Connection, kind: str) -> dict[str, Any]:
    """An operation of a posting that has no problem yet."""
    cursor = database.execute(
        "SELECT * FROM operations WHERE kind = ? AND posting_id NOT IN (SELECT posting_id FROM problems)",
        (kind,),
    )
    return dict(zip((one[0] for one in cursor.description), cursor.fetchone(), strict=True))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with zipfile.ZipFile(HOME) as file:
        file.extractall(tmp_path)
    return tmp_path / "hub.sqlite"


def _about(store: Store, problem_id: str) -> tuple[str, str, str]:
    row = rows.problems.get(store.reader, problem_id)
    assert row is not None
    return row.subject_type, row.subject_id, row.operation_id


def test_each_says_what_it_is_about(home: Path) -> None:
    with closing(sqlite3.connect(home, isolation_level=None)) as database:
        book, told = _operation(database, "book"), _operation(database, "set_tracking")
        posting = book["posting_id"]
        for problem in (
            ("prb_number", "", "acc_x", "0001-1", "decode_failed", "open"),
            ("prb_account", "", "acc_x", "", "handover_untold", "open"),
            ("prb_unknown", posting, "acc_x", book["id"], "operation_unknown", "open"),
            ("prb_twice", posting, "acc_x", book["id"], "booked_twice", "closed"),
            ("prb_dear", posting, "acc_x", "", "price_above_cap", "open"),
            ("prb_own", told["posting_id"], "acc_x", told["id"], "cancel_refused", "open"),
            ("prb_weight", posting, "acc_x", "", "no_weight", "open"),
            ("prb_refused", posting, "acc_x", book["id"], "carrier_refused", "open"),
        ):
            database.execute(_PROBLEM, problem)
    running.migrate(home, NOW)
    store = open_store(home)
    try:
        shipment, operation = book["subject_id"], book["id"]
        assert _about(store, "prb_number") == ("number", "0001-1", "")
        assert problems.unread_numbers(store.reader, account="acc_x") == {"0001-1"}
        assert _about(store, "prb_account") == ("account", "acc_x", "")
        assert _about(store, "prb_unknown") == ("operation", operation, operation)
        assert _about(store, "prb_twice") == ("shipment", shipment, operation)
        assert _about(store, "prb_dear")[0] == "shipment"
        assert _about(store, "prb_own") == (told["subject_type"], told["subject_id"], told["id"])
        assert _about(store, "prb_weight") == ("posting", posting, "")
        assert _about(store, "prb_refused") == ("posting", posting, operation)
        assert not [one for one in rows.problems.all(store.reader, "") if not one.subject_id]
    finally:
        store.close()


def test_what_waits_for_a_question_about_an_account_still_does(home: Path) -> None:
    with closing(sqlite3.connect(home, isolation_level=None)) as database:
        book = _operation(database, "book")
        database.execute(_PROBLEM, ("prb_old", "", "acc_x", "", "outage_unknown", "closed"))
        database.execute(_PROBLEM, ("prb_all", "", "acc_x", "", "outage_unknown", "open"))
        database.execute(
            "INSERT INTO asked_operations (account, kind, operation_id, posting_id) VALUES (?, ?, ?, ?)",
            ("acc_x", "outage_unknown", book["id"], book["posting_id"]),
        )
    running.migrate(home, NOW)
    store = open_store(home)
    try:
        assert [one.id for one in operations.asked_about(store.reader, "prb_all")] == [book["id"]]
        assert [one.id for one in problems.open_linked(store.reader, book["posting_id"])] == ["prb_all"]
    finally:
        store.close()


def test_one_of_a_kind_about_one_thing_is_open(home: Path) -> None:
    """The database itself holds to it, in an old home as in a new one."""
    running.migrate(home, NOW)
    for path in (home, home.with_name("new.sqlite")):
        store = open_store(path)
        try:
            store.write_now(lambda tx: _open(tx, "prb_1", "open"))
            with pytest.raises(sqlite3.IntegrityError):
                store.write_now(lambda tx: _open(tx, "prb_2", "open"))
            store.write_now(lambda tx: problems.end(tx, "prb_1", state="closed", answer="", now=NOW))
            store.write_now(lambda tx: _open(tx, "prb_2", "open"))
        finally:
            store.close()


def _open(tx: Transaction, problem_id: str, state: str) -> None:
    row = rows.ProblemRow(
        id=problem_id,
        seller="shop",
        posting_id="pst_1",
        account="acc_x",
        operation_id="",
        kind="no_weight",
        data={},
        deadline=None,
        state=state,
        answer="",
        created_at=NOW,
        closed_at=None,
        subject_type="posting",
        subject_id="pst_1",
    )
    rows.problems.insert(tx, row)
