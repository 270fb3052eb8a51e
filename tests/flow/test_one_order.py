"""One posting, one order: what a carrier made of one send, and whose the order is that an answer names."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

from hub.calls.budget import CallsKept
from hub.flow import orders, reading
from hub.flow.health import incidents
from hub.plugin_api.errors import Rejected
from hub.plugin_api.models import Booking, BookRequest, FoundShipment, Stage
from hub.store import rows
from hub.store.mapping import micros

from .desk import START, Courier, Key, Lookup, Nothing, Unique, desk


class _Counts(Lookup):
    """It counts how often it is asked by reference, and books as often as ``makes`` says."""

    makes: ClassVar[int] = 1
    finds: ClassVar[list[str]] = []

    async def book(self, request: BookRequest) -> Booking:
        for _ in range(self.makes):
            booking = await super().book(request)
        return booking

    async def find(self, reference: str) -> Sequence[FoundShipment]:
        found = await super().find(reference)
        self.finds.append(reference)
        return found


@pytest.mark.parametrize("makes", [1, 2, 3])
async def test_what_one_send_made_twice_is_told_within_minutes(tmp_path: Path, makes: int) -> None:
    _Counts.makes, _Counts.finds = makes, []
    async with desk(tmp_path, _Counts) as at:
        await at.ship(await at.order())
        await at.pass_time(300)
        assert not at.problems()
        assert not _Counts.finds  # it holds up no booking
        await at.pass_time(900)
        told = [one.data["extra"] for one in at.problems().values() if one.kind == "booked_twice"]
        assert told == ([[f"TRK{one}" for one in range(1, makes)]] if makes > 1 else [])
        await at.pass_time(3 * 24 * 3600, news=False)
        assert len(_Counts.finds) == 1


async def test_what_a_person_has_seen_is_not_told_again(tmp_path: Path) -> None:
    _Counts.makes, _Counts.finds = 2, []
    async with desk(tmp_path, _Counts) as at:
        await at.ship(await at.order())
        await at.pass_time(1200)
        await at.answer("booked_twice", "dismiss")
        await at.pass_time(3 * 24 * 3600, news=False)
        assert "booked_twice" not in at.problems()


async def test_bookings_that_are_due_are_looked_at_together(tmp_path: Path) -> None:
    _Counts.makes, _Counts.finds = 1, []
    async with desk(tmp_path, _Counts) as at:
        postings = [await at.order(f"100{number}-1") for number in range(1, 6)]
        await orders.ship(at.app, "shop", postings, actor="test")
        await at.pass_time(1800)
        assert sorted(_Counts.finds) == sorted(at.books.sends)
        assert not at.app.store.reader.execute("SELECT 1 FROM jobs WHERE kind = 'look_again'").fetchall()


async def test_a_look_that_fails_is_made_later(tmp_path: Path) -> None:
    _Counts.makes, _Counts.finds = 2, []
    async with desk(tmp_path, _Counts) as at:
        await at.ship(await at.order())
        at.books.look_fails = True
        await at.pass_time(12 * 3600, news=False)
        assert not at.problems()
        at.books.look_fails = False
        await at.pass_time(3600, news=False)
        assert "booked_twice" in at.problems()


async def test_looks_that_could_not_be_made_are_told_once_for_the_account(tmp_path: Path) -> None:
    _Counts.makes, _Counts.finds = 2, []
    async with desk(tmp_path, _Counts) as at:
        later = {"ship_by": START + timedelta(days=30)}
        postings = [await at.order(f"100{number}-1", **later) for number in range(1, 4)]
        await orders.ship(at.app, "shop", postings, actor="test")
        at.books.look_fails = True
        await at.pass_time(600)
        # It is followed meanwhile: that is no look.
        at.clock.advance(2 * 24 * 3600)
        await at.app.store.write(
            lambda tx: tx.execute("UPDATE shipments SET updated_at = ?", (micros(at.clock.now()),))
        )
        await at.pass_time(2 * 24 * 3600, news=False)
        problem = at.problems()["second_look_missed"]
        assert problem.data["count"] == 3
        assert "1002-1" in problem.text
        assert {at.view(posting).problems for posting in postings} == {1}
        assert [one.kind for one in incidents.incidents(at.app).items] == ["second_look_missed"]
        await at.answer("second_look_missed", "dismiss")
        await at.pass_time(2 * 24 * 3600, news=False)
        assert not at.problems()
        assert {at.view(posting).problems for posting in postings} == {0}


class _IsKept(_Counts):
    """Its calls of today are kept for bookings."""

    kept: ClassVar[bool]

    async def find(self, reference: str) -> Sequence[FoundShipment]:
        found = await super().find(reference)
        if self.kept:
            raise CallsKept("Courier", 900, 1000, timedelta(hours=1))
        return found


async def test_a_look_leaves_the_calls_of_the_day_to_bookings(tmp_path: Path) -> None:
    _Counts.makes, _Counts.finds, _IsKept.kept = 2, [], True
    async with desk(tmp_path, _IsKept) as at:
        postings = [await at.order(f"100{number}-1") for number in range(1, 4)]
        await orders.ship(at.app, "shop", postings, actor="test")
        await at.pass_time(4 * 3600, news=False)
        assert 3 <= len(_Counts.finds) <= 5  # one an hour for all of them
        _IsKept.kept = False
        await at.pass_time(2 * 3600, news=False)
        told = [one.kind for one in reading.problems(at.app, seller="shop").items]
        assert told == ["booked_twice"] * 3


class _Vanishes(Lookup):
    """It shows none of its orders, though it says that it took them."""

    async def find(self, reference: str) -> Sequence[FoundShipment]:
        await super().find(reference)
        return []


@pytest.mark.parametrize("handed_over", [False, True])
async def test_an_order_that_its_carrier_never_shows_is_told(tmp_path: Path, handed_over: bool) -> None:
    """Unless the carrier has the parcel: some show no order any more from then on."""
    async with desk(tmp_path, _Vanishes) as at:
        await at.ship(await at.order())
        await at.pass_time(3600 * 2, news=False)
        assert not at.problems()
        if handed_over:
            await at.app.store.write(lambda tx: tx.execute("UPDATE postings SET stage = 'handed_over'"))
        await at.pass_time(3600 * 6, news=False)
        assert ("booking_unverified" in at.problems()) != handed_over


class _OneForTwo(Courier):
    """Two bookings are under way at once, and both are answered with the first one's order."""

    gate: ClassVar[asyncio.Event]

    async def book(self, request: BookRequest) -> Booking:
        booking = await super().book(request)
        if len(self.books.sends) > 2:
            return booking
        if len(self.books.sends) == 2:
            self.gate.set()
        await self.gate.wait()
        first = self.books.orders[0]
        return msgspec.structs.replace(booking, carrier_id=first.number, tracking_number=first.number)


