"""Problems with what the marketplace is told, and the two answers that go to it."""

from __future__ import annotations

import msgspec

from hub.flow.booking import cancelling
from hub.flow.history.recording import record
from hub.flow.history.shipments import latest_shipment
from hub.flow.journal import operations as journal
from hub.flow.marketplace import cancel_requests, reports
from hub.flow.marketplace.cancelling import cancel_posting
from hub.flow.marketplace.steps import NOT_TAKEN
from hub.flow.problems.answers import Answer, Given, goes_on, offer
from hub.flow.problems.kinds import ANY_END, ProblemKind, declare
from hub.plugin_api.errors import Rejected
from hub.plugin_api.models import CancelReason, Stage
from hub.store import Transaction, problems, rows

_COMMENT = 500
"""No limit is published: an assumption (Ozon Seller API, 2026-09-28)."""
_ASSEMBLY = ("retry", "cancel_posting", "dismiss")

declare(
    ProblemKind(
        code="assembly_refused",
        answers=_ASSEMBLY,
        over_at=ANY_END,
        blocks=("assemble",),
        ends_with=("assembled",),
    ),
    ProblemKind(
        code="assembly_failed",
        answers=_ASSEMBLY,
        over_at=ANY_END,
        blocks=("assemble",),
        ends_with=("assembled",),
    ),
    # What a posting's operation told; until 0.4 also the hand-over that it is in.
    ProblemKind(
        code="report_refused",
        answers=("retry", "dismiss"),
        over_at=(Stage.CANCELLED,),
        about=("operation", "posting"),
        blocks=("tell",),
        ends_with=("told",),
        money=True,
    ),
    ProblemKind(
        code=NOT_TAKEN,
        answers=("dismiss",),
        over_at=(Stage.CANCELLED,),
        ends_with=("told",),
        money=True,
    ),
    # Somebody asks for it, and silence agrees.
    ProblemKind(
        code=cancel_requests.ASKED,
        answers=("refuse_to_cancel", "agree_to_cancel"),
        over_at=ANY_END,
        blocks=("assemble", "book"),
        money=True,
    ),
    # A booking's cancel, or the posting's own.
    ProblemKind(
        code="cancel_refused",
        answers=("retry", "dismiss"),
        over_at=(),
        about=("shipment", "posting"),
        blocks=("undo",),
        ends_with=("cancelled",),
        money=True,
    ),
)


async def _cancel(given: Given) -> None:
    reason = str(given.parameters.get("reason") or "")
    await cancel_posting(given.app, given.problem.posting_id, reason, given.actor)


def _cancel_again(tx: Transaction, row: rows.PostingRow, given: Given) -> rows.PostingRow:
    row = goes_on(tx, row, given)
    refused = rows.operations.get(tx, given.problem.operation_id)
    if refused is not None and refused.kind == "cancel_posting":
        reason = msgspec.convert(refused.request["reason"], CancelReason)
        journal.plan(tx, reports.intend_cancel(given.app, tx, row, reason, refused.request["message"]))
        return row
    shipment = None if refused is None else rows.shipments.get(tx, refused.subject_id)
    if shipment is not None and (shipment.state == "booked" or cancelling.waits_for_a_person(tx, shipment)):
        cancelling.intend_cancel(given.app, tx, row, shipment, actor=given.actor)
    return row


def _keep_it(tx: Transaction, row: rows.PostingRow, given: Given) -> rows.PostingRow:
    """It is shipped after all: its label is wanted again, and the marketplace is told how it travels. Where
    the booking's cancel was refused, the booking stays."""
    if Stage(row.stage).final:
        return row
    booked = latest_shipment(tx, row.id)
    if booked is not None and cancelling.waits_for_a_person(tx, booked):
        asked = problems.open_about(tx, "cancel_refused", "shipment", booked.id, account=row.account)
        if asked is None:  # else that is answered by itself
            cancelling.keep(tx, row, booked, now=given.now)
    return record(tx, row, "ship.kept", {}, actor=given.actor, now=given.now, wanted=True)


async def _comment(given: Given) -> str:
    """What is told to whoever asked."""
    comment = str(given.parameters.get("comment") or "").strip()
    if not comment:
        raise Rejected(
            "parameters: say why, the buyer reads it: comment=...", code="parameters.say_why_to_the_buyer"
        )
    if len(comment) > _COMMENT:
        raise Rejected(
            "parameters: the comment is too long: {most} characters at most",
            code="parameters.comment_too_long",
            values={"most": _COMMENT},
        )
    return comment


def _agree(tx: Transaction, row: rows.PostingRow, given: Given) -> rows.PostingRow:
    request = str(given.problem.data["request"])
    cancel_requests.intend_answer(given.app, tx, row, request, agree=True, comment="")
    return row


def _refuse(tx: Transaction, row: rows.PostingRow, given: Given) -> rows.PostingRow:
    request = str(given.problem.data["request"])
    cancel_requests.intend_answer(given.app, tx, row, request, agree=False, comment=given.prepared)
    return row


offer(
    Answer(code="agree_to_cancel", apply=_agree),
    Answer(code="refuse_to_cancel", parameters=("comment",), prepare=_comment, apply=_refuse),
    Answer(code="cancel_posting", parameters=("reason",), prepare=_cancel),
    Answer(code="retry", of=("cancel_refused",), apply=_cancel_again),
    Answer(code="dismiss", of=("cancel_refused",), apply=_keep_it),
)
