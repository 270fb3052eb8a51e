"""Handing postings over to Ozon: carriages (``carriage_id``) and their documents (the same id as ``id``)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from ozon_api.calls import Calls
from ozon_api.errors import NoOutcome
from ozon_api.files import Document, read_document
from ozon_api.packing import ShippedProduct
from ozon_api.rfbs import PostingResults, told_of
from ozon_api.wire import Body, Deciding, Reply, Time


class CarriageFilter(Body, frozen=True, kw_only=True):
    """For plain FBS ``delivery_method_id`` is the warehouse id."""

    delivery_method_id: int | None = None
    departure_date: date | None = None


class ActFilter(Body, frozen=True, kw_only=True):
    """Both dates are inclusive days."""

    date_from: date
    date_to: date
    integration_type: str = ""
    status: tuple[str, ...] = ()


class _DeliveryListRequest(Body, frozen=True, kw_only=True):
    limit: int
    filter: CarriageFilter | None = None
    cursor: str = ""


class _CreateRequest(Body, frozen=True, kw_only=True):
    delivery_method_id: int
    departure_date: datetime
    all_blr_traceable: bool = False


class _ApproveRequest(Body, frozen=True, kw_only=True):
    carriage_id: int
    containers_count: int | None = None


class _CarriageRequest(Body, frozen=True, kw_only=True):
    carriage_id: int


class _SetPostingsRequest(Body, frozen=True, kw_only=True):
    carriage_id: int
    posting_numbers: Sequence[str]


class _ActRequest(Body, frozen=True, kw_only=True):
    id: int


class _ActListRequest(Body, frozen=True, kw_only=True):
    filter: ActFilter
    limit: int


class PickupFee(Reply, frozen=True, kw_only=True):
    value: Decimal | None = None
    currency_code: str = ""


class Carriage(Reply, frozen=True, kw_only=True):
    """``id`` 0 means that one may be created."""

    id: int
    status: str = ""
    postings_count: int = 0
    available_actions: tuple[str, ...] = ()
    pickup_fee: PickupFee | None = None
    carriage_volume: Decimal | None = None
    quantum_count: int = 0
    all_blr_traceable: bool = False


class CarriageError(Reply, frozen=True, kw_only=True):
    code: str = ""
    description: str = ""
    status: str = ""


class CarriageMethod(Reply, frozen=True, kw_only=True):
    """A delivery method on a day: what must be handed over until when. Times are text as Ozon writes them."""

    delivery_method_id: int
    carriages: Annotated[tuple[Carriage, ...], Deciding]
    delivery_method_name: str = ""
    delivery_method_status: str = ""
    departure_date: str = ""
    cutoff_at: str = ""
    cut_in: str = ""
    timeslot_from: str = ""
    timeslot_to: str = ""
    recommended_time_local: str = ""
    recommended_time_utc_offset_in_minutes: int = 0
    carriage_postings_count: int = 0
    mandatory_postings_count: int = 0
    mandatory_packaged_count: int = 0
    optional_packaged_count: int = 0
    errors: tuple[CarriageError, ...] = ()
    first_mile_type: str = ""
    first_mile_changing: bool = False
    integration_type: str = ""
    has_entrusted_acceptance: bool = False
    is_optional_carriage: bool = False
    is_presort: bool = False
    is_rfbs: bool = False
    dropoff_point_id: int = 0
    dropoff_point_type: str = ""
    dropoff_address: str = ""
    dropoff_change_availability: str = ""
    tpl_provider_name: str = ""
    warehouse_id: int = 0
    warehouse_name: str = ""
    warehouse_city: str = ""


class CarriageMethods(Reply, frozen=True, kw_only=True):
    methods: tuple[CarriageMethod, ...]
    has_next: Annotated[bool, Deciding] = False
    cursor: Annotated[str, Deciding] = ""


class CreatedCarriage(Reply, frozen=True, kw_only=True):
    carriage_id: int


class ApprovedCarriage(Reply, frozen=True, kw_only=True):
    """``{}``: Ozon declares no fields."""


class CancelledCarriage(Reply, frozen=True, kw_only=True):
    """``error`` is "" where it was cancelled."""

    carriage_status: str = ""
    error: Annotated[str, Deciding] = ""


class CancelAvailability(Reply, frozen=True, kw_only=True):
    is_cancel_available: bool = False
    reason: str = ""


class CarriageDetails(Reply, frozen=True, kw_only=True):
    """``status``: new, formed, received, closed, sended, cancelled and others."""

    carriage_id: int
    status: str
    act_type: str = ""
    available_actions: tuple[str, ...] = ()
    cancel_availability: CancelAvailability | None = None
    company_id: int = 0
    containers_count: int = 0
    created_at: Time | None = None
    updated_at: Time | None = None
    delivery_method_id: int = 0
    departure_date: str = ""
    first_mile_type: str = ""
    integration_type: str = ""
    tpl_provider_id: int = 0
    warehouse_id: int = 0
    partial_num: int = 0
    retry_count: int = 0
    is_partial: bool = False
    has_postings_for_next_carriage: bool = False
    is_container_label_printed: bool = False
    is_waybill_enabled: bool = False
    is_econom: bool = False
    all_blr_traceable: bool = False
    arrival_pass_ids: tuple[int, ...] = ()


class ActStatus(Reply, frozen=True, kw_only=True):
    """``status``: in_process, ready, error, cancelled, or "The next postings aren't ready"."""

    status: str
    added_to_act: tuple[str, ...] = ()
    removed_from_act: tuple[str, ...] = ()
    act_type: str = ""
    is_partial: bool = False
    has_postings_for_next_carriage: bool = False
    partial_num: int = 0


class ActStatusReply(Reply, frozen=True, kw_only=True):
    result: ActStatus


class ActBarcodeText(Reply, frozen=True, kw_only=True):
    """``result`` is the text of the drop-off barcode, percent-encoded as Ozon sends it."""

    result: str


class ActPosting(Reply, frozen=True, kw_only=True):
    posting_number: str
    id: int = 0
    status: str = ""
    seller_error: str = ""
    multi_box_qty: int = 0
    created_at: Time | None = None
    updated_at: Time | None = None
    products: tuple[ShippedProduct, ...] = ()


class ActPostings(Reply, frozen=True, kw_only=True):
    result: Annotated[tuple[ActPosting, ...], Deciding]


class Act(Reply, frozen=True, kw_only=True):
    id: int
    status: str = ""
    act_type: str = ""
    delivery_method_id: int = 0
    delivery_method_name: str = ""
    integration_type: str = ""
    containers_count: int = 0
    departure_date: str = ""
    created_at: Time | None = None
    updated_at: Time | None = None
    is_partial: bool = False
    has_postings_for_next_carriage: bool = False
    partial_num: int = 0


class ActList(Reply, frozen=True, kw_only=True):
    result: tuple[Act, ...]


class Carriages(Calls):
    async def carriage_delivery_list(
        self, *, filter: CarriageFilter | None = None, limit: int = 1000, cursor: str = ""
    ) -> CarriageMethods:
        """``/v2/carriage/delivery/list``: delivery methods, their carriages and errors. ``limit`` ≤ 1000."""
        body = _DeliveryListRequest(filter=filter, limit=limit, cursor=cursor)
        return await self._read("/v2/carriage/delivery/list", body, CarriageMethods)

    async def carriage_create(
        self, delivery_method_id: int, departure_date: datetime, *, all_blr_traceable: bool = False
    ) -> CreatedCarriage:
        """``/v1/carriage/create``: takes all of ``awaiting_deliver``; POSTING_NOT_FOUND: none is."""
        body = _CreateRequest(
            delivery_method_id=delivery_method_id,
            departure_date=departure_date,
            all_blr_traceable=all_blr_traceable,
        )
        return await self._write(
            "/v1/carriage/create", body, CreatedCarriage, lambda made: made.carriage_id > 0
        )

    async def carriage_approve(
        self, carriage_id: int, *, containers_count: int | None = None
    ) -> ApprovedCarriage:
        """``/v1/carriage/approve``: forms it. ``containers_count`` only with trusted acceptance.

        Done is ``{}``; an answer that says anything else, and is no error, says nothing of the carriage."""
        body = _ApproveRequest(carriage_id=carriage_id, containers_count=containers_count)
        response = await self._send("/v1/carriage/approve", body, safe=False)
        if b"".join(response.content.split()) != b"{}":
            raise NoOutcome
        return ApprovedCarriage()

    async def carriage_cancel(self, carriage_id: int) -> CancelledCarriage:
        """``/v1/carriage/cancel``: deletes it; the outcome is in ``error``."""
        body = _CarriageRequest(carriage_id=carriage_id)
        return await self._write(
            "/v1/carriage/cancel", body, CancelledCarriage, lambda done: done.carriage_status
        )

    async def carriage_get(self, carriage_id: int) -> CarriageDetails:
        """``/v1/carriage/get``: one carriage."""
        return await self._read(
            "/v1/carriage/get", _CarriageRequest(carriage_id=carriage_id), CarriageDetails
        )

    async def carriage_set_postings(self, carriage_id: int, posting_numbers: Sequence[str]) -> PostingResults:
        """``/v1/carriage/set-postings``: replaces the content while ``new``; a result per posting."""
        body = _SetPostingsRequest(carriage_id=carriage_id, posting_numbers=posting_numbers)
        return await self._write("/v1/carriage/set-postings", body, PostingResults, told_of(posting_numbers))

    async def posting_fbs_act_check_status(self, id: int) -> ActStatusReply:
        """``/v2/posting/fbs/act/check-status``: whether the documents are ready."""
        return await self._read("/v2/posting/fbs/act/check-status", _ActRequest(id=id), ActStatusReply)

    async def posting_fbs_act_get_pdf(self, id: int) -> Document:
        """``/v2/posting/fbs/act/get-pdf``: waybill and shipping list."""
        return await self._document("/v2/posting/fbs/act/get-pdf", id)

    async def posting_fbs_act_get_barcode(self, id: int) -> Document:
        """``/v2/posting/fbs/act/get-barcode``: the PNG that is shown at the drop-off."""
        return await self._document("/v2/posting/fbs/act/get-barcode", id)

    async def posting_fbs_act_get_container_labels(self, id: int) -> Document:
        """``/v2/posting/fbs/act/get-container-labels``: a PDF."""
        return await self._document("/v2/posting/fbs/act/get-container-labels", id)

    async def _document(self, path: str, id: int) -> Document:
        return read_document(await self._send(path, _ActRequest(id=id), safe=True))

    async def posting_fbs_act_get_barcode_text(self, id: int) -> ActBarcodeText:
        """``/v2/posting/fbs/act/get-barcode/text``: the drop-off barcode as text."""
        return await self._read("/v2/posting/fbs/act/get-barcode/text", _ActRequest(id=id), ActBarcodeText)

    async def posting_fbs_act_get_postings(self, id: int) -> ActPostings:
        """``/v2/posting/fbs/act/get-postings``: what the documents list."""
        return await self._read("/v2/posting/fbs/act/get-postings", _ActRequest(id=id), ActPostings)

    async def posting_fbs_act_list(self, *, filter: ActFilter, limit: int = 50) -> ActList:
        """``/v2/posting/fbs/act/list``: documents by day. ``limit`` ≤ 50."""
        body = _ActListRequest(filter=filter, limit=limit)
        return await self._read("/v2/posting/fbs/act/list", body, ActList)
