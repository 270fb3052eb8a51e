"""Whether the hub can do its work now: one word and its reasons, for a probe that asks every few seconds."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import msgspec

from hub.plugin_api.errors import StoreError
from hub.store import Transaction, condition, health, jumps, queue, rows, sellers
from hub.store.trouble import EngineError, of_kind

if TYPE_CHECKING:
    from hub.flow.app import App

State = Literal["ok", "stalled", "failing"]
Reason = Literal[
    "cannot_write", "cannot_read", "disk_full", "intake_stopped", "clock_behind", "no_worker", "work_late"
]

DISK_FULL = 32 * 1024 * 1024
"""Bytes: with less free than this a page of postings or a file of labels may not be taken any more."""
_STALLED = 300.0  # real seconds that due work may wait, or that no worker may be heard of
_BEHIND = 60.0  # real seconds
_WRITE = 2.0  # real seconds that a write may wait for another process
_FRESH = 5.0  # real seconds: a write that was made or refused since then says how it is
_PROBED = "probed_at"


class Readiness(msgspec.Struct, frozen=True):
    """``failing``: it cannot work. ``stalled``: it could, and nobody does. ``reasons`` are stable codes."""

    status: State
    reasons: tuple[Reason, ...] = ()


async def readiness(app: App) -> Readiness:
    """How it is. It reads a few rows, and writes one at most every five seconds."""
    failing: list[Reason] = []
    stalled: list[Reason] = []
    if await write_trouble(app) is not None:
        failing.append("cannot_write")
    try:
        free = app.store.free()
        if free is not None and free < DISK_FULL:
            failing.append("disk_full")
        for reason in _of_work(app):
            (failing if reason in ("intake_stopped", "clock_behind") else stalled).append(reason)
    except (*EngineError, StoreError, OSError):
        failing.append("cannot_read")
    status: State = "failing" if failing else "stalled" if stalled else "ok"
    return Readiness(status, (*failing, *stalled))


async def write_trouble(app: App) -> StoreError | None:
    """Why nothing can be written now; None where it can. What was written a moment ago is not tried again."""
    store = app.store
    if store.tried_since(_FRESH):
        return store.trouble

    def probe(tx: Transaction) -> None:
        condition.note(tx, _PROBED, app.clock.now())

    try:
        async with asyncio.timeout(_WRITE):
            await store.write(probe)
    except TimeoutError:
        return of_kind("locked", store.place)
    except (StoreError, *EngineError, OSError) as error:
        return store.what_is_wrong(error) or of_kind("broken", store.place)
    return None


def _of_work(app: App) -> list[Reason]:
    reader, now = app.store.reader, app.clock.now()
    found: list[Reason] = []
    if intake_stopped(reader, [row.id for row in _sources(app)]):
        found.append("intake_stopped")
    lease = app.clock.stretch(queue.LEASE)
    alive = queue.holder(reader, "worker", now=now, lease=lease)
    if not alive and jumps.behind(reader, now) > app.clock.stretch(_BEHIND):
        found.append("clock_behind")
    patience = app.clock.stretch(_STALLED)
    seen = condition.noted(reader, jumps.SEEN)
    if not alive and seen is not None and now - seen > patience:
        found.append("no_worker")
    due = health.oldest_due(reader, now)
    late = timedelta(0) if due is None else now - due
    if late > patience:
        found.append("work_late")
    return found


def _sources(app: App) -> list[rows.AccountRow]:
    every = sellers.every(app.store.reader)
    return [account for seller in every for account in app.source_accounts(seller)]


def intake_stopped(reader: Transaction, accounts: list[str]) -> bool:
    """Whether no marketplace account's postings come in any more: each was given up, or fails for long."""
    states = [rows.jobs.get(reader, f"sync:{account}") for account in accounts]
    return bool(states) and all(row is not None and (row.stuck or row.state == "dead") for row in states)


__all__ = ["DISK_FULL", "Readiness", "Reason", "State", "intake_stopped", "readiness", "write_trouble"]
