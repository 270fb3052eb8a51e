"""A seller's hand-overs, as they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.flow.history.results import HandoverView
from hub.store import rows
from hub.store.handovers import newest

if TYPE_CHECKING:
    from hub.flow.app import App

_MOST = 200


def handovers(app: App, seller: str) -> list[HandoverView]:
    """A seller's latest hand-overs, the newest first."""
    return [handover_view(row) for row in newest(app.store.reader, seller=seller, limit=_MOST)]


def handover_view(row: rows.HandoverRow) -> HandoverView:
    """A hand-over."""
    return HandoverView(
        id=row.id,
        seller=row.seller,
        account=row.account,
        carrier=row.carrier,
        group=row.grouping,
        external_id=row.external_id,
        state=row.state,
        postings=row.postings,
        code=row.code,
        document_id=row.document_id,
        reason=row.reason,
        created_at=row.created_at,
    )
