"""Bookings."""

from __future__ import annotations

from hub.store import rows
from hub.store.database import Transaction


def latest(connection: Transaction, posting_id: str) -> rows.ShipmentRow | None:
    """The posting's newest booking."""
    return rows.shipments.first(
        connection, "WHERE posting_id = ? ORDER BY ordinal DESC LIMIT 1", (posting_id,)
    )
