"""The tables of `hub.store.schema`, and the numbered steps that bring older ones there, as DDL for
PostgreSQL."""

from __future__ import annotations

from typing import Any

from hub.store.migrations.making import ADDED, TABLE
from hub.store.migrations.migration import Migration
from hub.store.schema import TABLES
from hub.store.table import Table, index_name, unique_while_ddl

_TEXT = 'text COLLATE "C"'  # keys compare as bytes, as they do in SQLite
_POSTGRES = {"text": _TEXT, "bigint": "bigint", "boolean": "boolean", "bytes": "bytea", "json": _TEXT}


def postgres_ddl() -> list[str]:
    """The same tables for PostgreSQL, one statement each."""
    return [statement for table in TABLES for statement in _table(table)]


def migration_ddl(step: Migration) -> list[str]:
    """What a step adds, for PostgreSQL, one statement each; a second time changes nothing. Its data step is
    the same for both engines, and is no part of it; what `after_data` gives comes after that."""
    statements = [statement for name in step.tables for statement in _table(TABLE[name])]
    for column in step.columns:
        table, name = column.split(".")
        line = _column(TABLE[table], name)
        statements.append(f'ALTER TABLE "{table}" ADD COLUMN IF NOT EXISTS {line}')
    return statements + [_index(TABLE[table], tuple(columns)) for table, *columns in step.indexes]


def after_data(step: Migration) -> list[str]:
    """What a step holds the rows to, once its data step has filled what it added."""
    return [statement for name in step.unique_while for statement in unique_while_ddl(TABLE[name])]


def _table(table: Table) -> list[str]:
    lines = [_column(table, name) for name in table.columns]
    lines.append(f"PRIMARY KEY ({_names(table.key)})")
    lines += [f"UNIQUE ({_names(columns)})" for columns in table.unique]
    made = f'CREATE TABLE IF NOT EXISTS "{table.name}" (\n  ' + ",\n  ".join(lines) + "\n)"
    return [made, *(_index(table, columns) for columns in table.indexes), *unique_while_ddl(table)]


def _column(table: Table, name: str) -> str:
    kind = table.columns[name]
    line = f'"{name}" {_POSTGRES[kind.rstrip("?")]}'
    if kind.endswith("?"):
        return line
    default = f" DEFAULT {_literal(kind, table.defaults[name])}" if f"{table.name}.{name}" in ADDED else ""
    return f"{line} NOT NULL{default}"


def _literal(kind: str, value: Any) -> str:
    if kind == "boolean":
        return "TRUE" if value else "FALSE"
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'" if value else "''"
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


def _index(table: Table, columns: tuple[str, ...]) -> str:
    return f'CREATE INDEX IF NOT EXISTS "{index_name(table, columns)}" ON "{table.name}" ({_names(columns)})'


def _names(columns: tuple[str, ...]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
