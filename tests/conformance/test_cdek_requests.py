"""Every request of the CDEK client against what CDEK's own document says, closed.

Path, query, headers and body are checked, an unknown key being a violation; then the fields that the
business needs are asserted one by one, since a body that leaves everything out is valid as well.
"""

from __future__ import annotations

import inspect
import json
from typing import Any
from urllib.parse import parse_qs

import cdek_api as cdek
import httpx
import pytest
from cdek_api import Client
from cdek_api.structs import Sent

from tests.conformance.cdek_calls import CALLS, UUID
from tests.conformance.closed_spec import ClosedSpec, Operation
from tests.conformance.compact import closed

HOST = "https://api.cdek.ru"

EXCEPTIONS = {
    "OAuth": (
        "the document draws the token's parameters in the query; the client sends them as a form body, which "
        "works as well and keeps the secret out of addresses and logs"
    )
}
"""Requests that are not valid by the document, each with the reason."""

UNSAFE = {
    "order_create",
    "order_delete",
    "order_refusal",
}


@pytest.fixture(scope="module")
def spec() -> ClosedSpec:
    return closed("cdek")


def _answer(request: httpx.Request) -> httpx.Response:
    path = request.url.path
    if path == "/v2/oauth/token":
        return httpx.Response(200, json={"access_token": "t", "expires_in": 3599})
    if path.endswith(".pdf"):
        return httpx.Response(200, content=b"%PDF-1.4")
    if path == "/v2/calculator/tariff":
        return httpx.Response(200, json={"delivery_sum": 1, "total_sum": 1, "currency": "RUB"})
    if path.startswith("/v2/calculator/"):
        return httpx.Response(200, json={"tariff_codes": []})
    if path.startswith("/v2/international/"):
        return httpx.Response(200, json={"packages": []})
    if path.startswith("/v2/location/") or path == "/v2/deliverypoints":
        return httpx.Response(200, json=[])
    return httpx.Response(200, json={"entity": {"uuid": UUID}, "requests": []})


async def _requests(name: str) -> list[httpx.Request]:
    """What one method's calls send, the token request first."""
    sent: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return _answer(request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(handler)) as http:
        client = Client(http, cdek.OAuth("id", "secret", HOST), HOST)
        for call in CALLS[name]:
            await call(client)
    return sent


def test_every_public_method_is_called() -> None:
    public = {name for name, _ in inspect.getmembers(Client, inspect.isfunction) if not name.startswith("_")}
    assert set(CALLS) == public


@pytest.mark.parametrize("name", sorted(CALLS))
async def test_requests_are_what_cdek_documents(spec: ClosedSpec, name: str) -> None:
    token, *requests = await _requests(name)
    assert len(requests) == len(CALLS[name])
    assert token.url.path == "/v2/oauth/token"
    for request in requests:
        assert spec.request_violations(request) == []
        assert request.headers["Authorization"] == "Bearer t"
        assert ("safe" in request.extensions) is (name not in UNSAFE)


async def test_the_count_and_the_exceptions(spec: ClosedSpec, capsys: pytest.CaptureFixture[str]) -> None:
    count, operations = 0, set()
    for name in CALLS:
        for request in (await _requests(name))[1:]:
            assert spec.request_violations(request) == []
            operations.add(spec.match(request.method, request.url.path))
            count += 1
    assert None not in operations
    with capsys.disabled():
        print(
            f"\nCDEK: {count} requests of {len(CALLS)} methods validated on {len(operations)} operations, "
            f"0 violations; exceptions: {EXCEPTIONS}"
        )


async def test_the_token_request_is_the_one_exception(spec: ClosedSpec) -> None:
    token = (await _requests("cities"))[0]
    assert spec.match(token.method, token.url.path) == Operation("POST", "/v2/oauth/token")
    form = {name: values[0] for name, values in parse_qs(token.content.decode()).items()}
    assert form == {"grant_type": "client_credentials", "client_id": "id", "client_secret": "secret"}
    as_documented = spec.violations("POST", token.url.path, list(form.items()), token.headers, None, None)
    assert as_documented == []
    assert token.url.query == b""


def _structs() -> list[type]:
    waiting, found = [Sent], []
    while waiting:
        children = waiting.pop().__subclasses__()
        found += children
        waiting += children
    return found


