"""Requests to cancel a posting of rFBS. Silence agrees, at ``auto_approve_date``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import ozon_api
from hub import BadReply, CancelRequest, ReportResult

_PAGES = 100
_NEVER = 1970
"""A time that is not set comes as one of the year 1 from programs in Go: an assumption."""
_STATES: dict[str, Literal["open", "agreed", "refused"]] = {
    "ON_APPROVAL": "open",
    "APPROVED": "agreed",
    "REJECTED": "refused",
}
_WHO: dict[str, Literal["buyer", "marketplace", "carrier"]] = {
    "CLIENT": "buyer",
    "OZON": "marketplace",
    "SYSTEM": "marketplace",
    "DELIVERY": "carrier",
}


async def listed(client: ozon_api.Client, numbers: Sequence[str]) -> Sequence[CancelRequest]:
    """Those that wait; with ``numbers`` all of these postings."""
    filters = ozon_api.CancelRequestFilters(
        state="ALL" if numbers else "ON_APPROVAL", posting_number=tuple(numbers)
    )
    found: dict[int, CancelRequest] = {}
    last = 0
    for _ in range(_PAGES):
        page = await client.conditional_cancellation_list(filters=filters, last_id=last)
        new = [one for one in page.result if one.cancellation_id not in found]
        found |= {one.cancellation_id: _read(one) for one in new}
        if not new or not page.last_id or page.last_id == last:
            return list(found.values())
        last = page.last_id
    raise BadReply("Ozon's list of requests to cancel does not end.", code="bad_reply.cancel_requests_no_end")


def _read(one: ozon_api.CancelRequest) -> CancelRequest:
    state = _STATES.get(one.state.state)
    if state is None:
        raise BadReply(
            "Ozon shows a request to cancel in a state that is not known: {state}",
            code="bad_reply.cancel_request_state",
            values={"state": one.state.state},
        )
    reason, until = one.cancellation_reason, one.auto_approve_date
    return CancelRequest(
        request_id=str(one.cancellation_id),
        number=one.posting_number,
        state=state,
        asked_by=_WHO.get(one.cancellation_initiator, "other"),
        reason="" if reason is None else reason.name,
        message=one.cancellation_reason_message,
        until=until if until is not None and until.year > _NEVER else None,
    )


async def answer(client: ozon_api.Client, request: CancelRequest, agree: bool, comment: str) -> ReportResult:
    """Taken in at most: the answer of Ozon has no body."""
    if agree:
        await client.conditional_cancellation_approve(int(request.request_id), comment=comment)
    else:
        await client.conditional_cancellation_reject(int(request.request_id), comment)
    return ReportResult(number=request.number, state="accepted")
