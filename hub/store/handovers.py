"""Hand-overs of a seller's parcels."""

from __future__ import annotations

from collections.abc import Sequence

from hub.store import queries, rows
from hub.store.connection import Transaction


def under_way(connection: Transaction, *, seller: str) -> list[rows.HandoverRow]:
    """The seller's hand-overs that were declared and are not closed."""
    return rows.handovers.all(connection, "WHERE seller = ? AND state IN ('planned', 'open')", (seller,))


def made_of(connection: Transaction, handover_id: str) -> list[rows.HandoverRow]:
    """What became of the hand-over that was declared by this id: itself, and what a carrier made of it
    beside, whose ids go on with a dot."""
    root = handover_id.partition(".")[0]
    return rows.handovers.all(
        connection, "WHERE id = ? OR (id > ? AND id < ?) ORDER BY id", (root, f"{root}.", f"{root}/")
    )


def newest(connection: Transaction, *, seller: str, limit: int) -> list[rows.HandoverRow]:
    """The seller's latest hand-overs, the newest first."""
    return rows.handovers.all(connection, queries.newest_tail(after=False), (seller, limit))


def numbers_known(connection: Transaction, *, account: str) -> set[str]:
    """What the vendor of this account calls its hand-overs that are here."""
    return {
        record["external_id"]
        for record in connection.execute("SELECT external_id FROM handovers WHERE account = ?", (account,))
    }


def of_seller(connection: Transaction, *, seller: str, name: str) -> list[rows.HandoverRow]:
    """The seller's hand-overs of this id, or of this number at the carrier or the marketplace."""
    return rows.handovers.all(
        connection, "WHERE seller = ? AND ? IN (id, external_id) ORDER BY id", (seller, name)
    )


def holders_of_code(connection: Transaction, *, seller: str, codes: Sequence[str]) -> list[tuple[str, str]]:
    """Which of the seller's parcels one of these codes may mean, as a posting's id and a booking's: the
    posting's number or id, a number that its carrier ever gave, what may stand on its label. The booking is
    empty where the code is no booking's own."""
    marks = ", ".join("?" * len(codes))
    accounts = "(SELECT id FROM accounts WHERE seller = ?)"
    of_number = f"SELECT posting_id, id FROM shipments WHERE account IN {accounts} AND "
    found = connection.execute(
        f"SELECT id, '' FROM postings WHERE seller = ? AND number IN ({marks}) "
        f"UNION SELECT id, '' FROM postings WHERE seller = ? AND id IN ({marks}) "
        f"UNION {of_number}tracking_number IN ({marks}) UNION {of_number}carrier_id IN ({marks}) "
        "UNION SELECT c.posting_id, c.shipment_id FROM label_codes c JOIN postings p ON p.id = c.posting_id "
        f"WHERE p.seller = ? AND c.code IN ({marks})",
        (seller, *codes) * 5,
    )
    return [(str(row[0]), str(row[1])) for row in found]
