"""Step 5: booking with a carrier, and cancelling a booking, as kinds of operations of the journal."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from hub.carriers import Carrier
from hub.errors import Failure, Rejected
from hub.flow import journal
from hub.flow.journal import Outcome
from hub.flow.quoting import Choice, declared_value
from hub.flow.recording import advance_soon, close_problems, move, open_problem, posting_row, record
from hub.flow.tracking import as_shipment
from hub.ids import client_reference, new_id
from hub.models import Booking, BookRequest, FoundShipment, Money, Parcel, Service, Stage
from hub.store import Transaction, rows
from hub.store.queue import Work, enqueue

if TYPE_CHECKING:
    from hub.flow.app import App

_CAP = Decimal("1.10")  # of the quoted price: above it a person is asked


def latest_shipment(connection: Transaction, posting_id: str) -> rows.ShipmentRow | None:
    """The posting's newest shipment."""
    return rows.shipments.first(
        connection, "WHERE posting_id = ? ORDER BY ordinal DESC LIMIT 1", (posting_id,)
    )


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
    carrier = app.carrier(offer.account)
    seller = app.seller(posting.seller)
    market = rows.accounts.get(tx, posting.account)
    reference = client_reference(
        seller.profile.reference_prefix,
        "" if market is None else market.plugin,
        "" if market is None else market.external_id,
        posting.number,
        ordinal,
        1,
        max_length=carrier.reference_max,
    )
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
    recipient = rows.recipients.get(tx, posting.id)
    print_of = msgspec.json.encode(
        [parcels, shipment.service_code, None if recipient is None else recipient.document]
    )
    operation = journal.plan(
        tx,
        new_operation(
            app,
            posting,
            account=offer.account,
            kind="book",
            subject_type="shipment",
            subject_id=shipment.id,
            reference=reference,
            fingerprint=hashlib.sha256(print_of).hexdigest(),
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


def new_operation(
    app: App,
    posting: rows.PostingRow,
    *,
    account: str,
    kind: str,
    subject_type: str,
    subject_id: str,
    epoch: int = 1,
    reference: str = "",
    fingerprint: str = "",
    quoted: Money | None = None,
    request: dict[str, Any] | None = None,
) -> rows.OperationRow:
    """A planned operation."""
    now = app.clock.now()
    return rows.OperationRow(
        id=new_id("op"),
        seller=posting.seller,
        account=account,
        kind=kind,
        subject_type=subject_type,
        subject_id=subject_id,
        posting_id=posting.id,
        epoch=epoch,
        state="planned",
        reference=reference,
        fingerprint=fingerprint,
        request=request or {},
        quoted_minor=None if quoted is None else quoted.minor,
        cap_minor=None if quoted is None else Money.of(quoted.amount * _CAP, quoted.currency).minor,
        price_minor=None,
        currency="" if quoted is None else quoted.currency,
        external_id="",
        result={},
        reason="",
        reason_code="",
        sends=0,
        looks=0,
        sent_at=None,
        look_after=None,
        created_at=now,
        updated_at=now,
    )


def _shipment(connection: Transaction, operation: rows.OperationRow) -> rows.ShipmentRow:
    row = rows.shipments.get(connection, operation.subject_id)
    assert row is not None, "an operation's shipment is written with it"
    return row


class _ShipmentKind:
    """What booking and cancelling share: the carrier behind the operation."""

    def __init__(self, app: App, operation: rows.OperationRow, actor: str = "hub") -> None:
        self.app = app
        self.actor = actor
        self.carrier: Carrier[Any] = app.carrier(operation.account)
        self.title = f"{self.carrier.title}: {operation.kind.replace('_', ' ')}"
        self.settle: timedelta = self.carrier.settle

    def explain(self, error: Exception) -> Failure | None:
        return self.carrier.explain(error)


class Book(_ShipmentKind):
    """Book a shipment. Looked up by the carrier's own key where it gave one, else by our reference."""

    @property
    def repeats(self) -> bool:
        return self.carrier.create_safety != "none"

    async def send(self, operation: rows.OperationRow) -> Outcome:
        reader = self.app.store.reader
        shipment = _shipment(reader, operation)
        posting = posting_row(reader, operation.posting_id)
        recipient = rows.recipients.get(reader, posting.id)
        sender = self.app.seller(posting.seller).profile.sender
        if recipient is None or sender is None:
            raise Rejected("the address of the buyer or of the sender is missing", code="no_address")
        booking = await self.carrier.book(
            BookRequest(
                reference=operation.reference,
                service=Service(code=shipment.service_code, name=shipment.service_name),
                posting_number=posting.number,
                sender=sender,
                recipient=recipient.document,
                parcels=shipment.parcels,
                declared_value=declared_value(posting.document),
                quoted=shipment.money(shipment.quoted_minor),
            )
        )
        return _outcome(booking)

    async def look(self, operation: rows.OperationRow) -> Outcome:
        if operation.external_id:
            booking = await self.carrier.booking(operation.external_id)
            if not booking.duplicate:
                return _outcome(booking)
        return self._found(await self.carrier.find(operation.reference))

    def _found(self, found: Any) -> Outcome:
        live: list[FoundShipment] = [one for one in found if one.live]
        if len(live) > 1:
            return Outcome(
                state="human",
                reason=f"{len(live)} live orders carry one reference: cancel all but one at the carrier",
                reason_code="several_found",
            )
        if live:
            return _outcome(live[0].booking)
        refused = [one.booking for one in found if one.booking.state == "rejected"]
        if refused and not refused[-1].duplicate:
            return _outcome(refused[-1])
        return Outcome(state="absent")

    def apply(self, tx: Transaction, operation: rows.OperationRow) -> None:
        now = self.app.clock.now()
        shipment = _shipment(tx, operation)
        posting = posting_row(tx, operation.posting_id)
        note: dict[str, Any] = {"reference": operation.reference, "reason": operation.reason}
        if operation.state == "confirmed":
            self._booked(tx, operation, shipment, posting)
            return
        if operation.state == "rejected":
            rows.shipments.save(tx, msgspec.structs.replace(shipment, state="failed", updated_at=now))
            posting = record(
                tx,
                posting,
                "shipment.refused",
                {"carrier": shipment.carrier, "reason": operation.reason},
                actor=self.actor,
                now=now,
                operation_id=operation.id,
                price_minor=None,
            )
            posting = open_problem(
                tx,
                posting,
                "carrier_refused",
                {"carrier": shipment.carrier, "reason": operation.reason, "code": operation.reason_code},
                now=now,
                operation_id=operation.id,
            )
        elif operation.state in ("accepted", "unknown"):
            kind = f"shipment.{operation.state}"
            posting = record(tx, posting, kind, note, actor=self.actor, now=now, operation_id=operation.id)
        elif operation.state == "human":
            rows.shipments.save(tx, msgspec.structs.replace(shipment, state="unknown", updated_at=now))
            posting = open_problem(
                tx,
                posting,
                "operation_unknown",
                {"kind": operation.kind, "carrier": shipment.carrier, "reference": operation.reference},
                now=now,
                operation_id=operation.id,
            )
        if operation.state not in ("sending", "planned"):
            advance_soon(tx, posting, now=now, at=operation.look_after)

    def _booked(
        self,
        tx: Transaction,
        operation: rows.OperationRow,
        shipment: rows.ShipmentRow,
        posting: rows.PostingRow,
    ) -> None:
        now = self.app.clock.now()
        price = operation.price or shipment.money(shipment.quoted_minor)
        shipment = msgspec.structs.replace(
            shipment,
            state="booked",
            carrier_id=operation.external_id,
            tracking_number=str(operation.result.get("tracking_number", "")),
            committed_minor=None if price is None else price.minor,
            currency=shipment.currency if price is None else price.currency,
            updated_at=now,
        )
        rows.shipments.save(tx, shipment)
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
            actor=self.actor,
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
        posting = close_problems(
            tx, posting, "carrier_refused", "operation_unknown", "no_quotes", "no_weight", now=now
        )
        if operation.cap_minor is not None and (shipment.committed_minor or 0) > operation.cap_minor:
            quoted = shipment.money(shipment.quoted_minor)
            posting = open_problem(
                tx, posting, "price_above_cap", {"quoted": str(quoted), "price": str(price)}, now=now
            )
        posting = move(tx, posting, Stage.BOOKED, actor=self.actor, now=now)
        enqueue(
            tx,
            Work(
                kind="track",
                subject=shipment.id,
                seller=posting.seller,
                account=shipment.account,
                run_at=now + timedelta(hours=1),
            ),
            now=now,
        )
        advance_soon(tx, posting, now=now)


class CancelBooking(_ShipmentKind):
    """Cancel a booking: the carrier reads the state first, and it is repeated until the state says so."""

    repeats = True

    async def send(self, operation: rows.OperationRow) -> Outcome:
        return await self._done(operation, look=False)

    async def look(self, operation: rows.OperationRow) -> Outcome:
        return await self._done(operation, look=True)

    async def _done(self, operation: rows.OperationRow, *, look: bool) -> Outcome:
        reader = self.app.store.reader
        shipment = _shipment(reader, operation)
        mine = as_shipment(shipment, posting_row(reader, operation.posting_id))
        if look and type(self.carrier).cancellation is Carrier.cancellation:
            # A simple carrier: its order under our reference is live still, or it is not.
            found = await self.carrier.find(shipment.reference)
            return Outcome(state="absent" if any(one.live for one in found) else "confirmed")
        ended = await (self.carrier.cancellation(mine) if look else self.carrier.cancel(mine))
        if ended.state == "pending":
            return Outcome(state="accepted")
        state = "confirmed" if ended.state == "cancelled" else "rejected"
        cost = None if ended.cost is None else ended.cost
        return Outcome(state=state, reason=ended.reason, price=cost)  # type: ignore[arg-type]

    def apply(self, tx: Transaction, operation: rows.OperationRow) -> None:
        now = self.app.clock.now()
        shipment = _shipment(tx, operation)
        posting = posting_row(tx, operation.posting_id)
        if operation.state == "confirmed":
            cost = operation.price_minor or 0
            rows.shipments.save(
                tx,
                msgspec.structs.replace(shipment, state="cancelled", committed_minor=cost, updated_at=now),
            )
            tx.execute("DELETE FROM jobs WHERE key = ? AND state = 'queued'", (f"track:{shipment.id}",))
            posting = record(
                tx,
                posting,
                "shipment.cancelled",
                {"cost": str(Money.from_minor(cost, shipment.currency))},
                actor=self.actor,
                now=now,
                operation_id=operation.id,
                price_minor=cost or None,
            )
            posting = close_problems(tx, posting, "cancel_refused", "buyer_cancelled_after_booking", now=now)
        elif operation.state in ("rejected", "human"):
            posting = open_problem(
                tx, posting, "cancel_refused", {"reason": operation.reason}, now=now,
                operation_id=operation.id,
            )  # fmt: skip
        if operation.state not in ("sending", "planned"):
            advance_soon(tx, posting, now=now, at=operation.look_after)


def intend_cancel(
    app: App, tx: Transaction, posting: rows.PostingRow, shipment: rows.ShipmentRow, *, actor: str
) -> rows.OperationRow:
    """Write the intent to cancel a booked shipment; each refused attempt may be followed by another."""
    now = app.clock.now()
    tried = tx.execute(
        "SELECT count(*) FROM operations WHERE kind = 'cancel_booking' AND subject_id = ? "
        "AND state IN ('rejected', 'human')",
        (shipment.id,),
    ).fetchone()[0]
    rows.shipments.save(tx, msgspec.structs.replace(shipment, state="cancelling", updated_at=now))
    operation = journal.plan(
        tx,
        new_operation(
            app,
            posting,
            account=shipment.account,
            kind="cancel_booking",
            subject_type="shipment",
            subject_id=shipment.id,
            epoch=tried + 1,
        ),
    )
    record(
        tx,
        posting,
        "shipment.cancel_requested",
        {"tracking_number": shipment.tracking_number},
        actor=actor,
        now=now,
        operation_id=operation.id,
    )
    return operation


def _outcome(booking: Booking) -> Outcome:
    facts: dict[str, Any] = {"tracking_number": booking.tracking_number}
    if booking.notes:
        facts["notes"] = list(booking.notes)
    if booking.duplicate:
        return Outcome(state="duplicate", reason=booking.reason, reason_code=booking.reason_code)
    state = "rejected" if booking.state == "cancelled" else booking.state
    return Outcome(
        state=state,
        external_id=booking.carrier_id,
        price=booking.price,
        reason=booking.reason,
        reason_code=booking.reason_code,
        result=facts,
    )


__all__ = ["Book", "CancelBooking", "intend", "intend_cancel", "latest_shipment", "new_operation"]
