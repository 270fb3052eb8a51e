"""Cancelling a booking, as a kind of operation of the journal: repeated until the carrier's state says so.

Where nobody could learn for hours whether it is cancelled, the booking stays ``cancelling``: its label would
send a parcel off without a carrier behind it. A person is told, and the carrier is asked again now and then.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from hub.flow.booking import adopting, asked_prices, second_look
from hub.flow.booking.booked import track_soon
from hub.flow.booking.kind import ShipmentKind
from hub.flow.documents.labelling import supersede
from hub.flow.history.recording import move, posting_row, record
from hub.flow.history.shipments import as_shipment, has_left, shipment_of
from hub.flow.journal import operations as journal
from hub.flow.journal.operations import Outcome
from hub.flow.problems.kinds import Subject, ended_by
from hub.flow.problems.opening import close_problems, open_problem
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.models import Money, Stage
from hub.store import Transaction, operations, problems, queue, rows
from hub.words import revived, said

if TYPE_CHECKING:
    from hub.flow.app import App

_LOOKS = 3  # an order that is not shown at all is gone after so many look-ups
_REFUSED = "refused"
"""In an operation's ``result``: why the carrier refused a try, when an earlier one may have been acted on."""
AFTER_HANDOVER = "cancelled_after_handover"
"""The problem: a booking is over whose parcel the carrier was given."""
ENDED = "ended"
"""In its data: the posting is cancelled too, so that it is not shipped again."""
UNKNOWN = said(
    "whether it was cancelled could not be learned: look in the carrier's cabinet",
    code="cancel.unknown",
)


