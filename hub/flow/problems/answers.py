"""What an answer to a problem does: declared by the room that acts, under the code that kinds name.

An answer is prepared first, where vendors may be asked and what a person gave is read; what follows is
written in the transaction that records it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from hub.flow.history.recording import order_again
from hub.flow.problems.kinds import all_kinds
from hub.store import Transaction, rows

if TYPE_CHECKING:
    from hub.flow.app import App


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that was given."""

    app: App
    problem: rows.ProblemRow
    answer: str
    parameters: dict[str, Any]
    """What a person gave with it; it may be personal data."""
    actor: str
    now: datetime
    note: str = ""
    """For the history: where somebody looked, who said it."""
    prepared: Any = None
    """What ``prepare`` returned."""


IN_TOTAL = "total"
"""In the data of a problem: the posting was in this total, without a price, and was not ordered with it."""
Prepare = Callable[[Given], Awaitable[Any]]
Apply = Callable[[Transaction, rows.PostingRow, Given], rows.PostingRow]
Settle = Callable[[Transaction, Sequence[rows.OperationRow], Given], None]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One answer. Without anything to do it only closes the problem."""

    code: str
    of: tuple[str, ...] = ()
    """The kinds that it is the answer of, where another answer has the same code."""
    parameters: tuple[str, ...] = ()
    """What has to be given with it."""
    noted: tuple[str, ...] = ()
    """The parameters that the posting's history keeps; never personal data."""
    prepare: Prepare | None = None
    """Before anything is written; it may ask vendors, and raise."""
    apply: Apply | None = None
    """What follows for the posting: returns the row that is stored now."""
    settle: Settle | None = None
    """What follows for the operations that waited for the answer to a question about an account."""
    each: Apply | None = None
    """What follows for each posting of a question about many (`hub.flow.problems.many`)."""
    by_name: bool = False
    """Given to a question about many, it has to say for which postings: nobody means those that came onto the
    list meanwhile."""
    may_pay_twice: bool = False
    """Where the person is wrong, something is paid for twice."""


_ANSWERS: dict[tuple[str, str], Answer] = {}


def offer(*answers: Answer) -> None:
    """Make answers known. Raises TypeError for one that is there already."""
    for answer in answers:
        for kind in answer.of or ("",):
            if (kind, answer.code) in _ANSWERS:
                raise TypeError(f"the answer {answer.code!r} of {kind or 'all kinds'} is declared twice")
            _ANSWERS[kind, answer.code] = answer


def answer_of(kind: str, code: str) -> Answer:
    """The answer with this code, as a problem of this kind means it."""
    return _ANSWERS.get((kind, code)) or _ANSWERS["", code]


def undeclared() -> list[str]:
    """The answers that kinds name and that nobody has declared: there must be none."""
    named = [(kind.code, code) for kind in all_kinds() for code in kind.answers]
    return [f"{kind} {code}" for kind, code in named if not {(kind, code), ("", code)} & _ANSWERS.keys()]


def unused() -> list[str]:
    """The answers that no kind names: there must be none."""
    named = {(kind.code, code) for kind in all_kinds() for code in kind.answers}
    codes = {code for _, code in named}
    return [
        f"{kind} {code}".strip()
        for kind, code in _ANSWERS
        if (code not in codes if not kind else (kind, code) not in named)
    ]


def goes_on(tx: Transaction, row: rows.PostingRow, given: Given) -> rows.PostingRow:
    """Ordered afresh, where it is wanted: a carrier that refused may be asked again. So is what had no price
    when a person agreed to a total that it was in: now one names it by itself."""
    wanted = row.wanted or IN_TOTAL in given.problem.data
    return order_again(tx, row, actor=given.actor, now=given.now) if wanted else row


offer(Answer(code="dismiss"), Answer(code="retry", apply=goes_on))

__all__ = ["IN_TOTAL", "Answer", "Given", "answer_of", "goes_on", "offer", "undeclared", "unused"]
