"""What a seller who delivers himself reports. Results come per posting, under HTTP 200."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated

from ozon_api.calls import Calls, answered
from ozon_api.cancelling import AcceptedReply
from ozon_api.wire import Body, Deciding, Reply


class TrackingNumber(Body, frozen=True, kw_only=True):
    posting_number: str
    tracking_number: str


class _TrackingRequest(Body, frozen=True, kw_only=True):
    tracking_numbers: Sequence[TrackingNumber]


class _PostingsRequest(Body, frozen=True, kw_only=True):
    posting_number: Sequence[str]


class _CutoffRequest(Body, frozen=True, kw_only=True):
    posting_number: str
    new_cutoff_date: datetime


class PostingResult(Reply, frozen=True, kw_only=True):
    """One posting's outcome. ``error`` is a token, TRANSITION_IS_NOT_POSSIBLE, or ""."""

    posting_number: str
    result: bool
    error: Annotated[str, Deciding] = ""


class PostingResults(Reply, frozen=True, kw_only=True):
    """One result per posting of the request. True means accepted: the status changes later."""

    result: Annotated[tuple[PostingResult, ...], Deciding]


def told_of(posting_numbers: Sequence[str]) -> Callable[[PostingResults], bool]:
    """Whether an answer has a result for each of these."""
    return lambda reply: {one.posting_number for one in reply.result} >= set(posting_numbers)


class Rfbs(Calls):
    async def fbs_posting_tracking_number_set(
        self, tracking_numbers: Sequence[TrackingNumber]
    ) -> PostingResults:
        """``/v2/fbs/posting/tracking-number/set``: at most 20 pairs."""
        body = _TrackingRequest(tracking_numbers=tracking_numbers)
        told = told_of([one.posting_number for one in tracking_numbers])
        return await self._write("/v2/fbs/posting/tracking-number/set", body, PostingResults, told)

    async def fbs_posting_delivering(self, posting_numbers: Sequence[str]) -> PostingResults:
        """``/v2/fbs/posting/delivering``: handed to the carrier."""
        return await self._status("/v2/fbs/posting/delivering", posting_numbers)

    async def fbs_posting_last_mile(self, posting_numbers: Sequence[str]) -> PostingResults:
        """``/v2/fbs/posting/last-mile``: the courier is on the way."""
        return await self._status("/v2/fbs/posting/last-mile", posting_numbers)

    async def fbs_posting_delivered(self, posting_numbers: Sequence[str]) -> PostingResults:
        """``/v2/fbs/posting/delivered``: received by the buyer."""
        return await self._status("/v2/fbs/posting/delivered", posting_numbers)

    async def _status(self, path: str, posting_numbers: Sequence[str]) -> PostingResults:
        body = _PostingsRequest(posting_number=posting_numbers)
        return await self._write(path, body, PostingResults, told_of(posting_numbers))

    async def posting_cutoff_set(self, posting_number: str, new_cutoff_date: datetime) -> AcceptedReply:
        """``/v1/posting/cutoff/set``: a new shipping date, where ``set_cutoff`` is an available action."""
        body = _CutoffRequest(posting_number=posting_number, new_cutoff_date=new_cutoff_date)
        return await self._write("/v1/posting/cutoff/set", body, AcceptedReply, answered)
