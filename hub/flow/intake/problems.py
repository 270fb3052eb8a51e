"""Problems with what the marketplace sends, and with the time that is left."""

from __future__ import annotations

from hub.flow.problems.kinds import ProblemKind, declare

declare(
    ProblemKind(
        code="decode_failed", answers=("retry", "dismiss"), about=("posting", "number"), ends_with=("read",)
    ),
    ProblemKind(code="unknown_status", answers=("dismiss",)),
    ProblemKind(code="late_risk", answers=("dismiss", "cancel_posting")),
)
