"""What a carrier is asked to book."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hub.flow.booking.intent import told, worth
from hub.flow.choice import lengths
from hub.flow.history.recording import posting_row
from hub.flow.history.shipments import shipment_of
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import Rejected
from hub.plugin_api.models import BookRequest, Service
from hub.store import Transaction, rows

if TYPE_CHECKING:
    from hub.flow.app import App


def request_of(
    app: App, carrier: Carrier[Any], connection: Transaction, operation: rows.OperationRow
) -> BookRequest:
    """What the carrier is asked for. Raises Rejected where an address is missing, or a text
    is longer than the carrier takes."""
    shipment = shipment_of(connection, operation)
    posting = posting_row(connection, operation.posting_id)
    known = rows.recipients.get(connection, posting.id)
    seller = app.seller(posting.seller)
    sender = app.warehouse(posting, seller).sender
    recipient = told(carrier, sender, known)
    if known is None or sender is None or recipient is None:
        raise Rejected(
            "the address of the buyer or of the sender is missing",
            code="no_address.buyer_sender_missing",
        )
    check = known.check(operation.account)
    use = "" if check is None else check.use
    parcels, value = worth(seller.profile, sender, posting, carrier, recipient, shipment, operation)
    lengths.check(carrier, sender, recipient, parcels)
    return BookRequest(
        reference=operation.reference,
        service=Service(code=shipment.service_code, name=shipment.service_name),
        posting_number=posting.number,
        sender=sender,
        recipient=recipient,
        parcels=lengths.fitted(carrier, parcels),
        declared_value=value,
        quoted=shipment.money(shipment.quoted_minor),
        cleaned=check.answer if check is not None and use == "suggestion" else None,
        as_written=use == "as_written",
    )
