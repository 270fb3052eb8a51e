"""A marketplace that cancels and takes it back: a person is told, and says whether it is shipped."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from hub.flow import answering
from hub.plugin_api.errors import Conflict
from hub.plugin_api.models import Action, Stage

from .desk import START, Desk, Lookup, desk

_ACTIONS = frozenset({Action.SET_TRACKING, Action.CANCEL})


def _shown(at: Desk, number: str, status: str, stage: Stage) -> None:
    known = at.books.postings[number]
    actions = frozenset[Action]() if stage is Stage.CANCELLED else _ACTIONS
    at.books.postings[number] = msgspec.structs.replace(known, status=status, stage=stage, actions=actions)


async def _cancelled(at: Desk) -> str:
    """A labelled posting that the marketplace has cancelled, and its booking with it."""
    posting = await at.order("1-1", ship_by=START + timedelta(days=9))
    await at.ship(posting)
    await at.pass_time(900)
    assert at.view(posting).stage == "labelled"
    _shown(at, "1-1", "cancelled", Stage.CANCELLED)
    await at.pass_time(900)
    assert (at.view(posting).stage, at.books.live()) == ("cancelled", [])
    return posting


async def test_it_is_told_and_shipped_after_all(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await _cancelled(at)
        assert not at.problems()
        _shown(at, "1-1", "awaiting_deliver", Stage.ASSEMBLED)
        await at.pass_time(900)
        assert at.view(posting).stage == "cancelled", "nobody ships what may be a mistake of theirs"
        assert "shows it as 'awaiting_deliver' again" in at.problems()["cancel_taken_back"].text
        await at.answer("cancel_taken_back", "ship_after_all")
        await at.pass_time(900)
        assert at.view(posting).stage == "labelled"
        assert [order.number for order in at.books.live()] == ["TRK2"]
        assert not at.problems()


async def test_a_reading_that_was_old_is_over_with_the_next(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await _cancelled(at)
        _shown(at, "1-1", "awaiting_deliver", Stage.ASSEMBLED)
        await at.pass_time(60)
        problem = at.problems()["cancel_taken_back"]
        _shown(at, "1-1", "cancelled", Stage.CANCELLED)
        await at.pass_time(60)
        assert (at.problems(), at.view(posting).problems) == ({}, 0)
        with pytest.raises(Conflict):
            await answering.answer(at.app, problem.id, "ship_after_all", {}, "test")


async def test_it_stays_cancelled_where_somebody_says_so(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await _cancelled(at)
        _shown(at, "1-1", "awaiting_deliver", Stage.ASSEMBLED)
        await at.pass_time(60)
        await at.answer("cancel_taken_back", "dismiss")
        await at.pass_time(3600)
        assert (at.problems(), at.view(posting).stage, at.books.live()) == ({}, "cancelled", [])


async def test_a_booking_that_could_not_be_cancelled_is_kept(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order("1-1", ship_by=START + timedelta(days=9))
        await at.ship(posting)
        await at.pass_time(900)
        at.books.cancels.append("refused")
        _shown(at, "1-1", "cancelled", Stage.CANCELLED)
        await at.pass_time(900)
        assert "cancel_refused" in at.problems()
        _shown(at, "1-1", "awaiting_deliver", Stage.ASSEMBLED)
        await at.pass_time(60)
        await at.answer("cancel_refused", "dismiss")
        await at.answer("cancel_taken_back", "ship_after_all")
        await at.pass_time(1800)
        assert [order.number for order in at.books.live()] == ["TRK1"]
        assert at.view(posting).stage == "labelled"
