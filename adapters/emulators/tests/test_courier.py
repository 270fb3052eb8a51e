"""The sample courier over loopback, on a clock that the test moves."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pypdfium2  # type: ignore[import-untyped]
import pytest
import zxingcpp
from vendor_emulators.app import serve
from vendor_emulators.clock import ManualClock
from vendor_emulators.courier import CourierEmulator

SIZE = {"weight_g": 800, "length_mm": 200, "width_mm": 150, "height_mm": 100}
TO: dict[str, Any] = {"to_country": "RU", "to_postal_code": "190000", **SIZE}
BOOKING: dict[str, Any] = {
    "reference": "A-1",
    "service": "economy",
    "recipient": {
        "name": "Иван Примеров",
        "phone": "+79990000000",
        "country": "RU",
        "postal_code": "190000",
        "city": "Санкт-Петербург",
        "street": "Примерная ул., 1",
    },
    "parcel": SIZE,
    "description": "Ножницы",
}
HOUR = 3600


class Courier:
    """A served courier, its clock and a customer's client."""

    def __init__(self, clock: ManualClock, http: httpx.Client) -> None:
        self.clock = clock
        self.http = http

    def book(self, reference: str = "A-1", status: int = 201, **changes: Any) -> Any:
        reply = self.http.post("/shipments", json={**BOOKING, "reference": reference, **changes})
        assert reply.status_code == status, reply.text
        return reply.json()

    def get(self, path: str, status: int = 200) -> Any:
        reply = self.http.get(path)
        assert reply.status_code == status, reply.text
        return reply.json()

    def post(self, path: str, body: Any = None, status: int = 200) -> Any:
        reply = self.http.post(path, json=body)
        assert reply.status_code == status, reply.text
        return reply.json()

    def state(self, number: str) -> str:
        state: str = self.get(f"/shipments/{number}")["state"]
        return state


@pytest.fixture
def courier() -> Iterator[Courier]:
    clock = ManualClock()
    with (
        serve(CourierEmulator(clock=clock)) as running,
        httpx.Client(base_url=running.url, headers={"X-Key": "demo-key"}, trust_env=False, timeout=5) as http,
    ):
        yield Courier(clock, http)


@pytest.mark.parametrize("key", ["", "wrong"])
def test_key_is_asked_for_and_never_logged(courier: Courier, key: str) -> None:
    courier.get("/shipments")
    reply = courier.http.get("/shipments", headers={"X-Key": key})
    assert (reply.status_code, reply.json()["error"]["code"]) == (401, "unauthorized")
    log = courier.get("/_emulator/log")["requests"]
    assert [entry["status"] for entry in log] == [200, 401]
    assert not any("x-key" in entry["headers"] for entry in log)


@pytest.mark.parametrize(
    ("weight", "economy", "fast"),
    [
        (1, "260.00", "490.00"),
        (1000, "260.00", "490.00"),
        (1001, "280.00", "535.00"),
        (15000, "540.00", "1120.00"),
    ],
)
def test_quote(courier: Courier, weight: int, economy: str, fast: str) -> None:
    offers = courier.http.get("/quotes", params={**TO, "weight_g": weight}).json()["offers"]
    assert [(o["service"], o["price"], o["days_min"], o["days_max"]) for o in offers] == [
        ("economy", {"amount": economy, "currency": "RUB"}, 4, 7),
        ("fast", {"amount": fast, "currency": "RUB"}, 2, 3),
    ]


@pytest.mark.parametrize(
    ("country", "code", "count"),
    [("RU", "101000", 2), ("RU", "499999", 2), ("RU", "630000", 0), ("KZ", "101000", 0)],
)
def test_where_it_delivers(courier: Courier, country: str, code: str, count: int) -> None:
    reply = courier.http.get("/quotes", params={**TO, "to_country": country, "to_postal_code": code})
    assert len(reply.json()["offers"]) == count


