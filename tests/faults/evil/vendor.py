"""The evil vendor: a courier over real HTTP that does one thing and says another.

What it did is in its ledger, a file outside the hub that only grows. What it answers is decided by twists:
for the next requests at one of its doors, or for all of them.
"""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import msgspec

from hub.plugin_api.clock import Clock
from tests.faults.evil.labels import Label, label
from tests.faults.evil.wire import Answer, Request, Wire, json_answer

Door = Literal["quote", "book", "find", "read", "cancel", "label", "events"]
QUOTED = ("260.00", "RUB")


class Order(msgspec.Struct):
    """One order in the vendor's books."""

    number: str
    reference: str
    posting: str
    price: tuple[str, str]
    request: int
    """Which booking request made it: two orders of one request are the vendor's doing."""
    seen_from: datetime
    live: bool = True

    def view(self) -> dict[str, Any]:
        """The order as an honest answer shows it."""
        amount, currency = self.price
        return {
            "number": self.number,
            "reference": self.reference,
            "state": "booked" if self.live else "cancelled",
            "price": {"amount": amount, "currency": currency},
        }


class Twist(msgspec.Struct, frozen=True, kw_only=True):
    """What one request meets: what is done, and what is said."""

    orders: int = 1
    """So many orders does a booking make."""
    does: bool = True
    """Whether a cancel takes effect."""
    late: float = 0.0
    """The order shows in look-ups after so many seconds."""
    prices: tuple[tuple[str, str], ...] = ()
    """Of the orders made, one after the other; else what was quoted."""
    number: str = ""
    """The order's number, where it is not the next one."""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    says: Callable[[EvilVendor, Any], Any] | None = None
    """From the honest answer to what is said: a value for JSON, bytes as they are, or a label."""
    wire: Wire = "whole"
    unanswered: bool = False
    """The request is not looked at: the answer comes from somebody in between."""


class EvilVendor:
    """Its doors are `answer`; its ledger is ``path``, one JSON object a line."""

    def __init__(self, path: Path, clock: Clock, safety: str) -> None:
        self.path = path
        self.clock = clock
        self.safety = safety
        self.orders: list[Order] = []
        self.next: dict[Door, deque[Twist]] = defaultdict(deque)
        self.always: dict[Door, Twist] = {}
        self.asked: dict[Door, int] = defaultdict(int)
        self.events: list[dict[str, Any]] = []
        """What tracking says of every parcel."""
        self.charged: tuple[str, str] | None = None
        self.failed: set[str] = set()
        """Numbers of what has failed before."""
        self.posted: list[str] = []
        """The reference of every booking request."""
        self._requests = 0
        self.path.touch()

    def live(self, reference: str = "") -> list[Order]:
        return [one for one in self.orders if one.live and reference in ("", one.reference)]

    async def answer(self, request: Request) -> Answer:
        """One request at one door."""
        parts = request.path.strip("/").split("/")
        door, act = self._door(request.method, parts)
        self.asked[door] += 1
        twist = self.next[door].popleft() if self.next[door] else self.always.get(door, Twist())
        honest: Any = None if twist.unanswered else act(request, twist)
        if twist.says is None and twist.status == 200 and isinstance(honest, Answer):
            return honest
        said = honest if twist.says is None else twist.says(self, honest)
        if isinstance(said, Order):
            said = label(said.number)
        if isinstance(said, Answer):
            return said
        if isinstance(said, Label):
            self.write("label", honest, pages=said.pages, file=sha256(said.content).hexdigest())
            said = said.content
        body = said if isinstance(said, bytes) else json_answer(said).body
        body = b"" if twist.status == 204 else body
        return Answer(body, twist.status, twist.headers, twist.wire)

    def _door(self, method: str, parts: list[str]) -> tuple[Door, Callable[[Request, Twist], Any]]:
        match method, parts:
            case "GET", ["quotes"]:
                return "quote", lambda request, twist: {"amount": QUOTED[0], "currency": QUOTED[1]}
            case "POST", ["orders"]:
                return "book", self._book
            case "GET", ["orders"]:
                return "find", self._find
            case "GET", ["orders", number]:
                return "read", lambda request, twist: self._order(number).view()
            case "POST", ["orders", number, "cancel"]:
                return "cancel", lambda request, twist: self._cancel(number, twist)
            case "GET", ["orders", number, "label"]:
                return "label", lambda request, twist: self._order(number)  # drawn by what is said of it
            case "GET", ["orders", number, "events"]:
                return "events", lambda request, twist: self._events(number)
        raise AssertionError(f"no such door: {method} {parts}")

    def _order(self, number: str) -> Order:
        return next(one for one in reversed(self.orders) if one.number == number)

    def _book(self, request: Request, twist: Twist) -> Any:
        self._requests += 1
        reference = request.body["reference"]
        self.posted.append(reference)
        known = self.live(reference)
        if known and self.safety == "unique_ref":
            return json_answer({"error": {"code": "duplicate", "message": "it is taken"}}, 422)
        if known and self.safety == "key":
            return known[0].view()
        made = []
        for index in range(twist.orders):
            order = Order(
                number=twist.number or f"EV{100000001 + len(self.orders)}",
                reference=reference,
                posting=request.body["posting"],
                price=twist.prices[index] if index < len(twist.prices) else QUOTED,
                request=self._requests,
                seen_from=self.clock.now() + timedelta(seconds=twist.late),
            )
            self.orders.append(order)
            self.write("ordered", order)
            made.append(order)
        return made[-1].view() if made else {"reference": reference}

    def _find(self, request: Request, twist: Twist) -> Any:
        now = self.clock.now()
        found = [one for one in self.orders if one.reference == request.query["reference"]]
        return {"orders": [one.view() for one in found if one.seen_from <= now]}

    def _cancel(self, number: str, twist: Twist) -> Any:
        order = self._order(number)
        if twist.does and order.live:
            order.live = False
            self.write("cancelled", order)
        return {"state": "cancelled"}

    def _events(self, number: str) -> Any:
        charged = None
        if self.charged is not None:
            charged = {"amount": self.charged[0], "currency": self.charged[1]}
            self.write("charged", self._order(number), price=self.charged)
        for event in self.events:
            self.write("event", self._order(number), code=event["code"])
        return {"events": self.events, "charged": charged}

    def write(self, did: str, order: Order, **more: Any) -> None:
        """A line of the ledger: never changed, never taken away."""
        line = {
            "did": did,
            "at": self.clock.now().isoformat(),
            "number": order.number,
            "reference": order.reference,
            "posting": order.posting,
            "price": order.price,
            "request": order.request,
        }
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line | more) + "\n")
