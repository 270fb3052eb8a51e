"""Files, labels and slips, and hand-overs."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hub.store.mapping import Rows
from hub.store.rows.shop import DEFAULT_WAREHOUSE


class FileRow(msgspec.Struct, frozen=True):
    id: str
    media_type: str
    content: bytes
    created_at: datetime


class RefusedFileRow(msgspec.Struct, frozen=True):
    """What opened the file was stopped: it is not tried again soon."""

    id: str
    """The SHA-256 of the content, as of a stored file."""
    reason: str
    created_at: datetime


class LabelCodeRow(msgspec.Struct, frozen=True):
    """What may stand on whose label."""

    code: str
    posting_id: str
    shipment_id: str


class DocumentRow(msgspec.Struct, frozen=True):
    id: str
    seller: str
    account: str
    kind: str
    posting_id: str
    shipment_id: str
    state: str
    """``requested``, ``ready``, ``failed``, ``superseded``, ``erased``."""
    ticket: str
    file_id: str
    media_type: str
    page: int
    codes: tuple[str, ...]
    reason: str
    printed: int
    retry_at: datetime | None
    created_at: datetime
    updated_at: datetime
    leaving: bool = False  # its file goes when no posting in it is under way
    covers: tuple[str, ...] | None = None
    """The ids of the postings whose papers are in the file; None for what is one posting's."""
    attempts: int = 0  # to have this posting's label, that came to nothing
    alone: bool = False  # what it was asked for with could not be used: it is asked for by itself


class HandoverRow(msgspec.Struct, frozen=True):
    id: str
    seller: str
    account: str
    carrier: str
    grouping: str
    day: str
    external_id: str
    state: str
    postings: tuple[str, ...]
    code: str
    document_id: str
    reason: str
    created_at: datetime
    updated_at: datetime
    warehouse: str = DEFAULT_WAREHOUSE  # of all its postings


files = Rows("files", FileRow, key=("id",))
refused_files = Rows("refused_files", RefusedFileRow, key=("id",))
label_codes = Rows(
    "label_codes", LabelCodeRow, key=("code", "posting_id", "shipment_id"), indexes=(("posting_id",),)
)
documents = Rows(
    "documents",
    DocumentRow,
    key=("id",),
    indexes=(("posting_id", "kind"), ("account", "kind", "state"), ("file_id",)),
    raises="posting_id",
)
handovers = Rows("handovers", HandoverRow, key=("id",), indexes=(("seller", "id"), ("state",)))
