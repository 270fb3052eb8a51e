"""How a piece of work ended, and what the queue is told of it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from hub.jobs.telling import tell_of_dead, told_no_more
from hub.store import Transaction, queue, rows


class End(NamedTuple):
    """How a piece of work ended: done (no ``reason``), failed, or given back as it was (``untried``)."""

    row: rows.JobRow
    at: datetime | None
    """When it is to be done again. None: done for good, or dead."""
    reason: str = ""
    stuck: bool = False
    untried: bool = False


def give_back(tx: Transaction, end: End, now: datetime) -> None:
    """Put it back into the queue, or end it there; what is given up is told to a person."""
    row = end.row
    if end.untried:
        queue.give_back(tx, row, at=end.at or now)
    elif not end.reason:
        queue.finish(tx, row, now=now, next_run=end.at)
        if row.stuck:
            told_no_more(tx, row, now=now)
    elif queue.fail(tx, row, retry_at=end.at, reason=end.reason, stuck=end.stuck) and end.stuck:
        tell_of_dead(tx, row, end.reason, now=now)
