"""The tables on the server: made whole in an empty database, and brought up to date by the same numbered
steps as SQLite's. Whoever does either holds a lock of the database, so that two do it one after the other."""

from __future__ import annotations

from hub.plugin_api.errors import ConfigError
from hub.store.connection import Connection, Transaction
from hub.store.migrations import making
from hub.store.migrations.migration import Migration
from hub.store.migrations.numbered import oldest_code, pending
from hub.store.place import Server
from hub.store.postgres.ddl import after_data, migration_ddl, postgres_ddl
from hub.store.schema import VERSION

OLDEST_SERVER = 15
_LOCK = 7_226_327_001  # of pg_advisory_xact_lock: any number that nobody else uses
_VERSION = "schema:version"
"""In ``counters``, what ``PRAGMA user_version`` is in SQLite."""


def version_of(connection: Connection) -> int:
    """The version of the tables; 0 where there are none."""
    if connection.execute("SELECT to_regclass('counters')").fetchone()[0] is None:
        return 0
    found = connection.execute("SELECT value FROM counters WHERE name = ?", (_VERSION,)).fetchone()
    return 0 if found is None else int(found[0])


def refuse_server(version: int, encoding: str | None, server: Server) -> None:
    """Raises ConfigError for a server that is too old, or a database whose texts are not UTF-8."""
    if version < OLDEST_SERVER * 10_000:
        raise ConfigError(
            "{database} is PostgreSQL {version}, and {oldest} is the oldest that the hub works with: upgrade "
            "the server",
            code="config.database_server_old",
            values={"database": server.shown, "version": str(version // 10_000), "oldest": OLDEST_SERVER},
        )
    if encoding != "UTF8":
        raise ConfigError(
            "{database} has its texts in {encoding}: make a database in UTF-8 (createdb -E UTF8 -T template0 "
            "NAME)",
            code="config.database_encoding",
            values={"database": server.shown, "encoding": encoding or "?"},
        )


def refuse_unfit(connection: Connection, server: Server) -> None:
    """Raises ConfigError for a database without a hub's tables, and as `making.refuse_version`."""
    version = refuse_empty(connection, server)
    making.refuse_version(version, lets_older_code_write=making.lets_older_code_write(connection))


def refuse_empty(connection: Connection, server: Server) -> int:
    """The version of the tables. Raises ConfigError where there are none."""
    version = version_of(connection)
    if not version:
        raise ConfigError(
            "{database} has no tables of a hub: 'hub init --database URL' makes them",
            code="config.database_empty",
            values={"database": server.shown},
        )
    return version


def steps_of(connection: Connection) -> list[Migration]:
    """The steps that this database lacks. Raises ConfigError for one that a newer hub has made."""
    version = version_of(connection)
    if version > VERSION:
        making.refuse_version(version, lets_older_code_write=making.lets_older_code_write(connection))
    return pending(version)


def make(tx: Transaction) -> bool:
    """All tables, where there are none. Returns whether there were none."""
    tx.execute("SELECT pg_advisory_xact_lock(?)", (_LOCK,))
    if version_of(tx):
        return False
    for statement in postgres_ddl():
        tx.execute(statement)
    _note(tx)
    return True


def bring_up(tx: Transaction) -> list[Migration]:
    """Every step that this database lacks. Returns them."""
    tx.execute("SELECT pg_advisory_xact_lock(?)", (_LOCK,))
    steps = pending(version_of(tx))
    for step in steps:
        for statement in migration_ddl(step):
            tx.execute(statement)
        if step.data is not None:
            step.data(tx)
        for statement in after_data(step):
            tx.execute(statement)
    if steps:
        _note(tx)
    return steps


def _note(tx: Transaction) -> None:
    for name, value in ((_VERSION, VERSION), (making.OLDEST_CODE, oldest_code())):
        tx.execute(
            "INSERT INTO counters (name, value) VALUES (?, ?) "
            "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, value),
        )


__all__ = [
    "bring_up",
    "make",
    "refuse_empty",
    "refuse_server",
    "refuse_unfit",
    "steps_of",
    "version_of",
]
