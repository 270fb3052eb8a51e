"""The old doors to problems about money, until 0.3: ``hub incidents``, ``hub resolve`` and their HTTP paths.

An incident is an open problem in which money is at stake, in the shape that it had before problems said so
themselves; resolving is answering the problem about an operation, by the operation's id.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from hub.flow import answering, reading
from hub.flow.booking.asking import RESOLVED, UNKNOWN
from hub.flow.health.views import ChoiceView, IncidentView
from hub.flow.history import cursors
from hub.flow.history.cursors import Position
from hub.flow.history.recording import posting_row
from hub.flow.history.view import Listing
from hub.flow.history.views import OperationView
from hub.flow.problems.kinds import Subject, about_money
from hub.flow.problems.opening import open_problem
from hub.flow.reading import stakes
from hub.flow.sellers.moments import audience_of
from hub.plugin_api.errors import Conflict, NotFound, Rejected
from hub.store import Transaction, problems, rows, sellers
from hub.store.mapping import micros
from hub.words.texts import problem_text

if TYPE_CHECKING:
    from hub.flow.app import App

Answer = Literal["it_exists", "it_does_not_exist"]

_END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)


def incidents(
    app: App, *, seller: str | None = None, language: str | None = None, cursor: str = "", limit: int = 50
) -> Listing[IncidentView]:
    """One page, the nearest deadline first; of one seller, or of all. Without a ``language`` texts are in
    that of each seller.

    Raises Rejected for a cursor of another list.
    """
    limit = cursors.checked_limit(limit)
    position = cursors.decode(cursor, "incidents")
    found = sorted(_all(app, seller), key=_place)
    if position is not None:
        after = (position.time or 0, position.id)
        found = [one for one in found if _place(one) > after]
    more = ""
    if len(found) > limit:
        until, last = _place(found[limit - 1])
        more = cursors.encode(Position("incidents", last, until))
    return Listing(items=[_view(app, one, language) for one in found[:limit]], next=more)


def incident(app: App, operation_id: str, language: str | None = None) -> IncidentView:
    """The incident of an operation that waits for a person.

    Raises NotFound, and Conflict for an operation that does not wait.
    """
    operation = _waiting(app, operation_id)
    known = problems.open_of_operation(app.store.reader, operation)
    return _view(app, known or _made_up(operation), language)


async def resolve(
    app: App,
    operation_id: str,
    answer: Answer,
    *,
    carrier_id: str = "",
    tracking_number: str = "",
    note: str = "",
    actor: str,
) -> OperationView:
    """Say what became of an operation that waits for a person: it goes on from there.

    Raises NotFound; Conflict for an operation that does not wait; Rejected where the carrier's own number is
    needed, or where another problem is to be answered.
    """
    operation = _waiting(app, operation_id)
    known = problems.open_of_operation(app.store.reader, operation)
    if operation.kind not in RESOLVED:
        command = f"'hub problems answer {known.id}'" if known is not None else "'hub problems'"
        raise Rejected(
            "an operation of the kind {kind} is not resolved so: answer its problem with {mend}",
            code="not_resolvable",
            values={"kind": operation.kind, "mend": command},
        )
    if (problem := known) is None:
        problem = await app.store.write(lambda tx: _opened(app, tx, operation))
    parameters = {"carrier_id": carrier_id, "tracking_number": tracking_number}
    await answering.answer(app, problem.id, answer, parameters, actor, note=note)
    return reading.operation(app, operation_id)


def _all(app: App, seller: str | None) -> Iterator[rows.ProblemRow]:
    reader = app.store.reader
    slugs = [*(row.slug for row in sellers.every(reader)), ""] if seller is None else [seller]
    for slug in slugs:
        yield from problems.open_of_seller(reader, slug, kinds=about_money())


def _place(problem: rows.ProblemRow) -> tuple[int, str]:
    return micros(problem.deadline or _END_OF_TIME), problem.id


def _view(app: App, problem: rows.ProblemRow, language: str | None) -> IncidentView:
    read_by = audience_of(app, problem.seller, language)
    operation = stakes.operation_of(app, problem)
    posting = rows.postings.get(app.store.reader, problem.posting_id) if problem.posting_id else None
    return IncidentView(
        id=problem.id or problem.operation_id,
        kind=problem.kind,
        seller=problem.seller,
        posting_id=problem.posting_id,
        posting_number="" if posting is None else posting.number,
        operation=None if operation is None else reading.operation(app, operation.id),
        problem_id=problem.id,
        job=str(problem.data.get("job") or ""),
        amount=stakes.amount_of(app, problem),
        since=problem.created_at,
        deadline=problem.deadline,
        text=problem_text(problem.kind, problem.data, *read_by),
        reason="" if operation is None else operation.reason,
        facts=problem.data,
        choices=tuple(
            ChoiceView(
                answer=one.code,
                title=one.title,
                effect=one.effect,
                command=one.command,
                parameters=one.parameters,
                may_pay_twice=one.may_pay_twice,
            )
            for one in stakes.answers_of(app, problem, read_by.language)
        ),
    )


def _waiting(app: App, operation_id: str) -> rows.OperationRow:
    operation = rows.operations.get(app.store.reader, operation_id)
    if operation is None:
        raise NotFound("no such operation", code="not_found.no_operation")
    if operation.state != "human":
        raise Conflict(
            "this operation waits for nobody: it is {state}. 'hub problems' lists what does",
            code="not_waiting",
            values={"state": operation.state},
        )
    return operation


def _made_up(operation: rows.OperationRow) -> rows.ProblemRow:
    """The question about an operation that waits with others for one about its account, or, in an old
    database, of which nobody asked."""
    return rows.ProblemRow(
        id="",
        seller=operation.seller,
        posting_id=operation.posting_id,
        account=operation.account,
        operation_id=operation.id,
        kind=UNKNOWN,
        data={"kind": operation.kind, "reference": operation.reference},
        deadline=None,
        state="open",
        answer="",
        created_at=operation.updated_at,
        closed_at=None,
        subject_type="operation",
        subject_id=operation.id,
    )


def _opened(app: App, tx: Transaction, operation: rows.OperationRow) -> rows.ProblemRow:
    about: Subject = ("operation", operation.id)
    posting, facts = posting_row(tx, operation.posting_id), _made_up(operation).data
    open_problem(tx, posting, UNKNOWN, facts, now=app.clock.now(), operation_id=operation.id, about=about)
    found = problems.open_about(tx, UNKNOWN, *about, account=posting.account)
    assert found is not None, "it was opened just now"
    return found


__all__ = ["Answer", "incident", "incidents", "resolve"]
