"""Telling a person of work that was given up, or that fails again and again: on its posting, or on its
account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from hub.flow.problems.account_problems import close_account_problem, open_account_problem, open_of
from hub.flow.problems.opening import close_problems, open_problem
from hub.flow.problems.work import STOPPED
from hub.store import Transaction, jobs, problems, rows


def tell_of_dead(tx: Transaction, row: rows.JobRow, reason: str, *, now: datetime) -> None:
    """A problem on each posting that the work was for; of a sync, on the account. The rest is in ``hub
    jobs``."""
    data = {"kind": row.kind, "reason": reason}
    account = rows.accounts.get(tx, row.account) if row.kind == "sync" else None
    if account is not None:
        open_account_problem(tx, account, STOPPED, data | {"job": row.key}, now=now)
        return
    for posting in _postings(tx, row):
        open_problem(tx, posting, STOPPED, data, now=now)


def told_no_more(tx: Transaction, row: rows.JobRow, *, now: datetime) -> None:
    """It works again: what was told is over."""
    if row.kind == "sync":
        known = open_of(tx, row.account, STOPPED)
        if known is not None and known.data.get("kind") == row.kind:
            close_account_problem(tx, row.account, STOPPED, now=now)
        return
    for posting in _postings(tx, row):
        found = problems.open_of_posting(tx, posting.id, STOPPED)
        if found is not None and found.data.get("kind") == row.kind:
            close_problems(tx, posting, STOPPED, now=now)


def _postings(tx: Transaction, row: rows.JobRow) -> Iterator[rows.PostingRow]:
    for posting_id in jobs.postings_of(tx, row.kind, row.subject):
        posting = rows.postings.get(tx, posting_id)
        if posting is not None:
            yield posting


__all__ = ["STOPPED", "tell_of_dead", "told_no_more"]
