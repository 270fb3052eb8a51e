"""A problem is about one thing: what else goes wrong with the same posting is asked about by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.flow import answering, orders, reading
from hub.flow.history.problem_views import ProblemView
from hub.plugin_api.models import Action, Stage
from hub.store import rows

from .desk import Desk, Lookup, desk


def _refused(at: Desk) -> dict[str, ProblemView]:
    """The open refused cancels by what they are about."""
    found = reading.problems(at.app, seller="shop").items
    return {one.subject_type: one for one in found if one.kind == "cancel_refused"}


async def _both_refused(at: Desk) -> str:
    """A booked posting of which neither the booking nor the posting itself can be cancelled."""
    posting = await at.order(actions=frozenset({Action.SET_TRACKING, Action.CANCEL}))
    await at.ship(posting)
    await at.pass_time()
    at.books.cancels.append("refused")
    await orders.cancel(at.app, posting, "wrong service", "test")
    await at.pass_time(60)
    at.books.market_cancels.append("refused")
    await orders.cancel(at.app, posting, "Out of stock", "test", marketplace=True)
    await at.pass_time(60)
    return posting


async def test_a_refused_cancel_of_the_posting_does_not_hide_that_of_its_booking(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await _both_refused(at)
        refused = _refused(at)
        (shipment,) = rows.shipments.all(at.app.store.reader, "")
        assert {one.subject_id for one in refused.values()} == {posting, shipment.id}
        assert "on its way" in refused["shipment"].text
        assert "too late to cancel" in refused["posting"].text
        assert at.view(posting).problems == 2
        assert {one.id for one in orders.what_waits(at.app, posting)} == {one.id for one in refused.values()}


async def test_the_booking_is_cancelled_and_the_postings_own_cancel_stays_open(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await _both_refused(at)
        await answering.answer(at.app, _refused(at)["shipment"].id, "retry", {}, "test")
        await at.pass_time(60)
        assert not at.books.live()
        assert set(_refused(at)) == {"posting"}
        assert (at.view(posting).problems, at.view(posting).stage) == (1, "assembled")


async def test_the_posting_is_cancelled_and_its_bookings_cancel_stays_open(tmp_path: Path) -> None:
    """The carrier has an order that is paid for, whatever the marketplace says."""
    async with desk(tmp_path, Lookup) as at:
        posting = await _both_refused(at)
        await answering.answer(at.app, _refused(at)["posting"].id, "retry", {}, "test")
        await at.pass_time(60)
        assert at.view(posting).stage == Stage.CANCELLED
        assert len(at.books.live()) == 1
        assert set(_refused(at)) == {"shipment"}
        assert at.view(posting).problems == 1
        await answering.answer(at.app, _refused(at)["shipment"].id, "retry", {}, "test")
        await at.pass_time(60)
        assert not at.books.live()
        assert (_refused(at), at.view(posting).problems) == ({}, 0)


@pytest.mark.parametrize("order", [("posting", "shipment"), ("shipment", "posting")])
async def test_each_is_dismissed_by_itself(tmp_path: Path, order: tuple[str, str]) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await _both_refused(at)
        first, second = order
        await answering.answer(at.app, _refused(at)[first].id, "dismiss", {}, "test")
        await at.pass_time(60)
        assert (set(_refused(at)), at.view(posting).problems) == ({second}, 1)
        await answering.answer(at.app, _refused(at)[second].id, "dismiss", {}, "test")
        await at.pass_time()
        assert len(at.books.live()) == 1
        assert (at.view(posting).stage, at.view(posting).problems) == ("labelled", 0)


async def test_a_cancel_that_the_marketplace_makes_meanwhile_is_over(tmp_path: Path) -> None:
    """Nobody is asked about a posting's cancel once it is cancelled; its booking is undone by itself."""
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order(actions=frozenset({Action.SET_TRACKING, Action.CANCEL}))
        await at.ship(posting)
        await at.pass_time()
        at.books.market_cancels.append("refused")
        await orders.cancel(at.app, posting, "Out of stock", "test", marketplace=True)
        await at.pass_time(60)
        assert set(_refused(at)) == {"posting"}
        await at.order(status="cancelled", stage=Stage.CANCELLED, actions=frozenset())
        await at.pass_time()
        assert (_refused(at), at.view(posting).problems) == ({}, 0)
        assert not at.books.live()
