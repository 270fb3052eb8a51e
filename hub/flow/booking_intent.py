"""What is written before a booking is sent: the shipment, its reference, and a mark of what is asked for."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec

from hub.carriers import Carrier
from hub.errors import Rejected
from hub.flow import identity, journal
from hub.flow.choice.quoting import Choice
from hub.flow.recording import record
from hub.flow.shipments import latest_shipment, reference_of
from hub.ids import new_id
from hub.models import Parcel, Recipient, Sender
from hub.store import Transaction, rows

if TYPE_CHECKING:
    from hub.flow.app import App


def intend(
    app: App,
    tx: Transaction,
    posting: rows.PostingRow,
    choice: Choice,
    parcels: tuple[Parcel, ...],
    *,
    actor: str,
) -> rows.OperationRow:
    """Write the shipment and the intent to book it. One live shipment a posting: an older one must be over.

    Raises Rejected when one is live.
    """
    now = app.clock.now()
    last = latest_shipment(tx, posting.id)
    if last is not None and last.live:
        raise Rejected("the posting has a booking already", code="already_booked")
    ordinal = 1 if last is None else last.ordinal + 1
    offer = choice.offer
    reference = reference_of(app, tx, posting, app.carrier(offer.account), ordinal)
    price = offer.quote.price
    shipment = rows.ShipmentRow(
        id=new_id("shp"),
        seller=posting.seller,
        account=offer.account,
        posting_id=posting.id,
        ordinal=ordinal,
        state="booking",
        carrier=offer.carrier,
        service_code=offer.quote.service.code,
        service_name=offer.quote.service.name,
        reference=reference,
        carrier_id="",
        tracking_number="",
        quoted_minor=price.minor,
        committed_minor=None,
        charged_minor=None,
        currency=price.currency,
        stage="",
        parcels=parcels,
        why=choice.why,
        created_at=now,
        updated_at=now,
    )
    rows.shipments.insert(tx, shipment)
    known = rows.recipients.get(tx, posting.id)
    recipient = told(app.carrier(offer.account), app.seller(posting.seller).profile.sender, known)
    operation = journal.plan(
        tx,
        journal.new(
            app,
            posting,
            account=offer.account,
            kind="book",
            subject_type="shipment",
            subject_id=shipment.id,
            reference=reference,
            fingerprint=fingerprint(shipment, known, recipient),
            quoted=price,
        ),
    )
    record(
        tx,
        record(tx, posting, "carrier.chosen", choice.why, actor=actor, now=now),
        "shipment.booking",
        {"reference": reference, "shipment": shipment.id},
        actor=actor,
        now=now,
        operation_id=operation.id,
        carrier=shipment.carrier,
        service=shipment.service_name,
        reference=reference,
        price_minor=price.minor,
        currency=price.currency,
    )
    return operation


def told(carrier: Carrier[Any], sender: Sender | None, row: rows.RecipientRow | None) -> Recipient | None:
    """The recipient as this carrier is told: the address as it was cleaned or chosen, papers where it needs
    them."""
    if sender is None or row is None:
        return None
    return identity.told(carrier, sender, row.to(carrier.account.id))


def fingerprint(
    shipment: rows.ShipmentRow, row: rows.RecipientRow | None, recipient: Recipient | None
) -> str:
    """Of what the carrier is asked for: the address as it is sent, and the papers. Without the phone: a
    marketplace's substitute changes by itself."""
    to: tuple[object, ...] | None = None
    if recipient is not None:
        to = (recipient.name, recipient.address and recipient.address.spelt)
        check = None if row is None else row.check(shipment.account)
        if check is not None:
            to = (*to, check.use, check.answer.parts)
        if recipient.identity is not None:
            to = (*to, recipient.identity)
    return hashlib.sha256(msgspec.json.encode([shipment.parcels, shipment.service_code, to])).hexdigest()
