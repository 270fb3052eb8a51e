"""Questions that outlived their postings, as an older version left them: whatever ends a posting closes them
by now (`close_ended`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.flow.history.recording import posting_row
from hub.flow.problems.kinds import ANY_END, over_at
from hub.flow.problems.opening import close_ended
from hub.plugin_api.models import Stage
from hub.store import Transaction, alarms, sellers

if TYPE_CHECKING:
    from hub.flow.app import App


async def look(app: App) -> None:
    """Close what nobody has to answer any more."""
    now, reader = app.clock.now(), app.store.reader
    over = sorted(
        {
            posting_id
            for seller in sellers.every(reader)
            for posting_id, kind, stage in alarms.open_at(reader, seller.slug, stages=ANY_END)
            if kind in over_at(Stage(stage))
        }
    )

    def write(tx: Transaction) -> None:
        for posting_id in over:
            close_ended(tx, posting_row(tx, posting_id), now=now)

    if over:
        await app.store.write(write)


__all__ = ["look"]
