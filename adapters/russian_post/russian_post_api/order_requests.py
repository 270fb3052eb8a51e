"""Orders as they are sent: PUT /2.0/user/backlog, PUT /1.0/backlog/{id}, PUT /1.0/batch/{name}/shipment.

Field names and which are required: schemas of the Otpravka documentation (2026-02).
"""

from __future__ import annotations

from russian_post_api.structs import Dimension, Private, SenderAddress, Sent


class GoodsItem(Sent, frozen=True, kw_only=True):
    """``value`` and ``insr_value`` in kopecks, of one piece; ``weight`` in grams; ``vat_rate`` in percent."""

    description: str
    quantity: int
    code: str | None = None
    item_number: str | None = None
    value: int | None = None
    insr_value: int | None = None
    vat_rate: int | None = None
    weight: int | None = None
    country_code: int | None = None
    customs_declaration_number: str | None = None
    excise: int | None = None
    good_id: str | None = None
    goods_type: str | None = None
    lineattr: int | None = None
    payattr: int | None = None
    service_type: int | None = None
    supplier_inn: str | None = None
    supplier_name: str | None = None
    supplier_phone: str | None = None


class Goods(Sent, frozen=True, kw_only=True):
    items: tuple[GoodsItem, ...]


class CustomsEntry(Sent, frozen=True, kw_only=True):
    """One kind of goods: ``amount`` pieces, ``value`` in kopecks, ``weight`` in grams, ``tnved_code`` the
    customs code; ``country_code`` of origin, ISO 3166 numeric."""

    description: str
    amount: int
    tnved_code: str
    value: int | None = None
    weight: int | None = None
    country_code: int | None = None
    trademark: str | None = None


class CustomsDeclaration(Sent, frozen=True, kw_only=True):
    """For an order abroad. ``currency`` "RUB"; ``entries_type`` GIFT, DOCUMENT, SALE_OF_GOODS,
    COMMERCIAL_SAMPLE, OTHER ..."""

    currency: str
    entries_type: str
    customs_entries: tuple[CustomsEntry, ...]
    customs_code: str | None = None
    invoice_number: str | None = None
    ioss_code: str | None = None
    license_number: str | None = None
    certificate_number: str | None = None
    with_certificate: bool | None = None
    with_invoice: bool | None = None
    with_license: bool | None = None


class EcomData(Sent, frozen=True, kw_only=True):
    """ECOM only. A pick-up point or parcel locker goes here, not into ``index_to``.

    ``services``: WITHOUT_SERVICE, WITHOUT_OPENING, CONTENTS_CHECKING, WITH_FITTING, COURIER_DELIVERY,
    PARTIAL_REDEMPTION, FUNCTIONALITY_CHECKING. ``identity_methods``: WITHOUT_IDENTIFICATION, PIN,
    IDENTITY_DOCUMENT, ORDER_NUM_AND_FIO.
    """

    delivery_point_index: str | None = None
    services: tuple[str, ...] = ()
    identity_methods: tuple[str, ...] = ()


class FiscalData(Private, Sent, frozen=True, kw_only=True):
    """Who the receipt goes to; ``payment_amount`` in kopecks."""

    customer_name: str | None = None
    customer_email: str | None = None
    customer_phone: int | None = None
    customer_inn: str | None = None
    payment_amount: int | None = None


class PaymentDetails(Private, Sent, frozen=True, kw_only=True):
    """Where cash on delivery is paid out to."""

    recipient_surname: str | None = None
    recipient_firstname: str | None = None
    recipient_middlename: str | None = None
    bank_name: str | None = None
    bank_bik: str | None = None
    bank_corr_account: str | None = None
    bank_account: str | None = None
    is_cash: str | None = None


class OrderFields(Private, Sent, frozen=True, kw_only=True):
    """What every request with an order has in common. The fields without a default are required by the
    documentation, empty texts included.

    ``order_num`` is our own number (not stated to be unique). ``mail_direct`` the country, ISO 3166 numeric:
    643 is Russia. ``postoffice_code`` one of the account's own points. ``index_to`` is six digits as a
    number, ``str_index_to`` a foreign postcode. ``tel_address`` is a number, 79…. ``insr_value`` declared
    value, ``payment`` cash on delivery, both in kopecks. ``recipient_name`` has two words or more.
    ``sms_notice_recipient`` 0 or 1. ``shelf_life_days`` 15 to 60.
    """

    order_num: str
    mail_type: str
    mail_category: str
    mass: int
    recipient_name: str
    surname: str
    given_name: str
    address_type_to: str
    region_to: str
    place_to: str
    street_to: str
    house_to: str
    postoffice_code: str
    mail_direct: int
    fragile: bool

    middle_name: str | None = None
    index_to: int | None = None
    str_index_to: str | None = None
    area_to: str | None = None
    location_to: str | None = None
    slash_to: str | None = None
    letter_to: str | None = None
    corpus_to: str | None = None
    building_to: str | None = None
    vladenie_to: str | None = None
    hotel_to: str | None = None
    office_to: str | None = None
    room_to: str | None = None
    num_address_type_to: str | None = None
    raw_address: str | None = None
    tel_address: int | None = None

    dimension: Dimension | None = None
    dimension_type: str | None = None
    envelope_type: str | None = None
    insr_value: int | None = None
    payment: int | None = None
    compulsory_payment: int | None = None
    prepaid_amount: int | None = None
    delivery_with_cod: bool | None = None
    payment_method: str | None = None
    notice_payment_method: str | None = None
    transport_type: str | None = None
    courier: bool | None = None
    sms_notice_recipient: int | None = None
    with_simple_notice: bool | None = None
    with_order_of_notice: bool | None = None
    with_documents: bool | None = None
    with_goods: bool | None = None
    inventory: bool | None = None
    completeness_checking: bool | None = None
    vsd: bool | None = None
    easy_return: bool | None = None
    no_return: bool | None = None
    pre_postal_preparation: bool | None = None
    tender: bool | None = None
    wo_mail_rank: bool | None = None
    shelf_life_days: int | None = None
    add_to_mmo: bool | None = None
    group_name: str | None = None
    inner_num: str | None = None
    comment: str | None = None
    branch_name: str | None = None
    seller_id: str | None = None
    sender_name: str | None = None
    sender_comment: str | None = None
    tel_address_from: int | None = None
    address_from: SenderAddress | None = None
    goods: Goods | None = None
    ecom_data: EcomData | None = None
    customs_declaration: CustomsDeclaration | None = None
    fiscal_data: FiscalData | None = None
    payment_details: PaymentDetails | None = None


class OrderRequest(OrderFields, frozen=True, kw_only=True):
    """A new order. ``tariff_count`` is the number of places, 1."""

    tariff_count: int
    delivery_to_door: bool | None = None
    manual_address_input: bool | None = None
    transport_mode: str | None = None
    time_slot_id: int | None = None
    with_electronic_notice: bool | None = None
    with_uzeuv_notice: bool | None = None
    with_packaging: bool | None = None
    with_discount: bool | None = None
    farma: bool | None = None
