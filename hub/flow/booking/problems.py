"""Problems with bookings: refused, unknown, there twice, too dear; and what a person says of them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hub.flow.booking import cancelling, resolving, second_look, tracked_elsewhere
from hub.flow.booking.asking import OUTAGE, UNKNOWN
from hub.flow.choice.services import unknown_service
from hub.flow.history.recording import move, order_again, posting_row, record
from hub.flow.history.shipments import latest_shipment
from hub.flow.journal import forgetting
from hub.flow.problems.answers import Answer, Given, offer
from hub.flow.problems.kinds import ANY_END, ProblemKind, SubjectType, declare
from hub.flow.problems.opening import close_problems, open_problem
from hub.flow.recipients import identity
from hub.flow.sellers.accounts import must_be_on
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import Conflict, Rejected
from hub.plugin_api.models import Stage
from hub.store import Transaction, rows

ABOUT_ACCOUNTS = (OUTAGE, forgetting.BOOKED_ELSEWHERE)
"""Questions about an account, which many bookings wait for."""
_BOOKING: tuple[SubjectType, ...] = ("shipment",)

declare(
    ProblemKind(
        code="carrier_refused",
        answers=(
            "other_carrier",
            "retry",
            "correct_product",
            "correct_address",
            identity.GIVEN,
            "cancel_posting",
        ),
        over_at=ANY_END,
        blocks=("book",),
        ends_with=("booked", "carrier_chosen"),
        only_with={identity.GIVEN: "papers"},
    ),
    ProblemKind(
        code=UNKNOWN,
        answers=("it_exists", "it_does_not_exist"),
        over_at=(),
        about=("operation",),
        blocks=("book",),
        ends_with=("booked",),
        money=True,
    ),
    ProblemKind(
        code=tracked_elsewhere.KIND,
        answers=(tracked_elsewhere.SHIPPED_BY_HAND, tracked_elsewhere.BOOK_ANYWAY),
        over_at=(),
        about=("posting", "operation"),
        blocks=("book",),
        ends_with=("booked", "cancelled"),
        money=True,
    ),
    ProblemKind(
        code=OUTAGE,
        answers=("none_exists", "look_at_each"),
        over_at=(),
        about=("account",),
        ends_with=("booked",),
        money=True,
    ),
    ProblemKind(
        code=forgetting.BOOKED_ELSEWHERE,
        answers=(forgetting.NOTHING_ELSEWHERE, forgetting.SOMETHING_ELSEWHERE),
        over_at=(),
        about=("account",),
        ends_with=("booked",),
        money=True,
    ),
    ProblemKind(
        code="price_above_cap",
        answers=("accept_price", "other_carrier", "cancel_posting"),
        over_at=(),
        about=_BOOKING,
        ends_with=("cancelled",),
        money=True,
    ),
    ProblemKind(
        code="buyer_cancelled_after_booking",
        answers=("dismiss",),
        over_at=(),
        about=_BOOKING,
        ends_with=("cancelled",),
    ),
    ProblemKind(
        code=cancelling.AFTER_HANDOVER,
        answers=("ship_again", "dismiss"),
        over_at=(),
        not_with={"ship_again": cancelling.ENDED},
        about=_BOOKING,
        blocks=("label",),
        money=True,
    ),
    ProblemKind(code="booked_twice", answers=("dismiss",), over_at=(), about=_BOOKING, money=True),
    ProblemKind(
        code="booking_gone",
        answers=("retry", "dismiss"),
        over_at=(Stage.CANCELLED,),
        about=_BOOKING,
        ends_with=("ordered",),
        money=True,
    ),
    ProblemKind(code="booking_unverified", answers=("dismiss",), over_at=(), about=_BOOKING, money=True),
    ProblemKind(code=second_look.MISSED, answers=("dismiss",), over_at=(), about=("account",), money=True),
)


async def _is_on(given: Given) -> None:
    """Raises Rejected for a carrier that is not on, and for a service that it is known not to have."""
    carrier, service = (str(given.parameters.get(name) or "") for name in ("carrier", "service"))
    if carrier:
        must_be_on(given.app, given.app.seller(given.problem.seller), carrier)
    wrong = unknown_service(given.app.store.reader, given.problem.posting_id, carrier, service)
    if wrong is not None:
        raise Rejected("parameters: {said_of}", code="parameters.wrong", values={"said_of": wrong})


def _other_carrier(tx: Transaction, row: rows.PostingRow, given: Given) -> rows.PostingRow:
    if row.books != "seller":
        raise Rejected(
            "the carrier is fixed by the marketplace: {provider}",
            code="carrier_fixed",
            values={"provider": row.provider or row.flow},
        )
    booked = latest_shipment(tx, row.id)
    if booked is not None and booked.state == "checking":
        raise Conflict("the carrier is being asked for this booking: answer in a moment", code="checking")
    order = {name: str(given.parameters.get(name) or "") for name in ("carrier", "service")}
    row = record(tx, row, "ship.ordered", order, actor=given.actor, now=given.now, wanted=True)
    if booked is not None and booked.state == "booked":
        cancelling.intend_cancel(given.app, tx, row, booked, actor=given.actor)  # one live booking a posting
    return row


def _ship_again(tx: Transaction, row: rows.PostingRow, given: Given) -> rows.PostingRow:
    """The parcel is back, or another one is packed: it is booked anew, as a posting that never left. Raises
    Conflict where it has ended, or has its next booking."""
    last = latest_shipment(tx, row.id)
    if Stage(row.stage).final or (last is not None and last.live):
        raise Conflict(
            "the posting is {stage}: it cannot be shipped again", code="over", values={"stage": row.stage}
        )
    blank = msgspec.structs.replace(row, carrier="", service="", reference="", tracking_number="")
    rows.postings.save(tx, blank, was=row)
    row = move(tx, blank, Stage.ASSEMBLED, actor=given.actor, now=given.now, correction=True)
    order = {name: str(given.parameters.get(name) or "") for name in ("carrier", "service")}
    return record(tx, row, "ship.ordered", order, actor=given.actor, now=given.now, wanted=True)


def _book_again(tx: Transaction, row: rows.PostingRow, given: Given) -> rows.PostingRow:
    return order_again(tx, row, actor=given.actor, now=given.now)


async def _number_known(given: Given) -> None:
    """Raises Rejected where the carrier can be asked for an order by its own number only, and nobody gave
    it."""
    operation = rows.operations.get(given.app.store.reader, given.problem.operation_id)
    if operation is None or operation.kind != "book":
        return
    account = rows.accounts.get(given.app.store.reader, operation.account)
    carrier = None if account is None else given.app.registry.carriers.get(account.plugin)
    if carrier is None or carrier.find is not Carrier.find or carrier.create_safety == "key":
        return
    if not given.parameters.get("carrier_id") and not operation.external_id:
        raise Rejected(
            "this carrier cannot be asked by our reference: give its own number of the order (carrier_id), "
            "and the tracking number where that is another one",
            code="carrier_id",
        )


def _found_out(tx: Transaction, row: rows.PostingRow, given: Given) -> rows.PostingRow:
    """A person found out what became of an operation."""
    operation = rows.operations.get(tx, given.problem.operation_id)
    if operation is None or operation.state != "human":
        return row
    row = close_problems(tx, row, *ABOUT_ACCOUNTS, now=given.now, answer=given.answer)
    data = {"kind": operation.kind, "answer": given.answer} | ({"note": given.note} if given.note else {})
    row = record(
        tx, row, "operation.resolved", data, actor=given.actor, now=given.now, operation_id=operation.id
    )
    if given.answer == "it_does_not_exist":
        resolving.planned_again(tx, operation, given.now)
    else:
        resolving.taken_for_done(
            tx,
            operation,
            given.now,
            carrier_id=str(given.parameters.get("carrier_id") or ""),
            tracking_number=str(given.parameters.get("tracking_number") or ""),
        )
    return row


def _elsewhere(tx: Transaction, row: rows.PostingRow, given: Given) -> rows.PostingRow:
    tracked_elsewhere.answered(tx, row, given.problem, given.answer, given.now)
    return posting_row(tx, row.id)


def _plan_all(tx: Transaction, waited: Sequence[rows.OperationRow], given: Given) -> None:
    for operation in waited:
        resolving.planned_again(tx, operation, given.now)


def _ask_of_each(tx: Transaction, waited: Sequence[rows.OperationRow], given: Given) -> None:
    for operation in waited:
        posting = posting_row(tx, operation.posting_id)
        data = {"kind": operation.kind, "carrier": posting.carrier, "reference": operation.reference}
        shipment = rows.shipments.get(tx, operation.subject_id)
        if shipment is not None:
            data["carrier"] = shipment.carrier
        open_problem(
            tx,
            posting,
            UNKNOWN,
            data,
            now=given.now,
            operation_id=operation.id,
            about=("operation", operation.id),
        )


offer(
    Answer(
        code="other_carrier",
        parameters=("carrier", "service"),
        noted=("carrier", "service"),
        prepare=_is_on,
        apply=_other_carrier,
    ),
    Answer(
        code="ship_again",
        parameters=("carrier", "service"),
        noted=("carrier", "service"),
        prepare=_is_on,
        apply=_ship_again,
    ),
    Answer(code="accept_price"),
    Answer(code="retry", of=("booking_gone",), apply=_book_again),
    Answer(
        code="it_exists",
        parameters=("carrier_id", "tracking_number"),
        prepare=_number_known,
        apply=_found_out,
    ),
    Answer(code="it_does_not_exist", apply=_found_out),
    Answer(code=tracked_elsewhere.SHIPPED_BY_HAND, apply=_elsewhere),
    Answer(code=tracked_elsewhere.BOOK_ANYWAY, apply=_elsewhere),
    Answer(code="none_exists", settle=_plan_all, may_pay_twice=True),
    Answer(code="look_at_each", settle=_ask_of_each),
    Answer(code=forgetting.NOTHING_ELSEWHERE, settle=_plan_all, may_pay_twice=True),
    Answer(code=forgetting.SOMETHING_ELSEWHERE, settle=_ask_of_each),
)

__all__ = ["ABOUT_ACCOUNTS", "OUTAGE", "UNKNOWN"]
