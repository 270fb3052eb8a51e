"""API keys, and what was answered to their orders."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from hub.store import rows
from hub.store.connection import Transaction
from hub.store.mapping import from_micros, micros

BY_HASH = (
    "SELECT id, seller, read_only, expires_at, warehouse FROM api_keys WHERE hash = ? AND revoked = FALSE"
)
ANSWER = (
    "UPDATE idempotency SET status = ?, answer = ? WHERE key_id = ? AND key = ? AND created_at = ? "
    "AND answer IS NULL"
)
RELEASE = "DELETE FROM idempotency WHERE key_id = ? AND key = ? AND created_at = ? AND answer IS NULL"
FORGET = "DELETE FROM idempotency WHERE created_at < ?"


class Holder(NamedTuple):
    """Whose a key is."""

    id: str
    seller: str | None
    read_only: bool
    expires_at: datetime | None
    warehouse: str | None


def holder(connection: Transaction, digest: bytes) -> Holder | None:
    """Who holds the key with this hash, unless it was revoked."""
    found = connection.execute(BY_HASH, (digest,)).fetchone()
    if found is None:
        return None
    key_id, seller, read_only, expires_at, warehouse = found
    ends = None if expires_at is None else from_micros(expires_at)
    return Holder(key_id, seller, bool(read_only), ends, warehouse)


def in_use(connection: Transaction) -> list[rows.ApiKeyRow]:
    """The keys that were not revoked, the oldest first."""
    return rows.api_keys.all(connection, "WHERE revoked = FALSE ORDER BY id")


def that_end(connection: Transaction) -> list[rows.ApiKeyRow]:
    """Those of them that have an end, the oldest first."""
    return rows.api_keys.all(connection, "WHERE revoked = FALSE AND expires_at IS NOT NULL ORDER BY id")


def revoke(tx: Transaction, key_id: str) -> bool:
    """Close a key. False where there is none to close."""
    done = tx.execute("UPDATE api_keys SET revoked = TRUE WHERE id = ? AND revoked = FALSE", (key_id,))
    return done.rowcount == 1


def answered(tx: Transaction, request: rows.IdempotencyRow, *, status: int, answer: bytes) -> None:
    """Keep the answer to a request that is at work; not to a later one under the same key."""
    tx.execute(ANSWER, (status, answer, *_which(request)))


def release(tx: Transaction, request: rows.IdempotencyRow) -> None:
    """A request came to nothing: its key may be used again."""
    tx.execute(RELEASE, _which(request))


def forget_answers(tx: Transaction, *, before: datetime) -> None:
    """Let go of requests that are older, with their answers."""
    tx.execute(FORGET, (micros(before),))


def _which(request: rows.IdempotencyRow) -> tuple[str, str, int]:
    return request.key_id, request.key, micros(request.created_at)
