"""Which operations are looked at again after they have ended, and from when on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hub.flow.journal.forgetting import ASKED_AFTER_A_RESTORE, ASKED_BECAUSE
from hub.flow.journal.kinds import Kind
from hub.store import rows

CALLED_OFF = "called_off"
"""The ``reason_code`` of what was ended before it was sent."""


def watched(operations: Sequence[rows.OperationRow]) -> tuple[datetime, rows.OperationRow] | None:
    """Of a posting's operations the one that `watch` is due for first, and when."""
    due = [
        (row.look_after, row)
        for row in operations
        if row.look_after is not None and row.state in ("human", "confirmed", "rejected")
    ]
    return min(due, key=lambda one: one[0], default=None)


def refusal_in_doubt(operations: Sequence[rows.OperationRow]) -> rows.OperationRow | None:
    """Of a posting's operations one that was refused, and not asked for since: before anything is booked
    anew."""
    last = next((one for one in reversed(operations) if one.kind == "book"), None)
    if last is None or last.look_after is None or not is_refused(last):
        return None
    return last if not last.doubts or not last.looks else None


def just_refused(operation: rows.OperationRow, kind: Kind, changes: dict[str, Any]) -> bool:
    """Whether an answer to it, and nobody who was asked, says that nothing was done."""
    refused = operation.state == "sending" and changes.get("state") == "rejected"
    return refused and kind.rechecks and operation.doubts == 1


def is_refused(operation: rows.OperationRow) -> bool:
    """A booking that its carrier refused."""
    off = operation.doubts > 0 and operation.reason_code == CALLED_OFF
    return operation.kind == "book" and operation.state == "rejected" and not off


def booked_anew(operations: Sequence[rows.OperationRow], operation: rows.OperationRow) -> bool:
    """Whether the posting has a later booking: an order of this one is one too many by now."""
    return any(one.kind == "book" and one.id > operation.id for one in operations)


def watched_from(operation: rows.OperationRow, changes: dict[str, Any]) -> bool:
    """Whether it ends without certainty: it waits for a person, may have taken effect twice, or may still."""
    state, doubts = changes.get("state"), changes.get("doubts", operation.doubts)
    if state == "human":
        return True
    if state not in ("confirmed", "rejected"):
        return False
    off = changes.get("reason_code") == CALLED_OFF or "doubts" in changes
    forgot = ASKED_AFTER_A_RESTORE in operation.result and operation.result.get(ASKED_BECAUSE) != "new"
    return doubts > (0 if off else 1) or forgot
