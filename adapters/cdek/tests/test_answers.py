"""CDEK's recorded answers, through the methods that they belong to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import httpx
import pytest
from cdek_api import (
    Accepted,
    BarcodeRequest,
    CityQuery,
    Client,
    Contact,
    Order,
    OrderRequest,
    Package,
    PrintOrder,
    TariffResult,
    decode_order,
)
from cdek_api.decoding import decode

MakeClient = Callable[..., Client]
Recorded = Callable[..., bytes]
Answering = Callable[..., Client]


@pytest.fixture
def answering(make_client: MakeClient, recorded: Recorded) -> Answering:
    """A client that is answered with one recorded body."""

    def make(name: str, status: int = 200) -> Client:
        return make_client(lambda request: httpx.Response(status, content=recorded(name)))

    return make


def test_a_price_with_vat(recorded: Recorded) -> None:
    tariff = decode(recorded("tariff_136"), TariffResult)
    assert tariff.delivery_sum == Decimal("590.0")
    assert tariff.total_sum == Decimal("708.0")
    assert tariff.currency == "RUB"
    assert (tariff.period_min, tariff.period_max) == (0, 1)
    assert (tariff.calendar_min, tariff.calendar_max) == (0, 1)
    assert tariff.weight_calc == 200
    assert tariff.delivery_date_range is not None
    assert tariff.delivery_date_range.max == date(2026, 8, 2)
    [insurance] = tariff.services
    assert (insurance.code, insurance.vat_rate) == ("INSURANCE", Decimal(20))

    tariff = decode(recorded("tariff_cny_contract"), TariffResult)
    assert (tariff.delivery_sum, tariff.total_sum) == (Decimal("61.07"), Decimal("61.07"))
    assert tariff.currency == "CNY"
    assert tariff.services[0].vat_rate is None


ORDER = OrderRequest(
    tariff_code=136,
    recipient=Contact(name="Тестовый получатель"),
    packages=(Package(number="1", weight=100),),
)


async def test_an_order_is_accepted_which_is_not_made(answering: Answering) -> None:
    accepted = await answering("order_create_shop_pvz_to_pvz", 202).order_create(ORDER)
    assert accepted.uuid == "11111111-1111-4111-8111-111111111111"
    assert accepted.state() == "ACCEPTED"
    older = await answering("order_create_cn_ru_ecom_standard", 202).order_create(ORDER)
    assert older.uuid == "72753033-db0e-4042-9392-c5a077e24669"


async def test_a_made_order(answering: Answering) -> None:
    order = await answering("order_get_created").order_get("u")
    assert order.state() == "SUCCESSFUL"
    assert order.cdek_number == "1100000001"
    assert [status.code for status in order.statuses] == ["ACCEPTED", "CREATED"]
    entity = order.entity
    assert entity is not None
    assert entity.number == "fixture-order-1"
    assert entity.tariff_code == 136
    assert entity.delivery_mode == "4"
    assert (entity.shipment_point, entity.delivery_point) == ("MSK65", "NSK23")
    assert (entity.items_cost_currency, entity.recipient_currency) == ("RUB", "RUB")
    assert entity.recipient is not None
    assert entity.recipient.phones[0].number == "+70000000001"
    assert entity.to_location is not None
    assert (entity.to_location.code, entity.to_location.city) == (270, "Новосибирск")
    detail = entity.delivery_detail
    assert detail is not None
    assert str(detail.total_sum) == "708.9"
    assert (detail.delivery_sum, detail.delivery_vat_sum) == (Decimal("590.0"), Decimal("118.0"))
    [service] = entity.services
    assert (service.code, service.parameter, service.total_sum) == ("INSURANCE", "100.00", Decimal("0.9"))
    [package] = entity.packages
    assert package.barcode == "1100000001"
    assert (package.weight, package.weight_volume, package.weight_calc) == (100, 200, 200)
    [item] = package.items
    assert (item.ware_key, item.amount, item.delivery_amount) == ("fixture-item", 1, 0)
    assert item.cost == Decimal("100.0")


def test_an_older_order_with_codes_as_text(recorded: Recorded) -> None:
    order = decode_order(recorded("order_get_cn_ru"))
    assert order.entity is not None
    assert order.entity.from_location is not None
    assert order.entity.from_location.code == 12683
    assert order.entity.date_invoice == date(2020, 3, 26)
    assert order.entity.shipper_name == "CDEK"
    assert order.entity.seller is not None
    assert order.entity.seller.address == "Shanghai, Changning District"
    assert [status.code for status in order.statuses] == ["ACCEPTED", "CREATED"]


def test_a_deleted_order(recorded: Recorded) -> None:
    order = decode_order(recorded("order_get_after_delete"))
    assert order.state("CREATE") == "SUCCESSFUL"
    assert order.state("DELETE") == "SUCCESSFUL"
    assert order.state("UPDATE") is None
    assert [status.code for status in order.statuses] == ["ACCEPTED", "CREATED", "CREATED", "REMOVED"]
    assert order.statuses[-1].date_time == datetime(2020, 3, 27, 10, 38, 46, tzinfo=UTC)


async def test_a_duplicate_number_turns_invalid(answering: Answering) -> None:
    order = await answering("order_invalid_duplicate_number").order_get("u")
    assert order.state() == "INVALID"
    assert order.cdek_number is None
    [error] = order.create_errors
    assert error.code == "error_validate_im_dep_number_has_already_had_integration"


async def test_changes_of_an_order(answering: Answering, recorded: Recorded) -> None:
    deleted = await answering("order_delete_accepted", 202).order_delete("u")
    assert deleted.state("DELETE") == "ACCEPTED"
    request = decode(recorded("order_update_with_warnings"), Accepted).request("UPDATE")
    assert request is not None
    assert [warning.code for warning in request.warnings] == [
        "v2_cost_change_by_tariff",
        "v2_cost_change_by_services",
        "v2_cost_change_by_parameters",
    ]
    assert request.date_time == datetime(2020, 1, 23, 11, 48, 40, tzinfo=UTC)


async def test_printed_forms(answering: Answering) -> None:
    created = await answering("waybill_create_accepted", 202).barcode_create(
        BarcodeRequest(orders=(PrintOrder(order_uuid="u"),))
    )
    assert created.uuid == "33333333-3333-4333-8333-333333333333"
    form = await answering("barcode_get_ready").barcode_get("u")
    assert form.status == "READY"
    assert form.entity is not None
    assert form.entity.format == "A6"
    assert (form.entity.url or "").endswith("44444444-4444-4444-8444-444444444444.pdf")
    assert form.entity.orders[0].order_uuid == "11111111-1111-4111-8111-111111111111"


async def test_places(answering: Answering) -> None:
    moscow, polish = await answering("cities_same_name_two_countries").cities(CityQuery(city="Москва"))
    assert (moscow.code, moscow.country_code, moscow.payment_limit) == (44, "RU", Decimal(-1))
    assert (polish.code, polish.country_code, polish.payment_limit) == (464830, "PL", Decimal(0))
    assert moscow.time_zone == "Europe/Moscow"


async def test_a_delivery_point(answering: Answering) -> None:
    [point] = [point async for point in answering("deliverypoints_msk65").delivery_points()]
    assert (point.code, point.type, point.status, point.owner_code) == ("MSK65", "PVZ", "ACTIVE", "CDEK")
    assert point.weight_max is None
    assert point.location is not None
    assert (point.location.city_code, point.location.postal_code) == (44, "109044")
    assert point.location.latitude == 55.732175
    assert point.work_time_list[5].time == "10:00/16:00"
    assert (point.is_handout, point.is_reception, point.allowed_cod) == (True, True, True)
    assert point.phones[0].number == "+70000000000"


def test_deleted_statuses_do_not_count() -> None:
    order = decode_order(
        b'{"entity": {"statuses": [{"code": "NOT_DELIVERED", "date_time": "2026-08-02T10:00:00+0000",'
        b' "deleted": true}, {"code": "CREATED", "date_time": "2026-08-01T10:00:00.5Z"}]}}'
    )
    assert [status.code for status in order.statuses] == ["CREATED"]


def test_the_newest_request_of_a_type_counts() -> None:
    order = decode_order(
        b'{"requests": [{"type": "UPDATE", "state": "SUCCESSFUL", "date_time": "2026-08-02T10:00:00+0700"},'
        b' {"type": "UPDATE", "state": "INVALID", "date_time": "2026-08-01T10:00:00+0700"}]}'
    )
    assert order.state("UPDATE") == "SUCCESSFUL"
    assert Order().state() is None
    assert Order().statuses == []
