"""Packing slips: what goes into each box, and by what a packer tells which label belongs on it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from hub.flow.documents.keeping import keep_document
from hub.flow.documents.standing import of_one_seller, paper_of, pick_order
from hub.flow.history.recording import posting_row, record
from hub.flow.history.shipments import latest_shipment
from hub.flow.packing.parcels import items_of
from hub.plugin_api.errors import Rejected
from hub.plugin_api.labels import Paper, SlipContent
from hub.plugin_api.models import Document, Stage
from hub.store import Transaction, rows

if TYPE_CHECKING:
    from hub.flow.app import App

_FILE = "slips"
_Pages = list[tuple[str, int]]


async def packing_slips(app: App, posting_ids: Sequence[str], actor: str) -> str:
    """A file of packing slips in pick-list order; returns the document's id.

    Raises Rejected (``several_sellers``) for postings of more than one seller.
    """
    found = [posting_row(app.store.reader, posting_id) for posting_id in dict.fromkeys(posting_ids)]
    of_one_seller(found)
    found = [row for row in found if Stage(row.stage) is not Stage.CANCELLED]
    if not found:
        raise Rejected("there is nothing to pack: every posting was cancelled", code="nothing")
    found.sort(key=lambda row: pick_order(app, row))
    seller = app.seller(found[0].seller)
    paper = Paper(paper_of(app, seller, found))
    slips = [slip_of(app, row) for row in found]
    drawn = await app.render(lambda: app.renderer().packing_slips(slips, paper))
    document_id = await keep_document(
        app, seller.slug, "packing_slips", drawn, covers=[row.id for row in found]
    )

    def mark(tx: Transaction) -> None:
        for row in found:
            mark_printed(app, tx, row.id, document_id, actor)

    await app.store.write(mark)
    return document_id


async def slip_pages(
    app: App, found: Sequence[rows.PostingRow], paper: Paper
) -> tuple[dict[str, Document], dict[str, _Pages]]:
    """Slips that go into a file with labels: files by name, and of each posting, by id, its pages in them. On
    a sheet of A4 a slip is as large as a label."""
    size = Paper.LABEL_100X150 if paper is Paper.A4 else paper
    files: dict[str, Document] = {}
    pages: dict[str, _Pages] = {row.id: [] for row in found}
    left = list(found)
    while left:
        # A number that two marketplaces gave stands once in a file: its pages are known by it.
        once = {row.number: row for row in reversed(left)}
        part = [row for row in left if once[row.number] is row]
        slips = [slip_of(app, row) for row in part]
        drawn = await app.render(partial(app.renderer().packing_slips, slips, size))
        name = f"{_FILE}:{len(files)}"
        files[name] = drawn
        for page, number in enumerate(drawn.covers):
            pages[once[number].id].append((name, page))
        left = [row for row in left if once[row.number] is not row]
    return files, pages


def slip_of(app: App, row: rows.PostingRow) -> SlipContent:
    """One posting's slip. What its label shows stands on it too: number, carrier, service."""
    shipment = latest_shipment(app.store.reader, row.id)
    booked = shipment is not None and shipment.live
    carrier = shipment.carrier if shipment is not None and booked else row.carrier
    kind = app.registry.carriers.get(carrier)
    seller = app.seller(row.seller)
    return SlipContent(
        posting_number=row.number,
        seller=seller.title,
        language=seller.profile.language,
        carrier=(carrier if kind is None else kind.title) or row.provider,
        service=shipment.service_name if shipment is not None and booked else row.service,
        tracking_number=(shipment.tracking_number if shipment is not None and booked else "")
        or row.tracking_number,
        ship_by=row.ship_by,
        time_zone=app.warehouse(row).time_zone,
        items=items_of(app, row),
    )


def mark_printed(app: App, tx: Transaction, posting_id: str, document_id: str, actor: str) -> None:
    """The posting's slip is in this file."""
    posting = posting_row(tx, posting_id)
    record(tx, posting, "slip.printed", {"document": document_id}, actor=actor, now=app.clock.now())


__all__ = ["mark_printed", "packing_slips", "slip_of", "slip_pages"]
