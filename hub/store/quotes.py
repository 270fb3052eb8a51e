"""Tables of quotes that were kept."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from hub.store.connection import Transaction
from hub.store.mapping import from_micros


class Kept(NamedTuple):
    """A posting's table: when it was asked for, and its JSON."""

    posting_id: str
    time: datetime
    document: str


def newest(connection: Transaction, seller: str, *, limit: int) -> list[Kept]:
    """The tables of the seller's newest postings, the newest first."""
    found = connection.execute(
        "SELECT q.posting_id, q.time, q.document FROM postings p JOIN quotes q ON q.posting_id = p.id "
        "WHERE p.seller = ? ORDER BY p.id DESC LIMIT ?",
        (seller, limit),
    )
    return [Kept(posting_id, from_micros(time), document) for posting_id, time, document in found]


def count(connection: Transaction, seller: str, *, limit: int) -> int:
    """How many tables of the seller are kept, as far as ``limit``."""
    found = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM postings p JOIN quotes q ON q.posting_id = p.id "
        "WHERE p.seller = ? LIMIT ?) AS kept",
        (seller, limit),
    )
    return int(found.fetchone()[0])
