"""What went wrong with money at stake: outcomes that nobody knows, orders that are there twice, cancels and
uploads that were refused, work that was given up. Each with what is known, until when, and what each answer
does. And resolving: a person's word about an operation, given through the door of all answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

from hub.flow import answering, reading
from hub.flow.health.incident_views import RESOLVED, UNKNOWN, Teller, carrier_of, postings_of_handover
from hub.flow.health.views import IncidentView
from hub.flow.history import cursors
from hub.flow.history.cursors import Position
from hub.flow.history.recording import posting_row, record
from hub.flow.history.views import Listing, OperationView
from hub.flow.problems import account_problems
from hub.flow.problems.kinds import Subject, about_money
from hub.flow.problems.opening import open_problem
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import Conflict, NotFound, Rejected
from hub.store import Transaction, jobs, operations, problems, rows, sellers
from hub.store.mapping import micros

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
    found = sorted(_all(app, seller, language), key=lambda one: (one.deadline, one.id))
    if position is not None:
        after = (position.time or 0, position.id)
        found = [one for one in found if (one.deadline, one.id) > after]
    more = ""
    if len(found) > limit:
        last = found[limit - 1]
        more = cursors.encode(Position("incidents", last.id, last.deadline))
    return Listing(items=[one.tell() for one in found[:limit]], next=more)


def incident(app: App, operation_id: str, language: str | None = None) -> IncidentView:
    """The incident of an operation that waits for a person.

    Raises NotFound, and Conflict for an operation that does not wait.
    """
    operation = _waiting(app, operation_id)
    speech = language or reading.language_of(app, operation.seller)
    problem = _problem_of(app, operation)
    teller = Teller(app, speech)
    return teller.of_operation(operation) if problem is None else teller.of_problem(problem)


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
    known = _problem_of(app, operation)
    if operation.kind not in RESOLVED:
        mend = f"'hub problems answer {known.id}'" if known is not None else "'hub problems'"
        raise Rejected(
            "an operation of the kind {kind} is not resolved so: answer its problem with {mend}",
            code="not_resolvable",
            values={"kind": operation.kind, "mend": mend},
        )
    number = carrier_id or operation.external_id
    if answer == "it_exists" and not number and _only_by_number(app, operation):
        raise Rejected(
            "this carrier cannot be asked by our reference: give its own number of the order (carrier_id), "
            "and the tracking number where that is another one",
            code="carrier_id",
        )
    problem = known or await _opened(app, operation)
    parameters = {"carrier_id": carrier_id, "tracking_number": tracking_number}
    await answering.answer(app, problem.id, answer, parameters, actor)

    def write(tx: Transaction) -> None:
        data = {"kind": operation.kind, "answer": answer} | ({"note": note} if note else {})
        posting = posting_row(tx, operation.posting_id)
        now = app.clock.now()
        record(tx, posting, "operation.resolved", data, actor=actor, now=now, operation_id=operation.id)

    await app.store.write(write)
    return reading.operation(app, operation_id)


# --- finding them -----------------------------------------------------------------------------------------


class _Found(NamedTuple):
    """An incident before it is told: after an outage there may be thousands, and a page shows a few."""

    deadline: int
    id: str
    tell: Callable[[], IncidentView]


def _all(app: App, seller: str | None, language: str | None) -> Iterator[_Found]:
    reader = app.store.reader
    tellers = {row.slug: Teller(app, language or row.profile.language) for row in sellers.every(reader)}
    slugs = list(tellers) if seller is None else [seller]
    covered: set[str] = set()
    for slug in slugs:
        for problem in problems.open_of_seller(reader, slug, kinds=about_money()):
            covered.add(problem.operation_id)
            if not problem.posting_id:
                covered |= {one.id for one in account_problems.operations_of(reader, problem)}
            yield _Found(_until(problem.deadline), problem.id, partial(tellers[slug].of_problem, problem))
    for operation in operations.for_a_person(reader):
        if operation.seller in slugs and operation.id not in covered and _still_open(app, operation):
            posting = rows.postings.get(reader, operation.posting_id)
            deadline = _until(None if posting is None else posting.ship_by)
            tell = partial(tellers[operation.seller].of_operation, operation)
            yield _Found(deadline, operation.id, tell)
    for job in jobs.dead(reader):
        if (seller is None or job.seller == seller) and not _told(app, job):
            teller = tellers.get(job.seller, Teller(app, language or "en"))
            yield _Found(_until(None), job.key, partial(teller.of_job, job))


def _still_open(app: App, operation: rows.OperationRow) -> bool:
    """Whether anybody still waits for the end of this operation, which no open problem names."""
    reader = app.store.reader
    if operation.subject_type == "handover":
        return any(
            problems.open_of_posting(reader, posting, "report_refused")
            for posting in postings_of_handover(app, operation)
        )
    answered = problems.of_operation(reader, operation)
    return operation.kind in RESOLVED and answered is None


def _told(app: App, job: rows.JobRow) -> bool:
    """Whether an open problem of its posting or account tells of this dead work already."""
    shipment = rows.shipments.get(app.store.reader, job.subject)
    posting = job.subject if shipment is None else shipment.posting_id
    return problems.tells_of_work(app.store.reader, job, posting_id=posting)


def _waiting(app: App, operation_id: str) -> rows.OperationRow:
    operation = rows.operations.get(app.store.reader, operation_id)
    if operation is None:
        raise NotFound("no such operation", code="not_found.no_operation")
    if operation.state != "human":
        raise Conflict(
            "this operation waits for nobody: it is {state}. 'hub incidents' lists what does",
            code="not_waiting",
            values={"state": operation.state},
        )
    return operation


def _problem_of(app: App, operation: rows.OperationRow) -> rows.ProblemRow | None:
    return problems.open_of_operation(app.store.reader, operation)


async def _opened(app: App, operation: rows.OperationRow) -> rows.ProblemRow:
    """The problem of an operation that has none, because another one of its posting came first."""

    def write(tx: Transaction) -> rows.ProblemRow:
        facts = {"kind": operation.kind, "reference": operation.reference}
        posting = posting_row(tx, operation.posting_id)
        now = app.clock.now()
        about: Subject = ("operation", operation.id)
        open_problem(tx, posting, UNKNOWN, facts, now=now, operation_id=operation.id, about=about)
        found = problems.open_about(tx, UNKNOWN, *about, account=posting.account)
        assert found is not None, "it was opened just now"
        return found

    return await app.store.write(write)


def _only_by_number(app: App, operation: rows.OperationRow) -> bool:
    """Whether the carrier knows an order by its own number only."""
    kind = carrier_of(app, operation)
    if operation.kind != "book" or kind is None:
        return False
    return kind.find is Carrier.find and kind.create_safety != "key"


def _until(deadline: datetime | None) -> int:
    return micros(deadline or _END_OF_TIME)


__all__ = ["Answer", "incident", "incidents", "resolve"]
