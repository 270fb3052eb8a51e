"""Step 6: the hand-over of the parcels that are there. Where the marketplace delivers, it is declared there
(Ozon: carriage); a carrier that wants a list is told of it; parcels of the others are recorded as handed
over. A sheet to be signed is drawn for each. What is told goes on in `telling`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from hub.flow.documents.composing import handover_sheet
from hub.flow.handover import batches, telling
from hub.flow.handover.listing import handover_view
from hub.flow.handover.pile import named, pile
from hub.flow.handover.sheets import sheets_of
from hub.flow.history.recording import posting_row
from hub.flow.history.results import HandoverEntry, HandoverResult
from hub.flow.history.shipments import latest_shipment
from hub.flow.journal import operations as journal
from hub.flow.marketplace.handed_over import handed_over
from hub.plugin_api.ids import new_id
from hub.plugin_api.models import Stage
from hub.store import Transaction, documents, rows
from hub.store.handovers import made_of
from hub.store.queue import Work, enqueue

if TYPE_CHECKING:
    from hub.flow.app import App

_WORKER_AFTER = timedelta(seconds=30)  # the order itself is told of first, and the worker goes on from there


class _Begun(NamedTuple):
    made: list[rows.HandoverRow]
    before: list[str]
    """The ids of hand-overs that were ordered before: they have parcels that were named, or go on."""
    entries: list[HandoverEntry]
    rest: int
    said_gone: tuple[str, ...]
    """The numbers of what the marketplace called on its way before anybody was told here."""


async def declare(
    app: App,
    seller: str,
    actor: str,
    *,
    warehouse: str | None = None,
    only: Sequence[str] | None = None,
) -> HandoverResult:
    """Hand over the parcels that ``only`` names (by posting, tracking number or what a label shows), or all
    that are there, of one warehouse or of all: what leaves from two of them is never in one hand-over. The
    others stay for the next. Ordered again it is the same hand-over, not a second one. An empty result where
    there is nothing."""
    slug = app.seller(seller).slug
    begun = await app.store.write(lambda tx: _begin(app, tx, slug, warehouse, only, actor))
    for row in begun.made:
        if row.account:
            await _drive(app, row)
    reader = app.store.reader
    ids = dict.fromkeys([*(row.id for row in begun.made), *begun.before])
    found = list({one.id: one for id in ids for one in made_of(reader, id)}.values())
    signed = [row for row in found if row.state != "refused"]
    sheets = [sheet for row in signed for sheet in sheets_of(app, row)]
    postings = list(dict.fromkeys(one for row in signed for one in row.postings))
    document_id = await handover_sheet(app, sheets, slug, postings) if sheets else None
    app.woken.set()
    told = [posting_row(reader, one) for row in found for one in row.postings]
    taken = {one for row in begun.made for one in row.postings}
    return HandoverResult(
        handovers=tuple(handover_view(app, row) for row in found),
        document_id=document_id,
        unprinted=tuple(row.number for row in told if row.id in taken and _unprinted(app, row)),
        rest=begun.rest,
        results=tuple(_with_handover(begun.entries, found)),
        said_gone=begun.said_gone,
    )


def _unprinted(app: App, row: rows.PostingRow) -> bool:
    """Whether its label, or a page of it, was never given out: a parcel without one goes nowhere."""
    return any(not page.printed for page in documents.ready_labels(app.store.reader, row.id))


def _with_handover(
    entries: Iterable[HandoverEntry], found: Sequence[rows.HandoverRow]
) -> Iterable[HandoverEntry]:
    of = {posting_id: row.id for row in found for posting_id in row.postings}
    for entry in entries:
        known = entry.handover or of.get(entry.posting_id, "")
        yield entry if entry.state == "refused" else msgspec.structs.replace(entry, handover=known)


def _begin(
    app: App,
    tx: Transaction,
    seller: str,
    warehouse: str | None,
    only: Sequence[str] | None,
    actor: str,
) -> _Begun:
    """Write the hand-overs, and what has to be told has its intent in the same transaction: two orders at one
    time never take one parcel twice."""
    found = pile(app, tx, seller)
    entries = [] if only is None else named(app, tx, seller, only, warehouse, found)
    chosen = [row for row in found.here.values() if warehouse in (None, row.warehouse)]
    before = [row.id for row in found.told.values() if warehouse in (None, row.warehouse)]
    rest = len(chosen)
    if only is not None:
        taken = {one.posting_id for one in entries if one.state == "taken"}
        chosen = [row for row in chosen if row.id in taken]
        before = [one.handover for one in entries if one.state == "already" and one.handover]
    made = begin(app, tx, chosen, actor)
    now = app.clock.now()
    for row in {row.id: row for row in found.told.values() if row.id in before}.values():
        enqueue(tx, _work(row, now), now=now)  # somebody waits for it: it is tried now
    gone = tuple(row.number for row in chosen if Stage(row.stage).rank >= Stage.HANDED_OVER.rank)
    return _Begun(made, list(dict.fromkeys(before)), entries, rest - len(chosen), gone)


def begin(
    app: App, tx: Transaction, postings: Sequence[rows.PostingRow], actor: str
) -> list[rows.HandoverRow]:
    """A hand-over for each warehouse, account, group there and taker of these parcels."""
    groups: dict[tuple[str, str, str, str], list[rows.PostingRow]] = {}
    for row in postings:
        groups.setdefault((row.warehouse, *_group(app, tx, row)), []).append(row)
    return [
        _begin_one(app, tx, account, group, carrier, of_group, actor)
        for (_, account, group, carrier), of_group in groups.items()
    ]


def _group(app: App, tx: Transaction, row: rows.PostingRow) -> tuple[str, str, str]:
    """The account that is told of it, its group there, and who takes the parcel."""
    if row.document.fulfilment.handover:
        return row.account, row.document.handover_group, row.provider
    shipment = latest_shipment(tx, row.id)
    if shipment is not None and batches.wanted(app, shipment):
        return shipment.account, "", shipment.carrier
    return "", "", row.carrier or row.provider or row.flow


def _begin_one(
    app: App,
    tx: Transaction,
    account: str,
    group: str,
    carrier: str,
    postings: list[rows.PostingRow],
    actor: str,
) -> rows.HandoverRow:
    now = app.clock.now()
    row = rows.HandoverRow(
        id=new_id("hnd"),
        seller=postings[0].seller,
        account=account,
        carrier=carrier,
        grouping=group,
        day=app.warehouse(postings[0]).today(now).isoformat(),
        external_id="",
        state="planned" if account else "closed",
        postings=tuple(posting.id for posting in postings),
        code="",
        document_id="",
        reason="",
        created_at=now,
        updated_at=now,
        warehouse=postings[0].warehouse,
    )
    rows.handovers.insert(tx, row)
    if not account:
        handed_over(tx, row, {"handover": row.id, "carrier": row.carrier}, actor=actor, now=now)
        return row
    operation = _opening(app, tx, row, postings)
    journal.plan(tx, msgspec.structs.replace(operation, posting_id=""))
    enqueue(tx, msgspec.structs.replace(_work(row, now), run_at=now + _WORKER_AFTER), now=now)
    return row


def _work(row: rows.HandoverRow, now: Any) -> Work:
    return Work(kind="handover", subject=row.id, seller=row.seller, account=row.account, run_at=now)


def _opening(
    app: App, tx: Transaction, row: rows.HandoverRow, postings: list[rows.PostingRow]
) -> rows.OperationRow:
    carriers = telling.is_carriers(app, tx, row)
    request: dict[str, Any] = {"group": row.grouping, "day": row.day}
    if carriers:
        shipments = [latest_shipment(tx, posting.id) for posting in postings]
        request = {"day": row.day, "shipments": [one.id for one in shipments if one is not None]}
    kind = "open_batches" if carriers else "open_handover"
    return journal.new(
        app, postings[0], account=row.account, kind=kind, subject_type="handover", subject_id=row.id,
        request=request,
    )  # fmt: skip


async def _drive(app: App, begun: rows.HandoverRow) -> None:
    """Take what was declared as far as it goes now; a carrier may have made several of it."""
    done: set[str] = set()
    while left := [one.id for one in made_of(app.store.reader, begun.id) if one.id not in done]:
        done.add(left[0])
        await telling.run(app, left[0])


__all__ = ["begin", "declare"]
