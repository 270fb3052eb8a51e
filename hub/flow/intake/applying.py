"""One posting, as its marketplace gave it, into the store: a new one, or what changed of a known one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

import msgspec

from hub.flow.history.recording import advance_soon, last_order, move, record, written
from hub.flow.history.stages import stage_of
from hub.flow.intake.arriving import Item
from hub.flow.intake.buyers import keep_recipient
from hub.flow.intake.problems import TAKEN_BACK
from hub.flow.intake.units import expect
from hub.flow.problems.kinds import ended_by
from hub.flow.problems.opening import close_ended, close_problems, open_problem
from hub.flow.recipients import identity
from hub.flow.sellers import leaving
from hub.plugin_api.ids import new_id
from hub.plugin_api.models import Action, Posting, Stage
from hub.store import Transaction, arrivals, postings, rows
from hub.store.arrivals import RawPayload


def apply(
    tx: Transaction,
    account: rows.AccountRow,
    posting: Posting,
    raw: bytes,
    *,
    actor: str,
    now: datetime,
) -> tuple[rows.PostingRow, bool]:
    """One decoded posting into the store. Returns its row, and whether a known one was changed."""
    digest = hashlib.sha256(raw).digest()
    row = postings.of_number(tx, account=account.id, number=posting.number)
    if row is None:
        (row,) = insert(tx, account, [Item(raw, posting.number, posting, None, digest)], actor=actor, now=now)
        return row, False
    if row.raw_hash == digest:
        return row, False
    arrivals.keep_raw(tx, [RawPayload(account.id, "posting", posting.number, now, digest, raw)])
    document = msgspec.structs.replace(posting, recipient=None)
    if row.erased_at is not None:
        document = msgspec.structs.replace(document, cancel_reason="")
    facts = {
        "status": posting.status,
        "substatus": posting.substatus,
        "status_known": posting.stage is not None,
        "ship_by": posting.ship_by,
        "late_after": posting.late_after,
        "provider": posting.provider,
        "document": document,
        "raw_hash": digest,
    }
    old = (row.status, row.substatus, row.document.actions)
    renumbered = row.problems > 0 and posting.tracking_number != row.document.tracking_number
    # A stage that it showed before is no news: a posting that is shipped again was "delivering" all the time.
    told = None if posting.stage is row.document.stage else posting.stage
    waited, old_units = row.document.waits_for_papers, _units(row.document)
    if row.document.recipient_complete:
        document = msgspec.structs.replace(document, recipient_complete=True)
        facts["document"] = document
    if not row.tracking_number and posting.tracking_number:
        facts["tracking_number"] = posting.tracking_number
    elsewhere = posting.warehouse_id != row.document.warehouse_id
    row = msgspec.structs.replace(row, **facts, updated_at=now)
    rows.postings.save(tx, row)
    if elsewhere:
        there = leaving.slug_of(posting, account, leaving.known(tx, account.seller))
        row = leaving.move(tx, row, there, actor=actor, now=now)
    if old[:2] != (posting.status, posting.substatus):
        data = {"status": posting.status, "substatus": posting.substatus}
        row = record(tx, row, "posting.changed", data, actor=actor, now=now)
    stage = stage_of(marketplace=told, tracked=None, previous=Stage(row.stage))
    row = move(tx, row, stage, actor=actor, now=now)
    live = bool(row.carrier) and stage is Stage.CANCELLED
    if waited != posting.waits_for_papers:
        row = _papers(tx, row, posting, now)
    needs = old_units != _units(posting)
    if needs:
        expect(tx, row, now=now)
    news = needs or old[2] != posting.actions or posting.assembly_failed or waited or renumbered
    if live or (row.wanted and news):
        advance_soon(tx, row, now=now)
    row = close_problems(tx, row, *ended_by("read"), now=now)
    if Action.ASSEMBLE in old[2] and _is_packed(posting):  # by whomever
        row = close_problems(tx, row, *ended_by("assembled"), now=now)
    if stage is Stage.CANCELLED and told is not None and not told.final:
        row = open_problem(tx, row, TAKEN_BACK, {"status": posting.status}, now=now)
    elif stage is Stage.CANCELLED and posting.stage is stage:
        # What a person had it told there has happened; its booking's cancel has not.
        row = close_problems(tx, row, *ended_by("cancelled"), now=now, about=("posting", row.id))
        row = close_problems(tx, row, *ended_by("left"), now=now)
    if stage.final:
        row = close_ended(tx, row, now=now)
    if posting.stage is None:
        row = _unknown(tx, row, posting, now)
    else:
        row = close_problems(tx, row, "unknown_status", now=now)
    if row.erased_at is None and keep_recipient(tx, row.id, posting, now):
        freed = close_problems(tx, row, "address_unclear", now=now)
        if freed is not row:
            advance_soon(tx, freed, now=now)
        row = freed
    return row, True


def _units(document: Posting) -> tuple[object, ...]:
    """What is wanted of which units, and how many they are."""
    wanted = document.unit_needs
    return wanted, tuple((item.sku, item.quantity) for item in document.items if wanted)


def _is_packed(posting: Posting) -> bool:
    reached = posting.stage is not None and posting.stage.rank >= Stage.REGISTERING.rank
    return reached and Action.ASSEMBLE not in posting.actions and not posting.assembly_failed


def insert(
    tx: Transaction, account: rows.AccountRow, items: Sequence[Item], *, actor: str, now: datetime
) -> list[rows.PostingRow]:
    """Postings that were never seen: all rows of a page go into a table at once."""
    made, events, notices, recipients, strange = [], [], [], [], []
    places = leaving.known(tx, account.seller)
    for item in items:
        assert item.posting is not None
        posting = item.posting
        document = msgspec.structs.replace(posting, recipient=None)
        row = _new_row(account, posting, document, item.digest, now)
        row = msgspec.structs.replace(row, warehouse=leaving.slug_of(posting, account, places))
        data = {"status": posting.status, "stage": row.stage}
        row, event, notice = written(row, "posting.imported", data, actor=actor, now=now)
        made.append(row)
        events.append(event)
        if notice is not None:
            notices.append(notice)
        if posting.recipient is not None:
            recipients.append(
                rows.RecipientRow(posting_id=row.id, document=posting.recipient, updated_at=now)
            )
        if posting.stage is None or posting.waits_for_papers:
            strange.append((len(made) - 1, posting))
    raws = [RawPayload(account.id, "posting", item.number, now, item.digest, item.raw) for item in items]
    arrivals.keep_raw(tx, raws)
    rows.postings.insert_many(tx, made)
    rows.history.insert_many(tx, events)
    rows.outbox.insert_many(tx, notices)
    rows.recipients.insert_many(tx, recipients)
    for row in made:
        if row.document.unit_needs:
            expect(tx, row, now=now)
    for index, posting in strange:
        say = _unknown if posting.stage is None else _papers
        made[index] = say(tx, made[index], posting, now)
    return [_inherited(tx, row, now) if row.document.parent_number else row for row in made]


def _inherited(tx: Transaction, row: rows.PostingRow, now: datetime) -> rows.PostingRow:
    """A further parcel of a posting that was ordered is ordered with it (Ozon: ``-1``, ``-2``)."""
    number = row.document.parent_number
    parent = postings.of_number(tx, account=row.account, number=number)
    if parent is None or not parent.wanted or not row.is_open:
        return row
    ordered = last_order(tx, parent.id)
    data = {"carrier": ordered.carrier, "service": ordered.service, "parent": number}
    row = record(tx, row, "ship.ordered", data, actor="hub", now=now, wanted=True)
    advance_soon(tx, row, now=now)
    return row


def _papers(tx: Transaction, row: rows.PostingRow, posting: Posting, now: datetime) -> rows.PostingRow:
    """The marketplace waits for the buyer's papers, or does so no longer."""
    if posting.waits_for_papers:
        return open_problem(tx, row, identity.AWAITED, now=now)
    return close_problems(tx, row, identity.AWAITED, now=now)


