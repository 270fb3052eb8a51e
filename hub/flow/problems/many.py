"""One question about many postings of an account: a list that a person can act on, in the place of one
question for each of its lines. Who has read one line of it answers for that line alone.

The postings stand in ``problem_postings``, and count the question among their problems. What was answered
stays there: an answer covers what was so when it was given, and nothing that began later (`begun`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

from hub.flow.history.recording import posting_row, record
from hub.flow.problems.kinds import Subject
from hub.plugin_api.errors import Rejected
from hub.plugin_api.ids import new_id
from hub.plugin_api.models import Stage
from hub.store import Transaction, alarms, messages, problems, rows

_NAMED = 500  # numbers of postings that a question has in its data; a sentence has fewer
WHICH = "postings"
"""The parameter of an answer that is for some postings of the list: their numbers, with commas."""


class OnList(Protocol):
    """What a question about many says of one of its postings."""

    @property
    def number(self) -> str: ...

    @property
    def stage(self) -> str: ...


def begun(steps: Iterable[datetime], now: datetime) -> datetime | None:
    """Since when an alarm is as bad as it is now: the last of its steps that is past. None: it is none yet.

    The rule for every alarm that depends on time: what a person answered covers what was so then. A step that
    comes later is a new cause, and told again.
    """
    return max((one for one in steps if one <= now), default=None)


def tell(
    tx: Transaction,
    account: rows.AccountRow,
    kind: str,
    postings: Sequence[rows.PostingRow],
    data: dict[str, Any] | None = None,
    *,
    now: datetime,
    about: Subject | None = None,
) -> rows.ProblemRow | None:
    """The open question of this kind about the account, or ``about`` something of it, has just these postings
    from now on: new ones are told in their histories, others leave it, and without any it is over."""
    subject_type, subject_id = about or ("account", account.id)
    known = problems.open_about(tx, kind, subject_type, subject_id, account=account.id)
    before = set() if known is None else set(alarms.listed(tx, known.id))
    wanted = {row.id: row for row in postings}
    if known is not None:
        _leave(tx, known, before - wanted.keys())
    if not wanted:
        if known is not None:
            problems.end(tx, known.id, state="closed", answer="settled", now=now)
        return None
    opened = _row(account, kind, subject_type, subject_id, now) if known is None else known
    here = {"account": account.name, "carrier": account.plugin}
    opened = msgspec.structs.replace(
        opened,
        data=recounted(here | opened.data | (data or {}), postings),
        deadline=min((row.ship_by for row in postings if row.is_open and row.ship_by), default=None),
    )
    if known is None:
        rows.problems.insert(tx, opened)
    elif opened != known:
        rows.problems.save(tx, opened, was=known)
    new = [row for row in wanted.values() if row.id not in before]
    if new:
        messages.grown(tx, opened.id)
    alarms.put_on(tx, opened.id, [row.id for row in new])
    for row in new:
        record(tx, row, "problem.found", {"kind": kind}, actor="hub", now=now, problems=row.problems + 1)
    return opened


def join(
    tx: Transaction,
    account: rows.AccountRow,
    kind: str,
    posting: rows.PostingRow,
    data: dict[str, Any],
    *,
    now: datetime,
    about: Subject,
) -> None:
    """The open question of this kind ``about`` something of the account has this posting too. As `tell`, for
    what happens to one posting after the other: the others on the list are not read."""
    known = problems.open_about(tx, kind, *about, account=account.id)
    if known is None:
        tell(tx, account, kind, [posting], data, now=now, about=about)
        return
    if problems.is_posting_linked(tx, known.id, posting.id):
        return
    facts = recounted({}, [posting])
    stages = Counter(known.data.get("stages") or {}) + Counter(facts["stages"])
    moving = known.data.get("moving", 0) + facts.get("moving", 0)
    grown = known.data | {
        "count": known.data["count"] + 1,
        "numbers": [*known.data["numbers"], posting.number][:_NAMED],
        "stages": dict(sorted(stages.items())),
    }
    due = [one for one in (known.deadline, posting.ship_by if posting.is_open else None) if one]
    fresh = msgspec.structs.replace(
        known, data=grown | ({"moving": moving} if moving else {}), deadline=min(due, default=None)
    )
    rows.problems.save(tx, fresh, was=known)
    messages.grown(tx, known.id)
    alarms.put_on(tx, known.id, [posting.id])
    record(tx, posting, "problem.found", {"kind": kind}, actor="hub", now=now, problems=posting.problems + 1)


def leave(
    tx: Transaction, problem: rows.ProblemRow, posting_id: str, *, now: datetime, answer: str = "settled"
) -> None:
    """The question is not about this posting any more; one that is about none is over."""
    _leave(tx, problem, {posting_id})
    left = alarms.listed_so(tx, problem.id)
    if left:
        rows.problems.save(
            tx, msgspec.structs.replace(problem, data=recounted(problem.data, left)), was=problem
        )
    else:
        problems.end(tx, problem.id, state="closed", answer=answer, now=now)


def close(tx: Transaction, problem: rows.ProblemRow, *, now: datetime, answer: str = "settled") -> None:
    """It is over for all of its postings."""
    _leave(tx, problem, set(alarms.listed(tx, problem.id)))
    problems.end(tx, problem.id, state="closed", answer=answer, now=now)


def split(
    tx: Transaction, problem: rows.ProblemRow, some: set[str], answer: str, now: datetime
) -> rows.ProblemRow:
    """The question about some of the postings, answered, apart from the others of its list: it stays open for
    those."""
    listed = [posting_row(tx, one) for one in alarms.listed(tx, problem.id)]
    parts = [row for row in listed if row.id in some], [row for row in listed if row.id not in some]
    done, left = (msgspec.structs.replace(problem, data=recounted(problem.data, part)) for part in parts)
    done = msgspec.structs.replace(done, id=new_id("prb"), state="answered", answer=answer, closed_at=now)
    rows.problems.insert(tx, done)
    alarms.hand_on(tx, problem.id, done.id, some)
    rows.problems.save(tx, left, was=problem)
    return done


def chosen(connection: Transaction, problem: rows.ProblemRow, wanted: object) -> set[str]:
    """The ids of the postings on the list that a person named by their numbers, or all of them for ``all``.
    Raises Rejected with those that are not on it."""
    listed = {one: posting_row(connection, one) for one in alarms.listed(connection, problem.id)}
    named = _numbers(wanted)
    if named == ["all"]:
        return set(listed)
    found = {row.id for row in listed.values() if row.number in named or row.id in named}
    known = {text for one in found for text in (one, listed[one].number)}
    if unknown := [one for one in named if one not in known]:
        raise Rejected(
            "parameters: not on this list: {numbers}",
            code="parameters.not_on_list",
            values={"numbers": ", ".join(unknown[:20])},
        )
    return found


def _numbers(wanted: object) -> list[str]:
    texts = wanted if isinstance(wanted, list | tuple) else str(wanted or "").replace(";", ",").split(",")
    return [one for text in texts for one in str(text).split()]


def _leave(tx: Transaction, problem: rows.ProblemRow, gone: set[str]) -> None:
    alarms.take_off(tx, problem.id, gone)
    for posting_id in sorted(gone):
        row = posting_row(tx, posting_id)
        rows.postings.save(tx, msgspec.structs.replace(row, problems=max(0, row.problems - 1)), was=row)


def recounted(data: Mapping[str, Any], postings: Sequence[OnList]) -> dict[str, Any]:
    """The data of a question that has just these postings on its list, whenever one joins or leaves.

    ``moving``: those that are past the hand-over, by what somebody says; left out where there are none."""
    stages = Counter(row.stage for row in postings)
    facts = {
        "count": len(postings),
        "numbers": [row.number for row in postings[:_NAMED]],
        "stages": dict(sorted(stages.items())),
    }
    if moving := sum(count for stage, count in stages.items() if Stage(stage).rank > Stage.HANDED_OVER.rank):
        facts["moving"] = moving
    return {name: value for name, value in data.items() if name != "moving"} | facts


def _row(
    account: rows.AccountRow, kind: str, subject_type: str, subject_id: str, now: datetime
) -> rows.ProblemRow:
    return rows.ProblemRow(
        id=new_id("prb"),
        seller=account.seller,
        posting_id="",
        account=account.id,
        operation_id="",
        kind=kind,
        data={},
        deadline=None,
        state="open",
        answer="",
        created_at=now,
        closed_at=None,
        subject_type=subject_type,
        subject_id=subject_id,
    )


__all__ = ["WHICH", "OnList", "begun", "chosen", "close", "join", "leave", "recounted", "split", "tell"]
