"""Whatever JSON stands anywhere in a body, Ozon answers or refuses with its envelope; so does the courier."""

import json
from typing import Any

import msgspec
import pytest
from adapters.emulators.tests.mutation import mutated
from adapters.emulators.tests.ozon_world import PRODUCT
from adapters.emulators.tests.test_courier import BOOKING
from hypothesis import given, settings
from hypothesis import strategies as st
from vendor_emulators.clock import ManualClock
from vendor_emulators.courier import CourierEmulator
from vendor_emulators.ozon import OzonEmulator
from vendor_emulators.ozon.model import PostingSpec
from vendor_emulators.wire import Request, Response

HEADERS = {"client-id": "100001", "api-key": "demo-api-key"}
FLOWS = ("ozon", "ozon", "non_integrated", "3pl_tracking", "aggregator")
NUMBERS = [f"1000000{i}-0001-1" for i in range(len(FLOWS))]
NEW = "20000000-0001-1"
PERIOD = {"since": "2026-11-01T00:00:00Z", "to": "2026-12-01T00:00:00Z"}
CHANGED = {"from": "2026-11-01T00:00:00Z", "to": "2026-12-01T00:00:00Z"}
WITH = {"analytics_data": True, "barcodes": True, "financial_data": True, "legal_info": True}
LIST = {"limit": 2, "cursor": "", "translit": False, "with": WITH, "sort_dir": "ASC"}
FILTER = {"last_changed_status_date": CHANGED, "delivery_method_ids": [], "warehouse_ids": []}
REASON = {"cancel_reason_id": 352, "cancel_reason_message": "Нет"}
LINE = {"product_id": PRODUCT["sku"], "quantity": PRODUCT["quantity"]}
DATES = {"date_from": "2026-11-01", "date_to": "2026-12-01"}
METHOD = {"delivery_method_id": 20605650762000, "departure_date": "2026-11-23T12:00:00Z"}
STOCK = {"offer_id": "SC-1", "product_id": 0, "stock": 3, "warehouse_id": 20605650762000}
UNIT = {"exemplar_id": 5_819_327_210_001, "gtd": "1", "is_gtd_absent": True, "weight": 0.3}
MARK = {"mark": "490154203237518", "mark_type": "imei"}
UNITS = {"product_id": PRODUCT["sku"], "exemplars": [{**UNIT, "rnpt": "1", "marks": [MARK]}]}
BODIES: list[tuple[str, dict[str, Any]]] = [
    ("/v1/roles", {}),
    ("/v2/warehouse/list", {"limit": 10}),
    ("/v2/delivery-method/list", {"limit": 10, "filter": {"status": ["ACTIVE"]}}),
    ("/v2/products/stocks", {"stocks": [STOCK]}),
    ("/v4/posting/fbs/list", {**LIST, "filter": {**PERIOD, **FILTER, "order_numbers": ["1"]}}),
    (
        "/v4/posting/fbs/unfulfilled/list",
        {**LIST, "filter": {**FILTER, "cutoff_from": PERIOD["since"], "cutoff_to": PERIOD["to"]}},
    ),
    ("/v4/posting/fbs/unfulfilled/list", {**LIST, "filter": {"statuses": ["awaiting_packaging"]}}),
    ("/v3/posting/fbs/get", {"posting_number": NUMBERS[0], "with": WITH}),
    ("/v2/posting/fbs/get-by-barcode", {"barcode": "1"}),
    ("/v4/posting/fbs/ship", {"posting_number": NEW, "packages": [{"products": [LINE]}], "with": WITH}),
    ("/v6/fbs/posting/product/exemplar/create-or-get", {"posting_number": NUMBERS[3]}),
    ("/v5/fbs/posting/product/exemplar/validate", {"posting_number": NUMBERS[3], "products": [UNITS]}),
    (
        "/v6/fbs/posting/product/exemplar/set",
        {"posting_number": NUMBERS[3], "products": [UNITS], "multi_box_qty": 1},
    ),
    ("/v5/fbs/posting/product/exemplar/status", {"posting_number": NUMBERS[3]}),
    ("/v1/fbs/posting/product/exemplar/update", {"posting_number": NUMBERS[3]}),
    ("/v2/posting/fbs/product/country/list", {"name_search": "нор"}),
    (
        "/v2/posting/fbs/product/country/set",
        {"posting_number": NUMBERS[3], "product_id": PRODUCT["sku"] + 7, "country_iso_code": "NO"},
    ),
    (
        "/v2/product/info/stocks-by-warehouse/fbs",
        {"limit": 10, "cursor": "", "sku": ["1"], "offer_id": ["A"]},
    ),
    ("/v3/posting/fbs/package-label/create", {"posting_numbers": NUMBERS[:2]}),
    ("/v2/posting/fbs/package-label/get", {"task_id": 1}),
    ("/v1/posting/fbs/cancel-reason", {"related_posting_numbers": NUMBERS}),
    ("/v2/posting/fbs/cancel", {"posting_number": NUMBERS[2], **REASON}),
    (
        "/v2/posting/fbs/product/cancel",
        {"posting_number": NEW, **REASON, "items": [{"sku": PRODUCT["sku"], "quantity": 1}]},
    ),
    ("/v2/posting/fbs/arbitration", {"posting_number": NUMBERS[:1]}),
    ("/v2/posting/fbs/awaiting-delivery", {"posting_number": NUMBERS[:1]}),
    (
        "/v2/fbs/posting/tracking-number/set",
        {"tracking_numbers": [{"posting_number": NUMBERS[2], "tracking_number": "T"}]},
    ),
    ("/v2/fbs/posting/delivering", {"posting_number": NUMBERS[2:3]}),
    ("/v2/fbs/posting/last-mile", {"posting_number": NUMBERS[2:3]}),
    ("/v2/fbs/posting/delivered", {"posting_number": NUMBERS[2:3]}),
    ("/v2/carriage/delivery/list", {"limit": 10, "cursor": ""}),
    ("/v1/carriage/create", METHOD),
    ("/v1/carriage/approve", {"carriage_id": 1, "containers_count": 1}),
    ("/v1/carriage/get", {"carriage_id": 1}),
    ("/v1/carriage/cancel", {"carriage_id": 1}),
    ("/v1/carriage/set-postings", {"carriage_id": 1, "posting_numbers": NUMBERS[:2]}),
    ("/v2/posting/fbs/act/check-status", {"id": 1}),
    ("/v2/posting/fbs/act/get-postings", {"id": 1}),
    ("/v2/posting/fbs/act/get-pdf", {"id": 1, "doc_type": "act_of_acceptance"}),
    ("/v2/posting/fbs/act/list", {"filter": DATES, "limit": 50}),
]


