"""Postings by what is to be done with them. The pages that people read are in `hub.store.queries`."""

from __future__ import annotations

from collections.abc import Sequence

from hub.store import rows
from hub.store.connection import Transaction

_AT_ONCE = 500  # values of one IN (...)
_DECLARED = (
    "SELECT 1 FROM history h WHERE h.posting_id = s.posting_id AND h.kind = 'handover.declared' "
    "AND h.time >= s.created_at AND NOT EXISTS (SELECT 1 FROM history u WHERE u.posting_id = h.posting_id "
    "AND u.kind = 'handover.undone' AND u.sequence > h.sequence)"
)
_SAID_GONE = (
    "stage IN ('handed_over', 'in_transit', 'ready_for_pickup') AND books = 'seller' AND EXISTS (SELECT 1 "
    "FROM shipments s WHERE s.posting_id = postings.id AND s.state = 'booked' AND s.stage = '' "
    f"AND NOT EXISTS ({_DECLARED})) AND EXISTS (SELECT 1 FROM documents d "
    "WHERE d.posting_id = postings.id AND d.kind = 'label' AND d.state = 'ready')"
)
"""The marketplace calls it on its way, and neither its carrier nor anybody here has said so."""


def owing_label(
    connection: Transaction, *, seller: str, account: str, by_marketplace: bool
) -> list[rows.PostingRow]:
    """The seller's open postings that are to be shipped and have no label, the most urgent first: those of
    the marketplace's account, or those that were booked with the carrier's."""
    owed = "account = ?" if by_marketplace else "id IN (SELECT posting_id FROM shipments WHERE account = ?)"
    return rows.postings.all(
        connection,
        f"WHERE seller = ? AND is_open = TRUE AND wanted = TRUE AND {owed} AND NOT EXISTS (SELECT 1 FROM "
        "documents d WHERE d.posting_id = postings.id AND d.kind = 'label' AND d.state = 'ready') "
        "ORDER BY ship_by, id",
        (seller, account),
    )


def to_hand_over(
    connection: Transaction, *, seller: str, among: Sequence[str] | None = None
) -> list[rows.PostingRow]:
    """The seller's parcels that have their label, whose booking stands, and that nobody has taken yet, the
    most urgent first; only those ``among`` these ids, where they are named. Where the seller books, what the
    marketplace says of the parcel is the word of a person in its cabinet: it stays until it was handed over
    here, or its carrier has scanned it."""
    marks = ", ".join("?" * len(among or ()))
    named = "" if among is None else f"id IN ({marks}) AND "
    return rows.postings.all(
        connection,
        f"WHERE {named}seller = ? AND ((stage = 'labelled' AND is_open = TRUE) OR ({_SAID_GONE})) "
        "AND NOT EXISTS (SELECT 1 FROM shipments WHERE posting_id = postings.id "
        "AND state IN ('checking', 'cancelling', 'unknown', 'booking')) ORDER BY ship_by, id",
        (*(among or ()), seller),
    )


def wanted_without_shipment(
    connection: Transaction, *, seller: str, but: str, most: int
) -> list[rows.PostingRow]:
    """The seller's postings that are to be shipped and were never booked, without the one with the id
    ``but``."""
    return rows.postings.all(
        connection,
        "WHERE seller = ? AND is_open = TRUE AND wanted = TRUE AND stage IN ('new', 'assembled') AND id <> ? "
        "AND NOT EXISTS (SELECT 1 FROM shipments WHERE posting_id = postings.id) ORDER BY id LIMIT ?",
        (seller, but, most),
    )


def of_number(connection: Transaction, *, account: str, number: str) -> rows.PostingRow | None:
    """The account's posting of this number."""
    return rows.postings.first(connection, "WHERE account = ? AND number = ?", (account, number))


def read_last(connection: Transaction, *, account: str, numbers: Sequence[str]) -> dict[str, bytes]:
    """Of these numbers those that the account has here, with the hash of what was last read."""
    known: dict[str, bytes] = {}
    for start in range(0, len(numbers), _AT_ONCE):
        some = numbers[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(some))
        known |= dict(
            tuple(row)
            for row in connection.execute(
                f"SELECT number, raw_hash FROM postings WHERE account = ? AND number IN ({marks})",
                (account, *some),
            )
        )
    return known
