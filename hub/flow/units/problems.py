"""Problems with units: somebody has to scan or enter something, or the marketplace did not take it."""

from __future__ import annotations

from hub.flow.problems.kinds import ANY_END, ProblemKind, declare
from hub.flow.units import telling, wanted

declare(
    ProblemKind(code=wanted.WANTED, answers=("dismiss",), over_at=ANY_END, about=("account",), money=True),
    ProblemKind(
        code=telling.REFUSED,
        answers=("retry", "cancel_posting"),
        over_at=ANY_END,
        blocks=("assemble", "book"),
        ends_with=("assembled",),
        money=True,
    ),
)
