"""The database: group commit, isolation of a failing write, two processes, migration, refusal of the new."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.plugin_api.errors import ConfigError, Conflict
from hub.store import Store, Transaction, open_store
from hub.store.schema import TABLES, VERSION
from hub.store.trouble import EngineError

COUNT = (
    "INSERT INTO counters (name, value) VALUES (?, 1) "
    "ON CONFLICT (name) DO UPDATE SET value = counters.value + 1"
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "hub.sqlite")
    yield opened
    opened.close()


def _count(tx: Transaction, name: str = "n") -> None:
    tx.execute(COUNT, (name,))


def _value(store: Store, name: str = "n") -> int:
    found = store.reader.execute("SELECT value FROM counters WHERE name = ?", (name,)).fetchone()
    return 0 if found is None else int(found[0])


async def test_what_was_written_is_there_and_stays(tmp_path: Path) -> None:
    store = open_store(tmp_path / "hub.sqlite")
    assert await store.write(lambda tx: tx.execute(COUNT, ("n",)).rowcount) == 1
    assert _value(store) == 1
    store.close()
    again = open_store(tmp_path / "hub.sqlite")
    assert _value(again) == 1
    again.close()
    with pytest.raises(RuntimeError, match="closed"):
        again.write_now(_count)


@pytest.mark.sqlite
async def test_writes_that_wait_share_a_commit(store: Store) -> None:
    """A hundred writes that wait while one is at work cost far fewer commits than a hundred."""
    commits: list[str] = []
    held, go_on = threading.Event(), threading.Event()

    def hold(tx: Transaction) -> None:
        tx.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
        held.set()
        go_on.wait(10)

    first = asyncio.ensure_future(store.write(hold))
    await asyncio.to_thread(held.wait, 10)
    waiting = [asyncio.ensure_future(store.write(_count)) for _ in range(100)]
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(first, *waiting)
    assert _value(store) == 100
    assert len(commits) == 2


async def test_a_write_that_fails_takes_nothing_with_it(store: Store) -> None:
    held, go_on = threading.Event(), threading.Event()

    def hold(tx: Transaction) -> None:
        held.set()
        go_on.wait(10)

    def fails(tx: Transaction) -> None:
        _count(tx, "bad")
        tx.execute("INSERT INTO counters (name, value) VALUES ('bad', 5)")

    def raises(tx: Transaction) -> None:
        _count(tx, "bad")
        raise LookupError("no")

    first = asyncio.ensure_future(store.write(hold))
    await asyncio.to_thread(held.wait, 10)
    work = [_count, fails, raises, _count]
    waiting = [asyncio.ensure_future(store.write(one)) for one in work]
    await asyncio.sleep(0)
    go_on.set()
    await first
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(results[1], (*EngineError, Conflict))
    assert isinstance(results[2], LookupError)
    assert (_value(store), _value(store, "bad")) == (2, 0)
    await store.write(_count)
    assert _value(store) == 3


def test_readers_cannot_write_and_see_only_what_is_committed(store: Store) -> None:
    with pytest.raises(EngineError, match=r"readonly|reader"):
        store.reader.execute("DELETE FROM counters")
    seen: list[int] = []

    def write(tx: Transaction) -> None:
        _count(tx)
        seen.append(_value(store))

    store.write_now(write)
    assert (set(seen), _value(store)) == ({0}, 1)


def test_each_thread_reads_on_a_connection_of_its_own(store: Store) -> None:
    others: list[sqlite3.Connection] = []
    thread = threading.Thread(target=lambda: others.append(store.reader))
    thread.start()
    thread.join()
    assert others[0] is not store.reader
    assert store.reader is store.reader


WRITER = """
import sys
from pathlib import Path
from hub.store import open_store
store = open_store(Path(sys.argv[1]))
for _ in range(100):
    store.write_now(lambda tx: tx.execute(sys.argv[2], ("n",)))
    value = store.reader.execute("SELECT value FROM counters WHERE name = 'n'").fetchone()[0]
    store.write_now(lambda tx: tx.execute(sys.argv[2], ("n",)))
