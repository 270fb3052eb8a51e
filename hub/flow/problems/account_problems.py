"""One question to a person about an account: what many postings wait for is asked once.

Such a problem has no posting of its own. The operations that wait for it are linked to it (the table
``problem_postings``), and their postings count it among their problems. Which answers a kind takes, and what
each does, is declared in `hub.flow.booking.problems`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from hub.flow.history.recording import posting_row, record
from hub.plugin_api.ids import new_id
from hub.plugin_api.models import Money
from hub.store import Transaction, operations, problems, rows

_NAMED = 10  # postings that a question names; it counts them all


def open_account_problem(
    tx: Transaction,
    account: rows.AccountRow,
    kind: str,
    data: dict[str, Any] | None = None,
    *,
    now: datetime,
    about: Sequence[rows.OperationRow] = (),
    asked_anew: bool = True,
) -> rows.ProblemRow:
    """Ask a person about ``account``; once per account and kind while it is open. Returns the open question.

    ``about``: the operations that wait for the answer; they join the question that is open already.
    ``asked_anew``: a question that grows gets a new id, so that an answer to what somebody read before is
    refused: it was given about fewer. Leave it out only where the answer holds for whatever comes later.
    """
    known = open_of(tx, account.id, kind)
    new = [one for one in about if known is None or not problems.is_linked(tx, known.id, one.id)]
    if known is not None and not new:
        return known
    postings = {one.posting_id: posting_row(tx, one.posting_id) for one in new if one.posting_id}
    was = {} if known is None else known.data
    since = min((one.sent_at or one.created_at for one in new), default=now)
    here = {"account": account.name, "carrier": account.plugin, "since": f"{since:%Y-%m-%d %H:%M} UTC"}
    facts = here | was | (data or {})
    facts["count"] = was.get("count", 0) + len(new)
    numbers = dict.fromkeys([*was.get("numbers", ()), *(row.number for row in postings.values())])
    facts["numbers"] = list(numbers)[:_NAMED]
    deadlines = [row.ship_by for row in postings.values()] + [None if known is None else known.deadline]
    opened = rows.ProblemRow(
        id=new_id("prb"),
        seller=account.seller,
        posting_id="",
        account=account.id,
        operation_id="",
        kind=kind,
        data=facts,
        deadline=min((one for one in deadlines if one is not None), default=None),
        state="open",
        answer="",
        created_at=now if known is None else known.created_at,
        closed_at=None,
        subject_type="account",
        subject_id=account.id,
    )
    if known is None:
        rows.problems.insert(tx, opened)
    elif asked_anew:
        problems.end(tx, known.id, state="closed", answer="grown", now=now)
        rows.problems.insert(tx, opened)
        problems.link_anew(tx, known.id, opened.id)
    else:
        opened = msgspec.structs.replace(opened, id=known.id)
        rows.problems.save(tx, opened, was=known)
    for row in postings.values():
        if not problems.is_posting_linked(tx, opened.id, row.id):
            record(tx, row, "problem.found", {"kind": kind}, actor="hub", now=now, problems=row.problems + 1)
    problems.link(tx, opened.id, new)
    return opened


def close_account_problem(
    tx: Transaction, account_id: str, kind: str, *, now: datetime, answer: str = "settled"
) -> list[rows.OperationRow]:
    """It is over, without a person. Returns the operations that waited for it."""
    known = open_of(tx, account_id, kind)
    if known is None:
        return []
    problems.end(tx, known.id, state="closed", answer=answer, now=now)
    return part(tx, known, now=now)


def part(
    tx: Transaction,
    problem: rows.ProblemRow,
    *,
    now: datetime,
    answered: str = "",
    note: str = "",
    actor: str = "hub",
) -> list[rows.OperationRow]:
    """Let the operations of a question that has ended go, and take it off their postings' problems; with
    ``answered``, the answer is written into their histories. Returns the operations."""
    found = operations_of(tx, problem)
    problems.unlink(tx, problem.id)
    for posting_id in dict.fromkeys(one.posting_id for one in found if one.posting_id):
        row = posting_row(tx, posting_id)
        fewer = max(0, row.problems - 1)
        if answered:
            data = {"kind": problem.kind, "answer": answered} | ({"note": note} if note else {})
            record(tx, row, "problem.answered", data, actor=actor, now=now, problems=fewer)
        else:
            rows.postings.save(tx, msgspec.structs.replace(row, problems=fewer), was=row)
    return found


def open_of(connection: Transaction, account_id: str, kind: str) -> rows.ProblemRow | None:
    """The open question of this kind about an account."""
    return problems.open_of_account(connection, account_id, kind)


def operations_of(connection: Transaction, problem: rows.ProblemRow) -> list[rows.OperationRow]:
    """The operations that wait for the answer to an open question, the oldest first."""
    return operations.asked_about(connection, problem.id)


def of_posting(connection: Transaction, posting_id: str) -> list[rows.ProblemRow]:
    """The open questions about accounts that a posting waits for, as problems of its own."""
    found = problems.open_linked(connection, posting_id)
    return [msgspec.structs.replace(one, posting_id=posting_id) for one in found]


def price_of_all(operations: Iterable[rows.OperationRow]) -> Money | None:
    """What these bookings cost together, where all are in one currency."""
    prices = [(one.quoted_minor, one.currency) for one in operations if one.quoted_minor is not None]
    currencies = {currency for _, currency in prices}
    if len(currencies) != 1:
        return None
    return Money.from_minor(sum(minor for minor, _ in prices), currencies.pop())


__all__ = [
    "close_account_problem",
    "of_posting",
    "open_account_problem",
    "open_of",
    "operations_of",
    "part",
    "price_of_all",
]
