"""What SPSR does by itself, and what the plugin does without it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import msgspec
import pytest
from hub import (
    Address,
    AuthFailed,
    BadReply,
    EventKind,
    Money,
    Rejected,
    Secret,
    Unavailable,
    Unconfirmed,
    Unsupported,
)
from hub.plugins.loader import load_plugins
from hub.testing import account, book_request
from hub.testing.driving import fresh, quote_request, reading, sent, shipment_of
from hub_spsr import SpsrCarrier, SpsrSettings
from vendor_emulators.app import serve
from vendor_emulators.clock import ManualClock
from vendor_emulators.spsr import SpsrEmulator

DOOR = book_request("PelSt")
LAUGHS = '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><r><Result RC="0"/>&b;</r>'
SETTINGS = SpsrSettings(login="test", password=Secret("test"), contract="7600010711")


class World:
    """The carrier, the emulator's control, and its clock."""

    def __init__(self, carrier: SpsrCarrier, url: str, clock: ManualClock, http: httpx.AsyncClient) -> None:
        self.carrier, self.url, self.clock, self._http = carrier, url, clock, http

    async def tell(self, path: str, body: dict[str, Any]) -> None:
        (await self._http.post(f"{self.url}/_emulator/{path}", json=body)).raise_for_status()

    async def fault(self, kind: str, **rule: Any) -> None:
        await self.tell("faults", {"rules": [{"kind": kind, "times": 1, **rule}]})

    async def truth(self) -> list[dict[str, Any]]:
        invoices: list[dict[str, Any]] = (await self._http.get(f"{self.url}/_emulator/state")).json()[
            "invoices"
        ]
        return invoices

    def other(self, **changes: Any) -> SpsrCarrier:
        settings = msgspec.structs.replace(self.carrier.settings, **changes)
        return SpsrCarrier(settings, self.carrier.http, self.carrier.account)


@pytest.fixture
def server() -> Iterator[tuple[str, ManualClock]]:
    clock = ManualClock()
    with serve(SpsrEmulator(clock=clock)) as running:
        yield running.url, clock


@pytest.fixture
async def world(server: tuple[str, ManualClock], hub_http: httpx.AsyncClient) -> AsyncIterator[World]:
    url, clock = server
    settings = msgspec.structs.replace(
        SETTINGS,
        base_url=f"{url}/waExec/WAExec",
        tariff_url=f"{url}/tarifcalc/?fn=TARIFFCOMPUTE_2",
        quotes=True,
    )
    async with httpx.AsyncClient(trust_env=False) as control:
        yield World(SpsrCarrier(settings, hub_http, account("spsr")), url, clock, control)


# --- without a service ----------------------------------------------------------------------------


def test_it_says_that_it_was_never_verified() -> None:
    info = load_plugins(["spsr"]).describe("spsr")
    assert info.notice == "never verified against a live service"
    assert "unverified" in SpsrCarrier.label_note
    assert "label" not in info.capabilities
    assert "cancel" not in info.capabilities


async def test_without_an_address_nothing_is_asked_of_anybody(hub_http: httpx.AsyncClient) -> None:
    assert SETTINGS.base_url == SETTINGS.tariff_url == ""
    assert not SETTINGS.quotes
    carrier = SpsrCarrier(SETTINGS, hub_http, account("spsr"))
    shipment = shipment_of(_booking(), DOOR)
    home = quote_request(DOOR).recipient
    for work in (
        carrier.check,
        lambda: carrier.quote(quote_request(DOOR)),
        lambda: carrier.find("R"),
        lambda: carrier.booking("1"),
        lambda: carrier.track(shipment),
        lambda: carrier.points(home),
    ):
        with pytest.raises(Unsupported):
            await reading(carrier, work)
    with pytest.raises(Unsupported):
        await sent(carrier, lambda: carrier.book(DOOR))


async def test_it_quotes_only_where_the_seller_asks_for_it(world: World) -> None:
    quiet = world.other(quotes=False)
    with pytest.raises(Unsupported, match="never verified"):
        await reading(quiet, lambda: quiet.quote(quote_request(DOOR)))
    deaf = world.other(tariff_url="")
    with pytest.raises(Unsupported, match="tariff_url"):
        await reading(deaf, lambda: deaf.quote(quote_request(DOOR)))
    assert "quotes" in " ".join((await reading(quiet, quiet.check)).notes)


# --- with one -------------------------------------------------------------------------------------


async def test_quotes_are_estimates_of_what_an_invoice_can_name(world: World) -> None:
    quotes = await reading(world.carrier, lambda: world.carrier.quote(quote_request(DOOR)))
    assert {quote.service.code for quote in quotes} == {"PelEc", "PelSt", "GepEx"}
    assert all(quote.estimate and "never verified" in quote.note for quote in quotes)
    assert next(q for q in quotes if q.service.code == "PelSt").price == Money.of("425.00", "RUB")


