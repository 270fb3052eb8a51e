"""Work that was given up, or that fails again and again: on its posting, on its account, or by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hub.flow.problems import many
from hub.flow.problems.answers import Answer, Given, goes_on, offer
from hub.flow.problems.kinds import ProblemKind, declare
from hub.plugin_api.ids import new_id
from hub.store import Transaction, problems, queue, rows

STOPPED = "work_stopped"

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


def close_job_problem(tx: Transaction, job: rows.JobRow, *, now: datetime, answer: str = "settled") -> None:
    """It works again."""
    known = _open_of(tx, job)
    if known is not None:
        many.close(tx, known, now=now, answer=answer)


def _open_of(tx: Transaction, job: rows.JobRow) -> rows.ProblemRow | None:
    return problems.open_about(tx, STOPPED, "job", job.key, account=job.account)


def _of_posting(tx: Transaction, row: rows.PostingRow, given: Given) -> rows.PostingRow:
    """The dead work of a posting and its shipments is taken up again."""
    queue.revive_of_posting(tx, row.id, now=given.now)
    return goes_on(tx, row, given)


def _of_no_posting(tx: Transaction, waited: Sequence[rows.OperationRow], given: Given) -> None:
    if given.problem.subject_type == "job":
        queue.revive(tx, given.problem.subject_id, now=given.now)
    else:
        queue.revive_of_account(tx, given.problem.account, now=given.now)


offer(Answer(code="retry", of=(STOPPED,), apply=_of_posting, settle=_of_no_posting))

__all__ = ["STOPPED", "close_job_problem", "open_job_problem"]
