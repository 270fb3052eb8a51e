"""Sellers."""

from __future__ import annotations

from pathlib import Path

import msgspec

from hub.store import rows
from hub.store.condition import looked_at
from hub.store.connection import Transaction
from hub.store.trouble import EngineError


def every(connection: Transaction) -> list[rows.SellerRow]:
    """All sellers, in no order."""
    return rows.sellers.all(connection, "")


def by_slug(connection: Transaction) -> list[rows.SellerRow]:
    """All sellers, by slug."""
    return rows.sellers.all(connection, "ORDER BY slug")


def languages(path: Path) -> set[str]:
    """What the sellers of the database at ``path`` read, while no `Store` of it is open in this process;
    nothing where that cannot be read."""
    try:
        with looked_at(path) as connection:
            return {row.profile.language for row in every(connection)}
    except (*EngineError, OSError, msgspec.MsgspecError):
        return set()
