"""Problems with choosing a carrier: no sender, no offer, or a price above what was agreed to."""

from __future__ import annotations

from hub.flow.history.recording import order_again
from hub.flow.problems.answers import Answer, Given, offer
from hub.flow.problems.kinds import ANY_END, ProblemKind, declare
from hub.store import Transaction, rows

declare(
    ProblemKind(
        code="no_sender", answers=("retry", "cancel_posting"), over_at=ANY_END, blocks=("assemble", "book")
    ),
    ProblemKind(
        code="no_quotes",
        answers=("retry", "other_carrier", "correct_product", "correct_address", "cancel_posting"),
        over_at=ANY_END,
        blocks=("assemble", "book"),
        ends_with=("booked", "carrier_chosen"),
    ),
    ProblemKind(
        code="dearer_than_agreed",
        answers=("accept_price", "other_carrier", "cancel_posting"),
        over_at=ANY_END,
        blocks=("assemble", "book"),
        ends_with=("booked", "carrier_chosen"),
        money=True,
    ),
)


def _at_that_price(tx: Transaction, row: rows.PostingRow, given: Given) -> rows.PostingRow:
    return order_again(tx, row, actor=given.actor, now=given.now)


offer(Answer(code="accept_price", of=("dearer_than_agreed",), apply=_at_that_price))