store.close()
"""


@pytest.mark.sqlite
def test_two_processes_that_write_at_once_lose_nothing(store: Store, tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path / "hub.sqlite"), COUNT]
    writers = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(2)]
    for _ in range(100):
        store.write_now(_count)
    for writer in writers:
        _, errors = writer.communicate(timeout=60)
        assert writer.returncode == 0, errors.decode()
    assert _value(store) == 500
    assert store.reader.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


@pytest.mark.sqlite
def test_a_commit_is_on_the_disk_before_it_is_told(tmp_path: Path) -> None:
    """The writer's process is killed the moment its write is told; what it wrote is there."""
    script = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom hub.store import open_store\n"
        "store = open_store(Path(sys.argv[1]))\n"
        "for _ in range(int(sys.argv[3])):\n    store.write_now(lambda tx: tx.execute(sys.argv[2], ('n',)))\n"
        "print('told', flush=True)\nos.kill(os.getpid(), signal.SIGTERM)\n"
    )
    path = tmp_path / "hub.sqlite"
    done = subprocess.run(
        [sys.executable, "-c", script, str(path), COUNT, "3"], capture_output=True, timeout=60, check=False
    )
    assert done.stdout.strip() == b"told", done.stderr
    store = open_store(path)
    assert _value(store) == 3
    store.close()


@pytest.mark.sqlite
def test_a_database_of_a_newer_hub_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "hub.sqlite"
    open_store(path).close()
    newer = sqlite3.connect(path)
    newer.execute(f"PRAGMA user_version={VERSION + 1}")
    newer.execute("DROP TABLE counters")
    newer.commit()
    newer.close()
    with pytest.raises(ConfigError, match="newer hub"):
        open_store(path)
    left = sqlite3.connect(path)
    assert left.execute("SELECT count(*) FROM sqlite_master WHERE name = 'counters'").fetchone()[0] == 0
    left.close()


@pytest.mark.sqlite
def test_an_older_database_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "hub.sqlite"
    open_store(path).close()
    older = sqlite3.connect(path)
    older.execute(f"PRAGMA user_version={VERSION - 1}")
    older.close()
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="'hub migrate', which makes a copy first") as caught:
        open_store(path)
    assert caught.value.code == "database_older"
    assert path.read_bytes() == before


@pytest.mark.sqlite
def test_a_new_database_whose_making_was_cut_short_is_made_whole(tmp_path: Path) -> None:
    path = tmp_path / "hub.sqlite"
    half = sqlite3.connect(path)
    half.execute("CREATE TABLE counters (name TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL)")
    half.close()
    store = open_store(path)
    tables = {name for (name,) in store.reader.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {table.name for table in TABLES} <= tables
    assert store.reader.execute("PRAGMA user_version").fetchone()[0] == VERSION
    store.close()


@pytest.mark.sqlite
def test_a_file_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "hub.sqlite"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE jobs (title TEXT)")
    other.close()
    with pytest.raises(ConfigError, match="no database of a hub"):
        open_store(path)
    left = sqlite3.connect(path)
    assert [row[0] for row in left.execute("SELECT name FROM sqlite_master")] == ["jobs"]
    left.close()


@pytest.mark.sqlite
def test_the_declared_keys_and_constraints_hold(store: Store) -> None:
    for table in TABLES:
        made = {row["name"]: row for row in store.reader.execute(f'PRAGMA table_info("{table.name}")')}
        assert list(made) == list(table.columns)
        keyed = sorted((row["pk"], name) for name, row in made.items() if row["pk"])
        assert tuple(name for _, name in keyed) == table.key
        for name, kind in table.columns.items():
            assert bool(made[name]["notnull"]) == (not kind.endswith("?")), (table.name, name)
        unique = {
            tuple(row["name"] for row in store.reader.execute(f'PRAGMA index_info("{index["name"]}")'))
            for index in store.reader.execute(f'PRAGMA index_list("{table.name}")')
            if index["unique"]
        }
        assert set(table.unique) <= unique
