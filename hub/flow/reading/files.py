"""Labels and slips: what they are, their files, and pictures of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from hub.flow.documents import opening
from hub.flow.history.views import DocumentView
from hub.flow.reading.views import document_view, number_of
from hub.plugin_api.errors import BadReply, Conflict, NotFound, Rejected, Unsupported
from hub.plugin_api.labels import PageRef
from hub.plugin_api.models import Document
from hub.store import rows

if TYPE_CHECKING:
    from hub.flow.app import App


def document(app: App, document_id: str) -> DocumentView:
    """What a document is, and whether it is ready. Raises NotFound."""
    row = _document(app, document_id)
    return document_view(row, number_of(app.store.reader, row.posting_id))


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
