"""Anything may arrive: the Post answers in one of its own shapes, and goes on."""

import json
import random
from typing import Any

import pytest
from adapters.emulators.tests.russian_post_world import TRACKING, export_body, headers, order_body
from vendor_emulators.clock import ManualClock
from vendor_emulators.russian_post import RussianPostEmulator
from vendor_emulators.wire import Request, Response

WRITES = [
    ("PUT", "/1.0/user/backlog"),
    ("PUT", "/2.0/user/backlog"),
    ("POST", "/1.0/user/backlog"),
    ("DELETE", "/1.0/backlog"),
    ("POST", "/1.0/user/shipment"),
    ("POST", "/1.0/tariff"),
    ("POST", "/1.0/clean/address"),
    ("POST", "/1.0/clean/physical"),
    ("POST", "/1.0/clean/phone"),
    ("POST", "/1.0/unreliable-recipient"),
    ("PUT", "/1.0/backlog/{id}"),
    ("POST", "/1.0/batch/{name}/shipment"),
    ("PUT", "/1.0/batch/{name}/shipment"),
    ("DELETE", "/1.0/shipment"),
    ("PUT", "/1.0/archive"),
    ("POST", "/1.0/archive/revert"),
    ("PUT", "/1.0/returns"),
    ("PUT", "/1.0/returns/return-without-direct"),
    ("POST", "/1.0/returns/80092578900475"),
]
KEYS = [
    "id",
    "mail-type",
    "index-to",
    "original-address",
    "original-fio",
    "original-phone",
    "items",
    "services",
]
NESTED = ["dimension", "goods", "ecom-data", "customs-declaration", "address-from", "fiscal-data"]
TEXTS = ["", "109012", "9" * 30, "²²²²²²", "\x00", '<&"', "2026-01-01", "NaN", "РФ"]
SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"


SERVICES = [("/rtm34", SOAP_12, "application/soap+xml"), ("/fc", SOAP_11, "text/xml")]


class World:
    def __init__(self) -> None:
        self.emulator = RussianPostEmulator(clock=ManualClock(), allowed=10**9, track_allowed=10**9)
        made = self.json("PUT", "/2.0/user/backlog", [order_body("1"), order_body("2")])["orders"]
        self.id, other = (one["result-id"] for one in made)
        self.name = self.json("POST", "/1.0/user/shipment", [other])["batches"][0]["batch-name"]

    def send(self, method: str, path: str, body: bytes = b"", query: str = "", **extra: str) -> Response:
        sent = {**headers(), **{key.replace("_", "-"): value for key, value in extra.items()}}
        return self.emulator.execute(Request(method, path, query, sent, body))

    def json(self, method: str, path: str, value: Any) -> Any:
        return json.loads(self.send(method, path, json.dumps(value).encode()).body)


def anything(dice: random.Random, depth: int = 0) -> Any:
    """Any JSON value, four levels deep at most."""
    simple = [None, True, False, 0, -1, 10**30, 1.5, *TEXTS]
    if depth == 4 or dice.random() < 0.6:
        return dice.choice(simple)
    if dice.random() < 0.5:
        return [anything(dice, depth + 1) for _ in range(dice.randrange(3))]
    return {dice.choice(KEYS): anything(dice, depth + 1) for _ in range(dice.randrange(3))}


def spoilt(dice: random.Random) -> dict[str, Any]:
    """A good order with some of its fields replaced."""
    ecom = {"mail_type": "ECOM", "ecom_data": {"delivery-point-index": "410901"}}
    made = dice.choice([order_body("n"), export_body("n"), order_body("n", **ecom)])
    for _ in range(dice.randrange(1, 4)):
        made[dice.choice([*made, *NESTED])] = anything(dice)
    return made


@pytest.mark.parametrize("seed", range(4))
def test_any_json_is_answered_in_a_known_shape(seed: int) -> None:
    world, dice = World(), random.Random(seed)
    for _ in range(600):
        method, path = dice.choice(WRITES)
        path = path.format(id=world.id, name=world.name)
        value = dice.choice([lambda: anything(dice), lambda: spoilt(dice), lambda: [spoilt(dice)]])()
        reply = world.send(method, path, json.dumps(value).encode())
        assert reply.status in (200, 400, 404, 500), (path, value)
        if reply.status != 200:
            assert json.loads(reply.body)["code"], (path, value)
    # What was accepted lives, whatever it is made of.
    orders = list(world.emulator.orders.all.values())
    world.emulator.counter.hand_in([order for order in orders if order.batch])
    assert isinstance(world.emulator.clock, ManualClock)
    world.emulator.clock.advance(100 * 86_400)
    world.emulator.tick()
    for order in orders:
        for path in (
            "backlog/{}",
            "shipment/{}",
            "forms/{}/forms",
            "forms/{}/f112pdf",
            "forms/backlog/{}/forms",
        ):
            assert world.send("GET", f"/1.0/{path.format(order.id)}").status in (200, 404, 500)


