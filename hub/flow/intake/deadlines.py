"""Alarms well before a posting is late: they begin hours before ``ship_by`` and end at the hand-over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from hub.flow.history.recording import posting_row
from hub.flow.problems.opening import close_problems, open_problem
from hub.flow.sellers import orphans
from hub.plugin_api.models import Stage
from hub.store import Transaction, postings, problems, sellers

if TYPE_CHECKING:
    from hub.flow.app import App

_EVERY = timedelta(minutes=10)
_AHEAD = timedelta(hours=12)
_BEFORE_HANDOVER = tuple(str(stage) for stage in Stage if stage.rank < Stage.HANDED_OVER.rank)


async def run(app: App, subject: str) -> datetime | None:
    """Look at every open posting whose deadline is near, and for accounts that nobody works on any more;
    again in ten minutes."""
    now = app.clock.now()
    found = _near(app, now)
    over = problems.late_but_past(app.store.reader, stages=_BEFORE_HANDOVER)
    if found or over:
        await app.store.write(lambda tx: _alarm(tx, found, over, now))
    await orphans.tell(app)
    return max(now + _EVERY, now + app.clock.stretch(0.3))


def _near(app: App, now: datetime) -> list[str]:
    reader = app.store.reader
    near = []
    for seller in sellers.every(app.store.reader):
        near += postings.late_soon(reader, seller=seller.slug, before=now + _AHEAD, stages=_BEFORE_HANDOVER)
    return near


def _alarm(tx: Transaction, near: list[str], over: list[str], now: datetime) -> None:
    for posting_id in near:
        row = posting_row(tx, posting_id)
        ship_by = "" if row.ship_by is None else row.ship_by.isoformat()
        open_problem(tx, row, "late_risk", {"ship_by": ship_by}, now=now)
    for posting_id in over:
        close_problems(tx, posting_row(tx, posting_id), "late_risk", now=now, answer="handed_over")


__all__ = ["run"]
