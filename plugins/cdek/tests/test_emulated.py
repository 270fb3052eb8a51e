"""What CDEK does by itself, against the emulated CDEK: offices, scales, refusals, forms."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import msgspec
import pytest
from hub import Address, BookRequest, EventKind, Failure, Money, Pending, Ready, Secret, Shipment, Ticket
from hub.testing import account, book_request
from hub.testing.driving import booked, cancelled, fresh, quote_request, reading, sent, shipment_of
from hub_cdek import CdekCarrier, CdekSettings
from vendor_emulators.app import serve
from vendor_emulators.cdek import CdekEmulator
from vendor_emulators.clock import ManualClock

DOOR = book_request("137")
DAY = 86_400


class World:
    """The carrier, the emulator's control, and its clock."""

    def __init__(self, carrier: CdekCarrier, url: str, clock: ManualClock, http: httpx.AsyncClient) -> None:
        self.carrier, self.url, self.clock, self._http = carrier, url, clock, http

    async def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)

    async def tell(self, path: str, body: dict[str, Any]) -> None:
        (await self._http.post(f"{self.url}/_emulator/{path}", json=body)).raise_for_status()

    async def fault(self, kind: str, path: str, **rule: Any) -> None:
        rule = {"kind": kind, "path": path, "method": "POST", "times": 1, **rule}
        await self.tell("faults", {"rules": [rule]})

    async def truth(self, number: str) -> dict[str, Any]:
        orders = (await self._http.get(f"{self.url}/_emulator/state")).json()["orders"]
        found: dict[str, Any] = next(one for one in orders if one["number"] == number)
        return found

    async def requests(self) -> int:
        """How many CDEK has seen."""
        return int((await self._http.get(f"{self.url}/_emulator/state")).json()["counts"]["requests"])

    async def book(self, request: BookRequest = DOOR) -> Shipment:
        request = fresh(self.carrier, request)
        booking = await booked(self.carrier, request, self.pass_time)
        assert booking.state == "confirmed", booking.reason
        return shipment_of(booking, request)


@pytest.fixture
def server() -> Iterator[tuple[str, ManualClock]]:
    clock = ManualClock()
    with serve(CdekEmulator(clock=clock)) as running:
        yield running.url, clock


@pytest.fixture
async def world(server: tuple[str, ManualClock], hub_http: httpx.AsyncClient) -> AsyncIterator[World]:
    url, clock = server
    settings = CdekSettings(
        client_id="demo-account",
        client_secret=Secret("demo-secret"),
        base_url=url,
        shipment_point="MSK65",
    )
    async with httpx.AsyncClient(trust_env=False) as control:
        yield World(CdekCarrier(settings, hub_http, account("cdek")), url, clock, control)


async def test_what_is_quoted_is_what_the_order_costs(world: World) -> None:
    quotes = await reading(world.carrier, lambda: world.carrier.quote(quote_request(DOOR)))
    price = next(one.price for one in quotes if one.service.code == "137")
    shipment = await world.book()
    booking = await reading(world.carrier, lambda: world.carrier.booking(shipment.carrier_id))
    assert booking.price == price


async def test_a_refused_order_says_why(world: World) -> None:
    await world.fault("invalid_after_accepted", "/v2/orders", message="ve_package_weight_too_large")
    booking = await booked(world.carrier, fresh(world.carrier, DOOR), world.pass_time)
    assert (booking.state, booking.reason_code) == ("rejected", "ve_package_weight_too_large")
    assert not booking.duplicate


async def test_a_replaced_office_is_noted(world: World) -> None:
    await world.fault("office_swapped", "/v2/orders")
    to_point = book_request("136", to=Address(country="RU", delivery_point="NSK23"))
    booking = await booked(world.carrier, fresh(world.carrier, to_point), world.pass_time)
    assert len(booking.notes) == 1
    assert "NSK23" not in booking.notes[0]


async def test_a_created_order_is_deleted_never_refused(world: World) -> None:
    shipment = await world.book()
    ended = await cancelled(world.carrier, shipment, world.pass_time)
    assert (ended.state, ended.cost) == ("cancelled", None)
    assert (await world.truth(shipment.reference))["removed"]


async def test_a_parcel_on_its_way_is_refused_and_costs(world: World) -> None:
    shipment = await world.book()
    await world.tell("dropoff", {"cdek_numbers": [shipment.tracking_number]})
    world.clock.advance(3_600)
    ended = await cancelled(world.carrier, shipment, world.pass_time)
    assert ended.state == "cancelled"
    assert ended.cost is not None
    assert ended.cost.amount > 0
    assert (await world.truth(shipment.reference))["state"] == "NOT_DELIVERED"


async def test_a_delivered_parcel_cannot_be_cancelled(world: World) -> None:
    shipment = await world.book()
    await world.tell("dropoff", {"cdek_numbers": [shipment.tracking_number]})
    world.clock.advance(5 * DAY)
    assert (await cancelled(world.carrier, shipment, world.pass_time)).state == "refused"