@pytest.mark.parametrize("body", [b"", b"[", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000, b'"\\ud800"'])
def test_what_is_no_json_is_an_internal_error(body: bytes) -> None:
    world = World()
    for method, path in WRITES:
        reply = world.send(method, path.format(id=world.id, name=world.name), body)
        assert (reply.status, json.loads(reply.body)["code"]) == (500, "1002"), path


def test_any_query_is_answered() -> None:
    world, dice = World(), random.Random(1)
    keys = [
        "address",
        "latitude",
        "longitude",
        "top",
        "type",
        "query",
        "object",
        "from",
        "to",
        "weight",
        "pack",
    ]
    keys += [
        "size",
        "date",
        "time",
        "sumoc",
        "service",
        "country-to",
        "errorcode",
        "id",
        "page",
        "print-type",
    ]
    values = [
        "",
        "1",
        "-1",
        "²",
        "nan",
        "inf",
        "1e400",
        "109012",
        "23030",
        "4031",
        "99991231",
        "1x2x3",
        "643",
    ]
    paths = [
        "/postoffice/1.0/by-address",
        "/postoffice/1.0/nearby",
        "/postoffice/1.0/²",
        "/1.0/backlog/search",
    ]
    paths += [
        "/1.0/unloading-passport/zip",
        "/1.0/batch",
        "/1.0/backlog/１２",
        f"/1.0/forms/{world.id}/forms",
    ]
    paths += [
        "/v2/calculate/tariff/delivery",
        "/v2/calculate/x",
        "/v1/calculate",
        "/v2/dictionary/country",
        "/v2/",
    ]
    for _ in range(400):
        query = "&".join(f"{dice.choice(keys)}={dice.choice(values)}" for _ in range(dice.randrange(9)))
        good = "object=23020&from=109012&to=410000&weight=100&sumoc=1&"
        reply = world.send("GET", dice.choice(paths), query=dice.choice(["", good]) + query)
        assert reply.status in (200, 400, 404, 500), query


@pytest.mark.parametrize(("path", "space", "kind"), SERVICES)
@pytest.mark.parametrize(
    "inner",
    [
        "",
        "<a/>",
        "<a>" * 1000,
        "<a>" * 100_000 + "</a>" * 100_000,
        "<?pi x?>",
        "<getOperationHistory/>",
        "<ticketRequest/>",
        "<answerByTicketRequest/>",
        "<PostalOrderEventsForMail/>",
    ],
)
def test_any_envelope_is_answered(path: str, space: str, kind: str, inner: str) -> None:
    world = World()
    text = f'<S:Envelope xmlns:S="{space}"><S:Body>{inner}</S:Body></S:Envelope>'
    for body in (text.encode(), text.encode("utf-16"), text.encode()[:-9], f"<!DOCTYPE a>{text}".encode()):
        reply = world.send("POST", path, body, content_type=kind)
        assert reply.status in (200, 500)
        assert b"Fault" in reply.body or b"error " in reply.body
    assert world.send("POST", path, text.encode(), content_type="text/plain").status == 415
    assert world.send("GET", path).status == 405


def test_an_envelope_of_the_other_version() -> None:
    world = World()
    for path, space, kind in (
        (SERVICES[0][0], SOAP_11, SERVICES[0][2]),
        (SERVICES[1][0], SOAP_12, SERVICES[1][2]),
    ):
        text = f'<S:Envelope xmlns:S="{space}"><S:Body><a/></S:Body></S:Envelope>'
        assert b"Version mismatch" in world.send("POST", path, text.encode(), content_type=kind).body


def test_an_entity_is_not_expanded() -> None:
    world = World()
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>'
    text = (
        f'{bomb}<S:Envelope xmlns:S="{SOAP_11}"><S:Body><ticketRequest>'
        '<request><Item Barcode="&a;"/></request>'
        f"<login>{TRACKING['login']}</login><password>{TRACKING['password']}</password></ticketRequest>"
        "</S:Body></S:Envelope>"
    )
    reply = world.send("POST", "/fc", text.encode(), content_type="text/xml")
    assert (reply.status, b"DTD" in reply.body) == (500, True)
    assert world.emulator.tracking.tickets.all == {}
