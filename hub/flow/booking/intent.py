"""What is written before a booking is sent: the shipment, its reference, and a mark of what is asked for."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec

from hub.flow.choice import lengths
from hub.flow.choice.valuing import booked_as, declared_value
from hub.flow.history.recording import posting_row, record
from hub.flow.history.shipments import latest_shipment, reference_of
from hub.flow.journal import operations as journal
from hub.flow.recipients import identity
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import Rejected
from hub.plugin_api.ids import new_id
from hub.plugin_api.models import Money, Parcel, Recipient, Sender
from hub.store import Transaction, rows

if TYPE_CHECKING:
    from hub.flow.app import App

_WAREHOUSE = "warehouse"  # that it was priced from, where that is not the default one
_VALUE = "declared_value"  # in the operation's request: booked as it was quoted


def intend(
    app: App,
    tx: Transaction,
    posting: rows.PostingRow,
    chosen: rows.ChoiceRow,
    *,
    actor: str,
) -> rows.OperationRow:
    """Write the shipment and the intent to book what was chosen, at its cap. One live shipment a posting: an
    older one must be over.

    Raises Rejected when one is live.
    """
    now = app.clock.now()
    last = latest_shipment(tx, posting.id)
    if last is not None and last.live:
        raise Rejected("the posting has a booking already", code="already_booked")
    ordinal = 1 if last is None else last.ordinal + 1
    carrier, seller = app.carrier(chosen.account), app.seller(posting.seller)
    reference = reference_of(seller, tx, posting, carrier, ordinal)
    known = rows.recipients.get(tx, posting.id)
    sender = app.warehouse(posting, seller).sender
    recipient = told(carrier, sender, known)
    parcels, value = valued(seller.profile, sender, posting, carrier, recipient, chosen.parcels)
    shipment = rows.ShipmentRow(
        id=new_id("shp"),
        seller=posting.seller,
        account=chosen.account,
        posting_id=posting.id,
        ordinal=ordinal,
        state="booking",
        carrier=chosen.carrier,
        service_code=chosen.service_code,
        service_name=chosen.service_name,
        reference=reference,
        carrier_id="",
        tracking_number="",
        quoted_minor=chosen.price_minor,
        committed_minor=None,
        charged_minor=None,
        currency=chosen.currency,
        stage="",
        parcels=parcels,
        why=chosen.why,
        created_at=now,
        updated_at=now,
    )
    rows.shipments.insert(tx, shipment)
    operation = journal.plan(
        tx,
        journal.new(
            app,
            posting,
            account=chosen.account,
            kind="book",
            subject_type="shipment",
            subject_id=shipment.id,
            reference=reference,
            quoted=chosen.price,
            cap_minor=chosen.cap_minor,
            request={_VALUE: msgspec.to_builtins(value), **_priced_from(posting)},
        ),
    )
    record(
        tx,
        record(tx, posting, "carrier.chosen", chosen.why, actor=actor, now=now),
        "shipment.booking",
        {"reference": reference, "shipment": shipment.id},
        actor=actor,
        now=now,
        operation_id=operation.id,
        carrier=shipment.carrier,
        service=shipment.service_name,
        reference=reference,
        price_minor=chosen.price_minor,
        currency=chosen.currency,
    )
    if (texts := lengths.mended(carrier, parcels)) is not None:
        record(
            tx,
            posting_row(tx, posting.id),
            "shipment.texts_fitted",
            {"carrier": shipment.carrier, "texts": texts},
            actor=actor,
            now=now,
            operation_id=operation.id,
        )
    return operation


def _priced_from(posting: rows.PostingRow) -> dict[str, str]:
    return {} if posting.warehouse == rows.DEFAULT_WAREHOUSE else {_WAREHOUSE: posting.warehouse}


def leaves_elsewhere(operation: rows.OperationRow, posting: rows.PostingRow) -> bool:
    """Whether the posting leaves from another warehouse than its booking was priced from."""
    return priced_from(operation) != posting.warehouse


def priced_from(operation: rows.OperationRow) -> str:
    """The warehouse (its slug) that a booking was priced from."""
    return str(operation.request.get(_WAREHOUSE, rows.DEFAULT_WAREHOUSE))


def valued(
    profile: rows.SellerProfile,
    sender: Sender | None,
    posting: rows.PostingRow,
    carrier: Carrier[Any],
    recipient: Recipient | None,
    parcels: tuple[Parcel, ...],
) -> tuple[tuple[Parcel, ...], Money | None]:
    """The boxes and the goods' value as this carrier is told them. Raises NoRate."""
    to = None if recipient is None else recipient.address
    if sender is None or to is None:
        return parcels, declared_value(posting.document)
    return booked_as(carrier, sender.address, to, parcels, posting.document, profile.carrier_rules)


def worth(
    profile: rows.SellerProfile,
    sender: Sender,
    posting: rows.PostingRow,
    carrier: Carrier[Any],
    recipient: Recipient,
    shipment: rows.ShipmentRow,
    operation: rows.OperationRow,
) -> tuple[tuple[Parcel, ...], Money | None]:
    """What a booking says of the goods' value: what was written when it was intended; version 0.1.0 wrote
    nothing. Raises NoRate."""
    parcels, value = valued(profile, sender, posting, carrier, recipient, shipment.parcels)
    if _VALUE in operation.request:
        value = msgspec.convert(operation.request[_VALUE], Money | None)
    return parcels, value


def told(carrier: Carrier[Any], sender: Sender | None, row: rows.RecipientRow | None) -> Recipient | None:
    """The recipient as this carrier is told: the address as it was cleaned or chosen, papers where it needs
    them."""
    if sender is None or row is None:
        return None
    return identity.told(carrier, sender, row.to(carrier.account.id))


def old_fingerprint(
    shipment: rows.ShipmentRow, row: rows.RecipientRow | None, recipient: Recipient | None
) -> str:
    """As 0.1.0 wrote it, for bookings that it has sent: parcels, service, address and papers."""
    to: tuple[object, ...] | None = None
    if recipient is not None:
        to = (recipient.name, recipient.address and recipient.address.spelt)
        check = None if row is None else row.check(shipment.account)
        if check is not None:
            to = (*to, check.use, check.answer.parts)
        if recipient.identity is not None:
            to = (*to, recipient.identity)
    return hashlib.sha256(msgspec.json.encode([shipment.parcels, shipment.service_code, to])).hexdigest()