class _OneForTwoLookup(_OneForTwo, Lookup):
    pass


class _OneForTwoUnique(_OneForTwo, Unique):
    pass


class _OneForTwoKey(_OneForTwo, Key):
    pass


class _OneForTwoNothing(_OneForTwo, Nothing):
    pass


@pytest.mark.parametrize("kind", [_OneForTwoLookup, _OneForTwoUnique, _OneForTwoKey, _OneForTwoNothing])
async def test_one_order_is_never_that_of_two_postings(tmp_path: Path, kind: type[Courier]) -> None:
    _OneForTwo.gate = asyncio.Event()
    async with desk(tmp_path, kind) as at:
        postings = [await at.order("1001-1"), await at.order("1001-2")]
        await orders.ship(at.app, "shop", postings, actor="test")
        await at.pass_time(7200)
        held = [number for posting in postings if (number := at.view(posting).tracking_number)]
        assert len(held) == len(set(held))
        told = [numbers[-1] for numbers in at.books.told.values()]
        assert sorted(told) == sorted(held)
        assert len(at.books.live()) == 2
        right = {order.reference: order.number for order in at.books.live()}
        heard = {one.posting_id for one in reading.problems(at.app, seller="shop").items}
        for row in rows.shipments.all(at.app.store.reader, ""):
            mine = row.state == "booked" and row.tracking_number == right[row.reference]
            assert mine or row.posting_id in heard or (kind.find is Courier.find and row.state == "booked")


