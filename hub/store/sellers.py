"""Sellers."""

from __future__ import annotations

from hub.store import rows
from hub.store.connection import Transaction


def every(connection: Transaction) -> list[rows.SellerRow]:
    """All sellers, in no order."""
    return rows.sellers.all(connection, "")


def by_slug(connection: Transaction) -> list[rows.SellerRow]:
    """All sellers, by slug."""
    return rows.sellers.all(connection, "ORDER BY slug")
