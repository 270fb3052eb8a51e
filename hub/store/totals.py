"""Totals that were shown before many were ordered."""

from __future__ import annotations

from datetime import datetime

from hub.store.connection import Transaction
from hub.store.mapping import micros


def forget(tx: Transaction, *, before: datetime) -> None:
    """Delete those that were made before this time."""
    tx.execute("DELETE FROM totals WHERE created_at < ?", (micros(before),))


__all__ = ["forget"]
