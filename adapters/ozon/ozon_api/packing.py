"""Packing: ship, split, number of boxes. 200 is acceptance; the outcome is read from the posting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec

from ozon_api.calls import Calls, answered
from ozon_api.wire import Body, Deciding, Reply


class PackageProduct(Body, frozen=True, kw_only=True):
    """``product_id`` is the SKU, whatever its name says (error UNKNOWN_PRODUCT_DEFINED otherwise)."""

    product_id: int
    quantity: int


class Package(Body, frozen=True, kw_only=True):
    """What goes into one box; each package becomes a posting of its own."""

    products: Sequence[PackageProduct]


class PartProduct(Body, frozen=True, kw_only=True):
    """A line of a part that is packed; ``product_id`` is the SKU."""

    product_id: int
    quantity: int
    exemplars_ids: tuple[str, ...] = msgspec.field(name="exemplarsIds", default=())


class _ShipWith(Body, frozen=True, kw_only=True):
    additional_data: bool = False


class _ShipRequest(Body, frozen=True, kw_only=True):
    posting_number: str
    packages: Sequence[Package]
    with_: _ShipWith | None = msgspec.field(name="with", default=None)


class _ShipPackageRequest(Body, frozen=True, kw_only=True):
    posting_number: str
    products: Sequence[PartProduct]


class _SplitRequest(Body, frozen=True, kw_only=True):
    posting_number: str
    postings: Sequence[Package]


class _MultiBoxRequest(Body, frozen=True, kw_only=True):
    posting_number: str
    multi_box_qty: int


class ShippedProduct(Reply, frozen=True, kw_only=True):
    sku: int = 0
    quantity: int = 0
    offer_id: str = ""
    name: str = ""
    price: str = ""
    currency_code: str = ""
    mandatory_mark: tuple[str, ...] = ()


class ShippedPosting(Reply, frozen=True, kw_only=True):
    posting_number: str = ""
    products: tuple[ShippedProduct, ...] = ()


class ShipReply(Reply, frozen=True, kw_only=True):
    """``result`` holds the posting numbers that came of it, one per package."""

    result: Annotated[tuple[str, ...], Deciding]
    additional_data: tuple[ShippedPosting, ...] = ()


class ShipPackageReply(Reply, frozen=True, kw_only=True):
    """``result`` is the number of the packed posting."""

    result: str


class SplitProduct(Reply, frozen=True, kw_only=True):
    product_id: int
    quantity: int


class SplitPosting(Reply, frozen=True, kw_only=True):
    posting_number: str
    products: tuple[SplitProduct, ...] = ()


class SplitReply(Reply, frozen=True, kw_only=True):
    postings: Annotated[tuple[SplitPosting, ...], Deciding]
    parent_posting: SplitPosting | None = None


class MultiBoxResult(Reply, frozen=True, kw_only=True):
    result: bool


class MultiBoxReply(Reply, frozen=True, kw_only=True):
    result: MultiBoxResult


class Packing(Calls):
    async def posting_fbs_ship(
        self, posting_number: str, packages: Sequence[Package], *, additional_data: bool = False
    ) -> ShipReply:
        """``/v4/posting/fbs/ship``: packs the whole posting. POSTING_ALREADY_SHIPPED means it is done.

        Accepted is not done: read the posting; substatus ``ship_failed`` means repeat.
        """
        with_ = _ShipWith(additional_data=True) if additional_data else None
        body = _ShipRequest(posting_number=posting_number, packages=packages, with_=with_)
        return await self._write(
            "/v4/posting/fbs/ship", body, ShipReply, lambda made: made.result and all(made.result)
        )

    async def posting_fbs_ship_package(
        self, posting_number: str, products: Sequence[PartProduct]
    ) -> ShipPackageReply:
        """``/v4/posting/fbs/ship/package``: packs a part; the rest stays ``awaiting_packaging``."""
        body = _ShipPackageRequest(posting_number=posting_number, products=products)
        return await self._write("/v4/posting/fbs/ship/package", body, ShipPackageReply, lambda m: m.result)

    async def posting_fbs_split(self, posting_number: str, postings: Sequence[Package]) -> SplitReply:
        """``/v1/posting/fbs/split``: splits without packing."""
        body = _SplitRequest(posting_number=posting_number, postings=postings)
        return await self._write("/v1/posting/fbs/split", body, SplitReply, lambda made: made.postings)

    async def posting_multiboxqty_set(self, posting_number: str, multi_box_qty: int) -> MultiBoxReply:
        """``/v3/posting/multiboxqty/set``: boxes, set before ship where ``is_multibox``."""
        body = _MultiBoxRequest(posting_number=posting_number, multi_box_qty=multi_box_qty)
        return await self._write("/v3/posting/multiboxqty/set", body, MultiBoxReply, answered)
