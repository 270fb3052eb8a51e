"""Before many are ordered: what they cost, and the token that orders just that."""

from __future__ import annotations

import msgspec
from litestar import Controller, post
from litestar.params import FromPath, JSONBody

from hub.flow import totals
from hub.flow.history.total_views import ShipTotal
from hub.flow.reading.naming import total_lines
from hub.web.access import ASKS, IN_WAREHOUSE, SPENDS, HubRequest, actor_of, hub_of, seller_of
from hub.web.bodies import SellerBody, ShipmentsAnswer, ShipmentsBody
from hub.web.ordering import IdempotencyKey, once
from hub.web.routes.postings import ids_of

_LONGEST = 50.0
"""So many seconds prices are waited for; what has none then is asked for again."""


class TotalsController(Controller):
    """What many orders cost, before they are given."""

    path = "/totals"
    tags = ("shipments",)

    @post(
        operation_id="makeTotal",
        summary="What shipping postings would cost, and a token that orders it",
        status_code=200,
        opt=ASKS | IN_WAREHOUSE,
    )
    async def make(self, request: HubRequest, data: JSONBody[ShipmentsBody]) -> ShipTotal:
        """Asks the carriers; nothing is booked, and the marketplace is told nothing. The token can be used
        once, until ``expires_at``. Keys that name no posting come last among the ``lines``."""
        hub, seller = hub_of(request), seller_of(request, data.seller)
        ids, refused = ids_of(request, data.postings, seller)
        found = await totals.total(
            hub,
            seller,
            list(ids.values()),
            carrier=data.carrier or "",
            service=data.service or "",
            warehouse=request.user.warehouse or "",
            within=_LONGEST,
            actor=actor_of(request),
        )
        return msgspec.structs.replace(found, lines=found.lines + total_lines(refused))

    @post(
        "/{token:str}/order",
        operation_id="orderTotal",
        summary="Order what a total showed",
        status_code=202,
        opt=SPENDS | IN_WAREHOUSE,
    )
    async def order(
        self,
        request: HubRequest,
        token: FromPath[str],
        data: JSONBody[SellerBody],
        idempotency_key: IdempotencyKey,
    ) -> ShipmentsAnswer:
        """Once. What has changed since is left out: ``changed`` where it has another price by now, or is
        another parcel; what had no price is ``unpriced``, and a problem. 409 ``total_used``,
        ``total_expired``."""
        hub, seller = hub_of(request), seller_of(request, data.seller)

        async def order() -> ShipmentsAnswer:
            there, who = request.user.warehouse or "", actor_of(request)
            return ShipmentsAnswer(
                results=tuple(await totals.ship(hub, seller, token, warehouse=there, actor=who))
            )

        return await once(request, idempotency_key, data, order, ShipmentsAnswer)
