"""Step 5: labels. A page belongs to the posting whose barcode it shows, never to a position in a file."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from hub.calls import read
from hub.carriers import Carrier
from hub.children.pool import FileTooMuch
from hub.errors import Failure, HubError
from hub.flow import opening
from hub.flow.recording import close_problems, move, open_problem, posting_row, record
from hub.flow.shipments import as_shipment, latest_shipment
from hub.ids import new_id
from hub.labels import LabelContent, LabelPage, Paper
from hub.models import Action, Document, Pending, Ready, Recipient, Stage, Ticket
from hub.store import Transaction, rows
from hub.store.mapping import micros
from hub.store.queue import Work, enqueue

if TYPE_CHECKING:
    from hub.flow.app import App

Maker = Literal["marketplace", "carrier", "own"]
_GATHER = timedelta(seconds=5)  # so long a request waits for its neighbours
_ASK_AGAIN = timedelta(seconds=20)
_AT_A_TIME = 4


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A posting that needs its label, and the codes that a page of it may show."""

    posting: rows.PostingRow
    shipment: rows.ShipmentRow | None
    codes: frozenset[str]
    subject: Any
    """What the plugin is asked with: a Posting or a Shipment."""
    boxes: int = 1
    """So many pages at least: one for each parcel of a booking."""


def ready_pages(connection: Transaction, posting_id: str) -> list[rows.DocumentRow]:
    """The pages of the posting's label, one row each, in the file's order; none while it is not here."""
    return rows.documents.all(
        connection,
        "WHERE posting_id = ? AND kind = 'label' AND state = 'ready' ORDER BY page, id",
        (posting_id,),
    )


def label_wanted(app: App, row: rows.PostingRow, shipment: rows.ShipmentRow | None) -> Maker | None:
    """Who makes the label that this posting needs now; None when it needs none, or has it."""
    if Stage(row.stage).final or not row.wanted or ready_pages(app.store.reader, row.id):
        return None
    if row.document.fulfilment.label == "marketplace":
        return "marketplace" if Action.LABEL in row.document.actions else None
    if shipment is None or shipment.state != "booked":
        return None
    kind = app.registry.carriers[shipment.carrier]
    gives = kind.label is not Carrier.label or kind.request_labels is not Carrier.request_labels
    return "carrier" if gives else "own"


def request(tx: Transaction, row: rows.PostingRow, account_id: str, now: datetime) -> None:
    """Have the account's labels fetched soon: neighbours share one request."""
    work = Work(
        kind="labels", subject=account_id, seller=row.seller, account=account_id, run_at=now + _GATHER
    )
    enqueue(tx, work, now=now)


def supersede(tx: Transaction, row: rows.PostingRow, now: datetime) -> None:
    """The posting was cancelled: its labels are never printed."""
    tx.execute(
        "UPDATE documents SET state = 'superseded', updated_at = ? "
        "WHERE posting_id = ? AND kind = 'label' AND state IN ('requested', 'ready')",
        (micros(now), row.id),
    )


async def run(app: App, account_id: str) -> datetime | None:
    """Ask for the labels that this account owes, read the tickets, assign the pages."""
    account = rows.accounts.get(app.store.reader, account_id)
    if account is None:
        return None
    market = account.plugin in app.registry.sources
    wanted = _wanted(app, account, market)
    if not wanted:
        return None
    known = {
        row.posting_id: row
        for row in rows.documents.all(
            app.store.reader,
            "WHERE account = ? AND kind = 'label' AND state = 'requested'",
            (account_id,),
        )
    }
    unasked = [
        one for one in wanted.values() if one.posting.id not in known and not _stuck(app, one.posting.id)
    ]
    if unasked:
        known |= await _ask(app, account, market, unasked)
    tickets: dict[str, list[Wanted]] = {}
    for posting_id, document in known.items():
        if posting_id in wanted and document.ticket:
            tickets.setdefault(document.ticket, []).append(wanted[posting_id])
    for ticket, ones in tickets.items():
        await _fetch(app, account, market, ticket, ones)
    left = _wanted(app, account, market)
    now = app.clock.now()
    waiting = [one for one in left.values() if not _stuck(app, one.posting.id)]
    return max(now + _ASK_AGAIN, now + app.clock.stretch(0.3)) if waiting else None