class _Says(Lookup):
    """Its first answer has other numbers than it gave the order."""

    says: ClassVar[dict[str, Any]]

    async def book(self, request: BookRequest) -> Booking:
        booking = await super().book(request)
        return msgspec.structs.replace(booking, **self.says) if len(self.books.sends) == 1 else booking


@pytest.mark.parametrize("number", ["", None, "  ", 17, "TRK\n1", "TRK\x001", "\u202eTRK1", "T" * 200])
@pytest.mark.parametrize("field", ["carrier_id", "tracking_number"])
async def test_a_number_that_nobody_can_print_confirms_nothing(
    tmp_path: Path, field: str, number: Any
) -> None:
    _Says.says = {field: number}
    async with desk(tmp_path, _Says) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        assert len(at.books.live()) == len(at.books.sends) == 1
        assert at.view(posting).tracking_number == "TRK1"
        assert at.books.told == {"1001-1": ["TRK1"]}
        assert not at.problems()


class _NamesAReference(Lookup):
    """Its second answer has another booking's reference for a number; it may number all its orders so."""

    way: ClassVar[Callable[[str], str]]
    always: ClassVar[bool]

    async def book(self, request: BookRequest) -> Booking:
        booking = await super().book(request)
        if self.always:
            self.books.orders[-1].number = request.reference
            booking = msgspec.structs.replace(
                booking, carrier_id=request.reference, tracking_number=request.reference
            )
        if len(self.books.sends) == 2:
            number = _NamesAReference.way(self.books.orders[0].reference)
            return msgspec.structs.replace(booking, carrier_id=number, tracking_number=number)
        return booking


@pytest.mark.parametrize("always", [True, False])
@pytest.mark.parametrize("way", [str, str.lower])
async def test_a_number_that_is_anothers_reference_confirms_nothing(
    tmp_path: Path, way: Callable[[str], str], always: bool
) -> None:
    _NamesAReference.way, _NamesAReference.always = staticmethod(way), always
    async with desk(tmp_path, _NamesAReference) as at:
        for number in ("1001-1", "1001-2"):
            await at.ship(await at.order(number))
            await at.pass_time()
        assert at.books.told == {
            number: [order.number]
            for number, order in zip(("1001-1", "1001-2"), at.books.orders, strict=True)
        }
        assert not at.problems()


class _Tells(Lookup):
    """Its answers are documented to carry the reference; one came without."""

    shows_reference = True

    async def book(self, request: BookRequest) -> Booking:
        booking = await super().book(request)
        if len(self.books.sends) == 1:
            return msgspec.structs.replace(booking, carrier_id="TRK7", tracking_number="TRK7")
        return msgspec.structs.replace(booking, reference=request.reference)


async def test_an_answer_that_does_not_say_whose_it_is_is_looked_up(tmp_path: Path) -> None:
    async with desk(tmp_path, _Tells) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        assert at.books.told == {"1001-1": ["TRK1"]}
        assert len(at.books.sends) == 1


class _Reuses(Lookup):
    """It has one number for all its orders."""

    async def book(self, request: BookRequest) -> Booking:
        booking = await super().book(request)
        self.books.orders[-1].number = "TRK1"
        return msgspec.structs.replace(booking, carrier_id="TRK1", tracking_number="TRK1")