async def test_the_scales_decide_what_is_charged(world: World) -> None:
    shipment = await world.book()
    await world.tell("reweigh", {"cdek_number": shipment.tracking_number, "weight": 5000})
    await world.tell("dropoff", {"cdek_numbers": [shipment.tracking_number]})
    world.clock.advance(DAY)
    told = await reading(world.carrier, lambda: world.carrier.track(shipment))
    truth = await world.truth(shipment.reference)
    assert told.charged == Money.of(str(truth["total_sum"]), "RUB")
    assert told.charged_weight_g == 5000


async def test_a_status_that_cdek_took_back_is_not_told(world: World) -> None:
    shipment = await world.book()
    await world.tell("dropoff", {"cdek_numbers": [shipment.tracking_number]})
    world.clock.advance(3_600)
    before = await reading(world.carrier, lambda: world.carrier.track(shipment))
    assert before.events[-1].kind is EventKind.ACCEPTED
    await world.tell("undo-status", {"cdek_number": shipment.tracking_number})
    after = await reading(world.carrier, lambda: world.carrier.track(shipment))
    assert after.events == before.events[:-1]


async def test_a_removed_order_is_not_charged(world: World) -> None:
    shipment = await world.book()
    await cancelled(world.carrier, shipment, world.pass_time)
    told = await reading(world.carrier, lambda: world.carrier.track(shipment))
    assert told.events[-1].kind is EventKind.CANCELLED
    assert told.charged is None


async def test_labels_share_one_form_that_may_be_late(world: World) -> None:
    shipments = [await world.book(), await world.book()]
    await world.fault("label_not_ready", "/v2/print/*", seconds=60)
    tickets = await reading(world.carrier, lambda: world.carrier.request_labels(shipments))
    assert tickets[0] == tickets[1]
    ticket = tickets[0]
    assert isinstance(ticket, Ticket)
    assert isinstance(await reading(world.carrier, lambda: world.carrier.fetch_labels(ticket)), Pending)
    world.clock.advance(70)
    answer = await reading(world.carrier, lambda: world.carrier.fetch_labels(ticket))
    assert isinstance(answer, Ready)
    assert answer.document.content.startswith(b"%PDF")


async def test_one_wrong_order_does_not_spoil_the_batch(world: World) -> None:
    good = await world.book()
    wrong = msgspec.structs.replace(good, carrier_id="00000000-0000-4000-8000-000000000000")
    tickets = await reading(world.carrier, lambda: world.carrier.request_labels([wrong, good]))
    assert isinstance(tickets[0], Failure)
    assert isinstance(tickets[1], Ticket)


async def test_an_order_that_is_still_taken_in_is_not_cancelled_yet(world: World) -> None:
    from hub import Unavailable

    await world.fault("slow_order", "/v2/orders", seconds=50)
    request = fresh(world.carrier, DOOR)
    booking = await sent(world.carrier, lambda: world.carrier.book(request))
    shipment = shipment_of(booking, request)
    with pytest.raises(Unavailable):
        await sent(world.carrier, lambda: world.carrier.cancel(shipment))
    world.clock.advance(60)
    assert (await cancelled(world.carrier, shipment, world.pass_time)).state == "cancelled"


async def test_check_tells_which_tariffs_lack_an_office(world: World) -> None:
    settings = msgspec.structs.replace(world.carrier.settings, shipment_point="", tariffs=(137, 139))
    other = CdekCarrier(settings, world.carrier.http, world.carrier.account)
    status = await reading(other, other.check)
    assert status.external_id == "demo-account"
    assert len(status.notes) == 1
    assert "137" in status.notes[0]
    quotes = await reading(other, lambda: other.quote(quote_request(DOOR)))
    assert [one.service.code for one in quotes] == ["139"]


async def test_points_of_a_town_can_be_booked_to(world: World) -> None:
    home = Address(country="RU", city="Новосибирск")
    points = await reading(world.carrier, lambda: world.carrier.points(home))
    kinds = {point.code: point.kind for point in points}
    assert kinds["NSK23"] == "point"
    assert set(kinds.values()) == {"point", "locker"}
    assert {point.address.city for point in points} == {"Новосибирск"}
    assert all(point.address.latitude and point.address.longitude and point.hours for point in points)
    lockers = [point for point in points if point.kind == "locker"]
    assert {point.max_sides_mm for point in lockers} == {(380, 400, 600)}
    before = await world.requests()
    await reading(world.carrier, lambda: world.carrier.points(home))
    assert await world.requests() == before + 1, "the town is looked up again, the long list is not"
    to = msgspec.structs.replace(DOOR.recipient, address=Address(country="RU", delivery_point=points[0].code))
    at_point = msgspec.structs.replace(
        DOOR, recipient=to, service=msgspec.structs.replace(DOOR.service, code="136")
    )
    assert (await world.book(at_point)).tracking_number
    assert list(await reading(world.carrier, lambda: world.carrier.points(Address(country="RU")))) == []
    nowhere = Address(country="RU", city="Нигде")
    assert list(await reading(world.carrier, lambda: world.carrier.points(nowhere))) == []
