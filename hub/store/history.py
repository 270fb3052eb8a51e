"""What happened to a posting, in its order."""

from __future__ import annotations

from datetime import datetime

from hub.store import rows
from hub.store.connection import Transaction
from hub.store.mapping import micros


def last_of_kind(connection: Transaction, posting_id: str, kind: str) -> rows.HistoryRow | None:
    """The posting's newest event of this kind."""
    return rows.history.first(
        connection, "WHERE posting_id = ? AND kind = ? ORDER BY sequence DESC LIMIT 1", (posting_id, kind)
    )


def of_kind_since(
    connection: Transaction, posting_id: str, kind: str, *, since: datetime
) -> list[rows.HistoryRow]:
    """The posting's events of this kind at this time or later."""
    return rows.history.all(
        connection, "WHERE posting_id = ? AND kind = ? AND time >= ?", (posting_id, kind, micros(since))
    )


def of_posting(connection: Transaction, posting_id: str) -> list[rows.HistoryRow]:
    """All that happened to the posting."""
    return rows.history.all(connection, "WHERE posting_id = ? ORDER BY sequence", (posting_id,))
