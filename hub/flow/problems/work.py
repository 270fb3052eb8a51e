"""Work that was given up, or that fails again and again: on its posting, or on its account."""

from __future__ import annotations

from collections.abc import Sequence

from hub.flow.problems.answers import Answer, Given, goes_on, offer
from hub.flow.problems.kinds import ProblemKind, declare
from hub.store import Transaction, queue, rows

STOPPED = "work_stopped"

declare(ProblemKind(code=STOPPED, answers=("retry", "dismiss"), about=("posting", "account"), money=True))


def _of_posting(tx: Transaction, row: rows.PostingRow, given: Given) -> rows.PostingRow:
    """The dead work of a posting and its shipments is taken up again."""
    queue.revive_of_posting(tx, row.id, now=given.now)
    return goes_on(tx, row, given)


def _of_account(tx: Transaction, waited: Sequence[rows.OperationRow], given: Given) -> None:
    queue.revive_of_account(tx, given.problem.account, now=given.now)


offer(Answer(code="retry", of=(STOPPED,), apply=_of_posting, settle=_of_account))

__all__ = ["STOPPED"]
