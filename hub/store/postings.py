"""Postings by what is to be done with them. The pages that people read are in `hub.store.queries`."""

from __future__ import annotations

from hub.store import rows
from hub.store.database import Transaction


def owing_label(
    connection: Transaction, *, seller: str, account: str, by_marketplace: bool
) -> list[rows.PostingRow]:
    """The seller's open postings that are to be shipped and have no label, the most urgent first: those of
    the marketplace's account, or those that were booked with the carrier's."""
    owed = "account = ?" if by_marketplace else "id IN (SELECT posting_id FROM shipments WHERE account = ?)"
    return rows.postings.all(
        connection,
        f"WHERE seller = ? AND is_open = 1 AND wanted = 1 AND {owed} AND NOT EXISTS (SELECT 1 FROM "
        "documents d WHERE d.posting_id = postings.id AND d.kind = 'label' AND d.state = 'ready') "
        "ORDER BY ship_by, id",
        (seller, account),
    )
