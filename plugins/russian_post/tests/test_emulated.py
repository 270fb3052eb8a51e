"""What Russian Post does by itself, against the emulated Post: addresses, batches, points, tickets."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hub import (
    Address,
    AuthFailed,
    BadReply,
    BookRequest,
    EventKind,
    Rejected,
    Unavailable,
    Unconfirmed,
)
from hub.testing import book_request
from hub.testing.driving import cancelled, codes_on, fresh, reading, sent

DAY = 86_400
PARCEL = book_request("ONLINE_PARCEL:WITH_DECLARED_VALUE")
SARATOV = Address(
    country="RU", region="Саратовская обл.", city="Саратов", postal_code="410012", street="ул. Мира, 5"
)


def _to(request: BookRequest, **address: Any) -> BookRequest:
    assert request.recipient.address is not None
    to = msgspec.structs.replace(request.recipient.address, **address)
    return msgspec.structs.replace(request, recipient=msgspec.structs.replace(request.recipient, address=to))


def _fields(address: Address) -> dict[str, Any]:
    return {name: getattr(address, name) for name in address.__struct_fields__}


# --- addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "code", "doubts"),
    [
        ({"street": "без улицы"}, "UNDEF_03", ("street", "unknown")),
        ({"street": "ул. Мира"}, "UNDEF_04", ("house",)),
        ({"postal_code": "630000"}, "NOT_VALIDATED_HAS_ASSUMPTION", ("postal_code",)),
        (
            {"city": "", "region": "", "postal_code": "", "street": "???"},
            "UNDEF_06",
            ("nothing", "incomplete"),
        ),
    ],
)
async def test_an_unclear_address_is_a_persons_to_mend(
    world: Any, address: dict[str, str], code: str, doubts: tuple[str, ...]
) -> None:
    request = fresh(world.carrier, book_request(PARCEL.service.code, to=SARATOV))
    request = _to(request, **address)
    told = await reading(world.carrier, lambda: world.carrier.clean(request.recipient))
    assert (told.clear, told.doubts) == (False, doubts)
    assert code in told.vendor_code
    assert "Мира" not in repr(told)
    with pytest.raises(Rejected) as caught:
        await sent(world.carrier, lambda: world.carrier.book(request))
    assert caught.value.code == "address_unclear"
    assert code in caught.value.vendor_code
    assert "Саратов" not in caught.value.message
    assert (await world.counts())["orders_created"] == 0


@pytest.mark.parametrize("as_written", [False, True])
async def test_what_a_person_confirmed_is_booked(world: Any, as_written: bool) -> None:
    request = _to(book_request(PARCEL.service.code, to=SARATOV), postal_code="630000")
    told = await reading(world.carrier, lambda: world.carrier.clean(request.recipient))
    assert told.as_written
    if as_written:
        request = msgspec.structs.replace(request, as_written=True)
    else:
        request = msgspec.structs.replace(_to(request, **_fields(told.address)), cleaned=told)
    shipment = await world.book(request)
    (found,) = await reading(world.carrier, lambda: world.carrier.find(shipment.reference))
    assert found.recipient_postal_code == ("630000" if as_written else told.address.postal_code)


async def test_nothing_is_asked_of_addresses_that_the_post_does_not_clean(world: Any) -> None:
    before = (await world.counts())["requests"]
    for changes in ({"country": "DE"}, {"delivery_point": "410012"}):
        recipient = _to(PARCEL, **changes).recipient
        told = await reading(world.carrier, lambda recipient=recipient: world.carrier.clean(recipient))
        assert (told.clear, told.address) == (True, recipient.address)
    assert (await world.counts())["requests"] == before


@pytest.mark.parametrize(("name", "code"), [("Анна", "name_incomplete")])
async def test_half_a_name_is_refused_before_anything_is_booked(world: Any, name: str, code: str) -> None:
    request = fresh(world.carrier, PARCEL)
    recipient = msgspec.structs.replace(request.recipient, name=name)
    request = msgspec.structs.replace(request, recipient=recipient)
    with pytest.raises(Rejected) as caught:
        await sent(world.carrier, lambda: world.carrier.book(request))
    assert caught.value.code == code


async def test_a_refused_order_says_why(world: Any) -> None:
    request = fresh(world.carrier, book_request(PARCEL.service.code, weight_g=60_000))
    booking = await sent(world.carrier, lambda: world.carrier.book(request))
    assert (booking.state, booking.reason_code) == ("rejected", "ILLEGAL_MASS_EXCESS")
    assert "20 кг" in booking.reason


# --- unclear outcomes -----------------------------------------------------------------------------


async def test_a_500_to_a_booking_is_looked_up(world: Any) -> None:
    await world.fault("internal_error", "/2.0/user/backlog")
    request = fresh(world.carrier, PARCEL)
    with pytest.raises(Unconfirmed):
        await sent(world.carrier, lambda: world.carrier.book(request))
    assert list(await reading(world.carrier, lambda: world.carrier.find(request.reference))) == []


async def test_an_error_page_under_http_200_is_no_answer(world: Any) -> None:
    request = fresh(world.carrier, PARCEL)
    await world.fault("spring_404", "/2.0/user/backlog")
    with pytest.raises(Unconfirmed):
        await sent(world.carrier, lambda: world.carrier.book(request))
    await world.fault("spring_404", "/1.0/backlog/search")
    with pytest.raises(BadReply):  # which is not "there is none"
        await reading(world.carrier, lambda: world.carrier.find(request.reference))


@pytest.mark.parametrize(
    "body", ["{}", "[]", '{"status":"ERROR","message":"x"}', '{"result-ids":[2319421774]}', "null", "<html>"]
)
async def test_an_answer_that_says_nothing_is_no_refusal(world: Any, body: str) -> None:
    """Read as a refusal, it would be followed by a second order."""
    request = fresh(world.carrier, PARCEL)
    await world.fault("status", "/2.0/user/backlog", status=200, body=body, execute=True)
    with pytest.raises(Unconfirmed):
        await sent(world.carrier, lambda: world.carrier.book(request))
    assert len(await reading(world.carrier, lambda: world.carrier.find(request.reference))) == 1


async def test_an_order_is_found_wherever_it_is(world: Any) -> None:
    shipment = await world.book()
    (new,) = await reading(world.carrier, lambda: world.carrier.find(shipment.reference))
    await world.batch(shipment)
    (batched,) = await reading(world.carrier, lambda: world.carrier.find(shipment.reference))
    assert new.live
    assert batched.live
    assert new.booking == batched.booking


# --- batches, labels, cancelling --------------------------------------------------------------------


async def test_labels_before_and_in_a_batch(world: Any) -> None:
    shipment = await world.book()
    for batched in (False, True):
        if batched:
            await world.batch(shipment)
        label = await reading(world.carrier, lambda: world.carrier.label(shipment))
        assert label.content.startswith(b"%PDF")
        codes = codes_on(label)
        assert codes is None or codes & world.carrier.expected_codes(shipment)


async def test_an_order_in_an_open_batch_is_taken_out(world: Any) -> None:
    shipment = await world.book()
    await world.batch(shipment, checkin=False)
    assert (await cancelled(world.carrier, shipment, world.pass_time)).state == "cancelled"
    assert not any(
        one.live for one in await reading(world.carrier, lambda: world.carrier.find(shipment.reference))
    )


async def test_after_checkin_it_is_too_late(world: Any) -> None:
    shipment = await world.book()
    await world.batch(shipment)
    ended = await cancelled(world.carrier, shipment, world.pass_time)
    assert ended.state == "refused"
    assert "frozen" in ended.reason
    still = await reading(world.carrier, lambda: world.carrier.cancellation(shipment))
    assert still.state == "live"


# --- tracking -------------------------------------------------------------------------------------


async def test_a_return_ends_in_the_senders_hands(world: Any) -> None:
    shipment = await world.book()
    await world.hand_in(shipment, "refused")
    world.clock.advance(60 * DAY)
    told = await reading(world.carrier, lambda: world.carrier.track(shipment))
    assert [event.kind for event in told.events] == [EventKind.RETURNED]
    assert told.charged is not None


async def test_parcels_of_one_batch_are_followed_together(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub_russian_post.reading.now", lambda: world.clock.now())
    shipments = [await world.book() for _ in range(5)]
    await world.batch(*shipments)
    await world.tell("dropoff", {"parcels": [one.tracking_number for one in shipments]})

    async def follow() -> list[EventKind]:
        told = [await reading(world.carrier, lambda one=one: world.carrier.track(one)) for one in shipments]
        return [tracking.events[-1].kind for tracking in told]

    await follow()  # each is asked for once, to learn its batch
    before = (await world.counts())["otpravka_today"]
    world.clock.advance(3_600)
    assert await follow() == [EventKind.ACCEPTED] * 5
    assert (await world.counts())["otpravka_today"] - before == 1
    world.clock.advance(20 * DAY)
    assert await follow() == [EventKind.HANDED_OVER] * 5


async def test_whole_histories_one_by_one(world: Any) -> None:
    single = world.with_settings(tracking="single")
    shipment = await world.book()
    await world.hand_in(shipment, "delivered_by_mistake")
    world.clock.advance(60 * DAY)
    told = await reading(single, lambda: single.track(shipment))
    kinds = [event.kind for event in told.events]
    assert kinds[0] is EventKind.REGISTERED
    assert kinds.count(EventKind.HANDED_OVER) == 1  # the first was taken back by 26
    assert kinds[-1] is EventKind.HANDED_OVER


async def test_a_spent_quota_of_single_tracking_is_told(world: Any) -> None:
    await world.tell("account", {"track_allowed": 0})
    single = world.with_settings(tracking="single")
    shipment = await world.book()
    with pytest.raises(AuthFailed, match="limit"):
        await reading(single, lambda: single.track(shipment))


async def test_tickets_tell_of_many_from_two_requests(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub_russian_post.tickets.now", lambda: world.clock.now())
    tickets = world.with_settings(tracking="tickets")
    shipments = [await world.book(), await world.book(), await world.book()]
    for shipment in shipments:
        await world.hand_in(shipment)
    world.clock.advance(10 * DAY)
    first = await reading(tickets, lambda: tickets.track(shipments[0]))
    assert first.events == ()  # the ticket is opened, and names this one only
    for shipment in shipments[1:]:
        await reading(tickets, lambda shipment=shipment: tickets.track(shipment))
    assert (await world.counts())["tickets"] == 1
    world.clock.advance(timedelta(minutes=16).total_seconds())
    told = await reading(tickets, lambda: tickets.track(shipments[0]))
    assert told.events[-1].kind is EventKind.HANDED_OVER
    await reading(tickets, lambda: tickets.track(shipments[1]))  # opens the next, for the other two
    assert (await world.counts())["tickets"] == 2
    world.clock.advance(timedelta(minutes=16).total_seconds())
    for shipment in shipments[1:]:
        told = await reading(tickets, lambda shipment=shipment: tickets.track(shipment))
        assert told.events[-1].kind is EventKind.HANDED_OVER
    assert (await world.counts())["tickets"] == 2


# --- points ---------------------------------------------------------------------------------------


async def test_points_of_the_same_town_can_be_booked_to(world: Any) -> None:
    points = await reading(world.carrier, lambda: world.carrier.points(SARATOV))
    assert points
    assert {point.address.city for point in points} == {"г. Саратов"}
    assert all(point.code == point.address.postal_code for point in points)
    before = (await world.counts())["requests"]
    await reading(world.carrier, lambda: world.carrier.points(SARATOV))
    assert (await world.counts())["requests"] == before
    request = _to(PARCEL, delivery_point=points[0].code)
    service = msgspec.structs.replace(request.service, code="ECOM:ORDINARY")
    assert (await world.book(msgspec.structs.replace(request, service=service))).tracking_number
    block = Address(country="RU", postal_code="410999")
    by_block = await reading(world.carrier, lambda: world.carrier.points(block))
    assert {point.code[:3] for point in by_block} == {"410"}
    assert list(await reading(world.carrier, lambda: world.carrier.points(Address(country="RU")))) == []


# --- the account ----------------------------------------------------------------------------------


async def test_check_tells_the_quota_and_the_point(world: Any) -> None:
    status = await reading(world.carrier, world.carrier.check)
    assert status.external_id == "00000000-0000-4000-8000-000000000000"
    assert (status.calls_used, status.calls_allowed) == (1, 1000)
    assert "109012" in status.notes[0]


async def test_a_meter_at_its_end_is_told_without_a_contradiction(world: Any) -> None:
    known = msgspec.structs.replace(world.carrier.account, external_id="00000000-0000-4000-8000-000000000000")
    carrier = type(world.carrier)(world.carrier.settings, world.carrier.http, known)
    await world.tell("account", {"allowed": 0})
    status = await reading(carrier, carrier.check)
    assert (status.calls_used, status.calls_allowed) == (0, 0)
    assert status.external_id == known.external_id


async def test_a_spent_quota_is_a_wait(world: Any) -> None:
    await world.tell("account", {"allowed": 0})
    with pytest.raises(Unavailable) as caught:
        await reading(world.carrier, lambda: world.carrier.find("ABC234"))
    assert caught.value.retry_after is not None
