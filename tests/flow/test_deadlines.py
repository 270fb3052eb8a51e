"""An alarm comes well before a posting is late, once, and ends with the hand-over."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec

from hub.flow import orders
from hub.store import rows

from .desk import START, desk


async def test_the_alarm_begins_twelve_hours_ahead_and_ends_at_the_hand_over(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        posting = await at.order(ship_by=START + timedelta(hours=20))
        await at.pass_time(7 * 3600)
        assert not at.problems()
        await at.pass_time(3600 + 900)
        assert at.problems()["late_risk"].data["ship_by"] == "2026-11-24T02:00:00+00:00"
        await at.ship(posting)
        await at.pass_time(3600)
        assert "late_risk" in at.problems()  # booked and labelled is not handed over
        await orders.handover(at.app, "shop", "test")
        await at.pass_time(1200)
        assert not at.problems()
        assert at.view(posting).problems == 0


async def test_an_alarm_is_no_reason_to_stop_waiting_for_a_label(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        posting = await at.order(ship_by=START + timedelta(hours=3))
        await at.pass_time(900)
        assert at.problems().keys() == {"late_risk"}
        at.books.labels.append("down")
        await at.ship(posting)
        await at.pass_time(0)
        assert at.view(posting).stage == "booked"
        assert not orders.settled(at.app, [posting])
        await at.pass_time(3600)
        assert orders.settled(at.app, [posting])


async def test_an_answered_alarm_stays_quiet(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        await at.order(ship_by=START + timedelta(hours=3))
        await at.pass_time(900)
        await at.answer("late_risk", "dismiss")
        await at.pass_time(2400)
        assert not at.problems()


async def test_an_answered_alarm_comes_back_when_it_is_worse(tmp_path: Path) -> None:
    """Of eleven hours left somebody knows; not that two are left, nor that it is past. Each is told once."""
    async with desk(tmp_path) as at:
        posting = await at.order(ship_by=START + timedelta(hours=4))
        for seconds, text in (
            (900, "today 18:00, 3 h left"),
            (7200, "today 18:00, 105 min left"),
            (7200, "past since today 18:00"),
        ):
            await at.pass_time(seconds, news=False)
            (told,) = at.problems().values()
            assert text in told.text
            await at.answer("late_risk", "dismiss")
        await at.pass_time(24 * 3600, news=False)
        assert not at.problems()
        found = rows.history.all(
            at.app.store.reader, "WHERE posting_id = ? AND kind = 'problem.found'", (posting,)
        )
        assert len(found) == 3


async def test_another_deadline_is_another_alarm(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        posting = await at.order("1-1", ship_by=START + timedelta(hours=11))
        await at.pass_time(900)
        known = at.problems()["late_risk"]

        async def moved(hours: int) -> None:
            before = at.books.postings["1-1"]
            there = msgspec.structs.replace(before, ship_by=START + timedelta(hours=hours))
            at.books.postings["1-1"] = there
            await at.pass_time(900)

        await moved(9)  # while a person is asked, it is the same question
        assert at.problems()["late_risk"].id == known.id
        assert "today 23:00" in at.problems()["late_risk"].text
        await at.answer("late_risk", "dismiss")
        await moved(10)
        assert not at.problems(), "later than what somebody knows of"
        await moved(6)
        assert "today 20:00" in at.problems()["late_risk"].text
        await moved(48)
        assert not at.problems(), "there is time again"
        assert at.view(posting).problems == 0
