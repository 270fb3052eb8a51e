"""The numbered steps: an old home becomes what a new one is, or stays as it was; and who may take them."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from filelock import FileLock

from hub.plugin_api.errors import ConfigError, Conflict, NotFound, StoreError
from hub.store import Transaction, backup, counter, open_store, queue
from hub.store.condition import looked_at
from hub.store.migrations import MIGRATIONS, Migration, making, numbered, oldest_code, running
from hub.store.schema import TABLES, VERSION
from hub.store.table import index_name

pytestmark = pytest.mark.sqlite  # SQLite files of older hubs

HOMES = Path(__file__).parents[1] / "fixtures" / "homes"
NAMES = {"schema-5": 5, "0.1.0": 6, "schema-7": 7}
NOW = datetime(2026, 12, 1, tzinfo=UTC)
Shape = dict[tuple[str, ...], Any]


@pytest.fixture(params=sorted(NAMES))
def old(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, int]:
    """The database of an old home, and its version."""
    with zipfile.ZipFile(HOMES / f"{request.param}.zip") as file:
        file.extractall(tmp_path)
    return tmp_path / "hub.sqlite", NAMES[request.param]


def _shape(path: Path) -> Shape:
    """Tables, columns in their order with kind, null and default, keys and indexes."""
    found: Shape = {}
    with closing(sqlite3.connect(path)) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            for place, name, *facts in database.execute(f'PRAGMA table_info("{table}")'):
                found["column", table, name] = (place, *facts)
            for _, name, unique, *_ in database.execute(f'PRAGMA index_list("{table}")').fetchall():
                columns = [row[2] for row in database.execute(f'PRAGMA index_info("{name}")')]
                found["index", table, name] = (unique, columns)
    return found


def _rows(path: Path) -> list[str]:
    """All that is in it, and how its tables are made."""
    with closing(sqlite3.connect(path)) as database:
        return [f"user_version {making.version_of(database)}", *database.iterdump()]


def _copies(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}.schema-*"))


def _new(path: Path) -> Path:
    open_store(path).close()
    return path


def test_the_steps_lead_to_the_version_of_the_code_one_by_one() -> None:
    assert [step.number for step in MIGRATIONS] == list(range(numbered.FIRST + 1, VERSION + 1))
    assert all(step.oldest_code <= step.number for step in MIGRATIONS)
    for step in MIGRATIONS:
        assert set(step.tables) <= {table.name for table in TABLES}
        for column in step.columns:
            table, name = column.split(".")
            kind = making.TABLE[table].columns[name]
            assert kind.endswith("?") or name in making.TABLE[table].defaults, (
                f"{column}: its field has no default"
            )
        for table, *columns in step.indexes:
            assert tuple(columns) in making.TABLE[table].indexes


def test_an_old_home_becomes_what_a_new_one_is(old: tuple[Path, int], tmp_path: Path) -> None:
    path, version = old
    report = running.migrate(path, NOW)
    assert (report.before, report.after) == (version, VERSION)
    assert [step.number for step in report.steps] == list(range(version + 1, VERSION + 1))
    new, made = _shape(_new(tmp_path / "new.sqlite")), _shape(path)
    assert made.keys() == new.keys()
    without = {
        ("column", *column.split("."))
        for step in MIGRATIONS
        if step.number <= version
        for column in step.columns
    }
    for name, facts in new.items():
        # What a version was made with had no default then; no code that leaves it out may write there.
        assert made[name] == facts or (name in without and _but_default(made[name]) == _but_default(facts))


def _but_default(facts: tuple[Any, ...]) -> tuple[Any, ...]:
    place, kind, needed, _, key = facts
    return place, kind, needed, key


def test_a_step_that_is_taken_twice_changes_nothing(old: tuple[Path, int]) -> None:
    path, version = old
    running.migrate(path, NOW)
    before = _rows(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        for step in numbered.pending(version):
            making.apply(database, step)
    assert _rows(path) == before
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        assert making.bring_up(database) == []
    assert running.migrate(path, NOW) == running.Report(VERSION, VERSION, ())
    assert _rows(path) == before


def test_a_copy_is_made_first_and_is_what_was_there(old: tuple[Path, int]) -> None:
    path, version = old
    before = _rows(path)
    report = running.migrate(path, NOW)
    assert report.copy == str(path.with_name(f"hub.sqlite.schema-{version}-20261201T000000"))
    copy = Path(report.copy)
    assert _rows(copy) == before
    assert copy.stat().st_mode & 0o077 == 0 or os.name != "posix"
    kept = backup.restore(path, copy, NOW + timedelta(hours=1))  # back, and up once more
    assert kept is not None
    assert _shape(path).keys() == _shape(kept).keys()
    assert _rows(copy) == before


def test_an_update_is_no_loss_and_an_old_copy_is_one(old: tuple[Path, int]) -> None:
    path, _ = old
    with looked_at(path) as reader:
        before = counter.doubt(reader)
    assert running.migrate(path, NOW).doubted is None
    store = open_store(path)
    assert store.examine(NOW) is None
    assert counter.doubt(store.reader) == before
    store.write_now(counter.add)
    store.close()
    (copy,) = _copies(path)
    os.replace(copy, path)  # put back with cp: it has forgotten the request of just now
    assert running.migrate(path, NOW).doubted == "copied"
    store = open_store(path)
    assert store.examine(NOW) is None, "it is known by now"
    found = counter.doubt(store.reader)
    assert found is not None
    assert found.reason == "copied"
    store.close()


# --- what fails leaves everything as it was -----------------------------------------------------------------


def _points(path: Path) -> Iterator[int]:
    """Statements of a migration, by number."""
    seen: list[str] = []
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as target:
        with closing(sqlite3.connect(path)) as source:
            source.backup(target)
        target.set_trace_callback(seen.append)
        making.bring_up(target)
    writing = [
        at for at, sql in enumerate(seen) if not sql.lstrip().upper().startswith(("SELECT", "PRAGMA T"))
    ]
    return iter(writing)


def test_wherever_it_raises_the_old_database_is_whole(
    old: tuple[Path, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = old
    before = _rows(path)
    points = list(_points(path))
    assert len(points) > 1
    real, at = making.bring_up, -1
    stop_at = -1

    def trace(_: str) -> None:
        nonlocal at
        at += 1

    def stopped(connection: sqlite3.Connection) -> list[Migration]:
        nonlocal at
        at = -1
        connection.set_trace_callback(trace)
        connection.set_progress_handler(lambda: at >= stop_at, 1)  # the engine interrupts itself
        try:
            return real(connection)
        finally:
            connection.set_trace_callback(None)
            connection.set_progress_handler(None, 0)

    with monkeypatch.context() as patch:
        patch.setattr(making, "bring_up", stopped)
        for stop_at in points:
            with pytest.raises(sqlite3.OperationalError, match="interrupted"):
                running.migrate(path, NOW)
            assert _rows(path) == before, stop_at
            assert not _copies(path), "a start that is tried again and again does not fill the disk"
    assert running.migrate(path, NOW).steps


KILLED = """
import os, signal, sys
from datetime import datetime, UTC
from pathlib import Path
from hub.store.migrations import making, running
real, at, point = making.bring_up, 0, int(sys.argv[2])
def trace(sql):
    global at
    at += 1
    if at == point:
        os.kill(os.getpid(), signal.SIGKILL)
