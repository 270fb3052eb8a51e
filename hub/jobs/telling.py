"""Telling a person of work that was given up, or that fails again and again: on its posting, on its account,
or by itself. And of what an older version left untold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from hub.flow.booking.asking import RESOLVED, UNKNOWN
from hub.flow.history.recording import posting_row
from hub.flow.problems.account_problems import close_account_problem, open_account_problem, open_of
from hub.flow.problems.opening import open_problem
from hub.flow.problems.work import (
    STOPPED,
    close_job_problem,
    close_posting_problem,
    open_job_problem,
    open_posting_problem,
)
from hub.store import Transaction, jobs, operations, problems, rows

_OF_ACCOUNT = ("sync", "cancel_requests")
_OF_MANY = "labels"


def tell_of_dead(tx: Transaction, row: rows.JobRow, reason: str, *, now: datetime) -> None:
    """A problem for the posting that the work was for, which others of the account whose work stopped for the
    same cause join; of a sync, on the account; of what is for neither, on the work itself. What many postings
    of an account wait for, their labels, is told once, with all."""
    data = {"kind": row.kind, "reason": reason}
    account = rows.accounts.get(tx, row.account) if row.kind in _OF_ACCOUNT else None
    asked = None if account is None else open_of(tx, account.id, STOPPED)
    if asked is not None and asked.data.get("kind") != row.kind:
        open_job_problem(tx, row, reason, now=now)  # one that stands still hides no other
        return
    if account is not None:
        open_account_problem(tx, account, STOPPED, data | {"job": row.key}, now=now)
        return
    if row.kind == _OF_MANY:
        open_job_problem(tx, row, reason, now=now, postings=list(_postings(tx, row)))
        return
    told = False
    for posting in _postings(tx, row):
        open_posting_problem(tx, row, posting, reason, now=now)
        told = True
    if not told:
        open_job_problem(tx, row, reason, now=now)


def tell_untold(tx: Transaction, *, now: datetime) -> None:
    """What waits for a person, and of which no problem was ever opened: in a database of before version 9 one
    problem of a kind hid the next one of its posting, and dead work of no posting had none."""
    for job in jobs.dead(tx):
        shipment = rows.shipments.get(tx, job.subject)
        posting_id = job.subject if shipment is None else shipment.posting_id
        if not problems.told_of_work(tx, job, posting_id=posting_id):
            tell_of_dead(tx, job, job.reason, now=now)
    for operation in operations.for_a_person(tx):
        if operation.kind in RESOLVED and not problems.told_of_operation(tx, operation.id):
            facts = {"kind": operation.kind, "reference": operation.reference}
            open_problem(
                tx, posting_row(tx, operation.posting_id), UNKNOWN, facts, now=now, operation_id=operation.id,
                about=("operation", operation.id),
            )  # fmt: skip


def told_no_more(tx: Transaction, row: rows.JobRow, *, now: datetime) -> None:
    """It works again: what was told is over."""
    close_job_problem(tx, row, now=now)
    if row.kind in _OF_ACCOUNT:
        known = open_of(tx, row.account, STOPPED)
        if known is not None and known.data.get("kind") == row.kind:
            close_account_problem(tx, row.account, STOPPED, now=now)
        return
    for posting in _postings(tx, row):
        close_posting_problem(tx, row, posting, now=now)


def _postings(tx: Transaction, row: rows.JobRow) -> Iterator[rows.PostingRow]:
    for posting_id in jobs.postings_of(tx, row.kind, row.subject):
        posting = rows.postings.get(tx, posting_id)
        if posting is not None:
            yield posting


__all__ = ["STOPPED", "tell_of_dead", "tell_untold", "told_no_more"]
