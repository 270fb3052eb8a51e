"""A booking that is cancelled after its parcel was handed over leaves a number that is worth nothing: it is
told, and the posting can be shipped again."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from hub.flow import orders
from hub.plugin_api.errors import Conflict, Rejected
from hub.plugin_api.models import Action, Stage

from .desk import Desk, Lookup, desk

KIND = "cancelled_after_handover"


async def _handed_over(at: Desk) -> str:
    posting = await at.order()
    await at.ship(posting)
    await at.pass_time(3600)
    assert (await orders.labels(at.app, [posting], actor="test")).ready
    assert (await orders.handover(at.app, "shop", "test")).handovers
    await at.pass_time()
    assert at.view(posting).stage == "handed_over"
    return posting


async def _cancelled(at: Desk) -> str:
    posting = await _handed_over(at)
    await orders.cancel(at.app, posting, "wrong service", "test")
    assert orders.cancel_state(at.app, posting) == "requested"
    await at.pass_time(3600)
    assert orders.cancel_state(at.app, posting) == "cancelled"
    assert not at.books.live()
    return posting


async def test_a_person_is_told_of_the_number_that_is_dead(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await _cancelled(at)
        told = at.problems()[KIND]
        assert told.money
        assert "TRK1" in told.text
        assert [one.code for one in told.answers] == ["ship_again", "dismiss"]
        (refused,) = await orders.ship(at.app, "shop", [posting], actor="test")
        assert refused.state == "refused"
        assert "cancelled after" in refused.reason
        await at.answer(KIND, "dismiss")
        await at.pass_time(3600)
        assert at.view(posting).stage == "handed_over"
        assert at.view(posting).tracking_number == "TRK1"
        assert not at.problems()


async def test_a_buyer_who_cancels_after_the_hand_over_is_told_too(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await _handed_over(at)
        number = at.view(posting).number
        gone = {"status": "cancelled", "stage": Stage.CANCELLED, "actions": frozenset()}
        at.books.postings[number] = msgspec.structs.replace(at.books.postings[number], **gone)
        await at.pass_time(7200)
        assert at.view(posting).stage == "cancelled"
        assert not at.books.live()
        told = at.problems()[KIND]  # the parcel lies at the carrier, which will not carry it
        assert "TRK1" in told.text
        assert [one.code for one in told.answers] == ["dismiss"]
        await at.answer(KIND, "dismiss")
        await at.pass_time(7200)
        assert not at.problems()


@pytest.mark.parametrize("delivering", [False, True])
async def test_it_is_shipped_again_and_the_marketplace_gets_the_new_number(
    tmp_path: Path, delivering: bool
) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await _cancelled(at)
        if delivering:  # as the marketplace sees it since the hand-over
            (known,) = at.books.postings.values()
            at.books.postings[known.number] = msgspec.structs.replace(
                known, status="delivering", stage=Stage.IN_TRANSIT
            )
            await at.pass_time(3600)
            assert at.view(posting).stage == "in_transit"
        await at.answer(KIND, "ship_again")
        await at.pass_time(7200)
        assert [order.number for order in at.books.live()] == ["TRK2"]
        (known,) = at.books.postings.values()
        assert known.tracking_number == "TRK2"
        view = at.view(posting)
        assert (view.stage, view.tracking_number) == ("labelled", "TRK2")
        assert (await orders.labels(at.app, [posting], actor="test")).ready
        assert (await orders.handover(at.app, "shop", "test")).handovers
        assert not at.problems()


async def test_a_label_of_the_next_booking_is_void_as_the_first_one_was(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await _cancelled(at)
        await at.answer(KIND, "ship_again", carrier="courier")
        await at.pass_time(3600)
        assert (await orders.labels(at.app, [posting], actor="test")).ready
        await orders.cancel(at.app, posting, "not this either", "test")
        await at.pass_time(3600)
        assert set(at.problems()) == {"printed_label_void"}


async def test_it_cannot_be_shipped_again_once_it_has_ended(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await _cancelled(at)
        with pytest.raises(Rejected):
            await at.answer(KIND, "ship_again", carrier="nobody")
        (known,) = at.books.postings.values()
        at.books.postings[known.number] = msgspec.structs.replace(
            known, status="delivered", stage=Stage.DELIVERED, actions=frozenset()
        )
        await at.pass_time(3600)
        with pytest.raises(Conflict):
            await at.answer(KIND, "ship_again")
        assert at.view(posting).stage == "delivered"


async def test_a_second_cancel_is_told_that_the_first_is_under_way(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        await orders.cancel(at.app, posting, "wrong service", "test")
        with pytest.raises(Conflict) as second:
            await orders.cancel(at.app, posting, "wrong service", "test")
        assert second.value.code == "cancelling"
        at.books.cancels.append("refused")
        await at.pass_time()
        assert orders.cancel_state(at.app, posting) == "refused"


async def test_a_number_that_the_marketplace_no_longer_takes_is_told(tmp_path: Path) -> None:
    """It shows the dead number of the first booking: the buyer follows a parcel that is nowhere."""
    async with desk(tmp_path, Lookup) as at:
        posting = await _cancelled(at)
        (known,) = at.books.postings.values()
        gone = {"status": "delivering", "stage": Stage.IN_TRANSIT, "actions": frozenset({Action.CANCEL})}
        at.books.postings[known.number] = msgspec.structs.replace(known, **gone)
        await at.pass_time(3600)
        await at.answer(KIND, "ship_again")
        await at.pass_time(3600)
        assert [order.number for order in at.books.live()] == ["TRK2"]
        told = at.problems()["number_not_taken"]
        assert (told.data["number"], told.data["shown"]) == ("TRK2", "TRK1")
        assert "shows TRK1: the parcel travels as TRK2" in told.text
        assert (await orders.labels(at.app, [posting], actor="test")).ready, "the parcel goes all the same"
        known = at.books.postings[known.number]
        at.books.postings[known.number] = msgspec.structs.replace(known, tracking_number="TRK2")
        await at.pass_time(3600)
        assert "number_not_taken" not in at.problems(), "somebody wrote it in the cabinet"


async def test_a_number_that_somebody_told_by_hand_is_not_told_again(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        await _cancelled(at)
        (known,) = at.books.postings.values()
        at.books.postings[known.number] = msgspec.structs.replace(known, actions=frozenset({Action.CANCEL}))
        await at.pass_time(3600)
        await at.answer(KIND, "ship_again")
        await at.pass_time(3600)
        await at.answer("number_not_taken", "dismiss")
        await at.pass_time(3600)
        assert not at.problems()
