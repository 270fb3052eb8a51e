"""What a seller's warehouses hold, as Ozon knows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec

from ozon_api.calls import Calls
from ozon_api.wire import Body, Deciding, Reply


class _LevelsRequest(Body, frozen=True, kw_only=True):
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)]
    cursor: str = ""
    sku: Sequence[str] = ()
    offer_id: Sequence[str] = ()


class StockLevel(Reply, frozen=True, kw_only=True):
    """One product in one warehouse. ``free_stock`` is ``present`` less ``reserved``."""

    product_id: int
    sku: int = 0
    offer_id: str = ""
    warehouse_id: int = 0
    warehouse_name: str = ""
    present: int = 0
    reserved: int = 0
    free_stock: int = 0


class StockLevels(Reply, frozen=True, kw_only=True):
    """A page; ``cursor`` is opaque."""

    products: tuple[StockLevel, ...]
    has_next: bool = False
    cursor: Annotated[str, Deciding] = ""


class StockReading(Calls):
    async def product_info_stocks_by_warehouse_fbs(
        self,
        *,
        sku: Sequence[str] = (),
        offer_id: Sequence[str] = (),
        limit: int = 1000,
        cursor: str = "",
    ) -> StockLevels:
        """``/v2/product/info/stocks-by-warehouse/fbs``: by SKUs or by the seller's article numbers, not both.
        ``limit`` ≤ 1000. The one short answer that has a product's ``product_id`` beside its SKU."""
        body = _LevelsRequest(limit=limit, cursor=cursor, sku=sku, offer_id=offer_id)
        return await self._read("/v2/product/info/stocks-by-warehouse/fbs", body, StockLevels)
