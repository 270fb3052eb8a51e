"""The buyers' side of a carrier's record, and the seller's own rating of it.

A line about a posting is the parcel's: its carrier and its direction are those of the shipment, and damage
counts in the record's figure. A line about a carrier alone stands beside the figures.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from hub.flow.choice.records.carrier_outcomes import refresh
from hub.flow.choice.records.carrier_sums import day_of, own_mark
from hub.flow.choice.records.directions import direction_of
from hub.flow.choice.records.feedback_csv import FeedbackLine, read_table
from hub.flow.history.results import ImportResult, LineProblem
from hub.flow.sellers.sellers import seller_row
from hub.plugin_api.errors import NotFound, Rejected
from hub.store import Transaction, records, rows
from hub.store.rows import FeedbackRow, OpinionRow, carrier_parcels, feedback, opinions

if TYPE_CHECKING:
    from hub.flow.app import App

log = logging.getLogger("hub.records")

_BATCH = 200  # lines a transaction: a long file must not keep the hub's other writes waiting
_EPOCH = date(1970, 1, 1)
_AHEAD = timedelta(hours=14)  # of UTC: somewhere it is tomorrow already


async def import_csv(app: App, seller: str, data: bytes, actor: str) -> ImportResult:
    """`import_feedback` of a file; the lines that cannot be read are among the problems.

    Raises NotFound for an unknown seller, and Rejected where the whole file cannot be used.
    """
    seller_row(app, seller)
    today = (app.clock.now() + _AHEAD).date()
    read = await asyncio.to_thread(read_table, data, today=today)
    result = await import_feedback(app, seller, read.lines, actor)
    problems = sorted((*read.problems, *result.problems), key=lambda problem: problem.line)
    return msgspec.structs.replace(result, problems=tuple(problems), sheet=read.sheet)


async def import_feedback(app: App, seller: str, lines: Iterable[FeedbackLine], actor: str) -> ImportResult:
    """Take in what buyers say. A line that is known already changes nothing; one whose rating or count is
    another replaces the known one. What cannot be stored is told by its line, and the others go on.

    Raises NotFound for an unknown seller.
    """
    seller_row(app, seller)
    added = changed = unchanged = 0
    problems: list[LineProblem] = []
    waiting = iter(lines)
    while batch := list(islice(waiting, _BATCH)):
        for line, done in zip(
            batch, await app.store.write(partial(_take_in, app, seller, batch)), strict=True
        ):
            if done == "added":
                added += 1
            elif done == "changed":
                changed += 1
            elif done == "unchanged":
                unchanged += 1
            else:
                problems.append(LineProblem(line=line.line, reason=done))
    log.info("%d lines of feedback added and %d changed for %s by %s", added, changed, seller, actor)
    return ImportResult(added=added, changed=changed, unchanged=unchanged, problems=tuple(problems))


async def rate(app: App, seller: str, carrier: str, rating: Decimal | None, actor: str) -> None:
    """What the seller thinks of a carrier, 1 to 5, or no more. Raises NotFound and Rejected."""
    seller_row(app, seller)
    if carrier not in app.registry.carriers:
        raise NotFound(
            "no plugin brings a carrier '{carrier}': {names}",
            code="not_found.no_plugin_brings_carrier_2",
            values={"carrier": carrier, "names": _names(app)},
        )
    if rating is not None and not (rating.is_finite() and 1 <= rating <= 5):
        raise Rejected("{rating} is no rating from 1 to 5", code="rating", values={"rating": rating})
    now = app.clock.now()
    mark = own_mark(carrier)

    def write(tx: Transaction) -> None:
        if rating is None:
            records.forget_feedback(tx, seller, mark)
            sum_up(tx, seller, carrier)
            return
        own = FeedbackRow(
            seller=seller,
            mark=mark,
            carrier=carrier,
            shipment_id="",
            direction="",
            kind="own",
            reason="",
            rating_hundredths=int(rating * 100),
            pieces=1,
            source=actor,
            day=day_of(now),
            created_at=now,
        )
        feedback.put(tx, own)
        sum_up(tx, seller, carrier)

    await app.store.write(write)


def _names(app: App) -> str:
    return f"there are {', '.join(sorted(app.registry.carriers)) or 'none'}"


def _take_in(app: App, seller: str, lines: Sequence[FeedbackLine], tx: Transaction) -> list[str]:
    """What became of each line: added, changed, unchanged, or in words why it cannot be stored."""
    now = app.clock.now()
    touched: set[str] = set()
    done = [_one(app, tx, seller, line, touched, now) for line in lines]
    for carrier in touched:
        sum_up(tx, seller, carrier)
    return done


def sum_up(tx: Transaction, seller: str, carrier: str) -> None:
    """Write anew what a quote reads of a carrier's feedback."""
    opinions.put(tx, OpinionRow(seller, carrier, records.opinions_by_week(tx, seller, carrier)))


def _one(app: App, tx: Transaction, seller: str, line: FeedbackLine, touched: set[str], now: datetime) -> str:
    shipment = None
    if line.posting:
        found = records.booked_of_number(tx, seller, line.posting)
        if not found:
            return f"posting: the hub booked no parcel for {line.posting!r}"
        of_carrier = [one for one in found if line.carrier in ("", one.carrier)]
        if not of_carrier:
            return f"carrier: {line.posting!r} went with {found[0].carrier!r}, not with {line.carrier!r}"
        if len(of_carrier) > 1:
            return f"posting: more than one account knows a posting {line.posting!r}"
        (shipment,) = of_carrier
    elif line.carrier not in app.registry.carriers:
        return f"carrier: no plugin brings a carrier {line.carrier!r}: {_names(app)}"
    known = feedback.get(tx, seller, line.mark)
    fresh = FeedbackRow(
        seller=seller,
        mark=line.mark,
        carrier=line.carrier if shipment is None else shipment.carrier,
        shipment_id="" if shipment is None else shipment.id,
        direction="" if shipment is None else _direction(tx, shipment),
        kind=line.kind,
        reason=line.reason,
        rating_hundredths=0 if line.rating is None else int(line.rating * 100),
        pieces=line.count,
        source=line.source,
        day=(line.date - _EPOCH).days,
        created_at=now if known is None else known.created_at,
    )
    if fresh == known:
        return "unchanged"
    feedback.put(tx, fresh)
    touched.add(fresh.carrier)
    if shipment is not None:
        refresh(tx, shipment, now=now)
    return "added" if known is None else "changed"


def _direction(tx: Transaction, shipment: rows.ShipmentRow) -> str:
    """As its outcome has it: the address may have been erased since."""
    known = carrier_parcels.get(tx, shipment.id)
    if known is not None:
        return known.direction
    recipient = rows.recipients.get(tx, shipment.posting_id)
    return direction_of(None if recipient is None else recipient.document.address)
