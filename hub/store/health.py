"""How the database and its work are, in figures."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from hub.store.connection import Transaction
from hub.store.mapping import from_micros, micros

QUEUED = "SELECT count(*) FROM jobs WHERE state IN ('ready', 'waiting')"
OLDEST_DUE = "SELECT min(run_at) FROM jobs WHERE state IN ('ready', 'waiting') AND run_at <= ?"
DUE = "SELECT count(*) FROM jobs WHERE state IN ('ready', 'waiting') AND run_at <= ?"
ABANDONED = "SELECT count(*) FROM jobs WHERE state = 'running' AND lease_until < ?"
CHECKING = "SELECT count(*) FROM shipments WHERE state = 'checking'"
OPEN_SINCE = "SELECT coalesce(sent_at, created_at) AS since FROM operations WHERE state = ?"
OPEN_PROBLEM_KINDS = (
    "SELECT kind, count(*) AS count, min(deadline) AS deadline FROM problems "
    "WHERE seller IN (SELECT slug FROM sellers UNION ALL SELECT '') AND state = 'open' GROUP BY kind"
)
UNKNOWN_OPERATIONS = "SELECT count(*) FROM operations WHERE state IN ('unknown', 'human')"
OPEN_PROBLEMS = (
    "SELECT count(*) FROM problems "
    "WHERE seller IN (SELECT slug FROM sellers UNION ALL SELECT '') AND state = 'open'"
)
COUNTERS = "SELECT name, value FROM counters ORDER BY name"


def queued(connection: Transaction) -> int:
    """How much work waits, or is ready."""
    return _number(connection, QUEUED) or 0


def due(connection: Transaction, now: datetime) -> int:
    """How much of it has come to its time."""
    return _number(connection, DUE, micros(now)) or 0


def oldest_due(connection: Transaction, now: datetime) -> datetime | None:
    """The time of the oldest of that."""
    found = _number(connection, OLDEST_DUE, micros(now))
    return None if found is None else from_micros(found)


def abandoned(connection: Transaction, *, silent_since: datetime) -> int:
    """How much work is held by a lease that ran out before this time."""
    return _number(connection, ABANDONED, micros(silent_since)) or 0


def checking(connection: Transaction) -> int:
    """How many bookings are to be proved after a restore."""
    return _number(connection, CHECKING) or 0


def unknown_operations(connection: Transaction) -> int:
    """How many operations have an outcome that nobody knows."""
    return _number(connection, UNKNOWN_OPERATIONS) or 0


def open_problems(connection: Transaction) -> int:
    """How many problems wait for an answer."""
    return _number(connection, OPEN_PROBLEMS) or 0


class OpenKind(NamedTuple):
    """Open problems of one kind: how many, and the nearest of their deadlines."""

    kind: str
    number: int
    deadline: datetime | None


def open_problem_kinds(connection: Transaction) -> list[OpenKind]:
    """The open problems by kind."""
    return [
        OpenKind(kind, count, None if deadline is None else from_micros(deadline))
        for kind, count, deadline in connection.execute(OPEN_PROBLEM_KINDS)
    ]


def since_when(connection: Transaction, state: str) -> list[datetime]:
    """Since when each operation in this state is under way."""
    return [from_micros(row[0]) for row in connection.execute(OPEN_SINCE, (state,))]


def any_operation(connection: Transaction) -> bool:
    """Whether anything that costs money was ever intended."""
    return connection.execute("SELECT 1 FROM operations LIMIT 1").fetchone() is not None


def counters(connection: Transaction) -> dict[str, int]:
    """The counters by name, the hub's own notes among them."""
    return {row[0]: row[1] for row in connection.execute(COUNTERS)}


def _number(connection: Transaction, sql: str, *parameters: object) -> int | None:
    value: int | None = connection.execute(sql, parameters).fetchone()[0]
    return value
