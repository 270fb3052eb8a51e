"""The queue of work: one row for one piece of work, leased while it runs, fenced when it is given back."""

from __future__ import annotations

import os
import socket
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextvars import ContextVar
from datetime import datetime, timedelta

import msgspec

from hub.plugin_api.ids import new_id
from hub.store.connection import Transaction
from hub.store.mapping import from_micros, micros
from hub.store.rows import JobRow, jobs
from hub.store.versions import Working
from hub.words import said

LAST = 4_000_000_000  # no deadline of this century comes after it
LEASE = 10.0  # real seconds that a worker's word lasts
_PROMOTED = 1000  # pieces of work that become ready at once
_ALONE = 2  # so often lost, it runs alone from then on
_LOST = 6  # so often lost, it is set aside


working: ContextVar[Working] = ContextVar("parcelhub_working", default=Working())  # noqa: B039 - it is frozen
"""Which worker does the work here, and the fence of its lease on it: for the journal's attempts, and for what
is written only while the work is still this worker's."""


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
                state=_standing(work.run_at, now),
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
    elif known.state == "parked" or (known.state == "dead" and known.lost):
        return  # it ends the process again and again: it waits for its turn, or for a person
    elif work.run_at < known.run_at or known.state == "dead":
        at = min(work.run_at, known.run_at)
        sooner = {"run_at": at, "state": _standing(at, now), "priority": work.priority}
        jobs.save(tx, msgspec.structs.replace(known, **sooner))


def is_queued(connection: Transaction, work: Work) -> bool:
    """Whether the work waits already for a time that is no later: then `enqueue` would change nothing. What
    was committed before this is asked is seen by the work, for it is not taken yet."""
    known = jobs.get(connection, work.key)
    return known is not None and known.state in ("ready", "waiting") and known.run_at <= work.run_at


def _standing(run_at: datetime, now: datetime) -> str:
    return "ready" if run_at <= now else "waiting"


def claim(
    tx: Transaction,
    owner: str,
    *,
    now: datetime,
    lease: timedelta,
    limit: int,
    running: Mapping[str, int],
    per_account: int,
    sellers: Sequence[str] | None = None,
) -> list[JobRow]:
    """Take due work, the most urgent first; also work whose holder let the lease run out. ``sellers``: only
    of these (`hub.store.shares`).

    ``running``: how much of each account this owner has under way; no account gets more than
    ``per_account``, so that a slow vendor holds up nobody else.
    """
    taken: list[JobRow] = []
    count = Counter(running)
    if limit > 0:
        _promote(tx, now, sellers)
    while len(taken) < limit:
        full = [account for account, busy in count.items() if busy >= per_account]
        # Few at a time: of the most urgent ones many may be of one account, which gets no more than its part.
        void = (owner, micros(now + 2 * lease))
        due = _due(tx, now, void, full, sellers, min(limit - len(taken), per_account))
        for row in due:
            if count[row.account] >= per_account:
                continue
            count[row.account] += 1
            taken.append(_take(tx, row, owner, now, lease))
        if not due:
            break
    return taken


def _promoting(of: str) -> str:
    return (
        "UPDATE jobs SET state = 'ready' WHERE key IN "
        f"(SELECT key FROM jobs WHERE state = 'waiting' AND run_at <= ?{of} ORDER BY run_at LIMIT ?)"
    )


PROMOTE = _promoting("")


def _promote(tx: Transaction, now: datetime, sellers: Sequence[str] | None) -> None:
    """What has waited for its time is ready, so that the most urgent of it is found among the ready only,
    however much waits."""
    tx.execute(_promoting(_of(sellers)), (micros(now), *(sellers or ()), _PROMOTED))


def _of(sellers: Sequence[str] | None) -> str:
    """A condition for the work of these sellers, with a mark for each; none: of all."""
    return "" if sellers is None else f" AND seller IN ({', '.join('?' * len(sellers))})"


def claim_alone(tx: Transaction, owner: str, *, now: datetime, lease: timedelta) -> list[JobRow]:
    """Take one piece of the work that perhaps ends the process: nothing else is to run beside it."""
    row = jobs.first(tx, "WHERE state = 'parked' AND run_at <= ? ORDER BY run_at LIMIT 1", (micros(now),))
    return [] if row is None else [_take(tx, row, owner, now, lease)]


