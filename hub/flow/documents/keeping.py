"""Files that the hub made are kept, and fetched by their ids."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hub.plugin_api.ids import new_id
from hub.plugin_api.models import Document
from hub.store import Transaction, rows

if TYPE_CHECKING:
    from hub.flow.app import App


async def keep_document(
    app: App, seller: str, kind: str, document: Document, *, covers: Sequence[str]
) -> str:
    """Store a file that can be fetched by its id: the papers of these postings, all of this seller. Returns
    the id."""
    now = app.clock.now()
    file_id = hashlib.sha256(document.content).hexdigest()
    row = rows.DocumentRow(
        id=new_id("doc"),
        seller=seller,
        account="",
        kind=kind,
        posting_id="",
        shipment_id="",
        state="ready",
        ticket="",
        file_id=file_id,
        media_type=document.media_type,
        page=0,
        codes=(),
        reason="",
        printed=0,
        retry_at=None,
        created_at=now,
        updated_at=now,
        covers=tuple(covers),
    )

    def write(tx: Transaction) -> None:
        if rows.files.get(tx, file_id) is None:
            rows.files.insert(tx, rows.FileRow(file_id, document.media_type, document.content, now))
        rows.documents.insert(tx, row)

    await app.store.write(write)
    return row.id


__all__ = ["keep_document"]
