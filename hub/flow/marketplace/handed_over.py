"""What the end of a hand-over changes here, whether a marketplace or a carrier was told of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from hub.flow.history.echoes import without_echo
from hub.flow.history.recording import advance_soon, move, posting_row, record
from hub.flow.problems import many
from hub.flow.problems.account_problems import close_account_problem
from hub.flow.problems.kinds import ended_by
from hub.flow.problems.opening import close_problems
from hub.plugin_api.errors import AuthFailed, Unavailable
from hub.plugin_api.models import Stage
from hub.store import Transaction, problems, rows

UNTOLD = "handover_untold"
"""A question about a hand-over: who takes the parcels could not be told of it yet."""
REFUSED = "handover_refused"
"""A question about a hand-over: it was not taken, or not with all its parcels."""
DIFFERS = "handover_differs"
"""A question about a hand-over: its content at the marketplace is not what is there."""
_SOON = timedelta(minutes=10)


def ask(
    tx: Transaction,
    row: rows.HandoverRow,
    kind: str,
    data: dict[str, Any],
    *,
    postings: Sequence[str],
    now: datetime,
) -> None:
    """Ask a person about a hand-over, once while it is open; these postings of it wait for the answer."""
    account = rows.accounts.get(tx, row.account)
    if account is None or problems.open_about(tx, kind, "handover", row.id, account=row.account) is not None:
        return
    found = [posting_row(tx, one) for one in dict.fromkeys(postings)]
    facts = {"handover": row.id} | data
    many.tell(tx, account, kind, found, facts, now=now, about=("handover", row.id))


def settled(tx: Transaction, row: rows.HandoverRow, kind: str, *, now: datetime) -> None:
    """The question about the hand-over is over, without a person."""
    account = rows.accounts.get(tx, row.account)
    if account is not None:
        many.tell(tx, account, kind, (), now=now, about=("handover", row.id))


def untold(tx: Transaction, row: rows.HandoverRow, error: Unavailable | AuthFailed, *, now: datetime) -> None:
    """The vendor could not be told now. Why is seen at once; what lasts longer than a moment is told to a
    person, once a hand-over."""
    told_of = rows.handovers.get(tx, row.id) or row
    rows.handovers.save(tx, msgspec.structs.replace(told_of, reason=error.said, updated_at=now))
    pause = (error.retry_after or timedelta(0)) if isinstance(error, Unavailable) else _SOON
    if pause < _SOON and now - row.created_at < _SOON:
        return
    if problems.any_about(tx, row.seller, UNTOLD, "handover", row.id):
        return  # dismissed: it is tried on, and not told again
    ask(tx, row, UNTOLD, {"reason": error.said}, postings=row.postings, now=now)


def told(tx: Transaction, row: rows.HandoverRow, *, now: datetime) -> None:
    """The vendor answered."""
    known = rows.handovers.get(tx, row.id)
    if known is not None and known.reason and known.state != "refused":
        rows.handovers.save(tx, msgspec.structs.replace(known, reason="", updated_at=now))
    settled(tx, row, UNTOLD, now=now)
    close_account_problem(tx, row.account, UNTOLD, now=now)  # as it was asked until 0.4


def handed_over(
    tx: Transaction, row: rows.HandoverRow, data: dict[str, Any], *, actor: str, now: datetime
) -> None:
    """Its postings are on their way; ``data`` is what their history says of it. Where the seller reports the
    stages, the marketplace is told next."""
    data = data | {"id": row.id}
    for posting_id in row.postings:
        posting = posting_row(tx, posting_id)
        posting = record(tx, posting, "handover.declared", data, actor=actor, now=now)
        posting = close_problems(tx, posting, *ended_by("told"), *ended_by("left"), now=now)
        posting = move(tx, posting, Stage.HANDED_OVER, actor=actor, now=now)
        if not row.account or posting.document.fulfilment.statuses == "seller":
            advance_soon(tx, posting, now=now)


def refused(tx: Transaction, row: rows.HandoverRow, reason: str, *, now: datetime) -> None:
    """It was not taken: its postings lie here as before, and a person is asked once about all of them."""
    for posting_id in row.postings:
        reason = without_echo(reason, rows.recipients.get(tx, posting_id))
    rows.handovers.save(tx, msgspec.structs.replace(row, state="refused", reason=reason, updated_at=now))
    for kind in (UNTOLD, DIFFERS):
        settled(tx, row, kind, now=now)
    there = [one for one in row.postings if not Stage(posting_row(tx, one).stage).final]
    if there:
        ask(tx, row, REFUSED, {"reason": reason}, postings=there, now=now)


__all__ = ["DIFFERS", "REFUSED", "UNTOLD", "ask", "handed_over", "refused", "settled", "told", "untold"]