class CancelBooking(ShipmentKind, kinds=("cancel_booking",)):
    """Cancel a booking: the carrier reads the state first, and it is repeated until the state says so."""

    call = "cancel"
    most_sends = 5  # a cancel that is sent twice cancels once

    async def send(self, operation: rows.OperationRow) -> Outcome:
        return await self._done(operation, look=False)

    async def look(self, operation: rows.OperationRow) -> Outcome:
        return await self._done(operation, look=True)

    async def _done(self, operation: rows.OperationRow, *, look: bool) -> Outcome:
        reader = self.app.store.reader
        shipment = shipment_of(reader, operation)
        mine = as_shipment(shipment, posting_row(reader, operation.posting_id))
        kind = type(self.carrier)
        if look and kind.cancellation is Carrier.cancellation:
            if kind.find is Carrier.find:
                return Outcome(state="absent")  # it cannot be asked: cancelled once more, then a person
            return self._told(operation, await self._still_there(operation, shipment))
        ended = await (self.carrier.cancellation(mine) if look else self.carrier.cancel(mine))
        match ended.state:
            case "pending":
                return Outcome(state="accepted")
            case "live":
                return self._told(operation, Outcome(state="absent"))
            case "cancelled":
                # A yes is not the state: that is asked for, where it can be.
                state: Literal["accepted", "confirmed"]
                state = "accepted" if self._can_ask and not look else "confirmed"
                return Outcome(state=state, reason=ended.reason, price=ended.cost)
        if not look and self._can_ask and self._tried_before(operation, operation.doubts - 1):
            # What is cancelled already cannot be cancelled: the refusal may be the proof that it was.
            return Outcome(state="accepted", reason=ended.reason, result={_REFUSED: ended.reason})
        return Outcome(state="rejected", reason=ended.reason)

    @property
    def _can_ask(self) -> bool:
        kind = type(self.carrier)
        return kind.cancellation is not Carrier.cancellation or kind.find is not Carrier.find

    def _tried_before(self, operation: rows.OperationRow, doubts: int) -> bool:
        """Whether an earlier try to cancel this booking may have been acted on: of this operation, so many
        ``doubts`` stand besides the try that is under way, or of one before it."""
        earlier = operations.doubtful_cancel(self.app.store.reader, operation.subject_id, but=operation.id)
        return doubts > 0 or earlier is not None

    def _told(self, operation: rows.OperationRow, seen: Outcome) -> Outcome:
        """That its order is live is an answer where the last try was refused, or a person waits for one."""
        refused = operation.result.get(_REFUSED)
        if seen.state != "absent" or (operation.state != "human" and refused is None):
            return seen
        reason = revived(refused or "") or seen.reason or self._live
        return Outcome(state="rejected", reason=reason, reason_code=journal.NOT_DONE)

    @property
    def _live(self) -> str:
        return said(
            "{title} shows the order as live after each try",
            code="cancel.shows_order_live_after",
            values={"title": self.carrier.title},
        )

    async def _still_there(self, operation: rows.OperationRow, shipment: rows.ShipmentRow) -> Outcome:
        """Of a carrier that can only be asked for orders: whether one is live under our reference. Shown as
        ended it is; where none is shown it counts after some looks over the settle time, as with a booking:
        a list may leave one out for a moment."""
        found = adopting.of_reference(
            self.title, shipment.reference, await self.carrier.find(shipment.reference)
        )
        live = [one.booking.carrier_id for one in found if one.live]
        if not live:
            since = self.app.clock.now() - (operation.sent_at or operation.created_at)
            seen = bool(found) or (operation.looks >= _LOOKS and since >= self.settle)
            return Outcome(state="confirmed" if seen else "accepted")
        reason = said(
            "{title} shows live orders under {reference}: {live}",
            code="cancel.shows_live_orders_under",
            values={"title": self.carrier.title, "reference": shipment.reference, "live": ", ".join(live)},
        )
        return Outcome(state="absent", reason=reason)

    def apply(self, tx: Transaction, operation: rows.OperationRow) -> None:
        now = self.app.clock.now()
        shipment = shipment_of(tx, operation)
        posting = posting_row(tx, operation.posting_id)
        if shipment.state == "cancelled":
            return  # by another attempt, long ago perhaps: the posting may have its next booking by now
        if operation.state == "confirmed":
            cost = operation.price or Money.from_minor(0, shipment.currency)
            posting = record(
                tx,
                posting,
                "shipment.cancelled",
                {"cost": str(cost)},
                actor=self.actor,
                now=now,
                operation_id=operation.id,
            )
            posting = self._doubtful(tx, operation, posting, shipment, cost)
            look_at = second_look.due_at(self.carrier, now)
            end(tx, posting, shipment, cost, now=now, look_at=look_at)
        elif operation.state in ("rejected", "human"):
            live = operation.reason_code == journal.NOT_DONE and self._can_ask
            reason = operation.reason or (self._live if live else "")
            refused = operation.state == "rejected"  # that try is none of its doubts any more
            refused = refused and not self._tried_before(operation, operation.doubts)
            if live or refused:
                keep(tx, posting, shipment, now=now)
            else:
                reason = (
                    said(
                        "{unknown}: {reason}",
                        code="cancel.unknown_because",
                        values={"unknown": UNKNOWN, "reason": reason},
                    )
                    if reason
                    else UNKNOWN
                )
            posting = self._overtaken(tx, operation, posting)
            open_problem(
                tx, posting, "cancel_refused", {"carrier": shipment.carrier, "reason": reason}, now=now,
                operation_id=operation.id, about=("shipment", shipment.id),
            )  # fmt: skip

    def _overtaken(
        self, tx: Transaction, operation: rows.OperationRow, posting: rows.PostingRow
    ) -> rows.PostingRow:
        """Close what an earlier try to cancel this booking asked: a person who reads that it was refused
        would keep a booking that by now may be gone."""
        about: Subject = ("shipment", operation.subject_id)
        known = problems.open_about(tx, "cancel_refused", *about, account=posting.account)
        if known is None or known.operation_id == operation.id:
            return posting
        return close_problems(tx, posting, "cancel_refused", now=self.app.clock.now(), about=about)

    def _doubtful(
        self,
        tx: Transaction,
        operation: rows.OperationRow,
        posting: rows.PostingRow,
        shipment: rows.ShipmentRow,
        cost: Money,
    ) -> rows.PostingRow:
        """Tell a person what nobody can make sure of, and a cost that cannot be right."""
        now, kind = self.app.clock.now(), type(self.carrier)
        about: Subject = ("shipment", shipment.id)
        if kind.cancellation is Carrier.cancellation and kind.find is Carrier.find:
            number = shipment.tracking_number or shipment.carrier_id
            data = {"carrier": shipment.carrier, "tracking_number": number, "standing": "cancelled"}
            posting = open_problem(
                tx, posting, "booking_unverified", data, now=now, operation_id=operation.id, about=about
            )
        agreed = shipment.money(shipment.committed_minor)
        if cost.minor and asked_prices.odd_cost(cost, agreed):
            sums = {"committed": str(agreed or Money.from_minor(0, shipment.currency)), "charged": str(cost)}
            posting = open_problem(
                tx, posting, "charge_differs", sums, now=now, operation_id=operation.id, about=about
            )
        return posting


