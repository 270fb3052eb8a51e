"""Problems with labels."""

from __future__ import annotations

from typing import Any

from hub.flow.problems.answers import Answer, offer
from hub.flow.problems.kinds import ProblemKind, declare
from hub.store import rows

_FIXED = "carrier_fixed"
"""In the data: the marketplace chooses the carrier, so that there is no other one."""

declare(
    ProblemKind(
        code="label_mismatch",
        answers=("retry", "other_carrier", "cancel_posting"),
        not_with={"other_carrier": _FIXED},
        blocks=("label",),
        ends_with=("labelled",),
    ),
    ProblemKind(
        code="label_failed",
        answers=("retry", "other_carrier", "dismiss"),
        not_with={"other_carrier": _FIXED},
        blocks=("label",),
        ends_with=("labelled",),
    ),
    ProblemKind(code="printed_label_void", answers=("taken_off",), money=True),
)
offer(Answer(code="taken_off"))


def facts(posting: rows.PostingRow, **told: Any) -> dict[str, Any]:
    """What a problem with a label says, and whether another carrier may be chosen."""
    return told if posting.books == "seller" else told | {_FIXED: True}
