"""Parcels on their way, as carriers tell them."""

from __future__ import annotations

from hub.store import rows
from hub.store.connection import Transaction


def known_events(connection: Transaction, shipment_id: str) -> set[str]:
    """The hashes of the shipment's events that are here."""
    return {
        record[0]
        for record in connection.execute(
            "SELECT hash FROM tracking_events WHERE shipment_id = ?", (shipment_id,)
        )
    }


def of_shipment(connection: Transaction, shipment_id: str) -> list[rows.TrackingRow]:
    """The shipment's events, the oldest first."""
    return rows.tracking_events.all(connection, "WHERE shipment_id = ? ORDER BY time, hash", (shipment_id,))
