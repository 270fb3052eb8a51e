"""Work that was given up, or that fails again and again: on its posting, or on its account."""

from __future__ import annotations

from collections.abc import Sequence

from hub.flow.problems.answers import Answer, Given, goes_on, offer
from hub.flow.problems.kinds import ProblemKind, declare
from hub.store import Transaction, rows
from hub.store.mapping import micros

STOPPED = "work_stopped"

declare(ProblemKind(code=STOPPED, answers=("retry", "dismiss"), money=True))


def _of_posting(tx: Transaction, row: rows.PostingRow, given: Given) -> rows.PostingRow:
    """The dead work of a posting and its shipments is taken up again."""
    tx.execute(
        "UPDATE jobs SET state = 'ready', attempts = 0, run_at = ? WHERE state = 'dead' AND "
        "subject IN (SELECT ? UNION SELECT id FROM shipments WHERE posting_id = ? "
        "UNION SELECT account FROM shipments WHERE posting_id = ? "
        "UNION SELECT account FROM postings WHERE id = ?)",
        (micros(given.now), row.id, row.id, row.id, row.id),
    )
    return goes_on(tx, row, given)


def _of_account(tx: Transaction, waited: Sequence[rows.OperationRow], given: Given) -> None:
    account = given.problem.account
    tx.execute(
        "UPDATE jobs SET state = 'ready', attempts = 0, stuck = 0, run_at = ? "
        "WHERE account = ? AND subject = ? AND "
        "(state = 'dead' OR (state IN ('ready', 'waiting') AND stuck = 1))",
        (micros(given.now), account, account),
    )


offer(Answer(code="retry", of=(STOPPED,), apply=_of_posting, settle=_of_account))

__all__ = ["STOPPED"]
