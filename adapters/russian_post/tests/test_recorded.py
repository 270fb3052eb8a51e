"""Recorded answers, of several projects and years, decode into what they say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from russian_post_api import (
    AddressToClean,
    CalculatorQuery,
    TariffRequest,
)

MakeClients = Callable[..., Any]
Answers = Callable[..., Any]
Recorded = Callable[[str], bytes]

TARIFF = TariffRequest(
    mail_type="POSTAL_PARCEL",
    mail_category="ORDINARY",
    mass=1000,
    entries_type="SALE_OF_GOODS",
    inventory=False,
    with_order_of_notice=False,
    with_simple_notice=False,
)
LIVE = "otpravka-2026-07-"


@pytest.fixture
def otpravka(make_clients: MakeClients, answers: Answers, recorded: Recorded) -> Any:
    """Otpravka that answers everything with one recorded file."""
    return lambda name: make_clients(answers(recorded(name))).otpravka


async def test_the_quota(otpravka: Any) -> None:
    limit = await otpravka("sdk-snapshot-2026-08-get-api-limit.json").settings_limit()
    assert (limit.allowed_count, limit.current_count, limit.left) == (1000, 154, 846)


async def test_hand_in_points(otpravka: Any) -> None:
    points = await otpravka("sdk-snapshot-2026-08-get-shipping-points.json").user_shipping_points()
    pairs = {(p.mail_type, p.mail_category) for point in points for p in point.available_products}
    assert ("POSTAL_PARCEL", "ORDINARY") in pairs
    assert any(p.international for point in points for p in point.available_products)
    masked = await otpravka(f"{LIVE}get-shipping-points.response.json").user_shipping_points()
    assert len(masked[0].available_products) > 5


async def test_settings(otpravka: Any) -> None:
    settings = await otpravka(f"{LIVE}get-account-info.response.json").settings()
    assert settings.shipping_points
    assert repr(settings) == "UserSettings(...)"


async def test_quotes(otpravka: Any) -> None:
    new = await otpravka(f"{LIVE}get-tariff-and-delivery-period.response.json").tariff(TARIFF)
    assert (new.total_rate, new.total_vat, new.total_with_vat) == (61148, 13453, 74601)
    assert (new.delivery_time.min_days, new.delivery_time.max_days) == (38, 40)
    assert new.additional.weight_pay == 1000
    old = await otpravka("lapaygroup-log-1_0-tariff.json").tariff(TARIFF)
    assert (old.total_with_vat, old.fragile_rate.rate) == (36790, 7075)


async def test_orders(otpravka: Any) -> None:
    order = await otpravka(f"{LIVE}find-order-by-id.response.json").backlog_get(1)
    assert (order.mail_type, order.index_to, order.total_with_vat) == ("POSTAL_PARCEL", 685000, 78800)
    [found] = await otpravka(f"{LIVE}find-order-by-shop-id.response.json").backlog_search("1")
    assert found.mail_direct == 643
    [old] = await otpravka("lapaygroup-search_order-1.json").backlog_search("1")
    assert (old.id, old.barcode, old.total_with_vat) == (115322331, "80082240994512", 19800)
    [sent] = await otpravka("lapaygroup-find_orders_by_rpo-1.json").shipment_search("80083740712514")
    assert (sent.batch_name, sent.batch_status) == ("24", "CREATED")


async def test_the_last_operation_of_an_order(otpravka: Any) -> None:
    order = await otpravka("lapaygroup-find_order_by_id_in_batch-1.json").shipment_get(115689758)
    assert (order.last_oper_type, order.last_oper_attr) == ("ID_ASSIGNMENT", "ID_ASSIGNED")
    assert order.human_operation_name == "Присвоен трек-номер"
    assert order.last_oper_date == datetime(2019, 9, 3, 11, 48, 20, 759000, tzinfo=UTC)
    assert (order.order_num, order.delivery_time.max_days, order.delivery_time.min_days) == ("2", 1, None)


async def test_batches(otpravka: Any) -> None:
    made = await otpravka(f"{LIVE}create-batch.response.json").batch_create([2319421774])
    [batch] = made.batches
    assert made.result_ids == (2319421774,)
    assert (batch.batch_status, batch.list_number_date) == ("CREATED", date(2026, 7, 11))
    assert (batch.shipment_mass_rate_sum, batch.shipment_mass_rate_vat_sum) == (64590, 14210)
    refused = await otpravka("sdk-snapshot-2026-08-create-batch.json").batch_create([0])
    assert [(error.code, error.position) for error in refused.errors] == [("NOT_FOUND", 0)]
    [one] = (await otpravka("sdk-snapshot-2026-08-delete-orders.json").backlog_delete([0])).errors
    assert one.code == "NOT_FOUND"


async def test_cleaning(otpravka: Any) -> None:
    asked = [AddressToClean(id="0", original_address="x")]
    [address] = await otpravka("lapaygroup-clean_address-1.json").clean_address(asked)
    assert (address.index, address.corpus, address.room, address.good) == ("115551", "1", "1", True)
    [live] = await otpravka(f"{LIVE}clean-address-from.response.json").clean_address(asked)
    assert live.good
    assert repr(live) == "CleanAddress(...)"


async def test_offices(otpravka: Any) -> None:
    office = await otpravka(f"{LIVE}search-post-office-by-index-from.response.json").postoffice("410000")
    assert (office.postal_code, office.type_code, len(office.working_hours)) == ("410000", "ГОПС", 7)
    assert office.working_hours[0].begin_worktime == "08:00:00.000"


async def test_the_calculator(make_clients: MakeClients, answers: Answers, recorded: Recorded) -> None:
    client = make_clients(answers(recorded("tariff-v2-calculate-tariff-delivery-3000.json"))).calculator
    found = await client.tariff_delivery(CalculatorQuery(object=3000, weight=100))
    assert (found.pay, found.paynds, found.nds, found.ndsrate) == (4200, 5040, 840, Decimal(20))
    assert found.delivery is not None
    assert (found.delivery.min, found.delivery.deadline) == (4, "20221010T235900")
    assert {office.weight_max for office in found.postoffice} == {20000}


@pytest.mark.parametrize("wrapped", [False, True])
async def test_countries(
    make_clients: MakeClients, answers: Answers, recorded: Recorded, wrapped: bool
) -> None:
    body = recorded("tariff-2026-08-country-list.trimmed.json")
    if wrapped:
        body = b'{"version_api": 2, "country": ' + body + b"}"
    countries = {one.id: one for one in await make_clients(answers(body)).calculator.countries()}
    abkhazia = countries[895]
    assert abkhazia.parcel is not None
    assert (abkhazia.parcel.block, abkhazia.parcel.wmax, abkhazia.parcel.linemax) == (0, 20000, 200)
    assert abkhazia.ems is not None
    assert abkhazia.ems.block == 1
    assert abkhazia.packet is not None
    assert abkhazia.packet.sizemax is not None
    assert abkhazia.packet.sizemax.x == 60