def _stuck(app: App, posting_id: str) -> bool:
    found = app.store.reader.execute(
        "SELECT 1 FROM problems WHERE posting_id = ? AND state = 'open' "
        "AND kind IN ('label_failed', 'label_mismatch')",
        (posting_id,),
    ).fetchone()
    return found is not None


def _wanted(app: App, account: rows.AccountRow, market: bool) -> dict[str, Wanted]:
    reader = app.store.reader
    owed = "account = ?" if market else "id IN (SELECT posting_id FROM shipments WHERE account = ?)"
    found = rows.postings.all(
        reader,
        f"WHERE seller = ? AND is_open = 1 AND wanted = 1 AND {owed} AND NOT EXISTS (SELECT 1 FROM "
        "documents d WHERE d.posting_id = postings.id AND d.kind = 'label' AND d.state = 'ready') "
        "ORDER BY ship_by, id",
        (account.seller, account.id),
    )
    wanted = {}
    for row in found:
        shipment = latest_shipment(reader, row.id)
        maker = label_wanted(app, row, shipment)
        if maker == "marketplace" and market and row.account == account.id:
            codes = frozenset({*row.document.barcodes, row.number})
            wanted[row.id] = Wanted(posting=row, shipment=shipment, codes=codes, subject=row.document)
        elif maker in ("carrier", "own") and shipment is not None and shipment.account == account.id:
            recipient = rows.recipients.get(reader, row.id)
            to = None if recipient is None else _shown(recipient, account.id)
            mine = as_shipment(shipment, row, to)
            carrier = app.carrier(account.id)
            boxes = len(shipment.parcels) if maker == "carrier" and carrier.multi_parcel else 1
            codes = carrier.expected_codes(mine)
            wanted[row.id] = Wanted(posting=row, shipment=shipment, codes=codes, subject=mine, boxes=boxes)
    return wanted


async def _ask(
    app: App, account: rows.AccountRow, market: bool, unasked: Sequence[Wanted]
) -> dict[str, rows.DocumentRow]:
    """Request documents; what is given at once is assigned at once. Returns the requested rows."""
    asked: dict[str, rows.DocumentRow] = {}
    if not market:
        carrier = app.carrier(account.id)
        kind = type(carrier)
        if kind.request_labels is Carrier.request_labels:
            await _each(app, carrier, unasked)
            return {}
    plugin: Any = app.source(account.id) if market else app.carrier(account.id)
    size = plugin.label_batch if market else plugin.max_batch
    for start in range(0, len(unasked), size):
        part = unasked[start : start + size]
        answers = await read(
            f"{plugin.title}: labels",
            lambda part=part: plugin.request_labels([one.subject for one in part]),  # type: ignore[misc]
            explain=plugin.explain,
        )

        def write(
            tx: Transaction,
            part: Sequence[Wanted] = part,
            answers: Sequence[Ticket | Failure] = answers,
        ) -> None:
            for one, answer in zip(part, answers, strict=True):
                if not _stands(tx, one):
                    continue
                if isinstance(answer, Ticket):
                    asked[one.posting.id] = _requested(app, tx, account, one, answer)
                elif answer.kind != "unavailable":
                    _failed(app, tx, one, answer.message)

        await app.store.write(write)
    return asked


def _requested(
    app: App, tx: Transaction, account: rows.AccountRow, one: Wanted, ticket: Ticket
) -> rows.DocumentRow:
    now = app.clock.now()
    row = rows.DocumentRow(
        id=new_id("doc"),
        seller=account.seller,
        account=account.id,
        kind="label",
        posting_id=one.posting.id,
        shipment_id="" if one.shipment is None else one.shipment.id,
        state="requested",
        ticket=ticket.value,
        file_id="",
        media_type="",
        page=0,
        codes=(),
        reason="",
        printed=0,
        retry_at=None,
        created_at=now,
        updated_at=now,
    )
    rows.documents.insert(tx, row)
    posting = posting_row(tx, one.posting.id)
    record(tx, posting, "label.requested", {"document": row.id}, actor="hub", now=now)
    return row


