"""Orders as they are sent: POST and PATCH /v2/orders (CDEK OpenAPI, July 2026)."""

from __future__ import annotations

from decimal import Decimal

from cdek_api.decoding import Date
from cdek_api.structs import Contact, Location, Private, Sent, Service


class Payment(Sent, frozen=True, kw_only=True):
    """Money taken from the recipient, VAT included, in the recipient's currency; 0 when prepaid.

    ``vat_rate`` 0, 5, 7, 10, 16 or 22 (since 1 January 2026), absent without VAT; with it ``vat_sum`` is due.
    """

    value: Decimal
    vat_sum: Decimal | None = None
    vat_rate: int | None = None


class RecipientCostThreshold(Sent, frozen=True, kw_only=True):
    """A surcharge ``sum`` for goods worth up to ``threshold`` whole units of currency."""

    threshold: int
    sum: Decimal
    vat_sum: Decimal | None = None
    vat_rate: int | None = None


class Seller(Private, Sent, frozen=True, kw_only=True):
    """The true seller of an order. ``inn`` requires ``phone``; international orders require ``address``."""

    name: str | None = None
    inn: str | None = None
    phone: str | None = None
    ownership_form: str | None = None
    address: str | None = None


class ItemSeller(Private, Sent, frozen=True, kw_only=True):
    """The true seller of an item: name, inn and phone all three, or the contract's data are printed."""

    name: str | None = None
    inn: str | None = None
    phone: str | None = None
    ownership_form: str | None = None
    address: str | None = None
    giis_subdivision_id: str | None = None


class Item(Sent, frozen=True, kw_only=True):
    """``cost`` is the declared value of one piece in the contract's currency, ``payment`` the cash on
    delivery of one piece, ``weight`` of one piece in grams, ``amount`` 1..999. ``ware_key`` at most 50
    characters.

    International orders also need ``weight_gross``, ``name_i18n``, ``brand``, ``country_code``, ``material``,
    ``wifi_gsm``, ``url`` and in practice ``feacn_code``.
    """

    name: str
    ware_key: str
    payment: Payment
    cost: Decimal
    weight: int
    amount: int
    marking: str | None = None
    weight_gross: int | None = None
    name_i18n: str | None = None
    brand: str | None = None
    country_code: str | None = None
    material: str | None = None
    wifi_gsm: bool | None = None
    url: str | None = None
    seller: ItemSeller | None = None
    feacn_code: str | None = None
    jewel_uin: str | None = None
    used: bool | None = None


class Package(Sent, frozen=True, kw_only=True):
    """``weight`` in grams, the sides in centimetres (required from 100 g on and for postamats).

    ``number`` is unique in the order, at most 30 characters. In an update an existing package needs its
    ``package_id``, and a package that is left out is removed.
    """

    number: str
    weight: int
    length: int | None = None
    width: int | None = None
    height: int | None = None
    comment: str | None = None
    items: tuple[Item, ...] = ()
    package_id: str | None = None


class OrderRequest(Sent, frozen=True, kw_only=True):
    """POST /v2/orders. ``type`` 1 shop (items required), 2 delivery (sender required).

    Exactly one of ``shipment_point`` and ``from_location``, and one of ``delivery_point`` and
    ``to_location``. ``number`` (at most 40 ASCII characters) is unique among the contract's active orders:
    a second one is taken with 202 and turns INVALID. ``print`` is WAYBILL or BARCODE.

    ``date_invoice``, ``shipper_name``, ``shipper_address`` and ``seller.address`` are required on
    international shop orders, and make an order international where they are given.
    """

    tariff_code: int
    recipient: Contact
    packages: tuple[Package, ...]
    type: int | None = None
    additional_order_types: tuple[int, ...] = ()
    number: str | None = None
    accompanying_number: str | None = None
    comment: str | None = None
    shipment_point: str | None = None
    delivery_point: str | None = None
    from_location: Location | None = None
    to_location: Location | None = None
    sender: Contact | None = None
    seller: Seller | None = None
    services: tuple[Service, ...] = ()
    delivery_recipient_cost: Payment | None = None
    delivery_recipient_cost_adv: tuple[RecipientCostThreshold, ...] = ()
    date_invoice: Date | None = None
    shipper_name: str | None = None
    shipper_address: str | None = None
    print: str | None = None
    is_client_return: bool | None = None
    has_reverse_order: bool | None = None
    developer_key: str | None = None
