"""Bookings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from hub.store import queries, rows
from hub.store.connection import Transaction
from hub.store.mapping import from_micros, micros

_OVER = "('delivered', 'cancelled', 'returned', 'lost')"
_LIVE = "('booking', 'booked', 'cancelling', 'unknown', 'checking')"
_OF_WAREHOUSE = " AND EXISTS (SELECT 1 FROM postings p WHERE p.id = shipments.posting_id AND p.warehouse = ?)"
_SAME_CARRIER = (
    "s.account IN (SELECT other.id FROM accounts this JOIN accounts other "
    "ON other.seller = this.seller AND other.plugin = this.plugin WHERE this.id = ?)"
)


def latest(connection: Transaction, posting_id: str) -> rows.ShipmentRow | None:
    """The posting's newest booking."""
    return rows.shipments.first(
        connection, "WHERE posting_id = ? ORDER BY ordinal DESC LIMIT 1", (posting_id,)
    )


def of_posting(connection: Transaction, posting_id: str) -> list[rows.ShipmentRow]:
    """All bookings of a posting, in no order."""
    return rows.shipments.all(connection, "WHERE posting_id = ?", (posting_id,))


def failed_of_posting(connection: Transaction, posting_id: str) -> list[rows.ShipmentRow]:
    """The posting's bookings that came to nothing."""
    return rows.shipments.all(connection, "WHERE posting_id = ? AND state = 'failed'", (posting_id,))


def booked(
    connection: Transaction, *, seller: str | None = None, warehouse: str | None = None
) -> list[rows.ShipmentRow]:
    """The bookings that stand, of one seller or of all, and of one warehouse of that seller's."""
    if seller is None:
        return rows.shipments.all(connection, "WHERE state = 'booked'")
    there, slug = ("", ()) if warehouse is None else (_OF_WAREHOUSE, (warehouse,))
    return rows.shipments.all(connection, f"WHERE seller = ? AND state = 'booked'{there}", (seller, *slug))


def to_look_at(connection: Transaction, *, account: str, due: datetime, limit: int) -> list[rows.ShipmentRow]:
    """The account's bookings whose orders are to be looked at by this time, the earliest first."""
    return rows.shipments.all(
        connection,
        "WHERE account = ? AND look_at <= ? ORDER BY look_at LIMIT ?",
        (account, micros(due), limit),
    )


def next_look(connection: Transaction, *, account: str) -> datetime | None:
    """When a booking of the account is to be looked at next."""
    (soonest,) = connection.execute(
        "SELECT min(look_at) FROM shipments WHERE account = ?", (account,)
    ).fetchone()
    return None if soonest is None else from_micros(soonest)


# --- by the numbers that a carrier gives ------------------------------------------------------------------


def is_number_of(connection: Transaction, posting_id: str, number: str) -> bool:
    """Whether a booking of the posting ever had this number, as a tracking number or as the carrier's."""
    found = connection.execute(
        "SELECT 1 FROM shipments WHERE posting_id = ? AND ? IN (tracking_number, carrier_id) LIMIT 1",
        (posting_id, number),
    ).fetchone()
    return found is not None


def holder_of_number(connection: Transaction, *, numbers: Sequence[str], account: str, but: str) -> str:
    """The number of the posting under way whose live booking, but for this one, has one of ``numbers`` as the
    carrier's key or as its tracking number, at any account that the seller has with the carrier of this one;
    empty where none has."""
    if not numbers:
        return ""
    marks = ", ".join("?" * len(numbers))
    # One statement, and a walk along an index for each column: OR would walk all bookings of the account.
    found = connection.execute(
        " UNION ALL ".join(_holder(column, marks) for column in ("carrier_id", "tracking_number"))
        + " LIMIT 1",
        (account, *numbers, but) * 2,
    ).fetchone()
    return "" if found is None else str(found[0])


def _holder(column: str, marks: str) -> str:
    return (
        f"SELECT p.number FROM shipments s JOIN postings p ON p.id = s.posting_id "
        f"WHERE {_SAME_CARRIER} AND s.{column} IN ({marks}) AND s.id <> ? AND s.state IN {_LIVE} "
        f"AND p.stage NOT IN {_OVER} AND s.stage NOT IN {_OVER}"
    )


def holder_of_reference(connection: Transaction, *, reference: str, account: str, but: str) -> str:
    """The number of the posting whose booking, but for this one, ever had this reference, at any account that
    the seller has with the carrier of this one; empty where none had."""
    found = connection.execute(
        f"SELECT p.number FROM shipments s JOIN postings p ON p.id = s.posting_id "
        f"WHERE {_SAME_CARRIER} AND s.reference = ? AND s.id <> ? LIMIT 1",
        (account, reference, but),
    ).fetchone()
    return "" if found is None else str(found[0])


def page_of_warehouse(
    connection: Transaction, *, seller: str, warehouse: str, after: str | None, limit: int
) -> tuple[list[rows.ShipmentRow], str | None]:
    """The bookings of the warehouse's postings that follow ``after``, the newest first; and the id from which
    to go on, None at the end. It looks at `queries.WINDOW` of the seller's at most."""
    last = () if after is None else (after,)
    seen = connection.execute(
        "SELECT s.id, p.warehouse FROM shipments s JOIN postings p ON p.id = s.posting_id WHERE s.seller = ?"
        f"{' AND s.id < ?' if last else ''} ORDER BY s.id DESC LIMIT ?",
        (seller, *last, queries.WINDOW),
    ).fetchall()
    wanted = [row["id"] for row in seen if row["warehouse"] == warehouse][: limit + 1]
    go_on = seen[-1]["id"] if len(seen) == queries.WINDOW else None
    if len(wanted) > limit:
        go_on = wanted[limit - 1]
    found = (rows.shipments.get(connection, one) for one in wanted[:limit])
    return [row for row in found if row is not None], go_on


def page(connection: Transaction, *, seller: str, after: str | None, limit: int) -> list[rows.ShipmentRow]:
    """The seller's bookings that follow ``after``, the newest first."""
    tail = queries.newest_tail(after=after is not None)
    return rows.shipments.all(connection, tail, (seller, *(() if after is None else (after,)), limit))
