"""Postings: a page of them, one by its id or number, and everything known about one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import msgspec

from hub.flow.choice.quote_table import spoken
from hub.flow.history import cursors
from hub.flow.history.cursors import Position
from hub.flow.history.quote_views import QuoteView
from hub.flow.history.recording import OVER
from hub.flow.history.shipments import latest_shipment
from hub.flow.history.view import Listing
from hub.flow.history.views import MarketplaceWarehouse, PostingDetails, PostingView
from hub.flow.problems import account_problems
from hub.flow.reading.problem_pages import shown
from hub.flow.reading.views import (
    choice_view,
    document_view,
    history_view,
    operation_view,
    posting_view,
    recipient_view,
    shipment_view,
    tracking_view,
)
from hub.flow.sellers import leaving, warehouses
from hub.flow.sellers.catalogue import complete_items
from hub.flow.sellers.moments import audience_of
from hub.plugin_api.errors import Conflict, NotFound
from hub.plugin_api.models import Posting, Stage
from hub.store import Transaction, history, operations, queries, rows, tracking
from hub.store import documents as stored_documents
from hub.store import problems as stored_problems
from hub.store.mapping import micros
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App

Sort = Literal["deadline", "newest"]

_CANDIDATES = 20
_ALL = tuple(str(stage) for stage in Stage)
_OPEN = tuple(str(stage) for stage in Stage if stage not in OVER)
_posting_document = msgspec.json.Decoder(Posting)
_quotes_document = msgspec.json.Decoder(list[QuoteView])


class Ambiguous(Conflict):
    """A posting number that several accounts know; ``candidates`` are the ids that it may mean."""

    code = "ambiguous"

    def __init__(self, number: str, candidates: Sequence[str]) -> None:
        super().__init__(
            said(
                "{number} is the number of several postings: use one of {candidates}",
                code="ambiguous.number",
                values={"number": number, "candidates": ", ".join(candidates)},
            )
        )
        self.candidates = tuple(candidates)


def postings(
    app: App,
    *,
    seller: str,
    warehouse: str | None = None,
    stages: Sequence[Stage] = (),
    ship_before: datetime | None = None,
    open_only: bool = False,
    sort: Sort = "deadline",
    cursor: str = "",
    limit: int = 50,
) -> Listing[PostingView]:
    """One page of a seller's postings, or of one ``warehouse``: by deadline (those without one come last) or
    the newest first.

    ``newest`` with a filter looks at a bounded number of postings a page: such a page may be short before
    the end, which is where ``next`` is empty. Raises Rejected for a cursor of another list.
    """
    limit = cursors.checked_limit(limit)
    wanted = tuple(dict.fromkeys(str(stage) for stage in stages))
    if len(wanted) == len(Stage):
        wanted = ()
    _must_be_there(app, seller, warehouse)
    before = None if ship_before is None else micros(ship_before)
    reader = app.store.reader
    if sort == "newest":
        return _newest(reader, seller, warehouse, wanted, open_only, before, cursor, limit)
    if warehouse is not None and not wanted:
        wanted = _OPEN if open_only else _ALL
    position = cursors.decode(cursor, "deadline")
    found = queries.postings_by_deadline(
        reader,
        seller,
        stages=wanted,
        open_only=open_only,
        ship_before=before,
        after=None if position is None else (position.time, position.id),
        limit=limit + 1,
        warehouse=warehouse,
    )
    more = ""
    if len(found) > limit:
        last = found[limit - 1]
        ship_by = None if last.ship_by is None else micros(last.ship_by)
        more = cursors.encode(Position("deadline", last.id, ship_by))
    return Listing(items=[posting_view(row) for row in found[:limit]], next=more)


def _newest(
    reader: Transaction,
    seller: str,
    warehouse: str | None,
    stages: tuple[str, ...],
    open_only: bool,
    ship_before: int | None,
    cursor: str,
    limit: int,
) -> Listing[PostingView]:
    position = cursors.decode(cursor, "newest")
    after = None if position is None else position.id
    if stages or open_only or ship_before is not None or warehouse is not None:
        found, go_on = queries.postings_newest_filtered(
            reader,
            seller,
            stages=stages,
            open_only=open_only,
            ship_before=ship_before,
            after=after,
            limit=limit,
            warehouse=warehouse,
        )
    else:
        found = queries.postings_newest(reader, seller, after=after, limit=limit + 1)
        go_on = found[limit - 1].id if len(found) > limit else None
    return Listing(
        items=[posting_view(row) for row in found[:limit]],
        next="" if go_on is None else cursors.encode(Position("newest", go_on)),
    )


def _must_be_there(app: App, seller: str, warehouse: str | None) -> None:
    """Raises NotFound for a warehouse that is misspelt: it is an error, not an empty list."""
    if warehouse is not None:
        warehouses.named(app, seller, warehouse)


def posting(app: App, key: str, seller: str | None = None, warehouse: str | None = None) -> PostingView:
    """A posting by its id or its number, of one seller or of any, and of one ``warehouse`` of that seller's.

    Raises NotFound, also for another seller's; Ambiguous where several accounts know the number.
    """
    reader = app.store.reader
    if key.startswith("pst_"):
        row = queries.posting_of_id(reader, key)
        if row is None or (seller is not None and row.seller != seller) or _elsewhere(row, warehouse):
            raise NotFound("no such posting", code="not_found.no_posting")
        return posting_view(row)
    found = queries.postings_of_number(reader, key, seller, _CANDIDATES)
    found = [row for row in found if not _elsewhere(row, warehouse)]
    if not found:
        raise NotFound("no such posting", code="not_found.no_posting")
    if len(found) > 1:
        raise Ambiguous(key, [line.id for line in found])
    return posting_view(found[0])


def _elsewhere(row: queries.PostingLine, warehouse: str | None) -> bool:
    return warehouse is not None and row.warehouse != warehouse


def posting_details(
    app: App, posting_id: str, seller: str | None = None, warehouse: str | None = None
) -> PostingDetails:
    """Everything known about a posting, as of one moment, the recipient masked, texts in its seller's
    language. Raises NotFound, also for another seller's or warehouse's, where one is named."""
    return app.store.snapshot(lambda reader: _details(app, reader, posting_id, seller, warehouse))


def _details(
    app: App, reader: Transaction, posting_id: str, seller: str | None, warehouse: str | None
) -> PostingDetails:
    found = queries.posting_with_document(reader, posting_id, seller)
    if found is None or _elsewhere(
        found[0], warehouse
    ):  # what is somebody else's costs no more than what is unknown
        raise NotFound("no such posting", code="not_found.no_posting")
    line, raw = found
    view = posting_view(line)
    read_by = audience_of(app, view.seller)
    language = read_by.language
    document = _posting_document.decode(raw)
    recipient = rows.recipients.get(reader, posting_id)
    shipment = latest_shipment(reader, posting_id)
    chosen = rows.choices.get(reader, posting_id)
    return PostingDetails(
        posting=view,
        marketplace_warehouse=_at_marketplace(reader, view, document),
        items=complete_items(reader, view.seller, document.items),
        recipient=None if recipient is None else recipient_view(recipient.document),
        parcels=() if shipment is None else shipment.parcels,
        quotes=_quotes(reader, posting_id, language),
        choice=None if chosen is None else choice_view(chosen, language),
        shipment=None if shipment is None else shipment_view(shipment, view.number),
        operations=tuple(operation_view(o) for o in operations.of_posting(reader, posting_id)),
        documents=tuple(
            document_view(d, view.number) for d in stored_documents.of_posting(reader, posting_id)
        ),
        tracking=()
        if shipment is None
        else tuple(tracking_view(t) for t in tracking.of_shipment(reader, shipment.id)),
        problems=tuple(
            shown(app, p, view.number, read_by, address=False)  # the buyer is masked here
            for p in (
                *stored_problems.of_posting(reader, posting_id),
                *account_problems.of_posting(reader, posting_id),
            )
        ),
        history=tuple(history_view(h, language) for h in history.of_posting(reader, posting_id)),
    )


def _at_marketplace(reader: Transaction, view: PostingView, document: Posting) -> MarketplaceWarehouse | None:
    if not (document.warehouse_id or document.warehouse):
        return None
    account = rows.accounts.get(reader, view.account)
    places = leaving.known(reader, view.seller)
    return MarketplaceWarehouse(
        id=document.warehouse_id,
        title=document.warehouse,
        known=account is not None and (account.name, document.warehouse_id) in places,
    )


def _quotes(reader: Transaction, posting_id: str, language: str) -> tuple[QuoteView, ...]:
    table = queries.quotes_of(reader, posting_id)
    return () if table is None else tuple(spoken(_quotes_document.decode(table), language))
