"""Messages to people outside the hub: what waits to be told, what was told, how the addresses do."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import msgspec

from hub.store import rows
from hub.store.connection import Transaction
from hub.store.mapping import micros

_FIELDS = ", ".join(f'p."{name}"' for name in rows.ProblemRow.__struct_fields__)
_TOLD = ", ".join(f't."{name}"' for name in rows.ToldRow.__struct_fields__)
_UNSEEN = "FROM problems p LEFT JOIN told t ON t.problem_id = p.id WHERE p.seller = ? AND p.state = 'open' "
_UNSEEN += "AND t.seen_at IS NULL"


class Waiting(NamedTuple):
    """An open problem that nobody has seen, and how far it has been told."""

    problem: rows.ProblemRow
    told: rows.ToldRow | None


def waiting(connection: Transaction, seller: str, *, limit: int) -> list[Waiting]:
    """A seller's open problems that nobody has seen, the nearest deadline first, then the oldest."""
    found = connection.execute(
        f"SELECT {_FIELDS}, {_TOLD} {_UNSEEN} ORDER BY p.deadline IS NULL, p.deadline, p.id LIMIT ?",
        (seller, limit),
    ).fetchall()
    width = len(rows.ProblemRow.__struct_fields__)
    return [
        Waiting(
            rows.problems.load(tuple(one)[:width]),
            None if one[width] is None else rows.told.load(tuple(one)[width:]),
        )
        for one in found
    ]


def count_waiting(connection: Transaction, seller: str) -> int:
    """How many of a seller's open problems nobody has seen."""
    return int(connection.execute(f"SELECT count(*) {_UNSEEN}", (seller,)).fetchone()[0])


def tell(tx: Transaction, found: list[Waiting], urgent: frozenset[str], *, now: datetime) -> None:
    """These problems stood in a message just now; ``urgent`` are the ids of those that were so."""
    for problem, _ in found:
        was = rows.told.get(tx, problem.id)
        rows.told.put(
            tx,
            rows.ToldRow(
                problem_id=problem.id,
                seller=problem.seller,
                told_at=now,
                times=1 if was is None else was.times + 1,
                urgent=problem.id in urgent,
                seen_at=None if was is None else was.seen_at,
                seen_by="" if was is None else was.seen_by,
            ),
        )


def see(tx: Transaction, problem: rows.ProblemRow, *, by: str, now: datetime) -> None:
    """Somebody has seen it."""
    was = rows.told.get(tx, problem.id) or rows.ToldRow(problem.id, problem.seller, None, 0, False, None, "")
    rows.told.put(tx, msgspec.structs.replace(was, seen_at=now, seen_by=by))


def grown(tx: Transaction, problem_id: str) -> None:
    """More postings stand on the list of this problem than somebody has seen: it is told again."""
    tx.execute(
        "UPDATE told SET seen_at = NULL, seen_by = '', urgent = FALSE "
        "WHERE problem_id = ? AND seen_at IS NOT NULL",
        (problem_id,),
    )


def forget_over(tx: Transaction, seller: str, *, older: datetime) -> None:
    """What was told of problems that are not open any more, and messages from before ``older``, go."""
    tx.execute(
        "DELETE FROM told WHERE seller = ? AND problem_id NOT IN "
        "(SELECT id FROM problems WHERE seller = ? AND state = 'open')",
        (seller, seller),
    )
    tx.execute("DELETE FROM messages WHERE seller = ? AND created_at < ?", (seller, micros(older)))


def sent_since(connection: Transaction, seller: str, since: datetime) -> list[datetime]:
    """When messages about problems reached the seller since then, the oldest first."""
    found = rows.messages.all(
        connection,
        "WHERE seller = ? AND state = 'sent' AND created_at > ? AND kind = 'problems' ORDER BY created_at",
        (seller, micros(since)),
    )
    return [row.created_at for row in found]


def page(connection: Transaction, seller: str, *, limit: int) -> list[rows.MessageRow]:
    """The last messages of a seller, the newest first."""
    return rows.messages.all(connection, "WHERE seller = ? ORDER BY id DESC LIMIT ?", (seller, limit))


def works(tx: Transaction, account: str) -> None:
    """The address can be sent to: nothing of its failures is left."""
    tx.execute("DELETE FROM messengers WHERE account = ?", (account,))


def failing(connection: Transaction, *, at_least: int) -> list[tuple[rows.MessengerRow, rows.AccountRow]]:
    """The addresses that failed so often in a row, with their accounts."""
    found = rows.messengers.all(connection, "WHERE failures >= ? ORDER BY account", (at_least,))
    accounts = ((one, rows.accounts.get(connection, one.account)) for one in found)
    return [(one, account) for one, account in accounts if account is not None]
