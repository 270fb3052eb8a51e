"""CDEK's own examples of webhook events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from cdek_api import Courier, Event, ModifiedValue, decode_event

Recorded = Callable[..., bytes]


@pytest.fixture
def event(recorded: Recorded) -> Callable[[str], Event]:
    return lambda name: decode_event(recorded(f"event_{name}", "request"))


@pytest.mark.parametrize(
    ("name", "type_", "fields"),
    [
        (
            "order_status",
            "ORDER_STATUS",
            {
                "code": "RECEIVED_AT_SHIPMENT_WAREHOUSE",
                "status_code": "3",
                "cdek_number": "1100285492",
                "number": "17011574744791",
                "city_name": "Новосибирск",
                "city_code": "270",
                "is_return": False,
                "deleted": False,
                "status_date_time": datetime(2023, 11, 28, 7, 44, 45, tzinfo=UTC),
            },
        ),
        (
            "order_status_delivered_2019",
            "ORDER_STATUS",
            {"code": "DELIVERED", "city_name": "Новосибирск", "cdek_number": "1106153417"},
        ),
        ("print_form", "PRINT_FORM", {"type": "BARCODE"}),
        (
            "order_modified",
            "ORDER_MODIFIED",
            {
                "modification_type": "PLANED_DELIVERY_DATE_CHANGED",
                "new_value": ModifiedValue(type="DATE", value="2024-08-21"),
            },
        ),
        ("download_photo", "DOWNLOAD_PHOTO", {"cdek_number": "10123456789"}),
        (
            "prealert_closed",
            "PREALERT_CLOSED",
            {"prealert_number": "PA/7/583", "fact_shipment_point": "NSK1"},
        ),
        (
            "accompanying_waybill",
            "ACCOMPANYING_WAYBILL",
            {"flight_number": "S511111", "air_waybill_numbers": ("A1111111", "B5263589")},
        ),
        ("office_availability", "OFFICE_AVAILABILITY", {"type": "AVAILABLE_OFFICE", "code": "MSK123"}),
        (
            "deliv_problem",
            "DELIV_PROBLEM",
            {
                "code": "45",
                "number": "IM-123456789",
                "create_date": datetime(2024, 12, 18, 11, 35, 57, tzinfo=UTC),
            },
        ),
        (
            "deliv_agreement",
            "DELIV_AGREEMENT",
            {
                "date": date(2024, 12, 13),
                "time_from": "11:00:00",
                "date_time": datetime(2024, 12, 6, 11, 32, 31, 608716, tzinfo=UTC),
                "type": "DOOR",
            },
        ),
        (
            "courier_info",
            "COURIER_INFO",
            {
                "task_type": "DELIVERY",
                "cdek_number": "10000000123",
                "courier": Courier(
                    name="", car_model="", registration_mark="", phone="+79999999999, доб. 123"
                ),
            },
        ),
    ],
)
def test_events(event: Callable[[str], Event], name: str, type_: str, fields: dict[str, Any]) -> None:
    got = event(name)
    assert got.type == type_
    assert got.uuid
    assert got.date_time is not None
    assert got.attributes is not None
    assert {key: getattr(got.attributes, key) for key in fields} == fields
