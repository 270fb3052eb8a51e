"""A tracking number that the hub does not know: another's, or of a booking that it forgot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import pytest

from hub.flow import answering, orders, reading
from hub.flow.health import incidents
from hub.plugin_api.errors import Rejected
from hub.plugin_api.models import Booking, FoundShipment, Money, Parcel
from hub.store.backup import backup

from .desk import Courier, Key, Lookup, Nothing, _CourierPlugin, desk
from .forgotten import (
    LATER,
    NEVER_ASKED_BEFORE,
    NUMBERS,
    copy_back,
    lose_all,
    lose_the_database,
    ship_again,
    shipped,
)
from .test_races import TWO, two


@pytest.mark.parametrize("kind", [Lookup, Nothing])
async def test_a_number_that_is_not_ours_goes_to_a_person(tmp_path: Path, kind: type[Courier]) -> None:
    async with desk(tmp_path, kind) as at:
        posting = await at.order("1", tracking_number="EV72254264")
        await at.ship(posting)
        await at.pass_time()
        assert not at.books.sends
        assert not reading.posting_details(at.app, posting).quotes
        (one,) = incidents.incidents(at.app).items
        assert one.kind == "tracked_elsewhere"
        assert "EV72254264" in one.text
        await at.answer("tracked_elsewhere", "shipped_by_hand")
        await at.pass_time()
        assert not at.books.sends
        assert not at.problems()
        await at.ship(posting)  # by mistake: it is asked again
        await at.pass_time()
        assert "tracked_elsewhere" in at.problems()
        await at.answer("tracked_elsewhere", "book_anyway")
        await at.pass_time()
        assert len(at.books.live()) == 1
        assert at.books.told["1"] == ["TRK1"]


class _ByNumber(Courier):
    """It can be asked for the number of an order, and for nothing else."""

    async def booking(self, carrier_id: str) -> Booking:
        order = next((one for one in self.books.orders if one.number == carrier_id), None)
        if order is None:
            raise Rejected("no such order")
        return Booking(
            state="confirmed",
            carrier_id=order.number,
            tracking_number=order.number,
            price=order.price,
            reference=order.reference,
        )


class _KeyByNumber(_ByNumber, Key):
    pass


class _NothingByNumber(_ByNumber, Nothing):
    pass


@pytest.mark.parametrize("kind", [_KeyByNumber, _NothingByNumber])
@pytest.mark.parametrize("way", [lose_all, lose_the_database, copy_back])
async def test_a_number_of_our_own_is_looked_up_and_adopted(
    tmp_path: Path, way: Callable[[Path], None], kind: type[Courier]
) -> None:
    before = await shipped(tmp_path, kind)
    before.clock.advance(30 * 3600)
    way(tmp_path)
    async with desk(tmp_path, kind, books=before.books, clock=before.clock) as at:
        await ship_again(at)
        assert {at.view(number).tracking_number for number in NUMBERS} == {"TRK1", "TRK2"}
        assert len(at.books.sends) == len(NUMBERS)
        assert {at.view(number).stage for number in NUMBERS} == {"labelled"}
        posting = await at.order("3", tracking_number="EV72254264", **NEVER_ASKED_BEFORE)
        await at.ship(posting)
        await at.order("4", tracking_number="TRK1", **NEVER_ASKED_BEFORE)  # of another posting
        await at.ship(at.view("4").id)
        await at.pass_time()
        found = incidents.incidents(at.app).items
        assert {(one.posting_number, one.kind) for one in found} == {
            ("3", "tracked_elsewhere"),
            ("4", "tracked_elsewhere"),
        }
        assert len(at.books.sends) == len(NUMBERS)


class _Cheaper(Lookup):
    code = "second"
    title = "Second"

    def price(self, parcels: Sequence[Parcel]) -> Money:
        return Money.of("200.00", "RUB")

    async def find(self, reference: str) -> Sequence[FoundShipment]:
        return []  # it has books of its own


@pytest.mark.parametrize("way", [lose_all, copy_back])
async def test_a_number_of_our_own_is_adopted_where_it_was_booked(
    tmp_path: Path, way: Callable[[Path], None]
) -> None:
    """Whichever carrier would be chosen today."""
    extra = two(Lookup) | {"second": _CourierPlugin(_Cheaper, 1)}
    async with desk(tmp_path, extra=extra, toml=TWO) as at:
        posting = await at.order("1")
        backup(tmp_path / "hub.sqlite", tmp_path / "early.sqlite")
        await at.ship(posting, carrier="courier")
        await at.pass_time()
        assert at.books.told == {"1": ["TRK1"]}
    way(tmp_path)
    at.clock.advance(LATER.total_seconds())
    async with desk(tmp_path, extra=extra, toml=TWO, books=at.books, clock=at.clock) as at:
        await orders.sync(at.app, "shop", "test")
        await at.ship(at.view("1").id)
        await at.pass_time()
        view = at.view("1")
        assert (view.carrier, view.tracking_number, view.stage) == ("courier", "TRK1", "labelled")
        assert len(at.books.sends) == 1
        assert not at.problems()


async def test_one_that_is_shown_while_the_booking_waits_stops_it(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        posting = await at.order("1")
        at.books.meets.append("down")
        await at.ship(posting)
        await at.pass_time(0)
        assert [one.state for one in at.operations()] == ["planned"]
        known = at.books.postings["1"]
        at.books.postings["1"] = msgspec.structs.replace(known, tracking_number="EV72254264")
        await orders.sync(at.app, "shop", "test")
        await at.pass_time()
        assert len(at.books.sends) == 1  # the one that never left
        problem = at.problems()["tracked_elsewhere"]
        assert at.view(posting).problems == 1
        await answering.answer(at.app, problem.id, "shipped_by_hand", {}, "test")
        await at.pass_time(4 * 24 * 3600, news=False)
        assert not at.books.live()
        assert [one.state for one in at.operations()] == ["rejected"]
        await at.ship(posting)
        await at.pass_time()
        await at.answer("tracked_elsewhere", "book_anyway")
        await at.pass_time()
        assert len(at.books.live()) == 1


async def test_one_of_a_booking_that_was_cancelled_here_is_ours(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        posting = await at.order("1")
        await at.ship(posting)
        await at.pass_time()
        await orders.cancel(at.app, posting, "wrong service", "test")
        await at.pass_time()
        assert at.books.postings["1"].tracking_number == "TRK1"
        await at.ship(posting)
        await at.pass_time()
        assert [order.number for order in at.books.live()] == ["TRK2"]
        assert not at.problems()