@pytest.mark.parametrize(
    ("change", "code", "word"),
    [
        ({"weight_g": 15001}, "too_heavy", "15000"),
        ({"weight_g": 0}, "invalid", "weight_g"),
        ({"weight_g": "much"}, "invalid", "weight_g"),
        ({"to_country": "Russia"}, "invalid", "to_country"),
        ({"weigth": 1}, "invalid", "weigth"),
    ],
)
def test_quote_refused(courier: Courier, change: dict[str, Any], code: str, word: str) -> None:
    reply = courier.http.get("/quotes", params={**TO, **change})
    assert (reply.status_code, reply.json()["error"]["code"]) == (422, code)
    assert word in reply.json()["error"]["message"]


def test_book_costs_what_was_quoted(courier: Courier) -> None:
    quoted = {o["service"]: o["price"] for o in courier.http.get("/quotes", params=TO).json()["offers"]}
    for service, price in quoted.items():
        booked = courier.book(service, service=service)
        assert booked["price"] == price
        assert (booked["reference"], booked["state"]) == (service, "booked")
        assert courier.get(f"/shipments/{booked['number']}") == booked
        assert courier.get(f"/shipments?reference={service}") == {"shipments": [booked]}
    assert courier.get("/shipments?reference=other") == {"shipments": []}
    assert len(courier.get("/shipments")["shipments"]) == 2


def test_reference_is_used_once_for_good(courier: Courier) -> None:
    booked = courier.book()
    again = courier.book(status=409)
    assert (again["error"]["code"], again["shipment"]) == ("duplicate_reference", booked)
    courier.post(f"/shipments/{booked['number']}/cancel")
    assert courier.book(status=409)["shipment"] == {**booked, "state": "cancelled"}
    truth = courier.get("/_emulator/state")
    assert [s["posted"] for s in truth["shipments"]] == [3]
    assert (truth["counts"]["shipments_posted"], truth["counts"]["duplicates_refused"]) == (3, 2)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"service": "rocket"}, "invalid"),
        ({"recipient": {**BOOKING["recipient"], "phone": "call me"}}, "invalid"),
        ({"recipient": {**BOOKING["recipient"], "postal_code": "630000"}}, "not_served"),
        ({"parcel": {**SIZE, "weight_g": 15001}}, "too_heavy"),
        ({"parcel": {**SIZE, "height_mm": 0}}, "invalid"),
        ({"reference": ""}, "invalid"),
        ({"colour": "red"}, "invalid"),
    ],
)
def test_booking_refused_leaves_nothing(courier: Courier, change: dict[str, Any], code: str) -> None:
    reply = courier.http.post("/shipments", json={**BOOKING, **change})
    assert (reply.status_code, reply.json()["error"]["code"]) == (422, code)
    assert courier.get("/_emulator/state")["shipments"] == []


def test_no_json_is_invalid(courier: Courier) -> None:
    for body in (b"", b"{", b'{"reference": "\xff"}'):
        reply = courier.http.post("/shipments", content=body)
        assert (reply.status_code, reply.json()["error"]["code"]) == (422, "invalid")


def test_label_shows_its_number(courier: Courier) -> None:
    number = courier.book()["number"]
    reply = courier.http.get(f"/shipments/{number}/label")
    assert reply.headers["content-type"] == "application/pdf"
    document = pypdfium2.PdfDocument(reply.content)
    try:
        (page,) = document
        assert [round(points / 72 * 25.4) for points in page.get_size()] == [100, 150]
        image = page.render(scale=203 / 72, grayscale=True).to_pil()
        found = zxingcpp.read_barcodes(image)
        assert [(code.text, code.format) for code in found] == [(number, zxingcpp.BarcodeFormat.Code128)]
    finally:
        document.close()
    courier.post(f"/shipments/{number}/cancel")
    assert courier.get(f"/shipments/{number}/label", 409)["error"]["code"] == "cancelled"


