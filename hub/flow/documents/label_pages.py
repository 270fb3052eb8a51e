"""The pages of a label file are given to their postings, and what is left over is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from hub.flow.documents import left_pages, opening
from hub.flow.documents.dealing import deal
from hub.flow.documents.label_tries import Wanted, ask_alone, asked_for, requested, stands
from hub.flow.documents.problems import facts
from hub.flow.history.recording import move, posting_row, record
from hub.flow.history.shipments import has_left
from hub.flow.problems.kinds import ended_by
from hub.flow.problems.opening import close_problems, open_problem
from hub.flow.sellers.catalogue import complete_items
from hub.plugin_api.ids import new_id
from hub.plugin_api.labels import LabelPage, last_digits
from hub.plugin_api.models import Document, Stage, Ticket
from hub.store import Transaction, documents, label_codes, rows
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App


async def assign(app: App, account: rows.AccountRow, document: Document, ones: Sequence[Wanted]) -> None:
    """Give each page of a file to the one posting that it belongs to. Raises BadReply on a file that cannot
    be opened."""
    if not ones:
        return
    pages = await opening.pages(app, document, ones[0].posting.seller)
    wanted = {one.posting.id: one for one in ones}
    found = label_codes.holders(app.store.reader, {code for page in pages for code in page.codes})
    dealt = deal(pages, wanted, found)
    file = left_pages.kept(app, account, document, dealt, found)

    def write(tx: Transaction) -> None:
        now = app.clock.now()
        if len(ones) > 1 and (dealt.nobodys or file.mixed):
            # One of these may be a form that belongs to a label: alone, it is known whose.
            ask_alone(app, tx, account, [one for one in ones if stands(tx, one)])
            return
        if any(dealt.shown.values()):
            left_pages.keep_file(tx, file, now)
        for one in ones:
            posting = posting_row(tx, one.posting.id)
            shown = dealt.shown[one.posting.id]
            if Stage(posting.stage) is Stage.CANCELLED or not stands(tx, one):
                supersede(tx, posting, now)
            elif shown >= one.boxes:
                alone = len(ones) == 1
                pages = dealt.owned[one.posting.id]
                posting = _ready(app, tx, account, one, posting, file, pages, len(dealt.left) if alone else 0)
                if alone and dealt.left:
                    left_pages.tell(tx, posting, file, now)
            else:
                reason = said("no page shows its code", code="label.no_page_shows_code")
                if shown:
                    reason = said(
                        "pages that show its code: {shown}, and its boxes are {boxes}",
                        code="label.pages_show_code_boxes",
                        values={"shown": shown, "boxes": one.boxes},
                    )
                posting = record(tx, posting, "label.refused", {"reason": reason}, actor="hub", now=now)
                documents.clear_retry(tx, posting.id)
                kept = left_pages.keep(tx, posting, file, now)
                data = facts(posting, codes=file.codes, pages=shown, boxes=one.boxes, document=kept)
                open_problem(tx, posting, "label_mismatch", data, now=now)
                left_pages.tell_operator(tx, posting, file, kept, now)

    await app.store.write(write)


def supersede(tx: Transaction, row: rows.PostingRow, now: datetime) -> rows.PostingRow:
    """The posting or its booking was cancelled: its labels are never printed again, and one that was lies in
    the store room until a person says that it does not. Returns the posting as it is stored now."""
    printed = any(page.printed for page in documents.ready_labels(tx, row.id))
    number = row.tracking_number or row.number
    documents.supersede_labels(tx, row.id, now=now)
    if not printed or has_left(tx, row):
        return row
    items = complete_items(tx, row.seller, row.document.items)
    places = sorted({item.place for item in items if item.place})
    data = {
        "box": row.number,
        "place": ", ".join(places),
        "digits": last_digits(number),
        "tracking_number": row.tracking_number,
        "carrier": row.carrier,
    }
    return open_problem(tx, row, "printed_label_void", data, now=now)


def _ready(
    app: App,
    tx: Transaction,
    account: rows.AccountRow,
    one: Wanted,
    posting: rows.PostingRow,
    file: left_pages.LabelFile,
    pages: Sequence[LabelPage],
    left: int,
) -> rows.PostingRow:
    """``posting``: as it is stored. ``left``: so many pages of its file are printed for nobody. Returns the
    posting as it is stored now."""
    now = app.clock.now()
    known = asked_for(tx, one.posting.id)
    if known is None:
        known = requested(app, tx, account, one, Ticket(""))
        posting = posting_row(tx, posting.id)
    reason = (
        said(
            "pages of its file that are not surely this parcel's and are not printed: {left}",
            code="label.pages_not_surely_its",
            values={"left": left},
        )
        if left
        else ""
    )
    for number, page in enumerate(pages):
        row = msgspec.structs.replace(
            known,
            id=known.id if number == 0 else new_id("doc"),
            state="ready",
            file_id=file.id,
            media_type=file.document.media_type,
            page=page.index,
            codes=tuple(sorted(page.codes)),
            reason=reason,
            updated_at=now,
            covers=file.covers(posting.id),
        )
        if number == 0:
            rows.documents.save(tx, row, was=known)
        else:
            rows.documents.insert(tx, row)
    codes = sorted({code for page in pages for code in page.codes})
    data = {"codes": codes, "pages": [page.index for page in pages]}
    posting = record(
        tx, posting, "label.ready", data | ({"left": left} if left else {}), actor="hub", now=now
    )
    posting = close_problems(tx, posting, *ended_by("labelled"), now=now)
    return move(tx, posting, Stage.LABELLED, actor="hub", now=now)


__all__ = ["assign", "supersede"]
