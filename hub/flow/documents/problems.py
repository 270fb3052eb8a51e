"""Problems with labels."""

from __future__ import annotations

from typing import Any

from hub.flow.problems.answers import Answer, Given, goes_on, offer
from hub.flow.problems.kinds import ANY_END, ProblemKind, declare
from hub.store import Transaction, documents, rows

LEFT = "label_pages_left"
"""Pages of its label's file are nobody's for sure, and are printed for nobody."""
MIXED = "label_of_two_sellers"
"""One file shows parcels of several sellers: for who runs the hub."""

_FIXED = "carrier_fixed"
"""In the data: the marketplace chooses the carrier, so that there is no other one."""

declare(
    ProblemKind(
        code="label_mismatch",
        answers=("retry", "other_carrier", "cancel_posting"),
        over_at=ANY_END,
        not_with={"other_carrier": _FIXED},
        blocks=("label",),
        ends_with=("labelled",),
    ),
    ProblemKind(
        code="label_failed",
        answers=("retry", "other_carrier", "dismiss"),
        over_at=ANY_END,
        not_with={"other_carrier": _FIXED},
        blocks=("label",),
        ends_with=("labelled",),
    ),
    ProblemKind(code="printed_label_void", answers=("taken_off",), over_at=(), money=True),
    ProblemKind(code=LEFT, answers=("dismiss", "retry"), over_at=ANY_END),
    ProblemKind(code=MIXED, answers=("dismiss",), over_at=()),
)


def _asked_for_anew(tx: Transaction, row: rows.PostingRow, given: Given) -> rows.PostingRow:
    """What is here is given out no more: the carrier may leave out, or bring, what was meant."""
    documents.supersede_labels(tx, row.id, now=given.now)
    return goes_on(tx, row, given)


offer(Answer(code="taken_off"), Answer(code="retry", of=(LEFT,), apply=_asked_for_anew))


def facts(posting: rows.PostingRow, **told: Any) -> dict[str, Any]:
    """What a problem with a label says, and whether another carrier may be chosen."""
    return told if posting.books == "seller" else told | {_FIXED: True}
