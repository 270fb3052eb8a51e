"""Answers that stray from the documented types still decode; those that make no sense do not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import msgspec
import pytest
from cdek_api import (
    Accepted,
    DeliveryPoint,
    TariffResult,
    decode_order,
)
from cdek_api.decoding import decode

UTC7 = timezone(timedelta(hours=7))


@pytest.mark.parametrize("number", ["708.9", "0.1", "61.07", "12345678901234567.89", "0.00"])
def test_money_is_exact(number: str) -> None:
    for written in (number, f'"{number}"'):
        raw = f'{{"delivery_sum": {written}, "total_sum": {written}, "currency": "RUB"}}'.encode()
        assert str(decode(raw, TariffResult).total_sum) == number
        odd = raw.replace(b'"RUB"', b"1")  # and on the patient way too
        assert str(decode(odd, TariffResult).total_sum) == number
        assert decode(odd, TariffResult).currency == "1"


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2020-03-26T15:02:56+0700", datetime(2020, 3, 26, 15, 2, 56, tzinfo=UTC7)),
        ("2026-08-01T14:34:18+0000", datetime(2026, 8, 1, 14, 34, 18, tzinfo=UTC)),
        ("2024-12-06T11:32:31.608716Z", datetime(2024, 12, 6, 11, 32, 31, 608716, tzinfo=UTC)),
        ("2024-12-06T11:32:31Z", datetime(2024, 12, 6, 11, 32, 31, tzinfo=UTC)),
        ("2024-12-06T11:32:31+03:00", datetime(2024, 12, 6, 8, 32, 31, tzinfo=UTC)),
        ("2024-12-06T11:32:31", datetime(2024, 12, 6, 11, 32, 31, tzinfo=UTC)),
    ],
)
def test_times(text: str, time: datetime) -> None:
    raw = f'{{"requests": [{{"type": "CREATE", "date_time": "{text}"}}]}}'.encode()
    request = decode(raw, Accepted).request("CREATE")
    assert request is not None
    assert request.date_time == time
    assert request.date_time.tzinfo is not None


def test_a_straying_order() -> None:
    order = decode_order(
        b"""{
        "requests": null, "related_entities": [null, {"type": "waybill", "uuid": "w", "new": {"x": []}}],
        "entity": {
            "uuid": "u", "cdek_number": 1169288867, "is_return": null, "recipient": null, "calls": [],
            "services": {"code": "INSURANCE", "parameter": 100.50, "sum": "0.75"},
            "packages": [{"number": 1, "weight": "100", "length": 10.0, "width": "", "items": null}],
            "statuses": {"code": "CREATED", "date_time": "2026-08-01T14:34:18", "reason_code": 26},
            "from_location": {"code": "44", "region_code": "", "longitude": "37.5"},
            "keep_free_until": "2026-08-09", "planned_delivery_date": "2026-08-05T00:00:00+0000",
            "delivery_detail": {"total_sum": "708.90", "delivery_sum": 590.1, "payment_info": null}
        }}"""
    )
    entity = order.entity
    assert entity is not None
    assert order.cdek_number == "1169288867"
    assert entity.is_return is False
    assert entity.services[0].parameter == "100.50"
    assert entity.services[0].sum == Decimal("0.75")
    [package] = entity.packages
    assert (package.number, package.weight, package.length, package.width) == ("1", 100, 10, None)
    assert package.items == ()
    assert order.statuses[0].reason_code == "26"
    assert entity.from_location is not None
    assert (entity.from_location.code, entity.from_location.longitude) == (44, 37.5)
    assert entity.keep_free_until == datetime(2026, 8, 9, tzinfo=UTC)
    assert entity.planned_delivery_date == date(2026, 8, 5)
    assert entity.delivery_detail is not None
    assert entity.delivery_detail.total_sum == Decimal("708.90")
    assert order.related_entities[0].type == "waybill"


@pytest.mark.parametrize("raw", [b"", b"[", b"[1]", b'"text"', b'{"entity": 5}', b'{"entity": {"uuid": {}}}'])
def test_nonsense_raises(raw: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_order(raw)


def test_a_point_needs_its_code() -> None:
    with pytest.raises(msgspec.ValidationError):
        decode(b'{"type": "PVZ"}', DeliveryPoint)
