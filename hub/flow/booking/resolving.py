"""A person's word on what became of an operation: it goes on from there."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hub.flow.booking import own_orders
from hub.flow.journal import forgetting
from hub.flow.journal import operations as journal
from hub.plugin_api.errors import Rejected
from hub.plugin_api.models import Booking
from hub.store import Transaction, rows
from hub.store.mapping import micros


def planned_again(tx: Transaction, operation: rows.OperationRow, now: datetime) -> None:
    """A person says that the vendor has nothing of it: it is sent once more."""
    found = operation.result | {forgetting.ABSENT_SAYS_A_PERSON: micros(now)}
    _resolved(tx, operation, now, state="planned", result=found)


def taken_for_done(
    tx: Transaction, operation: rows.OperationRow, now: datetime, *, carrier_id: str, tracking_number: str
) -> None:
    """A person says that the vendor has it: it is looked up, and nothing more is sent. Raises Rejected where
    a number cannot be printed, or is that of another posting's booking."""
    said = Booking(state="confirmed", carrier_id=carrier_id or "-", tracking_number=tracking_number)
    if own_orders.flaw(said):
        raise Rejected(
            "parameters: a number that can be printed, 128 characters at most",
            code="parameters.number_can_printed_128",
        )
    if other := own_orders.holder_of(tx, operation, carrier_id, tracking_number):
        raise Rejected(
            "parameters: this is the order of posting {other}: look for the one under {reference}",
            code="parameters.order_posting_look_under",
            values={"other": other, "reference": operation.reference},
        )
    found = operation.result | {journal.EXISTS_SAYS_A_PERSON: True}
    if tracking_number:
        found["tracking_number"] = tracking_number
    number = carrier_id or operation.external_id
    _resolved(tx, operation, now, state="accepted", result=found, external_id=number)


def _resolved(tx: Transaction, operation: rows.OperationRow, now: datetime, **changes: object) -> None:
    changed = msgspec.structs.replace(operation, looks=0, look_after=None, updated_at=now, **changes)
    rows.operations.save(tx, changed)
    shipment = rows.shipments.get(tx, operation.subject_id)
    if shipment is not None and shipment.state == "unknown":
        rows.shipments.save(tx, msgspec.structs.replace(shipment, state="booking", updated_at=now))


__all__ = ["planned_again", "taken_for_done"]
