"""What Russian Post asks and takes, against the emulated Post: quotes, estimates, export."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
import russian_post_api as post
from hub import Address, BookRequest, Money, QuoteRequest, Rejected, Secret, Unsupported
from hub.testing import book_request
from hub.testing.driving import fresh, quote_request, reading, sent
from hub_russian_post.orders import export_order
from hub_russian_post.services import Product

PARCEL = book_request("ONLINE_PARCEL:WITH_DECLARED_VALUE")


def _to(request: BookRequest, **address: Any) -> BookRequest:
    assert request.recipient.address is not None
    to = msgspec.structs.replace(request.recipient.address, **address)
    return msgspec.structs.replace(request, recipient=msgspec.structs.replace(request.recipient, address=to))


# --- prices ---------------------------------------------------------------------------------------


async def test_services_are_those_of_the_accounts_own_point(world: Any) -> None:
    quotes = await reading(world.carrier, lambda: world.carrier.quote(quote_request(PARCEL)))
    ends = {quote.service.code: quote.to for quote in quotes}
    assert ends == {
        "POSTAL_PARCEL:WITH_DECLARED_VALUE": "point",
        "ONLINE_PARCEL:WITH_DECLARED_VALUE": "point",
        "ONLINE_COURIER:WITH_DECLARED_VALUE": "door",
        "PARCEL_CLASS_1:WITH_DECLARED_VALUE": "point",
        "EMS:WITH_DECLARED_VALUE": "door",
        "EMS_OPTIMAL:WITH_DECLARED_VALUE": "door",
    }
    asked = msgspec.structs.replace(quote_request(PARCEL), declared_value=None)
    quotes = await reading(world.carrier, lambda: world.carrier.quote(asked))
    assert {quote.service.code.partition(":")[2] for quote in quotes} == {"ORDINARY"}


async def test_what_is_quoted_is_what_the_order_costs(world: Any) -> None:
    quotes = await reading(world.carrier, lambda: world.carrier.quote(quote_request(PARCEL)))
    price = next(one.price for one in quotes if one.service.code == PARCEL.service.code)
    shipment = await world.book()
    booking = await reading(world.carrier, lambda: world.carrier.booking(shipment.carrier_id))
    assert booking.price == price
    assert booking.notes == ()


async def test_a_point_has_services_of_its_own(world: Any) -> None:
    request = _to(PARCEL, delivery_point="410012")
    quotes = await reading(world.carrier, lambda: world.carrier.quote(quote_request(request)))
    assert {quote.service.code for quote in quotes} == {
        "ECOM:WITH_DECLARED_VALUE",
        "ECOM_MARKETPLACE:WITH_DECLARED_VALUE",
    }
    service = msgspec.structs.replace(request.service, code="ECOM:WITH_DECLARED_VALUE")
    shipment = await world.book(msgspec.structs.replace(request, service=service))
    assert shipment.tracking_number


async def test_a_missing_postcode_is_said_before_anything_is_asked(world: Any) -> None:
    asked = quote_request(_to(PARCEL, postal_code=""))
    with pytest.raises(Rejected, match="six digits"):
        await reading(world.carrier, lambda: world.carrier.quote(asked))
    assert (await world.counts())["otpravka_today"] == 1  # its own points


async def test_points_are_read_once_for_many_quotes(world: Any) -> None:
    before = (await world.counts())["otpravka_today"]
    for _ in range(2):
        await reading(world.carrier, lambda: world.carrier.quote(quote_request(PARCEL)))
    # The second time one price is asked of the contract, to see that the reckoned ones are right.
    assert (await world.counts())["otpravka_today"] - before == 1 + 6 + 1


async def _prices(carrier: Any, request: QuoteRequest) -> dict[str, Money]:
    quotes = await reading(carrier, lambda: carrier.quote(request))
    return {quote.service.code: quote.price for quote in quotes}


def _other(weight_g: int, value: str, to: tuple[str, str] = ("630000", "Новосибирск")) -> QuoteRequest:
    (box,) = PARCEL.parcels
    request = _to(PARCEL, postal_code=to[0], city=to[1], region="")
    return msgspec.structs.replace(
        quote_request(request),
        parcels=(msgspec.structs.replace(box, weight_g=weight_g),),
        declared_value=Money.of(value, "RUB"),
    )


async def test_reckoned_prices_are_the_contracts_own(world: Any) -> None:
    """Learned from one parcel, right for others, of any weight, value and distance."""
    await reading(world.carrier, lambda: world.carrier.quote(quote_request(PARCEL)))
    for number, (weight, value) in enumerate([(400, "150.50"), (2_400, "0"), (900, "81000"), (4_900, "7")]):
        reckoned = await _prices(world.carrier, _other(weight, value))
        fresh_one = world.with_settings()
        exact = await _prices(fresh_one, _other(weight, value))
        assert set(reckoned) == set(exact)
        off = [abs(reckoned[one].minor - exact[one].minor) for one in exact]
        assert max(off) <= 2, f"kopecks of rounding, in case {number}"


async def test_a_contract_that_changed_is_learned_anew(world: Any) -> None:
    await reading(world.carrier, lambda: world.carrier.quote(quote_request(PARCEL)))
    await world.tell("account", {"discount_percent": 40})
    right = await _prices(world.with_settings(), _other(700, "1000"))
    before = (await world.counts())["otpravka_today"]
    for _ in range(150):
        told = await _prices(world.carrier, _other(700, "1000"))
    assert max(abs(told[one].minor - right[one].minor) for one in right) <= 2
    assert (await world.counts())["otpravka_today"] - before <= 150, "at most one call each time"


async def test_many_at_once_learn_once(world: Any) -> None:
    await reading(world.carrier, world.carrier.check)
    before = (await world.counts())["otpravka_today"]
    await asyncio.gather(*(_prices(world.carrier, _other(700 + number, "1000")) for number in range(20)))
    assert (await world.counts())["otpravka_today"] - before <= 6 + 20


@pytest.mark.parametrize("fault", ["html", "reset", "truncate", "error_burst"])
async def test_a_public_list_that_is_down_is_not_needed(world: Any, fault: str) -> None:
    await world.fault(fault, "/v2/calculate/tariff/delivery", times=1000)
    for _ in range(3):
        assert len(await _prices(world.carrier, quote_request(PARCEL))) == 6
    paths = (await world.counts())["paths"]
    assert paths.get("GET /v2/calculate/tariff/delivery", 0) <= 1, "tried once, then left alone for a while"
    assert paths["POST /1.0/tariff"] == 18


async def test_senders_abroad_see_nothing(world: Any) -> None:
    asked = msgspec.structs.replace(quote_request(PARCEL), sender=Address(country="CN", city="Шэньчжэнь"))
    before = (await world.counts())["requests"]
    assert list(await reading(world.carrier, lambda: world.carrier.quote(asked))) == []
    assert (await world.counts())["requests"] == before


async def test_without_an_account_the_public_list_is_an_estimate(world: Any) -> None:
    public = world.with_settings(token=Secret(""), login="", password=Secret(""))
    status = await reading(public, public.check)
    assert "public list prices" in status.notes[0]
    quotes = await reading(public, lambda: public.quote(quote_request(PARCEL)))
    assert len(quotes) >= 4
    assert all(quote.estimate and quote.note for quote in quotes)
    with pytest.raises(Unsupported):
        await sent(public, lambda: public.book(fresh(public, PARCEL)))


async def test_a_500_to_bad_input_is_asked_once_more_and_is_no_offer_then(world: Any) -> None:
    await world.fault("internal_error", "/1.0/tariff", times=1)
    quotes = await reading(world.carrier, lambda: world.carrier.quote(quote_request(PARCEL)))
    assert len(quotes) == 6
    await world.fault("internal_error", "/1.0/tariff", times=100)
    new = world.with_settings()
    await reading(new, new.check)  # which knows its points
    before = (await world.counts())["otpravka_today"]
    with pytest.raises(Rejected, match="are postcode, weight and size right"):
        await reading(new, lambda: new.quote(quote_request(PARCEL)))
    assert (await world.counts())["otpravka_today"] - before == 12


async def test_a_parcel_that_is_too_heavy_is_told_before_its_price_is_asked(world: Any) -> None:
    def heavy(weight_g: int) -> QuoteRequest:
        (box,) = PARCEL.parcels
        parcels = (msgspec.structs.replace(box, weight_g=weight_g),)
        return quote_request(msgspec.structs.replace(PARCEL, parcels=parcels))

    public = world.with_settings(token=Secret(""), login="", password=Secret(""))
    for carrier in (world.carrier, public):
        with pytest.raises(Rejected, match=r"takes at most 31.5 kg here, and this weighs 90.5 kg") as refused:
            await reading(carrier, lambda carrier=carrier: carrier.quote(heavy(90_500)))  # type: ignore[misc]
        assert refused.value.code == "too_heavy"
        light = await reading(carrier, lambda carrier=carrier: carrier.quote(heavy(900)))  # type: ignore[misc]
        between = await reading(carrier, lambda carrier=carrier: carrier.quote(heavy(12_000)))  # type: ignore[misc]
        assert {one.service.code for one in between} < {one.service.code for one in light}


async def test_limits_that_cannot_be_read_limit_nothing(world: Any) -> None:
    await world.fault("status", "/v2/dictionary/object/tariff/delivery", status=500, times=5)
    assert await reading(world.carrier, lambda: world.carrier.quote(quote_request(PARCEL)))


async def test_export_is_offered_only_where_it_is_not_blocked(world: Any) -> None:
    async def kinds(country: str, weight_g: int = 700) -> set[str]:
        request = book_request("EMS:ORDINARY", to=Address(country=country, city="X"), weight_g=weight_g)
        (box,) = _export().parcels
        box = msgspec.structs.replace(box, weight_g=weight_g)
        asked = quote_request(msgspec.structs.replace(request, parcels=(box,)))
        quotes = await reading(world.carrier, lambda: world.carrier.quote(asked))
        return {quote.service.code.partition(":")[0] for quote in quotes}

    assert {"POSTAL_PARCEL", "SMALL_PACKET"} <= await kinds("BY")
    assert "SMALL_PACKET" not in await kinds("BY", 2_500)
    for country in ("AU", "AQ"):
        with pytest.raises(Rejected, match=country) as caught:
            await kinds(country)
        assert caught.value.code == "blocked_country"


async def test_goods_without_a_customs_code_have_no_price_abroad(world: Any) -> None:
    plain = msgspec.structs.replace(_export(), parcels=book_request("EMS:ORDINARY").parcels)
    with pytest.raises(Rejected, match="CUP-1") as caught:
        await reading(world.carrier, lambda: world.carrier.quote(quote_request(plain)))
    assert caught.value.code == "customs_code_missing"


def test_a_declaration_says_where_goods_are_made_and_their_brand() -> None:
    (box,) = _export().parcels
    items = tuple(msgspec.structs.replace(item, origin_country="CN", brand="Testbrand") for item in box.items)
    request = msgspec.structs.replace(_export(), parcels=(msgspec.structs.replace(box, items=items),))
    order = export_order(request, Product("SMALL_PACKET", "ORDERED"), "109012")
    assert order.customs_declaration is not None
    (entry,) = order.customs_declaration.customs_entries
    assert (entry.country_code, entry.trademark, entry.tnved_code) == (156, "Testbrand", "6912002500")


async def test_a_point_that_is_not_the_accounts_is_told(world: Any) -> None:
    other = world.with_settings(postoffice="999999")
    with pytest.raises(Rejected, match="999999"):
        await reading(other, other.check)


# --- export ---------------------------------------------------------------------------------------


def _export(**changes: Any) -> BookRequest:
    to = Address(country="BY", region="Minsk", city="Minsk", postal_code="220030", street="Lenina 1")
    request = book_request("SMALL_PACKET:ORDERED", to=to)
    (box,) = request.parcels
    items = tuple(
        msgspec.structs.replace(item, name_en="Cup", customs_code="6912002500") for item in box.items
    )
    recipient = msgspec.structs.replace(request.recipient, name="Ivanov Ivan")
    box = msgspec.structs.replace(box, items=items)
    return msgspec.structs.replace(request, parcels=(box,), recipient=recipient, **changes)


async def test_an_export_has_an_s10_number_and_a_declaration(world: Any) -> None:
    shipment = await world.book(_export())
    assert post.is_s10(shipment.tracking_number)
    (one,) = await reading(world.carrier, lambda: world.carrier.find(shipment.reference))
    assert (one.recipient_country, one.recipient_postal_code) == ("BY", "220030")
    quotes = await reading(world.carrier, lambda: world.carrier.quote(quote_request(_export())))
    assert "SMALL_PACKET:ORDERED" in {quote.service.code for quote in quotes}


async def test_an_export_without_what_customs_ask_is_refused(world: Any) -> None:
    plain = book_request("SMALL_PACKET:ORDERED").parcels
    named = msgspec.structs.replace(_export().recipient, name="Иванов Иван")
    for request, code in (
        (msgspec.structs.replace(_export(), parcels=plain), "customs_code_missing"),
        (msgspec.structs.replace(_export(), recipient=named), "name_not_latin"),
    ):
        with pytest.raises(Rejected) as caught:
            await sent(
                world.carrier, lambda request=request: world.carrier.book(fresh(world.carrier, request))
            )
        assert caught.value.code == code
    assert (await world.counts())["orders_created"] == 0
