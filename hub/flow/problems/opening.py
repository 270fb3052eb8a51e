"""Problems of postings: opened, closed, and waited for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from hub.flow.history.echoes import heard
from hub.flow.history.recording import record
from hub.flow.problems.kinds import Step, blocking
from hub.plugin_api.ids import new_id
from hub.store import Transaction, rows
from hub.store.mapping import micros


def open_problem(
    tx: Transaction,
    row: rows.PostingRow,
    kind: str,
    data: dict[str, Any] | None = None,
    *,
    now: datetime,
    actor: str = "hub",
    operation_id: str = "",
) -> rows.PostingRow:
    """Say that something needs a person; once per posting and kind while it is open."""
    known = rows.problems.first(tx, "WHERE posting_id = ? AND kind = ? AND state = 'open'", (row.id, kind))
    if known is not None:
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
            deadline=row.ship_by,
            state="open",
            answer="",
            created_at=now,
            closed_at=None,
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


def close_problems(
    tx: Transaction, row: rows.PostingRow, *kinds: str, now: datetime, answer: str = "settled"
) -> rows.PostingRow:
    """Close the open problems of these kinds: they are over. Of a question about an account only this posting
    is taken out."""
    marks = ", ".join("?" * len(kinds))
    done = tx.execute(
        "UPDATE problems SET state = 'closed', answer = ?, closed_at = ? "
        f"WHERE posting_id = ? AND state = 'open' AND kind IN ({marks})",
        (answer, micros(now), row.id, *kinds),
    ).rowcount
    done += _part(tx, row.id, kinds, answer, now)
    if not done:
        return row
    fewer = msgspec.structs.replace(row, problems=max(0, row.problems - done))
    rows.postings.save(tx, fewer, was=row)
    return fewer


def _part(tx: Transaction, posting_id: str, kinds: Sequence[str], answer: str, now: datetime) -> int:
    """Take the posting out of the questions about accounts that it waits for; one that nothing waits for any
    more is closed. Returns of how many."""
    marks = ", ".join("?" * len(kinds))
    parted: dict[tuple[str, str], int] = {}
    where = f"FROM asked_operations WHERE posting_id = ? AND kind IN ({marks})"
    for link in tx.execute(f"SELECT account, kind {where}", (posting_id, *kinds)).fetchall():
        parted[link["account"], link["kind"]] = parted.get((link["account"], link["kind"]), 0) + 1
    if parted:
        tx.execute(f"DELETE {where}", (posting_id, *kinds))
    for (account, kind), operations in parted.items():
        known = rows.problems.first(
            tx,
            "WHERE posting_id = '' AND state = 'open' AND account = ? AND kind = ? AND operation_id = ''",
            (account, kind),
        )
        if known is None:
            continue
        left = max(0, int(known.data.get("count", operations)) - operations)
        changes: dict[str, Any] = {"data": known.data | {"count": left}}
        if not left:
            changes = {"state": "closed", "answer": answer, "closed_at": now}
        rows.problems.save(tx, msgspec.structs.replace(known, **changes), was=known)
    return len(parted)


def waits(connection: Transaction, row: rows.PostingRow, *steps: Step) -> bool:
    """Whether one of these steps waits for a person's answer."""
    return bool(row.problems) and is_open(connection, row.id, *blocking(*steps))


def is_open(connection: Transaction, posting_id: str, *kinds: str) -> bool:
    """Whether a problem of one of these kinds is open."""
    marks = ", ".join("?" * len(kinds))
    found = connection.execute(
        f"SELECT 1 FROM problems WHERE posting_id = ? AND state = 'open' AND kind IN ({marks}) LIMIT 1",
        (posting_id, *kinds),
    ).fetchone()
    return found is not None


__all__ = ["close_problems", "is_open", "open_problem", "waits"]
