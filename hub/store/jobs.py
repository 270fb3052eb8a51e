"""The queue as it is looked at, and as a person or a start changes it. `hub.store.queue` hands work out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from hub.store import rows
from hub.store.connection import Transaction
from hub.store.mapping import micros

DEAD_KINDS = "SELECT kind FROM jobs WHERE state = 'dead'"
_STUCK = "WHERE state IN ('ready', 'waiting') AND attempts > 4 AND stuck = TRUE ORDER BY key LIMIT 20"
_ENDING = "WHERE state IN ('parked', 'dead') AND lost > 0 ORDER BY key LIMIT 20"


def page(
    connection: Transaction,
    state: str,
    now: datetime,
    *,
    kind: str,
    accounts: Sequence[str],
    seller: str,
    after: tuple[int, str] | None,
    limit: int,
    warehouse: str = "",
) -> list[rows.JobRow]:
    """Work in one state by its time, after a time (microseconds) and a key. ``due`` and ``waiting`` are work
    whose time has come, or has not. Of a ``warehouse``: on its postings, and on their shipments."""
    where = "WHERE state = ?"
    values: list[object] = [state]
    more: list[object] = []
    if state == "due":  # the worker makes it ready: it may be away
        where, values = "WHERE (state = 'ready' OR (state = 'waiting' AND run_at <= ?))", [micros(now)]
    elif state == "waiting":
        where += " AND run_at > ?"
        more.append(micros(now))
    for column, value in (("kind", kind), ("seller", seller)):
        if value:
            where += f" AND {column} = ?"
            more.append(value)
    if warehouse:
        where += (
            " AND (EXISTS (SELECT 1 FROM postings p WHERE p.id = jobs.subject AND p.warehouse = ?) OR EXISTS "
            "(SELECT 1 FROM shipments s JOIN postings p ON p.id = s.posting_id "
            "WHERE s.id = jobs.subject AND p.warehouse = ?))"
        )
        more += (warehouse, warehouse)
    if accounts:
        where += f" AND account IN ({_marks(accounts)})"
        more += accounts
    if after is not None:
        where += " AND (run_at, key) > (?, ?)"
        more += after
    return rows.jobs.all(connection, f"{where} ORDER BY run_at, key LIMIT ?", [*values, *more, limit])


def dead(connection: Transaction) -> list[rows.JobRow]:
    """Work that was given up."""
    return rows.jobs.all(connection, "WHERE state = 'dead'")


def dead_kinds(connection: Transaction) -> list[str]:
    """The kind of each piece of work that was given up."""
    return [row[0] for row in connection.execute(DEAD_KINDS)]


def stuck(connection: Transaction) -> list[rows.JobRow]:
    """Schedules that fail again and again: some of them."""
    return rows.jobs.all(connection, _STUCK)


def ending(connection: Transaction) -> list[rows.JobRow]:
    """Work that ended its process, and runs alone or not at all: some of it."""
    return rows.jobs.all(connection, _ENDING)


def any_running(connection: Transaction) -> bool:
    """Whether some work is being done."""
    found = connection.execute("SELECT 1 FROM jobs WHERE state = 'running' LIMIT 1").fetchone()
    return found is not None


def any_parked_due(connection: Transaction, now: datetime) -> bool:
    """Whether something is due that nothing may run beside."""
    found = connection.execute(
        "SELECT 1 FROM jobs WHERE state = 'parked' AND run_at <= ? LIMIT 1", (micros(now),)
    ).fetchone()
    return found is not None


def any_abandoned(
    connection: Transaction,
    owner: str,
    *,
    now: datetime,
    furthest: datetime,
    sellers: Sequence[str] | None = None,
) -> bool:
    """Whether a lease has run out, or is another owner's and lasts longer than any lease can; of these
    sellers' work, or of anybody's."""
    of = "" if sellers is None else f" AND seller IN ({_marks(sellers)})"
    found = connection.execute(
        "SELECT 1 FROM jobs WHERE state = 'running' AND (lease_until < ? OR "
        f"(lease_until > ? AND lease_owner <> ?)){of} LIMIT 1",
        (micros(now), micros(furthest), owner, *(sellers or ())),
    ).fetchone()
    return found is not None


def any_given_up(connection: Transaction, kinds: Collection[str]) -> bool:
    """Whether work of these kinds is dead though it never ended its process."""
    found = connection.execute(
        f"SELECT 1 FROM jobs WHERE state = 'dead' AND lost = 0 AND kind IN ({_marks(kinds)}) LIMIT 1",
        tuple(kinds),
    ).fetchone()
    return found is not None


def take_up_again(tx: Transaction, kinds: Collection[str], *, now: datetime) -> None:
    """Make dead work of these kinds ready, but for what ended its process."""
    tx.execute(
        "UPDATE jobs SET state = 'ready', attempts = 0, stuck = TRUE, run_at = ? "
        f"WHERE state = 'dead' AND lost = 0 AND kind IN ({_marks(kinds)})",
        (micros(now), *kinds),
    )


def try_failed_at_once(tx: Transaction, kinds: Collection[str], *, now: datetime) -> None:
    """Make work of these kinds ready that waits after a failure."""
    tx.execute(
        "UPDATE jobs SET state = 'ready', run_at = ? WHERE state = 'waiting' AND run_at > ? "
        f"AND attempts > 0 AND reason <> '' AND kind IN ({_marks(kinds)})",
        (micros(now), micros(now), *kinds),
    )


def postings_of(connection: Transaction, kind: str, subject: str) -> list[str]:
    """What the work is for, as far as it is a posting: its subject, the one of its shipment, and all that
    wait for the labels of its account. Ids of which some may be no posting's."""
    found = connection.execute(
        "SELECT ? UNION SELECT posting_id FROM shipments WHERE id = ? "
        "UNION SELECT id FROM postings WHERE ? = 'labels' AND is_open = TRUE AND wanted = TRUE "
        "AND stage IN ('assembled', 'booked') AND (account = ? OR id IN "
        "(SELECT posting_id FROM shipments WHERE account = ?))",
        (subject, subject, kind, subject, subject),
    )
    return sorted(row[0] for row in found.fetchall())


def _marks(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))
