"""A tracking number at the marketplace that was never booked here: somebody has shipped the posting."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from hub.flow.booking import resolving
from hub.flow.journal import operations as journal
from hub.store import Transaction, problems, rows, shipments

KIND = "tracked_elsewhere"
"""The kind of the problem, and the ``reason_code`` of a booking that was stopped by it."""
SHIPPED_BY_HAND, BOOK_ANYWAY = "shipped_by_hand", "book_anyway"


def foreign_number(connection: Transaction, posting: rows.PostingRow) -> str:
    """The tracking number that the marketplace shows for a posting, where it is none that was ever booked
    here. Empty where there is none, and where a person wants it booked all the same."""
    number = posting.document.tracking_number
    if not number or posting.document.fulfilment.tracking != "seller":
        return ""
    if shipments.is_number_of(connection, posting.id, number):
        return ""
    answered = problems.answered_so(connection, posting.id, KIND, BOOK_ANYWAY)
    return "" if any(one.data.get("tracking_number") == number for one in answered) else number


def facts(posting: rows.PostingRow) -> dict[str, Any]:
    """What the question says."""
    return {"tracking_number": posting.document.tracking_number}


def answered(
    tx: Transaction, posting: rows.PostingRow, problem: rows.ProblemRow, answer: str, now: datetime
) -> None:
    """Somebody shipped it, or it is booked all the same; a booking that it stopped ends, or goes on."""
    if answer == SHIPPED_BY_HAND:
        rows.postings.save(tx, msgspec.structs.replace(posting, wanted=False), was=posting)
    operation = rows.operations.get(tx, problem.operation_id)
    if operation is None or operation.state != "human":
        return
    if answer == BOOK_ANYWAY:
        resolving.planned_again(tx, operation, now)
        return
    ended = msgspec.structs.replace(
        operation, state="rejected", reason_code=journal.CALLED_OFF, look_after=None, updated_at=now
    )
    rows.operations.save(tx, ended, was=operation)
    shipment = rows.shipments.get(tx, operation.subject_id)
    if shipment is not None:
        rows.shipments.save(tx, msgspec.structs.replace(shipment, state="failed", updated_at=now))


__all__ = ["BOOK_ANYWAY", "KIND", "SHIPPED_BY_HAND", "answered", "facts", "foreign_number"]
