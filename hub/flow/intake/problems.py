"""Problems with what the marketplace sends, and with the time that is left."""

from __future__ import annotations

from hub.flow.problems.kinds import ANY_END, ProblemKind, declare

declare(
    ProblemKind(
        code="decode_failed",
        answers=("retry", "dismiss"),
        over_at=(),
        about=("posting", "number"),
        ends_with=("read",),
    ),
    ProblemKind(code="unknown_status", answers=("dismiss",), over_at=()),
    ProblemKind(code="late_risk", answers=("dismiss", "cancel_posting"), over_at=ANY_END),
)
