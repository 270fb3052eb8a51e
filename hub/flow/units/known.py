"""What is known of units: what people said, and the country that the catalogue has."""

from __future__ import annotations

import msgspec

from hub.flow.sellers import catalogue
from hub.plugin_api.models import Item
from hub.store import Transaction, rows, units


def of_posting(connection: Transaction, row: rows.PostingRow) -> list[rows.UnitRow]:
    """The posting's units, by line and number."""
    found = units.of_posting(connection, row.id)
    if not any("country" in need.facts for need in row.document.unit_needs):
        return found
    made_in = {one.sku: one.origin_country for one in items_of(connection, row)}
    return [
        one if one.country else msgspec.structs.replace(one, country=made_in.get(one.sku, ""))
        for one in found
    ]


def items_of(connection: Transaction, row: rows.PostingRow) -> tuple[Item, ...]:
    """The posting's lines as the catalogue completes them."""
    return catalogue.complete_items(connection, row.seller, row.document.items)


__all__ = ["items_of", "of_posting"]
