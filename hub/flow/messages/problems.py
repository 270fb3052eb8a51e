"""That an address of messages cannot be sent to."""

from __future__ import annotations

from collections.abc import Sequence

from hub.flow.problems.answers import Answer, Given, offer
from hub.flow.problems.kinds import ProblemKind, declare
from hub.store import Transaction, messages, rows

FAILED = "messages_failed"
TRIES = 3
"""So often in a row an address may fail before the next one is taken, and a person is asked."""

declare(ProblemKind(code=FAILED, answers=("retry", "dismiss"), over_at=(), about=("account",)))


def _retry(tx: Transaction, waited: Sequence[rows.OperationRow], given: Given) -> None:
    """The address is as good as any: the next message is tried there first."""
    messages.works(tx, given.problem.account)


offer(Answer(code="retry", of=(FAILED,), settle=_retry))
