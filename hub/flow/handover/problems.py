"""Problems with hand-overs: nobody could be told of one, it was not taken, or not with everything."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hub.flow.handover.declaring import begin
from hub.flow.handover.pile import pile
from hub.flow.history.recording import posting_row
from hub.flow.marketplace.handed_over import DIFFERS, REFUSED, UNTOLD
from hub.flow.problems.answers import Answer, Given, offer
from hub.flow.problems.kinds import ANY_END, ProblemKind, declare
from hub.store import Transaction, alarms, rows
from hub.store.queue import Work, enqueue

WITHOUT = "without_them"
"""The answer: what the marketplace does not take is taken off the pile, and the others go."""

declare(
    ProblemKind(
        code=UNTOLD,
        answers=("retry", "dismiss"),
        over_at=ANY_END,
        about=("handover",),
        ends_with=("left",),
        money=True,
    ),
    ProblemKind(
        code=REFUSED,
        answers=("retry", "dismiss"),
        over_at=ANY_END,
        about=("handover",),
        ends_with=("left",),
        money=True,
    ),
    ProblemKind(
        code=DIFFERS,
        answers=("retry", WITHOUT, "dismiss"),
        over_at=ANY_END,
        about=("handover",),
        ends_with=("left",),
        only_with={"retry": "waits", WITHOUT: "waits"},
        money=True,
    ),
)


def _tried_now(tx: Transaction, waited: Sequence[rows.OperationRow], given: Given) -> None:
    row = rows.handovers.get(tx, given.problem.subject_id)
    if row is not None:
        work = Work(kind="handover", subject=row.id, seller=row.seller, account=row.account, run_at=given.now)
        enqueue(tx, work, now=given.now)


def _made_again(tx: Transaction, waited: Sequence[rows.OperationRow], given: Given) -> None:
    """What of it lies here still is handed over again, in a hand-over of its own."""
    row = rows.handovers.get(tx, given.problem.subject_id)
    if row is not None:
        found = pile(given.app, tx, row.seller, among=alarms.listed(tx, given.problem.id))
        begin(given.app, tx, list(found.here.values()), given.actor)


def _without(tx: Transaction, waited: Sequence[rows.OperationRow], given: Given) -> None:
    """They stay for the next hand-over, or lie here until somebody knows what to do with them."""
    row = rows.handovers.get(tx, given.problem.subject_id)
    if row is None or row.state != "open":
        return
    missing = set(given.problem.data.get("missing", ()))
    kept = tuple(one for one in row.postings if posting_row(tx, one).number not in missing)
    if kept:
        rows.handovers.save(tx, msgspec.structs.replace(row, postings=kept, updated_at=given.now))
    _tried_now(tx, waited, given)


offer(
    Answer(code="retry", of=(UNTOLD,), settle=_tried_now),
    Answer(code="retry", of=(REFUSED,), settle=_made_again),
    Answer(code="retry", of=(DIFFERS,), settle=_tried_now),
    Answer(code=WITHOUT, of=(DIFFERS,), settle=_without),
)
