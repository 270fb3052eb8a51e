"""An alarm comes well before a posting is late, once, and ends with the hand-over."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from hub.flow import orders

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
        await at.pass_time(7200)
        assert not at.problems()
