"""Operations of the journal, by what they are about."""

from __future__ import annotations

from hub.store import rows
from hub.store.database import Transaction


def of_handover(connection: Transaction, *, account: str, handover_id: str) -> list[rows.OperationRow]:
    """The operations of a hand-over at this account, the oldest first."""
    return rows.operations.all(
        connection,
        "WHERE account = ? AND subject_type = 'handover' AND subject_id = ? ORDER BY id",
        (account, handover_id),
    )
