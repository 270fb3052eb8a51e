"""Stored bookings: a posting's newest one, and how a plugin sees one."""

from __future__ import annotations

from hub.models import Recipient, Service, Shipment
from hub.store import Transaction, rows


def latest_shipment(connection: Transaction, posting_id: str) -> rows.ShipmentRow | None:
    """The posting's newest shipment."""
    return rows.shipments.first(
        connection, "WHERE posting_id = ? ORDER BY ordinal DESC LIMIT 1", (posting_id,)
    )


def shipment_of(connection: Transaction, operation: rows.OperationRow) -> rows.ShipmentRow:
    """The shipment that an operation is about."""
    row = rows.shipments.get(connection, operation.subject_id)
    assert row is not None, "an operation's shipment is written with it"
    return row


def as_shipment(
    row: rows.ShipmentRow, posting: rows.PostingRow, recipient: Recipient | None = None
) -> Shipment:
    """A stored booking as a plugin sees it."""
    return Shipment(
        id=row.id,
        posting_number=posting.number,
        reference=row.reference,
        carrier_id=row.carrier_id,
        tracking_number=row.tracking_number,
        service=Service(code=row.service_code, name=row.service_name),
        parcels=row.parcels,
        recipient=recipient,
    )
