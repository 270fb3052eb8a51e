"""Documents of postings: labels that are asked for, ready or printed; files that are not opened again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from hub.store import rows
from hub.store.connection import Transaction
from hub.store.mapping import micros
from hub.store.versions import change, change_one
from hub.words import stored


def ready_labels(connection: Transaction, posting_id: str) -> list[rows.DocumentRow]:
    """The pages of the posting's label, one row each, in the file's order."""
    return rows.documents.all(
        connection,
        "WHERE posting_id = ? AND kind = 'label' AND state = 'ready' ORDER BY page, id",
        (posting_id,),
    )


def requested_label(connection: Transaction, posting_id: str) -> rows.DocumentRow | None:
    """The posting's label that was asked for and is not here."""
    return rows.documents.first(
        connection, "WHERE posting_id = ? AND kind = 'label' AND state = 'requested'", (posting_id,)
    )


def late_label(connection: Transaction, posting_id: str) -> rows.DocumentRow | None:
    """The posting's label that was asked for, where a try for it came to nothing: ``reason`` says why."""
    return rows.documents.first(
        connection,
        "WHERE posting_id = ? AND kind = 'label' AND state = 'requested' AND reason <> '' "
        "ORDER BY updated_at DESC LIMIT 1",
        (posting_id,),
    )


def requested_labels(connection: Transaction, *, account: str) -> list[rows.DocumentRow]:
    """The labels that this account was asked for and that are not here."""
    return rows.documents.all(
        connection, "WHERE account = ? AND kind = 'label' AND state = 'requested'", (account,)
    )


def clear_retry(tx: Transaction, posting_id: str) -> None:
    """The label that was asked for waits for no further try at a set time."""
    change(
        tx,
        posting_id,
        "UPDATE documents SET retry_at = NULL WHERE posting_id = ? AND kind = 'label' "
        "AND state = 'requested' AND retry_at IS NOT NULL",
        (posting_id,),
    )


def fail_requested_label(tx: Transaction, posting_id: str, *, reason: str) -> None:
    """The label that was asked for does not come."""
    change(
        tx,
        posting_id,
        "UPDATE documents SET state = 'failed', reason = ? WHERE posting_id = ? AND kind = 'label' "
        "AND state = 'requested'",
        (stored(reason), posting_id),
    )


def fail_ready_labels(tx: Transaction, posting_id: str, *, reason: str, now: datetime) -> None:
    """The label that was here cannot be used."""
    change(
        tx,
        posting_id,
        "UPDATE documents SET state = 'failed', reason = ?, updated_at = ? WHERE posting_id = ? "
        "AND kind = 'label' AND state = 'ready'",
        (stored(reason), micros(now), posting_id),
    )


def supersede_labels(tx: Transaction, posting_id: str, *, now: datetime) -> None:
    """The posting's labels, asked for or here, are given out no more."""
    change(
        tx,
        posting_id,
        "UPDATE documents SET state = 'superseded', updated_at = ? "
        "WHERE posting_id = ? AND kind = 'label' AND state IN ('requested', 'ready')",
        (micros(now), posting_id),
    )


def count_printed(tx: Transaction, document_ids: Iterable[str]) -> None:
    """Each of these was printed once more."""
    for document_id in document_ids:
        sql = "UPDATE documents SET printed = printed + 1 WHERE id = ?"
        change_one(tx, "documents", document_id, sql, (document_id,))


def forget_refused_files(tx: Transaction, *, before: datetime) -> None:
    """Let go of the hashes of files that were refused before this time."""
    tx.execute("DELETE FROM refused_files WHERE created_at < ?", (micros(before),))


def of_posting(connection: Transaction, posting_id: str) -> list[rows.DocumentRow]:
    """The posting's own documents, the oldest first."""
    return rows.documents.all(connection, "WHERE posting_id = ? ORDER BY id", (posting_id,))
