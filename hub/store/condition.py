"""In what condition the database is: asked without a `Store`, so that it can be told of one that cannot be
opened, and without changing anything in it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from hub.plugin_api.errors import StoreError
from hub.store.connection import Connection, Transaction
from hub.store.mapping import from_micros, micros
from hub.store.migrations import making
from hub.store.opening import open_store
from hub.store.place import FILE, Place
from hub.store.trouble import kind_of, of_kind

_FIXED = ((3, 44, 6), (3, 50, 7), (3, 51, 3))
"""The versions that fixed the WAL-reset bug, one of each line that got the fix."""
WHOLLY_CHECKED = 256 * 2**20
"""Bytes of a database up to which its indexes are compared with its tables too."""
_BACKED_UP = "backed_up_at"
STARTING = "starting:"
"""Before a plugin's name in ``counters``: how often in a row the process ended in its start-up hook."""
_BUSY = 3000  # ms that a check waits for somebody's write


def has_wal_reset_bug(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> bool:
    """Whether this SQLite may lose a commit when two processes write and the log begins anew.

    3.7.0 to 3.51.2 may; it was fixed in 3.44.6 and 3.50.7 too. The hub guards itself with one writer a
    process, and a lock round each write.
    """
    fixed = version >= _FIXED[-1] or any(version[:2] == one[:2] and version >= one for one in _FIXED)
    return version >= (3, 7, 0) and not fixed


def engine() -> str:
    """The engine of a file, and its version, as `hub.store.Store` says it."""
    return f"SQLite {sqlite3.sqlite_version}"


def lock_of(path: Path) -> Path:
    """The lock beside a database: it is made with it, and stays."""
    return path.with_name(f"{path.name}.lock")


def folder_trouble(home: Path) -> StoreError | None:
    """Why no file can be made in the folder; asked without making one."""
    if _is_read_only(home):
        return of_kind("read_only", home)
    return None if os.access(home, os.W_OK | os.X_OK) else of_kind("forbidden", home)


def _is_read_only(folder: Path) -> bool:
    read_only = getattr(os, "ST_RDONLY", 0)
    return bool(read_only) and bool(os.statvfs(folder).f_flag & read_only)


@contextmanager
def looked_at(path: Path) -> Iterator[sqlite3.Connection]:
    """A read-only connection to the database at ``path``; the first read raises what is wrong with it."""
    # On a read-only file system SQLite cannot make the files beside the database that it needs even to read:
    # where there is no log, nothing can change, and it is told so.
    still = _is_read_only(path.parent) and not path.with_name(f"{path.name}-wal").exists()
    uri = f"{path.resolve().as_uri()}?{'immutable=1' if still else 'mode=ro'}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute(f"PRAGMA busy_timeout={_BUSY}")
        yield connection
    finally:
        connection.close()


def schema_version(connection: Connection) -> int:
    """The version of the tables. Raises sqlite3.DatabaseError where the file is no database."""
    return making.version_of(connection)


def damage(connection: Connection, *, whole: bool = False) -> str:
    """The first thing that is wrong in the file, empty where nothing is. It reads all of it; ``whole``: and
    compares each index with its table, which takes several times as long."""
    check = "integrity_check" if whole else "quick_check"
    try:
        found = str(connection.execute(f"PRAGMA {check}(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        if kind_of(error) not in (None, "damaged"):
            raise  # a lock, a disk that does not answer
        return str(error)
    return "" if found == "ok" else found.replace("\n", " ")


def can_be_written(path: Path, seconds: float) -> bool:
    """Whether the lock that every write holds can be had in so many real seconds."""
    try:
        with FileLock(lock_of(path)).acquire(timeout=seconds):
            return True
    except Timeout:
        return False


def note(tx: Transaction, name: str, time: datetime) -> None:
    """Keep in the database when something happened to it."""
    tx.execute(
        "INSERT INTO counters (name, value) VALUES (?, ?) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, micros(time)),
    )


def noted(connection: Transaction, name: str) -> datetime | None:
    """When it last happened, as far as this database knows."""
    row = connection.execute("SELECT value FROM counters WHERE name = ?", (name,)).fetchone()
    return None if row is None else from_micros(row[0])


def note_backup(place: Place, now: datetime) -> None:
    """Keep in the database when a backup of it was made."""
    store = open_store(place)
    try:
        store.write_now(lambda tx: note(tx, _BACKED_UP, now))
    finally:
        store.close()


def backed_up_at(connection: Transaction) -> datetime | None:
    """When the last backup was made, as far as this database knows."""
    return noted(connection, _BACKED_UP)


def ends_at_start(connection: Transaction) -> dict[str, int]:
    """The plugins whose start-up hook ended the process more than once, and how often in a row."""
    found = connection.execute(
        "SELECT name, value FROM counters WHERE name > ? AND name < ? AND value > 1",
        (STARTING, STARTING[:-1] + chr(ord(STARTING[-1]) + 1)),
    )
    return {str(row[0]).removeprefix(STARTING): int(row[1]) for row in found}


def deaths_at_start(connection: Transaction, plugin: str) -> int:
    """How often in a row the plugin's start-up hook ended the process."""
    found = connection.execute("SELECT value FROM counters WHERE name = ?", (STARTING + plugin,)).fetchone()
    return 0 if found is None else int(found[0])


def note_deaths_at_start(tx: Transaction, plugin: str, deaths: int) -> None:
    """Keep how often it did."""
    tx.execute(
        "INSERT INTO counters (name, value) VALUES (?, ?) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (STARTING + plugin, deaths),
    )


def forget_deaths_at_start(tx: Transaction, plugin: str) -> None:
    """It did not."""
    tx.execute("DELETE FROM counters WHERE name = ?", (STARTING + plugin,))


__all__ = [
    "FILE",
    "STARTING",
    "WHOLLY_CHECKED",
    "backed_up_at",
    "can_be_written",
    "damage",
    "deaths_at_start",
    "ends_at_start",
    "engine",
    "folder_trouble",
    "forget_deaths_at_start",
    "has_wal_reset_bug",
    "lock_of",
    "looked_at",
    "note",
    "note_backup",
    "note_deaths_at_start",
    "noted",
    "schema_version",
]
