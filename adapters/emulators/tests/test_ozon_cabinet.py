"""Warehouses, delivery methods, stocks, pushes."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, ClassVar

import pytest
from adapters.emulators.tests.answers import recorded
from adapters.emulators.tests.ozon_world import Ozon

STOCKS = "/v2/products/stocks"
FBS = 20605650762000


def test_warehouses_page(ozon: Ozon) -> None:
    first = ozon.call("/v2/warehouse/list", {"limit": 2})
    second = ozon.call("/v2/warehouse/list", {"limit": 2, "cursor": first["cursor"]})
    assert (first["has_next"], second["has_next"]) == (True, False)
    shown = first["warehouses"] + second["warehouses"]
    assert [w["is_rfbs"] for w in shown] == [False, True, True]
    one = ozon.call("/v2/warehouse/list", {"limit": 200, "warehouse_ids": [str(FBS)], "cursor": None})
    assert [w["warehouse_id"] for w in one["warehouses"]] == [FBS]
    assert ozon.refused("/v2/warehouse/list", {"limit": 201})[0] == 400


def test_delivery_methods_of_rfbs_only(ozon: Ozon) -> None:
    ozon.order("ozon")
    ozon.order("non_integrated")
    ozon.order("3pl_tracking", provider="Boxberry")
    body = {"limit": 50, "filter": {"status": ["ACTIVE"]}}
    shown = ozon.call("/v2/delivery-method/list", body)["delivery_methods"]
    assert [m["tpl_integration_type"] for m in shown] == ["non_integrated", "3pl_tracking"]
    assert "Boxberry" in shown[1]["name"]
    assert ozon.refused("/v2/delivery-method/list", {"limit": 50})[0] == 400


def stock(ozon: Ozon, **pair: Any) -> dict[str, Any]:
    body = {"stocks": [{"product_id": 0, "stock": 5, "warehouse_id": FBS, **pair}]}
    (line,) = ozon.call(STOCKS, body)["result"]
    result: dict[str, Any] = line
    assert result["updated"] is (result["errors"] == [])
    return result


def code(line: dict[str, Any]) -> str:
    return str(line["errors"][0]["code"])


def test_stocks_answer_per_item(ozon: Ozon) -> None:
    items = [{"offer_id": "A", "product_id": 1}, {"offer_id": "B", "product_id": 2, "archived": True}]
    ozon.control("products", {"products": items})
    assert stock(ozon, offer_id="A", product_id=2)["product_id"] == 1  # offer_id wins
    assert code(stock(ozon, offer_id="A")) == "TOO_MANY_REQUESTS"
    ozon.clock.advance(31)
    assert stock(ozon, product_id=1, stock=7)["offer_id"] == "A"
    assert code(stock(ozon, offer_id="X")) == "offer_id_not_found"
    assert code(stock(ozon, offer_id="B")) == "PRODUCT_IS_ARCHIVED"
    assert code(stock(ozon, offer_id="A", warehouse_id=9)) == "WAREHOUSE_NOT_FOUND"
    assert code(stock(ozon, offer_id="A", stock=1_000_000)) == "STOCK_TOO_BIG"
    truth = ozon.http.get("/_emulator/state").json()["stocks"]
    assert truth == [{"client_id": "100001", "offer_id": "A", "warehouse_id": FBS, "stock": 7}]


def test_sold_products_are_known_and_requests_are_limited(ozon: Ozon) -> None:
    ozon.order()
    assert stock(ozon, offer_id="SC-1")["updated"]
    ozon.control("settings", {"rate_limit": "virtual", "requests_per_second": 1000})
    body = {"stocks": [{"offer_id": "SC-1", "product_id": 0, "stock": 1, "warehouse_id": FBS}]}
    statuses = [ozon.http.post(STOCKS, json=body).status_code for _ in range(90)]
    assert statuses.count(429) in (10, 11)
    assert ozon.refused(STOCKS, {"stocks": body["stocks"] * 101})[0] in (400, 429)


class Receiver(BaseHTTPRequestHandler):
    """Takes pushes; answers the first ``failures`` with 500."""

    received: ClassVar[list[dict[str, Any]]] = []
    failures: ClassVar[int] = 0

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.received.append(body)
        failed = Receiver.failures > 0
        Receiver.failures -= failed
        answer = b'{"result": true}'
        self.send_response(500 if failed else 200)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def receiver() -> Iterator[str]:
    Receiver.received.clear()
    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hook"
        server.shutdown()
        thread.join()


def wait_for(count: int) -> list[str]:
    deadline = threading.Event()
    for _ in range(200):
        if len(Receiver.received) >= count:
            break
        deadline.wait(0.02)
    return [event["message_type"] for event in Receiver.received]


def test_pushes_with_ping_and_retry(ozon: Ozon, receiver: str) -> None:
    ozon.control("push", {"url": receiver})
    assert wait_for(1) == ["TYPE_PING"]
    Receiver.failures = 1
    (number,) = ozon.order()
    assert wait_for(2)[1:] == ["TYPE_NEW_POSTING"]
    assert Receiver.received[1]["products"] == [{"sku": 827098843, "quantity": 2, "offer_id": "SC-1"}]
    threading.Event().wait(0.1)  # the failure is noted before the clock moves on
    ozon.clock.advance(6)
    assert wait_for(3)[2:] == ["TYPE_NEW_POSTING"]
    ozon.ship(number)
    ozon.clock.advance(10)
    assert wait_for(4)[3:] == ["TYPE_STATE_CHANGED"]
    assert Receiver.received[3]["new_state"] == "posting_not_in_carriage"
    ozon.control(f"postings/{number}/cancel", {})
    assert wait_for(5)[4:] == ["TYPE_POSTING_CANCELLED"]
    assert Receiver.received[4]["old_state"] == "posting_not_in_carriage"


def test_pushes_have_the_published_shape(ozon: Ozon, receiver: str) -> None:
    ozon.control("push", {"url": receiver})
    (number,) = ozon.packed()
    ozon.control(f"postings/{number}/cancel", {})
    kinds = wait_for(4)
    assert sorted(kinds[1:]) == ["TYPE_NEW_POSTING", "TYPE_POSTING_CANCELLED", "TYPE_STATE_CHANGED"]
    for event in Receiver.received[1:]:
        assert recorded("ozon", f"push/{event['message_type']}").differences(event) == []
