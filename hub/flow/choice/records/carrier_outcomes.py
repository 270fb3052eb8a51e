"""What a shipment says of its carrier: worked out anew from all that is known whenever something is learned.

The last word of a shipment replaces its earlier one in the weekly sums of its direction and of every wider
one, so that a claim after the delivery, a final price or a find of what was lost counts, and counts once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from hub.flow.choice.records.carrier_sums import week_of
from hub.flow.choice.records.directions import direction_of, wider
from hub.flow.sellers.sellers import seller_row
from hub.plugin_api.models import EventKind, Stage
from hub.store import Transaction, records, rows
from hub.store.rows import FIGURES, CarrierParcelRow, Outcome, carrier_parcels

if TYPE_CHECKING:
    from hub.flow.app import App

Event = tuple[datetime, EventKind]

_SCANS = frozenset(EventKind) - {
    EventKind.REGISTERED,
    EventKind.INFO,
    EventKind.CANCELLED,
    EventKind.LOST,
}
_ARRIVALS = frozenset({EventKind.READY, EventKind.HANDED_OVER})
"""At a delivery point the carrier's promise is kept when the parcel lies there, not when it is fetched."""
_BACK = frozenset({EventKind.RETURNING, EventKind.RETURNED})
_ENDS = _BACK | {EventKind.HANDED_OVER, EventKind.LOST, EventKind.CANCELLED}
_MOST_PERMILLE = 100_000
_BATCH = 200  # shipments a transaction, where all are looked at again


def outcome_of(
    shipment: rows.ShipmentRow,
    events: Sequence[Event],
    *,
    handed_over: datetime | None,
    damaged: bool,
    now: datetime,
) -> Outcome:
    """A pure function of what is known of a booked shipment; nothing where it says nothing yet.

    ``handed_over``: when the hub was told that the carrier has it. ``damaged``: a buyer said so.
    """
    ordered = sorted(events, key=lambda event: event[0])
    scan = next((time for time, kind in ordered if kind in _SCANS), None)
    arrived = next((time for time, kind in ordered if kind in _ARRIVALS), None)
    back = next((time for time, kind in ordered if kind in _BACK), None)
    end = next((kind for _, kind in reversed(ordered) if kind in _ENDS), None)
    if end is EventKind.CANCELLED:
        return Outcome()
    late = None
    start = min((time for time in (handed_over, scan) if time is not None), default=None)
    promised = promised_days(shipment)
    if start is not None and promised is not None and end is not EventKind.LOST:
        days = ((arrived or back or now).date() - start.date()).days - promised
        if arrived is not None or days > 0:
            late = max(0, days)
    prices = _prices(shipment)
    ended = damaged or end is not None
    if scan is None and late is None and prices is None and not ended:
        return Outcome()
    waited = timedelta(0) if scan is None else scan - (handed_over or shipment.created_at)
    return Outcome(
        parcels=1,
        timed=int(late is not None),
        on_time=int(late == 0),
        late_days=late or 0,
        ended=int(ended),
        lost=int(end is EventKind.LOST),
        damaged=int(damaged),
        returned=int(end in _BACK),
        charged=int(prices is not None),
        kept=int(prices is not None and prices[1] <= prices[0]),
        over_permille=0 if prices is None else _permille(*prices),
        scanned=int(scan is not None),
        scan_minutes=max(0, waited // timedelta(minutes=1)),
    )


def promised_days(shipment: rows.ShipmentRow) -> int | None:
    """The calendar days that the chosen quote gave at most; None where it named none."""
    days = shipment.why.get("days")
    return days if isinstance(days, int) and days > 0 else None


def _prices(shipment: rows.ShipmentRow) -> tuple[int, int] | None:
    """What was agreed and what was charged, in minor units: the quote that the seller chose by, or the
    price of the booking where the quote was in another currency."""
    in_one_currency = shipment.why.get("currency", shipment.currency) == shipment.currency
    agreed = (shipment.quoted_minor if in_one_currency else None) or shipment.committed_minor
    if shipment.charged_minor is None or not agreed:
        return None
    return agreed, shipment.charged_minor


def _permille(agreed: int, charged: int) -> int:
    over = ((charged - agreed) * 2000 + agreed) // (2 * agreed)  # rounded half up
    return max(-_MOST_PERMILLE, min(over, _MOST_PERMILLE))


def refresh(tx: Transaction, shipment: rows.ShipmentRow, *, now: datetime) -> None:
    """Put what the shipment says now in the place of what it said before."""
    known = carrier_parcels.get(tx, shipment.id)
    fresh = _outcome(tx, shipment, now) if shipment.state == "booked" else Outcome()
    before = Outcome() if known is None else known.outcome
    if fresh == before:
        return
    if known is None:
        recipient = rows.recipients.get(tx, shipment.posting_id)
        known = CarrierParcelRow(
            shipment_id=shipment.id,
            seller=shipment.seller,
            carrier=shipment.carrier,
            direction=direction_of(None if recipient is None else recipient.document.address),
            week=week_of(shipment.created_at),
            outcome=before,
        )
    carrier_parcels.put(
        tx,
        CarrierParcelRow(known.shipment_id, known.seller, known.carrier, known.direction, known.week, fresh),
    )
    change = [getattr(fresh, name) - getattr(before, name) for name in FIGURES]
    records.add(tx, known.seller, known.carrier, known.week, change, directions=wider(known.direction))


def _outcome(tx: Transaction, shipment: rows.ShipmentRow, now: datetime) -> Outcome:
    return outcome_of(
        shipment,
        [(time, EventKind(kind)) for time, kind in records.events_of(tx, shipment.id)],
        handed_over=_handed_over(tx, shipment),
        damaged=records.is_said_damaged(tx, shipment.id),
        now=now,
    )


def _handed_over(tx: Transaction, shipment: rows.ShipmentRow) -> datetime | None:
    """When the posting became handed over, by the hub's own history; not by an earlier shipment of it."""
    for event in records.stages_of(tx, shipment.posting_id):
        if event.data.get("to") == Stage.HANDED_OVER and event.time >= shipment.created_at:
            return event.time
    return None


async def rebuild(app: App, seller: str) -> int:
    """Work out a seller's carrier records anew from the history; returns how many shipments were looked at.

    For a hub whose history is older than its records. Raises NotFound.
    """
    seller_row(app, seller)
    await app.store.write(lambda tx: records.forget(tx, seller))
    after, looked = "", 0
    while True:
        batch = await app.store.write(partial(_next, seller=seller, after=after, now=app.clock.now()))
        if not batch:
            return looked
        after, looked = batch[-1].id, looked + len(batch)


def _next(tx: Transaction, *, seller: str, after: str, now: datetime) -> list[rows.ShipmentRow]:
    batch = records.shipments_after(tx, seller, after, limit=_BATCH)
    for shipment in batch:
        refresh(tx, shipment, now=now)
    return batch
