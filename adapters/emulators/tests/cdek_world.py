"""One shop's view of a served CDEK, in the words of the tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from vendor_emulators.app import serve
from vendor_emulators.cdek import CdekEmulator
from vendor_emulators.clock import ManualClock

KEYS = {"grant_type": "client_credentials", "client_id": "demo-account", "client_secret": "demo-secret"}
ROUTE: dict[str, Any] = {
    "from_location": {"code": 44},
    "to_location": {"code": 270},
    "packages": [{"weight": 100, "length": 10, "width": 10, "height": 10}],
}
DAY = 86_400


def order_body(number: str, **changes: Any) -> dict[str, Any]:
    """A shop's order from office to office; None takes a key away."""
    item = {
        "name": "Ножницы",
        "ware_key": "SC-1",
        "payment": {"value": 0},
        "cost": 100,
        "weight": 100,
        "amount": 1,
    }
    body: dict[str, Any] = {
        "type": 1,
        "number": number,
        "tariff_code": 136,
        "shipment_point": "MSK65",
        "delivery_point": "NSK23",
        "recipient": {"name": "Test Recipient", "phones": [{"number": "+70000000001"}]},
        "packages": [
            {"number": "1", "weight": 100, "length": 10, "width": 10, "height": 10, "items": [item]}
        ],
        **changes,
    }
    return {key: value for key, value in body.items() if value is not None}


class Cdek:
    """A served CDEK, its world's clock, and a client with a token."""

    def __init__(self, url: str, clock: ManualClock, http: httpx.Client) -> None:
        self.url = url
        self.clock = clock
        self.http = http

    def log_in(self) -> None:
        reply = self.http.post("/v2/oauth/token", data=KEYS)
        assert reply.status_code == 200, reply.text
        self.http.headers["authorization"] = f"Bearer {reply.json()['access_token']}"

    def call(self, method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
        reply = self.http.request(method, path, json=body)
        assert reply.status_code == status, reply.text
        return reply.json()

    def code(self, method: str, path: str, body: Any = None, *, status: int = 400) -> str:
        """The code of the first error, of either form."""
        answer = self.call(method, path, body, status=status)
        errors = answer.get("errors") or answer["requests"][0]["errors"]
        return str(errors[0]["code"])

    def control(self, path: str, body: Any = None) -> Any:
        return self.call("POST", f"/_emulator/{path}", body or {})

    def post(self, number: str, **changes: Any) -> str:
        """Posts an order; returns its uuid."""
        answer = self.call("POST", "/v2/orders", order_body(number, **changes), status=202)
        return str(answer["entity"]["uuid"])

    def settled(self, number: str, **changes: Any) -> dict[str, Any]:
        """Posts an order and waits: the whole answer of GET."""
        uuid = self.post(number, **changes)
        self.clock.advance(61)
        return self.get(uuid)

    def get(self, uuid: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.call("GET", f"/v2/orders/{uuid}")
        return answer

    def codes(self, uuid: str) -> list[str]:
        """Statuses that count, oldest first."""
        return [s["code"] for s in reversed(self.get(uuid)["entity"]["statuses"]) if not s["deleted"]]

    def fault(self, kind: str, **rule: Any) -> None:
        self.control("faults", {"rules": [{"kind": kind, "times": 1, **rule}]})

    def truth(self, number: str) -> dict[str, Any]:
        orders = self.call("GET", "/_emulator/state")["orders"]
        found: dict[str, Any] = next(order for order in orders if order["number"] == number)
        return found


@contextmanager
def served(seed: int = 1) -> Iterator[Cdek]:
    clock = ManualClock()
    with (
        serve(CdekEmulator(clock=clock, seed=seed)) as running,
        httpx.Client(base_url=running.url, trust_env=False, timeout=5) as http,
    ):
        world = Cdek(running.url, clock, http)
        world.control("log", {"answers": True})
        world.log_in()
        yield world
