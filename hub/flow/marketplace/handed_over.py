"""What the end of a hand-over changes here, whether a marketplace or a carrier was told of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec

from hub.flow.history.echoes import without_echo
from hub.flow.history.recording import advance_soon, move, posting_row, record
from hub.flow.problems.account_problems import close_account_problem, open_account_problem, open_of
from hub.flow.problems.kinds import ended_by
from hub.flow.problems.opening import close_problems, open_problem
from hub.plugin_api.errors import Unavailable
from hub.plugin_api.models import Stage
from hub.store import Transaction, problems, rows

UNTOLD = "handover_untold"
"""A question about an account: it could not be told yet of a hand-over."""
_SOON = timedelta(minutes=10)


def untold(
    tx: Transaction, row: rows.HandoverRow, error: Unavailable, *, now: datetime
) -> rows.ProblemRow | None:
    """The vendor could not be told now. What lasts longer than a moment is told to a person, once a
    hand-over."""
    pause = error.retry_after or timedelta(0)
    account = rows.accounts.get(tx, row.account)
    if account is None or (pause < _SOON and now - row.created_at < _SOON):
        return None
    told_of = rows.handovers.get(tx, row.id) or row
    rows.handovers.save(tx, msgspec.structs.replace(told_of, reason=error.said, updated_at=now))
    known = problems.of_account_since(tx, account.id, UNTOLD, since=row.created_at)
    if known is not None:
        return known
    data = {"reason": error.said, "parcels": len(row.postings), "handover": row.id}
    return open_account_problem(tx, account, UNTOLD, data, now=now)


def is_untold(reader: Transaction, row: rows.HandoverRow) -> bool:
    """Whether a person was told that this account does not know of a hand-over."""
    return bool(row.reason) or open_of(reader, row.account, UNTOLD) is not None


def told(tx: Transaction, row: rows.HandoverRow, *, now: datetime) -> None:
    """The vendor answered."""
    known = rows.handovers.get(tx, row.id)
    if known is not None and known.reason and known.state != "refused":
        rows.handovers.save(tx, msgspec.structs.replace(known, reason="", updated_at=now))
    close_account_problem(tx, row.account, UNTOLD, now=now)


def handed_over(
    tx: Transaction, row: rows.HandoverRow, data: dict[str, Any], *, actor: str, now: datetime
) -> None:
    """Its postings are on their way; ``data`` is what their history says of it. Where the seller reports the
    stages, the marketplace is told next."""
    for posting_id in row.postings:
        posting = posting_row(tx, posting_id)
        posting = record(tx, posting, "handover.declared", data, actor=actor, now=now)
        posting = close_problems(tx, posting, *ended_by("told"), now=now)
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


__all__ = ["UNTOLD", "handed_over", "refused", "told", "untold"]
