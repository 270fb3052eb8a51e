"""Step 7: every parcel is followed to the buyer's hands, in one vocabulary, the vendor's wording kept."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from hub.calls import read
from hub.carriers import Carrier
from hub.flow import identity
from hub.flow.erasing.echoes import without_echo
from hub.flow.recording import advance_soon, close_problems, move, open_problem, posting_row, record
from hub.flow.records.carrier_outcomes import refresh
from hub.flow.shipments import as_shipment
from hub.flow.stages import stage_of, stage_of_event
from hub.models import Money, Stage, Tracking, TrackingEvent
from hub.store import Transaction, rows
from hub.store.mapping import micros

if TYPE_CHECKING:
    from hub.flow.app import App

_PACE = {Stage.IN_TRANSIT: timedelta(hours=3), Stage.READY_FOR_PICKUP: timedelta(hours=3)}
_WAITING = timedelta(hours=2)
_DIFFERENCE = Money.of(50, "RUB")  # and a tenth: less is not worth a person's time


async def run(app: App, shipment_id: str) -> datetime | None:
    """Ask the carrier once; returns when to ask again, None at the end of the way."""
    shipment = rows.shipments.get(app.store.reader, shipment_id)
    if shipment is None or shipment.state != "booked":
        return None
    carrier = app.carrier(shipment.account)
    if type(carrier).track is Carrier.track:
        return None
    mine = as_shipment(shipment, posting_row(app.store.reader, shipment.posting_id))
    told = await read(f"{carrier.title}: tracking", lambda: carrier.track(mine), explain=carrier.explain)
    stage = await app.store.write(lambda tx: _take_in(tx, shipment_id, told, app.clock.now()))
    if stage is not None and stage.final:
        return None
    now = app.clock.now()
    pace = _WAITING if stage is None else _PACE.get(stage, _WAITING)
    return max(now + pace, now + app.clock.stretch(0.3))


def _take_in(tx: Transaction, shipment_id: str, told: Tracking, now: datetime) -> Stage | None:
    """New events into the store, and what they change. Returns the stage that tracking gives."""
    shipment = rows.shipments.get(tx, shipment_id)
    assert shipment is not None, "a shipment is never deleted"
    posting = posting_row(tx, shipment.posting_id)
    known = {
        record_[0]
        for record_ in tx.execute("SELECT hash FROM tracking_events WHERE shipment_id = ?", (shipment_id,))
    }
    tracked = Stage(shipment.stage) if shipment.stage else None
    buyer = rows.recipients.get(tx, posting.id)
    for event in told.events:
        mark = hashlib.sha256(f"{micros(event.time)}\x1f{event.code}\x1f{event.place}".encode()).hexdigest()[
            :32
        ]
        if mark in known:
            continue
        known.add(mark)
        rows.tracking_events.insert(tx, _row(shipment_id, mark, event, without_echo(event.text, buyer)))
        data = {"kind": str(event.kind), "code": event.code, "place": event.place}
        posting = record(tx, posting, "tracking.event", data, actor="carrier", now=now)
        said = stage_of_event(event.kind)
        if said is not None and (tracked is None or said.rank > tracked.rank):
            tracked = said
    changed = str(tracked or "") != shipment.stage
    shipment = msgspec.structs.replace(shipment, stage=str(tracked or ""), updated_at=now)
    shipment, posting = _charged(tx, shipment, posting, told.charged, now)
    rows.shipments.save(tx, shipment)
    refresh(tx, shipment, now=now)
    stage = stage_of(marketplace=None, tracked=tracked, previous=Stage(posting.stage))
    posting = move(tx, posting, stage, actor="carrier", now=now)
    if tracked in (Stage.LOST, Stage.RETURNING):
        posting = open_problem(tx, posting, str(tracked), {"carrier": shipment.carrier}, now=now)
    posting = _identity(tx, posting, shipment, told.waits_for_identity, now)
    if changed:
        advance_soon(tx, posting, now=now)
    return tracked


def _identity(
    tx: Transaction, posting: rows.PostingRow, shipment: rows.ShipmentRow, waits: bool, now: datetime
) -> rows.PostingRow:
    """Without the buyer's papers the parcel stands before customs: a person is told once a booking."""
    if not waits:
        return close_problems(tx, posting, identity.MISSED, now=now)
    dismissed = rows.problems.first(
        tx,
        "WHERE posting_id = ? AND kind = ? AND answer = 'dismiss' AND created_at >= ?",
        (posting.id, identity.MISSED, micros(shipment.created_at)),
    )
    if dismissed is not None:
        return posting
    data = {"carrier": shipment.carrier, "tracking_number": shipment.tracking_number}
    return open_problem(tx, posting, identity.MISSED, data, now=now)


def _charged(
    tx: Transaction,
    shipment: rows.ShipmentRow,
    posting: rows.PostingRow,
    charged: Money | None,
    now: datetime,
) -> tuple[rows.ShipmentRow, rows.PostingRow]:
    """What the carrier finally asks: it weighs again. Far above what was agreed is a problem."""
    if charged is None or charged.currency != shipment.currency or charged.minor == shipment.charged_minor:
        return shipment, posting
    agreed = shipment.committed_minor or 0
    data = {"committed": str(Money.from_minor(agreed, shipment.currency)), "charged": str(charged)}
    posting = record(tx, posting, "shipment.charged", data, actor="carrier", now=now)
    more = charged.minor - agreed
    if more > _DIFFERENCE.minor and more * 10 > agreed:
        posting = open_problem(tx, posting, "charge_differs", data, now=now)
    return msgspec.structs.replace(shipment, charged_minor=charged.minor), posting


def _row(shipment_id: str, mark: str, event: TrackingEvent, text: str) -> rows.TrackingRow:
    return rows.TrackingRow(
        shipment_id=shipment_id,
        hash=mark,
        time=event.time,
        kind=str(event.kind),
        code=event.code,
        text=text,
        place=event.place,
        known=event.known,
    )
