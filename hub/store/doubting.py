"""A database that may have forgotten what was sent: how that is seen when a hub opens it, and what is careful
from then on (docs/adr/0010, 0018)."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hub.store import counter, queue, rows
from hub.store.connection import Connection, Transaction


def doubt(connection: Transaction, now: datetime) -> None:
    """A booking of the backup may have been cancelled since: until its carrier was asked no label of it is
    printed. What is on its way already is followed as ever."""
    bookings = rows.shipments.all(
        connection,
        "WHERE state = 'booked' AND posting_id IN (SELECT id FROM postings WHERE is_open = TRUE)",
    )
    for booking in bookings:
        checking = msgspec.structs.replace(booking, state="checking", updated_at=now)
        rows.shipments.save(connection, checking, was=booking)
        connection.execute(
            "UPDATE documents SET state = 'superseded' "
            "WHERE shipment_id = ? AND kind = 'label' AND state IN ('requested', 'ready')",
            (booking.id,),
        )
        work = queue.Work(
            kind="advance",
            subject=booking.posting_id,
            seller=booking.seller,
            account=booking.account,
            run_at=now,
        )
        queue.enqueue(connection, work, now=now)


def examined(tx: Transaction, beside: counter.CounterFile, now: datetime) -> counter.Reason | None:
    """Compare the database with the counter beside it, inside a transaction. Returns why it may have
    forgotten what was sent, where that has shown just now."""
    file = beside.read()
    found = judged(tx, beside, file)
    if found is None:
        if file is not None:
            beside.agrees(file)
        return None  # another process was at it first
    if found == "adopted":
        counter.adopt(tx)
        return None
    counter.note_doubt(tx, found, now)
    doubt(tx, now)
    return found


def judged(
    connection: Connection, beside: counter.CounterFile, file: counter.Count | None
) -> counter.Verdict:
    """What the database and the counter beside it say together."""
    return counter.judge(
        counter.stored(connection),
        file,
        has_history=has_history(connection),
        under_a_log=beside.main() if beside.found_a_log else None,
    )


def has_history(connection: Connection) -> bool:
    """Whether anything was ever fetched or intended there."""
    found = connection.execute("SELECT 1 FROM postings UNION ALL SELECT 1 FROM operations LIMIT 1")
    return found.fetchone() is not None


__all__ = ["doubt", "examined", "has_history", "judged"]
