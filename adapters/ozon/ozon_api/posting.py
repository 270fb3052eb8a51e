"""A posting as ``/v4/posting/fbs/list``, ``.../unfulfilled/list`` and ``/v3/posting/fbs/get`` send it.

One struct for the three: fields that only ``get`` has say so. Source: Ozon swagger 2026-09-22.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import msgspec

from ozon_api.wire import Deciding, Money, Personal, Reply, Time, decode, money


class DeliveryMethod(Reply, frozen=True, kw_only=True):
    id: int = 0
    name: str = ""
    warehouse_id: int = 0
    warehouse: str = ""
    tpl_provider_id: int = 0
    tpl_provider: str = ""


class Barcodes(Reply, frozen=True, kw_only=True):
    """Of the old label; since 2026-10-05 the new label shows :attr:`Posting.scanit`."""

    upper_barcode: str = ""
    lower_barcode: str = ""


class Address(Personal, frozen=True, kw_only=True):
    address_tail: str = ""
    city: str = ""
    comment: str = ""
    country: str = ""
    district: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    provider_pvz_code: str = ""
    pvz_code: int | None = None
    region: str = ""
    zip_code: str = ""


class Customer(Personal, frozen=True, kw_only=True):
    """The buyer; absent where Ozon delivers. ``phone`` is a substitute, temporary number."""

    customer_id: int = 0
    name: str = ""
    phone: str = ""
    customer_email: str = ""
    address: Address | None = None


class Addressee(Personal, frozen=True, kw_only=True):
    """Who receives. ``phone`` and ``pin`` (its tone-dial extension) come with ``get`` only."""

    name: str = ""
    phone: str = ""
    pin: str = ""


class LegalInfo(Personal, frozen=True, kw_only=True):
    company_name: str = ""
    inn: str = ""
    kpp: str = ""


class Courier(Personal, frozen=True, kw_only=True):
    name: str = ""
    phone: str = ""
    car_model: str = ""
    car_number: str = ""


class Dimensions(Reply, frozen=True, kw_only=True):
    """Of one piece, ``get`` only: millimetres and grams, as text on the wire ("150.00", "550")."""

    height: Decimal | None = None
    length: Decimal | None = None
    width: Decimal | None = None
    weight: Decimal | None = None


class Product(Reply, frozen=True, kw_only=True):
    """A line. The lists give ``weight`` (kilograms of one piece), ``get`` gives ``dimensions``."""

    sku: int
    quantity: int
    offer_id: str = ""
    name: str = ""
    price: Money | str | None = None
    currency_code: str = ""
    weight: Decimal | None = None
    dimensions: Dimensions | None = None
    product_color: str = ""
    imei: tuple[str, ...] = ()
    mandatory_mark: tuple[str, ...] = ()
    jw_uin: tuple[str, ...] = ()
    is_blr_traceable: bool = False
    is_marketplace_buyout: bool = False
    has_imei: bool = False
    is_weight_needed: bool = False
    weight_min: Decimal | None = None
    weight_max: Decimal | None = None

    @property
    def unit_price(self) -> Money | None:
        """The price of one piece, whichever way it was spelt."""
        return money(self.price, self.currency_code)


class Requirements(Reply, frozen=True, kw_only=True):
    """SKUs that block packing until something is supplied for them."""

    products_requiring_change_country: tuple[int, ...] = ()
    products_requiring_country: tuple[int, ...] = ()
    products_requiring_gtd: tuple[int, ...] = ()
    products_requiring_imei: tuple[int, ...] = ()
    products_requiring_jw_uin: tuple[int, ...] = ()
    products_requiring_mandatory_mark: tuple[int, ...] = ()
    products_requiring_rnpt: tuple[int, ...] = ()
    products_requiring_weight: tuple[int, ...] = ()


class OptionalInfo(Reply, frozen=True, kw_only=True):
    products_with_possible_mandatory_mark: tuple[int, ...] = ()


class Cancellation(Reply, frozen=True, kw_only=True):
    cancel_reason_id: int = 0
    cancel_reason: str = ""
    cancellation_type: str = ""
    cancellation_initiator: str = ""
    cancelled_after_ship: bool = False
    affect_cancellation_rating: bool = False


class AnalyticsData(Reply, frozen=True, kw_only=True):
    city: str = ""
    region: str = ""
    delivery_type: str = ""
    payment_type_group_name: str = ""
    tpl_provider: str = ""
    tpl_provider_id: int = 0
    warehouse: str = ""
    warehouse_id: int = 0
    is_legal: bool = False
    is_premium: bool = False
    delivery_date_begin: Time | None = None
    delivery_date_end: Time | None = None
    client_delivery_date_begin: Time | None = None
    client_delivery_date_end: Time | None = None


class Commission(Reply, frozen=True, kw_only=True):
    amount: Decimal | None = None
    percent: Decimal | None = None
    currency: str = ""


class FinancialProduct(Reply, frozen=True, kw_only=True):
    """Money of a line; ``product_id`` is the SKU. Lists write ``commission``, ``get`` ``commission_*``."""

    product_id: int = 0
    quantity: int = 0
    price: Decimal | None = None
    old_price: Decimal | None = None
    payout: Decimal | None = None
    total_discount_percent: Decimal | None = None
    total_discount_value: Decimal | None = None
    actions: tuple[str, ...] = ()
    currency_code: str = ""
    customer_price: Money | Decimal | None = None
    customer_currency_code: str = ""
    commission: Commission | None = None
    commission_amount: Decimal | None = None
    commission_percent: Decimal | None = None
    commissions_currency_code: str = ""

    @property
    def buyer_price(self) -> Money | None:
        """What the buyer pays for one piece, whichever way it was spelt."""
        return money(self.customer_price, self.customer_currency_code)


class FinancialData(Reply, frozen=True, kw_only=True):
    cluster_from: str = ""
    cluster_to: str = ""
    products: tuple[FinancialProduct, ...] = ()


class Tariffication(Reply, frozen=True, kw_only=True):
    """The tariff step of now and the next one; ``get`` writes charges as text beside a currency code."""

    current_tariff_rate: Decimal | None = None
    current_tariff_type: str = ""
    current_tariff_charge: Money | str | None = None
    current_tariff_charge_currency_code: str = ""
    current_tariff_min_charge: Money | str | None = None
    next_tariff_rate: Decimal | None = None
    next_tariff_type: str = ""
    next_tariff_charge: Money | str | None = None
    next_tariff_charge_currency_code: str = ""
    next_tariff_min_charge: Money | str | None = None
    next_tariff_starts_at: Time | None = None


class TarifficationStep(Reply, frozen=True, kw_only=True):
    """``tariff_rate`` is a percentage; ``tariff_type`` is discount, no_discount or commission."""

    tariff_deadline_at: Time | None = None
    tariff_rate: Decimal | None = None
    tariff_type: str = ""
    tariff_charge: Money | None = None
    min_charge: Money | None = None


class SortingCenter(Reply, frozen=True, kw_only=True):
    code: str = ""
    name: str = ""


class Container(Reply, frozen=True, kw_only=True):
    container_id: int = 0
    container_number: int = 0
    container_date: str = ""
    cargo_type: str = ""


class ExternalOrder(Reply, frozen=True, kw_only=True):
    is_external: bool = False
    platform_name: str = ""


class PrrOption(Reply, frozen=True, kw_only=True):
    """Loading work ordered by the buyer: an object in ``get``, its code alone in the lists."""

    code: str = ""
    price: str = ""
    currency_code: str = ""
    floor: str = ""


class Exemplar(Reply, frozen=True, kw_only=True):
    exemplar_id: int = 0
    mandatory_mark: str = ""
    gtd: str = ""
    is_gtd_absent: bool = False
    rnpt: str = ""
    is_rnpt_absent: bool = False
    weight: Decimal | None = None
    imei: tuple[str, ...] = ()


class ExemplarProduct(Reply, frozen=True, kw_only=True):
    sku: int = 0
    exemplars: tuple[Exemplar, ...] = ()


class ProductExemplars(Reply, frozen=True, kw_only=True):
    products: tuple[ExemplarProduct, ...] = ()


class RelatedPostings(Reply, frozen=True, kw_only=True):
    related_posting_numbers: tuple[str, ...] = ()


class AdditionalData(Reply, frozen=True, kw_only=True):
    key: str = ""
    value: str = ""


class Posting(Reply, frozen=True, kw_only=True):
    """What the seller is asked to ship. Statuses, substatuses and actions are kept as Ozon writes them."""

    posting_number: str
    status: str
    products: Annotated[tuple[Product, ...], Deciding]
    substatus: Annotated[str, Deciding] = ""
    previous_substatus: str = ""
    provider_status: str = ""
    order_id: int = 0
    order_number: str = ""
    parent_posting_number: Annotated[str, Deciding] = ""
    available_actions: tuple[str, ...] = ()

    delivery_method: DeliveryMethod | None = None
    delivery_schema: str = ""
    tpl_integration_type: Annotated[str, Deciding] = ""
    integration_type_flow: Annotated[str, Deciding] = ""
    tracking_number: Annotated[str, Deciding] = ""
    sorting_center: SortingCenter | None = None

    in_process_at: Time | None = None
    shipment_date: Annotated[Time | None, Deciding] = None
    shipment_date_without_delay: Time | None = None
    delivering_date: Time | None = None
    fact_delivery_date: Time | None = None
    pickup_code_verified_at: Time | None = None

    customer: Customer | None = None
    addressee: Addressee | None = None
    legal_info: LegalInfo | None = None
    courier: Courier | None = None

    barcodes: Barcodes | None = None
    scanit: str = ""
    requirements: Requirements | None = None
    optional: OptionalInfo | None = None
    cancellation: Cancellation | None = None
    analytics_data: AnalyticsData | None = None
    financial_data: FinancialData | None = None
    tariffication: Tariffication | None = None
    tariffication_steps: tuple[TarifficationStep, ...] = ()
    container: Container | None = None
    container_sort_type: str = ""
    external_order: ExternalOrder | None = None
    prr_option: PrrOption | str | None = None
    delivery_price: str = ""
    volume_weight: Decimal | None = None
    quantum_id: int = 0
    destination_place_id: int = 0
    destination_place_name: str = ""
    multi_box_qty: int = 0
    is_multibox: bool = False
    is_express: bool = False
    is_click_and_collect: bool = False
    is_presortable: bool = False
    require_blr_traceable_attrs: bool = False

    product_exemplars: ProductExemplars | None = None
    related_postings: RelatedPostings | None = None
    related_weight_postings: tuple[str, ...] = ()
    additional_data: tuple[AdditionalData, ...] = ()


# The end of the last tariff step of nearly every posting. Its nanoseconds round past the last moment that
# datetime holds, and would send every posting down the slow road of `decode`.
_FOREVER = b"9999-12-31T23:59:59.999999900Z"
_FOREVER_MICROSECONDS = b"9999-12-31T23:59:59.999999Z"


def decode_posting(raw: bytes | msgspec.Raw) -> Posting:
    """A posting from the bytes of one list item, or of ``result`` of ``get``. Pure.

    Needs ``posting_number``, ``status`` and ``products``, and of each product ``sku`` and ``quantity``;
    raises :exc:`msgspec.ValidationError` without them and :exc:`msgspec.DecodeError` for what is not JSON.
    """
    return decode(bytes(raw).replace(_FOREVER, _FOREVER_MICROSECONDS), Posting)
