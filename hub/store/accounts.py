"""Accounts with marketplaces and carriers."""

from __future__ import annotations

from typing import NamedTuple

from hub.store import rows
from hub.store.connection import Transaction

_UNDER_WAY = "('planned', 'sending', 'accepted', 'unknown')"


def every(connection: Transaction) -> list[rows.AccountRow]:
    """All accounts, in no order."""
    return rows.accounts.all(connection, "")


def by_name(connection: Transaction) -> list[rows.AccountRow]:
    """All accounts, by seller and name."""
    return rows.accounts.all(connection, "ORDER BY seller, name")


def of_seller(connection: Transaction, seller: str) -> list[rows.AccountRow]:
    """A seller's accounts, the oldest first."""
    return rows.accounts.all(connection, "WHERE seller = ? ORDER BY id", (seller,))


def named(connection: Transaction, seller: str, name: str) -> rows.AccountRow | None:
    """A seller's account of this name."""
    return rows.accounts.first(connection, "WHERE seller = ? AND name = ?", (seller, name))


def with_credentials(connection: Transaction) -> list[rows.AccountRow]:
    """Accounts whose sealed credentials are stored here, the oldest first."""
    return rows.accounts.all(connection, "WHERE credentials IS NOT NULL ORDER BY id")


def twins_of(connection: Transaction, account: rows.AccountRow) -> list[rows.AccountRow]:
    """Other accounts of the same plugin with the same id at the vendor."""
    return rows.accounts.all(
        connection,
        "WHERE plugin = ? AND external_id = ? AND id <> ?",
        (account.plugin, account.external_id, account.id),
    )


class UnderWay(NamedTuple):
    """``postings``: open ones of the account, or booked with it. ``moving``: booked parcels on their way of
    postings that are not open any more. ``unclear``: operations that have no end."""

    postings: int
    moving: int
    unclear: int


def under_way(connection: Transaction, account: rows.AccountRow) -> UnderWay:
    """How much work of an account is not over."""
    (postings,) = connection.execute(
        "SELECT count(*) FROM postings p WHERE p.seller = ? AND p.is_open = TRUE AND (p.account = ? OR "
        "EXISTS (SELECT 1 FROM shipments s WHERE s.posting_id = p.id AND s.account = ? "
        "AND s.state NOT IN ('failed', 'cancelled')))",
        (account.seller, account.id, account.id),
    ).fetchone()
    (moving,) = connection.execute(
        "SELECT count(*) FROM shipments WHERE account = ? AND state = 'booked' AND stage NOT IN "
        "('delivered', 'returned', 'lost', 'cancelled') AND posting_id IN "
        "(SELECT id FROM postings WHERE is_open = FALSE)",
        (account.id,),
    ).fetchone()
    (unclear,) = connection.execute(
        f"SELECT count(*) FROM operations WHERE account = ? AND state IN {_UNDER_WAY}", (account.id,)
    ).fetchone()
    return UnderWay(postings, moving, unclear)
