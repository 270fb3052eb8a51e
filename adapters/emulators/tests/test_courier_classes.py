"""The courier as each of the four classes of carriers, and its own faults."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pypdfium2  # type: ignore[import-untyped]
import pytest
import zxingcpp
from adapters.emulators.tests.test_courier import BOOKING, Courier
from vendor_emulators.app import serve
from vendor_emulators.clock import ManualClock
from vendor_emulators.courier import CourierEmulator
from vendor_emulators.courier.ledger import MODES, Mode


@contextmanager
def company(mode: Mode) -> Iterator[Courier]:
    clock = ManualClock()
    with (
        serve(CourierEmulator(clock=clock, mode=mode)) as running,
        httpx.Client(base_url=running.url, headers={"X-Key": "demo-key"}, trust_env=False, timeout=5) as http,
    ):
        yield Courier(clock, http)


def send(courier: Courier, key: str, **changes: Any) -> httpx.Response:
    return courier.http.post("/shipments", json={**BOOKING, **changes}, headers={"Idempotency-Key": key})


def fault(courier: Courier, **rule: Any) -> None:
    courier.post("/_emulator/faults", {"rules": [rule]})


@pytest.mark.parametrize(
    ("mode", "status", "live", "found"),
    [("unique_ref", 409, 1, 1), ("key", 201, 2, 2), ("lookup", 201, 2, 2), ("none", 201, 2, None)],
)
def test_a_repeated_reference(mode: Mode, status: int, live: int, found: int | None) -> None:
    with company(mode) as courier:
        first = courier.book()
        courier.clock.advance(5)
        again = courier.book(status=status)
        truth = courier.get("/_emulator/state")
        assert (truth["mode"], truth["counts"]["live"]) == (mode, live)
        assert [shipment["posted"] for shipment in truth["shipments"]] == [2] * live
        assert truth["shipments"][0]["created_at"] == first["created_at"]
        assert {shipment["reference"] for shipment in truth["shipments"]} == {"A-1"}
        if found is None:
            assert courier.get("/shipments?reference=A-1", 404)["error"]["code"] == "not_found"
            assert courier.get(f"/shipments/{first['number']}") == first
        else:
            assert len(courier.get("/shipments?reference=A-1")["shipments"]) == found
        if status == 201:
            assert again["number"] != first["number"]
        else:
            assert again["shipment"] == first
            assert first["number"] in again["error"]["message"]


def test_the_same_key_gets_the_first_answer_again() -> None:
    with company("key") as courier:
        first = send(courier, "k-1")
        courier.post(f"/shipments/{first.json()['number']}/cancel")
        again = send(courier, "k-1")
        assert (again.status_code, again.json()) == (201, first.json())
        assert again.headers["idempotency-replayed"] == "true"
        other = send(courier, "k-1", service="fast")
        assert (other.status_code, other.json()["error"]["code"]) == (422, "key_reused")
        assert send(courier, "k-2").json()["number"] != first.json()["number"]
        truth = courier.get("/_emulator/state")
        assert truth["counts"]["replayed"] == 1
        assert [(s["idempotency_key"], s["live"]) for s in truth["shipments"]] == [
            ("k-1", False),
            ("k-2", True),
        ]


def test_a_refused_booking_keeps_no_key() -> None:
    with company("key") as courier:
        assert send(courier, "k-1", parcel={**BOOKING["parcel"], "weight_g": 15_001}).status_code == 422
        assert send(courier, "k-1").status_code == 201


@pytest.mark.parametrize("mode", ["lookup", "none", "unique_ref"])
def test_keys_are_honoured_by_one_class_only(mode: Mode) -> None:
    with company(mode) as courier:
        send(courier, "k-1")
        assert "idempotency-replayed" not in send(courier, "k-1").headers


@pytest.mark.parametrize("mode", MODES)
def test_a_late_commit_beside_a_repetition(mode: Mode) -> None:
    """The first attempt lands long after the second one: what each class makes of it."""
    with company(mode) as courier:
        fault(courier, kind="late_commit", path="/shipments", method="POST", seconds=900, times=1)
        with pytest.raises(httpx.TransportError):
            send(courier, "k-1")
        assert send(courier, "k-1").status_code == 201
        courier.clock.advance(901)
        truth = courier.get("/_emulator/state")
        assert truth["counts"]["live"] == (1 if mode in ("key", "unique_ref") else 2)
        assert truth["faults"] == {"late_commit": 1}


@pytest.mark.parametrize(("mode", "status", "live"), [("unique_ref", 409, 1), ("lookup", 201, 2)])
def test_a_duplicated_request_has_its_key_twice(mode: Mode, status: int, live: int) -> None:
    with company(mode) as courier:
        fault(courier, kind="duplicate_request", path="/shipments", method="POST", times=1)
        courier.book(status=status)
        assert courier.get("/_emulator/state")["counts"]["live"] == live


def test_item_late_hides_what_is_young() -> None:
    with company("lookup") as courier:
        old = courier.book("A-0")
        courier.clock.advance(120)
        fault(courier, kind="item_late", path="/shipments*", seconds=90)
        assert courier.get("/shipments?reference=A-0")["shipments"] == [old]
        young = courier.book("A-1")
        assert courier.get("/shipments?reference=A-1")["shipments"] == []
        assert courier.get("/shipments")["shipments"] == [old]
        courier.get(f"/shipments/{young['number']}", 404)
        assert courier.get("/_emulator/state")["faults"] == {"item_late": 3}
        courier.clock.advance(90)
        assert courier.get("/shipments?reference=A-1")["shipments"] == [young]
        assert courier.get("/_emulator/state")["faults"] == {"item_late": 3}


def test_label_of_another_parcel() -> None:
    with company("unique_ref") as courier:
        first = courier.book("A-1")["number"]
        fault(courier, kind="label_of_another", path="/shipments/*/label", times=1)
        assert shown(courier, first) == first  # there is no other yet
        second = courier.book("A-2")["number"]
        assert shown(courier, first) == second
        assert shown(courier, first) == first
        assert courier.get("/_emulator/state")["faults"] == {"label_of_another": 1}


def shown(courier: Courier, number: str) -> str:
    """What the barcode of this shipment's label says."""
    document = pypdfium2.PdfDocument(courier.http.get(f"/shipments/{number}/label").content)
    try:
        image = document[0].render(scale=203 / 72, grayscale=True).to_pil()
    finally:
        document.close()
    (code,) = zxingcpp.read_barcodes(image)
    text: str = code.text
    return text