def _take(tx: Transaction, row: JobRow, owner: str, now: datetime, lease: timedelta) -> JobRow:
    lost = {} if row.state != "running" else {"lost": row.lost + 1, "lost_at": row.lost_at or now}
    held = msgspec.structs.replace(
        row,
        state="running",
        lease_owner=owner,
        lease_until=now + lease,
        fence=row.fence + 1,
        attempts=row.attempts + 1,
        started_at=now,
        again=False,
        **lost,
    )
    jobs.save(tx, held, was=row)
    return held


def set_aside(
    tx: Transaction, owner: str, *, now: datetime, lease: timedelta, patience: timedelta
) -> list[JobRow]:
    """Work that was lost with its worker again and again: it runs alone from now on, so that it is known
    which one ends the process, each time a little later; lost alone too, over more than ``patience`` in
    all, it is dead. Returns what is dead now. A worker that somebody kills often does not make good work
    dead so: that is done sooner or later, and is then as good as new.
    """
    dead = []
    found = jobs.all(
        tx,
        "WHERE state = 'running' AND lost >= ? AND lease_owner <> ? AND (lease_until < ? OR lease_until > ?)",
        (_ALONE, owner, micros(now), micros(now + 2 * lease)),
    )
    for row in found:
        lost = row.lost + 1
        first = row.lost_at or now
        changes: dict[str, object] = {"state": "parked", "run_at": now + lease * (lost - 1)}
        if lost >= _LOST and now - first >= patience:
            changes = {
                "state": "dead",
                "reason": said(
                    "the process ended {lost} times while this was at work",
                    code="work.process_ended_times_while",
                    values={"lost": lost},
                ),
            }
        elif now - first < patience / 5:
            changes = {"state": "ready", "run_at": now}
        after = msgspec.structs.replace(row, lost=lost, lost_at=first, again=False, **changes)
        jobs.save(tx, after, was=row)
        if after.state == "dead":
            dead.append(after)
    return dead


def _due(
    tx: Transaction,
    now: datetime,
    void: tuple[str, int],
    full: Sequence[str],
    sellers: Sequence[str] | None,
    limit: int,
) -> list[JobRow]:
    """What its holder let go, and what is ready, the most urgent first; nothing of the accounts that are
    ``full``. A lease of another holder that lasts longer than a lease can (``void``) was given before the
    clock went back."""
    which = _of(sellers) + (f" AND account NOT IN ({', '.join('?' * len(full))})" if full else "")
    named = (*(sellers or ()), *full)
    free = jobs.all(
        tx,
        "WHERE state = 'running' AND (lease_until < ? OR (lease_owner <> ? AND lease_until > ?)) "
        f"AND lost < {_ALONE}{which} ORDER BY priority, run_at LIMIT ?",
        (micros(now), *void, *named, limit),
    )
    ready = jobs.all(tx, f"WHERE state = 'ready'{which} ORDER BY priority, run_at LIMIT ?", (*named, limit))
    return sorted([*free, *ready], key=lambda row: (row.priority, row.run_at))[:limit]


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
        return
    fresh = msgspec.structs.replace(
        known,
        state=_standing(next_run, now),
        run_at=next_run,
        attempts=0,
        reason="",
        lost=0,
        lost_at=None,
        stuck=False,
    )
    jobs.save(tx, fresh)


def give_back(tx: Transaction, row: JobRow, *, at: datetime) -> None:
    """The work was not begun, or could not be done for a reason that is not its own (a stop, a full
    disk): as it was, to be taken again at ``at``."""
    known = _held(tx, row)
    if known is not None:
        state = "parked" if row.lost > _ALONE else "waiting"
        jobs.save(tx, msgspec.structs.replace(known, state=state, run_at=at, attempts=row.attempts - 1))


def fail(
    tx: Transaction, row: JobRow, *, retry_at: datetime | None, reason: str, stuck: bool = False
) -> bool:
    """The work failed: again at ``retry_at``, or dead with the reason. ``stuck``: it fails for so long that a
    person has to know, though it goes on. False for a stale holder."""
    known = _held(tx, row)
    if known is not None:
        state = "dead" if retry_at is None else "waiting"
        at = retry_at or known.run_at
        failed = {"state": state, "run_at": at, "reason": reason, "stuck": stuck}
        jobs.save(tx, msgspec.structs.replace(known, **failed, lost=0, lost_at=None))
    return known is not None


def renew(tx: Transaction, keys: Collection[JobRow], *, until: datetime) -> None:
    """Hold on to work that takes long."""
    for row in keys:
        known = _held(tx, row)
        if known is not None:
            jobs.save(tx, msgspec.structs.replace(known, lease_until=until))


