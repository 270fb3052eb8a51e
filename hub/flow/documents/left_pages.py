"""What of a label file is printed for nobody: the file is kept, its pages are named, and a person is told.

Whoever asked for the label is shown nothing of another seller's parcel. A file that has both is the
operator's alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from hub.flow.documents import opening
from hub.flow.documents.dealing import Dealt, Holders
from hub.flow.documents.problems import LEFT, MIXED
from hub.flow.problems.opening import open_hub_problem, open_problem
from hub.plugin_api.ids import new_id
from hub.plugin_api.labels import LabelPage
from hub.plugin_api.models import Document
from hub.store import Transaction, rows

if TYPE_CHECKING:
    from hub.flow.app import App

_NAMED = 20  # codes and pages that a problem names


class LabelFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that came for one or more labels, and what of it is left over."""

    id: str
    document: Document
    account: rows.AccountRow
    left: Sequence[LabelPage]
    others: Sequence[rows.PostingRow]
    """Postings of other sellers whose codes it shows."""
    codes: Sequence[str]
    """What the pages show that are left over, without those postings' codes."""
    mixed: bool
    """A page shows codes of two live bookings, or of another seller's."""

    def covers(self, posting_id: str) -> tuple[str, ...] | None:
        """Whose papers are in it: of several sellers only where it shows another's parcel."""
        return (posting_id, *(row.id for row in self.others)) if self.others else None


def kept(app: App, account: rows.AccountRow, document: Document, dealt: Dealt, holders: Holders) -> LabelFile:
    """The file, with what has to be known of it to tell somebody."""
    file_id = opening.file_id(document.content)
    if not dealt.left:
        return LabelFile(
            id=file_id, document=document, account=account, left=(), others=(), codes=(), mixed=False
        )
    shown = {code for page in dealt.left for code in page.codes}
    ids = sorted({one for code in shown for one in holders.get(code, ())})
    found = [row for one in ids if (row := rows.postings.get(app.store.reader, one)) is not None]
    others = {row.id: row for row in found if row.seller != account.seller}
    theirs = {code for code in shown if (held := holders.get(code)) and held <= others.keys()}
    several = any(
        len({one for code in page.codes for one in holders.get(code, ())}) > 1 for page in dealt.strange
    )
    return LabelFile(
        id=file_id,
        document=document,
        account=account,
        left=dealt.left,
        others=tuple(others.values()),
        codes=sorted(shown - theirs)[:_NAMED],
        mixed=several or bool(others),
    )


def keep_file(tx: Transaction, file: LabelFile, now: datetime) -> None:
    """The content, once."""
    if rows.files.get(tx, file.id) is None:
        document = file.document
        rows.files.insert(tx, rows.FileRow(file.id, document.media_type, document.content, now))


def keep(tx: Transaction, posting: rows.PostingRow, file: LabelFile, now: datetime) -> str:
    """Keep the file with its posting, for a person to look at. Returns the document's id."""
    keep_file(tx, file, now)
    first = file.left[0].index if file.left else 0
    row = rows.DocumentRow(
        id=new_id("doc"),
        seller=posting.seller,
        account=file.account.id,
        kind="label_file",
        posting_id=posting.id,
        shipment_id="",
        state="ready",
        ticket="",
        file_id=file.id,
        media_type=file.document.media_type,
        page=first,
        codes=tuple(file.codes),
        reason="",
        printed=0,
        retry_at=None,
        created_at=now,
        updated_at=now,
        covers=file.covers(posting.id),
    )
    rows.documents.insert(tx, row)
    return row.id


def tell(tx: Transaction, posting: rows.PostingRow, file: LabelFile, now: datetime) -> None:
    """Its label is here, and beside it pages that are nobody's for sure."""
    document = keep(tx, posting, file, now)
    data = {"pages": _numbers(file.left), "codes": list(file.codes), "document": document}
    open_problem(tx, posting, LEFT, data, now=now)
    tell_operator(tx, posting, file, document, now)


def tell_operator(
    tx: Transaction, posting: rows.PostingRow, file: LabelFile, document: str, now: datetime
) -> None:
    """Parcels of two sellers in one file: only who runs the hub may see both."""
    if not file.others:
        return
    both = [f"{row.seller} {row.number}" for row in (posting, *file.others)]
    data = {
        "account": f"{file.account.seller}/{file.account.name}",
        "postings": both[:_NAMED],
        "pages": _numbers(file.left),
        "document": document,
    }
    open_hub_problem(tx, MIXED, data, about=("posting", posting.id), account=file.account.id, now=now)


def _numbers(pages: Sequence[LabelPage]) -> list[int]:
    return [page.index + 1 for page in pages][:_NAMED]


__all__ = ["LabelFile", "keep", "keep_file", "kept", "tell", "tell_operator"]