class Called:
    """An Ozon that is called without a socket; what it breaks on is raised here."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.emulator = OzonEmulator(clock=self.clock)
        self.emulator.gate.pace = "off"
        shop = self.emulator.shops["100001"]
        for flow, number in zip((*FLOWS, "ozon"), (*NUMBERS, NEW), strict=True):
            spec = {"integration_type_flow": flow, "products": [PRODUCT], "posting_number": number}
            posting = shop.create(msgspec.convert(spec, PostingSpec), self.emulator.now())
            self.emulator.flows.created(shop, posting)
            if number != NEW:
                ship = {"posting_number": number, "packages": [{"products": [LINE]}]}
                assert self.call("/v4/posting/fbs/ship", ship)[0] == 200
        self.later(200)
        # The ids that carriage and task have here, in place of the templates' 1.
        self.ids = {
            "carriage_id": self.call("/v1/carriage/create", METHOD)[1]["carriage_id"],
            "task_id": self.call("/v3/posting/fbs/package-label/create", {"posting_numbers": NUMBERS[:2]})[1][
                "tasks"
            ][0]["task_id"],
        }
        self.ids["id"] = self.ids["carriage_id"]

    def call(self, path: str, body: Any) -> tuple[int, Any]:
        """Status and answer; asserts that a refusal is Ozon's envelope."""
        response = self.send(path, json.dumps(body).encode())
        if response.content_type != "application/json":
            assert response.status == 200
            return 200, None
        answer = json.loads(response.body)
        if response.status != 200:
            assert response.status in (400, 404, 409), response.status
            assert isinstance(answer["code"], int)
            assert answer["message"]
        return response.status, answer

    def send(self, path: str, body: bytes) -> Response:
        return self.emulator.execute(Request("POST", path, headers=HEADERS, body=body))

    def later(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.emulator.tick()
        msgspec.json.encode(self.emulator.state())


@settings(max_examples=400, deadline=None)
@given(data=st.data(), method=st.sampled_from(BODIES))
def test_ozon(data: st.DataObject, method: tuple[str, dict[str, Any]]) -> None:
    ozon = Called()
    path, body = method
    body = {key: ozon.ids.get(key, value) for key, value in body.items()}
    ozon.call(path, data.draw(mutated(body)))
    for seconds in (5, 86_400, 4 * 86_400):
        ozon.later(seconds)
    ozon.call("/v4/posting/fbs/list", {"limit": 100, "filter": PERIOD, "with": WITH})
    for number in NUMBERS:
        ozon.call("/v3/posting/fbs/get", {"posting_number": number, "with": WITH})


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_ozons_cursors(data: st.DataObject) -> None:
    """A cursor is opaque text, and whatever is sent in its place is refused as one."""
    import base64

    ozon = Called()
    for path, filters in (("/v4/posting/fbs/list", PERIOD), ("/v4/posting/fbs/unfulfilled/list", FILTER)):
        body = {**LIST, "filter": filters}
        _, page = ozon.call(path, body)
        fields = json.loads(base64.b64decode(page["cursor"]))
        spoilt = json.dumps(data.draw(mutated(fields))).encode()
        ozon.call(path, {**body, "cursor": base64.b64encode(spoilt).decode()})
        ozon.call(path, {**body, "cursor": data.draw(st.text(max_size=8))})


@pytest.mark.parametrize("body", [b"{", b'{"a": "\xff"}', b"[" * 100_000, b'{"a":' * 100_000, b"NaN", b"[]"])
def test_what_is_no_json(body: bytes) -> None:
    ozon = Called()
    for path, _ in BODIES[1:]:
        response = ozon.send(path, body)
        assert (response.status, json.loads(response.body)["code"]) == (400, 3)


@settings(max_examples=300, deadline=None)
@given(booking=mutated({**BOOKING, "parcel": {**BOOKING["parcel"]}}))
def test_courier(booking: Any) -> None:
    clock = ManualClock()
    courier = CourierEmulator(clock=clock)

    def send(method: str, path: str, body: bytes = b"") -> Response:
        return courier.execute(Request(method, path, headers={"x-key": "demo-key"}, body=body))

    response = send("POST", "/shipments", json.dumps(booking).encode())
    answer = json.loads(response.body)
    if response.status != 201:
        assert (response.status, bool(answer["error"]["message"])) == (422, True)
        return
    number = answer["number"]
    assert send("GET", f"/shipments/{number}/label").body.startswith(b"%PDF")
    for path in ("", f"/{number}", f"/{number}/events"):
        assert send("GET", f"/shipments{path}").status == 200
    msgspec.json.encode(courier.state())


@pytest.mark.parametrize("body", [b"", b"[" * 100_000, b'{"a":' * 100_000, b"NaN", b"[]", b"\xff"])
def test_what_is_no_json_for_the_courier(body: bytes) -> None:
    courier = CourierEmulator(clock=ManualClock())
    response = courier.execute(Request("POST", "/shipments", headers={"x-key": "demo-key"}, body=body))
    assert (response.status, json.loads(response.body)["error"]["code"]) == (422, "invalid")


@pytest.mark.parametrize("value", ["²", "9" * 5000, "-1", "", "nan", "1e400", "%00", "%D9%A3"])
def test_the_couriers_queries(value: str) -> None:
    courier = CourierEmulator(clock=ManualClock())
    fine = {"to_country": "RU", "to_postal_code": "190000", "weight_g": "1", "length_mm": "1"}
    for key in fine:
        query = "&".join(
            f"{k}={v}" for k, v in {**fine, "width_mm": "1", "height_mm": "1", key: value}.items()
        )
        response = courier.execute(Request("GET", "/quotes", query, {"x-key": "demo-key"}))
        assert response.status in (200, 422)
