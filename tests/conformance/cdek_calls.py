"""One or more calls of every method of the CDEK client, with invented people and goods."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Any

import cdek_api as cdek
from cdek_api import Client

UUID = "72753031-1820-4f99-9240-aab139f05ca5"
PHONE = cdek.Phone(number="+79991112233", additional="12")
FROM = cdek.CalculatorLocation(code=44, country_code="RU", city="Москва", address="ул. Тестовая, 1")
TO = cdek.CalculatorLocation(postal_code="630032", country_code="RU", contragent_type="INDIVIDUAL")
PACKAGES = (cdek.CalculatorPackage(weight=1200, length=30, width=20, height=10),)
SERVICES = (cdek.Service(code="INSURANCE", parameter="1500"), cdek.Service(code="PART_DELIV"))
ADDRESS = cdek.Location(
    address="ул. Тестовая, 1",
    code=44,
    city_uuid=UUID,
    city="Москва",
    fias_guid=UUID,
    country_code="RU",
    region="Москва",
    region_code=81,
    sub_region="Москва",
    longitude=37.6,
    latitude=55.7,
    postal_code="109044",
)
RECIPIENT = cdek.Contact(
    name="Тестов Тест Тестович",
    company="ООО Тест",
    contragent_type="INDIVIDUAL",
    email="test@example.test",
    phones=(PHONE,),
    passport_series="0000",
    passport_number="000000",
    passport_date_of_issue=date(2020, 1, 2),
    passport_organization="Тестовый отдел",
    passport_date_of_birth=date(1990, 3, 4),
    tin="000000000000",
)
PAYMENT = cdek.Payment(value=Decimal("122.00"), vat_sum=Decimal("22.00"), vat_rate=22)
ITEM = cdek.Item(
    name="Чайник",
    ware_key="TEA-1",
    payment=PAYMENT,
    cost=Decimal("1500.10"),
    weight=900,
    amount=2,
    marking="010000000000000021",
    weight_gross=950,
    name_i18n="Teapot",
    brand="Testbrand",
    country_code="CN",
    material="2",
    wifi_gsm=False,
    url="https://shop.example/tea-1",
    seller=cdek.ItemSeller(
        name="ООО Продавец",
        inn="0000000000",
        phone="+79990000000",
        ownership_form="9",
        address="Шэньчжэнь",
        giis_subdivision_id="1",
    ),
    feacn_code="6911100000",
    jewel_uin="0000000000000000",
    used=False,
)
PACKAGE = cdek.Package(
    number="P-1",
    weight=1200,
    length=30,
    width=20,
    height=10,
    comment="хрупкое",
    items=(ITEM,),
    package_id=UUID,
)
SELLER = cdek.Seller(
    name="ООО Продавец", inn="0000000000", phone="+79990000000", ownership_form="9", address="Шэньчжэнь, 1"
)
FULL_ORDER = cdek.OrderRequest(
    tariff_code=184,
    type=1,
    additional_order_types=(4,),
    number="OZ-0001-1",
    accompanying_number="SNT-1",
    comment="осторожно",
    from_location=ADDRESS,
    to_location=ADDRESS,
    sender=RECIPIENT,
    seller=SELLER,
    recipient=RECIPIENT,
    services=SERVICES,
    packages=(PACKAGE,),
    delivery_recipient_cost=PAYMENT,
    delivery_recipient_cost_adv=(
        cdek.RecipientCostThreshold(threshold=100, sum=Decimal("5.50"), vat_sum=Decimal("1"), vat_rate=22),
    ),
    date_invoice=date(2026, 8, 1),
    shipper_name="Test Shipper Ltd",
    shipper_address="Foshan, 1",
    print="BARCODE",
    is_client_return=False,
    has_reverse_order=False,
    developer_key="dev",
)
PVZ_ORDER = cdek.OrderRequest(
    tariff_code=136,
    number="OZ-0002-1",
    shipment_point="MSK65",
    delivery_point="NSK23",
    recipient=cdek.Contact(name="Тестов Тест", phones=(cdek.Phone(number="+79991112233"),)),
    packages=(
        cdek.Package(
            number="1",
            weight=100,
            items=(
                cdek.Item(
                    name="Чай",
                    ware_key="T",
                    payment=cdek.Payment(value=Decimal(0)),
                    cost=Decimal(100),
                    weight=100,
                    amount=1,
                ),
            ),
        ),
    ),
)
POINT_FILTER = cdek.DeliveryPointQuery(
    code="MSK65",
    type="PVZ",
    postal_code="109044",
    city_code=44,
    country_code="RU",
    region_code=81,
    fias_guid=UUID,
    have_cash=True,
    have_cashless=False,
    allowed_cod=True,
    is_dressing_room=True,
    is_handout=True,
    is_reception=True,
    is_marketplace=False,
    is_ltl=False,
    take_only=False,
    ltl_acceptance_partners=False,
    ltl_issuance_partners=False,
    fulfillment=False,
    weight_min=0,
    weight_max=5,
    length=30,
    width=20,
    height=10,
    lang="rus",
    size=100,
    page=1,
)
CITY_FILTER = cdek.CityQuery(
    country_codes="RU,KZ",
    region_code=81,
    fias_guid=UUID,
    postal_code="109044",
    code=44,
    city="Москва",
    payment_limit=Decimal("-1"),
    size=1000,
    page=0,
    lang="rus",
)
BARCODES = cdek.BarcodeRequest(
    orders=(cdek.PrintOrder(order_uuid=UUID), cdek.PrintOrder(cdek_number=1100000001)),
    copy_count=1,
    format="A6",
    lang="RUS",
)


async def _drain(points: AsyncIterator[object]) -> None:
    async for _ in points:
        pass


TERMS: dict[str, Any] = {
    "date": "2026-08-01T12:00:00+0300",
    "type": 1,
    "currency": 1,
    "lang": "rus",
    "shipment_point": "MSK65",
    "delivery_point": "NSK23",
}

CALLS: dict[str, list[Callable[[Client], Awaitable[object]]]] = {
    "calculator_tariff_and_service": [
        lambda c: c.calculator_tariff_and_service(
            cdek.TariffAndServiceRequest(
                from_location=FROM, to_location=TO, packages=PACKAGES, services=SERVICES, **TERMS
            )
        )
    ],
    "package_restrictions": [
        lambda c: c.package_restrictions(
            cdek.RestrictionRequest(
                tariff_code=184,
                from_location=ADDRESS,
                to_location=ADDRESS,
                packages=(
                    cdek.RestrictionPackage(
                        weight=1200,
                        length=30,
                        width=20,
                        height=10,
                        items=(cdek.RestrictionItem(name="Чайник", amount=2, feacn_code="6911100000"),),
                    ),
                ),
            )
        )
    ],
    "order_create": [lambda c: c.order_create(FULL_ORDER), lambda c: c.order_create(PVZ_ORDER)],
    "order_get": [lambda c: c.order_get(UUID)],
    "order_get_by_im_number": [lambda c: c.order_get_by_im_number("OZ 0001/1&x=ю")],
    "order_passports": [lambda c: c.order_passports(UUID), lambda c: c.order_passports(UUID, "ALL")],
    "order_delete": [lambda c: c.order_delete(UUID)],
    "order_refusal": [lambda c: c.order_refusal(UUID)],
    "barcode_create": [lambda c: c.barcode_create(BARCODES)],
    "barcode_get": [lambda c: c.barcode_get(UUID)],
    "barcode_pdf": [lambda c: c.barcode_pdf(UUID)],
    "delivery_points": [
        lambda c: _drain(c.delivery_points()),
        lambda c: _drain(c.delivery_points(POINT_FILTER)),
    ],
    "cities": [lambda c: c.cities(cdek.CityQuery()), lambda c: c.cities(CITY_FILTER)],
}
"""One or more calls of every public method; between them they set every field that the client can send."""