async def test_every_field_that_can_be_sent_is_sent() -> None:
    """A field that no call sets would be a field that no document has checked."""
    sent: set[str] = set()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            sent.update(value)
            for member in value.values():
                walk(member)
        elif isinstance(value, list):
            for member in value:
                walk(member)

    for name in CALLS:
        for request in (await _requests(name))[1:]:
            sent.update(request.url.params)
            if request.content:
                walk(json.loads(request.content))
    for struct in _structs():
        assert set(struct.__struct_fields__) <= sent, struct.__name__  # type: ignore[attr-defined]


async def _bodies(name: str) -> list[Any]:
    return [json.loads(request.content) for request in (await _requests(name))[1:]]


async def test_what_an_order_must_say() -> None:
    full, pvz = await _bodies("order_create")
    assert full["type"] == 1
    assert full["number"] == "OZ-0001-1"
    assert full["tariff_code"] == 184
    assert full["recipient"]["name"] == "Тестов Тест Тестович"
    assert full["recipient"]["phones"] == [{"number": "+79991112233", "additional": "12"}]
    assert full["recipient"]["passport_date_of_issue"] == "2020-01-02"
    assert full["sender"]["name"] == "Тестов Тест Тестович"
    assert full["seller"]["address"] == "Шэньчжэнь, 1"
    assert full["date_invoice"] == "2026-08-01"
    assert full["shipper_name"] == "Test Shipper Ltd"
    assert full["shipper_address"] == "Foshan, 1"
    assert full["from_location"]["country_code"] == "RU"
    assert full["to_location"]["address"] == "ул. Тестовая, 1"
    assert full["services"] == [{"code": "INSURANCE", "parameter": "1500"}, {"code": "PART_DELIV"}]
    assert full["print"] == "BARCODE"
    [package] = full["packages"]
    assert package["weight"] == 1200
    assert (package["length"], package["width"], package["height"]) == (30, 20, 10)
    [item] = package["items"]
    assert item["ware_key"] == "TEA-1"
    assert item["amount"] == 2
    assert item["weight"] == 900
    assert item["feacn_code"] == "6911100000"
    assert item["payment"] == {"value": 122.0, "vat_sum": 22.0, "vat_rate": 22}
    assert item["cost"] == 1500.1
    assert pvz["shipment_point"] == "MSK65"
    assert pvz["delivery_point"] == "NSK23"
    assert "from_location" not in pvz
    assert "to_location" not in pvz
    assert pvz["packages"][0]["items"][0]["payment"] == {"value": 0}


async def test_money_is_sent_as_written() -> None:
    request = (await _requests("order_create"))[1]
    assert b'"cost":1500.10' in request.content
    assert b'"value":122.00' in request.content


async def test_what_a_price_must_say() -> None:
    [body] = await _bodies("calculator_tariff_and_service")
    assert body["from_location"]["code"] == 44
    assert body["to_location"] == {
        "postal_code": "630032",
        "country_code": "RU",
        "contragent_type": "INDIVIDUAL",
    }
    assert body["packages"] == [{"weight": 1200, "length": 30, "width": 20, "height": 10}]
    assert body["services"][0] == {"code": "INSURANCE", "parameter": "1500"}
    assert body["currency"] == 1
    assert body["date"] == "2026-08-01T12:00:00+0300"
    assert body["delivery_point"] == "NSK23"


async def test_what_is_looked_up() -> None:
    [by_number] = (await _requests("order_get_by_im_number"))[1:]
    assert by_number.url.params["im_number"] == "OZ 0001/1&x=ю"
    every, filtered = (await _requests("delivery_points"))[1:]
    assert every.url.query == b""
    assert filtered.url.params["city_code"] == "44"
    assert filtered.url.params["is_handout"] == "true"
    assert filtered.url.params["have_cashless"] == "false"


async def test_what_labels_must_say() -> None:
    [labels] = await _bodies("barcode_create")
    assert labels["orders"] == [{"order_uuid": UUID}, {"cdek_number": 1100000001}]
    assert labels["format"] == "A6"
    assert labels["copy_count"] == 1


@pytest.mark.parametrize("value", ["", ".", ".."])
async def test_what_is_no_id(value: str) -> None:
    async with httpx.AsyncClient(transport=httpx.MockTransport(_answer)) as http:
        with pytest.raises(ValueError, match="not an id"):
            await Client(http, httpx.Auth(), HOST).order_delete(value)


@pytest.mark.parametrize("value", ["../orders", "a/b", "?x=1", "a%2Fb"])
async def test_an_id_stays_one_step_of_the_path(value: str) -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return _answer(request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(handler)) as http:
        await Client(http, httpx.Auth(), HOST).order_get(value)
    path = seen[0].url.raw_path.decode()
    assert path.startswith("/v2/orders/")
    assert path.count("/") == 3
    assert "?" not in path
