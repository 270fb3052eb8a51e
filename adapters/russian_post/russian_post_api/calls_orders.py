"""Orders of the backlog: create, find, edit, delete."""

from __future__ import annotations

from collections.abc import Sequence

from russian_post_api.changes import ids_done, orders_made
from russian_post_api.order_requests import OrderRequest
from russian_post_api.orders import CreatedOrders, Ids, Order
from russian_post_api.sending import Calls, given, part


class OrderCalls(Calls):
    async def backlog_create(self, orders: Sequence[OrderRequest]) -> CreatedOrders:
        """PUT /2.0/user/backlog: each order is made, with its barcode, or refused on its own, under HTTP 200.

        Nothing keeps a repetition from making second orders: search by ``order_num`` first
        (:meth:`backlog_search`, :meth:`~russian_post_api.Otpravka.shipment_search`). An answer with neither
        orders nor errors is no refusal: :class:`NoOutcome`.
        """
        return orders_made(await self._send("PUT", "/2.0/user/backlog", orders))

    async def backlog_search(self, order_num: str) -> list[Order]:
        """GET /1.0/backlog/search: by our own number, among orders that are in no batch yet."""
        return await self._get("/1.0/backlog/search", list[Order], given(query=order_num), whole=True)

    async def backlog_get(self, id: int) -> Order:
        """GET /1.0/backlog/{id}. Unknown, or in a batch already: 1001."""
        return await self._get(f"/1.0/backlog/{part(id)}", Order)

    async def backlog_delete(self, ids: Sequence[int]) -> Ids:
        """DELETE /1.0/backlog: ids that could not be deleted are in ``errors`` (NOT_FOUND)."""
        return ids_done(await self._send("DELETE", "/1.0/backlog", ids))
