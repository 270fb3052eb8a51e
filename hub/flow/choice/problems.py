"""Problems with choosing a carrier: the sender is missing, or none has an offer."""

from __future__ import annotations

from hub.flow.problems.kinds import ProblemKind, declare

declare(
    ProblemKind(code="no_sender", answers=("retry", "cancel_posting"), blocks=("assemble", "book")),
    ProblemKind(
        code="no_quotes",
        answers=("retry", "other_carrier", "correct_product", "correct_address", "cancel_posting"),
        blocks=("assemble", "book"),
        ends_with=("booked", "carrier_chosen"),
    ),
)
