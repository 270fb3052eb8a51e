"""The tables of `hub.store.schema` as DDL for PostgreSQL."""

from __future__ import annotations

from hub.store.schema import TABLES
from hub.store.table import index_name

_POSTGRES = {"text": "text", "bigint": "bigint", "boolean": "boolean", "bytes": "bytea", "json": "text"}


def postgres_ddl() -> list[str]:
    """The same tables for PostgreSQL, one statement each."""
    statements = []
    for table in TABLES:
        lines = []
        for name, kind in table.columns.items():
            null = "" if kind.endswith("?") else " NOT NULL"
            lines.append(f'"{name}" {_POSTGRES[kind.rstrip("?")]}{null}')
        lines.append(f"PRIMARY KEY ({_names(table.key)})")
        lines += [f"UNIQUE ({_names(columns)})" for columns in table.unique]
        statements.append(f'CREATE TABLE IF NOT EXISTS "{table.name}" (\n  ' + ",\n  ".join(lines) + "\n)")
        for columns in table.indexes:
            name = index_name(table, columns)
            statements.append(f'CREATE INDEX IF NOT EXISTS "{name}" ON "{table.name}" ({_names(columns)})')
    return statements


def _names(columns: tuple[str, ...]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
