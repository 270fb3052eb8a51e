"""Problems with packing: the products' weights are not known, or a plugin's plan cannot be used."""

from __future__ import annotations

from hub.flow.problems.kinds import ANY_END, ProblemKind, declare

declare(
    ProblemKind(
        code="no_weight",
        answers=("correct_product", "retry", "cancel_posting"),
        over_at=ANY_END,
        blocks=("assemble", "book"),
        ends_with=("booked",),
    ),
    ProblemKind(
        code="bad_plan",
        answers=("retry", "correct_product", "cancel_posting"),
        over_at=ANY_END,
        blocks=("assemble", "book"),
        ends_with=("booked", "assembled"),
    ),
)
