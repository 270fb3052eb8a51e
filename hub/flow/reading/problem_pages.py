"""Problems, with the answers that each takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.flow.history import cursors
from hub.flow.history.cursors import Position
from hub.flow.history.problem_views import ProblemView
from hub.flow.history.view import Listing
from hub.flow.problems.kinds import about_money
from hub.flow.reading import stakes
from hub.flow.reading.views import number_of, problem_view
from hub.flow.sellers.moments import Audience, audience_of
from hub.plugin_api.errors import NotFound
from hub.store import Transaction, queries, rows
from hub.store import problems as stored_problems
from hub.store.mapping import micros
from hub.store.sellers import by_slug

if TYPE_CHECKING:
    from hub.flow.app import App

_BY_DEADLINE, _NEWEST = "problems_due", "problems"
"""What their cursors are called: one of the other order would leave some out."""


def problems(
    app: App,
    *,
    seller: str | None,
    warehouse: str | None = None,
    open_only: bool = True,
    money_only: bool = False,
    language: str | None = None,
    cursor: str = "",
    limit: int = 50,
) -> Listing[ProblemView]:
    """One page of a seller's problems, or of those of a warehouse's postings; of all sellers' and the hub's
    own, where no seller is named. What must be answered soonest comes first, what has no deadline after that,
    the newest first; with the answered ones, the newest of all first. Without a ``language`` texts are in
    that of each seller."""
    limit = cursors.checked_limit(limit)
    kind = _BY_DEADLINE if open_only else _NEWEST
    position = cursors.decode(cursor, kind)
    reader = app.store.reader
    sellers = [*(row.slug for row in by_slug(reader)), ""] if seller is None else [seller]
    kinds = about_money() if money_only else ()
    if open_only:
        found = stored_problems.page_by_deadline(
            reader,
            sellers=sellers,
            kinds=kinds,
            after=None if position is None else (position.time, position.id),
            limit=limit + 1,
            warehouse=warehouse,
        )
    else:
        found = stored_problems.page(
            reader,
            sellers=sellers,
            states=None,
            kinds=kinds,
            after=None if position is None else position.id,
            limit=limit + 1,
            warehouse=warehouse,
        )
    numbers = queries.posting_numbers(reader, (row.posting_id for row in found[:limit]))
    read_by = {slug: audience_of(app, slug, language) for slug in {row.seller for row in found[:limit]}}
    return Listing(
        items=[
            shown(app, row, numbers.get(row.posting_id, ""), read_by[row.seller]) for row in found[:limit]
        ],
        next=cursors.encode(_position(kind, found[limit - 1])) if len(found) > limit else "",
    )


def _position(kind: str, row: rows.ProblemRow) -> Position:
    by_time = kind == _BY_DEADLINE and row.deadline is not None
    return Position(kind, row.id, micros(row.deadline) if by_time and row.deadline else None)


def problem(app: App, problem_id: str, language: str | None = None) -> ProblemView:
    """A problem with its possible answers, in its seller's language where none is named. Raises NotFound."""
    row = rows.problems.get(app.store.reader, problem_id)
    if row is None:
        raise NotFound("no such problem", code="not_found.no_problem")
    return shown(
        app, row, number_of(app.store.reader, row.posting_id), audience_of(app, row.seller, language)
    )


def shown(
    app: App, row: rows.ProblemRow, number: str, read_by: Audience, *, address: bool = True
) -> ProblemView:
    """A row with its possible answers, what is at stake, and, with ``address``, the buyer's address where a
    person has to decide about it."""
    return problem_view(
        row,
        number,
        read_by.language,
        moment=read_by.moment,
        answers=stakes.answers_of(app, row, read_by.language),
        amount=stakes.amount_of(app, row) if row.state == "open" else None,
        recipient=_asked_about(app.store.reader, row) if address else None,
    )


def _asked_about(reader: Transaction, row: rows.ProblemRow) -> rows.RecipientRow | None:
    """Whose address a person has to decide about."""
    if row.kind != "address_unclear" or row.state != "open":
        return None
    return rows.recipients.get(reader, row.posting_id)
