"""Problems with a buyer's address or papers, and what a person says of them."""

from __future__ import annotations

from hub.flow.problems.answers import Answer, Given, goes_on, offer
from hub.flow.problems.kinds import ANY_END, ProblemKind, declare
from hub.flow.recipients import address_checks, identity
from hub.store import Transaction, rows

declare(
    ProblemKind(
        code="address_unclear",
        answers=(
            "use_suggestion",
            "use_as_written",
            "correct_address",
            "other_carrier",
            "retry",
            "cancel_posting",
        ),
        over_at=ANY_END,
        blocks=("book",),
        ends_with=("booked", "carrier_chosen"),
        only_with={"use_suggestion": "suggestion", "use_as_written": "as_written"},
    ),
    ProblemKind(
        code=identity.PROBLEM,
        answers=(identity.GIVEN, identity.WAIVED, "other_carrier", "cancel_posting"),
        over_at=ANY_END,
        blocks=("book",),
        ends_with=("carrier_chosen",),
    ),
    ProblemKind(code=identity.MISSED, answers=("dismiss", "cancel_posting"), over_at=ANY_END),
    ProblemKind(code=identity.AWAITED, answers=("dismiss", "cancel_posting"), over_at=ANY_END),
)


async def _read(given: Given) -> address_checks.Correction:
    return address_checks.correction(given.parameters)


def _corrected(tx: Transaction, row: rows.PostingRow, given: Given) -> rows.PostingRow:
    address_checks.answered(tx, given.problem, given.answer, given.prepared, given.now)
    return goes_on(tx, row, given)


def _used(tx: Transaction, row: rows.PostingRow, given: Given) -> rows.PostingRow:
    address_checks.answered(tx, given.problem, given.answer, None, given.now)
    return row


def _asked_again(tx: Transaction, row: rows.PostingRow, given: Given) -> rows.PostingRow:
    return goes_on(tx, _used(tx, row, given), given)


def _papers(tx: Transaction, row: rows.PostingRow, given: Given) -> rows.PostingRow:
    identity.keep(tx, row.id, given.parameters, given.now)
    return goes_on(tx, row, given)


offer(
    Answer(code="correct_address", parameters=address_checks.PARTS, prepare=_read, apply=_corrected),
    Answer(code="use_suggestion", apply=_used),
    Answer(code="use_as_written", apply=_used),
    Answer(code="retry", of=("address_unclear",), apply=_asked_again),
    Answer(code=identity.GIVEN, parameters=identity.FIELDS, apply=_papers),
    Answer(code=identity.WAIVED),
)
