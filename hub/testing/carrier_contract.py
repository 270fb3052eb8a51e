"""What the core relies on in every carrier, as a test class to subclass.

    class TestAcme(CarrierContract):
        bookable = book_request("express")
        unserved = Address(country="AQ", postal_code="000000", city="Vostok")

        @pytest.fixture
        def server(self):
            with acme_test_server() as url:
                yield url

        @pytest.fixture
        def carrier(self, server, hub_http):  # in this order: the client is closed before the server
            return Acme(AcmeSettings(base_url=server, key=Secret("test")), hub_http, account("acme"))

        async def pass_time(self, seconds): ...
        async def hand_in(self, shipment): ...

A check of what a carrier does not offer is skipped: nothing else is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from typing import Any, ClassVar

import httpx
import msgspec
import pytest

from hub.calls.sending import UnsafeRequest
from hub.calls.transport import make_client
from hub.plugin_api.carriers import Carrier, carrier_capabilities
from hub.plugin_api.errors import (
    AuthFailed,
    ConfigError,
    Failure,
    HubError,
    Rejected,
    Unconfirmed,
    Unsupported,
)
from hub.plugin_api.models import Address, BookRequest, EventKind, Quote, Shipment
from hub.plugin_api.settings import Secret, dump_settings, load_settings, secret_fields, settings_schema
from hub.plugins.checks import check_class
from hub.testing.driving import (
    booked,
    cancelled,
    codes_on,
    decided,
    fresh,
    labelled,
    needs,
    quote_request,
    reading,
    refused_as_known,
    sent,
    shipment_of,
    unsafe,
    watched,
    worth_nothing,
)
from hub.testing.imports import files_of, internals_in
from hub.testing.unclear import NO_ANSWERS, UNCLEAR, Answering, always

AnyCarrier = Carrier[Any]
_LONGEST_WAIT = 60.0
"""Seconds that the suite really waits, where a server's clock cannot be moved."""


