"""API keys, and orders that are done once however often they are sent.

A key is 256 random bits, shown once; the store has its SHA-256, which is what is looked up, so that the
time of an answer tells nothing about other keys. A slow hash protects guessable passwords; 256 bits are
not guessable.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import os
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from hub.flow.history.key_views import KeyView, Principal
from hub.flow.history.names import is_name
from hub.flow.history.view import view_of
from hub.flow.runtime.unknown import no_such_seller
from hub.plugin_api.errors import Conflict, HubError, NotFound, Rejected
from hub.plugin_api.ids import new_id
from hub.store import Transaction, keys, rows, warehouses

if TYPE_CHECKING:
    from hub.flow.app import App

log = logging.getLogger("hub.keys")

KEPT = timedelta(days=7)
"""How long an answer is kept for a repeat."""
AT_WORK_SECONDS = 120.0
"""Real seconds after which a request that left no answer counts as crashed."""

_START = "phk_"
_SHOWN = len(_START) + 6
_PRUNE_EVERY = 256
_OK = 200


async def add_key(
    app: App,
    seller: str | None,
    name: str,
    actor: str,
    *,
    warehouse: str | None = None,
    read_only: bool = False,
    expires_at: datetime | None = None,
) -> tuple[KeyView, str]:
    """Make a key for one seller, or the operator's (None). The token is given this once. A key of a
    ``warehouse`` of the seller's (its slug) sees and does only what leaves from there. A ``read_only`` one
    changes nothing and has no vendor asked. From ``expires_at`` on (with a zone) it opens nothing.

    Raises NotFound for an unknown seller or warehouse, Rejected for a name that says nothing, for an end that
    is over, or for a warehouse of nobody.
    """
    name = name.strip()
    if not is_name(name):
        raise Rejected(
            "a key's name has 1 to 100 printable characters: say who will use it",
            code="name.of_key",
        )
    if expires_at is not None and (expires_at.tzinfo is None or expires_at <= app.clock.now()):
        raise Rejected("expires_at: say a time to come, with its zone", code="expires_at")
    if warehouse is not None and seller is None:
        raise Rejected("warehouse: say whose it is, in seller", code="warehouse.whose")
    token = _START + base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")
    row = rows.ApiKeyRow(
        id=new_id("ak"),
        name=name,
        seller=seller,
        prefix=token[:_SHOWN],
        hash=_hash(token),
        revoked=False,
        created_at=app.clock.now(),
        expires_at=expires_at,
        read_only=read_only,
        warehouse=warehouse,
    )

    def write(tx: Transaction) -> None:
        if seller is not None and rows.sellers.get(tx, seller) is None:
            raise no_such_seller(tx, seller)
        if warehouse is not None and warehouses.named(tx, seller or "", warehouse) is None:
            raise NotFound("no such warehouse", code="not_found.no_warehouse")
        rows.api_keys.insert(tx, row)

    await app.store.write(write)
    log.info("key %s added by %s", row.id, actor)
    return _view(row), token


class KeyExpired(HubError):
    """The key is one of ours, and its time is over."""

    code = "key_expired"


def verify(app: App, token: str) -> Principal | None:
    """Who holds this token; None where nobody does. Read from the store each time, so that a key that was
    revoked in another process is closed at once. Raises KeyExpired."""
    found = keys.holder(app.store.reader, _hash(token))
    if found is None:
        return None
    if found.expires_at is not None and found.expires_at <= app.clock.now():
        raise KeyExpired(
            "This API key has expired. 'hub key add' makes a new one.", code="key_expired.api_key"
        )
    return Principal(
        key_id=found.id, seller=found.seller, read_only=found.read_only, warehouse=found.warehouse
    )


def list_keys(app: App) -> list[KeyView]:
    """The keys that are in use, the oldest first."""
    return [_view(row) for row in keys.in_use(app.store.reader)]


async def revoke(app: App, key_id: str, actor: str) -> None:
    """Close a key, at once and for good. Raises NotFound."""

    def write(tx: Transaction) -> None:
        if not keys.revoke(tx, key_id):
            raise NotFound("no such key", code="not_found.no_key")

    await app.store.write(write)
    log.info("key %s revoked by %s", key_id, actor)


async def idempotent(
    app: App, principal: Principal, key: str, fingerprint: str, work: Callable[[], Awaitable[bytes]]
) -> bytes:
    """Do ``work`` for the first request with this key, and give its answer to every repeat for `KEPT`.

    ``fingerprint`` is of the whole request. Raises Conflict: ``idempotency_key_reused`` for another request
    under the same key, ``in_progress`` while the first one works. Work that raised left nothing behind, and
    the key may be used again. A first request that crashed may run again after `AT_WORK_SECONDS`: what it
    ordered is in the journal, which pays once.
    """
    now = app.clock.now()
    oldest = now - app.clock.stretch(AT_WORK_SECONDS)

    def stored(row: rows.IdempotencyRow | None) -> bytes | None:
        """The answer to give; None where this request has to do the work."""
        if row is None or row.created_at < now - KEPT:
            return None
        if row.fingerprint != fingerprint:
            raise Conflict(
                "this idempotency key was used for another request: use a new key for each new order",
                code="idempotency_key_reused",
            )
        if row.answer is None and row.created_at > oldest:
            raise Conflict(
                "the first request with this idempotency key is still at work: ask again in a moment",
                code="in_progress",
            )
        return row.answer

    mine = rows.IdempotencyRow(principal.key_id, key, fingerprint, None, None, now)

    # a repeat, the common case, needs no write
    if (answer := stored(rows.idempotency.get(app.store.reader, principal.key_id, key))) is not None:
        return answer

    def claim(tx: Transaction) -> bytes | None:
        known = stored(rows.idempotency.get(tx, principal.key_id, key))
        if known is None:
            rows.idempotency.put(tx, mine)
        return known

    if (answer := await app.store.write(claim)) is not None:
        return answer
    try:
        answer = await work()
    except Exception:
        await app.store.write(lambda tx: keys.release(tx, mine))
        raise
    await app.store.write(lambda tx: _answered(tx, mine, answer, now))
    return answer


def _answered(tx: Transaction, mine: rows.IdempotencyRow, answer: bytes, now: datetime) -> None:
    keys.answered(tx, mine, status=_OK, answer=answer)
    if secrets.randbelow(_PRUNE_EVERY) == 0:
        keys.forget_answers(tx, before=now - KEPT)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _view(row: rows.ApiKeyRow) -> KeyView:
    return view_of(KeyView, row, scope="read" if row.read_only else "full")
