"""Cancelling, and disputes about what was handed over."""

from __future__ import annotations

from collections.abc import Sequence

from ozon_api.calls import Calls, Nothing, answered
from ozon_api.wire import Body, Reply


class CancelItem(Body, frozen=True, kw_only=True):
    sku: int
    quantity: int


class _ReasonRequest(Body, frozen=True, kw_only=True):
    related_posting_numbers: Sequence[str]


class _CancelRequest(Body, frozen=True, kw_only=True):
    posting_number: str
    cancel_reason_id: int
    cancel_reason_message: str = ""


class _ProductCancelRequest(Body, frozen=True, kw_only=True):
    posting_number: str
    cancel_reason_id: int
    cancel_reason_message: str
    items: Sequence[CancelItem]


class _PostingsRequest(Body, frozen=True, kw_only=True):
    posting_number: Sequence[str]


class CancelReason(Reply, frozen=True, kw_only=True):
    """``type_id`` says whose fault: buyer or seller. 402 ("other") needs a message."""

    id: int
    title: str = ""
    type_id: str = ""
    is_available_for_cancellation: bool | None = None


class PostingCancelReasons(Reply, frozen=True, kw_only=True):
    posting_number: str
    reasons: tuple[CancelReason, ...] = ()


class PostingCancelReasonsReply(Reply, frozen=True, kw_only=True):
    result: tuple[PostingCancelReasons, ...]


class CancelReasonsReply(Reply, frozen=True, kw_only=True):
    result: tuple[CancelReason, ...]


class AcceptedReply(Reply, frozen=True, kw_only=True):
    """``{"result": true}``: the request as a whole was taken."""

    result: bool


class ProductCancelReply(Reply, frozen=True, kw_only=True):
    """``result`` is the number of the posting with what was cancelled; "" in Ozon's example."""

    result: str


class Cancelling(Calls):
    async def posting_fbs_cancel_reason(
        self, related_posting_numbers: Sequence[str]
    ) -> PostingCancelReasonsReply:
        """``/v1/posting/fbs/cancel-reason``: the reasons that each of these postings may have."""
        body = _ReasonRequest(related_posting_numbers=related_posting_numbers)
        return await self._read("/v1/posting/fbs/cancel-reason", body, PostingCancelReasonsReply)

    async def posting_fbs_cancel_reason_list(self) -> CancelReasonsReply:
        """``/v2/posting/fbs/cancel-reason/list``: all reasons there are."""
        return await self._read("/v2/posting/fbs/cancel-reason/list", Nothing(), CancelReasonsReply)

    async def posting_fbs_cancel(
        self, posting_number: str, cancel_reason_id: int, *, cancel_reason_message: str = ""
    ) -> AcceptedReply:
        """``/v2/posting/fbs/cancel``: the whole posting; may count against the seller's rating."""
        body = _CancelRequest(
            posting_number=posting_number,
            cancel_reason_id=cancel_reason_id,
            cancel_reason_message=cancel_reason_message,
        )
        return await self._write("/v2/posting/fbs/cancel", body, AcceptedReply, answered)

    async def posting_fbs_product_cancel(
        self,
        posting_number: str,
        cancel_reason_id: int,
        cancel_reason_message: str,
        items: Sequence[CancelItem],
    ) -> ProductCancelReply:
        """``/v2/posting/fbs/product/cancel``: some pieces; all four are required."""
        body = _ProductCancelRequest(
            posting_number=posting_number,
            cancel_reason_id=cancel_reason_id,
            cancel_reason_message=cancel_reason_message,
            items=items,
        )
        return await self._write("/v2/posting/fbs/product/cancel", body, ProductCancelReply, answered)

    async def posting_fbs_arbitration(self, posting_numbers: Sequence[str]) -> AcceptedReply:
        """``/v2/posting/fbs/arbitration``: disputes postings in ``not_accepted``."""
        body = _PostingsRequest(posting_number=posting_numbers)
        return await self._write("/v2/posting/fbs/arbitration", body, AcceptedReply, answered)

    async def posting_fbs_awaiting_delivery(self, posting_numbers: Sequence[str]) -> AcceptedReply:
        """``/v2/posting/fbs/awaiting-delivery``: hands disputed postings over again. At most 100."""
        body = _PostingsRequest(posting_number=posting_numbers)
        return await self._write("/v2/posting/fbs/awaiting-delivery", body, AcceptedReply, answered)
