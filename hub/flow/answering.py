"""A person's answer to a problem: it is taken, recorded, and what its declaration says follows
(`hub.flow.problems.answers`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from hub.flow import questions as questions  # whoever answers knows every kind
from hub.flow.history.problem_views import ProblemView
from hub.flow.history.recording import advance_soon, posting_row, record
from hub.flow.problems import account_problems, many
from hub.flow.problems.answers import Answer, Given, answer_of
from hub.flow.problems.kinds import kind_of
from hub.flow.reading import problem as problem_view
from hub.plugin_api.errors import Conflict, NotFound, Rejected
from hub.store import Transaction, alarms, problems, rows

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

    def write(tx: Transaction) -> str:
        told = msgspec.structs.replace(given, now=app.clock.now(), prepared=prepared)
        answered = _answered(tx, chosen, told)
        told = msgspec.structs.replace(told, problem=answered)
        (_of_posting if known.posting_id else _of_account)(tx, chosen, told)
        return answered.id

    answered_id = await app.store.write(write)
    app.woken.set()
    return problem_view(app, answered_id)


def _answered(tx: Transaction, chosen: Answer, given: Given) -> rows.ProblemRow:
    """The problem that the answer is for: of a question about many, the part with the postings that it
    names."""
    known = rows.problems.get(tx, given.problem.id)
    if known is None or known.state != "open":
        raise Conflict("this problem was answered before", code="answered")
    listed = set() if known.posting_id else set(alarms.listed(tx, known.id))
    wanted = given.parameters.get(many.WHICH)
    if listed and chosen.by_name and not wanted:
        raise Rejected(
            "parameters: say for which postings: postings=NUMBER,NUMBER, or postings=all",
            code="parameters.say_which_postings",
        )
    some = many.chosen(tx, known, wanted) if listed and wanted else listed
    if some != listed:
        return many.split(tx, known, some, given.answer, given.now)
    problems.answer(tx, known.id, answer=given.answer, now=given.now)
    return known


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
    _of_many(tx, chosen, given)
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


def _of_many(tx: Transaction, chosen: Answer, given: Given) -> None:
    """The postings of a list stay on it, answered, and count it among their problems no more."""
    data = {"kind": given.problem.kind, "answer": given.answer} | ({"note": given.note} if given.note else {})
    for posting_id in alarms.listed(tx, given.problem.id):
        row = posting_row(tx, posting_id)
        fewer = max(0, row.problems - 1)
        row = record(tx, row, "problem.answered", data, actor=given.actor, now=given.now, problems=fewer)
        if chosen.each is not None:
            advance_soon(tx, chosen.each(tx, row, given), now=given.now)


__all__ = ["answer"]
