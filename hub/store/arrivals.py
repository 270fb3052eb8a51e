"""How far each stream of a source was read, and what came in, as it came."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from datetime import datetime

import msgspec

from hub.store.connection import Transaction
from hub.store.mapping import from_micros, micros


class RawPayload(msgspec.Struct, frozen=True):
    """One raw posting of an account. It is kept packed."""

    account: str
    kind: str
    external_id: str
    time: datetime
    hash: bytes
    body: bytes


def keep_raw(tx: Transaction, payloads: Iterable[RawPayload]) -> None:
    """Keep these, each once. Of an erased posting nothing is kept again."""
    tx.executemany(
        "INSERT INTO raw_payloads (account, kind, external_id, time, hash, body) "
        "SELECT ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM postings "
        "WHERE account = ? AND number = ? AND erased_at IS NOT NULL) "
        "ON CONFLICT (account, kind, external_id, hash) DO NOTHING",
        [
            (
                *(one.account, one.kind, one.external_id),
                *(micros(one.time), one.hash, zlib.compress(one.body, 1)),
                *(one.account, one.external_id),
            )
            for one in payloads
        ],
    )


def cursor(connection: Transaction, *, account: str, stream: str) -> str:
    """Where the stream is to be read on; empty at its beginning."""
    found = connection.execute(
        "SELECT cursor FROM cursors WHERE account = ? AND stream = ?", (account, stream)
    ).fetchone()
    return "" if found is None else str(found[0])


def put_cursor(tx: Transaction, *, account: str, stream: str, cursor: str, now: datetime) -> None:
    """The stream was read up to here."""
    tx.execute(
        "INSERT INTO cursors (account, stream, cursor, updated_at) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (account, stream) DO UPDATE SET cursor = excluded.cursor, "
        "updated_at = excluded.updated_at",
        (account, stream, cursor, micros(now)),
    )


def last_read(connection: Transaction, *, account: str) -> dict[str, datetime]:
    """When a page of each stream of the account was last taken in."""
    return {
        stream: from_micros(time)
        for stream, time in connection.execute(
            "SELECT stream, updated_at FROM cursors WHERE account = ?", (account,)
        )
    }


def count_unknown_status(tx: Transaction, status: str) -> None:
    """A posting came in with a status that its plugin does not know: counted, by the status."""
    tx.execute(
        "INSERT INTO counters (name, value) VALUES (?, 1) "
        "ON CONFLICT (name) DO UPDATE SET value = counters.value + 1",
        (f"unknown_status:{status}"[:100],),
    )
