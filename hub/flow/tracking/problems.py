"""Problems with parcels on their way, and with what they cost in the end."""

from __future__ import annotations

from hub.flow.problems.kinds import ProblemKind, declare

declare(
    ProblemKind(code="lost", answers=("dismiss", "cancel_posting")),
    ProblemKind(code="returning", answers=("dismiss",)),
    ProblemKind(code="charge_differs", answers=("dismiss",), about=("shipment",)),
)
