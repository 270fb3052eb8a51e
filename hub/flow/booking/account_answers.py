"""The kinds of questions about an account: each with its answers, and what an answer does, in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from hub.flow.booking import own_orders, second_look
from hub.flow.history.recording import advance_soon, open_problem, posting_row
from hub.flow.journal import forgetting
from hub.flow.journal import operations as journal
from hub.flow.problems import account_problems
from hub.plugin_api.errors import Rejected
from hub.plugin_api.models import Booking
from hub.store import Transaction, rows
from hub.store.mapping import micros

if TYPE_CHECKING:
    from hub.flow.app import App

Act = Callable[[Transaction, Sequence[rows.OperationRow], datetime], None]
"""What an answer does to the operations that waited for it, in the write that records the answer."""


class AccountAnswer(msgspec.Struct, frozen=True):
    """One answer to a question about an account."""

    act: Act
    may_pay_twice: bool = False


class AccountKind(msgspec.Struct, frozen=True):
    """A kind of question about an account; its words are in `hub.words`."""

    code: str
    answers: Mapping[str, AccountAnswer]
    waited_for: bool = True
    """Bookings wait for the answer; without it they are made, and what is told stands beside them."""


def planned_again(tx: Transaction, operation: rows.OperationRow, now: datetime) -> None:
    """A person says that the vendor has nothing of it: it is sent once more."""
    found = operation.result | {forgetting.ABSENT_SAYS_A_PERSON: micros(now)}
    _resolved(tx, operation, now, state="planned", result=found)


def taken_for_done(
    tx: Transaction, operation: rows.OperationRow, now: datetime, *, carrier_id: str, tracking_number: str
) -> None:
    """A person says that the vendor has it: it is looked up, and nothing more is sent. Raises Rejected where
    a number cannot be printed, or is that of another posting's booking."""
    said = Booking(state="confirmed", carrier_id=carrier_id or "-", tracking_number=tracking_number)
    if own_orders.flaw(said):
        raise Rejected(
            "parameters: a number that can be printed, 128 characters at most",
            code="parameters.parameters_number_can_printed",
        )
    if other := own_orders.holder_of(tx, operation, carrier_id, tracking_number):
        raise Rejected(
            "parameters: this is the order of posting {other}: look for the one under {reference}",
            code="parameters.parameters_order_posting_look",
            values={"other": other, "reference": operation.reference},
        )
    found = operation.result | {journal.EXISTS_SAYS_A_PERSON: True}
    if tracking_number:
        found["tracking_number"] = tracking_number
    number = carrier_id or operation.external_id
    _resolved(tx, operation, now, state="accepted", result=found, external_id=number)


def _resolved(tx: Transaction, operation: rows.OperationRow, now: datetime, **changes: object) -> None:
    changed = msgspec.structs.replace(operation, looks=0, look_after=None, updated_at=now, **changes)
    rows.operations.save(tx, changed)
    shipment = rows.shipments.get(tx, operation.subject_id)
    if shipment is not None and shipment.state == "unknown":
        rows.shipments.save(tx, msgspec.structs.replace(shipment, state="booking", updated_at=now))


def _plan_all(tx: Transaction, operations: Sequence[rows.OperationRow], now: datetime) -> None:
    for operation in operations:
        planned_again(tx, operation, now)


def _nothing(tx: Transaction, operations: Sequence[rows.OperationRow], now: datetime) -> None:
    """A person has seen it."""


def _ask_of_each(tx: Transaction, operations: Sequence[rows.OperationRow], now: datetime) -> None:
    for operation in operations:
        posting = posting_row(tx, operation.posting_id)
        data = {"kind": operation.kind, "carrier": posting.carrier, "reference": operation.reference}
        shipment = rows.shipments.get(tx, operation.subject_id)
        if shipment is not None:
            data["carrier"] = shipment.carrier
        open_problem(tx, posting, "operation_unknown", data, now=now, operation_id=operation.id)


KINDS: dict[str, AccountKind] = {
    kind.code: kind
    for kind in (
        AccountKind(
            "outage_unknown",
            {
                "none_exists": AccountAnswer(_plan_all, may_pay_twice=True),
                "look_at_each": AccountAnswer(_ask_of_each),
            },
        ),
        AccountKind(
            forgetting.BOOKED_ELSEWHERE,
            {
                forgetting.NOTHING_ELSEWHERE: AccountAnswer(_plan_all, may_pay_twice=True),
                forgetting.SOMETHING_ELSEWHERE: AccountAnswer(_ask_of_each),
            },
        ),
        AccountKind(second_look.MISSED, {"dismiss": AccountAnswer(_nothing)}, waited_for=False),
    )
}

WAITED_FOR = tuple(kind.code for kind in KINDS.values() if kind.waited_for)
"""The kinds that are over for a booking when it is known what became of it."""


def answered(app: App, tx: Transaction, problem: rows.ProblemRow, answer: str, actor: str) -> None:
    """What follows from the answer to a question about an account; nothing where its kind is not declared
    here, such as a message of the marketplace that could not be read."""
    now = app.clock.now()
    if problem.kind == "work_stopped" and answer == "retry":
        tx.execute(
            "UPDATE jobs SET state = 'ready', attempts = 0, stuck = 0, run_at = ? "
            "WHERE account = ? AND subject = ? AND "
            "(state = 'dead' OR (state IN ('ready', 'waiting') AND stuck = 1))",
            (micros(now), problem.account, problem.account),
        )
    kind = KINDS.get(problem.kind)
    if kind is None:
        return
    waited = account_problems.part(tx, problem, now=now, answered=answer, actor=actor)
    # What a look found meanwhile, or another person's word, stands.
    kind.answers[answer].act(tx, [one for one in waited if one.state == "human"], now)
    for one in waited:
        if one.state == "unknown" and not one.doubts:  # looked for again at once
            rows.operations.save(tx, msgspec.structs.replace(one, look_after=None, updated_at=now), was=one)
    for posting_id in dict.fromkeys(one.posting_id for one in waited if one.posting_id):
        advance_soon(tx, posting_row(tx, posting_id), now=now)


__all__ = [
    "KINDS",
    "WAITED_FOR",
    "AccountAnswer",
    "AccountKind",
    "answered",
    "planned_again",
    "taken_for_done",
]
