"""Problems with labels."""

from __future__ import annotations

from hub.flow.problems.kinds import ProblemKind, declare

declare(
    ProblemKind(
        code="label_mismatch",
        answers=("retry", "other_carrier", "cancel_posting"),
        blocks=("label",),
        ends_with=("labelled",),
    ),
    ProblemKind(
        code="label_failed",
        answers=("retry", "other_carrier", "dismiss"),
        blocks=("label",),
        ends_with=("labelled",),
    ),
)
