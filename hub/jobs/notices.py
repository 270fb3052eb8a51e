"""Notifications to plugins, made of what the outbox holds."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from hub.flow.history.shipments import as_shipment, latest_shipment
from hub.plugin_api.models import EventKind, Tracking, TrackingEvent
from hub.store import rows, tracking
from hub.words import render

if TYPE_CHECKING:
    from hub.flow.app import App

log = logging.getLogger("hub.notices")


async def tell(app: App, row: rows.OutboxRow) -> None:
    """Tell the seller's plugins of one event. A plugin that fails is named in the log; the others go on."""
    seller = rows.sellers.get(app.store.reader, row.seller)
    posting = rows.postings.get(app.store.reader, str(row.data.get("posting", "")))
    if seller is None or posting is None:
        return
    arguments = _arguments(app, row, posting, seller.profile.language)
    if arguments is None:
        return
    for failure in await app.registry.notify(row.kind, seller.plugins, seller=seller.slug, **arguments):
        log.warning("plugin %s failed in %s: %s", failure.plugin, failure.hook, failure.error)


def _arguments(
    app: App, row: rows.OutboxRow, posting: rows.PostingRow, language: str
) -> dict[str, Any] | None:
    match row.kind:
        case "posting_imported":
            return {"posting": posting.document}
        case "problem_found":
            return {"posting_number": posting.number, "kind": row.data.get("kind", "")}
        case "operation_failed":
            reason = render(row.data.get("reason", ""), language)
            return {"kind": "book", "subject": posting.number, "reason": reason}
    shipment = latest_shipment(app.store.reader, posting.id)
    if shipment is None:
        return None
    mine = as_shipment(shipment, posting)
    if row.kind == "shipment_booked":
        return {"shipment": mine}
    events = tracking.of_shipment(app.store.reader, shipment.id)
    told = tuple(
        TrackingEvent(
            time=e.time,
            kind=EventKind(e.kind),
            code=e.code,
            text=e.text,
            place=e.place,
            known=e.known,
        )
        for e in events
    )
    return {"shipment": mine, "tracking": Tracking(events=told)}
