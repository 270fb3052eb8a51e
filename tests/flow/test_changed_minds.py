"""A vendor that changes its mind: orders that are gone and come back, refusals that were another one's,
numbers written in another way, keys that it has forgotten, and a person's word that has been overtaken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

from hub.flow import orders
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import Rejected
from hub.plugin_api.models import (
    Booking,
    BookRequest,
    Cancellation,
    FoundShipment,
    Money,
    Parcel,
    Shipment,
    Stage,
)
from hub.store import rows

from .desk import START, TOML, Courier, Key, Lookup, Nothing, Unique, desk


class _Hides(Lookup):
    """It says yes to a cancel and does nothing; its next look-ups show no order at all."""

    cancellation = Carrier.cancellation  # type: ignore[assignment]
    hides: ClassVar[int] = 0

    async def cancel(self, shipment: Shipment) -> Cancellation:
        return Cancellation(state="cancelled")

    async def find(self, reference: str) -> Sequence[FoundShipment]:
        if _Hides.hides:
            _Hides.hides -= 1
            return []
        return await super().find(reference)


@pytest.mark.parametrize("hides", [1, 2])
async def test_an_order_that_is_not_shown_for_a_moment_is_not_cancelled(tmp_path: Path, hides: int) -> None:
    _Hides.hides = 0
    async with desk(tmp_path, _Hides) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time(3600)
        _Hides.hides = hides
        await orders.cancel(at.app, posting, "wrong service", "test")
        await at.ship(posting)
        await at.pass_time(3600)
        assert [order.number for order in at.books.live()] == ["TRK1"]
        assert "cancel_refused" in at.problems()


async def test_an_order_that_its_carrier_never_shows_again_is_cancelled(tmp_path: Path) -> None:
    _Hides.hides = 0
    async with desk(tmp_path, _Hides) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time(3600)
        _Hides.hides = 1000
        await orders.cancel(at.app, posting, "wrong service", "test")
        await at.pass_time(600)
        (shipment,) = rows.shipments.all(at.app.store.reader, "")
        assert shipment.state == "cancelled"


class _Returns(_Hides):
    """An order that was cancelled lives again after some minutes."""

    async def cancel(self, shipment: Shipment) -> Cancellation:
        self._order(shipment).live = False
        return Cancellation(state="cancelled")


@pytest.mark.parametrize("returns", [True, False])
@pytest.mark.parametrize("again", [True, False])
async def test_a_cancelled_order_that_lives_again_is_told(tmp_path: Path, returns: bool, again: bool) -> None:
    _Hides.hides = 0
    async with desk(tmp_path, _Returns) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time(3600)
        await orders.cancel(at.app, posting, "wrong service", "test")
        await at.pass_time(120)
        if again:
            await at.ship(posting)
        await at.pass_time(120)
        at.books.orders[0].live = returns
        await at.pass_time(3600)
        told = [one.data.get("tracking_number") for one in at.problems().values()]
        assert told == (["TRK1"] if returns else [])
        assert len(at.books.sends) == 1 + again


class _Refuses(Courier):
    """It books, and answers with the refusal of somebody else's request."""

    async def book(self, request: BookRequest) -> Booking:
        booking = await super().book(request)
        if len(self.books.sends) == 1:
            raise Rejected("no such street", vendor_code="street")
        return booking


class _RefusesLookup(_Refuses, Lookup):
    pass


class _RefusesUnique(_Refuses, Unique):
    pass


@pytest.mark.parametrize("kind", [_RefusesLookup, _RefusesUnique])
@pytest.mark.parametrize("after", [5, 120, 3600])
async def test_a_refusal_that_was_anothers_books_nothing_twice(
    tmp_path: Path, kind: type[Courier], after: float
) -> None:
    async with desk(tmp_path, kind) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time(after)
        if "carrier_refused" in at.problems():
            await at.answer("carrier_refused", "retry")
        await at.pass_time(3600)
        assert [order.number for order in at.books.live()] == ["TRK1"]
        assert at.view(posting).tracking_number == "TRK1"
        assert not at.problems()


@pytest.mark.parametrize("kind", [_RefusesLookup, _RefusesUnique])
async def test_what_was_refused_and_is_there_goes_with_its_posting(
    tmp_path: Path, kind: type[Courier]
) -> None:
    async with desk(tmp_path, kind) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time(60)
        at.books.postings["1001-1"] = msgspec.structs.replace(
            at.books.postings["1001-1"], status="cancelled", stage=Stage.CANCELLED, actions=frozenset()
        )
        await orders.sync(at.app, "shop", "test")
        await at.pass_time(7200)
        assert not at.books.live()


