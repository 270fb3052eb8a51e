"""Step 6: the hand-over. Where the marketplace delivers, it is declared there (Ozon: carriage); parcels of
the seller's own carriers are recorded as handed over; a sheet to be signed is drawn for each."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from hub.calls import read
from hub.errors import Unavailable
from hub.flow import journal
from hub.flow.marketplace import CloseHandover, OpenHandover
from hub.flow.packing import items_of
from hub.flow.papers import handover_sheet
from hub.flow.reading import handovers as listed
from hub.flow.recording import advance_soon, move, posting_row, record
from hub.flow.shipments import latest_shipment
from hub.flow.views import HandoverResult
from hub.ids import new_id
from hub.labels import HandoverLine, HandoverSheet
from hub.models import Stage
from hub.store import Transaction, rows
from hub.store.queue import Work, enqueue

if TYPE_CHECKING:
    from hub.flow.app import App

log = logging.getLogger("hub.handover")

_STEPS = 8


async def declare(app: App, seller: str, actor: str) -> HandoverResult:
    """Hand over everything of the seller's that has its label; an empty result where there is nothing."""
    slug = app.seller(seller).slug
    ready = rows.postings.all(
        app.store.reader,
        "WHERE seller = ? AND stage = 'labelled' AND is_open = 1 AND NOT EXISTS (SELECT 1 FROM shipments "
        "WHERE posting_id = postings.id AND state = 'checking') ORDER BY ship_by, id",
        (slug,),
    )
    groups: dict[tuple[str, str, str], list[rows.PostingRow]] = {}
    for row in ready:
        declared = row.document.fulfilment.handover
        key = (row.account, row.document.handover_group, "") if declared else ("", "", _taker(row))
        groups.setdefault(key, []).append(row)
    made, sheets = [], []
    for (account, group, carrier), postings in groups.items():
        begun = await _begin(app, slug, account, group, carrier, postings, actor)
        if account:
            try:
                await run(app, begun.id)
            except Unavailable:
                log.info("hand-over %s goes on in the worker", begun.id)
            begun = rows.handovers.get(app.store.reader, begun.id) or begun
        made.append(begun.id)
        if begun.state != "refused":
            sheets.append(_sheet(app, begun, postings))
    document_id = await handover_sheet(app, sheets, slug) if sheets else None
    app.woken.set()
    chosen = tuple(view for view in listed(app, slug) if view.id in made)
    return HandoverResult(handovers=chosen, document_id=document_id)


def _taker(row: rows.PostingRow) -> str:
    return row.carrier or row.provider or row.flow


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
    day = now.astimezone(ZoneInfo(app.seller(seller).time_zone)).date().isoformat()
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
    )

    def write(tx: Transaction) -> None:
        rows.handovers.insert(tx, row)
        if account:
            operation = journal.new(
                app, postings[0], account=account, kind="open_handover", subject_type="handover",
                subject_id=row.id, request={"group": group, "day": day},
            )  # fmt: skip
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


async def run(app: App, handover_id: str) -> datetime | None:
    """Take a declared hand-over on: opened, closed, its papers read. Returns when to come again."""
    for _ in range(_STEPS):
        row = rows.handovers.get(app.store.reader, handover_id)
        if row is None or row.state in ("refused", "ready") or not row.account:
            return None
        found = rows.operations.all(
            app.store.reader,
            "WHERE account = ? AND subject_type = 'handover' AND subject_id = ? ORDER BY id",
            (row.account, row.id),
        )
        todo = [operation for operation in found if operation.open]
        if todo:
            kind = (OpenHandover if todo[0].kind == "open_handover" else CloseHandover)(app, todo[0])
            done = await journal.perform(app, todo[0], kind)
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
    operation = journal.new(
        app, posting, account=row.account, kind="close_handover", subject_type="handover",
        subject_id=row.id, request={"handover_id": row.external_id},
    )  # fmt: skip
    operation = msgspec.structs.replace(operation, posting_id="")
    await app.store.write(lambda tx: journal.plan(tx, operation))


async def _papers(app: App, row: rows.HandoverRow) -> datetime | None:
    """Read what the marketplace made of it: the code that is shown at the drop-off."""
    source = app.source(row.account)
    found = await read(
        f"{source.title}: hand-over", lambda: source.handover(row.external_id), explain=source.explain
    )
    now = app.clock.now()
    if found.state == "pending":
        return max(now + timedelta(minutes=1), now + app.clock.stretch(0.3))
    state = "refused" if found.state == "refused" else "ready"
    done = msgspec.structs.replace(row, state=state, code=found.code, reason=found.reason, updated_at=now)
    await app.store.write(lambda tx: rows.handovers.save(tx, done))
    return None


def _sheet(app: App, row: rows.HandoverRow, postings: list[rows.PostingRow]) -> HandoverSheet:
    seller = app.seller(row.seller)
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
        time_zone=seller.time_zone,
        lines=tuple(lines),
        code=row.code,
    )
