"""A cancel is over when the carrier's books say so, whatever it answered, and what it costs is money."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import httpx
import msgspec
import pytest

from hub.flow import orders
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.models import Booking, Cancellation, FoundShipment, Money, Shipment
from hub.store import rows

from .desk import Desk, Lookup, Nothing, desk


class _SaysYes(Lookup):
    """Its cancels have no state. It says yes, and forgets so many of them."""

    cancellation = Carrier.cancellation  # type: ignore[assignment]
    forgets: ClassVar[int] = 0

    async def cancel(self, shipment: Shipment) -> Cancellation:
        if _SaysYes.forgets:
            _SaysYes.forgets -= 1
            return Cancellation(state="cancelled")
        return await super().cancel(shipment)


class _SaysYesAndKnows(_SaysYes):
    """Its cancels have a state, which says what is so."""

    cancellation = Lookup.cancellation


@pytest.mark.parametrize("kind", [_SaysYes, _SaysYesAndKnows])
@pytest.mark.parametrize("forgets", [0, 1, 3])
async def test_a_yes_counts_when_the_order_is_gone(
    tmp_path: Path, forgets: int, kind: type[_SaysYes]
) -> None:
    _SaysYes.forgets = forgets
    async with desk(tmp_path, kind) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        await orders.cancel(at.app, posting, "wrong service", "test")
        for _ in range(60):
            await at.pass_time(15)
            (shipment,) = rows.shipments.all(at.app.store.reader, "")
            assert shipment.state != "cancelled" or not at.books.live()
        assert not at.books.live()
        assert not at.problems()
        await at.ship(posting)
        await at.pass_time()
        assert [order.number for order in at.books.live()] == ["TRK2"]


async def test_a_yes_that_is_never_true_books_nothing_more(tmp_path: Path) -> None:
    _SaysYes.forgets = 1000
    async with desk(tmp_path, _SaysYes) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        await orders.cancel(at.app, posting, "wrong service", "test")
        await at.ship(posting)
        await at.pass_time(3600)
        assert [order.number for order in at.books.live()] == ["TRK1"]
        assert "shows the order as live" in at.problems()["cancel_refused"].text


class _BooksBeside(_SaysYes):
    """Beside the order that is cancelled another one lives under our reference."""

    async def find(self, reference: str) -> Sequence[FoundShipment]:
        found = await super().find(reference)
        return [*found, *(FoundShipment(booking=_beside(one), reference=reference) for one in found)]


def _beside(one: FoundShipment) -> Booking:
    return msgspec.structs.replace(one.booking, carrier_id="TRK9", tracking_number="TRK9")


async def test_nothing_is_booked_while_another_order_lives_under_the_reference(tmp_path: Path) -> None:
    _SaysYes.forgets = 0
    async with desk(tmp_path, _BooksBeside) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time(5)
        await orders.cancel(at.app, posting, "wrong service", "test")
        await at.pass_time(5)
        await at.ship(posting)
        await at.pass_time(1800)
        assert len(at.books.sends) == 1
        assert "cancel_refused" in at.problems()


class _LooksFail(_SaysYes):
    async def find(self, reference: str) -> Sequence[FoundShipment]:
        if self.books.look_fails:
            raise httpx.ConnectError("refused")
        return await super().find(reference)


async def test_a_cancel_waits_for_a_look_that_says_something(tmp_path: Path) -> None:
    _SaysYes.forgets = 0
    async with desk(tmp_path, _LooksFail) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        at.books.look_fails = True
        await orders.cancel(at.app, posting, "wrong service", "test")
        await at.pass_time(600)
        (shipment,) = rows.shipments.all(at.app.store.reader, "")
        assert shipment.state == "cancelling"
        at.books.look_fails = False
        await at.pass_time(1800)
        (shipment,) = rows.shipments.all(at.app.store.reader, "")
        assert shipment.state == "cancelled"


class _NobodyKnows(Nothing):
    """It can be asked for nothing."""

    cancellation = Carrier.cancellation  # type: ignore[assignment]


async def test_where_nobody_can_be_asked_a_person_hears_what_is_assumed(tmp_path: Path) -> None:
    async with desk(tmp_path, _NobodyKnows) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        await orders.cancel(at.app, posting, "wrong service", "test")
        await at.pass_time()
        problem = at.problems()["booking_unverified"]
        assert problem.text.startswith("The hub could not make sure of the booking TRK1")
        assert "takes it for cancelled" in problem.text


class _Asks(Lookup):
    """What its cancels cost."""

    cost: ClassVar[Money]

    async def cancel(self, shipment: Shipment) -> Cancellation:
        await super().cancel(shipment)
        return Cancellation(state="cancelled", cost=self.cost)


@pytest.mark.parametrize(
    ("cost", "committed", "told"),
    [
        (Money.of("50.00", "RUB"), 5000, False),
        (Money.of("0.00", "RUB"), 0, False),
        (Money.of("50.00", "USD"), None, True),
        (Money.of("-50.00", "RUB"), None, True),
    ],
)
async def test_a_cost_that_cannot_be_is_told_and_not_added_up(
    tmp_path: Path, cost: Money, committed: int | None, told: bool
) -> None:
    _Asks.cost = cost
    async with desk(tmp_path, _Asks) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        await orders.cancel(at.app, posting, "wrong service", "test")
        await at.pass_time()
        (shipment,) = rows.shipments.all(at.app.store.reader, "")
        assert (shipment.state, shipment.committed_minor) == ("cancelled", committed)
        assert ("charge_differs" in at.problems()) == told
        if told:
            assert str(cost) in at.problems()["charge_differs"].text


class _CannotBeAsked(Lookup):
    """Neither its cancels nor its orders can be asked for."""

    cancellation = Carrier.cancellation  # type: ignore[assignment]
    find = Carrier.find  # type: ignore[assignment]
    create_safety = "none"


async def _lost_and_never_seen(at: Desk) -> str:
    """A cancel that was acted on, has no answer, and can be asked for by nobody."""
    posting = await at.order()
    await at.ship(posting)
    await at.pass_time()
    at.books.cancels.append("lost")
    at.books.look_fails = True
    await orders.cancel(at.app, posting, "wrong service", "test")
    await _six_hours_and_more(at)
    return posting


async def _six_hours_and_more(at: Desk) -> None:
    await at.pass_time(120)
    at.clock.advance(7 * 3600)
    await at.pass_time(5)


async def test_what_nobody_could_learn_is_no_booking_that_stands(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await _lost_and_never_seen(at)
        (shipment,) = rows.shipments.all(at.app.store.reader, "")
        assert shipment.state == "cancelling"
        assert "could not be learned" in at.problems()["cancel_refused"].text
        assert not (await orders.labels(at.app, [posting], actor="test")).ready
        at.books.look_fails = False
        await at.pass_time(3600)
        (shipment,) = rows.shipments.all(at.app.store.reader, "")
        assert shipment.state == "cancelled"
        assert not at.problems()


async def test_a_person_tries_it_again_and_a_refusal_is_looked_at(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        await _lost_and_never_seen(at)
        at.books.look_fails = False
        at.books.cancels.append("refused")  # there is nothing left to cancel
        await at.answer("cancel_refused", "retry")
        await at.pass_time(60)
        (shipment,) = rows.shipments.all(at.app.store.reader, "")
        assert shipment.state == "cancelled"


async def test_a_refusal_after_a_lost_try_counts_where_the_order_is_live(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        at.books.cancels.extend(["dropped", "refused"])
        await orders.cancel(at.app, posting, "wrong service", "test")
        await at.pass_time(1800)
        (shipment,) = rows.shipments.all(at.app.store.reader, "")
        assert shipment.state == "booked"
        assert "on its way" in at.problems()["cancel_refused"].text


async def test_what_a_later_cancel_met_is_what_a_person_reads(tmp_path: Path) -> None:
    """The first one was refused, so its booking is live; of the second nobody knows."""
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        at.books.cancels.extend(["refused", "lost"])
        await orders.cancel(at.app, posting, "wrong service", "test")
        await at.pass_time(60)
        assert at.problems()["cancel_refused"].text.endswith("on its way")
        at.books.look_fails = True
        await orders.cancel(at.app, posting, "wrong service", "test")
        await _six_hours_and_more(at)
        assert "could not be learned" in at.problems()["cancel_refused"].text
        assert at.view(posting).problems == 1


async def test_a_person_who_looked_keeps_the_booking(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        at.books.cancels.append("dropped")
        at.books.look_fails = True
        await orders.cancel(at.app, posting, "wrong service", "test")
        await _six_hours_and_more(at)
        await at.answer("cancel_refused", "dismiss")
        (shipment,) = rows.shipments.all(at.app.store.reader, "")
        assert shipment.state == "booked"


async def test_of_a_carrier_that_cannot_be_asked_a_lost_and_a_refused_cancel_stay_unknown(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path, _CannotBeAsked) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        at.books.cancels.extend(["lost", *["refused"] * 5])
        await orders.cancel(at.app, posting, "wrong service", "test")
        await at.pass_time(1800)
        (shipment,) = rows.shipments.all(at.app.store.reader, "")
        assert shipment.state == "cancelling"
        assert "could not be learned" in at.problems()["cancel_refused"].text


async def test_what_is_ordered_while_it_is_cancelled_is_booked_after(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        await orders.cancel(at.app, posting, "wrong service", "test")
        (ordered,) = await orders.ship(at.app, "shop", [posting], actor="test")
        assert ordered.state == "queued"
        await at.pass_time(600)
        assert [order.number for order in at.books.live()] == ["TRK2"]
