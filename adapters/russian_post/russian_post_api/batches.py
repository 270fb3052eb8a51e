"""Batches: what is handed in together. One creation makes several, split by type, category and marks."""

from __future__ import annotations

from typing import Annotated

import msgspec

from russian_post_api.decoding import Date, Deciding, Time
from russian_post_api.structs import ErrorInfo, Received


class Batch(Received, frozen=True, kw_only=True):
    """``batch_name`` looks like a number and is a text. ``batch_status``: CREATED, FROZEN (checked in,
    nothing can be edited), ACCEPTED, SENT, ARCHIVED. Sums in kopecks, ``shipment_mass`` in grams;
    ``list_number_date`` is the day it is handed in."""

    batch_name: str
    batch_status: Annotated[str, Deciding] = ""
    batch_status_date: Time | None = None
    mail_type: str = ""
    mail_category: str = ""
    mail_rank: str = ""
    mail_type_text: str = ""
    mail_category_text: str = ""
    combined_batch_mail_types: tuple[str, ...] = ()
    postmarks: tuple[str, ...] = ()
    postoffice_code: str = ""
    postoffice_name: str = ""
    postoffice_address: str = ""
    list_number: int | None = None
    list_number_date: Date | None = None
    group_name: str = ""
    international: bool = False
    electronic_f103: bool = False
    use_online_balance: bool = False
    wo_mass: bool = False
    payment_method: str = ""
    transport_type: str = ""
    shipping_notice_type: str = ""
    courier_order_statuses: tuple[str, ...] = ()
    shipment_count: int | None = None
    accepted_count: int | None = None
    delivery_count: int | None = None
    shipment_mass: int | None = None
    shipment_mass_rate_sum: int | None = None
    shipment_mass_rate_vat_sum: int | None = None
    shipment_ground_rate_sum: int | None = None
    shipment_ground_rate_vat_sum: int | None = None
    shipment_avia_rate_sum: int | None = None
    shipment_avia_rate_vat_sum: int | None = None
    shipment_insure_rate_sum: int | None = None
    shipment_insure_rate_vat_sum: int | None = None


class CreatedBatches(msgspec.Struct, frozen=True, kw_only=True):
    """The batches that were made, the ids of the orders in them, and why other orders are in none.

    Which order is in which batch is not in this answer: read each batch's orders.
    """

    batches: tuple[Batch, ...] = ()
    result_ids: tuple[int, ...] = ()
    errors: tuple[ErrorInfo, ...] = ()


class F103(Received, frozen=True, kw_only=True):
    """Whether the electronic F103 was sent to the office. ``error_code`` may stand beside ``True``."""

    f103_sent: Annotated[bool, Deciding] = False
    error_code: Annotated[str, Deciding] = ""
