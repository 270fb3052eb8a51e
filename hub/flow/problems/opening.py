"""Problems of postings: opened, closed, and waited for."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from hub.flow.history.echoes import heard
from hub.flow.history.recording import posting_row, record
from hub.flow.problems import many
from hub.flow.problems.kinds import Step, Subject, blocking, kind_of, over_at
from hub.plugin_api.ids import new_id
from hub.plugin_api.models import Stage
from hub.store import Transaction, alarms, problems, rows

if TYPE_CHECKING:
    from hub.flow.history.situation import Situation


def open_problem(
    tx: Transaction,
    row: rows.PostingRow,
    kind: str,
    data: dict[str, Any] | None = None,
    *,
    now: datetime,
    actor: str = "hub",
    operation_id: str = "",
    about: Subject | None = None,
    deadline: datetime | None = None,
) -> rows.PostingRow:
    """Say that something of a posting needs a person; once while it is open, of this kind and ``about`` this:
    the posting, where nothing else is named. Nothing is asked that the posting's end has answered.

    ``operation_id``: the operation that it came of. ``deadline``: by when it has to be answered, where that
    is not when the posting is to be shipped.
    """
    subject_type, subject_id = about or ("posting", row.id)
    if Stage(row.stage) in kind_of(kind).over_at:
        return row
    if problems.open_about(tx, kind, subject_type, subject_id, account=row.account) is not None:
        return row
    rows.problems.insert(
        tx,
        rows.ProblemRow(
            id=new_id("prb"),
            seller=row.seller,
            posting_id=row.id,
            account=row.account,
            operation_id=operation_id,
            kind=kind,
            data=heard(tx, row.id, data) if data else {},
            deadline=deadline or row.ship_by,
            state="open",
            answer="",
            created_at=now,
            closed_at=None,
            subject_type=subject_type,
            subject_id=subject_id,
        ),
    )
    return record(
        tx,
        row,
        "problem.found",
        {"kind": kind},
        actor=actor,
        now=now,
        operation_id=operation_id,
        problems=row.problems + 1,
    )


def open_hub_problem(
    tx: Transaction, kind: str, data: dict[str, Any], *, about: Subject, account: str, now: datetime
) -> None:
    """Say what no seller may see to who runs the hub; once while it is open, of this kind and ``about``
    this."""
    if problems.open_about(tx, kind, *about, account=account) is not None:
        return
    rows.problems.insert(
        tx,
        rows.ProblemRow(
            id=new_id("prb"),
            seller="",
            posting_id="",
            account=account,
            operation_id="",
            kind=kind,
            data=data,
            deadline=None,
            state="open",
            answer="",
            created_at=now,
            closed_at=None,
            subject_type=about[0],
            subject_id=about[1],
        ),
    )


async def ask(at: Situation, kind: str, data: dict[str, Any], *, about: Subject | None = None) -> None:
    """The same, in a write of its own: a step asks a person. Raises as `Basis.write`."""
    posting_id, now = at.row.id, at.app.clock.now()
    await at.basis.write(
        lambda tx: open_problem(tx, posting_row(tx, posting_id), kind, data, now=now, about=about)
    )


def close_problems(
    tx: Transaction,
    row: rows.PostingRow,
    *kinds: str,
    now: datetime,
    answer: str = "settled",
    about: Subject | None = None,
) -> rows.PostingRow:
    """Close the posting's open problems of these kinds, or only the one ``about`` this: they are over. Of a
    question about an account only this posting is taken out."""
    if not row.problems:
        return row  # it counts both kinds: nothing is open, and most parcels never have any
    done = problems.close_of_posting(tx, row.id, kinds=kinds, about=about, answer=answer, now=now)
    if about is None:
        done += _part(tx, row.id, kinds, answer, now)
    if not done:
        return row
    fewer = msgspec.structs.replace(row, problems=max(0, row.problems - done))
    rows.postings.save(tx, fewer, was=row)
    return fewer


def close_ended(tx: Transaction, row: rows.PostingRow, *, now: datetime) -> rows.PostingRow:
    """The posting has got where it is now: close what nobody has to answer at this end of it."""
    kinds = over_at(Stage(row.stage))
    return close_problems(tx, row, *kinds, now=now, answer=row.stage) if kinds else row


def _part(tx: Transaction, posting_id: str, kinds: tuple[str, ...], answer: str, now: datetime) -> int:
    """Take the posting out of the questions about accounts that it waits for; one that nothing waits for any
    more is closed. Returns of how many."""
    waited_for = problems.open_linked(tx, posting_id, kinds=kinds) if kinds else []
    for known in waited_for:
        operations = problems.unlink_posting(tx, known.id, posting_id)
        left = max(0, int(known.data.get("count", operations)) - operations)
        listed = alarms.listed_so(tx, known.id)
        data = many.recounted(known.data, listed) if listed else known.data | {"count": left}
        changes: dict[str, Any] = {"data": data}
        if not left:
            changes = {"state": "closed", "answer": answer, "closed_at": now}
        rows.problems.save(tx, msgspec.structs.replace(known, **changes), was=known)
    return len(waited_for)


def waits(connection: Transaction, row: rows.PostingRow, *steps: Step, about: Subject | None = None) -> bool:
    """Whether one of these steps waits for a person's answer; to a problem ``about`` this, where it is
    named."""
    if not row.problems:
        return False
    return problems.any_open(connection, row.id, kinds=blocking(*steps), about=about)


def is_open(connection: Transaction, posting_id: str, *kinds: str) -> bool:
    """Whether a problem of one of these kinds is open."""
    return problems.any_open(connection, posting_id, kinds=kinds)


__all__ = ["ask", "close_ended", "close_problems", "is_open", "open_hub_problem", "open_problem", "waits"]
