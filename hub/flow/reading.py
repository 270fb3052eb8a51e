"""What the doors read: postings, shipments, problems, documents, and how the hub is.

Reads are indexed and run where they are asked for. A list walks an index from an opaque cursor
(`hub.flow.history.cursors`), so that a page out of a million costs what a page out of a hundred costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import msgspec

from hub.flow import stakes
from hub.flow.choice.quote_table import spoken
from hub.flow.documents import opening
from hub.flow.handover.listing import handover as handover
from hub.flow.handover.listing import handovers as handovers
from hub.flow.history import cursors
from hub.flow.history.cursors import Position
from hub.flow.history.recording import OVER
from hub.flow.history.results import HandoverView
from hub.flow.history.shipments import latest_shipment
from hub.flow.history.views import (
    DocumentView,
    Listing,
    MarketplaceWarehouse,
    OperationView,
    PluginView,
    PostingDetails,
    PostingView,
    ProblemView,
    QuoteView,
    ShipmentView,
)
from hub.flow.history.warehouse_views import WarehouseView
from hub.flow.problems import account_problems
from hub.flow.problems.kinds import about_money
from hub.flow.sellers import leaving, warehouses
from hub.flow.sellers.catalogue import complete_items
from hub.flow.sellers.moments import moment_of
from hub.flow.viewing import (
    choice_view,
    document_view,
    history_view,
    operation_view,
    posting_view,
    problem_view,
    recipient_view,
    shipment_view,
    tracking_view,
)
from hub.plugin_api.errors import BadReply, Conflict, NotFound, Rejected, Unsupported
from hub.plugin_api.labels import PageRef
from hub.plugin_api.models import Document, Posting, Stage
from hub.store import Transaction, history, operations, queries, rows, tracking
from hub.store import documents as stored_documents
from hub.store import problems as stored_problems
from hub.store import shipments as stored_shipments
from hub.store.mapping import micros
from hub.store.sellers import by_slug
from hub.store.warehouses import of_postings
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App
    from hub.plugins.registry import Registry

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


# --- postings ---------------------------------------------------------------------------------------------


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
    language = language_of(app, view.seller)
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
            _shown(app, p, view.number, language, address=False)  # the buyer is masked here
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


def language_of(app: App, seller: str) -> str:
    """The language that a seller reads."""
    row = rows.sellers.get(app.store.reader, seller)
    return "ru" if row is None else row.profile.language


# --- shipments, operations, problems, documents, hand-overs -----------------------------------------------


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
    return shipment_view(row, _number(app, row.posting_id))


def operation(app: App, operation_id: str) -> OperationView:
    """An operation of the journal. Raises NotFound."""
    row = rows.operations.get(app.store.reader, operation_id)
    if row is None:
        raise NotFound("no such operation", code="not_found.no_operation")
    return operation_view(row)


def problems(
    app: App,
    *,
    seller: str | None,
    warehouse: str | None = None,
    open_only: bool = True,
    money_only: bool = False,
    language: str | None = None,
    cursor: str = "",
    limit: int = 50,
) -> Listing[ProblemView]:
    """One page of a seller's problems, or of those of a warehouse's postings, the newest first; of all
    sellers' and the hub's own, where no seller is named. Without a ``language`` texts are in that of each
    seller."""
    limit = cursors.checked_limit(limit)
    position = cursors.decode(cursor, "problems")
    reader = app.store.reader
    found = stored_problems.page(
        reader,
        sellers=[*(row.slug for row in by_slug(reader)), ""] if seller is None else [seller],
        states=("open",) if open_only else None,
        kinds=about_money() if money_only else (),
        after=None if position is None else position.id,
        limit=limit + 1,
        warehouse=warehouse,
    )
    numbers = queries.posting_numbers(reader, (row.posting_id for row in found[:limit]))
    return Listing(
        items=[
            _shown(app, row, numbers.get(row.posting_id, ""), language or language_of(app, row.seller))
            for row in found[:limit]
        ],
        next=cursors.encode(Position("problems", found[limit - 1].id)) if len(found) > limit else "",
    )


def problem(app: App, problem_id: str, language: str | None = None) -> ProblemView:
    """A problem with its possible answers, in its seller's language where none is named. Raises NotFound."""
    row = rows.problems.get(app.store.reader, problem_id)
    if row is None:
        raise NotFound("no such problem", code="not_found.no_problem")
    return _shown(app, row, _number(app, row.posting_id), language or language_of(app, row.seller))


