"""Whose work each worker does, where several work on one database: sellers fall into parts, and each part is
leased to one worker at a time. All accounts of a seller are so in one process, which keeps their pace.

A part is for order, not for safety: a worker that was stopped for longer than its lease, and goes on, holds
work whose own lease and fence are compared before anything is written or sent (`hub.store.versions`).
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable
from datetime import datetime

from hub.store import queue
from hub.store.connection import Connection, Transaction
from hub.store.mapping import micros

PARTS = 64
_ALIVE, _PART = "alive:", "part:"
_NOBODY = ("-",)  # no seller is called so: SQL knows no empty list
_RENEW = "UPDATE leases SET until = ?, fence = fence + 1 WHERE owner = ? AND name LIKE ?"
_LIVE = "SELECT name, owner FROM leases WHERE name LIKE ? AND until > ? AND until <= ?"


def part_of(seller: str) -> int:
    """The part that a seller's work is in, the same in every process and for ever."""
    return zlib.crc32(seller.encode()) % PARTS


def hold(tx: Transaction, owner: str, *, now: datetime, until: datetime) -> frozenset[int]:
    """Say that this worker lives, renew its parts, give up what others lack, and take what nobody holds, up
    to an even share. Returns the parts that are its own until then."""
    queue.hold_lease(tx, _ALIVE + owner, owner, now=now, until=until)
    furthest = now + 2 * (until - now)
    workers = {name for name, _ in _live(tx, _ALIVE, now, furthest)}
    held = dict(_live(tx, _PART, now, furthest))
    fair = -(-PARTS // max(len(workers), 1))
    mine = sorted(name for name, one in held.items() if one == owner)
    for name in mine[fair:]:
        queue.free_lease(tx, name, owner)
    free = [name for part in range(PARTS) if (name := f"{_PART}{part:02}") not in held]
    wanted = free[: max(fair - len(mine), 0)]
    taken = [name for name in wanted if queue.hold_lease(tx, name, owner, now=now, until=until)]
    tx.execute(_RENEW, (micros(until), owner, f"{_PART}%"))
    mine = mine[:fair] + taken
    tx.execute("DELETE FROM leases WHERE name LIKE ? AND until < ?", (f"{_ALIVE}%", micros(now)))
    return frozenset(int(name.removeprefix(_PART)) for name in mine)


def release(tx: Transaction, owner: str) -> None:
    """The worker stops: others may take its parts at once."""
    tx.execute(
        "DELETE FROM leases WHERE owner = ? AND (name LIKE ? OR name LIKE ?)",
        (owner, f"{_ALIVE}%", f"{_PART}%"),
    )


def sellers_in(parts: Collection[int], sellers: Iterable[str]) -> tuple[str, ...] | None:
    """The sellers whose work is in these parts, the hub's own work (of no seller) with them; None: of all."""
    if len(parts) == PARTS:
        return None
    return tuple(one for one in ("", *sellers) if part_of(one) in parts) or _NOBODY


def workers(connection: Connection, *, now: datetime, furthest: datetime) -> list[str]:
    """The workers that live, by their names as holders of leases."""
    return sorted(owner for _, owner in _live(connection, _ALIVE, now, furthest))


def _live(connection: Connection, prefix: str, now: datetime, furthest: datetime) -> list[tuple[str, str]]:
    """Leases that hold now: of one that lasts longer than any can, the clock went back since."""
    found = connection.execute(_LIVE, (f"{prefix}%", micros(now), micros(furthest)))
    return [(str(name), str(owner)) for name, owner in found]


__all__ = ["PARTS", "hold", "part_of", "release", "sellers_in", "workers"]
