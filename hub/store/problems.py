"""Problems: what waits for a person's answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hub.store import rows
from hub.store.database import Transaction
from hub.store.mapping import micros


def dismissed_since(
    connection: Transaction, posting_id: str, kind: str, *, since: datetime
) -> rows.ProblemRow | None:
    """A problem of this kind about the posting, opened at this time or later, that a person dismissed."""
    return rows.problems.first(
        connection,
        "WHERE posting_id = ? AND kind = ? AND answer = 'dismiss' AND created_at >= ?",
        (posting_id, kind, micros(since)),
    )


def late_but_past(connection: Transaction, *, stages: Sequence[str]) -> list[str]:
    """The ids of the postings that are past all of these stages and still have an open warning that they may
    be late."""
    marks = ", ".join("?" * len(stages))
    found = connection.execute(
        "SELECT posting_id FROM problems WHERE kind = 'late_risk' AND state = 'open' AND posting_id IN "
        f"(SELECT id FROM postings WHERE stage NOT IN ({marks}))",
        tuple(stages),
    )
    return [row["posting_id"] for row in found]


# --- of what came in and could not be read: ``operation_id`` is its number ---------------------------------


def open_unread(connection: Transaction, *, account: str, number: str) -> rows.ProblemRow | None:
    """The open problem that this number of the account's cannot be read."""
    return rows.problems.first(
        connection,
        "WHERE account = ? AND kind = 'decode_failed' AND operation_id = ? AND state = 'open'",
        (account, number),
    )


def unread_numbers(connection: Transaction, *, account: str) -> set[str]:
    """The numbers of the account's that cannot be read, and of which no posting is here."""
    return {
        str(row[0])
        for row in connection.execute(
            "SELECT operation_id FROM problems "
            "WHERE account = ? AND kind = 'decode_failed' AND state = 'open' AND posting_id = ''",
            (account,),
        )
    }


def close_unread(tx: Transaction, *, account: str, number: str, now: datetime) -> None:
    """This number of the account's, of which no posting was here, can be read."""
    tx.execute(
        "UPDATE problems SET state = 'closed', closed_at = ? WHERE account = ? AND operation_id = ? "
        "AND kind = 'decode_failed' AND state = 'open' AND posting_id = ''",
        (micros(now), account, number),
    )
