"""A clock that goes back: what waits for a time of the clock as it was would wait for days.

The worker writes down, with its lease, the latest time that the hub has seen. Where the clock shows an
earlier one, what was planned by the old clock is moved by the difference. It is never moved too far: the
difference is taken from what was written down, and is smaller than the true one by the time that nobody
looked. So a look-up waits as long as it would have, or longer, and never looks at a vendor too early.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from hub.store.condition import note, noted
from hub.store.connection import Transaction
from hub.store.mapping import micros

SEEN = "seen_at"
"""The latest time that a worker of this hub has seen; it is written every two seconds."""
_BACK, _WAS = "clock_back_at", "clock_was_at"


class Jump(msgspec.Struct, frozen=True):
    """The clock went back to ``at``, by ``by`` at least."""

    at: datetime
    by: timedelta


def note_time(tx: Transaction, now: datetime, *, at_least: timedelta) -> Jump | None:
    """Write down that it is ``now``; where that is earlier than before by ``at_least``, move what waits."""
    seen = noted(tx, SEEN)
    if seen is not None and seen - at_least <= now < seen:
        return None  # clocks are corrected by seconds all the time
    jump = None
    if seen is not None and now < seen:
        jump = Jump(now, seen - now)
        _move(tx, now, jump.by)
        note(tx, _BACK, now)
        note(tx, _WAS, seen)
    note(tx, SEEN, now)
    return jump


def _move(tx: Transaction, now: datetime, by: timedelta) -> None:
    time, less = micros(now), by // timedelta(microseconds=1)
    tx.execute(
        f"UPDATE jobs SET run_at = {_earlier('run_at')} "
        "WHERE state IN ('ready', 'waiting', 'parked') AND run_at > ?",
        (less, time, time, less, time),
    )
    tx.execute("UPDATE jobs SET lost_at = ? WHERE lost_at > ?", (time, time))
    # Only what was written by the old clock: an operation that was changed since waits by the new one
    # already.
    tx.execute(
        "UPDATE operations SET sent_at = sent_at - ?, look_after = look_after - ?, updated_at = "
        "updated_at - ? "
        "WHERE updated_at > ?",
        (less, less, less, time),
    )
    tx.execute(
        f"UPDATE documents SET retry_at = {_earlier('retry_at')} WHERE retry_at > ?",
        (less, time, time, less, time),
    )
    tx.execute("UPDATE cursors SET updated_at = ? WHERE updated_at > ?", (time, time))
    tx.execute(
        f"UPDATE counters SET value = {_earlier('value')} WHERE name LIKE '%\\_at' ESCAPE '\\' AND value > ?",
        (less, time, time, less, time),
    )


def _earlier(column: str) -> str:
    """The time in the column earlier by so much, and never before now. Both engines know CASE; the greater of
    two is `max` in one of them and `greatest` in the other."""
    return f"CASE WHEN {column} - ? < ? THEN ? ELSE {column} - ? END"


def last(connection: Transaction) -> Jump | None:
    """The last time that the clock went back, as far as this database knows."""
    at, was = noted(connection, _BACK), noted(connection, _WAS)
    return None if at is None or was is None else Jump(at, was - at)


def behind(connection: Transaction, now: datetime) -> timedelta:
    """How much earlier it is now than it was already; zero where it is not. No worker has seen it yet."""
    seen = noted(connection, SEEN)
    return timedelta(0) if seen is None else max(seen - now, timedelta(0))


__all__ = ["SEEN", "Jump", "behind", "last", "note_time"]
