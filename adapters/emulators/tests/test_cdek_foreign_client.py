"""CDEK through a client that nobody here wrote: ``cdek`` 1.2.0 with its strict models."""

from collections.abc import Iterator
from typing import Any

import pytest
from adapters.emulators.tests.cdek_world import DAY, ROUTE, Cdek, order_body, served

cdek_package = pytest.importorskip("cdek")

from cdek.apps.form.requests import PrintBarcodeRequest  # noqa: E402
from cdek.apps.location.filters import CityListFilter  # noqa: E402
from cdek.apps.office.filters import OfficeFilter  # noqa: E402
from cdek.apps.order.requests import OrderRequest  # noqa: E402
from cdek.apps.tariff.requests import TariffCodeRequest  # noqa: E402
from cdek.apps.webhook.requests import WebhookRequest  # noqa: E402
from cdek.client import CdekClient  # noqa: E402
from cdek.exceptions import CdekAuthException, CdekRequestException  # noqa: E402


@pytest.fixture
def cdek() -> Iterator[Cdek]:
    with served() as world:
        yield world


def client(cdek: Cdek, secret: str = "demo-secret") -> Any:
    made = CdekClient("demo-account", secret)
    made.base_url = f"{cdek.url}/v2/"
    return made


def test_an_order_from_price_to_delivery(cdek: Cdek) -> None:
    api = client(cdek)
    price = api.tariff.calc(
        TariffCodeRequest.model_validate({"tariff_code": 136, **ROUTE, "date": "2026-11-23T10:00:00"})
    )
    assert (price.total_sum, price.currency) == (pytest.approx(555.1), "RUB")
    uuid = str(api.order.create(OrderRequest.model_validate(order_body("A-1"))).entity.uuid)
    assert api.order.get_by_uuid(uuid).entity.cdek_number is None
    cdek.clock.advance(61)
    number = api.order.get_by_im_number("A-1").entity.cdek_number
    assert api.order.get_by_cdek_number(number).entity.statuses[0].code == "CREATED"
    wanted = PrintBarcodeRequest.model_validate({"orders": [{"order_uuid": uuid}]})
    form = str(api.barcode.set(wanted).entity.uuid)
    cdek.clock.advance(2)
    assert api.barcode.get(form).entity.statuses[-1].code == "READY"
    cdek.control("dropoff", {"cdek_numbers": [str(number)]})
    cdek.clock.advance(4 * DAY)
    delivered = api.order.get_by_uuid(uuid).entity
    assert delivered.statuses[0].code == "DELIVERED"
    assert delivered.delivery_detail.total_sum == pytest.approx(556.02)


def test_an_order_that_is_taken_back(cdek: Cdek) -> None:
    api = client(cdek)
    uuid = str(api.order.create(OrderRequest.model_validate(order_body("A-1"))).entity.uuid)
    cdek.clock.advance(61)
    api.order.delete(uuid)
    cdek.clock.advance(5)
    assert api.order.get_by_uuid(uuid).entity.statuses[0].code == "REMOVED"


def test_lists(cdek: Cdek) -> None:
    api = client(cdek)
    offices = api.office.get(OfficeFilter.model_validate({"code": "MSK65"}))["result"]
    assert [office.code for office in offices] == ["MSK65"]
    cities = api.location.cities(CityListFilter.model_validate({"city": "Москва", "size": 10, "page": 0}))
    assert [city.code for city in cities] == [44]
    assert {mode.tariff_code for t in api.tariff.all().tariff_codes for mode in t.delivery_modes} >= {136}


def test_webhooks(cdek: Cdek) -> None:
    api = client(cdek)
    hook = WebhookRequest.model_validate({"url": "http://127.0.0.1:9/x", "type": "ORDER_STATUS"})
    uuid = api.webhook.set(hook).entity.uuid
    assert [str(known.uuid) for known in api.webhook.all()] == [str(uuid)]
    assert api.webhook.get(str(uuid)).entity.url == hook.url
    api.webhook.set(hook)
    with pytest.raises(CdekRequestException):
        api.webhook.set(hook)


def test_errors_reach_it(cdek: Cdek) -> None:
    with pytest.raises(CdekAuthException):
        client(cdek, "wrong").order.get_by_uuid("x")
    with pytest.raises(CdekRequestException):
        client(cdek).order.get_by_uuid("x")
