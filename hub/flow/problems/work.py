"""Work that was given up, or fails again and again: of postings by its cause, of an account, or neither."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime

from hub.flow.history.recording import posting_row
from hub.flow.problems import many
from hub.flow.problems.answers import Answer, Given, goes_on, offer
from hub.flow.problems.kinds import ProblemKind, Subject, declare
from hub.flow.problems.opening import close_problems, open_problem
from hub.plugin_api.ids import new_id
from hub.store import Transaction, problems, queue, rows
from hub.words import in_english

STOPPED = "work_stopped"
_BY_CAUSE = "by_cause"
"""In the data: the postings on the list have work of their own each, which stopped for one cause."""
_DIGITS = re.compile(r"\d+")

declare(
    ProblemKind(
        code=STOPPED,
        answers=("retry", "dismiss"),
        over_at=(),
        about=("posting", "account", "job"),
        money=True,
    )
)


def open_job_problem(
    tx: Transaction,
    job: rows.JobRow,
    reason: str,
    *,
    now: datetime,
    postings: Sequence[rows.PostingRow] = (),
) -> None:
    """Say that work of no one posting stands still; once while it is open. ``postings``: those that wait for
    it, for it is an account's."""
    account = rows.accounts.get(tx, job.account) if postings else None
    if account is not None:
        data = {"kind": job.kind, "reason": reason, "job": job.key}
        many.tell(tx, account, STOPPED, postings, data, now=now, about=("job", job.key))
        return
    if _open_of(tx, job) is not None:
        return
    rows.problems.insert(
        tx,
        rows.ProblemRow(
            id=new_id("prb"),
            seller=job.seller,
            posting_id="",
            account=job.account,
            operation_id="",
            kind=STOPPED,
            data={"kind": job.kind, "reason": reason, "job": job.key},
            deadline=None,
            state="open",
            answer="",
            created_at=now,
            closed_at=None,
            subject_type="job",
            subject_id=job.key,
        ),
    )


def open_posting_problem(
    tx: Transaction, job: rows.JobRow, posting: rows.PostingRow, reason: str, *, now: datetime
) -> None:
    """Say that work on a posting stands still: one question for all postings of the account whose work of
    this kind stopped for this cause."""
    account = rows.accounts.get(tx, job.account)
    data = {"kind": job.kind, "reason": reason}
    if account is None:
        open_problem(tx, posting, STOPPED, data, now=now)
        return
    subject = f"{job.kind}:{account.id}:{_cause(reason)}"
    many.join(tx, account, STOPPED, posting, data | {_BY_CAUSE: True}, now=now, about=("job", subject))


def close_posting_problem(
    tx: Transaction, job: rows.JobRow, posting: rows.PostingRow, *, now: datetime, answer: str = "settled"
) -> bool:
    """Work on the posting goes on, whatever becomes of others on the list. Returns whether anybody was told
    that it had stopped."""
    told = False
    for known in problems.open_linked(tx, posting.id, kinds=(STOPPED,)):
        if known.data.get(_BY_CAUSE) and known.data.get("kind") == job.kind:
            many.leave(tx, known, posting.id, now=now, answer=answer)
            told = True
    own = problems.open_of_posting(tx, posting.id, STOPPED)
    if own is not None and own.data.get("kind") == job.kind:  # as it was told until 0.1
        close_problems(tx, posting_row(tx, posting.id), STOPPED, now=now, answer=answer, about=_own(posting))
        told = True
    return told


def _own(posting: rows.PostingRow) -> Subject:
    return "posting", posting.id


def _cause(reason: str) -> str:
    """The same for the same failure of several postings: their numbers and the vendor's status differ."""
    return hashlib.sha256(_DIGITS.sub("#", str(in_english(reason))).encode()).hexdigest()[:16]


def close_job_problem(tx: Transaction, job: rows.JobRow, *, now: datetime, answer: str = "settled") -> None:
    """It works again."""
    known = _open_of(tx, job)
    if known is not None:
        many.close(tx, known, now=now, answer=answer)


def _open_of(tx: Transaction, job: rows.JobRow) -> rows.ProblemRow | None:
    return problems.open_about(tx, STOPPED, "job", job.key, account=job.account)


def _of_each(tx: Transaction, row: rows.PostingRow, given: Given) -> rows.PostingRow:
    return _of_posting(tx, row, given) if given.problem.data.get(_BY_CAUSE) else row


def _of_posting(tx: Transaction, row: rows.PostingRow, given: Given) -> rows.PostingRow:
    """The dead work of a posting and its shipments is taken up again."""
    queue.revive_of_posting(tx, row.id, now=given.now)
    return goes_on(tx, row, given)


def _of_no_posting(tx: Transaction, waited: Sequence[rows.OperationRow], given: Given) -> None:
    if given.problem.subject_type == "job":
        queue.revive(tx, given.problem.subject_id, now=given.now)
    else:
        queue.revive_of_account(tx, given.problem.account, now=given.now)


offer(Answer(code="retry", of=(STOPPED,), apply=_of_posting, settle=_of_no_posting, each=_of_each))

__all__ = [
    "STOPPED",
    "close_job_problem",
    "close_posting_problem",
    "open_job_problem",
    "open_posting_problem",
]
