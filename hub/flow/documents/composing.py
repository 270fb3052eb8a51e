"""Step 5: one file of labels, packing slips and hand-over sheets, in pick-list order, on one paper."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from hub.flow.documents import opening
from hub.flow.documents.labelling import ready_pages, withdraw
from hub.flow.history.recording import posting_row, record
from hub.flow.history.results import (
    LabelCode,
    LabelResult,
    LabelsResult,
    LabelState,
)
from hub.flow.packing.parcels import items_of
from hub.flow.problems import account_problems
from hub.flow.problems.kinds import blocking, kind_of
from hub.flow.problems.opening import is_open
from hub.flow.problems.work import STOPPED
from hub.plugin_api.errors import Rejected
from hub.plugin_api.ids import new_id
from hub.plugin_api.labels import HandoverSheet, Paper, SlipContent
from hub.plugin_api.models import Document, Stage
from hub.store import Transaction, documents, problems, rows
from hub.words import Sentence, Words, said

if TYPE_CHECKING:
    from hub.flow.app import App

_LAST = "\uffff"


async def labels(
    app: App, posting_ids: Sequence[str], *, paper: str | None = None, actor: str, wait: float = 0
) -> LabelsResult:
    """One file with the labels that are ready; why each of the others is not in it.

    ``wait``: real seconds to wait for labels that are not ready yet. Raises Rejected (``several_sellers``)
    for postings of more than one seller.
    """
    _of_one_seller(rows.postings.get(app.store.reader, one) for one in posting_ids)
    end = asyncio.get_running_loop().time() + wait
    while True:
        ready, results = _sorted_out(app, posting_ids)
        if not any(_may_come(one) for one in results) or asyncio.get_running_loop().time() >= end:
            break
        await asyncio.sleep(0.1)
    document_id = None
    if ready:
        document_id, unreadable = await _file(app, ready, paper, actor)
        ready = [(row, label) for row, label in ready if row.id not in unreadable]
        results = [
            msgspec.structs.replace(
                one, state="refused", code="unreadable", reason=unreadable[one.posting_id]
            )
            if one.posting_id in unreadable
            else one
            for one in results
        ]
    return LabelsResult(
        document_id=document_id,
        ready=tuple(row.number for row, _ in ready),
        waiting={one.number: one.reason for one in results if one.state == "waiting"},
        refused={one.number: one.reason for one in results if one.state == "refused"},
        results=tuple(results),
    )


def _may_come(result: LabelResult) -> bool:
    """Whether time alone may bring the label: not one that waits for a person."""
    return result.code == "not_ready"


def _of_one_seller(found: Iterable[rows.PostingRow | None]) -> None:
    """Raises Rejected: a file has names and addresses of buyers, and is given to one seller."""
    sellers = sorted({row.seller for row in found if row is not None})
    if len(sellers) > 1:
        raise Rejected(
            "these postings are of several sellers, {sellers}: a file holds one seller's papers. Ask for "
            "each seller's alone",
            code="several_sellers",
            values={"sellers": ", ".join(sellers)},
        )


def _sorted_out(
    app: App, posting_ids: Iterable[str]
) -> tuple[list[tuple[rows.PostingRow, list[rows.DocumentRow]]], list[LabelResult]]:
    """The postings whose pages are here, in pick-list order; and how each stands, in the order asked."""
    ready, results = [], []
    for posting_id in dict.fromkeys(posting_ids):
        row = rows.postings.get(app.store.reader, posting_id)
        if row is None:
            results.append(
                LabelResult(
                    posting_id="",
                    number=posting_id,
                    state="refused",
                    code="not_found",
                    reason=said("no such posting", code="label.no_posting"),
                )
            )
            continue
        pages = ready_pages(app.store.reader, posting_id)
        state, code, reason = _stands(app, row, bool(pages))
        if state == "ready":
            ready.append((row, pages))
            reason = pages[0].reason
        results.append(
            LabelResult(posting_id=row.id, number=row.number, state=state, code=code, reason=reason)
        )
    ready.sort(key=lambda pair: _pick_order(app, pair[0]))
    return ready, results


def _stands(app: App, row: rows.PostingRow, here: bool) -> tuple[LabelState, LabelCode, str]:
    """How the posting's label stands: whether it goes into the file, else the code and words of why not."""
    if Stage(row.stage) is Stage.CANCELLED:
        return (
            "refused",
            "cancelled",
            said(
                "the posting was cancelled: its label must not be printed",
                code="label.posting_cancelled_not_printed",
            ),
        )
    if here:
        return "ready", "", ""
    if not row.wanted and is_open(app.store.reader, row.id, *blocking("undo")):
        return (
            "waiting",
            "cancel_refused",
            said(
                "its cancel was refused: answer that first, 'hub problems'",
                code="label.cancel_refused_answer_first",
            ),
        )
    left = Stage(row.stage).rank >= Stage.HANDED_OVER.rank
    asked = _asked(app, row) if row.wanted or left else None
    if asked is not None:
        return "waiting", "problem", asked
    if Stage(row.stage).final or (left and not row.wanted):
        return (
            "refused",
            "over",
            said(
                "the posting is {stage}: it needs no label",
                code="label.none_needed",
                values={"stage": row.stage},
            ),
        )
    if not row.wanted:
        return (
            "waiting",
            "not_ordered",
            said("nobody has ordered it shipped yet: 'hub ship'", code="label.nobody_ordered_shipped_yet"),
        )
    late = documents.late_label(app.store.reader, row.id)
    return (
        "waiting",
        "not_ready",
        late.reason if late is not None else said("the label is not ready yet", code="label.not_ready_yet"),
    )


