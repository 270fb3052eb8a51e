"""Operations of the journal, by what they are about."""

from __future__ import annotations

from datetime import datetime

from hub.store import rows
from hub.store.connection import Transaction
from hub.store.mapping import micros


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


def asked_about(connection: Transaction, problem_id: str) -> list[rows.OperationRow]:
    """The operations that wait for the answer to a problem of several postings, the oldest first."""
    return rows.operations.all(
        connection,
        "WHERE id IN (SELECT operation_id FROM problem_postings WHERE problem_id = ?) ORDER BY id",
        (problem_id,),
    )


# --- bookings and what cancels them -----------------------------------------------------------------------


def waiting_for_a_look(
    connection: Transaction, *, account: str, due: datetime, but: str, limit: int
) -> list[rows.OperationRow]:
    """The account's bookings, but for this one, that are to be looked for by this time and of which no send
    may have been acted on, the oldest first."""
    return rows.operations.all(
        connection,
        "WHERE account = ? AND kind = 'book' AND state IN ('planned', 'unknown') AND doubts = 0 "
        "AND (look_after IS NULL OR look_after <= ?) AND id <> ? ORDER BY id LIMIT ?",
        (account, micros(due), but, limit),
    )


def waiting_for_a_person(
    connection: Transaction, *, account: str, reason_code: str, but: str
) -> list[rows.OperationRow]:
    """The account's bookings, but for this one, that may have been acted on and wait for a person for this
    reason."""
    return rows.operations.all(
        connection,
        "WHERE account = ? AND kind = 'book' AND state = 'human' AND reason_code = ? AND id <> ? "
        "AND doubts > 0",
        (account, reason_code, but),
    )


def latest_booking(connection: Transaction, *, account: str, shipment_id: str) -> str:
    """The id of the newest operation that booked this shipment; empty where there is none."""
    found = connection.execute(
        "SELECT id FROM operations WHERE account = ? AND kind = 'book' AND subject_type = 'shipment' "
        "AND subject_id = ? ORDER BY epoch DESC LIMIT 1",
        (account, shipment_id),
    ).fetchone()
    return "" if found is None else str(found[0])


_CANCELS = (
    "account = (SELECT account FROM shipments WHERE id = ?) AND kind = 'cancel_booking' "
    "AND subject_type = 'shipment' AND subject_id = ?"
)  # along the index of what an operation is about, which begins with the account


def latest_cancel(connection: Transaction, shipment_id: str) -> rows.OperationRow | None:
    """The newest try to cancel this shipment."""
    return rows.operations.first(
        connection,
        f"WHERE {_CANCELS} ORDER BY epoch DESC LIMIT 1",
        (shipment_id, shipment_id),
    )


def doubtful_cancel(connection: Transaction, shipment_id: str, *, but: str) -> rows.OperationRow | None:
    """A try to cancel this shipment, but for this one, that may have been acted on."""
    return rows.operations.first(
        connection,
        f"WHERE {_CANCELS} AND id <> ? AND doubts > 0 LIMIT 1",
        (shipment_id, shipment_id, but),
    )


def count_failed_cancels(connection: Transaction, shipment_id: str) -> int:
    """How many tries to cancel this shipment were refused, or wait for a person."""
    found = connection.execute(
        f"SELECT count(*) FROM operations WHERE {_CANCELS} AND state IN ('rejected', 'human')",
        (shipment_id, shipment_id),
    ).fetchone()
    return int(found[0])


def count_ended(connection: Transaction, posting_id: str, kind: str) -> int:
    """How many operations of this kind about the posting no machine works on any more."""
    found = connection.execute(
        "SELECT count(*) FROM operations WHERE posting_id = ? AND kind = ? "
        "AND state IN ('rejected', 'confirmed', 'absent', 'human')",
        (posting_id, kind),
    ).fetchone()
    return int(found[0])


def first_attempt(connection: Transaction, operation_id: str) -> rows.AttemptRow | None:
    """How the first send of the operation began."""
    return rows.attempts.first(
        connection, "WHERE operation_id = ? AND event = 'began' ORDER BY number LIMIT 1", (operation_id,)
    )


def for_a_person(connection: Transaction) -> list[rows.OperationRow]:
    """Operations that wait for a person's word."""
    return rows.operations.all(connection, "WHERE state = 'human'")


def any_under_way(connection: Transaction, posting_id: str) -> bool:
    """Whether an operation of the posting has no end yet."""
    found = connection.execute(
        "SELECT 1 FROM operations WHERE posting_id = ? AND state IN "
        "('planned', 'sending', 'accepted', 'unknown', 'human') LIMIT 1",
        (posting_id,),
    )
    return found.fetchone() is not None


def any_of_seller(connection: Transaction, seller: str) -> bool:
    """Whether anything of the seller's was ever intended."""
    found = rows.operations.first(connection, "WHERE seller = ? ORDER BY id LIMIT 1", (seller,))
    return found is not None