_NO_ANSWER_THEN_NO = ["late 3000", "refused"]
"""The first send lands long after its settle time; the second one is refused."""


async def test_a_send_in_doubt_before_a_refusal_is_told_and_adopted_when_it_lands(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        at.books.meets.extend(_NO_ANSWER_THEN_NO)
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time(600)
        assert len(at.books.sends) == 2
        told = at.problems()["carrier_refused"]
        assert "no such street" in told.text
        assert "of 2026-11-23 06:00 UTC, got no clear answer" in told.text
        await at.pass_time(3 * 3600)
        assert [order.number for order in at.books.live()] == ["TRK1"]
        assert at.view(posting).tracking_number == "TRK1"
        assert not at.problems()


class _RefusesLater(Lookup):
    """It takes an order in, and says later that it is none."""

    async def book(self, request: BookRequest) -> Booking:
        await super().book(request)
        return Booking(state="accepted", carrier_id=f"U{len(self.books.sends)}")

    async def booking(self, carrier_id: str) -> Booking:
        self.books.orders.clear()
        return Booking(state="rejected", carrier_id=carrier_id, reason="no such place", reason_code="place")

    async def find(self, reference: str) -> Sequence[FoundShipment]:
        return []


@pytest.mark.parametrize(("meets", "told"), [(["well"], False), (["dropped", "well"], True)])
async def test_an_order_that_was_taken_in_and_refused_leaves_no_doubt_of_its_own(
    tmp_path: Path, meets: list[str], told: bool
) -> None:
    """Another send before it, of which nothing was heard, does."""
    async with desk(tmp_path, _RefusesLater) as at:
        at.books.meets.extend(meets)
        await at.ship(await at.order())
        await at.pass_time(600)
        text = at.problems()["carrier_refused"].text
        assert "no such place" in text
        assert ("no clear answer" in text) is told


@pytest.mark.parametrize("lands", [300, 20_000])
async def test_a_send_in_doubt_is_looked_for_before_anything_is_booked_anew(
    tmp_path: Path, lands: float
) -> None:
    async with desk(tmp_path, Lookup) as at:
        at.books.meets.extend([f"late {lands}", "refused"])
        posting = await at.order()
        await at.ship(posting)
        while "carrier_refused" not in at.problems():
            await at.pass_time(20)
        at.clock.advance(max(0.0, (START + timedelta(seconds=320) - at.clock.now()).total_seconds()))
        await at.answer("carrier_refused", "retry")
        await at.pass_time(600)
        if lands == 300:
            assert at.view(posting).tracking_number == "TRK1"
            assert len(at.books.live()) == 1
            return
        assert at.view(posting).tracking_number == "TRK2"
        await at.pass_time(24 * 3600, news=False)
        assert at.problems()["booked_twice"].data["extra"] == ["TRK1"]


async def test_a_send_in_doubt_of_a_carrier_that_cannot_be_asked_is_told(tmp_path: Path) -> None:
    async with desk(tmp_path, Key) as at:
        at.books.meets.extend(["dropped", "refused"])
        await at.ship(await at.order())
        await at.pass_time(600)
        reference = at.operations()[0].reference
        assert f"look for {reference} in its cabinet" in at.problems()["carrier_refused"].text


class _Sleeps(Key):
    """It forgets its keys after a day."""

    async def book(self, request: BookRequest) -> Booking:
        for order in self.books.orders:
            if self.books.clock.now() - order.at > timedelta(hours=24):
                order.reference += " (forgotten)"
        return await super().book(request)


async def test_a_key_is_not_trusted_when_its_carrier_may_have_forgotten_it(tmp_path: Path) -> None:
    async with desk(tmp_path, _Sleeps) as at:
        posting = await at.order()
        at.books.meets.append("lost")
        await at.ship(posting)
        await at.pass_time(5)
        at.clock.advance(3 * 24 * 3600)  # over the weekend nobody runs it
        await at.pass_time(3600)
        assert len(at.books.live()) == 1
        assert at.problems()


class _Revives(Lookup):
    """An order that a look-up shows as cancelled, and is live afterwards."""

    async def find(self, reference: str) -> Sequence[FoundShipment]:
        found = await super().find(reference)
        if len(self.books.sends) > 1 or self.books.clock.now() > self.books.orders[0].at + timedelta(hours=1):
            return found
        return [msgspec.structs.replace(one, live=False) for one in found]


async def test_an_order_that_is_shown_as_ended_is_not_ordered_again_by_itself(tmp_path: Path) -> None:
    async with desk(tmp_path, _Revives) as at:
        posting = await at.order()
        at.books.meets.append("lost")
        await at.ship(posting)
        await at.pass_time(4 * 3600)
        assert len(at.books.sends) == 1
        assert at.view(posting).tracking_number == "TRK1"


class _WritesOtherwise(Lookup):
    """Its second answer has the first order's number, written in another way."""

    way: ClassVar[Any]

    async def book(self, request: BookRequest) -> Booking:
        booking = await super().book(request)
        if len(self.books.sends) == 1:
            return booking
        number = _WritesOtherwise.way(self.books.orders[0].number)
        return msgspec.structs.replace(booking, carrier_id=number, tracking_number=number)


_SPELLINGS = {
    "in small letters": lambda number: number.lower(),
    "with a blank after it": lambda number: f"{number} ",
    "with a blank before it": lambda number: f"\u2003{number}",
}


@pytest.mark.parametrize("way", _SPELLINGS)
async def test_another_spelling_is_no_other_order(tmp_path: Path, way: str) -> None:
    _WritesOtherwise.way = _SPELLINGS[way]
    async with desk(tmp_path, _WritesOtherwise) as at:
        for number in ("1001-1", "1002-1"):
            await at.ship(await at.order(number))
            await at.pass_time(1200)
        told = [numbers[-1] for numbers in at.books.told.values()]
        assert told == ["TRK1", "TRK2"]
        assert not at.problems()


class _OneForAll(Lookup):
    """Whichever account books: the answer names the first order."""

    def price(self, parcels: Sequence[Parcel]) -> Money:
        first = not self.books.orders
        return Money.of("300.00" if first == (self.account.name == "c") else "400.00", "RUB")

    async def book(self, request: BookRequest) -> Booking:
        booking = await super().book(request)
        first = self.books.orders[0].number
        return msgspec.structs.replace(booking, carrier_id=first, tracking_number=first)


async def test_two_accounts_of_one_contract_have_no_order_in_common(tmp_path: Path) -> None:
    toml = TOML + '[sellers.shop.accounts.d]\nplugin = "courier"\n'
    async with desk(tmp_path, _OneForAll, toml=toml) as at:
        for number in ("1001-1", "1002-1"):
            await at.ship(await at.order(number))
            await at.pass_time(1200)
        held = {row.account: row.tracking_number for row in rows.shipments.all(at.app.store.reader, "")}
        assert len(held) == 2
        assert len(set(held.values())) == 2


@pytest.mark.parametrize("hours", [3, 30])
async def test_a_persons_no_is_overtaken_by_what_the_carrier_shows(tmp_path: Path, hours: float) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        at.books.meets.extend(["dropped", f"late {hours * 3600 - 600}"])
        await at.ship(posting)
        await at.pass_time(hours * 3600, news=False)
        await at.answer("operation_unknown", "it_does_not_exist")
        await at.pass_time(3600)
        assert len(at.books.live()) == 1
        assert at.view(posting).tracking_number == "TRK1"


@pytest.mark.parametrize("number", ["TRK1\n", "TRK\x001", "\u202eTRK1", "T" * 200])
async def test_a_person_gives_a_number_that_can_be_printed(tmp_path: Path, number: str) -> None:
    async with desk(tmp_path, Nothing) as at:
        posting = await at.order()
        at.books.meets.append("lost")
        await at.ship(posting)
        await at.pass_time(3600)
        for name in ("carrier_id", "tracking_number"):
            with pytest.raises(Rejected):
                await at.answer("operation_unknown", "it_exists", **{"carrier_id": "TRK1", name: number})
        assert not at.books.told


class _OwnTransport(Lookup):
    """It speaks to its vendor by itself, and takes what went wrong for a refusal."""

    async def book(self, request: BookRequest) -> Booking:
        booking = await super().book(request)
        try:
            raise TimeoutError("timed out") if len(self.books.sends) == 1 else StopAsyncIteration
        except TimeoutError as error:
            raise Rejected("it was refused") from error
        except StopAsyncIteration:
            return booking


async def test_what_went_wrong_on_a_transport_of_its_own_is_no_refusal(tmp_path: Path) -> None:
    async with desk(tmp_path, _OwnTransport) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time(5)
        assert not at.problems()
        await at.pass_time(3600)
        assert at.view(posting).tracking_number == "TRK1"
        assert len(at.books.sends) == 1
