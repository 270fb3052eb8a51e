"""Step 5: booking with a carrier, as a kind of operation of the journal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from hub.flow.booking import (
    adopting,
    asked_prices,
    asking,
    finding,
    overtaken,
    own_orders,
    recalling,
    tracked_elsewhere,
)
from hub.flow.booking.booked import write_down
from hub.flow.booking.intent import leaves_elsewhere, old_fingerprint, priced_from, told
from hub.flow.booking.kind import ShipmentKind
from hub.flow.booking.request import request_of
from hub.flow.history.recording import posting_row, record
from hub.flow.history.shipments import shipment_of
from hub.flow.journal import attempts, forgetting
from hub.flow.journal import operations as journal
from hub.flow.journal.operations import Outcome
from hub.flow.problems.kinds import Subject
from hub.flow.problems.opening import open_problem
from hub.flow.recipients import address_checks, identity
from hub.flow.sellers.leaving import tell_moved
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import BadReply, Failure, Rejected
from hub.plugin_api.models import (
    Booking,
    BookRequest,
    FoundShipment,
    IdentityDocument,
)
from hub.store import Transaction, rows
from hub.words import said

if TYPE_CHECKING:
    pass


_NUMBER_COMES_WITHIN = timedelta(minutes=15)  # after the order, where it does not come with it
_MIXED_UP = timedelta(minutes=10)  # so long a look-up may show another posting's order by mistake


class Book(ShipmentKind, kinds=("book",)):
    """Book a shipment. Looked up by the carrier's own key where it gave one, else by our reference."""

    reconciles = True
    call = "book"
    step = "book"
    _marked: BookRequest | None = None
    """What the fingerprint was made of: just that is sent, whatever changes meanwhile."""

    @property
    def rechecks(self) -> bool:
        return type(self.carrier).find is not Carrier.find

    @property
    def repeats(self) -> bool:
        return self.carrier.create_safety != "none"

    def surely_absent(self, operation: rows.OperationRow) -> bool:
        """Whether it is planned, and is not at the carrier: never sent, or asked for, or so a person says.

        A carrier with a key that cannot be asked shows what it has only when the key is sent again."""
        asked = type(self.carrier).find is not Carrier.find
        told = forgetting.ABSENT_SAYS_A_PERSON in operation.result
        looked = forgetting.ASKED_AFTER_A_RESTORE in operation.result
        doubted = looked and not forgetting.is_of_a_new_hub(operation)
        never = operation.doubts == 0 and forgetting.forgotten(self.app, operation, self) is None
        never = never and (asked or not doubted)
        return operation.state == "planned" and (never or (operation.doubts > 0 and asked) or told)

    def fingerprint(self, connection: Transaction, operation: rows.OperationRow) -> str:
        if operation.fingerprint and not operation.fingerprint.startswith(attempts.FORM):
            shipment = shipment_of(connection, operation)
            known = rows.recipients.get(connection, operation.posting_id)
            sender = self.app.warehouse(posting_row(connection, operation.posting_id)).sender
            return old_fingerprint(shipment, known, told(self.carrier, sender, known))
        try:
            self._marked = request_of(self.app, self.carrier, connection, operation)
        except Rejected:
            return ""  # it cannot be sent as it stands
        return attempts.content_hash(self._marked)

    async def send(self, operation: rows.OperationRow) -> Outcome:
        reader = self.app.store.reader
        request = self._marked or request_of(self.app, self.carrier, reader, operation)
        known = rows.recipients.get(reader, operation.posting_id)
        posting = posting_row(reader, operation.posting_id)
        number = tracked_elsewhere.foreign_number(reader, posting)
        if number:
            reason = said(
                "the marketplace shows the tracking number {number}, which is not ours",
                code="book.marketplace_shows_tracking_number",
                values={"number": number},
            )
            return Outcome(state="human", reason=reason, reason_code=tracked_elsewhere.KIND)
        check = None if known is None else known.check(operation.account)
        if operation.doubts == 1 and address_checks.cleans(self.carrier) and (check is None or not check.use):
            reason = said(
                "the buyer's address changed after it was checked, and nothing was sent: try again",
                code="book.buyer_address_changed_after",
            )
            return Outcome(state="rejected", reason=reason, reason_code="changed")
        if operation.doubts == 1 and leaves_elsewhere(operation, posting):
            reason = said(
                "the posting leaves from another warehouse than it was priced for, and nothing was sent: try "
                "again",
                code="book.leaves_from_another_warehouse",
            )
            return Outcome(state="rejected", reason=reason, reason_code="changed")
        again = operation.doubts > 1 or forgetting.ASKED_AFTER_A_RESTORE in operation.result
        if again and overtaken.key_is_old(self, operation):
            return Outcome(state="human", reason=overtaken.OLD_KEY, reason_code=asking.CANNOT_ASK)
        if (there := await overtaken.there_after_all(self, operation)) is not None:
            return there
        booking = await self.carrier.book(request)
        if not _ours(booking, operation):
            raise BadReply(
                "{title}: the answer is about another order",
                code="bad_reply.answer_about_another_order",
                values={"title": self.title},
            )
        if self.carrier.shows_reference and not booking.reference and booking.state != "rejected":
            raise BadReply(
                "{title}: the answer does not say whose order it is about",
                code="bad_reply.answer_not_say_whose_order",
                values={"title": self.title},
            )
        return self._outcome(operation, booking)

    async def look(self, operation: rows.OperationRow) -> Outcome:
        kind = type(self.carrier)
        if operation.external_id and kind.booking is not Carrier.booking:
            try:
                booking = await self.carrier.booking(operation.external_id)
            except Exception as error:
                return await overtaken.by_reference(self, operation, error)
            if booking.carrier_id and not own_orders.same(booking.carrier_id, operation.external_id):
                raise BadReply(
                    "{title}: the answer is about another order",
                    code="bad_reply.answer_about_another_order",
                    values={"title": self.title},
                )
            if not booking.duplicate and _ours(booking, operation):
                return self._outcome(operation, booking)
        elif operation.external_id and operation.result.get(journal.EXISTS_SAYS_A_PERSON):
            return Outcome(state="confirmed")  # nobody else can be asked
        if kind.find is not Carrier.find:
            found = self.found(
                operation, await finding.look_for(self.app, self.carrier, self.title, operation)
            )
            if found.state in ("absent", "rejected") and forgetting.ASKED_AFTER_A_RESTORE in operation.result:
                return await recalling.elsewhere(self, operation) or found
            return found
        if (numbered := await recalling.told_by_number(self, operation)) is not None:
            return numbered
        if self.carrier.create_safety == "key":
            if overtaken.key_is_old(self, operation):
                return Outcome(state="human", reason=overtaken.OLD_KEY, reason_code=asking.CANNOT_ASK)
            return Outcome(state="absent")  # sent again with its key, it is the same order
        return Outcome(
            state="human",
            reason=said(
                "this carrier cannot be asked by reference: look in its cabinet",
                code="book.carrier_cannot_asked_reference_look",
            ),
            reason_code=asking.CANNOT_ASK,
        )

    async def extra(self, operation: rows.OperationRow) -> tuple[str, ...]:
        """Live orders beside the one that is ours: a first send that took effect late."""
        if type(self.carrier).find is Carrier.find:
            return ()
        references = [operation.reference, *(one for _, one in recalling.later(self, operation))]
        by_reference = await finding.find_all(self.carrier, self.title, references)
        found = [one for orders in by_reference.values() for one in orders]
        return tuple(
            one.booking.carrier_id
            for one in found
            if one.live and not own_orders.same(one.booking.carrier_id, operation.external_id)
        )

    def double(self, tx: Transaction, operation: rows.OperationRow, extra: tuple[str, ...]) -> None:
        """Tell a person of them."""
        now = self.app.clock.now()
        posting = posting_row(tx, operation.posting_id)
        data = {"carrier": self.carrier.code, "reference": operation.reference, "extra": list(extra)}
        about: Subject = ("shipment", operation.subject_id)
        open_problem(tx, posting, "booked_twice", data, now=now, operation_id=operation.id, about=about)

    def _outcome(self, operation: rows.OperationRow, booking: Booking) -> Outcome:
        papers = self._papers()
        facts: dict[str, Any] = {}
        if booking.state in ("accepted", "confirmed"):
            self._must_be_ours(operation, booking)
            booking = own_orders.plain(booking)
        state, price = booking.state, booking.price
        if price is not None and asked_prices.odd(price, asked_prices.quoted(operation)):
            facts[asked_prices.ASKED], price = str(price), None
        if state == "confirmed" and not booking.tracking_number and self._waits_for_number(operation):
            state = "accepted"
        if booking.tracking_number:
            facts["tracking_number"] = booking.tracking_number
        if booking.notes:
            facts["notes"] = [identity.hidden(note, papers) for note in booking.notes]
        reason = identity.hidden(booking.reason, papers)
        if booking.duplicate:
            return Outcome(state="duplicate", reason=reason, reason_code=booking.reason_code)
        return Outcome(
            state="rejected" if state == "cancelled" else state,
            external_id=booking.carrier_id,
            price=price,
            reason=reason,
            reason_code=booking.reason_code,
            result=facts,
        )

    def _must_be_ours(self, operation: rows.OperationRow, booking: Booking) -> None:
        """Raises BadReply for an order that has no number, or one that is another posting's: such an answer
        says nothing about ours."""
        wrong = own_orders.flaw(booking)
        if wrong:
            raise BadReply(
                "{title}: {wrong}", code="bad_reply.number", values={"title": self.title, "wrong": wrong}
            )
        numbers = booking.carrier_id, booking.tracking_number
        if own_orders.holder_of(self.app.store.reader, operation, *numbers):
            raise BadReply(
                "{title}: the answer names the order of another posting",
                code="bad_reply.answer_names_order_another",
                values={"title": self.title},
            )

    def _waits_for_number(self, operation: rows.OperationRow) -> bool:
        """Whether an order without a tracking number is asked for again, for a while: the marketplace has to
        be told one."""
        kind, posting = type(self.carrier), posting_row(self.app.store.reader, operation.posting_id)
        if posting.document.fulfilment.tracking != "seller" or operation.sent_at is None:
            return False
        if kind.booking is Carrier.booking and kind.find is Carrier.find:
            return False
        return self._since(operation) < _NUMBER_COMES_WITHIN

    def _since(self, operation: rows.OperationRow) -> timedelta:
        """So long ago it was sent."""
        now = self.app.clock.now()
        return now - (operation.sent_at or now)

    def explain(self, error: Exception) -> Failure | None:
        failure = self.carrier.explain(error)
        if failure is None:
            return None
        message = identity.hidden(failure.said, self._papers())
        return msgspec.structs.replace(failure, message=message, code="", values={})

    def _papers(self) -> IdentityDocument | None:
        if not identity.asks(self.carrier):
            return None  # it was told of none
        known = rows.recipients.get(self.app.store.reader, self.posting_id)
        return None if known is None else known.document.identity

    def found(self, operation: rows.OperationRow, found: Sequence[FoundShipment]) -> Outcome:
        """What the orders under our reference say of it."""
        live = [one for one in found if one.live]
        if len(live) > 1:
            return Outcome(
                state="human",
                reason=said(
                    "{live} live orders carry one reference: cancel all but one at the carrier",
                    code="book.live_orders_carry_reference",
                    values={"live": len(live)},
                ),
                reason_code="several_found",
            )
        if live:
            odd = adopting.differences(self.app.store.reader, operation, live[0])
            if odd and not operation.result.get(journal.EXISTS_SAYS_A_PERSON):
                number = live[0].booking.carrier_id
                reason = adopting.another(number, odd)
                return Outcome(state="human", reason=reason, reason_code="differs")
            numbers = live[0].booking.carrier_id, live[0].booking.tracking_number
            holder = own_orders.holder_of(self.app.store.reader, operation, *numbers)
            if holder and self._since(operation) > _MIXED_UP:
                reason = adopting.of_another(numbers[0], holder)
                return Outcome(state="human", reason=reason, reason_code="anothers")
            return self._outcome(operation, live[0].booking)
        refused = [one.booking for one in found if one.booking.state == "rejected"]
        if refused and not refused[-1].duplicate:
            return self._outcome(operation, refused[-1])
        if found and not refused:
            # Somebody ended it, or it is shown so for a while: only a person orders it again.
            number, forgot = (
                found[-1].booking.carrier_id,
                forgetting.ASKED_AFTER_A_RESTORE in operation.result,
            )
            reason = adopting.ended(number, forgot=forgot)
            return Outcome(state="human", reason=reason, reason_code=journal.ENDED_THERE)
        return Outcome(state="absent")

    def apply(self, tx: Transaction, operation: rows.OperationRow) -> None:
        if operation.state in ("planned", "sending"):
            return  # it changes nothing but the operation itself
        now = self.app.clock.now()
        shipment = shipment_of(tx, operation)
        posting = posting_row(tx, operation.posting_id)
        note: dict[str, Any] = {"reference": operation.reference, "reason": operation.reason}
        if operation.state == "confirmed":
            write_down(self, tx, operation, shipment, posting)
            if leaves_elsewhere(operation, posting):
                tell_moved(tx, posting_row(tx, posting.id), priced_from(operation), now)
            return
        if operation.state == "rejected":
            rows.shipments.save(tx, msgspec.structs.replace(shipment, state="failed", updated_at=now))
            if operation.reason_code == journal.CALLED_OFF:
                return
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
            data = {"carrier": shipment.carrier, "reason": operation.reason, "code": operation.reason_code}
            if self._papers() is not None:
                data["papers"] = "given"  # they may be what was wrong
            data |= asking.in_doubt(tx, operation, now, rechecks=self.rechecks)
            open_problem(tx, posting, "carrier_refused", data, now=now, operation_id=operation.id)
        elif operation.state == "unknown" and not operation.doubts:
            pass  # it is looked up first, as the database may have forgotten it: nothing happened yet
        elif operation.state in ("accepted", "unknown"):
            kind = f"shipment.{operation.state}"
            record(tx, posting, kind, note, actor=self.actor, now=now, operation_id=operation.id)
        elif operation.state == "human":
            rows.shipments.save(tx, msgspec.structs.replace(shipment, state="unknown", updated_at=now))
            asking.ask(tx, operation, shipment, posting, self.app.clock.now())


def _ours(booking: Booking, operation: rows.OperationRow) -> bool:
    """Whether the answer is about our order, as far as it says so: a proxy may have mixed up two answers."""
    reference = str(operation.result.get("reference", operation.reference))
    return booking.reference.casefold() in ("", reference.casefold())


__all__ = ["Book"]
