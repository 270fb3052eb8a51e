"""Requests to cancel a posting of rFBS, mostly the buyer's: the seller agrees or refuses; silence agrees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec

from ozon_api.calls import Calls
from ozon_api.wire import Body, Deciding, Personal, Reply, Time

RequestState = Literal["ALL", "ON_APPROVAL", "APPROVED", "REJECTED"]


class CancelRequestFilters(Body, frozen=True, kw_only=True):
    """``cancellation_initiator``: OZON, SELLER, CLIENT, SYSTEM, DELIVERY."""

    state: RequestState
    cancellation_initiator: Sequence[str] = ()
    posting_number: Sequence[str] = ()


class _With(Body, frozen=True, kw_only=True):
    counter: bool


class _ListRequest(Body, frozen=True, kw_only=True):
    filters: CancelRequestFilters
    limit: Annotated[int, msgspec.Meta(ge=1, le=500)]
    last_id: int = 0
    with_: _With | None = msgspec.field(default=None, name="with")


class _AnswerRequest(Body, frozen=True, kw_only=True):
    cancellation_id: int
    comment: str = ""


class CancelRequestReason(Reply, frozen=True, kw_only=True):
    id: int = 0
    name: str = ""


class CancelRequestState(Reply, frozen=True, kw_only=True):
    """``state`` is ON_APPROVAL, APPROVED or REJECTED; ``name`` the same for people."""

    state: str
    id: int = 0
    name: str = ""


class CancelRequest(Personal, frozen=True, kw_only=True):
    """One request. ``cancelled_at`` is when it was made; at ``auto_approve_date`` it is agreed to by itself.
    ``cancellation_reason_message`` is what whoever asked wrote."""

    cancellation_id: int
    posting_number: str
    state: Annotated[CancelRequestState, Deciding]
    cancellation_initiator: str = ""
    cancellation_reason: CancelRequestReason | None = None
    cancellation_reason_message: str = ""
    cancelled_at: Time | None = None
    order_date: Time | None = None
    auto_approve_date: Time | None = None
    approve_date: Time | None = None
    approve_comment: str = ""
    source_id: int = 0
    tpl_integration_type: str = ""


class CancelRequestList(Reply, frozen=True, kw_only=True):
    """``last_id`` names the next page; ``counter`` counts what waits, where it was asked for."""

    result: Annotated[tuple[CancelRequest, ...], Deciding]
    last_id: int = 0
    counter: int = 0


class CancelRequests(Calls):
    async def conditional_cancellation_list(
        self,
        *,
        filters: CancelRequestFilters | None = None,
        limit: int = 500,
        last_id: int = 0,
        counter: bool = False,
    ) -> CancelRequestList:
        """``/v2/conditional-cancellation/list``: the requests, oldest first; all where no filter is given.
        ``limit`` ≤ 500."""
        body = _ListRequest(
            filters=filters or CancelRequestFilters(state="ALL"),
            limit=limit,
            last_id=last_id,
            with_=_With(counter=True) if counter else None,
        )
        return await self._read("/v2/conditional-cancellation/list", body, CancelRequestList)

    async def conditional_cancellation_approve(self, cancellation_id: int, *, comment: str = "") -> None:
        """``/v2/conditional-cancellation/approve``: the posting is cancelled, the buyer gets the money back.

        Only for a request ``ON_APPROVAL``. The answer has no body: read the list for what became of it."""
        await self._answer("approve", cancellation_id, comment)

    async def conditional_cancellation_reject(self, cancellation_id: int, comment: str) -> None:
        """``/v2/conditional-cancellation/reject``: the posting stays, and has to be delivered. ``comment``
        says why, and is required by the documentation's prose."""
        await self._answer("reject", cancellation_id, comment)

    async def _answer(self, word: str, cancellation_id: int, comment: str) -> None:
        body = _AnswerRequest(cancellation_id=cancellation_id, comment=comment)
        await self._tell(f"/v2/conditional-cancellation/{word}", body)
