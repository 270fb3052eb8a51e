"""The queue of work: one row for one piece of work, leased while it runs, fenced when it is given back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from hub.store.database import Transaction
from hub.store.mapping import from_micros, micros
from hub.store.rows import JobRow, jobs

LAST = 4_000_000_000  # no deadline of this century comes after it
_DEEP = 200  # jobs that are due at once


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What to do. ``key`` is unique: asking twice for the same work is asking once."""

    kind: str
    subject: str
    seller: str
    account: str
    run_at: datetime
    priority: int = 1_000_000_000
    """Smaller first: seconds to the deadline, as of 1970."""

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.subject}"


def enqueue(tx: Transaction, work: Work, *, now: datetime) -> None:
    """Queue the work, or bring it forward; while it runs, have it run once more."""
    known = jobs.get(tx, work.key)
    if known is None:
        jobs.insert(
            tx,
            JobRow(
                key=work.key,
                seller=work.seller,
                account=work.account,
                kind=work.kind,
                subject=work.subject,
                priority=work.priority,
                run_at=work.run_at,
                state="queued",
                again=False,
                lease_owner="",
                lease_until=now,
                fence=0,
                attempts=0,
                reason="",
                created_at=now,
            ),
        )
    elif known.state == "running":
        jobs.save(tx, msgspec.structs.replace(known, again=True))
    elif work.run_at < known.run_at or known.state == "dead":
        jobs.save(
            tx,
            msgspec.structs.replace(
                known, run_at=min(work.run_at, known.run_at), state="queued", priority=work.priority
            ),
        )


def claim(
    tx: Transaction,
    owner: str,
    *,
    now: datetime,
    lease: timedelta,
    limit: int,
    running: Mapping[str, int],
    per_account: int,
) -> list[JobRow]:
    """Take due work, the most urgent first; also work whose holder let the lease run out.

    ``running``: how much of each account this owner has under way; no account gets more than
    ``per_account``, so that a slow vendor holds up nobody else.
    """
    taken: list[JobRow] = []
    count = Counter(running)
    while len(taken) < limit:
        full = [account for account, busy in count.items() if busy >= per_account]
        marks = ", ".join("?" * len(full))
        # Few at a time: of the most urgent ones many may be of one account, which gets no more than its part.
        due = _due(tx, now, f"account NOT IN ({marks})", full, min(limit - len(taken), per_account))
        for row in due:
            if count[row.account] >= per_account:
                continue
            count[row.account] += 1
            held = msgspec.structs.replace(
                row,
                state="running",
                lease_owner=owner,
                lease_until=now + lease,
                fence=row.fence + 1,
                attempts=row.attempts + 1,
                started_at=now,
                again=False,
            )
            jobs.save(tx, held, was=row)
            taken.append(held)
        if not due:
            break
    return taken


def _due(tx: Transaction, now: datetime, which: str, values: Sequence[str], limit: int) -> list[JobRow]:
    """What its holder let go, and what is queued and due, the most urgent first."""
    time = micros(now)
    free = jobs.all(
        tx,
        f"WHERE state = 'running' AND lease_until < ? AND {which} ORDER BY priority, run_at LIMIT ?",
        (time, *values, limit),
    )
    deep = tx.execute(
        "SELECT 1 FROM jobs WHERE state = 'queued' AND run_at <= ? LIMIT 1 OFFSET ?", (time, _DEEP)
    ).fetchone()
    # Few are due as a rule, among many that wait: these are sorted. A long queue is walked in its order.
    index = "ix_jobs_state_run_at" if deep is None else "ix_jobs_state_priority_run_at"
    queued = jobs.all(
        tx,
        f"INDEXED BY {index} WHERE state = 'queued' AND run_at <= ? AND {which} "
        "ORDER BY priority, run_at LIMIT ?",
        (time, *values, limit),
    )
    return sorted([*free, *queued], key=lambda row: (row.priority, row.run_at))[:limit]


def _held(tx: Transaction, row: JobRow) -> JobRow | None:
    """The stored row, if this holder's lease is still the newest: a stale holder changes nothing."""
    known = jobs.get(tx, row.key)
    return known if known is not None and known.fence == row.fence and known.state == "running" else None


def finish(tx: Transaction, row: JobRow, *, now: datetime, next_run: datetime | None) -> None:
    """The work was done; ``next_run`` when it is to be done again."""
    known = _held(tx, row)
    if known is None:
        return
    if known.again:
        next_run = now
    if next_run is None:
        tx.execute("DELETE FROM jobs WHERE key = ?", (row.key,))
    else:
        jobs.save(tx, msgspec.structs.replace(known, state="queued", run_at=next_run, attempts=0, reason=""))


def fail(tx: Transaction, row: JobRow, *, retry_at: datetime | None, reason: str) -> bool:
    """The work failed: again at ``retry_at``, or dead with the reason. False for a stale holder."""
    known = _held(tx, row)
    if known is not None:
        state = "dead" if retry_at is None else "queued"
        jobs.save(
            tx, msgspec.structs.replace(known, state=state, run_at=retry_at or known.run_at, reason=reason)
        )
    return known is not None


def renew(tx: Transaction, keys: Collection[JobRow], *, until: datetime) -> None:
    """Hold on to work that takes long."""
    for row in keys:
        known = _held(tx, row)
        if known is not None:
            jobs.save(tx, msgspec.structs.replace(known, lease_until=until))


def next_due(connection: Transaction) -> datetime | None:
    """When the earliest queued work is due."""
    row = connection.execute(
        "SELECT run_at FROM jobs WHERE state = 'queued' ORDER BY run_at LIMIT 1"
    ).fetchone()
    return None if row is None else from_micros(row[0])


def hold_lease(tx: Transaction, name: str, owner: str, *, now: datetime, until: datetime) -> bool:
    """Take or renew a lease by name; False while another owner holds it."""
    done = tx.execute(
        "INSERT INTO leases (name, owner, until, fence) VALUES (?, ?, ?, 1) "
        "ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until, "
        "fence = leases.fence + 1 WHERE leases.owner = excluded.owner OR leases.until < ?",
        (name, owner, micros(until), micros(now)),
    )
    return done.rowcount == 1


def free_lease(tx: Transaction, name: str, owner: str) -> None:
    """Give a lease back."""
    tx.execute("DELETE FROM leases WHERE name = ? AND owner = ?", (name, owner))
