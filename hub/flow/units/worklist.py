"""What has to be scanned or entered before postings can be packed, the most urgent first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypedDict

from hub.flow.history.unit_views import MissingFact, UnitWork
from hub.flow.units import known, needs
from hub.flow.units.telling import REFUSED
from hub.plugin_api.units import UnitFact
from hub.store import Transaction, problems, rows, units

if TYPE_CHECKING:
    from hub.flow.app import App

_SHOWN = 50


def worklist(app: App, seller: str, warehouse: str | None = None) -> list[UnitWork]:
    """The seller's postings that are to be packed and whose units the marketplace asks about; of one
    warehouse, or of all. Raises NotFound."""
    slug, reader = app.seller(seller).slug, app.store.reader
    waiting = units.waiting(reader, slug, warehouse=warehouse)
    return [work_of(reader, row) for row in waiting if needs.are_wanted(row.document)]


def lacking(reader: Transaction, seller: str, warehouse: str | None = None) -> list[rows.PostingRow]:
    """The seller's postings that cannot be packed before more is known of their units, the most urgent
    first."""
    return [
        row
        for row in units.waiting(reader, seller, warehouse=warehouse)
        if needs.are_wanted(row.document) and needs.missing(row.document, known.of_posting(reader, row))
    ]


def work_of(reader: Transaction, row: rows.PostingRow) -> UnitWork:
    """What the posting's units lack."""
    asked = problems.open_of_posting(reader, row.id, REFUSED) if row.problems else None
    return UnitWork(
        posting_id=row.id,
        number=row.number,
        warehouse=row.warehouse,
        ship_by=row.ship_by,
        ordered=row.wanted,
        units=len(units.of_posting(reader, row.id)),
        refused="" if asked is None else str(asked.data.get("reason") or ""),
        **missing_of(reader, row),
    )


class Lack(TypedDict):
    """What a posting's units lack, as views show it."""

    missing: tuple[MissingFact, ...]
    """The first of it, the next first."""
    lacks: dict[UnitFact, int]
    """How many units lack what, of all."""


NOTHING = Lack(missing=(), lacks={})


def missing_of(reader: Transaction, row: rows.PostingRow) -> Lack:
    """What the posting's units lack."""
    items = {item.sku: item for item in row.document.items}
    found = needs.missing(row.document, known.of_posting(reader, row))
    first = tuple(
        MissingFact(
            sku=one.sku,
            offer_id=items[one.sku].offer_id if one.sku in items else "",
            name=items[one.sku].name if one.sku in items else "",
            unit=one.number,
            fact=one.fact,
        )
        for one in found[:_SHOWN]
    )
    return Lack(missing=first, lacks=dict(Counter(one.fact for one in found)))


__all__ = ["NOTHING", "lacking", "missing_of", "work_of", "worklist"]
