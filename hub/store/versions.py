"""The version of a posting: raised with every change of it, its buyer, its shipments, operations, problems
and documents (docs/adr/0027). A decision that was made on one version is acted on only while it stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hub.store.connection import Connection

_RAISE = "UPDATE postings SET version = version + 1 WHERE id = ?"


class Working(NamedTuple):
    """Which worker does the work here, the fence of its lease on it, and the key of that work; empty where
    nobody's job is done: a person's command, a request."""

    owner: str = ""
    fence: int = 0
    key: str = ""


class Standing(NamedTuple):
    """The posting's version now, and whether the work is still the worker's that asks."""

    version: int
    holds: bool


def raise_of(tx: Connection, posting_id: str) -> None:
    """Something of the posting changed. Once in a transaction of the store's own is enough."""
    raised: set[str] | None = getattr(tx, "raised", None)
    if raised is None:
        tx.execute(_RAISE, (posting_id,))
    elif posting_id not in raised:
        raised.add(posting_id)
        tx.execute(_RAISE, (posting_id,))


def change(tx: Connection, posting_id: str, sql: str, parameters: Sequence[object]) -> int:
    """Run a change of rows that belong to the posting. Returns how many it changed; where none, the version
    stays."""
    changed = tx.execute(sql, parameters).rowcount
    if changed > 0 and posting_id:
        raise_of(tx, posting_id)
    return changed


def change_one(tx: Connection, table: str, key: str, sql: str, parameters: Sequence[object]) -> int:
    """Run a change of the row of ``table`` with this id, whichever posting it belongs to. Returns as
    `change`."""
    changed = tx.execute(sql, parameters).rowcount
    if changed > 0:
        tx.execute(
            "UPDATE postings SET version = version + 1 WHERE id IN "
            f"(SELECT posting_id FROM {table} WHERE id = ?)",
            (key,),
        )
    return changed


def now_of(connection: Connection, posting_id: str) -> int:
    """The posting's version; -1 where there is none."""
    found = connection.execute("SELECT version FROM postings WHERE id = ?", (posting_id,)).fetchone()
    return -1 if found is None else int(found[0])


def standing(tx: Connection, posting_id: str, work: Working) -> Standing:
    """How it stands for who decided in the course of this work."""
    if not work.key:
        return Standing(now_of(tx, posting_id), True)
    found = tx.execute(
        "SELECT (SELECT version FROM postings WHERE id = ?), (SELECT 1 FROM jobs WHERE key = ? AND "
        "lease_owner = ? AND fence = ? AND state = 'running')",
        (posting_id, work.key, work.owner, work.fence),
    ).fetchone()
    return Standing(-1 if found[0] is None else int(found[0]), found[1] is not None)


__all__ = ["Standing", "Working", "change", "change_one", "now_of", "raise_of", "standing"]