def _earliest(of: str, *states: str) -> str:
    each = (
        f"SELECT * FROM (SELECT run_at FROM jobs WHERE state = '{state}'{of if state != 'parked' else ''} "
        f"ORDER BY run_at LIMIT 1) AS {state}"
        for state in states
    )
    return f"SELECT min(run_at) FROM ({' UNION ALL '.join(each)}) AS earliest"


NEXT_DUE = _earliest("", "ready", "waiting", "parked")


def next_due(
    connection: Transaction, sellers: Sequence[str] | None = None, *, parked: bool = True
) -> datetime | None:
    """When the earliest work that nobody does is due. ``sellers``: only of these; ``parked``: also what
    nothing may run beside, of whomever."""
    if sellers is None and parked:
        found = connection.execute(NEXT_DUE).fetchone()
    else:
        states = ("ready", "waiting", "parked") if parked else ("ready", "waiting")
        values = (*(sellers or ()), *(sellers or ()))
        found = connection.execute(_earliest(_of(sellers), *states), values).fetchone()
    return None if found[0] is None else from_micros(found[0])


def hold_lease(tx: Transaction, name: str, owner: str, *, now: datetime, until: datetime) -> bool:
    """Take or renew a lease by name; False while another owner holds it. One that lasts longer than a
    lease can is void: it was given before the clock went back."""
    furthest = now + 2 * (until - now)
    done = tx.execute(
        "INSERT INTO leases (name, owner, until, fence) VALUES (?, ?, ?, 1) "
        "ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until, "
        "fence = leases.fence + 1 WHERE leases.owner = excluded.owner OR leases.until < ? "
        "OR leases.until > ?",
        (name, owner, micros(until), micros(now), micros(furthest)),
    )
    return done.rowcount == 1


def holder(connection: Transaction, name: str, *, now: datetime, lease: timedelta) -> str:
    """Who holds a lease now, in whatever process; empty where nobody does."""
    found = connection.execute(
        "SELECT owner FROM leases WHERE name = ? AND until > ? AND until <= ?",
        (name, micros(now), micros(now + 2 * lease)),
    ).fetchone()
    return "" if found is None else str(found[0])


def new_owner() -> str:
    """The name of a holder of leases: it says which process of which machine it is."""
    return new_id(f"wrk-{os.getpid()}@{socket.gethostname()[:40]}")


def process_of(owner: str) -> dict[str, str]:
    """Which process a holder is: ``worker`` its name, ``process`` its number, ``host`` its machine."""
    name, _, _ = owner.rpartition("_")
    process, _, host = name.removeprefix("wrk-").partition("@")
    return {"worker": owner, "process": process, "host": host}


def free_lease(tx: Transaction, name: str, owner: str) -> None:
    """Give a lease back."""
    tx.execute("DELETE FROM leases WHERE name = ? AND owner = ?", (name, owner))


def revive_of_posting(tx: Transaction, posting_id: str, *, now: datetime) -> None:
    """The dead work of a posting, its shipments and their accounts is taken up again."""
    tx.execute(
        "UPDATE jobs SET state = 'ready', attempts = 0, run_at = ? WHERE state = 'dead' AND "
        "subject IN (SELECT ? UNION SELECT id FROM shipments WHERE posting_id = ? "
        "UNION SELECT account FROM shipments WHERE posting_id = ? "
        "UNION SELECT account FROM postings WHERE id = ?)",
        (micros(now), posting_id, posting_id, posting_id, posting_id),
    )


def revive_of_account(tx: Transaction, account: str, *, now: datetime) -> None:
    """The account's work that is dead, or fails again and again, is taken up again."""
    tx.execute(
        "UPDATE jobs SET state = 'ready', attempts = 0, stuck = FALSE, run_at = ? "
        "WHERE account = ? AND subject = ? AND "
        "(state = 'dead' OR (state IN ('ready', 'waiting') AND stuck = TRUE))",
        (micros(now), account, account),
    )


def revive(tx: Transaction, key: str, *, now: datetime) -> None:
    """This work, where it is dead or fails again and again, is taken up again."""
    tx.execute(
        "UPDATE jobs SET state = 'ready', attempts = 0, stuck = FALSE, run_at = ? WHERE key = ? AND "
        "(state = 'dead' OR (state IN ('ready', 'waiting') AND stuck = TRUE))",
        (micros(now), key),
    )


def drop(tx: Transaction, key: str) -> None:
    """Work that has not begun is not to be done."""
    tx.execute("DELETE FROM jobs WHERE key = ? AND state IN ('ready', 'waiting')", (key,))
