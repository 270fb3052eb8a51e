"""Whose page is whose: a page belongs to the posting whose code it shows, never to a position in a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from hub.flow.documents import opening
from hub.flow.documents.label_tries import Wanted, ask_alone, asked_for, requested, stands
from hub.flow.documents.problems import facts
from hub.flow.history.recording import move, posting_row, record
from hub.flow.history.shipments import has_left
from hub.flow.problems.kinds import ended_by
from hub.flow.problems.opening import close_problems, open_problem
from hub.flow.sellers.catalogue import complete_items
from hub.plugin_api.ids import new_id
from hub.plugin_api.labels import LabelPage
from hub.plugin_api.models import Document, Stage, Ticket
from hub.store import Transaction, documents, label_codes, rows
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App


class Dealt(msgspec.Struct, frozen=True):
    """The pages of a file, dealt out."""

    owned: dict[str, list[LabelPage]]
    """By posting: in the file's order, what is to be printed."""
    shown: dict[str, int]
    """By posting: how many different pages show a code of its own."""
    nobodys: list[LabelPage]
    """Pages with something on them, and no code of any posting."""
    strange: list[LabelPage]
    """Pages that show a code of another parcel, or of two: these are printed for nobody."""


def deal(
    pages: Sequence[LabelPage], wanted: Mapping[str, Wanted], holders: Mapping[str, frozenset[str]]
) -> Dealt:
    """A page that shows codes of one posting is its page; one that shows another live booking's as well, of
    whatever seller, belongs to nobody. Of a file that was made for one posting all other pages are its too: a
    customs form behind the label may show no code. Pages that look the same are one page.

    ``wanted``: by posting. ``holders``: of each code the postings with a live booking that it belongs to.
    """
    owned: dict[str, list[LabelPage]] = {posting_id: [] for posting_id in wanted}
    known: dict[str, set[frozenset[str]]] = {posting_id: set() for posting_id in wanted}
    nobodys: list[LabelPage] = []
    strange: list[LabelPage] = []
    for page in pages:
        claims = {posting_id for posting_id, one in wanted.items() if one.codes & page.codes}
        own = wanted[next(iter(claims))].known_by if len(claims) == 1 else frozenset()
        others = {holder for code in page.codes - own for holder in holders.get(code, frozenset())}
        if len(claims) > 1 or others - claims:
            strange.append(page)
        elif claims:
            (posting_id,) = claims
            known[posting_id].add(page.codes)
            _add(owned[posting_id], page)
        elif not page.blank:
            nobodys.append(page)
            if len(wanted) == 1:
                _add(next(iter(owned.values())), page)
    shown = {posting_id: len(codes) for posting_id, codes in known.items()}
    if len(wanted) == 1 and any(shown.values()):
        nobodys = []
    return Dealt(owned, shown, nobodys, strange)


def _add(pages: list[LabelPage], page: LabelPage) -> None:
    """A picture of a page that is there already is not printed a second time."""
    same = (page.look == one.look if page.look and one.look else page.codes == one.codes for one in pages)
    if not any(same):
        pages.append(page)


async def assign(app: App, account: rows.AccountRow, document: Document, ones: Sequence[Wanted]) -> None:
    """Give each page of a file to the one posting that it belongs to. Raises BadReply on a file that cannot
    be opened."""
    if not ones:
        return
    pages = await opening.pages(app, document, ones[0].posting.seller)
    wanted = {one.posting.id: one for one in ones}
    found = label_codes.holders(app.store.reader, {code for page in pages for code in page.codes})
    dealt = deal(pages, wanted, found)
    file_id = opening.file_id(document.content)
    strange = sorted({code for page in (*dealt.strange, *dealt.nobodys) for code in page.codes})

    def write(tx: Transaction) -> None:
        now = app.clock.now()
        if len(ones) > 1 and dealt.nobodys:
            # One of these may be a form that belongs to a label: alone, it is known whose.
            ask_alone(app, tx, account, [one for one in ones if stands(tx, one)])
            return
        given = any(dealt.shown.values())
        if given and rows.files.get(tx, file_id) is None:
            rows.files.insert(tx, rows.FileRow(file_id, document.media_type, document.content, now))
        for one in ones:
            posting = posting_row(tx, one.posting.id)
            shown = dealt.shown[one.posting.id]
            if Stage(posting.stage) is Stage.CANCELLED or not stands(tx, one):
                supersede(tx, posting, now)
            elif shown >= one.boxes:
                left = len(dealt.strange) if len(ones) == 1 else 0
                _ready(app, tx, account, one, posting, document, file_id, dealt.owned[one.posting.id], left)
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
                data = facts(posting, codes=strange[:20], pages=shown, boxes=one.boxes)
                open_problem(tx, posting, "label_mismatch", data, now=now)

    await app.store.write(write)


def supersede(tx: Transaction, row: rows.PostingRow, now: datetime) -> rows.PostingRow:
    """The posting or its booking was cancelled: its labels are never printed again, and one that was lies in
    the store room until a person says that it does not. Returns the posting as it is stored now."""
    printed = any(page.printed for page in documents.ready_labels(tx, row.id))
    documents.supersede_labels(tx, row.id, now=now)
    if not printed or has_left(tx, row):
        return row
    items = complete_items(tx, row.seller, row.document.items)
    places = sorted({item.place for item in items if item.place})
    data = {"place": ", ".join(places), "tracking_number": row.tracking_number, "carrier": row.carrier}
    return open_problem(tx, row, "printed_label_void", data, now=now)


def _ready(
    app: App,
    tx: Transaction,
    account: rows.AccountRow,
    one: Wanted,
    posting: rows.PostingRow,
    document: Document,
    file_id: str,
    pages: Sequence[LabelPage],
    left: int,
) -> None:
    """``posting``: as it is stored. ``left``: so many pages of its file show another parcel's codes, and are
    printed for nobody."""
    now = app.clock.now()
    known = asked_for(tx, one.posting.id)
    if known is None:
        known = requested(app, tx, account, one, Ticket(""))
        posting = posting_row(tx, posting.id)
    reason = (
        said(
            "pages of its file that show another parcel's code and are not printed: {left}",
            code="label.pages_file_show_another",
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
            file_id=file_id,
            media_type=document.media_type,
            page=page.index,
            codes=tuple(sorted(page.codes)),
            reason=reason,
            updated_at=now,
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
    move(tx, posting, Stage.LABELLED, actor="hub", now=now)


__all__ = ["Dealt", "assign", "deal", "supersede"]
