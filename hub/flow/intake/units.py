"""The units of which the marketplace wants to know something: counted when the posting comes in, and when it
changes its mind."""

from __future__ import annotations

from datetime import datetime

from hub.plugin_api.models import Action
from hub.store import Transaction, rows, units


def expect(tx: Transaction, row: rows.PostingRow, *, now: datetime) -> None:
    """There is a row for each unit that is wanted, and for no other. What is known of one stays; once the
    posting is packed nothing changes any more."""
    document = row.document
    if Action.ASSEMBLE not in document.actions:
        return
    wanted = {need.sku for need in document.unit_needs}
    pieces: dict[str, int] = {}
    for item in document.items:
        if item.sku in wanted:
            pieces[item.sku] = pieces.get(item.sku, 0) + item.quantity
    keys = {(sku, number) for sku, count in pieces.items() for number in range(1, count + 1)}
    known = {(one.sku, one.number) for one in units.of_posting(tx, row.id)}
    for sku, number in sorted(known - keys):
        units.remove(tx, row.id, sku, number)
    rows.units.insert_many(tx, [_empty(row, sku, number, now) for sku, number in sorted(keys - known)])


def _empty(row: rows.PostingRow, sku: str, number: int, now: datetime) -> rows.UnitRow:
    return rows.UnitRow(
        posting_id=row.id,
        sku=sku,
        number=number,
        seller=row.seller,
        marking="",
        imei="",
        uin="",
        customs_number="",
        no_customs_number=False,
        rnpt="",
        no_rnpt=False,
        weight_g=None,
        country="",
        fault="",
        updated_by="",
        updated_at=now,
    )


__all__ = ["expect"]
