"""Step 6: the hand-over. Where the marketplace delivers, it is declared there (Ozon: carriage); parcels of
the seller's own carriers are recorded as handed over; a sheet to be signed is drawn for each."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from hub.calls.call import read
from hub.flow.documents.composing import handover_sheet
from hub.flow.documents.keeping import keep_document
from hub.flow.handover import batches
from hub.flow.handover.listing import handovers as listed
from hub.flow.history.recording import advance_soon, move, posting_row, record
from hub.flow.history.results import HandoverResult
from hub.flow.history.shipments import latest_shipment
from hub.flow.journal import operations as journal
from hub.flow.marketplace import handed_over
from hub.flow.packing.parcels import items_of
from hub.plugin_api.errors import Unavailable
from hub.plugin_api.ids import new_id
from hub.plugin_api.labels import HandoverLine, HandoverSheet
from hub.plugin_api.models import Stage
from hub.store import Transaction, documents, handovers, operations, rows
from hub.store.postings import to_hand_over
from hub.store.queue import Work, enqueue
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App

log = logging.getLogger("hub.handover")

_STEPS = 8


async def declare(app: App, seller: str, actor: str, *, warehouse: str | None = None) -> HandoverResult:
    """Hand over everything of the seller's that has its label, of one warehouse or of all: what leaves from
    two of them is never in one hand-over. An empty result where there is nothing."""
    slug = app.seller(seller).slug
    ready = to_hand_over(app.store.reader, seller=slug)
    ready = [row for row in ready if warehouse in (None, row.warehouse)]
    begun_before = handovers.under_way(app.store.reader, seller=slug)
    busy = {posting_id for one in begun_before for posting_id in one.postings}
    groups: dict[tuple[str, str, str, str], list[rows.PostingRow]] = {}
    for row in ready:
        if row.id in busy:
            continue  # declared already: its answer is awaited
        groups.setdefault((row.warehouse, *_group(app, row)), []).append(row)
    unprinted = [row for row in ready if _unprinted(app, row)]
    made, sheets = [], []
    signed: list[str] = []
    for (_, account, group, carrier), postings in groups.items():
        begun = await _begin(app, slug, account, group, carrier, postings, actor)
        for one in await _driven(app, begun) if account else [begun]:
            made.append(one.id)
            if one.state != "refused":
                sheets.append(_sheet(app, one, [row for row in postings if row.id in one.postings]))
                signed += one.postings
    document_id = await handover_sheet(app, sheets, slug, signed) if sheets else None
    app.woken.set()
    chosen = tuple(view for view in listed(app, slug) if view.id in made)
    told = {posting_id for view in chosen for posting_id in view.postings}
    return HandoverResult(
        handovers=chosen,
        document_id=document_id,
        unprinted=tuple(row.number for row in unprinted if row.id in told),
    )


def _unprinted(app: App, row: rows.PostingRow) -> bool:
    """Whether its label, or a page of it, was never given out: a parcel without one goes nowhere."""
    return any(not page.printed for page in documents.ready_labels(app.store.reader, row.id))


def _group(app: App, row: rows.PostingRow) -> tuple[str, str, str]:
    """The account that is told of it, its group there, and who takes the parcel where nobody is told."""
    if row.document.fulfilment.handover:
        return row.account, row.document.handover_group, ""
    shipment = latest_shipment(app.store.reader, row.id)
    if shipment is not None and batches.wanted(app, shipment):
        return shipment.account, "", shipment.carrier
    return "", "", row.carrier or row.provider or row.flow


async def _driven(app: App, begun: rows.HandoverRow) -> list[rows.HandoverRow]:
    """Take what was declared as far as it goes now; a carrier may have made several of it."""
    done: list[str] = []
    while True:
        found = handovers.declared_at(
            app.store.reader,
            seller=begun.seller,
            account=begun.account,
            warehouse=begun.warehouse,
            time=begun.created_at,
        )
        left = [one.id for one in found if one.id not in done]
        if not left:
            return found
        try:
            await run(app, left[0])
        except Unavailable:
            log.info("hand-over %s goes on in the worker", left[0])
        done.append(left[0])


async def _begin(
    app: App,
    seller: str,
    account: str,
    group: str,
    carrier: str,
    postings: list[rows.PostingRow],
    actor: str,
) -> rows.HandoverRow:
    """Write the hand-over; one that the marketplace hears of has its intent in the same transaction."""
    now = app.clock.now()
    day = app.warehouse(postings[0]).today(now).isoformat()
    row = rows.HandoverRow(
        id=new_id("hnd"),
        seller=seller,
        account=account,
        carrier=carrier or postings[0].provider,
        grouping=group,
        day=day,
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

    def write(tx: Transaction) -> None:
        rows.handovers.insert(tx, row)
        if account:
            operation = _opening(app, tx, row, postings)
            journal.plan(tx, msgspec.structs.replace(operation, posting_id=""))
            work = Work(kind="handover", subject=row.id, seller=seller, account=account, run_at=now)
            enqueue(tx, msgspec.structs.replace(work, run_at=now + timedelta(seconds=30)), now=now)
            return
        for known in postings:
            posting = posting_row(tx, known.id)
            data = {"handover": row.id, "carrier": row.carrier}
            posting = record(tx, posting, "handover.declared", data, actor=actor, now=now)
            posting = move(tx, posting, Stage.HANDED_OVER, actor=actor, now=now)
            advance_soon(tx, posting, now=now)

    await app.store.write(write)
    return row


def _opening(
    app: App, tx: Transaction, row: rows.HandoverRow, postings: list[rows.PostingRow]
) -> rows.OperationRow:
    carriers = _is_carriers(app, row)
    request: dict[str, Any] = {"group": row.grouping, "day": row.day}
    if carriers:
        shipments = [latest_shipment(tx, posting.id) for posting in postings]
        request = {"day": row.day, "shipments": [one.id for one in shipments if one is not None]}
    kind = "open_batches" if carriers else "open_handover"
    return journal.new(
        app, postings[0], account=row.account, kind=kind, subject_type="handover", subject_id=row.id,
        request=request,
    )  # fmt: skip


async def run(app: App, handover_id: str) -> datetime | None:
    """Take a declared hand-over on: opened, closed, its papers read. Returns when to come again."""
    for _ in range(_STEPS):
        row = rows.handovers.get(app.store.reader, handover_id)
        if row is None or row.state in ("refused", "ready") or not row.account:
            return None
        found = operations.of_handover(app.store.reader, account=row.account, handover_id=row.id)
        todo = [operation for operation in found if operation.open]
        if todo:
            try:
                done = await journal.perform(app, todo[0], journal.kind_of(app, todo[0]))
            except Unavailable as error:
                untold_of = partial(handed_over.untold, row=row, error=error, now=app.clock.now())
                await app.store.write(untold_of)
                raise
            if handed_over.is_untold(app.store.reader, row):
                await app.store.write(partial(handed_over.told, row=row, now=app.clock.now()))
            if done.open and done.state != "planned":
                soon = app.clock.now() + app.clock.stretch(0.1)
                return max(done.look_after or soon, soon)
        elif row.state == "open":
            await _close(app, row)
        else:
            return await _papers(app, row)
    return app.clock.now() + app.clock.stretch(0.3)


async def _close(app: App, row: rows.HandoverRow) -> None:
    posting = posting_row(app.store.reader, row.postings[0])
    kind = "close_batch" if _is_carriers(app, row) else "close_handover"
    operation = journal.new(
        app, posting, account=row.account, kind=kind, subject_type="handover",
        subject_id=row.id, request={"handover_id": row.external_id},
    )  # fmt: skip
    operation = msgspec.structs.replace(operation, posting_id="")
    await app.store.write(lambda tx: journal.plan(tx, operation))


def _is_carriers(app: App, row: rows.HandoverRow) -> bool:
    account = rows.accounts.get(app.store.reader, row.account)
    return account is not None and account.plugin in app.registry.carriers


async def _papers(app: App, row: rows.HandoverRow) -> datetime | None:
    """Read what was made of it: the code that is shown at the drop-off, and a paper to be signed."""
    maker = app.carrier(row.account) if _is_carriers(app, row) else app.source(row.account)
    found = await read(
        said("{title}: hand-over", code="call.hand_over", values={"title": maker.title}),
        lambda: maker.handover(row.external_id),
        explain=maker.explain,
    )
    now = app.clock.now()
    if found.state == "pending":
        return max(now + timedelta(minutes=1), now + app.clock.stretch(0.3))
    state = "refused" if found.state == "refused" else "ready"
    paper = row.document_id
    if found.document is not None and not paper:
        paper = await keep_document(app, row.seller, "handover", found.document, covers=row.postings)
    done = msgspec.structs.replace(
        row, state=state, code=found.code, reason=found.reason, document_id=paper, updated_at=now
    )
    await app.store.write(lambda tx: rows.handovers.save(tx, done))
    return None


def _sheet(app: App, row: rows.HandoverRow, postings: list[rows.PostingRow]) -> HandoverSheet:
    seller, there = app.seller(row.seller), app.warehouse(postings[0])
    lines = []
    for posting in postings:
        shipment = latest_shipment(app.store.reader, posting.id)
        weights = [item.weight_g for item in items_of(app, posting)]
        parcels = () if shipment is None else shipment.parcels
        weight = sum(parcel.weight_g for parcel in parcels) or (
            None if None in weights else sum(w or 0 for w in weights)
        )
        lines.append(
            HandoverLine(
                posting_number=posting.number,
                tracking_number=posting.tracking_number,
                weight_g=weight,
                boxes=max(1, len(parcels)),
            )
        )
    return HandoverSheet(
        title=row.external_id or row.day,
        seller=seller.title,
        carrier=row.carrier,
        time=app.clock.now(),
        time_zone=there.time_zone,
        lines=tuple(lines),
        code=row.code,
    )
