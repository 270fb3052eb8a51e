"""The tables of SQLite: made whole in a new file, and brought up to date by the numbered steps.

Nothing here begins or ends a transaction: all that is done to a database is done in its caller's, so that it
is there in full or not at all.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from hub.plugin_api.errors import ConfigError
from hub.store.connection import Connection
from hub.store.migrations.migration import Migration
from hub.store.migrations.numbered import FIRST, MIGRATIONS, oldest_code, pending
from hub.store.schema import TABLES, VERSION
from hub.store.table import Table, index_name, unique_while_ddl

if TYPE_CHECKING:
    from sqlite_utils import Database

_KINDS: dict[str, type] = {"text": str, "bigint": int, "boolean": int, "bytes": bytes, "json": str}
OLDEST_CODE = "schema:oldest_code"
"""In ``counters``: the oldest version whose code may write into this database."""

TABLE = {table.name: table for table in TABLES}
ADDED = frozenset(column for step in MIGRATIONS for column in step.columns)
"""Columns that a step has added. They have a default in new databases too: all databases of a version are
alike, and older code that may still write leaves them out."""


def version_of(connection: Connection) -> int:
    """The version of the tables; 0 where there are none."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def refuse_unknown(connection: Connection) -> int:
    """The version of a database that this code can use, or migrate. Raises ConfigError for the others."""
    version = version_of(connection)
    if version > VERSION and not lets_older_code_write(connection):
        raise _newer(version)
    if 0 < version < FIRST:
        raise ConfigError(
            "the database is of a hub before 0.1.0 (schema {version}): open it once with 0.1.0, then with "
            "this one",
            code="config.database_before_0_1",
            values={"version": version},
        )
    return version


def refuse_older(connection: Connection) -> int:
    """The version of a database that this code can work with, 0 for a new one. Raises ConfigError for one
    that has to be migrated first, and as `refuse_unknown`."""
    version = refuse_unknown(connection)
    refuse_version(version, lets_older_code_write=True)
    return version


def refuse_version(version: int, *, lets_older_code_write: bool) -> None:
    """Raises ConfigError for a database that has to be migrated first, and for a newer one that says that
    this code would spoil it."""
    if version > VERSION and not lets_older_code_write:
        raise _newer(version)
    if 0 < version < VERSION:
        raise ConfigError(
            "the database is of an older hub (schema {version}, this one has {version_2}): stop the hub, "
            "then run 'hub migrate', which makes a copy first, or start 'hub serve'",
            code="database_older",
            values={"version": version, "version_2": VERSION},
        )


def _newer(version: int) -> ConfigError:
    return ConfigError(
        "the database was written by a newer hub (schema {version}, this one knows {version_2}): "
        "install that version, or restore a backup",
        code="config.database_written_newer_schema",
        values={"version": version, "version_2": VERSION},
    )


def lets_older_code_write(connection: Connection) -> bool:
    """Whether a newer database says that code of this version may go on writing into it."""
    try:
        found = connection.execute("SELECT value FROM counters WHERE name = ?", (OLDEST_CODE,)).fetchone()
    except sqlite3.OperationalError:
        return False
    return found is not None and int(found[0]) <= VERSION


def make(connection: sqlite3.Connection) -> None:
    """All tables, in a file that has none; also in one whose making was cut short by a hub that made each
    table by itself. Raises ConfigError where other tables are in the way."""
    from sqlite_utils import Database

    database = Database(connection)
    for table in TABLES:
        _create(database, table)
    for step in MIGRATIONS:
        _add(database, step)
    for table in TABLES:
        _hold(connection, table)
        if lacking := table.columns.keys() - database.table(table.name).columns_dict.keys():
            missing = ", ".join(sorted(lacking))
            raise ConfigError(
                "this is no database of a hub: its table {name} has no {missing}",
                code="config.no_database_table",
                values={"name": table.name, "missing": missing},
            )
    _note(connection)


def bring_up(connection: sqlite3.Connection) -> list[Migration]:
    """Every step that this database lacks. Returns them."""
    steps = pending(refuse_unknown(connection))
    for step in steps:
        apply(connection, step)
    if steps:
        _note(connection)
    return steps


def apply(connection: sqlite3.Connection, step: Migration) -> None:
    """One step: its structure, as far as it is not there, then its rows."""
    from sqlite_utils import Database

    _add(Database(connection), step)
    if step.data is not None:
        step.data(connection)
    for name in step.unique_while:
        _hold(connection, TABLE[name])


def _note(connection: Connection) -> None:
    connection.execute(
        "INSERT INTO counters (name, value) VALUES (?, ?) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (OLDEST_CODE, oldest_code()),
    )
    connection.execute(f"PRAGMA user_version={VERSION}")


def _add(database: Database, step: Migration) -> None:
    for name in step.tables:
        _create(database, TABLE[name])
    for column in step.columns:
        table, name = column.split(".")
        if name not in database.table(table).columns_dict:
            kind = TABLE[table].columns[name]
            database.table(table).add_column(
                name, _KINDS[kind.rstrip("?")], not_null_default=_default(TABLE[table], name)
            )
    for table, *columns in step.indexes:
        _index(database, TABLE[table], tuple(columns))


def _create(database: Database, table: Table) -> None:
    if not database.table(table.name).exists():
        kinds = table.columns.items()
        database.table(table.name).create(
            {name: _KINDS[kind.rstrip("?")] for name, kind in kinds},
            pk=table.key if len(table.key) > 1 else table.key[0],
            not_null={name for name, kind in kinds if not kind.endswith("?")},
            defaults={
                name: default
                for name in table.columns
                if f"{table.name}.{name}" in ADDED and (default := _default(table, name)) is not None
            },
        )
    for columns in table.unique:
        database.table(table.name).create_index(
            columns, index_name=index_name(table, columns) + "_unique", unique=True, if_not_exists=True
        )
    present = database.table(table.name).columns_dict.keys()
    for columns in table.indexes:
        if present >= set(columns):  # otherwise the step that adds the column makes it
            _index(database, table, columns)


def _index(database: Database, table: Table, columns: tuple[str, ...]) -> None:
    database.table(table.name).create_index(
        columns, index_name=index_name(table, columns), if_not_exists=True
    )


def _hold(connection: sqlite3.Connection, table: Table) -> None:
    for statement in unique_while_ddl(table):
        connection.execute(statement)


def _default(table: Table, name: str) -> object:
    """Of a column that a step adds: none where it may be null, and else its field's. Raises KeyError where it
    has none."""
    value = None if table.columns[name].endswith("?") else table.defaults[name]
    return int(value) if isinstance(value, bool) else value


__all__ = [
    "ADDED",
    "apply",
    "bring_up",
    "lets_older_code_write",
    "make",
    "refuse_older",
    "refuse_unknown",
    "version_of",
]
