"""Shipments: ordering them, which costs money, reading them, cancelling them; and the operations behind."""

from __future__ import annotations

from litestar import Controller, Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from hub.flow import orders, reading, totals
from hub.flow.history.results import ShipResult
from hub.flow.history.view import Listing
from hub.flow.history.views import OperationView, ShipmentView
from hub.flow.reading.naming import not_named
from hub.web.access import (
    IN_WAREHOUSE,
    SPENDS,
    HubRequest,
    actor_of,
    hub_of,
    seller_of,
    visible,
    warehouse_of,
)
from hub.web.bodies import CancelBody, ShipmentsAnswer, ShipmentsBody
from hub.web.ordering import IdempotencyKey, Prefer, also_200, once, seconds_to_wait, wait_until
from hub.web.parameters import Cursor, Limit
from hub.web.routes.postings import ids_of


class ShipmentsController(Controller):
    """Our bookings with carriers."""

    path = "/shipments"
    tags = ("shipments",)

    @post(
        operation_id="shipPostings",
        summary="Ship postings: quote, choose, book, assemble, label",
        status_code=202,
        opt=SPENDS | IN_WAREHOUSE,
        responses=also_200(ShipmentsAnswer, "Everything is settled"),
    )
    async def ship(
        self,
        request: HubRequest,
        data: JSONBody[ShipmentsBody],
        idempotency_key: IdempotencyKey,
        prefer: Prefer = None,
    ) -> Response[ShipmentsAnswer]:
        """At most one that is not under way: several are ordered by their total, `POST /v1/totals`."""
        hub, seller = hub_of(request), seller_of(request, data.seller)

        async def order() -> ShipmentsAnswer:
            ids, refused = ids_of(request, data.postings, seller)
            totals.must_be_few(hub, seller, list(ids.values()), data.carrier or "", data.service or "")
            done = await orders.ship(
                hub,
                seller,
                list(ids.values()),
                carrier=data.carrier,
                service=data.service,
                actor=actor_of(request),
            )
            by_id = {one.posting_id: one for one in done}
            return ShipmentsAnswer(
                results=tuple(
                    by_id[ids[key]] if key in ids else not_named(ShipResult, key, refused[key])
                    for key in data.postings
                )
            )

        answer = await once(request, idempotency_key, data, order, ShipmentsAnswer)
        seconds = seconds_to_wait(prefer)
        if not seconds:
            return Response(answer, status_code=202)
        ids = list(dict.fromkeys(one.posting_id for one in answer.results if one.state != "refused"))
        settled = await wait_until(lambda: orders.settled(hub, ids), seconds)
        return Response(
            ShipmentsAnswer(
                results=answer.results,
                postings=tuple(reading.posting(hub, key, seller=seller) for key in ids),
            ),
            status_code=200 if settled else 202,
            headers={"Preference-Applied": f"wait={seconds:g}"},
        )

    @get(summary="A seller's shipments, the newest first", opt=IN_WAREHOUSE)
    async def list_shipments(
        self,
        request: HubRequest,
        seller: FromQuery[str | None] = None,
        warehouse: FromQuery[str | None] = None,
        cursor: Cursor = "",
        limit: Limit = 50,
    ) -> Listing[ShipmentView]:
        whose = seller_of(request, seller)
        there = warehouse_of(request, whose, warehouse)
        return reading.shipments(hub_of(request), seller=whose, warehouse=there, cursor=cursor, limit=limit)

    @get(
        "/{shipment_id:str}",
        summary="A shipment: its price, its numbers, and why this carrier",
        opt=IN_WAREHOUSE,
    )
    async def show_shipment(self, request: HubRequest, shipment_id: FromPath[str]) -> ShipmentView:
        return visible(request, reading.shipment, shipment_id)

    @post(
        "/{shipment_id:str}/cancel",
        operation_id="cancelShipment",
        summary="Cancel a shipment",
        status_code=202,
        opt=SPENDS | IN_WAREHOUSE,
    )
    async def cancel(
        self,
        request: HubRequest,
        shipment_id: FromPath[str],
        data: JSONBody[CancelBody],
        idempotency_key: IdempotencyKey,
    ) -> ShipmentView:
        """The carrier is asked in the way that the order's state allows; the shipment tells the end of it."""
        hub, shipment = hub_of(request), visible(request, reading.shipment, shipment_id)

        async def order() -> ShipmentView:
            await orders.cancel(
                hub, shipment.posting_id, data.reason, actor_of(request), marketplace=data.marketplace
            )
            return reading.shipment(hub, shipment_id)

        return await once(request, idempotency_key, data, order, ShipmentView)


@get(
    "/operations/{operation_id:str}",
    summary="One operation of the journal",
    tags=["shipments"],
    opt=IN_WAREHOUSE,
)
async def show_operation(request: HubRequest, operation_id: FromPath[str]) -> OperationView:
    """A booking, a cancel, an assembly or a report: its state, and what the vendor said."""
    return visible(request, reading.operation, operation_id)
