"""The CDEK emulator against what CDEK published and what its educational circuit was recorded to answer."""

import json
from typing import Any

from adapters.emulators.tests.answers import recorded
from adapters.emulators.tests.cdek_world import DAY, ROUTE, Cdek, order_body, served
from tests.conformance.closed_spec import ClosedSpec
from tests.conformance.compact import closed

# Recorded answers and what our answer of the same method may lack or add, each with its reason.
FIXTURES = {
    "tariff_136": ("POST", "/v2/calculator/tariff", 200),
    "order_create_shop_pvz_to_pvz": ("POST", "/v2/orders", 202),
    "order_get_created": ("GET", "/v2/orders/{uuid}", 200),
    "order_delete_accepted": ("DELETE", "/v2/orders/{uuid}", 202),
    "barcode_get_ready": ("GET", "/v2/print/barcodes/{uuid}", 200),
    "waybill_create_accepted": ("POST", "/v2/print/barcodes", 202),
    "deliverypoints_msk65": ("GET", "/v2/deliverypoints", 200),
    "cities_same_name_two_countries": ("GET", "/v2/location/cities", 200),
    "regions": ("GET", "/v2/location/regions", 200),
    "webhook_get": ("GET", "/v2/webhooks/{uuid}", 200),
    "webhooks_list": ("GET", "/v2/webhooks", 200),
    "intake_delete_accepted": ("DELETE", "/v2/intakes/{uuid}", 202),
}
ALLOWED = {
    # The shop of the test gave no sender; the recorded one has the contract's.
    "order_get_created": {"$.entity.seller: missing", "$.entity.sender: missing"},
}


def tour(cdek: Cdek) -> None:
    """Calls every method at least once, successfully."""
    for method in ("tarifflist", "tariffAndService"):
        cdek.call("POST", f"/v2/calculator/{method}", ROUTE)
    insured = {"tariff_code": 136, "services": [{"code": "INSURANCE", "parameter": "100"}]}
    cdek.call("POST", "/v2/calculator/tariff", {**ROUTE, **insured})
    cdek.call("GET", "/v2/calculator/alltariffs")
    cdek.call("GET", "/v2/location/cities?country_codes=RU&size=5&page=0")
    cdek.call("GET", "/v2/location/regions?country_codes=RU")
    cdek.call("GET", "/v2/location/suggest/cities?name=Мос")
    cdek.call("GET", "/v2/deliverypoints?code=MSK66")
    cdek.call("GET", "/v2/deliverypoints?code=MSK65")
    parties = {
        "sender": {"company": "Shop", "name": "Shop", "phones": [{"number": "+70000000000"}]},
        "seller": {"name": "Shop"},
    }
    package = {**order_body("A")["packages"][0], "comment": "papers"}
    order = cdek.settled("A-1", packages=[package], **parties)["entity"]
    number = f"cdek_number={order['cdek_number']}"
    for path in (f"orders?{number}", "orders?im_number=A-1", f"passport?{number}&client=RECEIVER"):
        cdek.call("GET", f"/v2/{path}")
    wanted = {"orders": [{"order_uuid": order["uuid"]}], "format": "A6", "lang": "RUS", "copy_count": 1}
    waybill = {"orders": wanted["orders"], "type": "tpl_russia"}
    for kind, body in (("barcodes", wanted), ("orders", waybill)):
        form = cdek.call("POST", f"/v2/print/{kind}", body, status=202)["entity"]["uuid"]
        cdek.clock.advance(2)
        cdek.call("GET", f"/v2/print/{kind}/{form}")
        assert cdek.http.get(f"/v2/print/{kind}/{form}.pdf").content.startswith(b"%PDF")
    hook = {"url": "http://127.0.0.1:9/x", "type": "RECEIPT"}
    subscription = cdek.call("POST", "/v2/webhooks", hook)["entity"]["uuid"]
    cdek.call("GET", "/v2/webhooks")
    cdek.call("GET", f"/v2/webhooks/{subscription}")
    cdek.call("DELETE", f"/v2/webhooks/{subscription}")
    times = {"intake_date": "2026-11-25", "intake_time_from": "10:00", "intake_time_to": "18:00"}
    intake = cdek.call("POST", "/v2/intakes", {"order_uuid": order["uuid"], **times}, status=202)
    cdek.clock.advance(5)
    cdek.call("GET", f"/v2/intakes/{intake['entity']['uuid']}")
    cdek.call("DELETE", f"/v2/intakes/{intake['entity']['uuid']}", status=202)
    change = {"uuid": order["uuid"], "type": 1, "recipient": order_body("A")["recipient"]}
    cdek.call("PATCH", "/v2/orders", change, status=202)
    gone = cdek.settled("A-2")["entity"]["uuid"]
    cdek.call("DELETE", f"/v2/orders/{gone}", status=202)
    back = cdek.settled("A-3")["entity"]
    cdek.control("dropoff", {"cdek_numbers": [order["cdek_number"], back["cdek_number"]]})
    cdek.clock.advance(7200)
    cdek.call("POST", f"/v2/orders/{back['uuid']}/refusal", status=202)
    cdek.clock.advance(4 * DAY)
    cdek.call("POST", f"/v2/orders/{order['uuid']}/clientReturn", {"tariff_code": 136}, status=202)


