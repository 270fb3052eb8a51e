"""Problems of before version 9: what each is about is read off its kind, operation and posting, once.

Until then a posting had one open problem of a kind, and ``operation_id`` was also the number of what could
not be read. What waits for a question about an account was linked to account and kind, not to the question.
"""

from __future__ import annotations

from hub.store.connection import Connection

_OPERATIONS = ("operation_unknown", "tracked_elsewhere", "report_refused")
_SHIPMENTS = (
    "booked_twice",
    "booking_gone",
    "booking_unverified",
    "buyer_cancelled_after_booking",
    "cancel_refused",
    "charge_differs",
    "price_above_cap",
)
"""Kinds about a booking; a refused cancel may be the posting's own, which its operation tells."""

_NUMBERS = (
    "UPDATE problems SET subject_type = 'number', subject_id = operation_id, operation_id = '' "
    "WHERE subject_id = '' AND kind = 'decode_failed' AND posting_id = '' AND operation_id <> ''"
)
_ACCOUNTS = (
    "UPDATE problems SET subject_type = 'account', subject_id = account "
    "WHERE subject_id = '' AND posting_id = '' AND kind <> 'decode_failed'"
)
_ITSELF = (
    "UPDATE problems SET subject_type = 'operation', subject_id = operation_id "
    "WHERE subject_id = '' AND operation_id <> '' AND kind = ?"
)
_OF_ITS_OPERATION = (
    "UPDATE problems SET "
    "subject_type = (SELECT o.subject_type FROM operations o WHERE o.id = problems.operation_id), "
    "subject_id = (SELECT o.subject_id FROM operations o WHERE o.id = problems.operation_id) "
    "WHERE subject_id = '' AND kind = ? AND operation_id IN (SELECT id FROM operations)"
)
_LATEST_BOOKING = (
    "UPDATE problems SET subject_type = 'shipment', subject_id = (SELECT s.id FROM shipments s "
    "WHERE s.posting_id = problems.posting_id ORDER BY s.ordinal DESC LIMIT 1) "
    "WHERE subject_id = '' AND kind = ? AND posting_id IN (SELECT posting_id FROM shipments)"
)
_POSTINGS = (
    "UPDATE problems SET subject_type = 'posting', subject_id = posting_id "
    "WHERE subject_id = '' AND posting_id <> ''"
)
_LINKS = (
    "INSERT INTO problem_postings (problem_id, posting_id, operation_id) "
    "SELECT p.id, a.posting_id, a.operation_id FROM asked_operations a JOIN problems p "
    "ON p.posting_id = '' AND p.state = 'open' AND p.account = a.account AND p.kind = a.kind "
    "WHERE p.subject_type = 'account'"
)


def name_subjects(tx: Connection) -> None:
    """Write what each problem is about, and link what waits to the question that it waits for."""
    tx.execute(_NUMBERS)
    tx.execute(_ACCOUNTS)
    tx.executemany(_ITSELF, [(kind,) for kind in _OPERATIONS])
    tx.executemany(_OF_ITS_OPERATION, [(kind,) for kind in _SHIPMENTS])
    tx.executemany(_LATEST_BOOKING, [(kind,) for kind in _SHIPMENTS])
    tx.execute(_POSTINGS)
    tx.execute(_LINKS)
    tx.execute("DELETE FROM asked_operations")


__all__ = ["name_subjects"]