def keep(tx: Transaction, posting: rows.PostingRow, shipment: rows.ShipmentRow, *, now: datetime) -> None:
    """The booking stands: its order is live, or a person says so."""
    rows.shipments.save(tx, msgspec.structs.replace(shipment, state="booked", updated_at=now))
    track_soon(tx, posting, shipment, now=now)


def waits_for_a_person(connection: Transaction, shipment: rows.ShipmentRow) -> bool:
    """Whether nobody could learn what became of its cancel: a person decides."""
    if shipment.state != "cancelling":
        return False
    last = operations.latest_cancel(connection, shipment.id)
    return last is not None and last.state in ("human", "rejected")


def end(
    tx: Transaction,
    posting: rows.PostingRow,
    shipment: rows.ShipmentRow,
    cost: Money,
    *,
    now: datetime,
    look_at: datetime | None = None,
) -> rows.PostingRow:
    """The booking is over, at this cost all the same: the posting is where it was before; a parcel that was
    handed over stays so, and a person is told. ``look_at``: when its carrier is asked once more whether it
    is."""
    # What cannot be right is no sum of money: it is told, and not added up.
    cost_minor = None if asked_prices.odd_cost(cost, shipment.money(shipment.committed_minor)) else cost.minor
    over = msgspec.structs.replace(
        shipment, state="cancelled", committed_minor=cost_minor, updated_at=now, look_at=look_at
    )
    rows.shipments.save(tx, over)
    second_look.look_again_soon(tx, over, now=now)
    queue.drop(tx, f"track:{shipment.id}")
    posting = close_problems(tx, posting, *ended_by("cancelled"), now=now, about=("shipment", shipment.id))
    posting = close_problems(tx, posting, *ended_by("left"), now=now)
    changes: dict[str, Any] = {"price_minor": cost_minor or None}
    if Stage(posting.stage) in (Stage.BOOKED, Stage.LABELLED):
        changes |= {"carrier": "", "service": "", "reference": "", "tracking_number": ""}
    changed = msgspec.structs.replace(posting, **changes)
    rows.postings.save(tx, changed, was=posting)
    if "carrier" in changes:
        return move(tx, changed, Stage.ASSEMBLED, actor="hub", now=now, correction=True)
    stage = Stage(changed.stage)
    data = {"carrier": shipment.carrier, "tracking_number": shipment.tracking_number}
    if stage is Stage.CANCELLED and has_left(tx, changed):
        # The buyer wants it no more, and it lies at the carrier, which will not carry it.
        return open_problem(
            tx, changed, AFTER_HANDOVER, data | {ENDED: True}, now=now, about=("shipment", shipment.id)
        )
    if stage.rank >= Stage.HANDED_OVER.rank and not stage.final:
        # The marketplace has the number of a booking that is over, and the parcel left with that label.
        return open_problem(tx, changed, AFTER_HANDOVER, data, now=now, about=("shipment", shipment.id))
    return changed


def intend_cancel(
    app: App,
    tx: Transaction,
    posting: rows.PostingRow,
    shipment: rows.ShipmentRow,
    *,
    actor: str,
    reason: str = "",
    **changes: Any,
) -> rows.OperationRow:
    """Write the intent to cancel a booked shipment, and ``changes`` of its posting; each refused attempt may
    be followed by another."""
    now = app.clock.now()
    stored = rows.shipments.get(tx, shipment.id)  # tracking may have learned more since it was read
    assert stored is not None, "a shipment is never deleted"
    shipment = stored
    tried = operations.count_failed_cancels(tx, shipment.id)
    cancelling = msgspec.structs.replace(shipment, state="cancelling", updated_at=now)
    rows.shipments.save(tx, cancelling, was=shipment)
    posting = supersede(tx, posting, now)  # from here on nobody prints it
    operation = journal.plan(
        tx,
        journal.new(
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
        {"tracking_number": shipment.tracking_number, "reason": reason},
        actor=actor,
        now=now,
        operation_id=operation.id,
        **changes,
    )
    return operation
