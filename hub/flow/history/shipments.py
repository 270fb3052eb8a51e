"""Stored bookings: a posting's newest one, and how a plugin sees one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hub.plugin_api.ids import client_reference
from hub.plugin_api.models import Recipient, Service, Shipment
from hub.store import Transaction, history, rows, shipments

if TYPE_CHECKING:
    from hub.plugin_api.carriers import Carrier


def latest_shipment(connection: Transaction, posting_id: str) -> rows.ShipmentRow | None:
    """The posting's newest shipment."""
    return shipments.latest(connection, posting_id)


def has_left(tx: Transaction, row: rows.PostingRow) -> bool:
    """Whether the parcel of the posting's latest booking was handed over, and is not here after all."""
    declared, shipment = history.last_of_kind(tx, row.id, "handover.declared"), latest_shipment(tx, row.id)
    if declared is None or (shipment is not None and declared.time < shipment.created_at):
        return False
    undone = history.last_of_kind(tx, row.id, "handover.undone")
    return undone is None or undone.sequence < declared.sequence


def shipment_of(connection: Transaction, operation: rows.OperationRow) -> rows.ShipmentRow:
    """The shipment that an operation is about."""
    row = rows.shipments.get(connection, operation.subject_id)
    assert row is not None, "an operation's shipment is written with it"
    return row


def reference_of(
    seller: rows.SellerRow,
    connection: Transaction,
    posting: rows.PostingRow,
    carrier: Carrier[Any],
    ordinal: int,
) -> str:
    """What the carrier is given as the key of the posting's booking of this ordinal: made of nothing that a
    restored backup could have forgotten."""
    market = rows.accounts.get(connection, posting.account)
    return client_reference(
        seller.profile.reference_prefix,
        "" if market is None else market.plugin,
        "" if market is None else market.external_id,
        posting.number,
        ordinal,
        1,
        max_length=carrier.reference_max,
    )


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
