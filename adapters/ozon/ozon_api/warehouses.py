"""Warehouses, delivery methods and stock."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Literal

from ozon_api.calls import Calls
from ozon_api.orders import SortDir
from ozon_api.wire import Body, Deciding, Reply, Time

DeliveryMethodStatus = Literal["NEW", "EDITED", "ACTIVE", "DISABLED", "WAITING", "BROKEN"]


class DeliveryMethodFilter(Body, frozen=True, kw_only=True):
    """``status`` is required; ids are text, up to 100 of each."""

    status: Sequence[DeliveryMethodStatus]
    delivery_method_ids: tuple[str, ...] = ()
    provider_ids: tuple[str, ...] = ()
    warehouse_ids: tuple[str, ...] = ()


class Stock(Body, frozen=True, kw_only=True):
    """``stock`` counts pieces without those reserved. ``offer_id`` wins where both ids are given."""

    warehouse_id: int
    stock: int
    product_id: int | None = None
    offer_id: str = ""


class _WarehouseListRequest(Body, frozen=True, kw_only=True):
    limit: int
    cursor: str = ""
    warehouse_ids: tuple[str, ...] = ()


class _DeliveryMethodListRequest(Body, frozen=True, kw_only=True):
    filter: DeliveryMethodFilter
    limit: int
    cursor: str = ""
    sort_dir: SortDir | None = None


class _StocksRequest(Body, frozen=True, kw_only=True):
    stocks: Sequence[Stock]


class AddressInfo(Reply, frozen=True, kw_only=True):
    address: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    utc: str = ""


class FirstMile(Reply, frozen=True, kw_only=True):
    """``type``: PICK_UP or DROP_OFF."""

    type: str = ""
    dropoff_point_id: str = ""
    timeslot_id: int = 0
    timeslot_from: str = ""
    timeslot_to: str = ""
    first_mile_is_changing: bool = False


class WorkingHours(Reply, frozen=True, kw_only=True):
    time_from: Time | None = None
    time_to: Time | None = None


class Timetable(Reply, frozen=True, kw_only=True):
    timetable_from: Time | None = None
    timetable_to: Time | None = None
    working_hours: tuple[WorkingHours, ...] = ()


class Warehouse(Reply, frozen=True, kw_only=True):
    """``carriage_label_type``: BIG or SMALL. ``working_days``: MONDAY..., or numbers as text (seen in v1)."""

    warehouse_id: int
    name: str = ""
    status: str = ""
    warehouse_type: str = ""
    carriage_label_type: str = ""
    first_mile: FirstMile | None = None
    address_info: AddressInfo | None = None
    phone: str = ""
    courier_phones: tuple[str, ...] = ()
    courier_comment: str = ""
    working_days: tuple[str, ...] = ()
    timetable: Timetable | None = None
    cut_in_time: int = 0
    sla_cut_in: int = 0
    has_postings_limit: bool = False
    postings_limit: int = 0
    min_postings_limit: int = 0
    has_entrusted_acceptance: bool = False
    is_auto_assembly: bool = False
    is_comfort: bool = False
    is_express: bool = False
    is_kgt: bool = False
    is_rfbs: bool = False
    is_waybill_enabled: bool = False
    with_item_list: bool = False
    created_at: Time | None = None
    updated_at: Time | None = None
    pause_at: Time | None = None


class WarehousePage(Reply, frozen=True, kw_only=True):
    warehouses: tuple[Warehouse, ...]
    has_next: bool = False
    cursor: Annotated[str, Deciding] = ""


class Coordinates(Reply, frozen=True, kw_only=True):
    latitude: Decimal | None = None
    longitude: Decimal | None = None


class DropoffPoint(Reply, frozen=True, kw_only=True):
    code: str = ""
    name: str = ""
    address: str = ""
    address_coordinates: Coordinates | None = None


class RfbsDeliveryMethod(Reply, frozen=True, kw_only=True):
    id: int
    status: str
    name: str = ""
    warehouse_id: int = 0
    provider_id: int = 0
    template_id: int = 0
    tpl_integration_type: str = ""
    cutoff: str = ""
    sla_cut_in: int = 0
    is_express: bool = False
    tpl_dropoff_point: DropoffPoint | None = None
    created_at: Time | None = None
    updated_at: Time | None = None


class DeliveryMethodPage(Reply, frozen=True, kw_only=True):
    delivery_methods: tuple[RfbsDeliveryMethod, ...]
    has_next: bool = False
    cursor: Annotated[str, Deciding] = ""


class StockError(Reply, frozen=True, kw_only=True):
    """``code``: TOO_MANY_REQUESTS (one pair once in 30 s), WAREHOUSE_NOT_FOUND, STOCK_TOO_BIG ..."""

    code: str = ""
    message: str = ""


class StockResult(Reply, frozen=True, kw_only=True):
    updated: bool
    product_id: int = 0
    offer_id: str = ""
    warehouse_id: int = 0
    errors: tuple[StockError, ...] = ()


class StockResults(Reply, frozen=True, kw_only=True):
    """One result per pair of product and warehouse, under HTTP 200."""

    result: Annotated[tuple[StockResult, ...], Deciding]


class Warehouses(Calls):
    async def warehouse_list(
        self, *, limit: int = 200, cursor: str = "", warehouse_ids: Sequence[str] = ()
    ) -> WarehousePage:
        """``/v2/warehouse/list``: FBS and rFBS warehouses. ``limit`` ≤ 200."""
        body = _WarehouseListRequest(limit=limit, cursor=cursor, warehouse_ids=tuple(warehouse_ids))
        return await self._read("/v2/warehouse/list", body, WarehousePage)

    async def delivery_method_list(
        self,
        *,
        filter: DeliveryMethodFilter,
        limit: int = 100,
        cursor: str = "",
        sort_dir: SortDir | None = None,
    ) -> DeliveryMethodPage:
        """``/v2/delivery-method/list``: of rFBS warehouses only. ``limit`` 1..100."""
        body = _DeliveryMethodListRequest(filter=filter, limit=limit, cursor=cursor, sort_dir=sort_dir)
        return await self._read("/v2/delivery-method/list", body, DeliveryMethodPage)

    async def products_stocks(self, stocks: Sequence[Stock]) -> StockResults:
        """``/v2/products/stocks``: 100 pairs a request, 80 requests a minute, a pair once in 30 s."""
        body = _StocksRequest(stocks=stocks)
        return await self._write(
            "/v2/products/stocks", body, StockResults, lambda told: len(told.result) >= len(stocks)
        )
