"""Problems with parcels on their way, with what is not heard of, and with what they cost in the end."""

from __future__ import annotations

from hub.flow.history.recording import move, record
from hub.flow.history.shipments import latest_shipment
from hub.flow.problems import many
from hub.flow.problems.answers import Answer, Given, offer
from hub.flow.problems.kinds import ANY_END, ProblemKind, declare
from hub.flow.tracking import quiet
from hub.plugin_api.models import Stage
from hub.store import Transaction, rows

_HANDED_OVER, _STILL_HERE = "was_handed_over", "still_here"
_QUIET = (_STILL_HERE, _HANDED_OVER, "dismiss")
_UNSENT_NO_MORE = tuple(stage for stage in ANY_END if stage is not Stage.DELIVERED)
"""A parcel that arrived, and that nobody here sent, had the label of another one, or none of ours."""

declare(
    ProblemKind(code="lost", answers=("dismiss", "cancel_posting"), over_at=()),
    ProblemKind(code="returning", answers=("dismiss",), over_at=(Stage.DELIVERED,)),
    ProblemKind(code="charge_differs", answers=("dismiss",), over_at=(), about=("shipment",)),
    ProblemKind(code=quiet.SENT, answers=_QUIET, over_at=_UNSENT_NO_MORE, about=("account",), money=True),
    # What the marketplace carries is not taken back here: it is in a hand-over of the marketplace's.
    ProblemKind(
        code=quiet.UNSCANNED,
        answers=_QUIET,
        over_at=ANY_END,
        not_with={_STILL_HERE: "carried"},
        about=("account",),
        money=True,
    ),
    ProblemKind(code=quiet.NO_COURIER, answers=_QUIET, over_at=ANY_END, about=("account",), money=True),
)


def _was_handed_over(tx: Transaction, row: rows.PostingRow, given: Given) -> rows.PostingRow:
    """A person gave it away: it is on no list any more. Its carrier is asked now, and waited for."""
    if given.problem.kind == quiet.SENT:
        data = {"handover": "", "carrier": row.carrier}
        row = record(tx, row, "handover.declared", data, actor=given.actor, now=given.now)
    shipment = latest_shipment(tx, row.id)
    if shipment is not None and shipment.state == "booked":
        quiet.track_now(tx, row.seller, shipment.account, shipment.id, given.now)
    return row


def _still_here(tx: Transaction, row: rows.PostingRow, given: Given) -> rows.PostingRow:
    """It lies here, whatever the marketplace says: it is labelled, and for the next hand-over."""
    row = record(tx, row, "handover.undone", {"kind": given.problem.kind}, actor=given.actor, now=given.now)
    return move(tx, row, Stage.LABELLED, actor=given.actor, now=given.now, correction=True)


offer(
    Answer(code=_HANDED_OVER, each=_was_handed_over),
    Answer(code=_STILL_HERE, parameters=(many.WHICH,), each=_still_here, by_name=True),
)