def test_every_accepted_request_is_in_the_closed_specification() -> None:
    spec = closed("cdek")
    with served() as cdek:
        tour(cdek)
        log = cdek.call("GET", "/_emulator/log")["requests"]
    found, seen = [], set()
    for entry in log:
        # The token's form body is documented as query parameters.
        if entry["path"] == "/v2/oauth/token" or entry["status"] >= 300:
            continue
        seen.add(spec.match(entry["method"], entry["path"]))
        body = entry["body"].encode() or None
        found += [
            f"{entry['method']} {entry['path']}: {violation}"
            for violation in spec.violations(
                entry["method"], entry["path"], entry["query"], entry["headers"], body, "application/json"
            )
        ]
    assert sorted(set(found)) == []
    assert len(seen) >= 28


def test_answers_have_the_shape_that_was_recorded() -> None:
    spec = closed("cdek")
    with served() as cdek:
        tour(cdek)
        log = cdek.call("GET", "/_emulator/log")["requests"]
    departures: dict[str, list[str]] = {}
    for name, (method, path, status) in FIXTURES.items():
        answer = _first(spec, log, (method, path), status)
        lines = set(recorded("cdek", name).differences(answer))
        departures[name] = sorted(lines - ALLOWED.get(name, set()))
    assert {name: lines for name, lines in departures.items() if lines} == {}


def test_an_event_has_the_shape_of_the_documentation() -> None:
    from vendor_emulators.cdek import CdekEmulator
    from vendor_emulators.clock import ManualClock

    emulator = CdekEmulator(clock=ManualClock())
    sent: list[Any] = []
    emulator.outbox.send = lambda url, value, on_result=None: sent.append(value)  # type: ignore[method-assign]
    emulator.webhooks.create({"url": "http://127.0.0.1:9/x", "type": "ORDER_STATUS"})
    emulator.orders.create(order_body("A-1"), seconds=1)
    assert isinstance(emulator.clock, ManualClock)
    emulator.clock.advance(2)
    emulator.tick()
    emulator.journey.drop_off(["A-1"])
    emulator.clock.advance(7200)
    emulator.tick()
    assert [event["attributes"]["code"] for event in sent] == ["CREATED", "RECEIVED_AT_SHIPMENT_WAREHOUSE"]
    assert recorded("cdek", "event_order_status").differences(sent[1]) == []


def _first(spec: ClosedSpec, log: list[dict[str, Any]], operation: tuple[str, str], status: int) -> Any:
    """The first such answer of this operation."""
    matches = [
        entry
        for entry in log
        if spec.match(entry["method"], entry["path"]) == operation
        and entry["status"] == status
        and entry["content_type"] == "application/json"
    ]
    return json.loads(matches[0]["answer"])
