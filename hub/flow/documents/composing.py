"""Step 5: one file of labels, with their packing slips where they are wanted, in pick-list order, on one
paper; hand-over sheets."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from hub.flow.documents import fitting, opening
from hub.flow.documents.keeping import keep_document
from hub.flow.documents.labelling import withdraw
from hub.flow.documents.slips import mark_printed, slip_pages
from hub.flow.documents.standing import may_come, of_one_seller, paper_of, sorted_out
from hub.flow.history.recording import posting_row, record
from hub.flow.history.results import LabelCode, LabelResult, LabelsResult
from hub.plugin_api.errors import Rejected
from hub.plugin_api.labels import HandoverSheet, Paper
from hub.plugin_api.models import Document
from hub.store import Transaction, documents, rows

if TYPE_CHECKING:
    from hub.flow.app import App

_Labels = list[tuple[rows.PostingRow, list[rows.DocumentRow]]]
_PLACES = 4  # of a sheet of A4
_DPI = (100, 1200)


class Printing(msgspec.Struct, frozen=True, kw_only=True):
    """How a file of labels is printed."""

    paper: Paper
    dpi: int | None = None
    """Of the printer; without, that of the usual one."""
    slips: bool = False
    """Behind each label its packing slip."""
    start: int = 1
    """The first free place of the first sheet of A4."""


class _Made(msgspec.Struct, frozen=True):
    """What became of the labels that are here."""

    document_id: str | None
    refused: dict[str, tuple[LabelCode, str]]
    """By posting."""
    told: dict[str, str]
    """By posting: what has to be said of a label that is in the file."""


async def labels(
    app: App,
    posting_ids: Sequence[str],
    *,
    paper: str | None = None,
    dpi: int | None = None,
    slips: bool = False,
    start: int = 1,
    actor: str,
    wait: float = 0,
) -> LabelsResult:
    """One file with the labels that are ready; why each of the others is not in it.

    ``wait``: real seconds to wait for labels that are not ready yet; the others are fields of `Printing`, the
    warehouse's paper where none is named. Raises Rejected (``several_sellers``) for postings of more than one
    seller, (``paper``, ``dpi``, ``start``) for what no printer has.
    """
    found = [rows.postings.get(app.store.reader, one) for one in posting_ids]
    of_one_seller(found)
    known = [row for row in found if row is not None]
    printing = _printing(app, known, paper, dpi, slips, start)
    end = asyncio.get_running_loop().time() + wait
    while True:
        ready, results = sorted_out(app, posting_ids)
        if not any(may_come(one) for one in results) or asyncio.get_running_loop().time() >= end:
            break
        await asyncio.sleep(0.1)
    made = _Made(None, {}, {})
    if ready:
        made = await _file(app, ready, printing, actor)
        ready = [(row, label) for row, label in ready if row.id not in made.refused]
        results = [_after(one, made) for one in results]
    return LabelsResult(
        document_id=made.document_id,
        ready=tuple(row.number for row, _ in ready),
        waiting={one.number: one.reason for one in results if one.state == "waiting"},
        refused={one.number: one.reason for one in results if one.state == "refused"},
        results=tuple(results),
    )


def to_come(app: App, posting_ids: Sequence[str]) -> int:
    """How many of their labels are not here yet, and may come by time alone."""
    return sum(map(may_come, sorted_out(app, posting_ids)[1]))


def _printing(
    app: App,
    found: Sequence[rows.PostingRow],
    paper: str | None,
    dpi: int | None,
    slips: bool,
    start: int,
) -> Printing:
    """Raises Rejected."""
    try:
        of_warehouse = paper_of(app, app.seller(found[0].seller), found) if found else Paper.A4
        sheet = Paper(paper or of_warehouse)
    except ValueError:
        names = ", ".join(one.value for one in Paper)
        raise Rejected(
            "unknown paper '{paper}': choose one of {names}",
            code="paper",
            values={"paper": paper, "names": names},
        ) from None
    if dpi is not None and not _DPI[0] <= dpi <= _DPI[1]:
        raise Rejected(
            "a printer has {least} to {most} dots an inch, not {dpi}",
            code="dpi",
            values={"least": _DPI[0], "most": _DPI[1], "dpi": dpi},
        )
    if not 1 <= start <= (_PLACES if sheet is Paper.A4 else 1):
        raise Rejected(
            "a sheet of {paper} has no place {start}: only a4 has more than one, 1 to 4",
            code="start",
            values={"paper": sheet.value, "start": start},
        )
    return Printing(paper=sheet, dpi=dpi, slips=slips, start=start)


def _after(one: LabelResult, made: _Made) -> LabelResult:
    if one.posting_id in made.refused:
        code, reason = made.refused[one.posting_id]
        return msgspec.structs.replace(one, state="refused", code=code, reason=reason)
    told = made.told.get(one.posting_id)
    return msgspec.structs.replace(one, reason=one.reason or told) if told else one


async def _file(app: App, ready: _Labels, printing: Printing, actor: str) -> _Made:
    """The document, of the labels that read on this paper and whose files can be opened."""
    seller = app.seller(ready[0][0].seller)
    files: dict[str, Document] = {}
    for page in (page for _, label in ready for page in label):
        if page.file_id not in files:
            stored = rows.files.get(app.store.reader, page.file_id)
            assert stored is not None, "a ready label has its file"
            files[page.file_id] = Document(content=stored.content, media_type=stored.media_type)
    fit = await fitting.fit(app, files, ready, printing.paper, printing.dpi)
    refused: dict[str, tuple[LabelCode, str]] = {
        one: ("paper_too_small", reason) for one, reason in fit.refused.items()
    }
    ready = [(row, label) for row, label in ready if row.id not in refused]
    if not ready:
        return _Made(None, refused, {})
    slips: dict[str, list[tuple[str, int]]] = {}
    if printing.slips:
        drawn, slips = await slip_pages(app, [row for row, _ in ready], printing.paper)
        files |= drawn
    chosen = [
        page
        for row, label in ready
        for page in (*((one.file_id, one.page) for one in label), *slips.get(row.id, ()))
    ]
    composed, reasons = await opening.compose(
        app, files, chosen, printing.paper, seller.slug, start=printing.start
    )
    unreadable = {
        row.id: reasons[page.file_id] for row, label in ready for page in label if page.file_id in reasons
    }
    ready = [(row, label) for row, label in ready if row.id not in unreadable]
    if unreadable:
        refused |= {one: ("unreadable", reason) for one, reason in unreadable.items()}
        await app.store.write(lambda tx: withdraw(tx, unreadable, app.clock.now()))
    if composed is None or not ready:
        return _Made(None, refused, {})
    document_id = await keep_document(
        app, seller.slug, "labels", composed, covers=[row.id for row, _ in ready]
    )

    def mark(tx: Transaction) -> None:
        now = app.clock.now()
        for row, label in ready:
            documents.count_printed(tx, [page.id for page in label])
            posting = posting_row(tx, row.id)
            record(tx, posting, "label.printed", {"document": document_id}, actor=actor, now=now)
            if slips.get(row.id):
                mark_printed(app, tx, row.id, document_id, actor)

    await app.store.write(mark)
    return _Made(document_id, refused, dict(fit.told))


async def handover_sheet(
    app: App, sheets: Sequence[HandoverSheet], seller: str, postings: Sequence[str]
) -> str:
    """Draw and keep the sheets that are signed at a hand-over of these postings (their ids, all of this
    seller); returns the document's id."""
    of_one_seller(rows.postings.get(app.store.reader, one) for one in postings)
    drawn = await app.render(lambda: app.renderer().handover(sheets))
    return await keep_document(app, seller, "handover", drawn, covers=postings)


__all__ = ["Printing", "handover_sheet", "labels", "to_come"]
