"""Batches, the orders in them, and the archive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from russian_post_api.batches import F103, Batch, CreatedBatches
from russian_post_api.changes import batches_made, checked_in, ids_done
from russian_post_api.orders import Ids, Order
from russian_post_api.sending import Calls, given, part


class BatchCalls(Calls):
    async def batch_create(
        self,
        ids: Sequence[int],
        *,
        sending_date: date | None = None,
        timezone_offset: int | None = None,
        use_online_balance: bool | None = None,
    ) -> CreatedBatches:
        """POST /1.0/user/shipment: backlog orders into batches, as many as their kinds need.

        ``timezone_offset`` in seconds. Orders that are in none are in ``errors``.
        """
        params = given(
            sending_date=sending_date, timezone_offset=timezone_offset, use_online_balance=use_online_balance
        )
        return batches_made(await self._send("POST", "/1.0/user/shipment", ids, params=params))

    async def batch_get(self, name: str) -> Batch:
        """GET /1.0/batch/{name}. Unknown: 1001."""
        return await self._get(f"/1.0/batch/{part(name)}", Batch)

    async def batch_orders(
        self, name: str, *, size: int | None = None, sort: str | None = None, page: int | None = None
    ) -> list[Order]:
        """GET /1.0/batch/{name}/shipment."""
        params = given(size=size, sort=sort, page=page)
        return await self._get(f"/1.0/batch/{part(name)}/shipment", list[Order], params, whole=True)

    async def batch_checkin(self, name: str, *, use_online_balance: bool | None = None) -> F103:
        """POST /1.0/batch/{name}/checkin: the electronic F103 goes to the office, the batch is FROZEN.

        1024: the online balance is too low. An ``error_code`` without ``f103_sent`` is raised. ``f103_sent``
        may be False without any reason: read the batch then.
        """
        params = given(useOnlineBalance=use_online_balance)
        return checked_in(await self._send("POST", f"/1.0/batch/{part(name)}/checkin", params=params))

    async def shipment_search(self, query: str) -> list[Order]:
        """GET /1.0/shipment/search: orders in batches, by barcode or by our own number."""
        return await self._get("/1.0/shipment/search", list[Order], given(query=query), whole=True)

    async def shipment_get(self, id: int) -> Order:
        """GET /1.0/shipment/{id}: an order in a batch, with its last operation. Unknown: 1001."""
        return await self._get(f"/1.0/shipment/{part(id)}", Order)

    async def shipment_delete(self, ids: Sequence[int]) -> Ids:
        """DELETE /1.0/shipment: orders out of their batch, for good."""
        return ids_done(await self._send("DELETE", "/1.0/shipment", ids))
