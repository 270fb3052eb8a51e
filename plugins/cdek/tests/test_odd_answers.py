"""What CDEK's plugin makes of answers of which a part cannot be read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hub import Address, Booking, Secret
from hub.calls.transport import make_client
from hub.testing import account, book_request
from hub.testing.driving import reading, shipment_of
from hub_cdek import CdekCarrier, CdekSettings

TOWN = Address(country="RU", postal_code="101000", city="Москва")


class Vendor:
    """Answers by path: the token, and what a test wants."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/oauth/token"):
            return httpx.Response(200, json={"access_token": "t", "expires_in": 3599})
        return httpx.Response(200, json=next(v for k, v in self.answers.items() if k in request.url.path))


@pytest.fixture
def vendor() -> Vendor:
    return Vendor()


@pytest.fixture
async def carrier(vendor: Vendor) -> AsyncIterator[CdekCarrier]:
    http = make_client(inner=httpx.MockTransport(vendor))
    yield CdekCarrier(CdekSettings(client_id="a", client_secret=Secret("b")), http, account("cdek"))
    await http.aclose()


def _office(code: str, **more: Any) -> dict[str, Any]:
    where = {"country_code": "RU", "city_code": 44, "city": "Москва", "latitude": 55.7, "longitude": 37.6}
    return {"code": code, "type": "PVZ", "status": "ACTIVE", "is_handout": True, "location": where} | more


@pytest.mark.parametrize(
    "odd",
    [
        _office("B1", work_time_list=[{"day": None, "time": None}, {"day": "пн"}]),
        _office("B1", work_time_exception_list=[{"date_start": "31.12.2026"}]),
        _office("B1", weight_max="30 кг"),
        _office("B1", status={"code": "ACTIVE"}),
        {"type": "PVZ"},
    ],
)
async def test_an_odd_office_hides_no_other(carrier: CdekCarrier, vendor: Vendor, odd: Any) -> None:
    offices = [_office("A1"), odd, _office("C3")]
    vendor.answers = {"cities": [{"code": 44, "city": "Москва"}], "deliverypoints": offices}
    found = await reading(carrier, lambda: carrier.points(TOWN))
    assert {"A1", "C3"} <= {one.code for one in found} <= {"A1", "B1", "C3"}


async def test_a_limit_that_cannot_be_read_is_not_no_limit(carrier: CdekCarrier, vendor: Vendor) -> None:
    odd = _office("B1", weight_max="30 кг")
    vendor.answers = {"cities": [{"code": 44}], "deliverypoints": [_office("A1"), odd]}
    assert [one.code for one in await reading(carrier, lambda: carrier.points(TOWN))] == ["A1"]


async def test_of_two_towns_one_that_cannot_be_read_is_not_left_out(
    carrier: CdekCarrier, vendor: Vendor
) -> None:
    vendor.answers = {"cities": [{"code": 44}, {"code": "no number"}], "deliverypoints": [_office("A1")]}
    assert not await reading(carrier, lambda: carrier.points(TOWN))


async def test_an_event_without_a_time_is_named(carrier: CdekCarrier, vendor: Vendor) -> None:
    statuses = [
        {"code": "DELIVERED", "date_time": "some day"},
        {"code": "CREATED", "date_time": "2026-07-01T10:00:00+0000"},
    ]
    vendor.answers = {"/v2/orders/": {"entity": {"uuid": "u", "statuses": statuses}, "requests": []}}
    parcel = shipment_of(Booking(state="confirmed", carrier_id="u", tracking_number="1"), book_request("136"))
    told = await reading(carrier, lambda: carrier.track(parcel))
    assert [one.code for one in told.events] == ["CREATED"]
    assert told.unread == ("DELIVERED",)
