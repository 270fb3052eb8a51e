"""A person's answer to a problem: it is taken, recorded, and what its declaration says follows
(`hub.flow.problems.answers`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from hub.flow.history.recording import advance_soon, posting_row, record
from hub.flow.history.views import ProblemView
from hub.flow.problems import account_problems
from hub.flow.problems.answers import Answer, Given, answer_of
from hub.flow.problems.kinds import kind_of
from hub.flow.reading import problem as problem_view
from hub.plugin_api.errors import Conflict, NotFound, Rejected
from hub.store import Transaction, problems, rows

if TYPE_CHECKING:
    from hub.flow.app import App


async def answer(
    app: App, problem_id: str, answer: str, parameters: dict[str, Any], actor: str, *, note: str = ""
) -> ProblemView:
    """Answer a problem. ``note`` is for the history: where somebody looked, who said it; no personal data.

    Raises NotFound, Conflict (answered before) and Rejected (no such answer).
    """
    known = rows.problems.get(app.store.reader, problem_id)
    if known is None:
        raise NotFound("no such problem", code="not_found.no_problem")
    if known.state != "open":
        raise Conflict("this problem was answered before", code="answered")
    possible = kind_of(known.kind).offered(known.data)
    if answer not in possible:
        raise Rejected("choose one of: {possible}", code="answer", values={"possible": ", ".join(possible)})
    chosen = answer_of(known.kind, answer)
    given = Given(
        app=app,
        problem=known,
        answer=answer,
        parameters=parameters,
        actor=actor,
        now=app.clock.now(),
        note=note,
    )
    prepared = None if chosen.prepare is None else await chosen.prepare(given)

    def write(tx: Transaction) -> None:
        told = msgspec.structs.replace(given, now=app.clock.now(), prepared=prepared)
        if not problems.answer(tx, problem_id, answer=answer, now=told.now):
            raise Conflict("this problem was answered before", code="answered")
        (_of_posting if known.posting_id else _of_account)(tx, chosen, told)

    await app.store.write(write)
    app.woken.set()
    return problem_view(app, problem_id)


def _of_posting(tx: Transaction, chosen: Answer, given: Given) -> None:
    known = given.problem
    row = posting_row(tx, known.posting_id)
    noted = {name: str(given.parameters.get(name) or "") for name in chosen.noted}
    data = {"kind": known.kind, "answer": given.answer, **noted} | (
        {"note": given.note} if given.note else {}
    )
    fewer = max(0, row.problems - 1)
    row = record(tx, row, "problem.answered", data, actor=given.actor, now=given.now, problems=fewer)
    if chosen.apply is not None:
        chosen.apply(tx, row, given)
    advance_soon(tx, posting_row(tx, row.id), now=given.now)


def _of_account(tx: Transaction, chosen: Answer, given: Given) -> None:
    """What many postings waited for."""
    waited = account_problems.part(
        tx, given.problem, now=given.now, answered=given.answer, note=given.note, actor=given.actor
    )
    if chosen.settle is not None:
        # What a look found meanwhile, or another person's word, stands.
        chosen.settle(tx, [one for one in waited if one.state == "human"], given)
    for one in waited:
        if one.state == "unknown" and not one.doubts:  # looked for again at once
            at_once = msgspec.structs.replace(one, look_after=None, updated_at=given.now)
            rows.operations.save(tx, at_once, was=one)
    for posting_id in dict.fromkeys(one.posting_id for one in waited if one.posting_id):
        advance_soon(tx, posting_row(tx, posting_id), now=given.now)


__all__ = ["answer"]
