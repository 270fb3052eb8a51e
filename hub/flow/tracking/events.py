"""Step 7: every parcel is followed to the buyer's hands, in one vocabulary, the vendor's wording kept."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from hub.calls.budget import CallsKept, calls_for
from hub.calls.call import read
from hub.flow.booking import asked_prices
from hub.flow.choice.records.carrier_outcomes import refresh
from hub.flow.history.echoes import without_echo
from hub.flow.history.recording import advance_soon, move, posting_row, record
from hub.flow.history.shipments import as_shipment
from hub.flow.history.stages import stage_of, stage_of_event
from hub.flow.problems.opening import close_ended, close_problems, open_problem
from hub.flow.recipients import identity
from hub.plugin_api.answers import WORD_MAX, Fault, fault
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import BadReply
from hub.plugin_api.models import Money, Stage, Tracking, TrackingEvent
from hub.store import Transaction, history, problems, rows, tracking
from hub.store.mapping import micros
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App

_PACE = {Stage.IN_TRANSIT: timedelta(hours=3), Stage.READY_FOR_PICKUP: timedelta(hours=3)}
_WAITING = timedelta(hours=2)
_FUTURE = timedelta(days=31)  # no clock and no zone differs by so much: it has not happened
_NAMED = 10  # codes of events that were left out, in one entry of the history
_DIFFERENCE = Money.of(50, "RUB")  # and a tenth: less is not worth a person's time


async def run(app: App, shipment_id: str) -> datetime | None:
    """Ask the carrier once; returns when to ask again, None at the end of the way."""
    shipment = rows.shipments.get(app.store.reader, shipment_id)
    if shipment is None or shipment.state != "booked":
        return None
    if posting_row(app.store.reader, shipment.posting_id).erased_at is not None:
        return None  # nothing of its buyer is stored again
    carrier = app.carrier(shipment.account)
    if type(carrier).track is Carrier.track:
        return None
    mine = as_shipment(shipment, posting_row(app.store.reader, shipment.posting_id))
    title = said("{title}: tracking", code="call.tracking", values={"title": carrier.title})
    try:
        with calls_for("information"):
            found = await read(title, lambda: carrier.track(mine), explain=carrier.explain)
    except CallsKept as kept:
        return app.clock.now() + (kept.retry_after or _WAITING)  # the day's calls go to bookings: no failure
    told, faults = _usable(found, title, app.clock.now())
    stage = await app.store.write(lambda tx: _take_in(tx, shipment_id, told, faults, app.clock.now()))
    if stage is not None and stage.final:
        return None
    now = app.clock.now()
    pace = _WAITING if stage is None else _PACE.get(stage, _WAITING)
    return max(now + pace, now + app.clock.stretch(0.3))


def _usable(told: object, title: str, now: datetime) -> tuple[Tracking, list[tuple[str, Fault]]]:
    """What a carrier told, without what cannot be used, and what is wrong with each of those: one event costs
    itself, never the others, and so does a charge that is no sum."""
    if not isinstance(told, Tracking) or not isinstance(told.events, list | tuple):
        raise BadReply(
            "{title}: the plugin's answer is no tracking",
            code="bad_reply.plugin_answer_no_tracking",
            values={"title": title},
        )
    events, faults = [], []
    for event in told.events:
        found = fault(event, TrackingEvent)
        if found is None and event.time > now + _FUTURE:
            found = Fault(code="out_of_range", place="time")
        if found is None:
            events.append(event)
        else:
            code = getattr(event, "code", "")
            faults.append((code[:WORD_MAX] if fault(code, str) is None else "", found))
    rest = Tracking(events=())
    for name in ("charged", "charged_weight_g", "waits_for_identity", "unread"):
        one = msgspec.structs.replace(rest, **{name: getattr(told, name)})
        if (found := fault(one, Tracking)) is None:
            rest = one
        else:
            faults.append(("", found))  # a weight below nothing hides no charge
    faults += [(code[:WORD_MAX], Fault(code="no_time")) for code in rest.unread]
    return msgspec.structs.replace(rest, events=tuple(events)), faults


def _say_unread(
    tx: Transaction, posting: rows.PostingRow, faults: list[tuple[str, Fault]], now: datetime
) -> rows.PostingRow:
    """Told once: the history has it, until there are others."""
    if not faults:
        return posting
    codes = list(dict.fromkeys(code for code, _ in faults if code))[:_NAMED]
    _, first = faults[0]
    data = {"count": len(faults), "events": codes, "reason": msgspec.to_builtins(first)}
    last = history.last_of_kind(tx, posting.id, "tracking.unread")
    if last is not None and last.data == data:
        return posting
    return record(tx, posting, "tracking.unread", data, actor="carrier", now=now)


def _take_in(
    tx: Transaction, shipment_id: str, told: Tracking, faults: list[tuple[str, Fault]], now: datetime
) -> Stage | None:
    """New events into the store, and what they change. Returns the stage that tracking gives."""
    shipment = rows.shipments.get(tx, shipment_id)
    assert shipment is not None, "a shipment is never deleted"
    posting = posting_row(tx, shipment.posting_id)
    known = tracking.known_events(tx, shipment_id)
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
    posting = _say_unread(tx, posting, faults, now)
    changed = str(tracked or "") != shipment.stage
    shipment = msgspec.structs.replace(shipment, stage=str(tracked or ""), updated_at=now)
    shipment, posting = _charged(tx, shipment, posting, told.charged, now)
    rows.shipments.save(tx, shipment)
    refresh(tx, shipment, now=now)
    stage = stage_of(marketplace=None, tracked=tracked, previous=Stage(posting.stage))
    posting = move(tx, posting, stage, actor="carrier", now=now)
    if stage.final:
        posting = close_ended(tx, posting, now=now)
    if changed and tracked in (Stage.LOST, Stage.RETURNING):  # told once, also to who dismissed it
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
    if problems.dismissed_since(tx, posting.id, identity.MISSED, since=shipment.created_at) is not None:
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
    """What the carrier finally asks: it weighs again. Far above what was agreed is a problem, and so is what
    cannot be a price of this booking: that is told, and never added up."""
    if charged is None:
        return shipment, posting
    minor = shipment.quoted_minor if shipment.committed_minor is None else shipment.committed_minor
    agreed = shipment.money(minor)
    odd = asked_prices.odd(charged, agreed)
    data = {"committed": str(agreed or "-"), "charged": str(charged)}
    if (odd and _heard(tx, shipment, data)) or (not odd and charged.minor == shipment.charged_minor):
        return shipment, posting
    posting = record(tx, posting, "shipment.charged", data, actor="carrier", now=now)
    more = charged.minor - (minor or 0)
    if odd or (more > _DIFFERENCE.minor and more * 10 > (minor or 0)):
        posting = open_problem(tx, posting, "charge_differs", data, now=now, about=("shipment", shipment.id))
    return shipment if odd else msgspec.structs.replace(shipment, charged_minor=charged.minor), posting


def _heard(tx: Transaction, shipment: rows.ShipmentRow, data: dict[str, str]) -> bool:
    """Whether the history of this booking has just this charge: it is asked for many times."""
    known = history.of_kind_since(tx, shipment.posting_id, "shipment.charged", since=shipment.created_at)
    return any(one.data == data for one in known)


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
