"""Some minutes after a booking its carrier is asked once more: is there one live order under our reference,
and is it the one that we know?

A request that was doubled on its way, or a carrier that books twice, makes two orders of one send; an answer
that was another one's names an order that is not ours. Neither can be seen in the answer. One question for
all bookings of an account that are due, the last of all work; what is found is told, never fixed by the
machine. A carrier that could not be asked for three days is a question to a person about its account.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from hub.calls.budget import CallsKept, calls_for
from hub.calls.call import read
from hub.flow.booking import adopting, finding, own_orders
from hub.flow.history.recording import posting_row
from hub.flow.problems import account_problems
from hub.flow.problems.opening import open_problem
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import HubError
from hub.plugin_api.models import FoundShipment, Stage
from hub.store import Transaction, operations, problems, rows, shipments
from hub.store.queue import LAST, Work, enqueue
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App

AFTER = timedelta(minutes=10)
"""After a booking; carriers that take long to show an order get their settle time on top."""
_TOGETHER = timedelta(minutes=5)  # so long the next question waits for more bookings
_AT_ONCE = 50
_LOOKED_AT = ("booked", "cancelled")
_ABSENT = (timedelta(hours=1), timedelta(hours=6))  # an order that is not shown is looked for again so late
_PATIENCE = timedelta(days=3)  # with a carrier that cannot be asked
MISSED = "second_look_missed"
"""The kind of problem that tells, of an account, whose orders could not be looked at again."""


def due_at(carrier: Carrier[Any], now: datetime) -> datetime | None:
    """When a booking that is confirmed now is looked at again; None where its carrier cannot be asked."""
    return None if type(carrier).find is Carrier.find else now + max(AFTER, 2 * carrier.settle)


def look_again_soon(tx: Transaction, shipment: rows.ShipmentRow, *, now: datetime) -> None:
    """Have the worker look, where the shipment says when."""
    if shipment.look_at is not None:
        work = Work(
            kind="look_again",
            subject=shipment.account,
            seller=shipment.seller,
            account=shipment.account,
            run_at=shipment.look_at,
            priority=LAST,
        )
        enqueue(tx, work, now=now)


async def run(app: App, account_id: str) -> datetime | None:
    """Ask for the bookings of the account that are due; returns when to come again."""
    now = app.clock.now()
    due = shipments.to_look_at(app.store.reader, account=account_id, due=now, limit=_AT_ONCE)
    if due:
        found, pause = await _found(
            app, account_id, [one.reference for one in due if one.state in _LOOKED_AT]
        )

        def write(tx: Transaction) -> None:
            for one in due:
                _seen(app, tx, one.id, found.get(one.reference), pause)

        await app.store.write(write)
    soonest = shipments.next_look(app.store.reader, account=account_id)
    if soonest is None:
        return None
    more = len(due) == _AT_ONCE
    return max(soonest, now + (app.clock.stretch(0.3) if more else _TOGETHER))


async def _found(
    app: App, account_id: str, references: Sequence[str]
) -> tuple[Mapping[str, Sequence[FoundShipment]], timedelta]:
    """The orders under these references, and how long to wait with the rest. One that could not be asked for
    is left out; where the calls that are left today are kept for bookings, so are all that follow."""
    carrier = app.carrier(account_id)
    title = said(
        "{title}: orders under our reference",
        code="call.orders_under_our_reference",
        values={"title": carrier.title},
    )
    found: dict[str, Sequence[FoundShipment]] = {}
    if finding.finds_many(carrier) and references:
        try:
            with calls_for("information"):
                many = await read(
                    title, lambda: finding.find_all(carrier, title, references), explain=carrier.explain
                )
            return many, AFTER
        except CallsKept as kept:
            return found, kept.retry_after or AFTER
        except HubError:
            return found, AFTER
    for reference in references:
        try:
            with calls_for("information"):
                orders = await read(title, lambda one=reference: carrier.find(one), explain=carrier.explain)  # type: ignore[misc]
            found[reference] = adopting.of_reference(title, reference, orders)
        except CallsKept as kept:
            return found, kept.retry_after or AFTER
        except HubError:
            continue
    return found, AFTER


def _seen(
    app: App,
    tx: Transaction,
    shipment_id: str,
    found: Sequence[FoundShipment] | None,
    pause: timedelta,
) -> None:
    now = app.clock.now()
    shipment = rows.shipments.get(tx, shipment_id)
    if shipment is None or shipment.look_at is None or shipment.look_at > now:
        return
    later: datetime | None = None
    if shipment.state in _LOOKED_AT:
        if found is None:
            later = _later(tx, shipment, now, pause)
        elif shipment.state == "cancelled":
            _lives(app, tx, shipment, found)
        else:
            later = _compare(app, tx, shipment, found)
    rows.shipments.save(tx, msgspec.structs.replace(shipment, look_at=later), was=shipment)


def _later(tx: Transaction, shipment: rows.ShipmentRow, now: datetime, pause: timedelta) -> datetime | None:
    """When to ask again for one that could not be asked for; in the end a person is told of it."""
    operation = rows.operations.get(tx, _operation(tx, shipment))
    since = shipment.updated_at  # when it was cancelled
    if shipment.state == "booked":  # tracking goes on, and is no look
        since = shipment.created_at if operation is None else operation.sent_at or operation.updated_at
    if now - since < _PATIENCE:
        return now + pause
    account = rows.accounts.get(tx, shipment.account)
    if account is not None and operation is not None:
        account_problems.open_account_problem(tx, account, MISSED, now=now, about=[operation])
    return None


def _compare(
    app: App, tx: Transaction, shipment: rows.ShipmentRow, found: Sequence[FoundShipment]
) -> datetime | None:
    """Tell what is not as it should be. Returns when to look again."""
    now = app.clock.now()
    posting = posting_row(tx, shipment.posting_id)
    live = [one.booking for one in found if one.live]
    others = [one.carrier_id for one in live if not own_orders.same(one.carrier_id, shipment.carrier_id)]
    if others:
        data = {"carrier": shipment.carrier, "reference": shipment.reference, "extra": others}
        if not _was_told(tx, shipment, "booked_twice", data):
            _tell(tx, shipment, posting, "booked_twice", data, now)
        return None
    number = shipment.tracking_number or shipment.carrier_id
    data = {"carrier": shipment.carrier, "tracking_number": number, "standing": "live"}
    mine = next((one for one in live if own_orders.same(one.carrier_id, shipment.carrier_id)), None)
    if mine is None:
        if Stage(posting.stage).rank >= Stage.HANDED_OVER.rank:
            return None  # the carrier has the parcel: some show no order any more from then on
        waited = now - shipment.created_at
        again = next((pause for pause in _ABSENT if pause > waited), None)
        if again is not None:
            return shipment.created_at + again
    elif not mine.tracking_number or own_orders.same(mine.tracking_number, shipment.tracking_number):
        return None
    if not _was_told(tx, shipment, "booking_unverified", data):
        _tell(tx, shipment, posting, "booking_unverified", data, now)
    return None


def _lives(app: App, tx: Transaction, shipment: rows.ShipmentRow, found: Sequence[FoundShipment]) -> None:
    """Tell a person of an order that was cancelled, and lives all the same."""
    if any(one.live and own_orders.same(one.booking.carrier_id, shipment.carrier_id) for one in found):
        number = shipment.tracking_number or shipment.carrier_id
        data = {"carrier": shipment.carrier, "tracking_number": number, "standing": "cancelled"}
        posting, now = posting_row(tx, shipment.posting_id), app.clock.now()
        _tell(tx, shipment, posting, "booking_unverified", data, now)


def _tell(
    tx: Transaction,
    shipment: rows.ShipmentRow,
    posting: rows.PostingRow,
    kind: str,
    data: dict[str, Any],
    now: datetime,
) -> None:
    operation = _operation(tx, shipment)
    open_problem(tx, posting, kind, data, now=now, operation_id=operation, about=("shipment", shipment.id))


def _operation(tx: Transaction, shipment: rows.ShipmentRow) -> str:
    return operations.latest_booking(tx, account=shipment.account, shipment_id=shipment.id)


def _was_told(tx: Transaction, shipment: rows.ShipmentRow, kind: str, data: dict[str, Any]) -> bool:
    """Whether a person heard of just this before."""
    known = problems.of_kind(tx, shipment.posting_id, kind)
    return any(one.data == data for one in known)


__all__ = ["AFTER", "MISSED", "due_at", "look_again_soon", "run"]
