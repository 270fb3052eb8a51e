"""A copy of the database while it is in use, checked by opening it; and putting one back.

A backup has forgotten what was booked after it was made. So a restored store says when it was restored, and
the journal then asks the carrier before it books what may have been booked before (docs/adr/0010).
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from hub.plugin_api.errors import Conflict, NotFound
from hub.store import counter, doubting
from hub.store.condition import looked_at, schema_version
from hub.store.held import HeldFile
from hub.store.mapping import micros
from hub.store.migrations import making
from hub.store.schema import VERSION
from hub.store.trouble import kind_of


class Copy(msgspec.Struct, frozen=True):
    """What a backup holds."""

    path: str
    postings: int
    operations: int
    bytes: int


def backup(database: Path, target: Path) -> Copy:
    """Copy the database to ``target`` and open the copy: its integrity, and how much is in it.

    Others may write meanwhile. Raises Conflict where ``target`` exists, or the copy is not sound: it is then
    taken away again.
    """
    if target.exists():
        raise Conflict(
            "{target} exists already: choose another name", code="exists", values={"target": target}
        )
    if not target.parent.is_dir():
        raise NotFound(
            "there is no folder {parent}: make it first",
            code="not_found.no_folder_make_first",
            values={"parent": target.parent},
        )
    with _written(target), _part(target) as part:
        try:
            with looked_at(database) as source, closing(sqlite3.connect(part)) as copy:
                source.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
        except sqlite3.DatabaseError as error:
            if kind_of(error) in ("full", "read_only", "forbidden"):
                raise  # of the copy
            raise Conflict(
                "{database} cannot be read ({error}): run 'hub doctor'",
                code="damaged.cannot_read_run",
                values={"database": database, "error": error},
            ) from error
        found = check(part)
        part.rename(target)
    return msgspec.structs.replace(found, path=str(target))


@contextmanager
def _written(target: Path) -> Iterator[None]:
    """Say in plain words why a file cannot be made there."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        kind = kind_of(error)
        if kind is None:
            raise
        reason = (error.strerror if isinstance(error, OSError) else "") or str(error)
        raise Conflict(
            "{target} cannot be written ({reason}): choose a place that this user may write to, and that "
            "has room",
            code="not_writable",
            values={"target": target, "reason": reason},
        ) from error


def check(path: Path) -> Copy:
    """Open a copy and look whether it is sound. Raises NotFound, or Conflict that says what is wrong."""
    if not path.is_file():
        raise NotFound("there is no file {path}", code="not_found.no_file", values={"path": path})
    try:
        with looked_at(path) as connection:
            (integrity,) = connection.execute("PRAGMA integrity_check").fetchone()
            version = schema_version(connection)
            if integrity != "ok":
                raise Conflict(
                    "{path} is damaged: {integrity}",
                    code="damaged.database",
                    values={"path": path, "integrity": integrity},
                )
            if version > VERSION and not making.lets_older_code_write(connection):
                raise Conflict(
                    "{path} is of a newer hub: update this one first", code="newer", values={"path": path}
                )
            (postings,) = connection.execute("SELECT count(*) FROM postings").fetchone()
            (operations,) = connection.execute("SELECT count(*) FROM operations").fetchone()
    except sqlite3.DatabaseError as error:
        raise Conflict(
            "{path} is no database of a hub ({error})",
            code="damaged.no_database",
            values={"path": path, "error": error},
        ) from error
    return Copy(str(path), int(postings), int(operations), path.stat().st_size)


def restore(database: Path, source: Path, now: datetime) -> Path | None:
    """Put a backup in the place of the database; one of an older hub is migrated there, and stays as it is
    itself. Returns where the old one is kept.

    Raises NotFound and Conflict as `check`, and Conflict while a hub is at work on the database.
    """
    check(source)
    lock = FileLock(f"{database}.lock")
    try:
        lock.acquire(timeout=2)
    except Timeout:
        raise Conflict("a hub is writing here: stop it first", code="running.writing") from None
    try:
        if database.exists() and worked_on(database, now):
            raise Conflict("a hub is at work here: stop it first", code="running.at_work")
        kept = None
        with _part(database) as part:
            shutil.copyfile(source, part)
            with closing(sqlite3.connect(part, isolation_level=None)) as connection:
                connection.execute("BEGIN IMMEDIATE")
                making.bring_up(connection)  # an older hub's backup may lack what is written next
                counter.note_doubt(connection, "restored", now)
                connection.execute("DELETE FROM leases")
                doubting.doubt(connection, now)
                connection.execute("COMMIT")
                count = counter.stored(connection)
            # The new one is whole before the old one is touched: a full disk, or a crash, leaves one.
            if database.exists():
                kept = _free_name(database, now)
                _put_aside(database, kept)
            os.replace(part, database)
            with closing(HeldFile(database)) as held:
                counter.CounterFile(database, held).replace(count)
        return kept
    finally:
        lock.release()


@contextmanager
def _part(target: Path) -> Iterator[Path]:
    """A file beside the target to be made in full first: nobody else's to read, and gone where that fails."""
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def _free_name(database: Path, now: datetime) -> Path:
    """Where the old database is kept: never in the place of one that was kept before."""
    plain = f"{database.name}.before-{now:%Y%m%dT%H%M%S}"
    names = (plain, *(f"{plain}-{number}" for number in range(2, 1000)))
    return next(kept for name in names if not (kept := database.with_name(name)).exists())


def worked_on(database: Path, now: datetime) -> bool:
    """Whether a hub holds a lease there now."""
    try:
        with looked_at(database) as connection:
            # One that lasts longer than any lease can was given before the clock went back.
            found = connection.execute(
                "SELECT 1 FROM leases WHERE until > ? AND until < ?",
                (micros(now), micros(now + timedelta(hours=1))),
            ).fetchone()
    except sqlite3.DatabaseError:
        return False  # the one that is put aside may be damaged: that is why it is
    return found is not None


def _readable(database: Path) -> bool:
    try:
        with looked_at(database) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError:
        return False
    return True


def _put_aside(database: Path, kept: Path) -> None:
    """The old database under another name, with its write-ahead log in it; one that is damaged keeps its log
    beside it, for nothing of it may meet the new database."""
    if _readable(database):  # of one that is not, SQLite would throw the log away
        with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(database)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for ending in ("-wal", "-shm"):
        beside = database.with_name(database.name + ending)
        if beside.exists():
            beside.rename(kept.with_name(kept.name + ending))
    try:
        os.link(database, kept)  # so that there is a database at every moment
    except OSError:
        database.rename(kept)  # a file system without links


__all__ = ["Copy", "backup", "check", "restore", "worked_on"]
