"""Hand-overs of a seller's parcels."""

from __future__ import annotations

from datetime import datetime

from hub.store import queries, rows
from hub.store.connection import Transaction
from hub.store.mapping import micros


def under_way(connection: Transaction, *, seller: str) -> list[rows.HandoverRow]:
    """The seller's hand-overs that were declared and are not closed."""
    return rows.handovers.all(connection, "WHERE seller = ? AND state IN ('planned', 'open')", (seller,))


def declared_at(
    connection: Transaction, *, seller: str, account: str, warehouse: str, time: datetime
) -> list[rows.HandoverRow]:
    """What became of the hand-over that was declared to this account for this warehouse at this time: one, or
    several."""
    return rows.handovers.all(
        connection,
        "WHERE seller = ? AND account = ? AND warehouse = ? AND created_at = ? ORDER BY id",
        (seller, account, warehouse, micros(time)),
    )


def newest(connection: Transaction, *, seller: str, limit: int) -> list[rows.HandoverRow]:
    """The seller's latest hand-overs, the newest first."""
    return rows.handovers.all(connection, queries.newest_tail(after=False), (seller, limit))


def numbers_known(connection: Transaction, *, account: str) -> set[str]:
    """What the vendor of this account calls its hand-overs that are here."""
    return {
        record["external_id"]
        for record in connection.execute("SELECT external_id FROM handovers WHERE account = ?", (account,))
    }
