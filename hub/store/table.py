"""How a table is declared: `hub.store.schema` has all of them."""

from __future__ import annotations

import msgspec


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """One table: columns in order, the primary key, unique constraints, indexes."""

    name: str
    columns: dict[str, str]
    key: tuple[str, ...]
    unique: tuple[tuple[str, ...], ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()


def index_name(table: Table, columns: tuple[str, ...]) -> str:
    """The name of an index."""
    return "_".join(("ix", table.name, *columns))
