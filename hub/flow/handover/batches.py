"""Step 6 where a carrier wants to be told which parcels come (Russian Post: batches and checkin): two kinds
of operation of the journal, for batches are opened, and each is closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec

from hub.flow.booking.kind import ShipmentKind
from hub.flow.history.recording import posting_row
from hub.flow.history.shipments import as_shipment, latest_shipment
from hub.flow.journal.operations import Outcome
from hub.flow.marketplace.handed_over import handed_over, refused
from hub.flow.runtime.warehouse import warehouse_of
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import BadReply
from hub.plugin_api.models import Handover, Shipment
from hub.store import Transaction, rows
from hub.store.queue import Work, enqueue
from hub.words import in_a_row, said

if TYPE_CHECKING:
    from hub.flow.app import App


_TOLD = 5  # reasons in one sentence


def wanted(app: App, shipment: rows.ShipmentRow | None) -> bool:
    """Whether the carrier of this shipment is told of hand-overs."""
    if shipment is None or shipment.state != "booked":
        return False
    kind = app.registry.carriers.get(shipment.carrier)
    return kind is not None and kind.open_handovers is not Carrier.open_handovers


class OpenBatches(ShipmentKind, kinds=("open_batches",)):
    """Put parcels into batches. One request may make several; what no batch took says why."""

    call = "open_handovers"

    async def send(self, operation: rows.OperationRow) -> Outcome:
        # What could not be told on its day is told today: no carrier takes a day that is over.
        first = rows.handovers.get(self.app.store.reader, operation.subject_id)
        assert first is not None, "a hand-over is never deleted"
        seller = self.app.seller(operation.seller)
        there = warehouse_of(self.app.store.reader, seller, first.warehouse)
        today = there.today(self.app.clock.now())
        day = max(date.fromisoformat(operation.request["day"]), today)
        standing = [one for one in self._shipments(operation) if self._stands(one)]
        if not standing:
            return Outcome(state="confirmed", result={"handovers": []})
        return _opened(await self.carrier.open_handovers(standing, day))

    async def look(self, operation: rows.OperationRow) -> Outcome:
        found = await self.carrier.find_handovers(self._shipments(operation))
        return _opened(found) if found else Outcome(state="absent")

    def apply(self, tx: Transaction, operation: rows.OperationRow) -> None:
        first = rows.handovers.get(tx, operation.subject_id)
        if first is None or first.state != "planned":
            return
        if operation.state == "confirmed":
            made = msgspec.convert(operation.result["handovers"], list[Handover])
            self._made(tx, first, made)
        elif operation.state in ("rejected", "human"):
            refused(tx, first, operation.reason, now=self.app.clock.now())

    def _made(self, tx: Transaction, first: rows.HandoverRow, made: Sequence[Handover]) -> None:
        """The first batch takes the place of what was declared; the others stand beside it, and so does what
        no batch took: it is told, all of it at once. What was cancelled meanwhile is in none, and is not
        missed."""
        now = self.app.clock.now()
        numbers = {posting_row(tx, one).number: one for one in first.postings if _booked(tx, one)}
        left = _left(made, list(numbers))
        taken = [one for one in made if one.state != "refused" and not numbers.keys().isdisjoint(one.covers)]
        for count, one in enumerate([*taken, *([left] if left.covers or not taken else [])], 1):
            row = msgspec.structs.replace(
                first,
                id=first.id if count == 1 else f"{first.id}.{count}",
                external_id=one.handover_id,
                state="open",
                postings=tuple(numbers[number] for number in one.covers if number in numbers),
                updated_at=now,
            )
            (rows.handovers.save if count == 1 else rows.handovers.insert)(tx, row)
            if one.state == "refused":
                refused(tx, row, one.reason, now=now)
                continue
            work = Work(kind="handover", subject=row.id, seller=row.seller, account=row.account, run_at=now)
            enqueue(tx, work, now=now)

    def _stands(self, shipment: Shipment) -> bool:
        """Whether it is booked still: what was cancelled since is in no batch."""
        row = rows.shipments.get(self.app.store.reader, shipment.id)
        return row is not None and row.state == "booked"

    def _shipments(self, operation: rows.OperationRow) -> list[Shipment]:
        reader = self.app.store.reader
        found = []
        for shipment_id in operation.request["shipments"]:
            row = rows.shipments.get(reader, shipment_id)
            assert row is not None, "a shipment is never deleted"
            found.append(as_shipment(row, posting_row(reader, row.posting_id)))
        return found


def _booked(tx: Transaction, posting_id: str) -> bool:
    shipment = latest_shipment(tx, posting_id)
    return shipment is not None and shipment.state == "booked"


def _left(made: Sequence[Handover], numbers: Sequence[str]) -> Handover:
    """What no batch took: what the carrier refused, each with its reason, and what it said nothing of."""
    taken = {number for one in made if one.state != "refused" for number in one.covers}
    left = [number for number in numbers if number not in taken]
    reasons = {number: one.reason for one in made if one.state == "refused" for number in one.covers}
    silent = said("no batch was made of it", code="handover.no_batch")
    why = {number: reasons.get(number) or silent for number in left}
    if len(set(why.values())) < 2:
        reason = next(iter(why.values()), silent)
    else:
        told = [
            said("{number}: {reason}", code="handover.not_taken", values={"number": number, "reason": one})
            for number, one in why.items()
        ]
        reason = in_a_row(told[:_TOLD])
    return Handover(handover_id="", state="refused", covers=tuple(left), reason=reason)


class CloseBatch(ShipmentKind, kinds=("close_batch",)):
    """Close a batch: nothing in it can be changed from here on, and its parcels count as handed over."""

    call = "close_handover"

    async def send(self, operation: rows.OperationRow) -> Outcome:
        closed = await self.carrier.close_handover(operation.request["handover_id"])
        return _ended(closed)

    async def look(self, operation: rows.OperationRow) -> Outcome:
        found = await self.carrier.handover(operation.request["handover_id"])
        return Outcome(state="absent") if found.state == "open" else _ended(found)

    def apply(self, tx: Transaction, operation: rows.OperationRow) -> None:
        row = rows.handovers.get(tx, operation.subject_id)
        if row is None or row.state != "open":
            return
        now = self.app.clock.now()
        if operation.state == "confirmed":
            rows.handovers.save(tx, msgspec.structs.replace(row, state="closed", updated_at=now))
            data = {"handover": row.external_id, "carrier": row.carrier}
            handed_over(tx, row, data, actor=self.actor, now=now)
        elif operation.state in ("rejected", "human"):
            refused(tx, row, operation.reason, now=now)


def _opened(made: Sequence[Handover]) -> Outcome:
    plain: list[dict[str, Any]] = [
        {"handover_id": one.handover_id, "state": one.state, "covers": list(one.covers), "reason": one.reason}
        for one in made
    ]
    none = all(one.state == "refused" for one in made)
    return Outcome(state="confirmed", result={"handovers": plain}, refusal=none)


def _ended(handover: Handover) -> Outcome:
    """What the carrier says of a batch that was to be closed. One that is still open was not closed, whatever
    else was said: BadReply, so that it is looked up."""
    match handover.state:
        case "refused":
            return Outcome(state="rejected", external_id=handover.handover_id, reason=handover.reason)
        case "pending" | "ready":
            return Outcome(state="confirmed", external_id=handover.handover_id)
    raise BadReply(
        "the carrier took the request, and the batch is open as before",
        code="bad_reply.carrier_took_request_batch",
    )


__all__ = ["CloseBatch", "OpenBatches", "wanted"]