def killed(connection):
    connection.set_trace_callback(trace)
    return real(connection)
making.bring_up = killed
running.migrate(Path(sys.argv[1]), datetime(2026, 12, 1, tzinfo=UTC))
print("done")
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_a_process_that_is_killed_in_the_middle_leaves_the_old_database(old: tuple[Path, int]) -> None:
    path, version = old
    before = _rows(path)
    points = list(_points(path))
    for point in (points[0] + 1, points[len(points) // 2] + 1, points[-1] + 1):
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(path), str(point)],
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == -signal.SIGKILL, done.stderr.decode()
        assert _rows(path) == before
    assert len(_copies(path)) == 3
    assert running.migrate(path, NOW).before == version
    store = open_store(path)
    assert store.examine(NOW) is None
    store.close()


def test_a_full_disk_says_so_and_changes_nothing(
    old: tuple[Path, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = old
    before = _rows(path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(backup, "check", full)
        with pytest.raises(Conflict, match="nothing was changed: the disk is full") as caught:
            running.migrate(path, NOW)
    assert caught.value.code == "not_writable"
    assert (_rows(path), _copies(path)) == (before, [])

    def later(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA max_page_count = 1")
        connection.execute("CREATE TABLE too_much (much TEXT)")

    with monkeypatch.context() as patch:
        patch.setattr(making, "bring_up", later)
        with pytest.raises(StoreError, match="the disk is full"):
            running.migrate(path, NOW)
    assert (_rows(path), _copies(path)) == (before, [])


# --- who may ------------------------------------------------------------------------------------------------


def test_it_is_refused_while_a_hub_is_at_work(old: tuple[Path, int]) -> None:
    path, _ = old
    with closing(sqlite3.connect(path)) as database, database:
        until = NOW + timedelta(seconds=queue.LEASE)
        assert queue.hold_lease(database, "worker", "wrk-1", now=NOW, until=until)
    before = _rows(path)
    with pytest.raises(Conflict, match="a hub is at work here: stop it first"):
        running.migrate(path, NOW + timedelta(seconds=1))
    assert (_rows(path), _copies(path)) == (before, [])
    with FileLock(f"{path}.lock"), pytest.raises(Conflict, match="a hub is writing here"):
        running.migrate(path, NOW + timedelta(minutes=1))
    assert running.migrate(path, NOW + timedelta(minutes=1)).steps


def test_what_cannot_be_migrated(tmp_path: Path) -> None:
    path = tmp_path / "hub.sqlite"
    with pytest.raises(NotFound, match="there is no file"):
        running.migrate(path, NOW)
    path.touch()
    assert not running.migrate(path, NOW).steps
    path.write_bytes(b"nonsense " * 1000)
    with pytest.raises(StoreError, match="is damaged"):
        running.migrate(path, NOW)
    path.unlink()
    _new(path)
    for version, said in ((4, "before 0.1.0"), (VERSION + 1, "newer hub")):
        with closing(sqlite3.connect(path)) as database, database:
            database.execute("DELETE FROM counters")
            database.execute(f"PRAGMA user_version={version}")
        with pytest.raises(ConfigError, match=said):
            running.migrate(path, NOW)


# --- older code and a newer database ------------------------------------------------------------------------


def _becomes_newer(path: Path, oldest: int) -> None:
    """As a newer hub leaves it."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE counters SET value = ? WHERE name = 'schema:oldest_code'", (oldest,))
        database.execute(f"PRAGMA user_version={VERSION + 1}")


def _count(tx: Transaction) -> None:
    tx.execute("INSERT INTO counters (name, value) VALUES ('n', 1)")


async def test_an_older_process_writes_nothing_into_a_migrated_database(tmp_path: Path) -> None:
    path = tmp_path / "hub.sqlite"
    store = open_store(path)
    _becomes_newer(path, VERSION + 1)
    for _ in range(2):
        with pytest.raises(StoreError, match="a newer hub has taken over") as caught:
            await store.write(_count)
        assert caught.value.kind == "newer"
    with pytest.raises(StoreError, match="a newer hub has taken over"):
        store.write_now(_count)
    assert store.trouble is not None
    assert store.trouble.kind == "newer"
    assert store.reader.execute("SELECT 1 FROM counters WHERE name = 'n'").fetchone() is None, "it reads on"
    store.close()
    with pytest.raises(ConfigError, match="newer hub"):
        open_store(path)


async def test_it_goes_on_where_the_newer_one_says_so(tmp_path: Path) -> None:
    path = tmp_path / "hub.sqlite"
    store = open_store(path)
    _becomes_newer(path, VERSION)
    await store.write(_count)
    store.close()
    again = open_store(path)
    assert again.reader.execute("SELECT value FROM counters WHERE name = 'n'").fetchone()[0] == 1
    assert making.version_of(again.reader) == VERSION + 1, "it makes nothing older"
    again.close()
    assert backup.check(path).operations == 0
    assert not running.migrate(path, NOW).steps


OLDER = """
import sys
from pathlib import Path
from hub.plugin_api.errors import StoreError
from hub.store import open_store
store = open_store(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.readline()
try:
    store.write_now(lambda tx: tx.execute("DELETE FROM counters"))
except StoreError as error:
    print(error.code, flush=True)
store.close()
"""


def test_an_older_process_of_its_own(tmp_path: Path) -> None:
    path = _new(tmp_path / "hub.sqlite")
    command = [sys.executable, "-c", OLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as older:
        assert older.stdout is not None
        assert older.stdout.readline() == "open\n"
        _becomes_newer(path, VERSION + 1)
        out, _ = older.communicate("write\n", timeout=60)
    assert out == "store_newer\n"
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM counters").fetchone()[0] > 0


async def test_an_older_worker_takes_no_more_work(tmp_path: Path) -> None:
    path = tmp_path / "hub.sqlite"
    store = open_store(path)
    work = queue.Work(kind="sync", subject="acc_1", seller="shop", account="acc_1", run_at=NOW)
    await store.write(lambda tx: queue.enqueue(tx, work, now=NOW))
    _becomes_newer(path, VERSION + 1)
    lease = timedelta(seconds=queue.LEASE)
    with pytest.raises(StoreError, match="a newer hub has taken over"):
        await store.write(
            lambda tx: queue.claim(tx, "wrk", now=NOW, lease=lease, limit=1, running={}, per_account=1)
        )
    assert store.reader.execute("SELECT count(*) FROM jobs WHERE state = 'running'").fetchone()[0] == 0
    store.close()


def test_a_new_column_may_be_left_out_by_older_code(tmp_path: Path) -> None:
    """Such code writes rows without what a later step has added."""
    path = _new(tmp_path / "hub.sqlite")
    shape = _shape(path)
    for column in sorted(making.ADDED):
        place, _, needed, default, _ = shape[("column", *column.split("."))]
        assert place
        assert not needed or default is not None, column


def test_a_column_of_a_new_table_is_there_before_its_own_step(tmp_path: Path) -> None:
    """A table is made as it is declared today, and the step that adds to it later finds it done."""
    table = making.TABLE["attempts"]
    later = Migration(
        number=VERSION + 1,
        title="",
        oldest_code=7,
        columns=("attempts.verdict",),
        indexes=(("label_codes", "posting_id"),),
    )
    with closing(sqlite3.connect(tmp_path / "new.sqlite", isolation_level=None)) as database:
        making.make(database)
        before = list(database.iterdump())
        making.apply(database, later)
        assert list(database.iterdump()) == before
        assert "verdict" in table.columns


def test_every_index_of_a_step_has_a_name_of_its_own() -> None:
    names = [
        index_name(making.TABLE[table], tuple(columns))
        for step in MIGRATIONS
        for table, *columns in step.indexes
    ]
    assert len(names) == len(set(names))
    assert oldest_code() <= VERSION
    assert msgspec.json.encode(running.Report(5, 6, ()))
