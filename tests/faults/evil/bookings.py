"""What the evil vendor answers to a booking, and to the look-up after it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tests.faults.evil.scene import Case
from tests.faults.evil.vendor import EvilVendor, Order, Twist

LOGIN = b"<!doctype html><html><title>Sign in</title><form></form></html>"
LOST = Twist(wire="none")


def _page(vendor: EvilVendor, honest: Any) -> bytes:
    return LOGIN


def _said(**what: Any) -> Twist:
    """The honest answer with some values of another kind."""
    return Twist(says=lambda vendor, honest: honest | what)


def _number_twice(first: str, last: str) -> Twist:
    """Two keys of one name: the readers that there are take the last one."""

    def says(vendor: EvilVendor, honest: Any) -> bytes:
        text = json.dumps({name: value for name, value in honest.items() if name != "number"})
        first_, last_ = (word or honest["number"] for word in (first, last))
        return f'{{"number": "{first_}", "number": "{last_}", {text[1:]}'.encode()

    return Twist(says=says)


def _price_twice(vendor: EvilVendor, honest: Any) -> bytes:
    text = json.dumps({name: value for name, value in honest.items() if name != "price"})
    price = json.dumps(honest["price"])
    return f'{{"price": {{"amount": "1.00", "currency": "RUB"}}, "price": {price}, {text[1:]}'.encode()


def _of(order: Order, **what: Any) -> dict[str, Any]:
    return order.view() | what


def _first_one(with_reference: bool) -> Any:
    """The answer to the first booking of all, whatever was booked now."""

    def says(vendor: EvilVendor, honest: Any) -> Any:
        said = vendor.orders[0].view()
        return said if with_reference else {name: said[name] for name in said if name != "reference"}

    return says


def _and_another(vendor: EvilVendor, honest: Any) -> Any:
    """The look-up shows another account's order beside ours."""
    alien = {"number": "EV999", "reference": "SOMEBODY-ELSE", "state": "booked"}
    return {"orders": [*honest["orders"], alien | {"price": {"amount": "260.00", "currency": "RUB"}}]}


def _only_anothers(vendor: EvilVendor, honest: Any) -> Any:
    """The look-up shows another posting's order under our reference."""
    last = vendor.posted[-1]
    return {"orders": [*honest["orders"], _of(vendor.orders[0], reference=last)]}


def _status(status: int, *, orders: int = 1, **headers: str) -> Twist:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Twist(status=status, orders=orders, headers=named, says=_page)


def _redirect(status: int, orders: int) -> Twist:
    return _status(status, orders=orders, Location="/orders")


def _price(amount: str, currency: str = "RUB") -> Twist:
    return Twist(prices=((amount, currency),))


def _booked(rows: str, name: str, *twists: Twist, **more: Any) -> Case:
    """A case whose bookings meet these."""
    return Case(rows=rows, name=name, meets={"book": twists, **more.pop("meets", {})}, **more)


def _for_each(
    carriers: Sequence[str], rows: Sequence[str], name: str, *twists: Twist, **more: Any
) -> list[Case]:
    return [
        _booked(row, f"{name} ({carrier})", *twists, carrier=carrier, **more)
        for row, carrier in zip(rows, carriers, strict=True)
    ]


_STALE = Twist(wire="none", late=1200)
_LOOPS = (Twist(status=302, headers=(("Location", "/orders"),), says=_page),) * 4
BOOKINGS: list[Case] = [
    _booked("0", "a good answer"),
    *_for_each(
        ["unique_ref", "key", "none", "telling"], ["0a", "0b", "0c", "0d"], "a good answer"
    ),
    _booked("5", "two numbers, an alien one last", _number_twice("", "EV777")),
    _booked("6", "two numbers, an alien one first", _number_twice("EV777", "")),
    _booked("7", "two prices", Twist(says=_price_twice)),
    _booked("8", "another's answer with its reference", Twist(says=_first_one(True)), before=1),
    _booked("9", "another's answer without a reference, ours is made", Twist(says=_first_one(False)),
            before=1),
    _booked("10", "another's answer without a reference, ours is not made",
            Twist(says=_first_one(False), orders=0), before=1),
    _booked("11", "the look-up shows another account's order too", LOST,
            meets={"find": (Twist(says=_and_another),)}),
    _booked("12", "the look-up shows another's order under our reference", Twist(wire="none", orders=0),
            meets={"find": (Twist(says=_only_anothers),)}, before=1),
    _booked("13", "accepted twice, at two prices",
            Twist(orders=2, prices=(("260.00", "RUB"), ("265.00", "RUB")))),
    _booked("14", "accepted twice, the answer is lost", Twist(orders=2, wire="none")),
    _booked("15", "the look-up is stale over the settle time (lookup)", _STALE, twice_documented=True),
    *_for_each(["unique_ref", "key"], ["16", "17"], "the look-up is stale over the settle time", _STALE),
    _booked("18", "a login page, booked", Twist(says=_page)),
    _booked("19", "a login page, not booked", Twist(says=_page, orders=0)),
    _booked("20", "a login page to the look-ups too", Twist(says=_page),
            meets={"find": (Twist(says=_page),) * 5}),
    _booked("21", "closed after the headers", Twist(wire="headers")),
    _booked("22", "reset in the body", Twist(wire="reset")),
    _booked("23", "the look-ups are closed after the headers", LOST,
            meets={"find": (Twist(wire="headers"),) * 4}),
    _booked("24", "302, not booked", _redirect(302, 0)),
    _booked("25", "307, not booked", _redirect(307, 0)),
    _booked("26", "303, booked", _redirect(303, 1)),
    _booked("27", "the look-ups are sent in a circle", LOST, meets={"find": _LOOPS}),
    *[
        _booked(row, f"429 not booked, Retry-After {value}", _status(429, orders=0, Retry_After=value))
        for row, value in (("28", "Thu, 01 Jan 2015 00:00:00 GMT"), ("29", "-5"), ("30", "315360000"),
                           ("31", "Sat, 01 Jan 2036 00:00:00 GMT"))
    ],
    _booked("32", "429 after it was booked", _status(429)),
    _booked("33", "401 after it was booked", _status(401)),
    _booked("34", "403 after it was booked", _status(403)),
    _booked("35", "429 after it was booked (none)", _status(429), carrier="none"),
    _booked("36", "408 after it was booked", _status(408)),
    _booked("37", "404 after it was booked", _status(404)),
    _booked("38", "400 after it was booked", _status(400)),
    _booked("39", "204 after it was booked", _status(204)),
    _booked("40", "a price one in a hundred above", _price("262.60")),
    _booked("41", "a price half above", _price("390.00")),
    _booked("42", "a price in another currency", _price("260.00", "USD")),
    _booked("43", "a price below nothing", _price("-5.00")),
    _booked("44", "a price of nothing", _price("0.00")),
    _booked("45", "a price that is no number", _price("NaN")),
    _booked("46", "a price of 1e30", _price("1e30")),
    _booked("47", "an empty number", _said(number="")),
    _booked("48", "no number", _said(number=None)),
    _booked("49", "a number with control characters", _said(number="EV\x00\n\u202e1")),
    _booked("50", "the answer is lost (none)", LOST, carrier="none"),
]  # fmt: skip