async def test_a_number_is_free_again_when_its_parcel_has_arrived(tmp_path: Path) -> None:
    async with desk(tmp_path, _Reuses) as at:
        first = await at.order("1001-1")
        await at.ship(first)
        await at.pass_time()
        await at.app.store.write(
            lambda tx: tx.execute("UPDATE postings SET stage = ?, is_open = 0", (str(Stage.DELIVERED),))
        )
        at.books.orders[0].live = False
        second = await at.order("1001-2")
        await at.ship(second)
        await at.pass_time()
        assert at.view(second).tracking_number == "TRK1"


async def test_a_person_cannot_give_one_order_to_two_postings(tmp_path: Path) -> None:
    async with desk(tmp_path, Nothing) as at:
        await at.ship(await at.order("1001-1"))
        await at.pass_time()
        at.books.meets.append("lost")
        await at.ship(await at.order("1001-2"))
        await at.pass_time()
        with pytest.raises(Rejected, match="1001-1"):
            await at.answer("operation_unknown", "it_exists", carrier_id="TRK1", tracking_number="TRK1")
        await at.answer("operation_unknown", "it_exists", carrier_id="TRK2", tracking_number="TRK2")
        await at.pass_time()
        assert at.books.told == {"1001-1": ["TRK1"], "1001-2": ["TRK2"]}


class _Later(Lookup):
    """Its orders get their tracking numbers after so many seconds."""

    after: ClassVar[float]

    async def book(self, request: BookRequest) -> Booking:
        return msgspec.structs.replace(await super().book(request), tracking_number="")

    async def find(self, reference: str) -> Sequence[FoundShipment]:
        found = await super().find(reference)
        age = (self.books.clock.now() - self.books.orders[0].at).total_seconds()
        if age >= self.after:
            return found
        return [
            msgspec.structs.replace(one, booking=msgspec.structs.replace(one.booking, tracking_number=""))
            for one in found
        ]


@pytest.mark.parametrize("after", [30, 600, 1e9])
async def test_a_tracking_number_that_comes_later_is_waited_for(tmp_path: Path, after: float) -> None:
    _Later.after = after
    async with desk(tmp_path, _Later) as at:
        await at.ship(await at.order())
        await at.pass_time(3600)
        assert len(at.books.sends) == 1
        assert ("booking_unverified" in at.problems()) == (after > 3600)
        assert at.books.told == ({} if after > 3600 else {"1001-1": ["TRK1"]})


class _NoNumber(Nothing):
    """It gives no tracking numbers, and cannot be asked."""

    async def book(self, request: BookRequest) -> Booking:
        return msgspec.structs.replace(await super().book(request), tracking_number="")


async def test_where_no_number_ever_comes_a_person_hears_of_it(tmp_path: Path) -> None:
    async with desk(tmp_path, _NoNumber) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        assert at.view(posting).stage in ("booked", "labelled")
        assert "booking_unverified" in at.problems()


class _NamesAnother(Lookup):
    """It takes an order in, and gives a number that it does not know itself."""

    shows: ClassVar[bool]

    async def book(self, request: BookRequest) -> Booking:
        await super().book(request)
        return Booking(state="accepted", carrier_id="0000")

    async def booking(self, carrier_id: str) -> Booking:
        raise Rejected("no such order", vendor_code="not_found")

    async def find(self, reference: str) -> Sequence[FoundShipment]:
        return await super().find(reference) if self.shows else ()


@pytest.mark.parametrize("shows", [True, False])
async def test_a_number_that_the_carrier_does_not_know_is_looked_for_by_our_reference(
    tmp_path: Path, shows: bool
) -> None:
    _NamesAnother.shows = shows
    async with desk(tmp_path, _NamesAnother) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time(600)
        assert at.view(posting).tracking_number == ("TRK1" if shows else "")
        assert at.operations()[0].state == ("confirmed" if shows else "accepted")
        await at.pass_time(7 * 3600, news=False)
        assert len(at.books.sends) == 1, "what was taken in is never sent again by the machine"
        assert ("operation_unknown" in at.problems()) != shows
