"""The contract suite is worth something: a carrier that is wrong in one point fails the check of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import httpx
import hub
import msgspec
import pytest
from hub.testing import UNCLEAR, CarrierContract, account, book_request
from hub_sample import Sample, SampleSettings
from vendor_emulators.app import serve
from vendor_emulators.clock import ManualClock
from vendor_emulators.courier import CourierEmulator


class FindsNothing(Sample):
    async def find(self, reference: str) -> Sequence[hub.FoundShipment]:
        return []


class HidesFailedLookUps(Sample):
    async def find(self, reference: str) -> Sequence[hub.FoundShipment]:
        try:
            return await super().find(reference)
        except httpx.HTTPError:
            return []


class ForgetsThatItIsKnown(Sample):
    async def book(self, request: hub.BookRequest) -> hub.Booking:
        try:
            return await super().book(request)
        except hub.Rejected as error:
            raise hub.Rejected(error.message) from error


class OnlyPretendsToCancel(Sample):
    async def cancel(self, shipment: hub.Shipment) -> hub.Cancellation:
        return hub.Cancellation(state="cancelled")


class NewestFirst(Sample):
    async def track(self, shipment: hub.Shipment) -> hub.Tracking:
        told = await super().track(shipment)
        return msgspec.structs.replace(told, events=told.events[::-1])


class PaysToLook(Sample):
    async def check(self) -> hub.AccountStatus:
        with suppress(hub.Rejected, RuntimeError):
            await self.ask("POST", "/shipments", json={})
        return hub.AccountStatus(external_id="x")


class MarksBookingAsSafe(Sample):
    async def ask(self, method: str, path: str, **what: Any) -> Any:
        return await super().ask(method, path, extensions={"safe": True}, **what)


class ExpectsOtherCodes(Sample):
    def expected_codes(self, shipment: hub.Shipment) -> frozenset[str]:
        return frozenset({"NOT-ON-THE-LABEL"})


class StumblesOverErrors(Sample):
    def explain(self, error: Exception) -> hub.Failure | None:
        raise error


class BooksOnWhateverComes(Sample):
    async def book(self, request: hub.BookRequest) -> hub.Booking:
        answer = await self.ask("POST", "/shipments", json={"reference": request.reference})
        number = answer.text[:10] or "none"
        return hub.Booking(state="confirmed", carrier_id=number, tracking_number=number)


class SendsABookingAgain(Sample):
    async def book(self, request: hub.BookRequest) -> hub.Booking:
        try:
            return await super().book(request)
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return await super().book(request)


class CutsNames(Sample):
    text_limits = (hub.TextLimit("recipient.name", 200, "made up"),)

    async def book(self, request: hub.BookRequest) -> hub.Booking:
        to = msgspec.structs.replace(request.recipient, name=request.recipient.name[:190])
        return await super().book(msgspec.structs.replace(request, recipient=to))


class Bench(CarrierContract):
    """Not collected: its checks are called one by one."""

    __test__ = False
    bookable = book_request("economy")
    unserved = hub.Address(country="RU", postal_code="690000")
    clock: ManualClock
    url: str

    async def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)

    async def hand_in(self, shipment: hub.Shipment) -> None:
        async with httpx.AsyncClient(trust_env=False) as http:
            url = f"{self.url}/_emulator/dropoff"
            (await http.post(url, json={"numbers": [shipment.tracking_number]})).raise_for_status()


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    bench.clock = ManualClock()
    with serve(CourierEmulator(clock=bench.clock)) as running:
        bench.url = running.url
        yield bench


@pytest.mark.parametrize(
    ("kind", "check"),
    [
        (FindsNothing, "test_find_gives_exactly_what_was_booked"),
        (HidesFailedLookUps, "test_a_look_up_that_failed_is_not_absent"),
        (ForgetsThatItIsKnown, "test_a_repeated_reference_makes_no_second_live_shipment"),
        (OnlyPretendsToCancel, "test_a_cancelled_booking_is_not_live"),
        (NewestFirst, "test_tracking_is_in_order"),
        (PaysToLook, "test_reads_send_nothing_that_could_cost_money"),
        (MarksBookingAsSafe, "test_booking_outside_the_journal_is_refused"),
        (ExpectsOtherCodes, "test_the_label_shows_an_expected_code"),
        (StumblesOverErrors, "test_explain_is_pure_and_never_raises"),
    ],
)
async def test_it_is_caught(
    kind: type[Sample], check: str, bench: Bench, hub_http: httpx.AsyncClient
) -> None:
    settings = SampleSettings(base_url=bench.url, key=hub.Secret("demo-key"))
    run = getattr(bench, check)
    result = run(Sample(settings, hub_http, account("sample")))
    if result is not None:
        await result
    try:
        result = run(kind(settings, hub_http, account("sample")))
        if result is not None:
            await result
    except (Exception, pytest.fail.Exception):
        return
    pytest.fail(f"{check} does not notice a carrier that {kind.__name__}")


@pytest.mark.parametrize(
    ("kind", "case"), [(BooksOnWhateverComes, "object"), (SendsABookingAgain, "page_502")]
)
async def test_what_it_makes_of_an_unclear_answer_is_caught(
    kind: type[Sample], case: str, bench: Bench, hub_http: httpx.AsyncClient
) -> None:
    settings = SampleSettings(base_url=bench.url, key=hub.Secret("demo-key"))
    response = next(one for one in UNCLEAR if one.headers["X-Case"] == case)
    await bench.test_an_unclear_answer_to_a_booking_is_looked_up(
        Sample(settings, hub_http, account("sample")), response
    )
    with pytest.raises(AssertionError, match=r"says nothing|one attempt"):
        await bench.test_an_unclear_answer_to_a_booking_is_looked_up(
            kind(settings, hub_http, account("sample")), response
        )


async def test_texts_that_are_cut_are_caught(bench: Bench, hub_http: httpx.AsyncClient) -> None:
    class Whole(Sample):
        text_limits = CutsNames.text_limits

    settings = SampleSettings(base_url=bench.url, key=hub.Secret("demo-key"))
    check = bench.test_texts_of_the_longest_length_go_out_whole
    await check(Whole(settings, hub_http, account("sample")))
    with pytest.raises(AssertionError, match=r"recipient\.name was cut"):
        await check(CutsNames(settings, hub_http, account("sample")))


async def test_nobody_waits_for_days() -> None:
    with pytest.raises(pytest.fail.Exception, match="override pass_time"):
        await CarrierContract().pass_time(864_000)


async def test_wrong_credentials_under_another_name_are_told(hub_http: httpx.AsyncClient) -> None:
    class SaysNo(Sample):
        async def check(self) -> hub.AccountStatus:
            raise hub.Rejected("wrong client or secret")

    carrier = SaysNo(
        SampleSettings(base_url="http://127.0.0.1:1", key=hub.Secret("k")), hub_http, account("sample")
    )
    with pytest.raises(
        pytest.fail.Exception, match=r"raised Rejected, not AuthFailed.*raise hub\.AuthFailed"
    ):
        await CarrierContract().test_wrong_credentials_are_told_as_such(carrier)
