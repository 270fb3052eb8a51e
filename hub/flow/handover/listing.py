"""A seller's hand-overs, as they are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.flow.history.results import HandoverView
from hub.flow.history.views import view_of
from hub.store import rows
from hub.store.handovers import newest

if TYPE_CHECKING:
    from hub.flow.app import App

_MOST = 200


def handovers(app: App, seller: str, warehouse: str | None = None) -> list[HandoverView]:
    """A seller's latest hand-overs, the newest first; of one warehouse, those of them that are its own."""
    found = newest(app.store.reader, seller=seller, limit=_MOST)
    return [handover_view(row) for row in found if warehouse in (None, row.warehouse)]


def handover_view(row: rows.HandoverRow) -> HandoverView:
    """A hand-over."""
    return view_of(HandoverView, row, group=row.grouping)
