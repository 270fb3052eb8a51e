"""Orders as they are read back: GET /v2/orders (CDEK OpenAPI, July 2026).

An order that was answered with HTTP 202 is not an order yet: read it until ``Order.state()`` is SUCCESSFUL
or INVALID. ``cdek_number`` appears only then.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from cdek_api.decoding import Date, Deciding, Time, decode
from cdek_api.structs import (
    Answer,
    ContactInfo,
    ErrorInfo,
    LocationInfo,
    Private,
    Received,
    ServiceInfo,
    Status,
    oldest_first,
)


class PaymentInfo(Received, frozen=True, kw_only=True):
    value: Decimal | None = None
    vat_sum: Decimal | None = None
    vat_rate: Decimal | None = None


class SellerInfo(Private, Received, frozen=True, kw_only=True):
    name: str | None = None
    inn: str | None = None
    phone: str | None = None
    ownership_form: str | None = None
    address: str | None = None


class ReturnItemDetail(Received, frozen=True, kw_only=True):
    """Where a returned item was delivered. Empty on orders that are no return."""

    direct_order_number: str | None = None
    direct_order_uuid: str | None = None
    direct_package_number: str | None = None


class ItemInfo(Received, frozen=True, kw_only=True):
    """As sent, and ``delivery_amount``: how many pieces the recipient has taken."""

    name: str = ""
    ware_key: str | None = None
    marking: str | None = None
    payment: PaymentInfo | None = None
    cost: Decimal | None = None
    weight: int | None = None
    weight_gross: int | None = None
    amount: int | None = None
    delivery_amount: int | None = None
    brand: str | None = None
    country_code: str | None = None
    seller: SellerInfo | None = None
    return_item_detail: ReturnItemDetail | None = None
    excise: bool | None = None
    feacn_code: str | None = None
    jewel_uin: str | None = None
    used: bool | None = None
    url: str | None = None


class PackageInfo(Received, frozen=True, kw_only=True):
    """Weights in grams, as CDEK has measured them once the parcel is in; ``barcode`` is on CDEK's label."""

    number: str | None = None
    package_id: str | None = None
    barcode: str | None = None
    weight: int | None = None
    length: int | None = None
    width: int | None = None
    height: int | None = None
    weight_volume: int | None = None
    weight_calc: int | None = None
    comment: str | None = None
    items: tuple[ItemInfo, ...] = ()
    services: tuple[ServiceInfo, ...] = ()


class PaymentPart(Received, frozen=True, kw_only=True):
    """What the recipient paid: ``type`` CARD or CASH."""

    type: str = ""
    sum: Decimal | None = None


class DeliveryDetail(Private, Received, frozen=True, kw_only=True):
    """What the order costs: ``delivery_sum`` without VAT and services, ``total_sum`` with both."""

    date: Date | None = None
    recipient_name: str | None = None
    payment_sum: Decimal | None = None
    delivery_sum: Annotated[Decimal | None, Deciding] = None
    total_sum: Annotated[Decimal | None, Deciding] = None
    payment_info: tuple[PaymentPart, ...] = ()
    delivery_vat_rate: Decimal | None = None
    delivery_vat_sum: Decimal | None = None
    delivery_discount_percent: Decimal | None = None
    delivery_discount_sum: Decimal | None = None


class DelayReason(Received, frozen=True, kw_only=True):
    create_date: Time | None = None
    description: str | None = None


class DeliveryProblem(Received, frozen=True, kw_only=True):
    code: str | None = None
    create_date: Time | None = None


class FailedCall(Received, frozen=True, kw_only=True):
    date_time: Time | None = None
    reason_code: int | None = None


class RescheduledCall(Received, frozen=True, kw_only=True):
    date_time: Time | None = None
    date_next: Date | None = None
    time_next: str | None = None
    comment: str | None = None


class Calls(Received, frozen=True, kw_only=True):
    failed_calls: tuple[FailedCall, ...] = ()
    rescheduled_calls: tuple[RescheduledCall, ...] = ()


class OrderEntity(Received, frozen=True, kw_only=True):
    """An order as CDEK has it. ``delivery_mode`` is the true mode, as text; ``delivery_point`` may differ
    from the one that was ordered, since CDEK replaces an unsuitable office silently."""

    uuid: Annotated[str | None, Deciding] = None
    type: int | None = None
    additional_order_types: tuple[int, ...] = ()
    number: Annotated[str | None, Deciding] = None
    cdek_number: Annotated[str | None, Deciding] = None
    accompanying_number: str | None = None
    tariff_code: int | None = None
    comment: str | None = None
    is_return: bool = False
    is_reverse: bool = False
    is_client_return: bool = False
    has_reverse_order: bool | None = None
    delivery_mode: str | None = None
    delivery_types: tuple[str, ...] = ()
    shipment_point: str | None = None
    delivery_point: str | None = None
    from_location: LocationInfo | None = None
    to_location: LocationInfo | None = None
    sender: ContactInfo | None = None
    seller: SellerInfo | None = None
    recipient: ContactInfo | None = None
    recipient_currency: str | None = None
    items_cost_currency: str | None = None
    delivery_recipient_cost: PaymentInfo | None = None
    date_invoice: Date | None = None
    shipper_name: str | None = None
    shipper_address: str | None = None
    services: tuple[ServiceInfo, ...] = ()
    packages: Annotated[tuple[PackageInfo, ...], Deciding] = ()
    statuses: tuple[Status, ...] = ()
    delivery_detail: DeliveryDetail | None = None
    planned_delivery_date: Date | None = None
    delivery_date: Date | None = None
    keep_free_until: Time | None = None
    delay_reasons: tuple[DelayReason, ...] = ()
    delivery_problem: tuple[DeliveryProblem, ...] = ()
    calls: Calls | None = None


class Order(Answer, frozen=True, kw_only=True):
    """The answer of GET /v2/orders. ``entity`` is None where CDEK says only what became of the requests."""

    entity: Annotated[OrderEntity | None, Deciding] = None

    @property
    def uuid(self) -> str | None:
        return self.entity.uuid if self.entity else None

    @property
    def cdek_number(self) -> str | None:
        """The tracking number; None until the order's CREATE is SUCCESSFUL."""
        return (self.entity.cdek_number or None) if self.entity else None

    @property
    def statuses(self) -> list[Status]:
        """The statuses that count, oldest first: without those that CDEK has marked deleted."""
        if not self.entity:
            return []
        in_time = oldest_first(self.entity.statuses, came_newest_first=True)
        return [status for status in in_time if not status.deleted]

    @property
    def create_errors(self) -> tuple[ErrorInfo, ...]:
        """Why the order turned INVALID; empty where it did not."""
        request = self.request("CREATE")
        return request.errors if request else ()


def decode_order(raw: bytes) -> Order:
    """Reads an order from the bytes of a GET /v2/orders answer. Raises ``msgspec.DecodeError``."""
    return decode(raw, Order)
