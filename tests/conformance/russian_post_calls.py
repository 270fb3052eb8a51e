"""One or more calls of every method of Russian Post's four clients, with invented people and goods."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from typing import Any, TypeAlias

import russian_post_api as post

ID = 2319421774
BARCODE = "80092578900475"
DAY = date(2026, 11, 25)
DIMENSION = post.Dimension(length=30, width=20, height=10)

ORDER: dict[str, Any] = {
    "order_num": "OZ-0001-1",
    "mail_type": "POSTAL_PARCEL",
    "mail_category": "WITH_DECLARED_VALUE_AND_CASH_ON_DELIVERY",
    "mass": 1000,
    "recipient_name": "Тестов Тест Тестович",
    "surname": "Тестов",
    "given_name": "Тест",
    "middle_name": "Тестович",
    "address_type_to": "DEFAULT",
    "region_to": "обл. Саратовская",
    "area_to": "р-н Тестовый",
    "place_to": "г. Саратов",
    "location_to": "мкр Тестовый",
    "street_to": "ул. Тестовая",
    "house_to": "1",
    "slash_to": "2",
    "letter_to": "А",
    "corpus_to": "3",
    "building_to": "4",
    "vladenie_to": "5",
    "hotel_to": "Тест",
    "office_to": "6",
    "room_to": "7",
    "num_address_type_to": "8",
    "raw_address": "410012, г. Саратов, ул. Тестовая, 1",
    "index_to": 410012,
    "str_index_to": "410012",
    "postoffice_code": "109012",
    "mail_direct": 643,
    "tel_address": 79990000001,
    "tel_address_from": 79990000002,
    "fragile": True,
    "dimension": DIMENSION,
    "dimension_type": "S",
    "envelope_type": "C5",
    "insr_value": 150000,
    "payment": 150000,
    "compulsory_payment": 100,
    "prepaid_amount": 100,
    "delivery_with_cod": True,
    "payment_method": "CASHLESS",
    "notice_payment_method": "CASHLESS",
    "transport_type": "SURFACE",
    "courier": False,
    "sms_notice_recipient": 1,
    "with_simple_notice": False,
    "with_order_of_notice": False,
    "with_documents": False,
    "with_goods": True,
    "inventory": False,
    "completeness_checking": False,
    "vsd": False,
    "easy_return": False,
    "no_return": False,
    "pre_postal_preparation": False,
    "tender": False,
    "wo_mail_rank": True,
    "shelf_life_days": 15,
    "add_to_mmo": False,
    "group_name": "G-1",
    "inner_num": "I-1",
    "comment": "осторожно",
    "branch_name": "Тест",
    "seller_id": "S-1",
    "sender_name": "ООО Тест",
    "sender_comment": "-",
    "address_from": post.SenderAddress(
        address_type="DEFAULT",
        index="109012",
        region="г. Москва",
        place="г. Москва",
        area="-",
        location="-",
        street="ул. Тестовая",
        house="1",
        slash="1",
        letter="Б",
        corpus="1",
        building="1",
        vladenie="1",
        hotel="-",
        office="1",
        room="1",
        num_address_type="1",
    ),
    "goods": post.Goods(
        items=(
            post.GoodsItem(
                description="Чайник",
                quantity=1,
                code="TEA-1",
                item_number="1",
                value=150000,
                insr_value=150000,
                vat_rate=22,
                weight=900,
                country_code=156,
                customs_declaration_number="0",
                excise=0,
                good_id="G-1",
                goods_type="GOODS",
                lineattr=1,
                payattr=4,
                service_type=1,
                supplier_inn="0000000000",
                supplier_name="ООО Поставщик",
                supplier_phone="79990000003",
            ),
        )
    ),
    "ecom_data": post.EcomData(
        delivery_point_index="990001", services=("WITHOUT_SERVICE",), identity_methods=("PIN",)
    ),
    "customs_declaration": post.CustomsDeclaration(
        currency="RUB",
        entries_type="SALE_OF_GOODS",
        customs_entries=(
            post.CustomsEntry(
                description="Teapot",
                amount=1,
                tnved_code="6911100000",
                value=150000,
                weight=900,
                country_code=156,
                trademark="Testbrand",
            ),
        ),
        customs_code="0",
        invoice_number="1",
        ioss_code="IM0000000000",
        license_number="1",
        certificate_number="1",
        with_certificate=False,
        with_invoice=True,
        with_license=False,
    ),
    "fiscal_data": post.FiscalData(
        customer_name="Тестов Тест",
        customer_email="test@example.test",
        customer_phone=79990000001,
        customer_inn="000000000000",
        payment_amount=150000,
    ),
    "payment_details": post.PaymentDetails(
        recipient_surname="Тестов",
        recipient_firstname="Тест",
        recipient_middlename="Тестович",
        bank_name="Банк",
        bank_bik="000000000",
        bank_corr_account="00000000000000000000",
        bank_account="00000000000000000000",
        is_cash="false",
    ),
}
REQUIRED = (
    *("order_num", "mail_type", "mail_category", "mass", "recipient_name", "surname", "given_name"),
    *("address_type_to", "region_to", "place_to", "street_to", "house_to", "postoffice_code", "mail_direct"),
    "fragile",
)
LEAST = {name: ORDER[name] for name in REQUIRED} | {"mail_category": "ORDINARY", "fragile": False}
CREATE = post.OrderRequest(
    **ORDER,
    tariff_count=1,
    delivery_to_door=False,
    manual_address_input=False,
    transport_mode="SURFACE",
    time_slot_id=1,
    with_electronic_notice=False,
    with_uzeuv_notice=False,
    with_packaging=False,
    with_discount=False,
    farma=False,
)
TARIFF = post.TariffRequest(
    mail_type="POSTAL_PARCEL",
    mail_category="WITH_DECLARED_VALUE",
    mass=1000,
    entries_type="SALE_OF_GOODS",
    inventory=False,
    with_order_of_notice=False,
    with_simple_notice=False,
    index_from="109012",
    index_to="410012",
    mail_direct=643,
    dimension=DIMENSION,
    dimension_type="S",
    declared_value=150000,
    delivery_point_index="990001",
    transport_type="SURFACE",
    payment_method="CASHLESS",
    notice_payment_method="CASHLESS",
    sms_notice_recipient=1,
    fragile=True,
    courier=False,
    completeness_checking=False,
    contents_checking=False,
    vsd=False,
    with_electronic_notice=False,
)
OFFICE = post.OfficeQuery(
    latitude=51.5,
    longitude=46.0,
    current_date_time="2026-11-25T10:00:00",
    filter_by_office_type=False,
    ufps_postal_code=True,
)
ASKED = post.CalculatorQuery(
    object=23030,
    weight=1000,
    from_="101000",
    to="410012",
    country_from=643,
    country_to=643,
    size="30x20x10",
    pack=10,
    date=DAY,
    time="0900",
    date_from=DAY,
    date_to=DAY,
    sumoc=150000,
    sumnp=150000,
    sumgs=150000,
    sumin=150000,
    service=(2, 21),
    isavia=0,
    dogovor="1",
    group=0,
    closed=1,
)


async def _drain(elements: AsyncIterator[object]) -> None:
    async for _ in elements:
        pass


Call: TypeAlias = Callable[[Any], Awaitable[object]]

OTPRAVKA: dict[str, list[Call]] = {
    "settings_limit": [lambda c: c.settings_limit()],
    "settings": [lambda c: c.settings()],
    "user_shipping_points": [lambda c: c.user_shipping_points()],
    "tariff": [lambda c: c.tariff(TARIFF)],
    "clean_address": [
        lambda c: c.clean_address([post.AddressToClean(id="0", original_address="Саратов, Тестовая 1")])
    ],
    "clean_physical": [lambda c: c.clean_physical([post.NameToClean(id="0", original_fio="Тестов Тест")])],
    "backlog_create": [
        lambda c: c.backlog_create([CREATE, post.OrderRequest(**LEAST, tariff_count=1)]),
    ],
    "backlog_search": [lambda c: c.backlog_search("OZ 0001/1&x=ю")],
    "backlog_get": [lambda c: c.backlog_get(ID)],
    "backlog_delete": [lambda c: c.backlog_delete([ID])],
    "batch_create": [
        lambda c: c.batch_create([ID]),
        lambda c: c.batch_create([ID], sending_date=DAY, timezone_offset=10800, use_online_balance=False),
    ],
    "batch_get": [lambda c: c.batch_get("24")],
    "batch_orders": [
        lambda c: c.batch_orders("24"),
        lambda c: c.batch_orders("24", size=1, sort="asc", page=0),
    ],
    "batch_checkin": [
        lambda c: c.batch_checkin("24"),
        lambda c: c.batch_checkin("24", use_online_balance=True),
    ],
    "shipment_search": [lambda c: c.shipment_search(BARCODE)],
    "shipment_get": [lambda c: c.shipment_get(ID)],
    "shipment_delete": [lambda c: c.shipment_delete([ID])],
    "forms_backlog": [lambda c: c.forms_backlog(ID), lambda c: c.forms_backlog(ID, sending_date=DAY)],
    "forms": [lambda c: c.forms(ID, print_type="PAPER", sending_date=DAY), lambda c: c.forms(ID)],
    "form_f103": [lambda c: c.form_f103("24")],
    "postoffice": [lambda c: c.postoffice("410012"), lambda c: c.postoffice("410012", OFFICE)],
    "unloading_passport": [lambda c: _drain(c.unloading_passport("PVZ"))],
}

CALCULATOR: dict[str, list[Call]] = {
    "tariff": [lambda c: c.tariff(ASKED), lambda c: c.tariff(post.CalculatorQuery(object=3000, weight=100))],
    "delivery": [lambda c: c.delivery(ASKED)],
    "tariff_delivery": [lambda c: c.tariff_delivery(ASKED)],
    "objects": [lambda c: c.objects(), lambda c: c.objects(23030, 27030)],
    "services": [lambda c: c.services()],
    "countries": [lambda c: c.countries(), lambda c: c.countries(895)],
}

TRACKING: dict[str, list[Call]] = {
    "operation_history": [
        lambda c: c.operation_history(BARCODE),
        lambda c: c.operation_history("EE123456785KR", language="ENG", notice=True),
    ],
}

BATCH_TRACKING: dict[str, list[Call]] = {
    "ticket": [lambda c: c.ticket([BARCODE, "EE123456785KR"]), lambda c: c.ticket([BARCODE], language="ENG")],
    "response_by_ticket": [lambda c: c.response_by_ticket("20260917162048476login")],
}
