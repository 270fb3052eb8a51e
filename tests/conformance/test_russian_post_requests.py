"""Every request of Russian Post's clients: Otpravka's against its schemas, closed; SOAP's against the XSD.

The calculator has no machine-readable description: its parameters are held to those that its prose names.
"""

from __future__ import annotations

import inspect
import io
import json
import zipfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import russian_post_api as post
from lxml import etree  # type: ignore[import-untyped]
from russian_post_api.structs import Sent

from tests.conformance.closed_spec import ClosedSpec
from tests.conformance.compact import closed
from tests.conformance.russian_post_calls import BATCH_TRACKING, CALCULATOR, OTPRAVKA, TRACKING

HOST = "https://post.example"
VERSIONS = {
    "Tracking": "http://www.w3.org/2003/05/soap-envelope",
    "BatchTracking": "http://schemas.xmlsoap.org/soap/envelope/",
}
CALLS = {
    **{("Otpravka", name): calls for name, calls in OTPRAVKA.items()},
    **{("Calculator", name): calls for name, calls in CALCULATOR.items()},
    **{("Tracking", name): calls for name, calls in TRACKING.items()},
    **{("BatchTracking", name): calls for name, calls in BATCH_TRACKING.items()},
}

EXCEPTIONS: dict[str, str] = {}
"""Requests that are not valid by the description, each with the reason: none."""

UNSAFE = {"backlog_create", "backlog_delete", "batch_create", "batch_checkin", "shipment_delete"}

CALCULATOR_PATHS = {
    *("/v2/calculate/tariff", "/v2/calculate/delivery", "/v2/calculate/tariff/delivery"),
    *("/v2/dictionary/category", "/v2/dictionary/object/tariff/delivery", "/v2/dictionary/service"),
    *("/v2/dictionary/country", "/v2/dictionary/postoffice"),
}
CALCULATOR_PARAMETERS = {
    *("json", "object", "from", "to", "weight", "pack", "date", "time", "errorcode", "sumoc", "sumnp"),
    *("sumgs", "sumin", "size", "service", "isavia", "country-to", "country-from", "dogovor", "group"),
    *("closed", "date-from", "date-to", "id"),
}
"""Paths and parameters of the calculator's description."""


@pytest.fixture(scope="module")
def spec() -> ClosedSpec:
    return closed("russian-post")


@pytest.fixture(scope="module")
def schemas(shared: Path) -> dict[str, Any]:
    folder = shared / "specs" / "russian-post-tracking"
    main = {"Tracking": "rtm34.6.xsd", "BatchTracking": "fc.1.xsd"}
    return {name: etree.XMLSchema(etree.parse(str(folder / file))) for name, file in main.items()}


def _zip() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("PVZ22_ноября_2026.txt", '{"passportElements": []}')
    return target.getvalue()


def _soap(body: str) -> httpx.Response:
    text = f'<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>{body}</S:Body></S:Envelope>'
    return httpx.Response(200, text=text)


ANSWERS: dict[str, Any] = {
    "/1.0/settings/limit": {"allowed-count": 1, "current-count": 0},
    "/1.0/tariff": {"total-rate": 1, "total-vat": 0},
    "/1.0/backlog/2319421774": {"id": 1},
    "/1.0/shipment/2319421774": {"id": 1},
    "/1.0/batch/24": {"batch-name": "24"},
    "/postoffice/1.0/410012": {"postal-code": "410012"},
}
OBJECTS = {"/1.0/settings", "/1.0/counterpart/balance", "/postoffice/1.0/by-address", "/2.0/user/backlog"}


def _answer(request: httpx.Request) -> httpx.Response:
    path = request.url.path
    if path == "/fc":
        return _soap("<r><value>ticket</value></r>")
    if path == "/rtm34":
        return _soap("<r/>")
    if path.startswith("/v2/calculate"):
        return httpx.Response(200, json={})
    if path.startswith("/v2/dictionary"):
        return httpx.Response(200, json=[])
    if path == "/1.0/unloading-passport/zip" or path.endswith("/zip-all"):
        return httpx.Response(200, content=_zip())
    if path.startswith("/1.0/forms/"):
        return httpx.Response(200, content=b"%PDF-1.4")
    if path in ANSWERS and not (path.startswith("/1.0/backlog/") and request.method == "PUT"):
        return httpx.Response(200, json=ANSWERS[path])
    changes = request.method != "GET" and path not in {"/1.0/unreliable-recipient", "/1.0/archive"}
    listed = path.startswith(("/1.0/clean/", "/1.0/archive/", "/1.0/returns"))
    return httpx.Response(200, json={} if path in OBJECTS or (changes and not listed) else [])