def _failed(app: App, tx: Transaction, one: Wanted, reason: str) -> None:
    now = app.clock.now()
    posting = posting_row(tx, one.posting.id)
    posting = record(tx, posting, "label.refused", {"reason": reason}, actor="hub", now=now)
    open_problem(tx, posting, "label_failed", {"reason": reason}, now=now)
    tx.execute(
        "UPDATE documents SET state = 'failed', reason = ? WHERE posting_id = ? AND kind = 'label' "
        "AND state = 'requested'",
        (reason, one.posting.id),
    )


def withdraw(tx: Transaction, reasons: Mapping[str, str], now: datetime) -> None:
    """The labels of these postings, by id, turned out not to open on their way into a file: a person is
    told."""
    for posting_id, reason in reasons.items():
        tx.execute(
            "UPDATE documents SET state = 'failed', reason = ?, updated_at = ? WHERE posting_id = ? "
            "AND kind = 'label' AND state = 'ready'",
            (reason, micros(now), posting_id),
        )
        posting = posting_row(tx, posting_id)
        posting = record(tx, posting, "label.refused", {"reason": reason}, actor="hub", now=now)
        open_problem(tx, posting, "label_failed", {"reason": reason}, now=now)


async def _each(app: App, carrier: Carrier[Any], wanted: Sequence[Wanted]) -> None:
    """One label each, a few at a time. What fails does not stop the others; the first failure is raised."""
    turn = asyncio.Semaphore(_AT_A_TIME)

    async def one_of(one: Wanted) -> None:
        async with turn:
            await _at_once(app, carrier, one)

    results = await asyncio.gather(*(one_of(one) for one in wanted), return_exceptions=True)
    failures = [result for result in results if isinstance(result, BaseException)]
    if failures:
        raise failures[0]


async def _at_once(app: App, carrier: Carrier[Any], one: Wanted) -> None:
    """A label that one request gives, or that the hub draws itself."""
    assert one.shipment is not None
    if type(carrier).label is Carrier.label:
        document = await app.render(lambda: app.renderer().labels([_own(app, one)], Paper.LABEL_100X150))
    else:
        document = await read(
            f"{carrier.title}: label", lambda: carrier.label(one.subject), explain=carrier.explain
        )
    await _assign(app, document, [one])


def _shown(recipient: rows.RecipientRow, account: str) -> Recipient:
    """Whom a label is for, as the carrier was told; without papers, which no label needs."""
    return msgspec.structs.replace(recipient.to(account), identity=None)


def _own(app: App, one: Wanted) -> LabelContent:
    recipient = rows.recipients.get(app.store.reader, one.posting.id)
    sender = app.seller(one.posting.seller).profile.sender
    if recipient is None or sender is None or one.shipment is None:
        raise HubError("the label needs the buyer's and the sender's address")
    return LabelContent(
        posting_number=one.posting.number,
        tracking_number=one.shipment.tracking_number or one.shipment.reference,
        carrier=app.registry.carriers[one.shipment.carrier].title,
        service=one.shipment.service_name,
        sender=sender,
        recipient=_shown(recipient, one.shipment.account),
        items=one.posting.document.items,
        weight_g=sum(parcel.weight_g for parcel in one.shipment.parcels),
        note=app.registry.carriers[one.shipment.carrier].label_note,
    )


async def _fetch(
    app: App, account: rows.AccountRow, market: bool, ticket: str, ones: Sequence[Wanted]
) -> None:
    plugin: Any = app.source(account.id) if market else app.carrier(account.id)
    answer: Pending | Ready | Failure = await read(
        f"{plugin.title}: labels", lambda: plugin.fetch_labels(Ticket(ticket)), explain=plugin.explain
    )
    if isinstance(answer, Pending):
        return
    if isinstance(answer, Failure):
        if answer.kind == "unavailable":
            return  # a wait, not an error: the same ticket is read again
        reason = answer.message

        def fail(tx: Transaction) -> None:
            for one in ones:
                _failed(app, tx, one, reason)

        await app.store.write(fail)
        return
    unprinted = answer.unprinted
    if unprinted:
        numbers = {one.posting.number: one.posting.id for one in ones}
        again = [numbers[number] for number in unprinted if number in numbers]
        await app.store.write(lambda tx: _forget(tx, again))
    await _assign(app, answer.document, [one for one in ones if one.posting.number not in unprinted])


