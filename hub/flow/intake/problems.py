"""Problems with what the marketplace sends, and with the time that is left."""

from __future__ import annotations

import msgspec

from hub.flow.history.recording import move
from hub.flow.history.shipments import latest_shipment
from hub.flow.problems.answers import Answer, Given, offer
from hub.flow.problems.kinds import ANY_END, ProblemKind, declare
from hub.plugin_api.errors import Conflict
from hub.plugin_api.models import Stage
from hub.store import Transaction, rows

TAKEN_BACK = "cancel_taken_back"
"""The marketplace had cancelled it, and shows it as alive again: nobody works on it."""
_GO_ON = "ship_after_all"
_OTHER_ENDS = tuple(stage for stage in ANY_END if stage is not Stage.CANCELLED)

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
    ProblemKind(code=TAKEN_BACK, answers=(_GO_ON, "dismiss"), over_at=_OTHER_ENDS, ends_with=("cancelled",)),
)


def _shipped_after_all(tx: Transaction, row: rows.PostingRow, given: Given) -> rows.PostingRow:
    """It is worked on again, as the marketplace shows it; a booking that was cancelled is made anew. Raises
    Conflict where the marketplace has ended it since."""
    there = row.document.stage
    if there is None or there.final or Stage(row.stage) is not Stage.CANCELLED:
        raise Conflict(
            "the posting is {stage}: it cannot be shipped again", code="over", values={"stage": row.stage}
        )
    last = latest_shipment(tx, row.id)
    if last is not None and last.state in ("cancelling", "checking"):
        raise Conflict("the carrier is being asked for this booking: answer in a moment", code="checking")
    if last is not None and last.state == "booked":
        there = max(there, Stage.BOOKED, key=lambda stage: stage.rank)
    elif last is None or not last.live:
        blank = msgspec.structs.replace(row, carrier="", service="", reference="", tracking_number="")
        rows.postings.save(tx, blank, was=row)
        row = blank
    return move(tx, row, there, actor=given.actor, now=given.now, correction=True)


offer(Answer(code=_GO_ON, apply=_shipped_after_all))