def _asked(app: App, row: rows.PostingRow) -> Sentence | None:
    """The question to a person that holds its label up, and the command that answers it."""
    reader, kinds = app.store.reader, (*blocking("assemble", "book", "label"), STOPPED)
    own = (one for one in problems.hindering(reader, row.id) if one.kind in kinds)
    found = next(own, None) or next(iter(account_problems.of_posting(reader, row.id)), None)
    if found is None:
        return None
    values = {
        "problem": Words(code=f"problem.{found.kind}", values=found.data),
        "id": found.id,
        "answers": ", ".join(kind_of(found.kind).offered(found.data)),
    }
    return said(
        "{problem}. It waits for an answer: 'hub problems answer {id}' ({answers})",
        code="label.waits_for_answer",
        values=values,
    )


def _pick_order(app: App, row: rows.PostingRow) -> tuple[str, float, str]:
    """By place in the store room, then by deadline."""
    places = sorted(item.place for item in items_of(app, row) if item.place)
    due = row.ship_by.timestamp() if row.ship_by is not None else float("inf")
    return (places[0] if places else _LAST, due, row.number)


async def _file(
    app: App,
    ready: Sequence[tuple[rows.PostingRow, list[rows.DocumentRow]]],
    paper: str | None,
    actor: str,
) -> tuple[str | None, dict[str, str]]:
    """The document, of the labels whose files can be opened; and of the other postings, by id, why not."""
    seller = app.seller(ready[0][0].seller)
    try:
        sheet = Paper(paper or _paper(app, seller, [row for row, _ in ready]))
    except ValueError:
        names = ", ".join(one.value for one in Paper)
        raise Rejected(
            "unknown paper '{paper}': choose one of {names}",
            code="paper",
            values={"paper": paper, "names": names},
        ) from None
    files: dict[str, Document] = {}
    for page in (page for _, label in ready for page in label):
        if page.file_id not in files:
            stored = rows.files.get(app.store.reader, page.file_id)
            assert stored is not None, "a ready label has its file"
            files[page.file_id] = Document(content=stored.content, media_type=stored.media_type)
    chosen = [(page.file_id, page.page) for _, label in ready for page in label]
    composed, reasons = await opening.compose(app, files, chosen, sheet, seller.slug)
    unreadable = {
        row.id: reasons[page.file_id] for row, label in ready for page in label if page.file_id in reasons
    }
    ready = [(row, label) for row, label in ready if row.id not in unreadable]
    if unreadable:
        await app.store.write(lambda tx: withdraw(tx, unreadable, app.clock.now()))
    if composed is None:
        return None, unreadable
    document_id = await keep_document(
        app, seller.slug, "labels", composed, covers=[row.id for row, _ in ready]
    )

    def mark(tx: Transaction) -> None:
        now = app.clock.now()
        for row, label in ready:
            documents.count_printed(tx, [page.id for page in label])
            posting = posting_row(tx, row.id)
            record(tx, posting, "label.printed", {"document": document_id}, actor=actor, now=now)

    await app.store.write(mark)
    return document_id, unreadable


