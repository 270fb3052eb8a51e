"""The sheet that is signed at a hand-over, drawn as the hand-over stands now: it can be printed again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hub.flow.handover.listing import handover_row, taker
from hub.flow.packing.parcels import items_of
from hub.plugin_api.errors import Conflict
from hub.plugin_api.labels import HandoverLine, HandoverSheet
from hub.plugin_api.models import Document
from hub.store import rows
from hub.store.handovers import made_of
from hub.store.shipments import of_posting
from hub.words import render, said

if TYPE_CHECKING:
    from hub.flow.app import App


async def sheet(app: App, name: str, seller: str | None = None) -> Document:
    """The sheets of a hand-over, and of what its carrier made of it, as they stand now. Raises NotFound;
    Conflict for one that was refused: nobody signs it."""
    row = handover_row(app.store.reader, name, seller)
    return await _drawn(app, made_of(app.store.reader, row.id) or [row])


async def sheets(app: App, ids: Sequence[str], seller: str) -> Document:
    """The sheets of these hand-overs in one file. Raises like `sheet`."""
    return await _drawn(app, [handover_row(app.store.reader, one, seller) for one in ids])


async def _drawn(app: App, found: Sequence[rows.HandoverRow]) -> Document:
    drawn = [one for row in found if row.state != "refused" for one in sheets_of(app, row)]
    if not drawn:
        raise Conflict(
            "this hand-over was refused: {reason}. Its parcels are in the next one",
            code="handover_refused",
            values={"reason": found[0].reason},
        )
    return await app.render(lambda: app.renderer().handover(drawn))


def sheets_of(app: App, row: rows.HandoverRow) -> list[HandoverSheet]:
    """The sheet of a hand-over; none where every buyer in it was forgotten."""
    postings = [
        posting for one in row.postings if (posting := rows.postings.get(app.store.reader, one)) is not None
    ]
    if not postings:
        return []
    seller = app.seller(row.seller)
    language = seller.profile.language
    title = taker(app, row, language)
    return [
        HandoverSheet(
            title=row.external_id or row.day,
            seller=seller.title,
            carrier=title,
            time=row.created_at,
            time_zone=app.warehouse(postings[0]).time_zone,
            lines=tuple(_line(app, row, posting) for posting in postings),
            code=row.code,
            number=row.id,
            language=language,
            note=render(_note(row, title), language),
        )
    ]


def _note(row: rows.HandoverRow, title: str) -> str:
    """What the sheet lacks as it is."""
    if not row.account or row.state in ("ready", "refused"):
        return ""
    if row.state == "closed":
        text = said(
            "{title} was told, and its papers are not made yet. Print this sheet again: "
            "hub handover {seller} --again {id}",
            code="sheet.papers_to_come",
            values={"title": title, "seller": row.seller, "id": row.id},
        )
    else:
        text = said(
            "NOT ANNOUNCED YET: {title} does not know of these parcels, and this sheet has no number of "
            "theirs. Print it again before they go: hub handover {seller} --again {id}",
            code="sheet.not_announced",
            values={"title": title, "seller": row.seller, "id": row.id},
        )
    return text


def _line(app: App, row: rows.HandoverRow, posting: rows.PostingRow) -> HandoverLine:
    """As the parcel was at that time: it may have been booked anew since."""
    bookings = [one for one in of_posting(app.store.reader, posting.id) if one.created_at <= row.created_at]
    shipment = max(bookings, key=lambda one: one.ordinal, default=None)
    weights = [item.weight_g for item in items_of(app, posting)]
    parcels = () if shipment is None else shipment.parcels
    weight = sum(parcel.weight_g for parcel in parcels) or (
        None if None in weights else sum(w or 0 for w in weights)
    )
    return HandoverLine(
        posting_number=posting.number,
        tracking_number=posting.tracking_number if shipment is None else shipment.tracking_number,
        weight_g=weight,
        boxes=max(1, len(parcels)),
    )


__all__ = ["sheet", "sheets", "sheets_of"]
