"""The old paths to problems about money, until 0.3: incidents, and a person's word about an operation.

Their answers have the header ``Deprecation`` (RFC 9745) with the day from which they are, and name what took
their place in ``Link`` (RFC 8288).
"""

from __future__ import annotations

from litestar import get, post
from litestar.datastructures import ResponseHeader
from litestar.params import FromPath, FromQuery, JSONBody

from hub.flow import reading
from hub.flow.health import incidents
from hub.flow.health.views import IncidentView
from hub.flow.history.view import Listing
from hub.flow.history.views import OperationView
from hub.flow.sellers import sellers
from hub.web.access import SPENDS, HubRequest, actor_of, hub_of, seller_of, visible
from hub.web.bodies import ResolveBody
from hub.web.ordering import IdempotencyKey, once
from hub.web.parameters import Cursor, Limit

_SINCE = "@1795910400"  # 2026-11-29
_DEPRECATED = [
    ResponseHeader(name="Deprecation", value=_SINCE, description="Deprecated from this time on (RFC 9745)"),
    ResponseHeader(
        name="Link",
        value='</v1/problems>; rel="successor-version"',
        description="What took its place",
    ),
]


@get(
    "/incidents",
    summary="What went wrong with money at stake",
    tags=["problems"],
    deprecated=True,
    response_headers=_DEPRECATED,
)
async def list_incidents(
    request: HubRequest,
    seller: FromQuery[str | None] = None,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Listing[IncidentView]:
    """Until 0.3: use ``GET /v1/problems?money=true``. The nearest deadline first, each with what is known,
    and what each answer does. A seller's key sees its own; the operator's sees all, or those of the
    ``seller`` that it names."""
    hub = hub_of(request)
    named = seller is not None or request.user.seller is not None
    whose = seller_of(request, seller) if named else None
    if whose is not None:
        sellers.seller(hub, whose)
    return incidents.incidents(hub, seller=whose, cursor=cursor, limit=limit)


@post(
    "/operations/{operation_id:str}/resolve",
    summary="Say what became of an operation that waits for a person",
    status_code=202,
    opt=SPENDS,
    tags=["problems"],
    deprecated=True,
    response_headers=_DEPRECATED,
)
async def resolve_operation(
    request: HubRequest,
    operation_id: FromPath[str],
    data: JSONBody[ResolveBody],
    idempotency_key: IdempotencyKey,
) -> OperationView:
    """Until 0.3: use ``POST /v1/problems/{problem_id}/answer``. ``it_exists`` adopts the order and sends
    nothing more. ``it_does_not_exist`` sends it once more: if it is there after all, it may be paid for twice
    (``may_pay_twice`` of the incident's choice)."""
    hub = hub_of(request)
    visible(request, reading.operation, operation_id)

    async def order() -> OperationView:
        return await incidents.resolve(
            hub,
            operation_id,
            data.answer,
            carrier_id=data.carrier_id,
            tracking_number=data.tracking_number,
            note=data.note,
            actor=actor_of(request),
        )

    return await once(request, idempotency_key, data, order, OperationView)
