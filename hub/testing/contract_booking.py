"""Booking, looking up, cancelling: what money hangs on."""

from __future__ import annotations

import httpx
import pytest

from hub.calls.sending import UnsafeRequest
from hub.calls.transport import make_client
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import HubError, Unconfirmed
from hub.testing.contract_knobs import AnyCarrier, Knobs
from hub.testing.driving import (
    booked,
    cancelled,
    decided,
    fresh,
    needs,
    reading,
    refused_as_known,
    sent,
    shipment_of,
    unsafe,
    watched,
)
from hub.testing.unclear import NO_ANSWERS, UNCLEAR, Answering, always


class Booking(Knobs):
    """A booking is made once, found, and cancelled."""

    # --- booking ----------------------------------------------------------------------------------

    async def test_booking_gives_an_id_and_a_tracking_number(self, carrier: AnyCarrier) -> None:
        needs(carrier, "book")
        request = fresh(carrier, self.bookable)
        with watched(carrier.http) as requests:
            first = await sent(carrier, lambda: carrier.book(request))
        assert len(unsafe(requests)) == 1, "a booking is one unsafe request, through the hub's own client"
        assert first.carrier_id
        booking = await decided(carrier, first, self.pass_time)
        assert booking.state == "confirmed"
        assert booking.carrier_id == first.carrier_id
        assert booking.tracking_number
        assert booking.price is None or booking.price.amount > 0

    async def test_booking_outside_the_journal_is_refused(self, carrier: AnyCarrier) -> None:
        needs(carrier, "book")
        request = fresh(carrier, self.bookable)
        with pytest.raises(UnsafeRequest):
            await carrier.book(request)
        if type(carrier).find is not Carrier.find:
            assert list(await reading(carrier, lambda: carrier.find(request.reference))) == []

    async def test_find_gives_exactly_what_was_booked(self, carrier: AnyCarrier) -> None:
        needs(carrier, "book", "find")
        request, other = fresh(carrier, self.bookable), fresh(carrier, self.bookable)
        booking = await booked(carrier, request, self.pass_time)
        await booked(carrier, other, self.pass_time)
        (found,) = await reading(carrier, lambda: carrier.find(request.reference))
        assert found.live
        assert found.reference == request.reference
        assert found.booking == booking
        address = request.recipient.address
        assert address is not None
        assert found.service_code in ("", request.service.code)
        assert found.recipient_country in ("", address.country)
        assert found.recipient_postal_code in ("", address.postal_code)
        assert found.weight_g in (None, sum(box.weight_g for box in request.parcels))

    async def test_find_of_an_unknown_reference_is_empty(self, carrier: AnyCarrier) -> None:
        needs(carrier, "find")
        unknown = fresh(carrier, self.bookable).reference
        assert list(await reading(carrier, lambda: carrier.find(unknown))) == []

    async def test_many_are_found_as_each_is(self, carrier: AnyCarrier) -> None:
        needs(carrier, "book", "find", "find_many")
        request, other = fresh(carrier, self.bookable), fresh(carrier, self.bookable)
        await booked(carrier, request, self.pass_time)
        references = [request.reference, other.reference]  # the second one was never booked
        found = await reading(carrier, lambda: carrier.find_many(references))
        assert set(found) <= set(references)
        for reference, orders in found.items():
            alone = await reading(carrier, lambda reference=reference: carrier.find(reference))  # type: ignore[misc]
            assert list(orders) == list(alone)

    async def test_a_look_up_that_failed_is_not_absent(self, carrier: AnyCarrier) -> None:
        needs(carrier, "find")

        def broken(request: httpx.Request) -> httpx.Response:
            raise httpx.ReadTimeout("no answer", request=request)

        answers = [broken, *(always(response) for response in NO_ANSWERS)]
        for answer in answers:
            async with make_client(inner=httpx.MockTransport(answer)) as http:
                other = type(carrier)(carrier.settings, http, carrier.account)
                with pytest.raises(HubError):
                    await reading(other, lambda other=other: other.find("ABC234"))  # type: ignore[misc]

    async def test_a_repeated_reference_makes_no_second_live_shipment(self, carrier: AnyCarrier) -> None:
        needs(carrier, "book", "find")
        if carrier.create_safety != "unique_ref" and carrier.refuses_duplicates == "no":
            pytest.skip(f"{carrier.title} does not refuse a repeated reference")
        request = fresh(carrier, self.bookable)
        first = await booked(carrier, request, self.pass_time)
        assert await refused_as_known(carrier, request, self.pass_time), "the refusal has to say so"
        live = [one for one in await reading(carrier, lambda: carrier.find(request.reference)) if one.live]
        assert [one.booking.carrier_id for one in live] == [first.carrier_id]

    @pytest.mark.parametrize("response", UNCLEAR, ids=lambda one: one.headers["X-Case"])
    async def test_an_unclear_answer_to_a_booking_is_looked_up(
        self, carrier: AnyCarrier, response: httpx.Response
    ) -> None:
        """Neither refused nor booked: whoever answered so need not be who took the order."""
        needs(carrier, "book")
        async with httpx.AsyncHTTPTransport() as real, make_client(inner=Answering(real, response)) as http:
            other = type(carrier)(carrier.settings, http, carrier.account)
            request = fresh(carrier, self.bookable)
            with watched(http) as requests:
                try:
                    booking = await sent(other, lambda: other.book(request))
                except Unconfirmed:
                    booking = None
            assert booking is None, (
                f"book made {booking.state!r} of an answer that says nothing: raise, or declare in "
                "`refusals` what a refusal looks like"
            )
            assert len(unsafe(requests)) == 1, "one attempt: never send a booking again"

    # --- cancelling -------------------------------------------------------------------------------

    async def test_a_cancelled_booking_is_not_live(self, carrier: AnyCarrier) -> None:
        needs(carrier, "book", "find", "cancel")
        request = fresh(carrier, self.bookable)
        shipment = shipment_of(await booked(carrier, request, self.pass_time), request)
        assert (await cancelled(carrier, shipment, self.pass_time)).state == "cancelled"
        found = await reading(carrier, lambda: carrier.find(request.reference))
        assert not any(one.live for one in found)

    async def test_cancelling_twice_is_harmless(self, carrier: AnyCarrier) -> None:
        needs(carrier, "book", "cancel")
        request = fresh(carrier, self.bookable)
        shipment = shipment_of(await booked(carrier, request, self.pass_time), request)
        await cancelled(carrier, shipment, self.pass_time)
        assert (await cancelled(carrier, shipment, self.pass_time)).state == "cancelled"