def _paper(app: App, seller: rows.SellerRow, found: Sequence[rows.PostingRow]) -> str:
    """The paper of the warehouse that all of these leave from; the seller's where there are several."""
    several = len({row.warehouse for row in found}) > 1
    return seller.profile.paper if several else app.warehouse(found[0]).paper


async def packing_slips(app: App, posting_ids: Sequence[str], actor: str) -> str:
    """A file of packing slips in pick-list order; returns the document's id.

    Raises Rejected (``several_sellers``) for postings of more than one seller.
    """
    found = [posting_row(app.store.reader, posting_id) for posting_id in dict.fromkeys(posting_ids)]
    _of_one_seller(found)
    found = [row for row in found if Stage(row.stage) is not Stage.CANCELLED]
    if not found:
        raise Rejected("there is nothing to pack: every posting was cancelled", code="nothing")
    found.sort(key=lambda row: _pick_order(app, row))
    seller = app.seller(found[0].seller)
    slips = [
        SlipContent(
            posting_number=row.number,
            seller=seller.title,
            carrier=row.service or row.carrier or row.provider,
            ship_by=row.ship_by,
            time_zone=app.warehouse(row).time_zone,
            items=items_of(app, row),
        )
        for row in found
    ]
    paper = Paper(_paper(app, seller, found))
    drawn = await app.render(lambda: app.renderer().packing_slips(slips, paper))
    document_id = await keep_document(
        app, seller.slug, "packing_slips", drawn, covers=[row.id for row in found]
    )

    def mark(tx: Transaction) -> None:
        now = app.clock.now()
        for row in found:
            posting = posting_row(tx, row.id)
            record(tx, posting, "slip.printed", {"document": document_id}, actor=actor, now=now)

    await app.store.write(mark)
    return document_id


async def handover_sheet(
    app: App, sheets: Sequence[HandoverSheet], seller: str, postings: Sequence[str]
) -> str:
    """Draw and keep the sheets that are signed at a hand-over of these postings (their ids, all of this
    seller); returns the document's id."""
    _of_one_seller(rows.postings.get(app.store.reader, one) for one in postings)
    drawn = await app.render(lambda: app.renderer().handover(sheets))
    return await keep_document(app, seller, "handover", drawn, covers=postings)


async def keep_document(
    app: App, seller: str, kind: str, document: Document, *, covers: Sequence[str]
) -> str:
    """Store a file that can be fetched by its id: the papers of these postings, all of this seller. Returns
    the id."""
    now = app.clock.now()
    file_id = hashlib.sha256(document.content).hexdigest()
    row = rows.DocumentRow(
        id=new_id("doc"),
        seller=seller,
        account="",
        kind=kind,
        posting_id="",
        shipment_id="",
        state="ready",
        ticket="",
        file_id=file_id,
        media_type=document.media_type,
        page=0,
        codes=(),
        reason="",
        printed=0,
        retry_at=None,
        created_at=now,
        updated_at=now,
        covers=tuple(covers),
    )

    def write(tx: Transaction) -> None:
        if rows.files.get(tx, file_id) is None:
            rows.files.insert(tx, rows.FileRow(file_id, document.media_type, document.content, now))
        rows.documents.insert(tx, row)

    await app.store.write(write)
    return row.id
