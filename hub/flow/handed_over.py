"""What the end of a hand-over changes here, whether a marketplace or a carrier was told of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from hub.flow.erasing.echoes import without_echo
from hub.flow.recording import advance_soon, close_problems, move, open_problem, posting_row, record
from hub.models import Stage
from hub.store import Transaction, rows


def handed_over(
    tx: Transaction, row: rows.HandoverRow, data: dict[str, Any], *, actor: str, now: datetime
) -> None:
    """Its postings are on their way; ``data`` is what their history says of it. Where the seller reports the
    stages, the marketplace is told next."""
    for posting_id in row.postings:
        posting = posting_row(tx, posting_id)
        posting = record(tx, posting, "handover.declared", data, actor=actor, now=now)
        posting = close_problems(tx, posting, "report_refused", now=now)
        posting = move(tx, posting, Stage.HANDED_OVER, actor=actor, now=now)
        if posting.document.fulfilment.statuses == "seller":
            advance_soon(tx, posting, now=now)


def refused(tx: Transaction, row: rows.HandoverRow, reason: str, *, now: datetime) -> None:
    """It was not taken: each of its postings waits for a person."""
    for posting_id in row.postings:
        reason = without_echo(reason, rows.recipients.get(tx, posting_id))
    rows.handovers.save(tx, msgspec.structs.replace(row, state="refused", reason=reason, updated_at=now))
    for posting_id in row.postings:
        facts = {"what": "the hand-over", "reason": reason}
        open_problem(tx, posting_row(tx, posting_id), "report_refused", facts, now=now)


__all__ = ["handed_over", "refused"]
