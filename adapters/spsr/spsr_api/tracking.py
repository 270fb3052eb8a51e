"""What SPSR tells of an invoice: WAGetInvoiceInfo 1.1 and WAMonitorInvoiceInfo 1.3.

Names: AStepanov/spsr-shipment (2015), its fork of 2017 and the OpenCart module of 2016.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from spsr_api.documents import Element, Node
from spsr_api.structs import Private, Received, Sent
from spsr_api.values import decimal_of, time_of


class InvoiceKey(Sent, frozen=True, kw_only=True):
    """By which an invoice is asked for: SPSR's number, our own one, or a piece's barcode."""

    number: str = ""
    reference: str = ""
    barcode: str = ""

    def node(self, name: str) -> Node:
        given = {
            "InvoiceNumber": self.number,
            "GCInvoiceNumber": self.reference,
            "BarCode": self.barcode,
        }
        if sum(map(bool, given.values())) != 1:
            raise ValueError("an invoice is asked for by exactly one of its numbers")
        return Node(name, given)


class KnownParty(Private, Received, frozen=True, kw_only=True):
    """A shipper or receiver as SPSR keeps it."""

    city: str = ""
    region: str = ""
    country: str = ""
    postal_code: str = ""
    address: str = ""
    company: str = ""
    contact: str = ""
    phone: str = ""
    comment: str = ""


class KnownPiece(Received, frozen=True, kw_only=True):
    """A piece: kg and cm; ``client_weight`` is what we said."""

    piece_id: str = ""
    weight: Decimal | None = None
    client_weight: Decimal | None = None
    length: Decimal | None = None
    width: Decimal | None = None
    depth: Decimal | None = None


class InvoiceInfo(Private, Received, frozen=True, kw_only=True):
    """An invoice as SPSR keeps it. ``state``: Обработка, Доставлено, Не доставлено."""

    number: str
    reference: str = ""
    product: str = ""
    state: str = ""
    delivered_at: datetime | None = None
    courier_order: str = ""
    shipper: KnownParty = KnownParty()
    receiver: KnownParty = KnownParty()
    pieces: tuple[KnownPiece, ...] = ()


class Event(Received, frozen=True, kw_only=True):
    """Something that happened. ``number_code``: EventNumCode; ``letter_code``: EventStrCode.

    ``time`` is UTC, read as Moscow's where SPSR names no zone; None where it cannot be read.
    """

    time: datetime | None
    name: str = ""
    city: str = ""
    number_code: str = ""
    letter_code: str = ""
    receipt_code: str = ""


class Monitored(Received, frozen=True, kw_only=True):
    """An invoice with its events, in SPSR's order. ``payment_type``: 0 cash, 1 card, 2 prepaid."""

    number: str
    payment_type: str = ""
    events: tuple[Event, ...] = ()


class NotMonitored(Received, frozen=True, kw_only=True):
    """An invoice that was asked for and is not there."""

    number: str
    code: str = ""
    text: str = ""


class Monitoring(Received, frozen=True, kw_only=True):
    """The answer to one WAMonitorInvoiceInfo."""

    invoices: tuple[Monitored, ...] = ()
    not_found: tuple[NotMonitored, ...] = ()


def infos_of(root: Element) -> tuple[InvoiceInfo, ...]:
    return tuple(_info(one) for one in root.below("GetInvoiceInfo", "Invoice"))


def monitoring_of(root: Element) -> Monitoring:
    return Monitoring(
        invoices=tuple(
            Monitored(
                number=one.get("InvoiceNumber"),
                payment_type=one.get("PaymentType"),
                events=tuple(_event(event) for event in one.below("events", "event")),
            )
            for one in root.below("Invoices", "Invoice")
        ),
        not_found=tuple(
            NotMonitored(
                number=one.get("InvoiceNumber"),
                code=one.get("ErrorCode"),
                text=one.get("ErrorMessageRU") or one.get("ErrorMessage"),
            )
            for one in root.below("NotFound", "Invoice")
        ),
    )


def _info(one: Element) -> InvoiceInfo:
    return InvoiceInfo(
        number=one.get("ShipmentNumber"),
        reference=one.get("ShipRefNum"),
        product=one.get("ProductCode"),
        state=one.get("CurState"),
        delivered_at=time_of(one.get("DeliveryDT")),
        courier_order=one.get("OrderNumber"),
        shipper=_party(one.child("Shipper")),
        receiver=_party(one.child("Receiver")),
        pieces=tuple(
            KnownPiece(
                piece_id=piece.get("PieceID"),
                weight=decimal_of(piece.get("Weight")),
                client_weight=decimal_of(piece.get("ClientWeight")),
                length=decimal_of(piece.get("Length")),
                width=decimal_of(piece.get("Width")),
                depth=decimal_of(piece.get("Depth")),
            )
            for piece in one.below("Pieces", "Piece")
        ),
    )


def _party(one: Element | None) -> KnownParty:
    if one is None:
        return KnownParty()
    return KnownParty(
        city=one.get("City"),
        region=one.get("Region"),
        country=one.get("Country"),
        postal_code=one.get("PostCode"),
        address=one.get("Address"),
        company=one.get("CompanyName"),
        contact=one.get("ContactName"),
        phone=one.get("Phone"),
        comment=one.get("Comment"),
    )


def _event(one: Element) -> Event:
    return Event(
        time=time_of(one.get("Date")),
        name=one.get("EventName"),
        city=one.get("City"),
        number_code=one.get("EventNumCode"),
        letter_code=one.get("EventStrCode"),
        receipt_code=one.get("DeliveryNumCode"),
    )
