"""Finding postings: the work queue, the history, one by number, one by barcode."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from ozon_api.calls import Calls
from ozon_api.posting import Barcodes, Posting, Product, decode_posting
from ozon_api.wire import Body, Deciding, Reply, Time

SortDir = Literal["ASC", "DESC"]


class Period(Body, frozen=True, kw_only=True):
    """Aware times; at most a year (Ozon swagger 2026-09-22)."""

    from_: datetime = msgspec.field(name="from")
    to: datetime


class UnfulfilledFilter(Body, frozen=True, kw_only=True):
    """Either both cutoff times or both delivering times, never all four. Ids are text, up to 1000 of each."""

    cutoff_from: datetime | None = None
    cutoff_to: datetime | None = None
    delivering_date_from: datetime | None = None
    delivering_date_to: datetime | None = None
    last_changed_status_date: Period | None = None
    statuses: tuple[str, ...] = ()
    warehouse_ids: tuple[str, ...] = ()
    delivery_method_ids: tuple[str, ...] = ()
    provider_ids: tuple[str, ...] = ()


class PostingFilter(Body, frozen=True, kw_only=True):
    """``since``..``to`` at most a year; up to 1000 ids of each kind, 100 order numbers."""

    since: datetime
    to: datetime
    last_changed_status_date: Period | None = None
    statuses: tuple[str, ...] = ()
    integration_type_flow: tuple[str, ...] = ()
    order_id: int | None = None
    order_numbers: tuple[str, ...] = ()
    warehouse_ids: tuple[str, ...] = ()
    delivery_method_ids: tuple[str, ...] = ()
    provider_ids: tuple[str, ...] = ()
    is_blr_traceable: bool | None = None


class ListWith(Body, frozen=True, kw_only=True):
    """Blocks to be sent with each posting of a list."""

    analytics_data: bool = False
    barcodes: bool = False
    financial_data: bool = False
    legal_info: bool = False


class GetWith(Body, frozen=True, kw_only=True):
    """Blocks to be sent with one posting. ``translit`` gives the address in Latin letters."""

    analytics_data: bool = False
    barcodes: bool = False
    financial_data: bool = False
    legal_info: bool = False
    product_exemplars: bool = False
    related_postings: bool = False
    translit: bool = False


class _UnfulfilledListRequest(Body, frozen=True, kw_only=True):
    limit: int
    filter: UnfulfilledFilter | None = None
    cursor: str = ""
    sort_dir: SortDir | None = None
    translit: bool = False
    with_: ListWith | None = msgspec.field(name="with", default=None)


class _ListRequest(Body, frozen=True, kw_only=True):
    filter: PostingFilter
    limit: int
    cursor: str = ""
    sort_dir: SortDir | None = None
    translit: bool = False
    with_: ListWith | None = msgspec.field(name="with", default=None)


class _GetRequest(Body, frozen=True, kw_only=True):
    posting_number: str
    with_: GetWith | None = msgspec.field(name="with", default=None)


class _BarcodeRequest(Body, frozen=True, kw_only=True):
    barcode: str


class PostingPage(Reply, frozen=True, kw_only=True):
    """A page of raw postings, each for :func:`decode_posting`. ``cursor`` is opaque.

    ``count`` comes from the unfulfilled list only. A page may be empty although the one before it had
    ``has_next`` (seen live, 2026-04).
    """

    postings: tuple[msgspec.Raw, ...]
    has_next: bool
    cursor: Annotated[str, Deciding] = ""
    count: int | None = None


class PostingReply(Reply, frozen=True, kw_only=True):
    """One posting: ``result`` raw, :meth:`decode` as a struct."""

    result: msgspec.Raw

    def decode(self) -> Posting:
        return decode_posting(self.result)


class ScannedPosting(Reply, frozen=True, kw_only=True):
    """The short form of a posting that a barcode finds."""

    posting_number: str
    status: str
    products: tuple[Product, ...] = ()
    order_id: int = 0
    order_number: str = ""
    cancel_reason_id: int = 0
    created_at: Time | None = None
    in_process_at: Time | None = None
    shipment_date: Time | None = None
    barcodes: Barcodes | None = None


class ScannedPostingReply(Reply, frozen=True, kw_only=True):
    result: ScannedPosting


class Orders(Calls):
    async def posting_fbs_unfulfilled_list(
        self,
        *,
        filter: UnfulfilledFilter | None = None,
        limit: int = 100,
        cursor: str = "",
        sort_dir: SortDir | None = None,
        translit: bool = False,
        with_: ListWith | None = None,
    ) -> PostingPage:
        """``/v4/posting/fbs/unfulfilled/list``: the work queue. ``limit`` 1..100."""
        body = _UnfulfilledListRequest(
            filter=filter, limit=limit, cursor=cursor, sort_dir=sort_dir, translit=translit, with_=with_
        )
        return await self._read("/v4/posting/fbs/unfulfilled/list", body, PostingPage)

    async def posting_fbs_list(
        self,
        *,
        filter: PostingFilter,
        limit: int = 100,
        cursor: str = "",
        sort_dir: SortDir | None = None,
        translit: bool = False,
        with_: ListWith | None = None,
    ) -> PostingPage:
        """``/v4/posting/fbs/list``: the history. ``limit`` 1..100."""
        body = _ListRequest(
            filter=filter, limit=limit, cursor=cursor, sort_dir=sort_dir, translit=translit, with_=with_
        )
        return await self._read("/v4/posting/fbs/list", body, PostingPage)

    async def posting_fbs_get(self, posting_number: str, *, with_: GetWith | None = None) -> PostingReply:
        """``/v3/posting/fbs/get``: one posting, with the recipient's phone and pin (there is no v4)."""
        body = _GetRequest(posting_number=posting_number, with_=with_)
        return await self._read("/v3/posting/fbs/get", body, PostingReply)

    async def posting_fbs_get_by_barcode(self, barcode: str) -> ScannedPostingReply:
        """``/v2/posting/fbs/get-by-barcode``: by an old (upper, lower) or new barcode of the label."""
        body = _BarcodeRequest(barcode=barcode)
        return await self._read("/v2/posting/fbs/get-by-barcode", body, ScannedPostingReply)
