"""What is to be done next for one posting: the worker asks until there is nothing left to do now.

One posting is advanced by one job at a time (its key is unique), so the steps never overlap.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from hub.flow.booking import cancelling, overtaken, recalling, reconciling, tracked_elsewhere
from hub.flow.booking import intent as booking_intent
from hub.flow.booking import shipping as booking
from hub.flow.choice import quote_table, quoting
from hub.flow.documents import labelling
from hub.flow.history.recording import last_order, posting_row, record
from hub.flow.history.shipments import latest_shipment
from hub.flow.intake import postings as intake
from hub.flow.journal import forgetting
from hub.flow.journal import operations as journal
from hub.flow.marketplace import reports as marketplace
from hub.flow.packing import parcels as packing
from hub.flow.problems.opening import is_open, open_problem, waits
from hub.flow.recipients import address_checks, identity
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import Conflict, Rejected, Unavailable
from hub.plugin_api.models import Action, Stage
from hub.store import Transaction, counter, rows

if TYPE_CHECKING:
    from hub.flow.app import App

_PATIENCE = timedelta(hours=1)  # so long carriers that do not answer are waited for before a person is told
_STEPS = 12  # a posting that needs more at once comes again


async def run(app: App, posting_id: str) -> datetime | None:
    """Take every step that can be taken now; returns when to come again, or None."""
    for _ in range(_STEPS):
        row = posting_row(app.store.reader, posting_id)
        operations = journal.operations_of(app.store.reader, posting_id)
        shipment = latest_shipment(app.store.reader, posting_id)
        if shipment is not None and shipment.state == "checking":
            await reconciling.check(app, row, shipment)
            continue
        begun = next((one for one in operations if one.open), None)
        if begun is not None:
            kind = journal.kind_of(app, begun)
            if isinstance(kind, booking.Book) and _is_off(row) and kind.surely_absent(begun):
                await journal.call_off(app, begun, kind)
                continue
            operation = await journal.perform(app, begun, kind)
            if operation.open and operation.state != "planned":
                soonest = app.clock.now() + app.clock.stretch(0.05)
                return max(operation.look_after or soonest, soonest)
            continue
        watched = journal.watched(operations)
        if watched is not None and watched[0] <= app.clock.now():
            await journal.watch(app, watched[1], journal.kind_of(app, watched[1]))
            continue
        refused = journal.refusal_in_doubt(operations)
        if refused is not None and row.wanted and not is_open(app.store.reader, row.id, "carrier_refused"):
            kind = journal.kind_of(app, refused)
            assert isinstance(kind, booking.Book), "only bookings are asked for after a refusal"
            if (later := await overtaken.after_a_refusal(app, refused, kind)) is not None:
                return later
            continue
        if not await _step(app, row, shipment):
            return None if watched is None else watched[0]
    return app.clock.now() + timedelta(seconds=1)


def _is_off(row: rows.PostingRow) -> bool:
    """Nobody wants it shipped any more."""
    return not row.wanted or Stage(row.stage).final


async def _step(app: App, row: rows.PostingRow, shipment: rows.ShipmentRow | None) -> bool:
    """One step; False when there is nothing to do now."""
    reader = app.store.reader
    stage = Stage(row.stage)
    posting = row.document
    if stage is Stage.CANCELLED:
        return await _undo(app, row, shipment)
    if not row.wanted or (stage.final and stage is not Stage.DELIVERED) or posting.waits_for_papers:
        return False
    if Action.ASSEMBLE in posting.actions:
        if waits(reader, row, "assemble"):
            return False
        if row.books == "seller" and await _lacks(app, row):
            return False
        await app.store.write(lambda tx: journal.plan(tx, marketplace.intend_assembly(app, tx, row)))
        return True
    if row.books == "seller":
        if shipment is None or not shipment.live:
            return await _book(app, row) if stage.rank < Stage.HANDED_OVER.rank else False
        if shipment.state != "booked":
            return False
        if await _tell(app, row, shipment):
            return True
    if labelling.label_wanted(app, row, shipment) is not None:
        owner = (
            row.account if posting.fulfilment.label == "marketplace" or shipment is None else shipment.account
        )
        now = app.clock.now()
        await app.store.write(lambda tx: labelling.request(tx, row, owner, now))
    return False


async def _lacks(app: App, row: rows.PostingRow) -> bool:
    """Whether a booking would lack what the seller has to say: asked before the marketplace is told that the
    posting is packed, for that cannot be taken back."""
    try:
        packing.plan(app, row)
    except packing.NoWeight as error:
        await _problem(app, row, "no_weight", {"items": error.offers})
        return True
    if app.seller(row.seller).profile.sender is None:
        await _problem(app, row, "no_sender", {"missing": {"hub": quoting.NO_SENDER}})
        return True
    return False


async def _undo(app: App, row: rows.PostingRow, shipment: rows.ShipmentRow | None) -> bool:
    """The posting was cancelled: its booking is cancelled too, and its label must not be printed."""
    now = app.clock.now()
    await app.store.write(lambda tx: labelling.supersede(tx, row, now))
    if shipment is None or shipment.state != "booked" or waits(app.store.reader, row, "undo"):
        return False
    if shipment.stage and Stage(shipment.stage).rank >= Stage.IN_TRANSIT.rank:
        await app.store.write(
            lambda tx: open_problem(tx, posting_row(tx, row.id), "buyer_cancelled_after_booking", {}, now=now)
        )
        return False
    await app.store.write(
        lambda tx: cancelling.intend_cancel(app, tx, posting_row(tx, row.id), shipment, actor="hub")
    )
    return True


async def _book(app: App, row: rows.PostingRow) -> bool:
    """Choose and write the intent to book."""
    if waits(app.store.reader, row, "book"):
        return False
    number = tracked_elsewhere.foreign_number(app.store.reader, row)
    ours = await recalling.account_of(app, row, number) if number else None
    if number and ours is None and not _looked_for(app, row):
        return await _problem(app, row, tracked_elsewhere.KIND, tracked_elsewhere.facts(row))
    if not row.document.recipient_complete or rows.recipients.get(app.store.reader, row.id) is None:
        # Substitute phone numbers are given only by the single read, and only for a time.
        row = await intake.refresh_posting(app, row.id, "hub")
        if Stage(row.stage).final:
            return True
    order = last_order(app.store.reader, row.id)
    address = address_checks.address_of(app.store.reader, row.id)
    try:
        parcels = packing.plan(app, row)
        asked = await quoting.ask(app, row, parcels)
    except packing.NoWeight as error:
        return await _problem(app, row, "no_weight", {"items": error.offers})
    except (Rejected, Conflict) as error:
        kind = "no_sender" if error.code == "no_sender" else "no_quotes"
        return await _problem(app, row, kind, {"missing": {"hub": error.said}})
    refused = set[str]()
    if not order.carrier:
        refused = _refused_carriers(app, row.id, order.time) | address_checks.unclear_at(app, row.id)
    if ours is None:
        decision = quoting.decide(app, asked, carrier=order.carrier, service=order.service, refused=refused)
    else:
        asked, decision = quoting.recalled(app, asked, *ours)
        if decision.choice is None:
            return await _problem(app, row, tracked_elsewhere.KIND, tracked_elsewhere.facts(row))
    choice, table = decision.choice, quote_table.table(asked, decision)
    late = order.time is None or app.clock.now() - order.time > _PATIENCE
    if choice is None and not late and any(why.later for why in asked.missing.values()):
        raise Unavailable(
            "no carrier has an offer, and one did not answer: it is asked again",
            code="unavailable.no_carrier_has_offer",
        )
    doubt = None if choice is None else await address_checks.doubt(app, row.id, choice.offer.account)

    def write(tx: Transaction) -> None:
        now = app.clock.now()
        current = posting_row(tx, row.id)
        if _is_off(current) or last_order(tx, row.id) != order:
            return  # something else was ordered while the carriers were asked
        if address_checks.address_of(tx, row.id) != address:
            return  # it goes elsewhere by now
        quote_table.keep(tx, current, table, asked.at)
        missing = {carrier: why.stored for carrier, why in asked.missing.items()}
        told = {"offers": len(asked.offers), "missing": missing}
        current = record(tx, current, "quotes.asked", told, actor="hub", now=now)
        if choice is None:
            missing = quoting.missing_of(asked, decision)
            open_problem(tx, current, "no_quotes", {"missing": missing}, now=now)
            return
        if doubt is not None:
            open_problem(tx, current, "address_unclear", doubt, now=now)
            return
        if identity.lacks(app, tx, current, app.carrier(choice.offer.account)):
            data = {"carrier": choice.offer.carrier}
            open_problem(tx, current, identity.PROBLEM, data, now=now)
            return
        booking_intent.intend(app, tx, current, choice, parcels, actor="hub")

    await app.store.write(write)
    return choice is not None or last_order(app.store.reader, row.id) != order


def _looked_for(app: App, row: rows.PostingRow) -> bool:
    """Whether a carrier is asked for a booking of it before anything is sent: it may be ours, and
    forgotten."""
    doubted = counter.doubt(app.store.reader)
    if doubted is None or not forgetting.may_be_forgotten(row, doubted):
        return False
    accounts = app.carrier_accounts(app.seller(row.seller))
    return any(app.registry.carriers[one.plugin].find is not Carrier.find for one in accounts)


async def _problem(app: App, row: rows.PostingRow, kind: str, data: dict[str, object]) -> bool:
    now = app.clock.now()
    await app.store.write(lambda tx: open_problem(tx, posting_row(tx, row.id), kind, data, now=now))
    return False


def _refused_carriers(app: App, posting_id: str, since: datetime | None) -> set[str]:
    """Carriers that refused this posting since it was ordered last: not chosen again by the machine."""
    found = rows.shipments.all(app.store.reader, "WHERE posting_id = ? AND state = 'failed'", (posting_id,))
    return {shipment.carrier for shipment in found if since is None or shipment.created_at >= since}


async def _tell(app: App, row: rows.PostingRow, shipment: rows.ShipmentRow) -> bool:
    """Tell the marketplace what it is owed: the tracking number, then movement in its order."""
    posting = row.document
    if waits(app.store.reader, row, "tell"):
        return False
    number = shipment.tracking_number
    if Action.SET_TRACKING in posting.actions and number and not _knows(app, row, number):
        await app.store.write(lambda tx: journal.plan(tx, marketplace.intend_tracking(app, tx, row, number)))
        return True
    if posting.fulfilment.statuses != "seller":
        return False
    reached = Stage(row.stage)
    tracked = Stage(shipment.stage) if shipment.stage else reached
    reached = max(reached, tracked, key=lambda stage: stage.rank)
    for stage, needed in (
        (Stage.IN_TRANSIT, Stage.HANDED_OVER),
        (Stage.READY_FOR_PICKUP, Stage.READY_FOR_PICKUP),
        (Stage.DELIVERED, Stage.DELIVERED),
    ):
        offered = marketplace.REPORT_ACTIONS[stage] in posting.actions
        if offered and Stage.DELIVERED.rank >= reached.rank >= needed.rank and not _was_told(row, stage):
            await app.store.write(
                lambda tx, stage=stage: journal.plan(  # type: ignore[misc]
                    tx, marketplace.intend_report(app, tx, row, stage)
                )
            )
            return True
    return False


def _knows(app: App, row: rows.PostingRow, number: str) -> bool:
    """Whether the marketplace shows this tracking number, or took it and does not show it yet."""
    told = rows.operations.first(
        app.store.reader,
        "WHERE posting_id = ? AND kind = 'set_tracking' AND state = 'confirmed' ORDER BY epoch DESC LIMIT 1",
        (row.id,),
    )
    return number in (row.document.tracking_number, told and told.request["tracking_number"])


def _was_told(row: rows.PostingRow, stage: Stage) -> bool:
    return bool(row.reported) and Stage(row.reported).rank >= stage.rank
