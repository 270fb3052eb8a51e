"""When a seller reads something, for what is said of deadlines."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from hub.plugin_api.clock import zone
from hub.store import rows
from hub.words.deadlines import Moment

if TYPE_CHECKING:
    from hub.flow.app import App


def moment_of(app: App, seller: str) -> Moment:
    """Now, in the zone of the seller; UTC for what is the hub's own."""
    row = rows.sellers.get(app.store.reader, seller)
    return Moment(app.clock.now(), UTC if row is None else zone(row.time_zone))


__all__ = ["moment_of"]
