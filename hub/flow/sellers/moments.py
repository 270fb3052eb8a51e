"""Who reads something, and when: for sentences, and for what is said of deadlines."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, NamedTuple

from hub.plugin_api.clock import zone
from hub.store import rows
from hub.words.deadlines import Moment

if TYPE_CHECKING:
    from hub.flow.app import App


class Audience(NamedTuple):
    """Who reads."""

    language: str
    moment: Moment
    """Now, in the zone of the seller; in UTC for what is the hub's own."""


def audience_of(app: App, seller: str, language: str | None = None) -> Audience:
    """The people of a seller, who read in ``language``, or in the seller's own where none is named."""
    row = rows.sellers.get(app.store.reader, seller)
    own, there = ("ru", UTC) if row is None else (row.profile.language, zone(row.time_zone))
    return Audience(language or own, Moment(app.clock.now(), there))


__all__ = ["Audience", "audience_of"]
