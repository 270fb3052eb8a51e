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

from datetime import timedelta
from itertools import pairwise

import httpx
import msgspec
import pytest

from hub.plugin_api.carriers import Carrier, carrier_capabilities
from hub.plugin_api.errors import ConfigError, Failure, Unsupported
from hub.plugin_api.models import BookRequest, EventKind, Shipment
from hub.plugin_api.settings import Secret, dump_settings, load_settings, secret_fields, settings_schema
from hub.plugins.checks import check_class
from hub.testing.contract_booking import Booking
from hub.testing.contract_knobs import AnyCarrier
from hub.testing.contract_offers import Offers
from hub.testing.driving import (
    booked,
    codes_on,
    fresh,
    labelled,
    needs,
    quote_request,
    reading,
    shipment_of,
    unsafe,
    watched,
)
from hub.testing.imports import files_of, internals_in


class CarrierContract(Offers, Booking):
    """Subclass it as ``Test...`` with a fixture ``carrier`` (a fresh one per test) and these knobs."""

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
