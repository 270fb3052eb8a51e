"""Parcels of a seeded seller that lie ready to be handed over to a carrier that is told of nothing."""

from __future__ import annotations

import msgspec

from hub.flow.app import App
from hub.store import Transaction, rows
from tests.web.seed import NOON, Seeded


def lie_ready(app: App, one: Seeded) -> list[str]:
    """Its postings are labelled, with tracking numbers ``SELLER-TRK1`` and so on, in capitals. Returns the
    postings' numbers."""

    def write(tx: Transaction) -> None:
        for count, row in enumerate(one.postings, 1):
            number = f"{one.seller.upper()}-TRK{count}"
            ready = msgspec.structs.replace(
                row, stage="labelled", wanted=True, carrier="sample", tracking_number=number
            )
            rows.postings.save(tx, ready)
            booked = rows.shipments.all(tx, "WHERE posting_id = ?", (row.id,))
            for old in booked:
                rows.shipments.save(tx, msgspec.structs.replace(old, state="cancelled"))
            rows.shipments.insert(tx, _booking(ready, one.account, len(booked) + 1))

    app.store.write_now(write)
    return [row.number for row in one.postings]


def _booking(row: rows.PostingRow, account: str, ordinal: int) -> rows.ShipmentRow:
    return rows.ShipmentRow(
        id=f"shp_{row.id}",
        seller=row.seller,
        account=account,
        posting_id=row.id,
        ordinal=ordinal,
        state="booked",
        carrier="sample",
        service_code="std",
        service_name="Standard",
        reference=row.number,
        carrier_id=f"order-{row.tracking_number}",
        tracking_number=row.tracking_number,
        quoted_minor=None,
        committed_minor=None,
        charged_minor=None,
        currency="",
        stage="",
        parcels=(),
        why={},
        created_at=NOON,
        updated_at=NOON,
    )
