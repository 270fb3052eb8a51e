"""Units of postings of which the marketplace wants to know something before they are packed."""

from __future__ import annotations

from typing import Literal

from hub.store import rows
from hub.store.connection import Transaction
from hub.store.versions import change

Code = Literal["marking", "imei", "uin"]
"""What only one unit in the world has."""

_GONE = ("cancelled", "returned", "lost")


def of_posting(connection: Transaction, posting_id: str) -> list[rows.UnitRow]:
    """The posting's units, by line and number."""
    return rows.units.all(connection, "WHERE posting_id = ? ORDER BY sku, number", (posting_id,))


def waiting(connection: Transaction, seller: str, *, warehouse: str | None = None) -> list[rows.PostingRow]:
    """The seller's postings that are to be packed and have units, the most urgent first."""
    there = "" if warehouse is None else "AND warehouse = ? "
    return rows.postings.all(
        connection,
        "WHERE id IN (SELECT posting_id FROM units WHERE seller = ?) AND is_open = TRUE "
        f"AND stage IN ('new', 'planned', 'packed') {there}ORDER BY ship_by, id",
        (seller,) if warehouse is None else (seller, warehouse),
    )


def holder_of(connection: Transaction, fact: Code, code: str, *, but: str) -> rows.PostingRow | None:
    """Another posting, of whatever seller, whose unit has this code; ``but``: the id of this one. A posting
    that was cancelled or came back has set its codes free, and one that was delivered its numbers: what
    buyers give back is sold again."""
    over = _GONE if fact == "marking" else (*_GONE, "delivered")
    marks = ", ".join("?" * len(over))
    return rows.postings.first(
        connection,
        f"WHERE stage NOT IN ({marks}) AND id IN (SELECT posting_id FROM units WHERE {fact} = ?) "
        "AND id <> ? ORDER BY id",
        (*over, code, but),
    )


def remove(tx: Transaction, posting_id: str, sku: str, number: int) -> None:
    """Nothing is wanted of this unit any more."""
    key = (posting_id, sku, number)
    change(tx, posting_id, "DELETE FROM units WHERE posting_id = ? AND sku = ? AND number = ?", key)
