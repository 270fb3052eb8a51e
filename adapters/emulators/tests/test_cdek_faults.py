"""CDEK's own faults and its webhooks, through real HTTP."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pypdfium2  # type: ignore[import-untyped]
import pytest
import zxingcpp
from adapters.emulators.tests.cdek_world import DAY, Cdek, served
from vendor_emulators.serving import bind


@pytest.fixture
def cdek() -> Iterator[Cdek]:
    with served() as world:
        yield world


def happened(cdek: Cdek) -> dict[str, int]:
    kinds: dict[str, int] = cdek.call("GET", "/_emulator/state")["faults"]
    return kinds


def test_accepted_then_invalid(cdek: Cdek) -> None:
    cdek.fault(
        "invalid_after_accepted", path="/v2/orders", method="POST", message="ve_package_weight_too_large"
    )
    (asked,) = cdek.settled("A-1")["requests"]
    assert (asked["state"], asked["errors"][0]["code"]) == ("INVALID", "ve_package_weight_too_large")
    assert happened(cdek) == {"invalid_after_accepted": 1}


def test_an_order_settles_late(cdek: Cdek) -> None:
    cdek.fault("slow_order", path="/v2/orders", method="POST", seconds=1800)
    uuid = cdek.post("A-1")
    cdek.clock.advance(1799)
    assert "cdek_number" not in cdek.get(uuid)["entity"]
    cdek.clock.advance(1)
    assert "cdek_number" in cdek.get(uuid)["entity"]
    assert happened(cdek) == {"slow_order": 1}


def test_office_swapped_only_where_there_is_one(cdek: Cdek) -> None:
    cdek.fault("office_swapped", path="/v2/orders", method="POST")
    door = {"tariff_code": 137, "delivery_point": None, "to_location": {"code": 270, "address": "x"}}
    assert "warnings" not in cdek.settled("A-1", **door)["requests"][0]
    assert happened(cdek) == {}
    order = cdek.settled("A-2")
    assert order["entity"]["delivery_point"] != "NSK23"
    assert order["requests"][0]["warnings"][0]["code"] == "v2_delivery_point_changed"
    assert happened(cdek) == {"office_swapped": 1}


def test_an_order_is_visible_late(cdek: Cdek) -> None:
    cdek.fault("item_late", path="/v2/orders*", method="GET", times=None, seconds=300)
    uuid = cdek.post("A-1")
    cdek.clock.advance(100)
    assert cdek.code("GET", f"/v2/orders/{uuid}") == "v2_entity_not_found"
    assert cdek.code("GET", "/v2/orders?im_number=A-1") == "v2_entity_not_found_im_number"
    cdek.clock.advance(200)
    assert cdek.get(uuid)["entity"]["number"] == "A-1"
    assert happened(cdek) == {"item_late": 2}


def test_a_token_is_revoked_in_the_middle(cdek: Cdek) -> None:
    cdek.fault("token_revoked", path="/v2/orders*", skip=1)
    uuid = cdek.post("A-1")
    assert cdek.code("GET", f"/v2/orders/{uuid}", status=401) == "v2_authorization_incorrect"
    assert cdek.code("GET", "/v2/webhooks", status=401) == "v2_authorization_incorrect"
    cdek.log_in()
    cdek.get(uuid)
    assert happened(cdek) == {"token_revoked": 1}


def test_label_of_another_parcel(cdek: Cdek) -> None:
    def shown(uuid: str) -> str:
        document = pypdfium2.PdfDocument(cdek.http.get(f"/v2/print/barcodes/{uuid}.pdf").content)
        try:
            (found,) = zxingcpp.read_barcodes(document[0].render(scale=203 / 72, grayscale=True).to_pil())
        finally:
            document.close()
        text: str = found.text
        return text

    first = cdek.settled("A-1")["entity"]
    wanted = {"orders": [{"order_uuid": first["uuid"]}], "format": "A6"}
    form = cdek.call("POST", "/v2/print/barcodes", wanted, status=202)["entity"]["uuid"]
    cdek.clock.advance(2)
    cdek.fault("label_of_another", path="/v2/print/*.pdf")
    assert shown(form) == first["cdek_number"]
    second = cdek.settled("A-2")["entity"]
    assert [shown(form), shown(form)] == [second["cdek_number"], first["cdek_number"]]
    assert happened(cdek) == {"label_of_another": 1}


def test_error_inside_200_has_cdeks_form(cdek: Cdek) -> None:
    cdek.fault("error_in_200", path="/v2/*", times=2, message="v2_entity_invalid")
    assert cdek.code("POST", "/v2/orders", {}, status=200) == "v2_entity_invalid"
    assert cdek.call("GET", "/v2/webhooks")["errors"][0]["code"] == "v2_entity_invalid"
    assert cdek.call("GET", "/_emulator/state")["orders"] == []
    assert happened(cdek) == {"error_in_200": 2}


class Receiver(HTTPServer):
    """Answers every event with ``status``."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.status = 200
        self.bodies: list[bytes] = []
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        self.server.bodies.append(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(self.server.status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def receiver(address: tuple[str, int] = ("127.0.0.1", 0)) -> Iterator[Receiver]:
    server = Receiver(address)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def eventually(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def events(cdek: Cdek) -> int:
    sent: int = cdek.call("GET", "/_emulator/state")["counts"]["events"]
    return sent


def test_an_event_that_nobody_hears_is_sent_again_and_at_last_switched_off(cdek: Cdek) -> None:
    closed = bind("127.0.0.1", 0)  # bound, not listening: refused at once
    url = f"http://127.0.0.1:{closed.getsockname()[1]}/hook"
    for kind in ("ORDER_STATUS", "PRINT_FORM"):
        cdek.call("POST", "/v2/webhooks", {"url": url, "type": kind})
    cdek.settled("A-1")
    for attempt in range(1, 13):
        eventually(lambda: events(cdek) == attempt)  # noqa: B023
        assert len(cdek.call("GET", "/v2/webhooks")) == (2 if attempt < 12 else 0)
        cdek.clock.advance(75 * 60 / 11)
    assert cdek.call("GET", "/_emulator/state")["counts"]["events_resent"] == 11
    closed.close()


def test_an_event_is_heard_when_the_receiver_is_back(cdek: Cdek) -> None:
    with receiver() as hook:
        address = ("127.0.0.1", hook.server_port)
    url = f"http://127.0.0.1:{address[1]}/hook"
    cdek.call("POST", "/v2/webhooks", {"url": url, "type": "ORDER_STATUS"})
    cdek.settled("A-1")
    eventually(lambda: events(cdek) == 1)
    with receiver(address) as hook:
        cdek.clock.advance(75 * 60 / 11)
        eventually(lambda: events(cdek) == 2)
        assert b"ORDER_STATUS" in hook.bodies[0]
        cdek.clock.advance(75 * 60)
        time.sleep(0.1)
        assert len(hook.bodies) == 1  # heard once is enough


def test_who_answers_wrongly_loses_the_subscription_after_a_day(cdek: Cdek) -> None:
    with receiver() as hook:
        hook.status = 500
        url = f"http://127.0.0.1:{hook.server_port}/hook"
        cdek.call("POST", "/v2/webhooks", {"url": url, "type": "ORDER_STATUS"})
        cdek.settled("A-1")
        eventually(lambda: events(cdek) == 1)
        cdek.clock.advance(DAY - 1)
        assert len(cdek.call("GET", "/v2/webhooks")) == 1
        cdek.clock.advance(1)
        assert cdek.call("GET", "/v2/webhooks") == []
        assert len(hook.bodies) == 1
