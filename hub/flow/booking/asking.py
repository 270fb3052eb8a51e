"""What a person is asked about a booking whose end nobody knows: of one posting, or once for an account."""

from __future__ import annotations

from datetime import datetime

from hub.flow.booking import tracked_elsewhere
from hub.flow.history.recording import posting_row
from hub.flow.journal import forgetting
from hub.flow.journal import operations as journal
from hub.flow.problems import account_problems
from hub.flow.problems.opening import close_problems, open_problem
from hub.plugin_api.money import NO_MONEY
from hub.store import Transaction, counter, operations, rows

UNKNOWN = "operation_unknown"
RESOLVED = ("book", "assemble")
"""Kinds of operations that open it; the others' ends are problems with answers of their own."""
OUTAGE = "outage_unknown"
CANNOT_ASK = "cannot_ask"
"""The ``reason_code`` of a booking that waits because its carrier cannot be asked by reference."""


def ask(
    tx: Transaction,
    operation: rows.OperationRow,
    shipment: rows.ShipmentRow,
    posting: rows.PostingRow,
    now: datetime,
) -> None:
    """What became of it? One question for all of an account that cannot be asked: who looks into its cabinet,
    after an outage or for what was forgotten here, looks for all of them."""
    account = rows.accounts.get(tx, operation.account)
    if (
        operation.reason_code == CANNOT_ASK
        and account is not None
        and _of_account(tx, operation, account, now)
    ):
        return
    facts = {"kind": operation.kind, "carrier": shipment.carrier, "reference": operation.reference}
    if operation.reason_code == NO_MONEY:
        facts["reason"] = operation.reason
    kind = UNKNOWN
    if operation.reason_code == tracked_elsewhere.KIND:
        kind, facts = tracked_elsewhere.KIND, tracked_elsewhere.facts(posting)
    open_problem(
        tx, posting, kind, facts, now=now, operation_id=operation.id, about=("operation", operation.id)
    )


def in_doubt(
    tx: Transaction, operation: rows.OperationRow, now: datetime, *, rechecks: bool
) -> dict[str, str]:
    """What a person is told of an earlier send of what was refused: it got no clear answer, and its order may
    show yet."""
    first = operations.first_attempt(tx, operation.id)
    own = operation.doubts == 1 and operation.external_id  # the order that was refused is that send's own
    if not operation.doubts or first is None or own:
        return {}
    sent = f"{first.time:%Y-%m-%d %H:%M} UTC"
    if not rechecks:
        return {"unasked": sent, "reference": operation.reference}
    return {"doubted": sent, "until": f"{now + journal.WATCH[-1]:%Y-%m-%d %H:%M} UTC"}


def _of_account(
    tx: Transaction, operation: rows.OperationRow, account: rows.AccountRow, now: datetime
) -> bool:
    """Whether a question about the account asks for this one too."""
    doubted = counter.doubt(tx)
    if not operation.doubts and doubted is not None:
        if forgetting.elsewhere(tx, account.id, doubted):
            return False  # answered: there are some, so each is a question of its own
        account_problems.open_account_problem(
            tx,
            account,
            forgetting.BOOKED_ELSEWHERE,
            {"until": f"{doubted.time:%Y-%m-%d %H:%M} UTC"},
            now=now,
            about=(operation,),
            asked_anew=False,  # the answer is about all that was booked before a time
        )
        return True
    others = operations.waiting_for_a_person(tx, account=account.id, reason_code=CANNOT_ASK, but=operation.id)
    if not others:
        return False
    for other in others:
        close_problems(
            tx,
            posting_row(tx, other.posting_id),
            UNKNOWN,
            now=now,
            answer="joined",
            about=("operation", other.id),
        )
    about = [*others, operation]
    account_problems.open_account_problem(tx, account, OUTAGE, now=now, about=about)
    return True


__all__ = ["CANNOT_ASK", "OUTAGE", "RESOLVED", "UNKNOWN", "ask", "in_doubt"]
