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


def of_epoch(
    connection: Transaction, *, account: str, kind: str, subject_type: str, subject_id: str, epoch: int
) -> rows.OperationRow | None:
    """The one operation of this kind, subject and epoch."""
    return rows.operations.first(
        connection,
        "WHERE account = ? AND kind = ? AND subject_type = ? AND subject_id = ? AND epoch = ?",
        (account, kind, subject_type, subject_id, epoch),
    )


def of_posting(connection: Transaction, posting_id: str) -> list[rows.OperationRow]:
    """The operations of a posting, the oldest first."""
    return rows.operations.all(connection, "WHERE posting_id = ? ORDER BY id", (posting_id,))


def asked_about(connection: Transaction, *, account: str, kind: str) -> list[rows.OperationRow]:
    """The operations that wait for the answer to the account's question of this kind, the oldest first."""
    return rows.operations.all(
        connection,
        "WHERE id IN (SELECT operation_id FROM asked_operations WHERE account = ? AND kind = ?) ORDER BY id",
        (account, kind),
    )
