"""The warehouses of sellers."""

from __future__ import annotations

from hub.store import rows
from hub.store.connection import Transaction


def every(connection: Transaction) -> list[rows.WarehouseRow]:
    """All warehouses, in no order."""
    return rows.warehouses.all(connection, "")


def of_seller(connection: Transaction, seller: str) -> list[rows.WarehouseRow]:
    """A seller's warehouses, by slug."""
    return rows.warehouses.all(connection, "WHERE seller = ? ORDER BY slug", (seller,))


def named(connection: Transaction, seller: str, slug: str) -> rows.WarehouseRow | None:
    """A seller's warehouse of this slug."""
    return rows.warehouses.first(connection, "WHERE seller = ? AND slug = ?", (seller, slug))


def open_postings(connection: Transaction, seller: str) -> list[rows.PostingRow]:
    """The seller's postings that have not left yet."""
    return rows.postings.all(connection, "WHERE seller = ? AND is_open = TRUE ORDER BY id", (seller,))