def _clients(http: httpx.AsyncClient) -> dict[str, Any]:
    return {
        "Otpravka": post.Otpravka(http, post.OtpravkaAuth("token", "login", "secret"), HOST),
        "Calculator": post.Calculator(http, HOST),
        "Tracking": post.Tracking(http, "login", "secret", f"{HOST}/rtm34"),
        "BatchTracking": post.BatchTracking(http, "login", "secret", f"{HOST}/fc"),
    }


async def _requests(key: tuple[str, str]) -> list[httpx.Request]:
    """What one method's calls send."""
    sent: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return _answer(request)

    calls: list[Callable[[Any], Awaitable[object]]] = CALLS[key]
    async with httpx.AsyncClient(transport=httpx.MockTransport(handler)) as http:
        client = _clients(http)[key[0]]
        for call in calls:
            with suppress(post.NoOutcome):  # only what was sent is looked at here
                await call(client)
    return sent


def _body_of(request: httpx.Request, version: str) -> Any:
    root = etree.fromstring(request.content)
    assert etree.QName(root).namespace == version
    header, body = root
    assert etree.QName(header).localname == "Header"
    [element] = body
    return element


def _violations(key: tuple[str, str], request: httpx.Request, spec: ClosedSpec) -> list[str]:
    if key[0] == "Otpravka":
        return spec.request_violations(request)
    if key[0] == "Calculator":
        unknown = set(request.url.params) - CALCULATOR_PARAMETERS
        wrong = [] if request.url.path in CALCULATOR_PATHS else [f"unknown path {request.url.path}"]
        return [*wrong, *(f"unknown parameter {name}" for name in unknown)]
    return []  # SOAP: by the XSD, below


async def test_soap_requests_keep_the_schema(schemas: dict[str, Any]) -> None:
    for key in (key for key in CALLS if key[0] in VERSIONS):
        for request in await _requests(key):
            schema = schemas[key[0]]
            schema.validate(_body_of(request, VERSIONS[key[0]]))
            assert [str(error) for error in schema.error_log] == []


def test_every_public_method_is_called() -> None:
    public = {
        (client.__name__, name)
        for client in (post.Otpravka, post.Calculator, post.Tracking, post.BatchTracking)
        for name, _ in inspect.getmembers(client, inspect.isfunction)
        if not name.startswith("_")
    }
    assert set(CALLS) == public


@pytest.mark.parametrize("key", sorted(CALLS), ids=".".join)
async def test_requests_are_what_the_post_documents(key: tuple[str, str], spec: ClosedSpec) -> None:
    requests = await _requests(key)
    assert len(requests) == len(CALLS[key])
    for request in requests:
        assert _violations(key, request, spec) == []
        assert ("safe" in request.extensions) is (key[1] not in UNSAFE)
        authorised = "Authorization" in request.headers
        assert authorised is (key[0] == "Otpravka")
        assert ("X-User-Authorization" in request.headers) is authorised


async def test_the_count_and_the_exceptions(spec: ClosedSpec, capsys: pytest.CaptureFixture[str]) -> None:
    count, operations = dict.fromkeys(("Otpravka", "Calculator", "Tracking", "BatchTracking"), 0), set()
    for key in CALLS:
        for request in await _requests(key):
            assert _violations(key, request, spec) == []
            count[key[0]] += 1
            if key[0] == "Otpravka":
                operations.add(spec.match(request.method, request.url.path))
    assert None not in operations
    with capsys.disabled():
        print(
            f"\nRussian Post: {sum(count.values())} requests of {len(CALLS)} methods validated ({count}), "
            f"{len(operations)} operations of Otpravka, 0 violations; exceptions: {EXCEPTIONS}"
        )


async def test_the_validator_does_refuse(spec: ClosedSpec) -> None:
    [request] = await _requests(("Otpravka", "tariff"))
    body = json.loads(request.content) | {"index-form": "109012"}
    wrong = httpx.Request(request.method, request.url, json=body)
    assert spec.request_violations(wrong) != []


