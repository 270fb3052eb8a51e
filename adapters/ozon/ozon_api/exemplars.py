"""Exemplars: the physical units of a posting, with their marking codes, customs numbers and weights.

Ozon wants them before a posting is packed: create-or-get gives each unit its id, set tells everything that is
known of all of them, status says how the check of that stands (minutes, not seconds).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

from ozon_api.calls import Calls
from ozon_api.wire import Body, Deciding, Reply


class MarkToSet(Body, frozen=True, kw_only=True):
    """``mark_type``: mandatory_mark (the whole code, with GS and its crypto tail), jw_uin, imei."""

    mark: str
    mark_type: str


class ExemplarToSet(Body, frozen=True, kw_only=True):
    """One unit. ``is_gtd_absent``, ``is_rnpt_absent``: there is no such number. ``weight``: kilograms (the
    specification has no unit; the example of the method before it, ``/v2/posting/fbs/product/change``, has
    0.3)."""

    exemplar_id: int
    gtd: str = ""
    is_gtd_absent: bool = False
    rnpt: str = ""
    is_rnpt_absent: bool = False
    weight: float | None = None
    marks: Sequence[MarkToSet] = ()


class ProductToSet(Body, frozen=True, kw_only=True):
    """The units of one product; ``product_id`` is the SKU."""

    product_id: int
    exemplars: Sequence[ExemplarToSet]


class ExemplarToValidate(Body, frozen=True, kw_only=True):
    """A unit without its id: form is all that is looked at."""

    gtd: str = ""
    rnpt: str = ""
    weight: float | None = None
    marks: Sequence[MarkToSet] = ()


class ProductToValidate(Body, frozen=True, kw_only=True):
    """``product_id`` is the SKU."""

    product_id: int
    exemplars: Sequence[ExemplarToValidate]


class _PostingRequest(Body, frozen=True, kw_only=True):
    posting_number: str


class _ValidateRequest(Body, frozen=True, kw_only=True):
    posting_number: str
    products: Sequence[ProductToValidate]


class _SetRequest(Body, frozen=True, kw_only=True):
    posting_number: str
    products: Sequence[ProductToSet]
    multi_box_qty: int = 0  # the default is not sent: Ozon does not take a zero


class ExemplarMark(Reply, frozen=True, kw_only=True):
    """``mark_type``: mandatory_mark, jw_uin, imei, or one that is newer than this client."""

    mark: str = ""
    mark_type: str = ""


class StoredExemplar(Reply, frozen=True, kw_only=True):
    """What Ozon has of one unit."""

    exemplar_id: int
    gtd: str = ""
    is_gtd_absent: bool = False
    rnpt: str = ""
    is_rnpt_absent: bool = False
    weight: Decimal | None = None
    marks: Annotated[tuple[ExemplarMark, ...], Deciding] = ()


class StoredProduct(Reply, frozen=True, kw_only=True):
    """``product_id`` is the SKU; ``weight_min``, ``weight_max`` are of one unit, in kilograms."""

    product_id: int
    quantity: int = 0
    exemplars: Annotated[tuple[StoredExemplar, ...], Deciding] = ()
    has_imei: bool = False
    is_gtd_needed: bool = False
    is_jw_uin_needed: bool = False
    is_mandatory_mark_needed: bool = False
    is_mandatory_mark_possible: bool = False
    is_rnpt_needed: bool = False
    is_weight_needed: bool = False
    weight_min: Decimal | None = None
    weight_max: Decimal | None = None


class StoredExemplars(Reply, frozen=True, kw_only=True):
    """All units of a posting; there may be fewer than its quantities for a while: ask again."""

    products: Annotated[tuple[StoredProduct, ...], Deciding]
    posting_number: str = ""
    multi_box_qty: int = 0


class MarkValidity(Reply, frozen=True, kw_only=True):
    valid: bool
    mark: str = ""
    mark_type: str = ""
    errors: tuple[str, ...] = ()


class ExemplarValidity(Reply, frozen=True, kw_only=True):
    valid: bool
    errors: tuple[str, ...] = ()
    gtd: str = ""
    rnpt: str = ""
    weight: Decimal | None = None
    marks: tuple[MarkValidity, ...] = ()


class ProductValidity(Reply, frozen=True, kw_only=True):
    """``product_id`` is the SKU."""

    product_id: int
    valid: bool
    error: str = ""
    exemplars: tuple[ExemplarValidity, ...] = ()


class Validity(Reply, frozen=True, kw_only=True):
    products: Annotated[tuple[ProductValidity, ...], Deciding]


class MarkCheck(Reply, frozen=True, kw_only=True):
    """``check_status``: processing, passed or failed; the values of ``error_codes`` are not published."""

    mark: str = ""
    mark_type: str = ""
    check_status: Annotated[str, Deciding] = ""
    error_codes: Annotated[tuple[str, ...], Deciding] = ()


class ExemplarCheck(Reply, frozen=True, kw_only=True):
    """One unit, each part with its own check."""

    exemplar_id: int = 0
    gtd: str = ""
    gtd_check_status: Annotated[str, Deciding] = ""
    gtd_error_codes: Annotated[tuple[str, ...], Deciding] = ()
    is_gtd_absent: bool = False
    rnpt: str = ""
    rnpt_check_status: Annotated[str, Deciding] = ""
    rnpt_error_codes: Annotated[tuple[str, ...], Deciding] = ()
    is_rnpt_absent: bool = False
    weight: Decimal | None = None
    weight_check_status: Annotated[str, Deciding] = ""
    weight_error_codes: Annotated[tuple[str, ...], Deciding] = ()
    marks: Annotated[tuple[MarkCheck, ...], Deciding] = ()


class ProductCheck(Reply, frozen=True, kw_only=True):
    """``product_id`` is the SKU."""

    product_id: int
    exemplars: Annotated[tuple[ExemplarCheck, ...], Deciding] = ()


class ExemplarChecks(Reply, frozen=True, kw_only=True):
    """``status`` mixes two things. Of packing: ship_available, ship_not_available, validation_in_process; of
    editing: update_available, update_not_available, which say nothing of the check."""

    status: str
    products: Annotated[tuple[ProductCheck, ...], Deciding] = ()
    posting_number: str = ""


class Exemplars(Calls):
    async def fbs_posting_product_exemplar_create_or_get(self, posting_number: str) -> StoredExemplars:
        """``/v6/fbs/posting/product/exemplar/create-or-get``: the units with their ids, made where there are
        none yet; again, they are the same. What is needed of each product, and what was told of it."""
        path = "/v6/fbs/posting/product/exemplar/create-or-get"
        return await self._read(path, _PostingRequest(posting_number=posting_number), StoredExemplars)

    async def fbs_posting_product_exemplar_validate(
        self, posting_number: str, products: Sequence[ProductToValidate]
    ) -> Validity:
        """``/v5/fbs/posting/product/exemplar/validate``: whether numbers and codes have the right form.
        Nothing is kept."""
        body = _ValidateRequest(posting_number=posting_number, products=products)
        return await self._read("/v5/fbs/posting/product/exemplar/validate", body, Validity)

    async def fbs_posting_product_exemplar_set(
        self, posting_number: str, products: Sequence[ProductToSet], *, multi_box_qty: int = 0
    ) -> None:
        """``/v6/fbs/posting/product/exemplar/set``: everything that is known of all units; what is left out
        is gone. In ``awaiting_packaging``; later where ``update_cis`` is offered.

        The answer has no body: it is taken in, and checked from the start, even if it is what Ozon has
        already. ``multi_box_qty``: boxes; zero is not sent.
        """
        body = _SetRequest(posting_number=posting_number, products=products, multi_box_qty=multi_box_qty)
        await self._tell("/v6/fbs/posting/product/exemplar/set", body)

    async def fbs_posting_product_exemplar_status(self, posting_number: str) -> ExemplarChecks:
        """``/v5/fbs/posting/product/exemplar/status``: how the check of what was set stands."""
        path = "/v5/fbs/posting/product/exemplar/status"
        return await self._read(path, _PostingRequest(posting_number=posting_number), ExemplarChecks)

    async def fbs_posting_product_exemplar_update(self, posting_number: str) -> None:
        """``/v1/fbs/posting/product/exemplar/update``: what was set in ``awaiting_deliver`` is final.
        The answer has no body."""
        path = "/v1/fbs/posting/product/exemplar/update"
        await self._tell(path, _PostingRequest(posting_number=posting_number))