async def test_a_city_is_found_by_its_region_or_not_at_all(world: World) -> None:
    def to(region: str) -> Any:
        there = Address(country="RU", city="г. Киров", region=region, street="ул. Ленина, 1")
        asked = msgspec.structs.replace(quote_request(DOOR), recipient=there)
        return reading(world.carrier, lambda: world.carrier.quote(asked))

    assert await to("Калужская область")
    assert await to("") == []
    abroad = msgspec.structs.replace(quote_request(DOOR), recipient=Address(country="KZ", city="Москва"))
    assert await reading(world.carrier, lambda: world.carrier.quote(abroad)) == []


async def test_other_currencies_are_refused_in_words(world: World) -> None:
    asked = msgspec.structs.replace(quote_request(DOOR), declared_value=Money.of(100, "CNY"))
    with pytest.raises(Rejected, match="roubles"):
        await reading(world.carrier, lambda: world.carrier.quote(asked))


async def test_a_session_that_is_gone_costs_nothing(world: World) -> None:
    await reading(world.carrier, world.carrier.check)
    await world.tell("sessions/expire", {})
    await reading(world.carrier, world.carrier.check)  # a read logs in again
    await world.tell("sessions/expire", {})
    request = fresh(world.carrier, DOOR)
    with pytest.raises(Unavailable):  # a booking is not repeated by itself
        await sent(world.carrier, lambda: world.carrier.book(request))
    assert await world.truth() == []
    booking = await sent(world.carrier, lambda: world.carrier.book(request))
    assert booking.state == "confirmed"
    assert len(await world.truth()) == 1


@pytest.mark.parametrize(
    ("fault", "more"),
    [
        ("timeout_after", {"seconds": 0.05}),
        ("html", {"execute": True}),
        ("truncate", {}),
        ("result_code", {"message": "1"}),
        ("status", {"status": 502, "execute": True}),
        ("status", {"status": 200, "execute": True, "body": LAUGHS}),
    ],
)
async def test_an_unclear_booking_is_unconfirmed_and_found(
    world: World, fault: str, more: dict[str, Any]
) -> None:
    await reading(world.carrier, world.carrier.check)
    await world.fault(fault, path="/waExec/WAExec", match="WAXmlConverter", **more)
    request = fresh(world.carrier, DOOR)
    with pytest.raises(Unconfirmed):
        await sent(world.carrier, lambda: world.carrier.book(request))
    known = await reading(world.carrier, lambda: world.carrier.find(request.reference))
    assert len(known) == len(await world.truth()) == (0 if fault == "result_code" else 1)


async def test_a_look_up_that_says_something_else_is_not_absent(world: World) -> None:
    for code in ("1", "1007", "1012", "1057"):
        await world.fault("result_code", message=code, match="WAGetInvoiceInfo")
        with pytest.raises((AuthFailed, Rejected, Unavailable)):
            await reading(world.carrier, lambda: world.carrier.find("ABC234"))
    assert await reading(world.carrier, lambda: world.carrier.find("ABC234")) == []


async def test_hostile_xml_is_a_bad_reply(world: World) -> None:
    for body in (LAUGHS, "<a>" * 100_000, "not xml"):
        await world.fault("status", status=200, body=body, match="WAGetInvoiceInfo")
        with pytest.raises(BadReply):
            await reading(world.carrier, lambda: world.carrier.find("ABC234"))


async def test_a_rejected_invoice_says_why(world: World) -> None:
    await world.fault("invoice_rejected", message="CHN", match="WAXmlConverter")
    booking = await sent(world.carrier, lambda: world.carrier.book(fresh(world.carrier, DOOR)))
    assert (booking.state, booking.reason_code, booking.duplicate) == ("rejected", "CHN", False)


async def test_a_debt_is_a_refusal(world: World) -> None:
    await world.fault("result_code", message="1034", match="WAXmlConverter")
    with pytest.raises(Rejected, match="debt"):
        await sent(world.carrier, lambda: world.carrier.book(fresh(world.carrier, DOOR)))


async def test_answers_in_real_windows_1251_are_read(world: World) -> None:
    await world.tell("settings", {"spelling": "windows-1251"})
    request = fresh(world.carrier, DOOR)
    await sent(world.carrier, lambda: world.carrier.book(request))
    (known,) = await reading(world.carrier, lambda: world.carrier.find(request.reference))
    assert known.recipient_city == "Москва"


async def test_an_event_that_nobody_published_is_shown_as_it_came(world: World) -> None:
    request = fresh(world.carrier, DOOR)
    booking = await sent(world.carrier, lambda: world.carrier.book(request))
    number = booking.tracking_number
    await world.tell("event", {"number": number, "code": 999, "text": "Улетело"})
    (event,) = (
        await reading(world.carrier, lambda: world.carrier.track(shipment_of(booking, request)))
    ).events
    assert (event.kind, event.code, event.text, event.known) == (EventKind.INFO, "999", "Улетело", False)


async def test_offices_are_listed(world: World) -> None:
    home = quote_request(DOOR).recipient
    points = await reading(world.carrier, lambda: world.carrier.points(home))
    assert [point.code for point in points] == ["9921|0", "9922|0"]


def _booking() -> Any:
    from hub import Booking

    return Booking(state="confirmed", carrier_id="1", tracking_number="1")