def _shown(
    app: App, row: rows.ProblemRow, number: str, language: str, *, address: bool = True
) -> ProblemView:
    return problem_view(
        row,
        number,
        language,
        moment=moment_of(app, row.seller),
        answers=stakes.answers_of(app, row, language),
        amount=stakes.amount_of(app, row) if row.state == "open" else None,
        recipient=_asked_about(app.store.reader, row) if address else None,
    )


def _asked_about(reader: Transaction, row: rows.ProblemRow) -> rows.RecipientRow | None:
    """Whose address a person has to decide about."""
    if row.kind != "address_unclear" or row.state != "open":
        return None
    return rows.recipients.get(reader, row.posting_id)


def document(app: App, document_id: str) -> DocumentView:
    """What a document is, and whether it is ready. Raises NotFound."""
    row = _document(app, document_id)
    return document_view(row, _number(app, row.posting_id))


def document_content(app: App, document_id: str) -> Document:
    """The file. Raises NotFound; Conflict while it is not ready, and for one that came to nothing."""
    row = _document(app, document_id)
    file = rows.files.get(app.store.reader, row.file_id) if row.file_id else None
    if row.state == "erased":
        raise Conflict("the document was erased with the buyer's data", code="erased")
    if row.state not in ("ready", "superseded") or file is None:
        values = {"state": row.state, "reason": row.reason}
        raise Conflict(
            "the document is not ready, it is {state}[: {reason}]", code="not_ready", values=values
        )
    return Document(content=file.content, media_type=file.media_type)


async def document_picture(app: App, document_id: str, page: int = 1) -> bytes:
    """A PNG of one page; pages count from 1, at the document's own first page where it shares a file.

    Raises like `document_content`, Rejected for a page that is not there, and Unsupported where no plugin
    makes pictures.
    """
    row = _document(app, document_id)
    content = document_content(app, document_id)
    if not app.registry.renderers:
        raise Unsupported(
            "no plugin here makes pictures of documents",
            code="unsupported.no_plugin_makes_pictures_documents",
        )
    ref = PageRef(content.content, content.media_type, row.page + page - 1)
    try:
        return await opening.picture(app, ref, row.seller)
    except BadReply as error:  # the file is the hub's own: no vendor is asked
        raise Rejected(error.said, code="page") from None


def _document(app: App, document_id: str) -> rows.DocumentRow:
    row = rows.documents.get(app.store.reader, document_id)
    if row is None:
        raise NotFound("no such document", code="not_found.no_document")
    return row if _of_its_seller(app, row) else msgspec.structs.replace(row, seller="")


def _of_its_seller(app: App, row: rows.DocumentRow) -> bool:
    """Whether every posting in the file is its seller's: 0.1.0 gave files of several to the first one.
    Such a file, and one of which nobody knows whose it is, is the operator's alone."""
    if row.covers is None:
        return True
    found = (rows.postings.get(app.store.reader, one) for one in row.covers)
    return {posting.seller for posting in found if posting is not None} == {row.seller}


def _number(app: App, posting_id: str) -> str:
    return queries.posting_numbers(app.store.reader, (posting_id,)).get(posting_id, "")


def leaves_from(app: App, found: object) -> set[str]:
    """The warehouses (their slugs) of all postings that something which is shown is about. Empty for what is
    about no posting: a problem of an account, for example."""
    reader = app.store.reader
    match found:
        case PostingView() | HandoverView():
            return {found.warehouse}
        case WarehouseView():
            return {found.slug}
        case DocumentView():
            row = rows.documents.get(reader, found.id)
            several = () if row is None else row.covers or ()
            return of_postings(reader, (*several, found.posting_id))
        case OperationView() if found.subject.startswith("handover:"):
            handed = rows.handovers.get(reader, found.subject.partition(":")[2])
            return set() if handed is None else {handed.warehouse}
        case ProblemView(subject_type="handover"):
            handed = rows.handovers.get(reader, found.subject_id)
            return set() if handed is None else {handed.warehouse}
        case OperationView() | ShipmentView() | ProblemView():
            return of_postings(reader, (found.posting_id,))
    return set()


# --- the hub itself ---------------------------------------------------------------------------------------


def plugins(registry: Registry) -> list[PluginView]:
    """The plugins that run here, and what they can do."""
    views = []
    for name in registry.names:
        info = registry.describe(name)
        views.append(
            PluginView(
                name=info.name,
                version=info.version,
                title=info.title,
                kinds=info.kinds,
                capabilities=info.capabilities,
                create_safety=info.create_safety,
                notice=info.notice,
            )
        )
    return views