def _forget(tx: Transaction, posting_ids: Sequence[str]) -> None:
    """These were not printed this time: they are asked for again."""
    for posting_id in posting_ids:
        tx.execute(
            "DELETE FROM documents WHERE posting_id = ? AND kind = 'label' AND state = 'requested'",
            (posting_id,),
        )


async def _assign(app: App, document: Document, ones: Sequence[Wanted]) -> None:
    """Give each page to the one posting whose code it shows."""
    try:
        pages = await opening.pages(app, document, ones[0].posting.seller)
    except FileTooMuch as error:
        reason = error.message

        def refuse(tx: Transaction) -> None:
            for one in ones:
                if _stands(tx, one):
                    _failed(app, tx, one, reason)

        await app.store.write(refuse)
        return
    owned = _owned(pages, {one.posting.id: one.codes for one in ones})
    file_id = opening.file_id(document.content)
    given = {page.index for mine in owned.values() for page in mine}
    strange = sorted({code for page in pages if page.index not in given for code in page.codes})

    def write(tx: Transaction) -> None:
        now = app.clock.now()
        if given and rows.files.get(tx, file_id) is None:
            rows.files.insert(tx, rows.FileRow(file_id, document.media_type, document.content, now))
        for one in ones:
            posting = posting_row(tx, one.posting.id)
            mine = owned[one.posting.id]
            if Stage(posting.stage) is Stage.CANCELLED or not _stands(tx, one):
                supersede(tx, posting, now)
            elif len(mine) >= one.boxes:
                _ready(app, tx, one, posting, document, file_id, mine, now)
            else:
                reason = "no page shows its code" if not mine else f"{len(mine)} pages for {one.boxes} boxes"
                posting = record(tx, posting, "label.refused", {"reason": reason}, actor="hub", now=now)
                data = {"codes": strange[:20], "pages": len(mine), "boxes": one.boxes}
                open_problem(tx, posting, "label_mismatch", data, now=now)

    await app.store.write(write)


def _stands(tx: Transaction, one: Wanted) -> bool:
    """Whether the booking that the label was asked for is the posting's still: it may have been cancelled,
    and even booked again, while the label was on its way."""
    if one.shipment is None:
        return True
    shipment = latest_shipment(tx, one.posting.id)
    return shipment is not None and shipment.id == one.shipment.id and shipment.state == "booked"


def _owned(pages: Sequence[LabelPage], expected: Mapping[str, frozenset[str]]) -> dict[str, list[LabelPage]]:
    """Posting to its pages. A page that shows codes of two postings, or of none, belongs to nobody; a page
    that shows just what another one shows is the same page twice."""
    owned: dict[str, list[LabelPage]] = {posting_id: [] for posting_id in expected}
    for page in pages:
        claims = [posting_id for posting_id, codes in expected.items() if codes & page.codes]
        if len(claims) == 1 and all(page.codes != known.codes for known in owned[claims[0]]):
            owned[claims[0]].append(page)
    return owned


def _ready(
    app: App,
    tx: Transaction,
    one: Wanted,
    posting: rows.PostingRow,
    document: Document,
    file_id: str,
    pages: Sequence[LabelPage],
    now: datetime,
) -> None:
    known = rows.documents.first(
        tx, "WHERE posting_id = ? AND kind = 'label' AND state = 'requested'", (posting.id,)
    )
    if known is None:
        account = rows.accounts.get(tx, posting.account if one.shipment is None else one.shipment.account)
        assert account is not None, "a posting's account is stored"
        known = _requested(app, tx, account, one, Ticket(""))
        posting = posting_row(tx, posting.id)
    for number, page in enumerate(pages):
        row = msgspec.structs.replace(
            known,
            id=known.id if number == 0 else new_id("doc"),
            state="ready",
            file_id=file_id,
            media_type=document.media_type,
            page=page.index,
            codes=tuple(sorted(page.codes)),
            updated_at=now,
        )
        (rows.documents.save if number == 0 else rows.documents.insert)(tx, row)
    codes = sorted({code for page in pages for code in page.codes})
    shown = {"codes": codes, "pages": [page.index for page in pages]}
    posting = record(tx, posting, "label.ready", shown, actor="hub", now=now)
    posting = close_problems(tx, posting, "label_failed", "label_mismatch", now=now)
    move(tx, posting, Stage.LABELLED, actor="hub", now=now)
