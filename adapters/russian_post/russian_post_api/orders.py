"""Orders as they are read back, and the answers to requests over several of them.

Such an answer is HTTP 200 even where items were refused: ``errors`` says which, by position in the request,
and the other items are done.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import msgspec

from russian_post_api.decoding import Deciding, Time
from russian_post_api.structs import DeliveryTime, DimensionInfo, ErrorInfo, Private, Received


class CreatedOrder(Received, frozen=True, kw_only=True):
    """``result_id`` is the API's own id, by which forms and batches are asked for."""

    result_id: int
    order_num: Annotated[str, Deciding] = ""
    barcode: Annotated[str, Deciding] = ""
    group_name: str = ""


class CreatedOrders(msgspec.Struct, frozen=True, kw_only=True):
    """``orders`` that were made, and why others of the same request were not."""

    orders: tuple[CreatedOrder, ...] = ()
    errors: tuple[ErrorInfo, ...] = ()


class Ids(msgspec.Struct, frozen=True, kw_only=True):
    """The ids that were taken, and why others were not."""

    result_ids: tuple[int, ...] = ()
    errors: tuple[ErrorInfo, ...] = ()


class GoodsItemInfo(Received, frozen=True, kw_only=True):
    description: str = ""
    code: str = ""
    item_number: str = ""
    quantity: Decimal | None = None
    value: int | None = None
    insr_value: int | None = None
    vat_rate: int | None = None
    weight: int | None = None
    returned: bool | None = None


class GoodsInfo(Received, frozen=True, kw_only=True):
    items: tuple[GoodsItemInfo, ...] = ()


class EcomDataInfo(Received, frozen=True, kw_only=True):
    delivery_point_index: str = ""
    delivery_point_type: str = ""
    services: tuple[str, ...] = ()
    identity_methods: tuple[str, ...] = ()


class Order(Private, Received, frozen=True, kw_only=True):
    """An order of the backlog or of a batch.

    Kopecks: ``total_rate_wo_vat`` and ``total_vat`` make the price; ``*_with_vat`` their parts. ``mass`` and
    ``weight_pay`` in grams. In a batch also ``batch_name``, ``batch_status`` and the last operation:
    ``human_operation_name`` ("Присвоен трек-номер"), ``last_oper_type`` (ID_ASSIGNMENT, ACCEPTING, …) and
    ``last_oper_attr`` (ID_ASSIGNED, …), read without any tracking quota.
    """

    id: int
    order_num: Annotated[str, Deciding] = ""
    barcode: Annotated[str, Deciding] = ""
    linked_barcode: str = ""
    group_name: str = ""
    version: int | None = None
    is_deleted: Annotated[bool, Deciding] = False
    mail_type: Annotated[str, Deciding] = ""
    mail_category: Annotated[str, Deciding] = ""
    mail_direct: int | None = None
    mail_rank: str = ""
    postmarks: tuple[str, ...] = ()
    mass: int | None = None
    weight_pay: Annotated[int | None, Deciding] = None
    dimension: DimensionInfo | None = None
    dimension_type: str = ""
    postoffice_code: str = ""
    insr_value: int | None = None
    payment: int | None = None
    transport_type: str = ""
    payment_method: str = ""

    recipient_name: str = ""
    surname: str = ""
    given_name: str = ""
    middle_name: str = ""
    tel_address: int | None = None
    address_type_to: str = ""
    index_to: int | None = None
    str_index_to: str = ""
    region_to: str = ""
    area_to: str = ""
    place_to: str = ""
    location_to: str = ""
    street_to: str = ""
    house_to: str = ""
    slash_to: str = ""
    letter_to: str = ""
    corpus_to: str = ""
    building_to: str = ""
    room_to: str = ""
    num_address_type_to: str = ""
    raw_address: str = ""

    total_rate_wo_vat: Annotated[int | None, Deciding] = None
    total_vat: Annotated[int | None, Deciding] = None
    ground_rate_with_vat: int | None = None
    avia_rate_with_vat: int | None = None
    mass_rate_with_vat: int | None = None
    insr_rate_with_vat: int | None = None
    fragile_rate_with_vat: int | None = None
    notice_rate_with_vat: int | None = None
    delivery_time: DeliveryTime | None = None
    goods: GoodsInfo | None = None
    ecom_data: EcomDataInfo | None = None

    batch_name: Annotated[str, Deciding] = ""
    batch_category: str = ""
    batch_status: Annotated[str, Deciding] = ""
    human_operation_name: str = ""
    last_oper_type: Annotated[str, Deciding] = ""
    last_oper_attr: str = ""
    last_oper_date: Time | None = None
    arrival_date: Time | None = None

    @property
    def total_with_vat(self) -> int | None:
        """What the order costs, kopecks; None where the Post has not said it."""
        if self.total_rate_wo_vat is None:
            return None
        return self.total_rate_wo_vat + (self.total_vat or 0)
