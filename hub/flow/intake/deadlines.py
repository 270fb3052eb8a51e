"""Alarms well before a posting is late: they begin hours before ``ship_by`` and end at the hand-over.

One that a person dismissed comes back when it is worse: when two hours are left, when the deadline is past,
and when it is another, earlier one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from hub.flow.history.recording import posting_row
from hub.flow.problems.opening import close_problems, open_problem
from hub.plugin_api.models import Stage
from hub.store import Transaction, alarms, problems, rows, sellers

if TYPE_CHECKING:
    from hub.flow.app import App

KIND = "late_risk"
WORSE = (timedelta(hours=12), timedelta(hours=2), timedelta(0))
"""So long before the deadline it is told, and told again where somebody dismissed it before."""
_BEFORE_HANDOVER = tuple(str(stage) for stage in Stage if stage.rank < Stage.HANDED_OVER.rank)


async def look(app: App) -> None:
    """Look at every open posting whose deadline is near, and at every alarm: whether it still holds."""
    now, reader = app.clock.now(), app.store.reader
    near = [
        posting_id
        for seller in sellers.every(reader)
        for posting_id in alarms.late_soon(
            reader, seller=seller.slug, now=now, ahead=WORSE, stages=_BEFORE_HANDOVER
        )
    ]
    over = problems.late_but_past(reader, stages=_BEFORE_HANDOVER)
    moved = alarms.with_another_deadline(reader, KIND)
    if near or over or moved:
        await app.store.write(lambda tx: _alarm(tx, near, over, moved, now))


def _alarm(tx: Transaction, near: list[str], over: list[str], moved: list[str], now: datetime) -> None:
    for posting_id in near:
        row = posting_row(tx, posting_id)
        open_problem(tx, row, KIND, _facts(row), now=now)
    for posting_id in over:
        close_problems(tx, posting_row(tx, posting_id), KIND, now=now, answer="handed_over")
    for problem_id in moved:
        _moved(tx, problem_id, now)


def _moved(tx: Transaction, problem_id: str, now: datetime) -> None:
    """The marketplace gave the posting another deadline while a person was being asked."""
    known = rows.problems.get(tx, problem_id)
    if known is None or known.state != "open":
        return
    row = posting_row(tx, known.posting_id)
    if row.ship_by is None or row.ship_by >= now + WORSE[0]:
        close_problems(tx, row, KIND, now=now, answer="moved")
    else:
        rows.problems.save(
            tx, msgspec.structs.replace(known, data=known.data | _facts(row), deadline=row.ship_by), was=known
        )


def _facts(row: rows.PostingRow) -> dict[str, str]:
    return {"ship_by": "" if row.ship_by is None else row.ship_by.isoformat()}


__all__ = ["KIND", "WORSE", "look"]
