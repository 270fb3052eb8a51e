"""A booking is confirmed: what it changes here, in the transaction that records it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from hub.flow.booking import asked_prices, own_orders, second_look
from hub.flow.history.recording import move, record
from hub.flow.problems.kinds import Subject, ended_by
from hub.flow.problems.opening import close_problems, open_problem
from hub.plugin_api.errors import Unavailable
from hub.plugin_api.models import Stage
from hub.store import Transaction, rows
from hub.store.queue import LAST, Work, enqueue

if TYPE_CHECKING:
    from hub.flow.booking.shipping import Book


def write_down(
    book: Book,
    tx: Transaction,
    operation: rows.OperationRow,
    shipment: rows.ShipmentRow,
    posting: rows.PostingRow,
) -> None:
    """The shipment is the carrier's order now: its numbers, its price, and what follows for the posting.

    Raises Unavailable for the order of another posting.
    """
    now = book.app.clock.now()
    tracking_number = str(operation.result.get("tracking_number", ""))
    if own_orders.holder_of(tx, operation, operation.external_id, tracking_number):
        # Two were answered at once with one order: this one is looked up, as after a lost answer.
        raise Unavailable(
            "{title}: the answer names the order of another posting",
            code="unavailable.answer_names_order_another",
            values={"title": book.title},
        )
    quoted = shipment.money(shipment.quoted_minor)
    asked = operation.result.get(asked_prices.ASKED)
    price = None if asked else operation.price or quoted
    before = shipment
    shipment = msgspec.structs.replace(
        shipment,
        state="booked",
        ordinal=operation.result.get("ordinal", shipment.ordinal),
        reference=operation.result.get("reference", shipment.reference),
        carrier_id=operation.external_id,
        tracking_number=tracking_number,
        committed_minor=None if price is None else price.minor,
        currency=shipment.currency if price is None else price.currency,
        updated_at=now,
        look_at=second_look.due_at(book.carrier, now),
    )
    rows.shipments.save(tx, shipment, was=before)
    second_look.look_again_soon(tx, shipment, now=now)
    posting = record(
        tx,
        posting,
        "shipment.booked",
        {
            "carrier": shipment.carrier,
            "tracking_number": shipment.tracking_number,
            "price": None if price is None else str(price.amount),
            "currency": shipment.currency,
        },
        actor=book.actor,
        now=now,
        operation_id=operation.id,
        carrier=shipment.carrier,
        service=shipment.service_name,
        reference=shipment.reference,
        tracking_number=shipment.tracking_number,
        price_minor=shipment.committed_minor,
        currency=shipment.currency,
    )
    for text in operation.result.get("notes", ()):
        posting = record(tx, posting, "shipment.changed", {"note": text}, actor="hub", now=now)
    posting = close_problems(tx, posting, *ended_by("booked"), now=now)
    about: Subject = ("shipment", shipment.id)
    if asked or asked_prices.above_cap(price, operation):
        data = {"price": asked or str(price)} | ({} if quoted is None else {"quoted": str(quoted)})
        posting = open_problem(tx, posting, "price_above_cap", data, now=now, about=about)
    if not tracking_number and posting.document.fulfilment.tracking == "seller":
        # Nobody will tell the marketplace how it travels: a person has to.
        data = {"carrier": shipment.carrier, "tracking_number": shipment.carrier_id, "standing": "live"}
        posting = open_problem(
            tx, posting, "booking_unverified", data, now=now, operation_id=operation.id, about=about
        )
    posting = move(tx, posting, Stage.BOOKED, actor=book.actor, now=now)
    track_soon(tx, posting, shipment, now=now)


def track_soon(
    tx: Transaction, posting: rows.PostingRow, shipment: rows.ShipmentRow, *, now: datetime
) -> None:
    """Have the worker follow the parcel."""
    work = Work(
        kind="track",
        subject=shipment.id,
        seller=posting.seller,
        account=shipment.account,
        run_at=now + timedelta(hours=1),
        priority=LAST,
    )
    enqueue(tx, work, now=now)


__all__ = ["track_soon", "write_down"]
