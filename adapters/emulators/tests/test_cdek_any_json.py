"""Whatever JSON stands anywhere in a body, CDEK answers with an order or with an error of its own."""

import json
from typing import Any

import msgspec
import pytest
from adapters.emulators.tests.cdek_world import DAY, ROUTE, order_body
from adapters.emulators.tests.mutation import mutated
from hypothesis import given, settings
from hypothesis import strategies as st
from vendor_emulators.cdek import CdekEmulator
from vendor_emulators.clock import ManualClock
from vendor_emulators.wire import Request, Response

PARTIES = {
    "sender": {"company": "Shop", "name": "Shop", "phones": [{"number": "+70000000000"}]},
    "seller": {"name": "Shop"},
    "services": [{"code": "INSURANCE", "parameter": "100"}],
    "comment": "",
    "delivery_recipient_cost": {"value": 1},
}
TO_DOOR = {
    "tariff_code": 139,
    "shipment_point": None,
    "delivery_point": None,
    "from_location": {"code": 44, "address": "x"},
    "to_location": {"postal_code": "630000", "city": "Новосибирск", "country_code": "RU", "address": "y"},
}


class Called:
    """An emulator that is called without a socket; what it breaks on is raised here."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self.clock = ManualClock()
        self.emulator = CdekEmulator(clock=self.clock)
        form = "grant_type=client_credentials&client_id=demo-account&client_secret=demo-secret"
        token = self.send("POST", "/v2/oauth/token", form.encode())
        self.headers["authorization"] = f"Bearer {json.loads(token.body)['access_token']}"

    def send(self, method: str, path: str, body: bytes = b"") -> Response:
        path, _, query = path.partition("?")
        return self.emulator.execute(Request(method, path, query, self.headers, body))

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and answer; asserts that every refusal has one of CDEK's error forms."""
        response = self.send(method, path, b"" if body is None else json.dumps(body).encode())
        answer = json.loads(response.body)
        if response.status >= 400:
            assert response.status in (400, 404), response.status
            errors = answer["errors"] if "errors" in answer else answer["requests"][0]["errors"]
            assert errors
            assert all(error["code"] and isinstance(error["message"], str) for error in errors)
        return response.status, answer

    def later(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.emulator.tick()
        msgspec.json.encode(self.emulator.state())


@settings(max_examples=300, deadline=None)
@given(body=st.sampled_from([order_body("A-1", **PARTIES), order_body("A-1", **TO_DOOR)]).flatmap(mutated))
def test_order(body: Any) -> None:
    cdek = Called()
    status, answer = cdek.call("POST", "/v2/orders", body)
    if status != 202:
        return
    uuid = answer["entity"]["uuid"]
    cdek.call("GET", f"/v2/orders/{uuid}")
    cdek.later(61)
    _, shown = cdek.call("GET", f"/v2/orders/{uuid}")
    _, form = cdek.call("POST", "/v2/print/barcodes", {"orders": [{"order_uuid": uuid}], "format": "A6"})
    cdek.emulator.journey.drop_off([uuid])
    cdek.later(2)
    if "cdek_number" in shown["entity"]:
        path = f"/v2/print/barcodes/{form['entity']['uuid']}.pdf"
        assert cdek.send("GET", path).body.startswith(b"%PDF")
    cdek.later(4 * DAY)
    _, shown = cdek.call("GET", f"/v2/orders/{uuid}")
    assert shown["requests"][0]["state"] in ("SUCCESSFUL", "INVALID")


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_change(data: st.DataObject) -> None:
    cdek = Called()
    uuid = cdek.call("POST", "/v2/orders", order_body("A-1"))[1]["entity"]["uuid"]
    cdek.later(61)
    package = {**order_body("A-1")["packages"][0], "package_id": "p-1"}
    change = {**order_body("A-1", **TO_DOOR), "uuid": uuid, "packages": [package]}
    cdek.call("PATCH", "/v2/orders", data.draw(mutated(change)))
    cdek.later(5)
    cdek.emulator.journey.drop_off([uuid])
    cdek.later(4 * DAY)
    _, shown = cdek.call("GET", f"/v2/orders/{uuid}")
    assert "ACCEPTED" not in {asked["state"] for asked in shown["requests"]}
    cdek.call("POST", f"/v2/orders/{uuid}/clientReturn", data.draw(mutated({"tariff_code": 136})))


@settings(max_examples=200, deadline=None)
@given(data=st.data(), method=st.sampled_from(["tariff", "tarifflist", "tariffAndService"]))
def test_calculator(data: st.DataObject, method: str) -> None:
    insured = {**ROUTE, "tariff_code": 136, "services": [{"code": "INSURANCE", "parameter": "100"}]}
    Called().call("POST", f"/v2/calculator/{method}", data.draw(mutated(insured)))


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_prints_intakes_and_webhooks(data: st.DataObject) -> None:
    cdek = Called()
    uuid = cdek.call("POST", "/v2/orders", order_body("A-1"))[1]["entity"]["uuid"]
    cdek.later(61)
    wanted = {"orders": [{"order_uuid": uuid}], "format": "A6", "lang": "RUS", "copy_count": 1}
    times = {"intake_date": "2026-11-25", "intake_time_from": "10:00", "intake_time_to": "18:00"}
    for path, body in (
        ("print/barcodes", wanted),
        ("print/orders", wanted),
        ("intakes", {"order_uuid": uuid, **times, "from_location": {"code": 44}}),
    ):
        status, answer = cdek.call("POST", f"/v2/{path}", data.draw(mutated(body)))
        cdek.later(5)
        if status == 202:
            cdek.call("GET", f"/v2/{path}/{answer['entity']['uuid']}")
            if path.startswith("print"):
                cdek.send("GET", f"/v2/{path}/{answer['entity']['uuid']}.pdf")
    cdek.call("POST", "/v2/webhooks", data.draw(mutated({"url": "http://127.0.0.1:9/", "type": "RECEIPT"})))
    cdek.call("GET", "/v2/webhooks")


@pytest.mark.parametrize("path", ["location/cities", "location/regions", "deliverypoints", "orders"])
@pytest.mark.parametrize("value", ["²", "9" * 5000, "-1", "", "nan", "1e400", "%00", "%D9%A3"])
def test_queries(path: str, value: str) -> None:
    cdek = Called()
    for key in ("size", "page", "code", "city_code", "postal_code", "weight_max", "im_number", "region_code"):
        cdek.call("GET", f"/v2/{path}?{key}={value}")


@pytest.mark.parametrize("body", [b"", b"{", b'{"a": "\xff"}', b"[" * 100_000, b'{"a":' * 100_000, b"NaN"])
def test_what_is_no_json(body: bytes) -> None:
    cdek = Called()
    for path in ("orders", "calculator/tariff", "print/barcodes", "webhooks", "intakes"):
        response = cdek.send("POST", f"/v2/{path}", body)
        assert (response.status, json.loads(response.body)["errors"][0]["code"]) == (400, "v2_bad_request")


def test_wrong_types_are_told_by_their_place() -> None:
    body = order_body("A-1")
    body["packages"][0]["items"] = [{**body["packages"][0]["items"][0], "amount": {}}]
    body["recipient"]["phones"] = "+7"
    status, answer = Called().call("POST", "/v2/orders", body)
    (request,) = answer["requests"]
    assert (status, request["state"], request["type"]) == (400, "INVALID", "CREATE")
    assert {error["message"].removeprefix("Invalid value type of ") for error in request["errors"]} == {
        "recipient.phones",
        "packages[0].items[0].amount",
    }
