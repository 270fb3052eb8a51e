"""The warehouses of sellers."""

from __future__ import annotations

from collections.abc import Sequence

from hub.store import rows
from hub.store.connection import Transaction

_AT_ONCE = 400  # values of one IN (...)


def every(connection: Transaction) -> list[rows.WarehouseRow]:
    """All warehouses, in no order."""
    return rows.warehouses.all(connection, "")


def of_seller(connection: Transaction, seller: str) -> list[rows.WarehouseRow]:
    """A seller's warehouses, by slug."""
    return rows.warehouses.all(connection, "WHERE seller = ? ORDER BY slug", (seller,))


def named(connection: Transaction, seller: str, slug: str) -> rows.WarehouseRow | None:
    """A seller's warehouse of this slug."""
    return rows.warehouses.first(connection, "WHERE seller = ? AND slug = ?", (seller, slug))


def of_postings(connection: Transaction, ids: Sequence[str]) -> set[str]:
    """The slugs of the warehouses that these postings leave from."""
    found: set[str] = set()
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(some))
        found.update(
            row["warehouse"]
            for row in connection.execute(
                f"SELECT warehouse FROM postings WHERE id IN ({marks})", tuple(some)
            )
        )
    return found


def open_postings(connection: Transaction, seller: str) -> list[rows.PostingRow]:
    """The seller's postings that have not left yet."""
    return rows.postings.all(connection, "WHERE seller = ? AND is_open = TRUE ORDER BY id", (seller,))
