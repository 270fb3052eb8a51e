"""One sender's view of a served Russian Post, in the words of the tests."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from vendor_emulators.app import serve
from vendor_emulators.clock import ManualClock
from vendor_emulators.russian_post import RussianPostEmulator

TRACKING = {"login": "demo-tracking", "password": "demo-tracking-password"}
DAY = 86_400


def headers(token: str = "demo-token", key: str = "demo@example.com:demo-password") -> dict[str, str]:
    return {
        "authorization": f"AccessToken {token}",
        "x-user-authorization": f"Basic {base64.b64encode(key.encode()).decode()}",
    }


def order_body(number: str, **changes: Any) -> dict[str, Any]:
    """A parcel from Moscow to Saratov with all that the documentation requires; None takes a key away."""
    body: dict[str, Any] = {
        "address-type-to": "DEFAULT",
        "fragile": False,
        "given-name": "Иван",
        "middle-name": "Иванович",
        "surname": "Иванов",
        "recipient-name": "Иванов Иван Иванович",
        "house-to": "1",
        "index-to": 410012,
        "mail-category": "ORDINARY",
        "mail-direct": 643,
        "mail-type": "POSTAL_PARCEL",
        "mass": 1000,
        "order-num": number,
        "place-to": "г. Саратов",
        "postoffice-code": "109012",
        "region-to": "обл. Саратовская",
        "street-to": "ул. Московская",
        "tariff-count": 1,
        "tel-address": 79000000001,
        **{key.replace("_", "-"): value for key, value in changes.items()},
    }
    return {key: value for key, value in body.items() if value is not None}


def export_body(number: str, **changes: Any) -> dict[str, Any]:
    """The same parcel to Minsk."""
    declaration = {
        "currency": "RUB",
        "entries-type": "SALE_OF_GOODS",
        "customs-entries": [
            {
                "amount": 1,
                "description": "Scissors",
                "tnved-code": "8213000000",
                "value": 50000,
                "weight": 900,
            }
        ],
    }
    abroad = {
        "mail_direct": 112,
        "index_to": None,
        "str_index_to": "220030",
        "place_to": "Minsk",
        "region_to": "Minsk",
        "street_to": "Lenina 1",
        "recipient_name": "Ivanov Ivan",
        "surname": "Ivanov",
        "given_name": "Ivan",
        "middle_name": None,
        "customs_declaration": declaration,
    }
    return order_body(number, **(abroad | changes))


class Post:
    """A served Post, its world's clock, and a client with both headers."""

    def __init__(self, url: str, clock: ManualClock, http: httpx.Client) -> None:
        self.url = url
        self.clock = clock
        self.http = http

    def call(self, method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
        reply = self.http.request(method, path, json=body)
        assert reply.status_code == status, reply.text
        return reply.json()

    def control(self, path: str, body: Any = None) -> Any:
        return self.call("POST", f"/_emulator/{path}", body or {})

    def create(self, *bodies: dict[str, Any]) -> list[dict[str, Any]]:
        """Creates orders; all are to be accepted."""
        answer = self.call("PUT", "/2.0/user/backlog", list(bodies))
        assert "errors" not in answer, answer
        made: list[dict[str, Any]] = answer["orders"]
        return made

    def refusals(self, body: dict[str, Any]) -> list[str]:
        """The codes that an order is refused with."""
        answer = self.call("PUT", "/2.0/user/backlog", [body])
        assert "orders" not in answer, answer
        return [error["code"] for error in answer["errors"][0]["error-codes"]]

    def checked_in(self, *bodies: dict[str, Any]) -> list[dict[str, Any]]:
        """Orders whose batches are frozen; each with ``batch``."""
        made = self.create(*bodies)
        answer = self.call("POST", "/1.0/user/shipment", [one["result-id"] for one in made])
        for batch in answer["batches"]:
            assert self.call("POST", f"/1.0/batch/{batch['batch-name']}/checkin") == {"f103-sent": True}
        for one in made:
            one["batch"] = self.shipment(one["result-id"])["batch-name"]
        return made

    def sent(self, body: dict[str, Any], days: float = 0, outcome: str = "delivered") -> dict[str, Any]:
        """A parcel handed in so many days ago."""
        made = self.checked_in(body)[0]
        self.control("outcome", {"parcels": [made["barcode"]], "outcome": outcome})
        assert self.control("dropoff", {"parcels": [made["barcode"]]})["refused"] == []
        self.clock.advance(days * DAY)
        return made

    def shipment(self, id_: int) -> dict[str, Any]:
        found: dict[str, Any] = self.call("GET", f"/1.0/shipment/{id_}")
        return found

    def operations(self, barcode: str) -> list[tuple[int, int]]:
        """Type and attribute of each, oldest first."""
        orders = self.call("GET", "/_emulator/state")["orders"]
        order = next(order for order in orders if order["barcode"] == barcode)
        return [(o["type"], o["attribute"]) for o in order["operations"]]

    def fault(self, kind: str, **rule: Any) -> None:
        self.control("faults", {"rules": [{"kind": kind, "times": 1, **rule}]})


@contextmanager
def served(seed: int = 1) -> Iterator[Post]:
    clock = ManualClock()
    with (
        serve(RussianPostEmulator(clock=clock, seed=seed)) as running,
        httpx.Client(base_url=running.url, headers=headers(), trust_env=False, timeout=5) as http,
    ):
        world = Post(running.url, clock, http)
        world.control("log", {"answers": True})
        yield world
