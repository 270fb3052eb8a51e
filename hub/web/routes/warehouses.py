"""Where a seller's parcels leave from."""

from __future__ import annotations

import msgspec
from litestar import Controller, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody

from hub.flow.history.view import Listing
from hub.flow.history.warehouse_views import NewWarehouse, WarehouseChange, WarehouseView
from hub.flow.sellers import warehouses
from hub.web.access import IN_WAREHOUSE, HubRequest, actor_of, hub_of, seller_of, visible
from hub.web.bodies import WarehouseBody


class WarehousesController(Controller):
    """A seller's warehouses: each has its own sender, zone, cut-off and paper, or the seller's."""

    path = "/warehouses"
    tags = ("warehouses",)

    @get(summary="A seller's warehouses", opt=IN_WAREHOUSE)
    async def list_warehouses(
        self, request: HubRequest, seller: FromQuery[str | None] = None
    ) -> Listing[WarehouseView]:
        found = warehouses.list_warehouses(hub_of(request), seller_of(request, seller))
        return Listing(items=[one for one in found if request.user.warehouse in (None, one.slug)])

    @post(summary="Add a warehouse; open postings that the marketplace has there move to it")
    async def add_warehouse(self, request: HubRequest, data: JSONBody[WarehouseBody]) -> WarehouseView:
        seller = seller_of(request, data.seller)
        new = NewWarehouse(**{name: getattr(data, name) for name in NewWarehouse.__struct_fields__})
        return await warehouses.add_warehouse(hub_of(request), seller, new, actor_of(request))

    @patch("/{warehouse_id:str}", summary="Correct a warehouse: what is given changes, the rest stays")
    async def change_warehouse(
        self, request: HubRequest, warehouse_id: FromPath[str], data: JSONBody[WarehouseChange]
    ) -> WarehouseView:
        """Open postings move where the marketplaces' warehouses change; what is booked stays as it was
        booked."""
        known = visible(request, warehouses.warehouse, warehouse_id)
        if msgspec.structs.asdict(data) == msgspec.structs.asdict(WarehouseChange()):
            return known
        return await warehouses.change_warehouse(hub_of(request), warehouse_id, data, actor_of(request))