def _unknown(tx: Transaction, row: rows.PostingRow, posting: Posting, now: datetime) -> rows.PostingRow:
    arrivals.count_unknown_status(tx, posting.status)
    data = {"status": posting.status, "substatus": posting.substatus}
    return open_problem(tx, row, "unknown_status", data, now=now)


def _new_row(
    account: rows.AccountRow, posting: Posting, document: Posting, digest: bytes, now: datetime
) -> rows.PostingRow:
    stage = posting.stage or Stage.NEW
    over = stage.final or stage.rank >= Stage.HANDED_OVER.rank
    return rows.PostingRow(
        id=new_id("pst"),
        seller=account.seller,
        account=account.id,
        number=posting.number,
        order_number=posting.order_number,
        scheme=posting.scheme,
        flow=posting.flow,
        books=posting.fulfilment.books,
        status=posting.status,
        substatus=posting.substatus,
        status_known=posting.stage is not None,
        stage=str(stage),
        is_open=not over,
        wanted=False,
        ship_by=posting.ship_by,
        late_after=posting.late_after,
        provider=posting.provider,
        carrier="",
        service="",
        price_minor=None,
        currency="",
        reference="",
        tracking_number=posting.tracking_number,
        reported="",
        problems=0,
        pieces=sum(item.quantity for item in posting.items),
        sequence=0,
        document=document,
        raw_hash=digest,
        created_at=now,
        updated_at=now,
    )