def test_the_way_takes_about_two_days(courier: Courier) -> None:
    number = courier.book()["number"]
    courier.clock.advance(24 * HOUR)
    assert courier.state(number) == "booked"  # nothing moves by itself
    assert courier.get(f"/shipments/{number}/events")["charged"] is None
    assert courier.post("/_emulator/dropoff", {"numbers": [number]}) == {"accepted": [number], "refused": []}
    seen = [courier.state(number)]
    for _ in range(56):
        courier.clock.advance(HOUR)
        if (state := courier.state(number)) != seen[-1]:
            seen.append(state)
    assert seen == ["accepted", "in_transit", "out_for_delivery", "delivered"]
    answer = courier.get(f"/shipments/{number}/events")
    assert [event["code"] for event in answer["events"]] == ["booked", *seen]
    assert Decimal(answer["charged"]["amount"]) == 260
    times = [datetime.fromisoformat(event["time"]) for event in answer["events"]]
    assert times == sorted(times)
    assert timedelta(hours=41) <= times[-1] - times[1] <= timedelta(hours=55)
    assert answer["events"][-1]["place"] == "Санкт-Петербург"


def test_history_is_the_same_however_late_one_looks() -> None:
    histories = []
    for steps in (1, 60):
        clock = ManualClock(datetime.fromisoformat("2026-11-23T06:00:00Z"))
        with (
            serve(CourierEmulator(clock=clock, seed=5)) as running,
            httpx.Client(base_url=running.url, headers={"X-Key": "demo-key"}, trust_env=False) as http,
        ):
            one = Courier(clock, http)
            number = one.book()["number"]
            one.post("/_emulator/dropoff", {"numbers": [number]})
            for _ in range(steps):
                clock.advance(60 * HOUR / steps)
                history = one.get(f"/shipments/{number}/events")
            histories.append((number, history))
    assert histories[0] == histories[1]


def test_cancel_while_booked_is_free(courier: Courier) -> None:
    number = courier.book()["number"]
    for _ in range(2):
        assert courier.post(f"/shipments/{number}/cancel")["state"] == "cancelled"
    answer = courier.get(f"/shipments/{number}/events")
    assert [event["code"] for event in answer["events"]] == ["booked", "cancelled"]
    assert answer["charged"] is None
    dropped = courier.post("/_emulator/dropoff", {"numbers": [number]})
    assert dropped == {"accepted": [], "refused": [{"number": number, "state": "cancelled"}]}
    truth = courier.get("/_emulator/state")
    assert [(s["live"], s["state"]) for s in truth["shipments"]] == [(False, "cancelled")]
    assert truth["counts"]["live"] == 0


def test_no_cancel_after_acceptance(courier: Courier) -> None:
    number = courier.book()["number"]
    courier.post("/_emulator/dropoff", {"numbers": [number]})
    assert courier.post(f"/shipments/{number}/cancel", status=409)["error"]["code"] == "already_accepted"
    assert courier.state(number) == "accepted"


def test_unknown_numbers_and_addresses(courier: Courier) -> None:
    number = courier.book()["number"]
    courier.post("/_emulator/dropoff", {"numbers": [number, "SKV1"]}, 404)
    assert courier.state(number) == "booked"
    for path in ("/shipments/SKV1", "/shipments/SKV1/label", "/shipments/SKV1/events", "/nowhere"):
        assert courier.get(path, 404)["error"]["code"] == "not_found"
    assert courier.post("/quotes", {}, 405)["error"]["code"] == "method_not_allowed"


def test_booking_whose_answer_is_lost_is_found_by_its_reference(courier: Courier) -> None:
    rule = {"kind": "timeout_after", "path": "/shipments", "method": "POST", "times": 1, "seconds": 0.05}
    courier.post("/_emulator/faults", {"rules": [rule]})
    with pytest.raises(httpx.TransportError):
        courier.http.post("/shipments", json=BOOKING)
    (found,) = courier.get("/shipments?reference=A-1")["shipments"]
    assert courier.book(status=409)["shipment"] == found
