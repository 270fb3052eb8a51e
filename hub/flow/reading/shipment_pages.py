"""Shipments, and operations of the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.flow.history import cursors
from hub.flow.history.cursors import Position
from hub.flow.history.view import Listing
from hub.flow.history.views import OperationView, ShipmentView
from hub.flow.reading.views import number_of, operation_view, shipment_view
from hub.plugin_api.errors import NotFound
from hub.store import queries, rows
from hub.store import shipments as stored_shipments

if TYPE_CHECKING:
    from hub.flow.app import App


def shipments(
    app: App, *, seller: str, warehouse: str | None = None, cursor: str = "", limit: int = 50
) -> Listing[ShipmentView]:
    """One page of a seller's shipments, the newest first. Of one ``warehouse`` a page may be short before the
    end, as of postings by ``newest`` with a filter."""
    limit = cursors.checked_limit(limit)
    position = cursors.decode(cursor, "shipments")
    reader = app.store.reader
    after = None if position is None else position.id
    if warehouse is None:
        found = stored_shipments.page(reader, seller=seller, after=after, limit=limit + 1)
        go_on = found[limit - 1].id if len(found) > limit else None
    else:
        found, go_on = stored_shipments.page_of_warehouse(
            reader, seller=seller, warehouse=warehouse, after=after, limit=limit
        )
    numbers = queries.posting_numbers(reader, (row.posting_id for row in found))
    return Listing(
        items=[shipment_view(row, numbers.get(row.posting_id, "")) for row in found[:limit]],
        next="" if go_on is None else cursors.encode(Position("shipments", go_on)),
    )


def shipment(app: App, shipment_id: str) -> ShipmentView:
    """A shipment. Raises NotFound."""
    row = rows.shipments.get(app.store.reader, shipment_id)
    if row is None:
        raise NotFound("no such shipment", code="not_found.no_shipment")
    return shipment_view(row, number_of(app.store.reader, row.posting_id))


def operation(app: App, operation_id: str) -> OperationView:
    """An operation of the journal. Raises NotFound."""
    row = rows.operations.get(app.store.reader, operation_id)
    if row is None:
        raise NotFound("no such operation", code="not_found.no_operation")
    return operation_view(row)
