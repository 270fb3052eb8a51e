"""Sealed values under a new key: each is opened, sealed anew and written in its place, in one transaction.

It may be interrupted at any moment and run again. The key file is replaced whole and holds the new key before
any value is sealed with it; until the old keys are forgotten every value opens, whichever key sealed it.
Processes that run meanwhile read the key file again when it has changed. Old keys are forgotten only when
nothing is sealed with them, and only when that is asked for: a backup from before still needs them.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from filelock import FileLock, Timeout

from hub.flow.runtime.credentials import FILE, KeyRing
from hub.plugin_api.errors import Conflict
from hub.store import Transaction, accounts, rows

if TYPE_CHECKING:
    from hub.flow.app import App

log = logging.getLogger("hub.keys")

_SEALED = "credentials"


class Rotated(msgspec.Struct, frozen=True, kw_only=True):
    """What a rotation did."""

    made: bool
    """A new key was made; else one that was there already is the newest."""
    sealed_anew: int
    values: int
    """That are stored; all of them are sealed with the newest key."""
    old_keys: int
    """That the file still has."""


async def rotate(app: App, actor: str, *, forget: bool = False) -> Rotated:
    """Seal every stored value with the newest key; where all of them are, make a newer key first.

    With ``forget`` no key is made: the old ones are taken out of the file. Raises ConfigError where a value
    does not open, or the old keys are not the file's; Conflict while another rotation is at work.
    """
    home = app.home
    try:
        with FileLock(home / f"{FILE}.lock", timeout=0, mode=0o600):
            return await _rotate(app, home, actor, forget=forget)
    except Timeout:
        raise Conflict(
            "another rotation is at work: wait until it has ended", code="conflict.another_rotation_work_wait"
        ) from None


async def _rotate(app: App, home: Path, actor: str, *, forget: bool) -> Rotated:
    app.keyring.refresh()
    pending = [row for row in _stored(app) if not _newest(app.keyring, row)]
    for row in pending:
        _opened(app.keyring, row)  # what does not open is said before anything changes
    made = False
    if not forget and not pending and KeyRing.in_file(home):
        KeyRing.add_newest(home)
        made = True
        app.keyring.refresh()

    def write(tx: Transaction) -> int:
        count = 0
        for row in accounts.with_credentials(tx):
            if not _newest(app.keyring, row):
                plain = _opened(app.keyring, row)
                sealed = app.keyring.seal(plain, table="accounts", row_id=row.id, field=_SEALED)
                rows.accounts.save(tx, msgspec.structs.replace(row, credentials=sealed))
                count += 1
        return count

    sealed_anew = await app.store.write(write)
    stored = _stored(app)
    if forget:
        if not all(_newest(app.keyring, row) for row in stored):
            raise Conflict(
                "a value was sealed with an old key a moment ago: run the command again",
                code="conflict.value_sealed_old_key",
            )
        KeyRing.forget_old(home)
        app.keyring.refresh()
    log.info("keys rotated by %s: %d of %d values sealed anew", actor, sealed_anew, len(stored))
    return Rotated(made=made, sealed_anew=sealed_anew, values=len(stored), old_keys=app.keyring.count - 1)


def _stored(app: App) -> list[rows.AccountRow]:
    return accounts.with_credentials(app.store.reader)


def _newest(keyring: KeyRing, row: rows.AccountRow) -> bool:
    assert row.credentials is not None
    return keyring.newest_opens(row.credentials, table="accounts", row_id=row.id, field=_SEALED)


def _opened(keyring: KeyRing, row: rows.AccountRow) -> bytes:
    assert row.credentials is not None
    return keyring.unseal(row.credentials, table="accounts", row_id=row.id, field=_SEALED)