async def test_the_schema_does_refuse(schemas: dict[str, Any]) -> None:
    request, *_ = await _requests(("Tracking", "operation_history"))
    element = _body_of(request, "http://www.w3.org/2003/05/soap-envelope")
    element[0][0].tag = "login"  # without its namespace
    assert not schemas["Tracking"].validate(element)


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

    for key in CALLS:
        for request in await _requests(key):
            sent.update(request.url.params)
            if request.content and key[0] == "Otpravka":
                walk(json.loads(request.content))
    for struct in [*_structs(), post.CalculatorQuery]:
        fields: tuple[str, ...] = struct.__struct_encode_fields__  # type: ignore[attr-defined]
        assert set(fields) <= sent, struct.__name__


async def test_what_an_order_must_say() -> None:
    [request] = await _requests(("Otpravka", "backlog_create"))
    full, least = json.loads(request.content)
    assert (full["order-num"], full["mass"], full["index-to"]) == ("OZ-0001-1", 1000, 410012)
    assert full["tel-address"] == 79990000001
    assert (full["insr-value"], full["payment"]) == (150000, 150000)
    assert full["dimension"] == {"length": 30, "width": 20, "height": 10}
    assert full["ecom-data"]["delivery-point-index"] == "990001"
    assert full["customs-declaration"]["customs-entries"][0]["tnved-code"] == "6911100000"
    assert least["fragile"] is False
    assert least["tariff-count"] == 1
    assert "index-to" not in least
    assert request.headers["content-type"] == "application/json;charset=UTF-8"


async def test_what_is_looked_up_and_where() -> None:
    [search] = await _requests(("Otpravka", "backlog_search"))
    assert search.url.params["query"] == "OZ 0001/1&x=ю"
    _, dated = await _requests(("Otpravka", "batch_create"))
    assert dict(dated.url.params) == {
        "sending-date": "2026-11-25",
        "timezone-offset": "10800",
        "use-online-balance": "false",
    }
    _, checkin = await _requests(("Otpravka", "batch_checkin"))
    assert (checkin.method, checkin.url.query) == ("POST", b"useOnlineBalance=true")
    asked, _ = await _requests(("Calculator", "tariff"))
    assert asked.url.query.startswith(b"json&object=23030&")
    assert asked.url.params["service"] == "2,21"
    assert asked.url.params["date"] == "20261125"
    assert asked.url.params["errorcode"] == "1"


async def test_soap_says_what_is_asked() -> None:
    first, second = await _requests(("Tracking", "operation_history"))
    assert first.headers["content-type"] == "application/soap+xml;charset=UTF-8"
    for request, values in ((first, ["80092578900475", "0", "RUS"]), (second, ["EE123456785KR", "1", "ENG"])):
        element = _body_of(request, "http://www.w3.org/2003/05/soap-envelope")
        assert [child.text for child in element[0]] == values
        assert [child.text for child in element[1]] == ["login", "secret"]
        assert element[1].get("{http://schemas.xmlsoap.org/soap/envelope/}mustUnderstand") == "1"
    ticket, _ = await _requests(("BatchTracking", "ticket"))
    assert ticket.headers["content-type"] == "text/xml;charset=UTF-8"
    element = _body_of(ticket, "http://schemas.xmlsoap.org/soap/envelope/")
    assert [item.get("Barcode") for item in element[0]] == ["80092578900475", "EE123456785KR"]


@pytest.mark.parametrize("value", ["", ".", ".."])
async def test_what_is_no_name(value: str) -> None:
    async with httpx.AsyncClient(transport=httpx.MockTransport(_answer)) as http:
        with pytest.raises(ValueError, match="not an id"):
            await _clients(http)["Otpravka"].batch_checkin(value)


@pytest.mark.parametrize("value", ["../batch", "a/b", "?x=1", "a%2Fb"])
async def test_a_name_stays_one_step_of_the_path(value: str) -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"batch-name": "24"})

    async with httpx.AsyncClient(transport=httpx.MockTransport(handler)) as http:
        await _clients(http)["Otpravka"].batch_get(value)
    path = seen[0].url.raw_path.decode()
    assert path.startswith("/1.0/batch/")
    assert path.count("/") == 3
    assert "?" not in path
