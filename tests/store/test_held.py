"""The database is one for every process that opens it, also while another one opens and closes it.

What is held here by POSIX locks is lost where a process closes any descriptor of the file: another process
then took the log away, and what was committed afterwards was in no database.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from hub.plugin_api.errors import StoreError
from hub.store import Store, counter, open_store
from hub.store.connection import Transaction

pytestmark = pytest.mark.sqlite  # a SQLite file and its log

_ELSEWHERE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
print([row[0] for row in connection.execute("SELECT name FROM counters ORDER BY name")])
connection.close()
"""


def elsewhere(path: Path) -> str:
    """What another process sees, which opens the database and closes it again."""
    done = subprocess.run(
        [sys.executable, "-c", _ELSEWHERE, str(path)], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout


def note(name: str) -> Callable[[Transaction], None]:
    def write(tx: Transaction) -> None:
        tx.execute("INSERT INTO counters (name, value) VALUES (?, 1)", (name,))

    return write


def send(store: Store) -> None:
    """What is committed before a request leaves: the file beside the database is written."""
    store.write_now(counter.add)


def checkpointed(store: Store) -> None:
    """The log has gone into the database."""
    with closing(sqlite3.connect(store.path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")


def test_a_command_beside_a_hub_that_sends_takes_nothing_away(tmp_path: Path) -> None:
    store = open_store(tmp_path / "hub.sqlite")
    try:
        store.write_now(counter.adopt)
        send(store)
        for turn in range(3):
            checkpointed(store)
            send(store)
            elsewhere(store.path)
            store.write_now(note(f"kept{turn}"))
            assert f"kept{turn}" in elsewhere(store.path)
    finally:
        store.close()
    with sqlite3.connect(tmp_path / "hub.sqlite") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM counters WHERE name LIKE 'kept%'").fetchone() == (3,)
    connection.close()


def test_a_second_store_in_the_process_takes_nothing_away(tmp_path: Path) -> None:
    store = open_store(tmp_path / "hub.sqlite")
    try:
        store.write_now(note("a"))
        open_store(tmp_path / "hub.sqlite").close()
        elsewhere(store.path)
        store.write_now(note("b"))
        assert elsewhere(store.path).startswith("['a', 'b'")
    finally:
        store.close()


def test_nothing_is_written_into_a_log_that_was_taken_away(tmp_path: Path) -> None:
    store = open_store(tmp_path / "hub.sqlite")
    try:
        store.write_now(note("a"))
        (tmp_path / "hub.sqlite-wal").unlink()
        with pytest.raises(StoreError) as caught:
            store.write_now(note("b"))
        assert caught.value.code == "store_gone"
    finally:
        store.close()
