"""After a restore: each booking that the backup knows is asked for at its carrier before it is used again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from hub.calls.call import read
from hub.flow.booking import adopting, own_orders, second_look
from hub.flow.booking.booked import track_soon
from hub.flow.booking.cancelling import end
from hub.flow.history.recording import posting_row, record
from hub.flow.history.shipments import as_shipment
from hub.flow.journal import operations as journal
from hub.flow.problems.kinds import Subject
from hub.flow.problems.opening import open_problem
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import Unavailable
from hub.plugin_api.models import Money
from hub.store import Transaction, rows
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.history.situation import Situation

Standing = Literal["live", "gone", "unknown"]


async def check(at: Situation, shipment: rows.ShipmentRow) -> None:
    """Ask once. Raises what an unreachable carrier raises: the booking stays unused until it answers.

    A booking that is gone was cancelled by somebody after the backup was made: a person decides whether the
    posting is shipped again. One that cannot be asked for is used, and a person is told to look.
    """
    app, row = at.app, at.row
    carrier = app.carrier(shipment.account)
    standing = await read(
        said("{title}: booking", code="call.booking", values={"title": carrier.title}),
        lambda: _standing(carrier, shipment, row),
        explain=carrier.explain,
    )

    def write(tx: Transaction) -> None:
        now = app.clock.now()
        stored = rows.shipments.get(tx, shipment.id)
        if stored is None or stored.state != "checking":
            return
        posting = posting_row(tx, row.id)
        facts = {"carrier": stored.carrier, "tracking_number": stored.tracking_number}
        about: Subject = ("shipment", stored.id)
        if standing == "gone":
            posting = record(tx, posting, "shipment.gone", facts, actor="hub", now=now, wanted=False)
            # A list may have left it out: it is asked for once more some minutes later.
            free, look_at = Money.from_minor(0, stored.currency), second_look.due_at(carrier, now)
            posting = end(tx, posting, stored, free, now=now, look_at=look_at)
            for operation in journal.operations_of(tx, row.id, ("planned",)):
                if operation.kind == "set_tracking":
                    off = {
                        "state": "rejected",
                        "reason": said("the booking is gone", code="journal.booking_gone"),
                        "updated_at": now,
                    }
                    ended = msgspec.structs.replace(operation, **off, reason_code=journal.CALLED_OFF)
                    rows.operations.save(tx, ended, was=operation)
            open_problem(tx, posting, "booking_gone", facts, now=now, about=about)
            return
        booked = msgspec.structs.replace(stored, state="booked", updated_at=now)
        rows.shipments.save(tx, booked, was=stored)
        track_soon(tx, posting, booked, now=now)
        if standing == "unknown":
            facts["standing"] = "live"
            open_problem(tx, posting, "booking_unverified", facts, now=now, about=about)

    await at.basis.note(write)


async def _standing(carrier: Carrier[Any], shipment: rows.ShipmentRow, row: rows.PostingRow) -> Standing:
    kind = type(carrier)
    if kind.cancellation is not Carrier.cancellation:
        told = await carrier.cancellation(as_shipment(shipment, row))
        if told.state == "pending":
            raise Unavailable("it is being cancelled there", code="unavailable.being_cancelled")
        return "gone" if told.state == "cancelled" else "live"
    if kind.find is not Carrier.find:
        title = said("{title}: booking", code="journal.booking", values={"title": carrier.title})
        found = adopting.of_reference(title, shipment.reference, await carrier.find(shipment.reference))
        live = [one.booking.carrier_id for one in found if one.live]
        mine = any(own_orders.same(one, shipment.carrier_id) for one in live)
        return "live" if mine or (live and not shipment.carrier_id) else "gone"
    if kind.booking is not Carrier.booking and shipment.carrier_id:
        booking = await carrier.booking(shipment.carrier_id)
        return "gone" if booking.state in ("cancelled", "rejected") else "live"
    return "unknown"


__all__ = ["Standing", "check"]