class CarrierContract:
    """Subclass it as ``Test...`` with a fixture ``carrier`` (a fresh one per test) and these knobs."""

    bookable: ClassVar[BookRequest]
    """A request that the carrier takes; each test puts in a reference of its own."""
    unserved: ClassVar[Address]
    """An address that the carrier does not deliver to."""
    unclear: ClassVar[Address]
    """An address that the carrier does not vouch for; only of a carrier that cleans addresses."""

    @pytest.fixture
    def carrier(self) -> AnyCarrier:
        """An object of the plugin's class, made with `hub_http` and `account`: override it."""
        raise NotImplementedError("give a fixture `carrier`: an object of the plugin's class")

    async def pass_time(self, seconds: float) -> None:
        """Let the vendor's time pass: move the clock of your test server. Without that the suite waits
        for a minute at most; tracking asks for ten days."""
        if seconds > _LONGEST_WAIT:
            pytest.fail(
                f"this check needs {seconds:g} s of the vendor's time, too long to wait for: override "
                "pass_time(seconds) to move your server's clock, or to do nothing where it has none",
                pytrace=False,
            )
        await asyncio.sleep(seconds)

    async def hand_in(self, shipment: Shipment) -> None:
        """Bring the parcel to the carrier, so that tracking has something to tell."""

    # --- what it says about itself ----------------------------------------------------------------

    def test_the_loader_takes_it(self, carrier: AnyCarrier) -> None:
        check_class(carrier.code, "carriers", type(carrier))

    def test_it_imports_the_public_names_only(self, carrier: AnyCarrier) -> None:
        used = internals_in(files_of(type(carrier)))
        assert not used, f"import from hub and hub.testing, what their __all__ names: {', '.join(used)}"

    async def test_its_capabilities_are_honest(self, carrier: AnyCarrier) -> None:
        offered = carrier_capabilities(type(carrier))
        both = type(carrier).fetch_labels is not Carrier.fetch_labels
        assert ("request_labels" in offered) == both, "request_labels and fetch_labels come together"
        shipment = _never_booked(self.bookable)
        for name, argument in (("label", shipment), ("track", shipment), ("booking", "none")):
            if name not in offered:
                with pytest.raises(Unsupported):
                    await getattr(carrier, name)(argument)

    def test_settings_refuse_what_they_do_not_know(self, carrier: AnyCarrier) -> None:
        plain = dump_settings(carrier.settings)
        assert load_settings(type(carrier.settings), plain) == carrier.settings
        with pytest.raises(ConfigError):
            load_settings(type(carrier.settings), {**plain, "no_such_setting": "x"})

    def test_settings_hide_their_secrets(self, carrier: AnyCarrier) -> None:
        names = secret_fields(type(carrier.settings))
        if carrier.for_comparison and not names:
            pytest.skip(f"{carrier.title} has no credentials")
        assert names, "credentials are Secret fields"
        fields = settings_schema(type(carrier.settings))["properties"]
        for name in names:
            secret: Secret = getattr(carrier.settings, name)
            assert secret.reveal() not in repr(carrier.settings)
            assert fields[name]["format"] == "password"

    # --- credentials ------------------------------------------------------------------------------

    async def test_check_names_the_account(self, carrier: AnyCarrier) -> None:
        needs(carrier, "check")
        first = await reading(carrier, carrier.check)
        assert first.external_id, "references are made of it"
        assert (await reading(carrier, carrier.check)).external_id == first.external_id

    async def test_wrong_credentials_are_told_as_such(self, carrier: AnyCarrier) -> None:
        needs(carrier, "check")
        wrong = {name: Secret("wrong") for name in secret_fields(type(carrier.settings))}
        if carrier.for_comparison and not wrong:
            pytest.skip(f"{carrier.title} has no credentials")
        settings = msgspec.structs.replace(carrier.settings, **wrong)
        other = type(carrier)(settings, carrier.http, carrier.account)
        try:
            await reading(other, other.check)
        except AuthFailed:
            return
        except HubError as error:
            pytest.fail(
                f"check with wrong credentials raised {type(error).__name__}, not AuthFailed: a 401 is that "
                "by itself; where the vendor says it otherwise (under 200), raise hub.AuthFailed",
                pytrace=False,
            )
        pytest.fail("check took credentials that are wrong: ask something that needs them", pytrace=False)

    # --- what goods are worth ---------------------------------------------------------------------

    async def test_the_currency_of_values_is_one_or_none(self, carrier: AnyCarrier) -> None:
        to = self.bookable.recipient.address
        assert to is not None
        currency = carrier.value_currency(self.bookable.sender.address, to)
        assert currency == "" or (len(currency) == 3 and currency.isalpha() and currency.isupper())
        if currency and self.bookable.declared_value is not None:
            assert self.bookable.declared_value.currency == currency, "the bookable request is told in it"

    # --- prices -----------------------------------------------------------------------------------

    async def test_quotes_are_prices_that_can_be_booked(self, carrier: AnyCarrier) -> None:
        needs(carrier, "quote")
        quotes = await reading(carrier, lambda: carrier.quote(quote_request(self.bookable)))
        assert self.bookable.service.code in [quote.service.code for quote in quotes]
        assert len({quote.service.code for quote in quotes}) == len(quotes)
        for quote in quotes:
            assert quote.price.amount > 0
            assert quote.price.amount == round(quote.price.amount, 2)
            assert len(quote.price.currency) == 3
            assert quote.price.currency.isupper()
            assert quote.service.name
            if quote.days_min is not None and quote.days_max is not None:
                assert 0 <= quote.days_min <= quote.days_max

    async def test_goods_that_cost_nothing_are_booked_where_they_have_an_offer(
        self, carrier: AnyCarrier
    ) -> None:
        needs(carrier, "quote", "book")
        gift = worth_nothing(self.bookable)
        quotes: Sequence[Quote] = ()
        with suppress(Rejected):  # which says why there is none
            quotes = await reading(carrier, lambda: carrier.quote(quote_request(gift)))
        for quote in quotes[:3]:
            order = fresh(carrier, msgspec.structs.replace(gift, service=quote.service))
            booking = await booked(carrier, order, self.pass_time)
            assert booking.state == "confirmed", f"{quote.service.code} was offered: {booking.reason}"

    async def test_an_address_that_is_not_served_has_no_offers(self, carrier: AnyCarrier) -> None:
        needs(carrier, "quote")
        asked = msgspec.structs.replace(quote_request(self.bookable), recipient=self.unserved)
        quotes: Sequence[Quote] = ()
        with suppress(Rejected):  # which says why there is none
            quotes = await reading(carrier, lambda: carrier.quote(asked))
        assert list(quotes) == []

    # --- addresses --------------------------------------------------------------------------------

    async def test_a_clear_address_is_booked_as_it_was_cleaned(self, carrier: AnyCarrier) -> None:
        needs(carrier, "clean", "book")
        recipient = self.bookable.recipient
        told = await reading(carrier, lambda: carrier.clean(recipient))
        assert told.clear, "the bookable request goes to a clear address"
        assert told.doubts == ()
        assert told.address is not None
        assert recipient.address is not None
        assert told.address.country == recipient.address.country
        to = msgspec.structs.replace(recipient, address=told.address)
        request = msgspec.structs.replace(self.bookable, recipient=to, cleaned=told)
        booking = await booked(carrier, fresh(carrier, request), self.pass_time)
        assert booking.state == "confirmed", booking.reason

    async def test_an_unclear_address_says_what_is_in_doubt(self, carrier: AnyCarrier) -> None:
        needs(carrier, "clean")
        recipient = msgspec.structs.replace(self.bookable.recipient, address=self.unclear)
        told = await reading(carrier, lambda: carrier.clean(recipient))
        assert not told.clear
        assert told.doubts
        shown = {self.unclear.street, self.unclear.city, self.unclear.postal_code} - {""}
        assert not any(word in repr(told) or word in " ".join(told.doubts) for word in shown)

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

    # --- papers and tracking ----------------------------------------------------------------------

    async def test_the_label_shows_an_expected_code(self, carrier: AnyCarrier) -> None:
        needs(carrier, "book")
        if not {"label", "request_labels"} & set(carrier_capabilities(type(carrier))):
            pytest.skip(f"{carrier.title} gives no labels")
        request = fresh(carrier, self.bookable)
        shipment = shipment_of(await booked(carrier, request, self.pass_time), request)
        label = await labelled(carrier, shipment, self.pass_time)
        assert label.media_type != "application/pdf" or label.content.startswith(b"%PDF")
        codes = codes_on(label)
        assert codes is None or codes & carrier.expected_codes(shipment), "no page could be assigned"

    async def test_tracking_is_in_order(self, carrier: AnyCarrier) -> None:
        needs(carrier, "book", "track")
        request = fresh(carrier, self.bookable)
        shipment = shipment_of(await booked(carrier, request, self.pass_time), request)
        before = await reading(carrier, lambda: carrier.track(shipment))
        assert before.charged is None, "nothing is charged before the carrier has the parcel"
        await self.hand_in(shipment)
        await self.pass_time(timedelta(days=10).total_seconds())
        told = await reading(carrier, lambda: carrier.track(shipment))
        assert told.events
        assert all(event.time.utcoffset() is not None for event in told.events)
        assert all(one.time <= two.time for one, two in pairwise(told.events))
        assert all(event.code and event.known for event in told.events)
        if type(self).hand_in is not CarrierContract.hand_in:
            assert EventKind.HANDED_OVER in [event.kind for event in told.events], (
                "after hand_in and ten days of pass_time the parcel is with its buyer"
            )

    # --- manners ----------------------------------------------------------------------------------

    async def test_reads_send_nothing_that_could_cost_money(self, carrier: AnyCarrier) -> None:
        needs(carrier, "book")
        request = fresh(carrier, self.bookable)
        shipment = shipment_of(await booked(carrier, request, self.pass_time), request)
        offered = set(carrier_capabilities(type(carrier)))
        asked = {
            "check": lambda: carrier.check(),
            "quote": lambda: carrier.quote(quote_request(request)),
            "clean": lambda: carrier.clean(request.recipient),
            "booking": lambda: carrier.booking(shipment.carrier_id),
            "find": lambda: carrier.find(request.reference),
            "label": lambda: carrier.label(shipment),
            "request_labels": lambda: carrier.request_labels([shipment]),
            "cancellation": lambda: carrier.cancellation(shipment),
            "track": lambda: carrier.track(shipment),
        }
        for name in sorted(offered & asked.keys()):
            with watched(carrier.http) as requests:
                await asked[name]()  # type: ignore[no-untyped-call]
            assert unsafe(requests) == [], name

    def test_explain_is_pure_and_never_raises(self, carrier: AnyCarrier) -> None:
        request = httpx.Request("GET", "https://vendor.example/")
        bodies = (b"", b"<html>", b"[]", b'"text"', b'{"error": null}', b'{"errors": [null]}')
        errors: list[Exception] = [
            *(_status_error(request, status, body) for status in (400, 401, 404, 500) for body in bodies),
            httpx.ReadTimeout("no answer", request=request),
            msgspec.ValidationError("another shape"),
            ValueError("not JSON"),
        ]
        for error in errors:
            meaning = carrier.explain(error)
            assert meaning is None or isinstance(meaning, Failure)
            assert carrier.explain(error) == meaning


def _never_booked(request: BookRequest) -> Shipment:
    return Shipment(
        id="shp_none",
        posting_number=request.posting_number,
        reference="NONE",
        carrier_id="none",
        tracking_number="none",
        service=request.service,
        parcels=request.parcels,
    )


def _status_error(request: httpx.Request, status: int, body: bytes) -> httpx.HTTPStatusError:
    response = httpx.Response(status, content=body, request=request)
    return httpx.HTTPStatusError(f"HTTP {status}", request=request, response=response)
