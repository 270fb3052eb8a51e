"""Migrating a SQLite file in place: under its lock, while no hub is at work there, after a copy of it was
made and checked, and all steps in one transaction."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from hub.plugin_api.errors import Conflict, NotFound
from hub.store import counter
from hub.store.backup import backup, worked_on
from hub.store.condition import lock_of, looked_at
from hub.store.doubting import examined
from hub.store.held import HeldFile
from hub.store.migrations import making
from hub.store.migrations.migration import Migration
from hub.store.migrations.numbered import pending
from hub.store.schema import VERSION
from hub.store.trouble import kind_of, named


class Step(msgspec.Struct, frozen=True):
    """A step, as it is told."""

    number: int
    title: str


class Report(msgspec.Struct, frozen=True):
    """What was done to a database, or is to be."""

    before: int
    after: int
    steps: tuple[Step, ...]
    copy: str | None = None
    """Where the database is kept as it was."""
    doubted: counter.Reason | None = None
    """Why it may have forgotten what was sent, where that has shown just now (`hub.store.doubting`)."""


def to_do(database: Path) -> Report:
    """What `migrate` would do; it changes nothing. Raises NotFound where there is no database, ConfigError
    for one that this code cannot migrate, StoreError where it cannot be read."""
    if not database.exists():
        raise NotFound(
            "there is no file {database}", code="not_found.no_file_2", values={"database": database}
        )
    with named(database), looked_at(database) as connection:
        version = making.refuse_unknown(connection)
    steps = pending(version) if version else []
    return Report(version, VERSION if steps else version, told(steps))


def migrate(database: Path, now: datetime) -> Report:
    """Bring the database up to this code's version. Where anything fails it is as it was before.

    Raises as `to_do`; Conflict while a hub is at work there, or where no copy can be made; StoreError where
    the disk does not take it.
    """
    report = to_do(database)
    if not report.steps:
        return report
    lock = FileLock(lock_of(database))
    try:
        lock.acquire(timeout=2)
    except Timeout:
        raise Conflict("a hub is writing here: stop it first", code="running.writing") from None
    try:
        report = to_do(database)  # somebody else may have been at it meanwhile
        if not report.steps:
            return report
        if worked_on(database, now):
            raise Conflict("a hub is at work here: stop it first", code="running.at_work")
        copy = _copied(database, report.before, now)
        try:
            with named(database):
                doubted = _bring_up(database, now)
        except BaseException:
            if _is_still(database, report.before):
                copy.unlink(missing_ok=True)  # or a start that is tried again and again fills the disk
            raise
        return msgspec.structs.replace(report, copy=str(copy), doubted=doubted)
    finally:
        lock.release()


def told(steps: list[Migration]) -> tuple[Step, ...]:
    return tuple(Step(step.number, step.title) for step in steps)


def _copied(database: Path, version: int, now: datetime) -> Path:
    plain = f"{database.name}.schema-{version}-{now:%Y%m%dT%H%M%S}"
    names = (plain, *(f"{plain}-{number}" for number in range(2, 1000)))
    target = next(path for name in names if not (path := database.with_name(name)).exists())
    try:
        backup(database, target)
    except Conflict as error:
        if error.code != "not_writable":
            raise
        full = isinstance(error.__cause__, Exception) and kind_of(error.__cause__) == "full"
        what, size = "the disk is full" if full else error.message, database.stat().st_size
        raise Conflict(
            "the database cannot be copied before it is migrated, and nothing was changed: {what}. It needs "
            "{size} bytes beside it",
            code="not_writable.database_cannot_copied_before_migrated",
            values={"what": what, "size": size},
        ) from error
    return target


def _bring_up(database: Path, now: datetime) -> counter.Reason | None:
    """All steps in one transaction; in it the database is also compared with the counter beside it, for what
    tells that it is an old copy (its log) is gone afterwards."""
    held = HeldFile(database)
    beside = counter.CounterFile(database, held)
    connection = sqlite3.connect(database, isolation_level=None, factory=counter.Writer)
    with closing(held), closing(beside), closing(connection):
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA busy_timeout=30000")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("BEGIN IMMEDIATE")
        try:
            making.bring_up(connection)
            connection.execute(f"PRAGMA application_id={held.number() + 1}")
            doubted = examined(connection, beside, now)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        with suppress(sqlite3.Error, OSError):  # it is migrated; what is left here the next opening does
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if connection.renewed:
                beside.replace(counter.stored(connection))
            else:
                beside.write(counter.stored(connection))
    return doubted


def _is_still(database: Path, version: int) -> bool:
    try:
        with looked_at(database) as connection:
            return making.version_of(connection) == version
    except (sqlite3.Error, OSError):
        return False


__all__ = ["Report", "Step", "migrate", "to_do", "told"]
