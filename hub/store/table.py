"""A table, as DDL is made of it: `hub.store.mapping` derives it from the struct of its rows.

Types of columns: ``text``, ``bigint`` (also times: integer microseconds UTC), ``boolean``, ``bytes``,
``json`` (text in both engines). A column whose type ends in ``?`` may be null.
"""

from __future__ import annotations

from typing import Any

import msgspec


class UniqueWhile(msgspec.Struct, frozen=True, kw_only=True):
    """Columns that are unique among the rows of which a condition holds."""

    columns: tuple[str, ...]
    condition: str
    """In SQL that both engines take."""


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """One table: columns in order, the primary key, unique constraints, indexes."""

    name: str
    columns: dict[str, str]
    key: tuple[str, ...]
    unique: tuple[tuple[str, ...], ...] = ()
    unique_while: tuple[UniqueWhile, ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    defaults: dict[str, Any] = {}
    """What older rows, and older code that may still write, have in a column that a migration added: as it is
    stored. A column that is not named here has none."""


def index_name(table: Table, columns: tuple[str, ...]) -> str:
    """The name of an index."""
    return "_".join(("ix", table.name, *columns))


def unique_while_ddl(table: Table) -> list[str]:
    """The indexes that hold what is unique while a condition holds, for either engine, one statement each; a
    second time changes nothing."""
    statements = []
    for one in table.unique_while:
        columns = ", ".join(f'"{column}"' for column in one.columns)
        name = index_name(table, one.columns) + "_unique"
        statements.append(
            f'CREATE UNIQUE INDEX IF NOT EXISTS "{name}" ON "{table.name}" ({columns}) WHERE {one.condition}'
        )
    return statements
