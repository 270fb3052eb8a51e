"""What plugins are still to be told."""

from __future__ import annotations

from collections.abc import Sequence

from hub.store import rows
from hub.store.connection import Transaction


def waiting(connection: Transaction, *, limit: int) -> list[rows.OutboxRow]:
    """The oldest notices that no plugin was told, in their order."""
    return rows.outbox.all(connection, "ORDER BY id LIMIT ?", (limit,))


def forget(tx: Transaction, ids: Sequence[str]) -> None:
    """These were told."""
    tx.executemany("DELETE FROM outbox WHERE id = ?", [(one,) for one in ids])
