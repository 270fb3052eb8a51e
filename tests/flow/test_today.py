"""A seller's day: every open posting stands in one place, by when it leaves and what is to be done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hub.flow import reading
from hub.flow.reading.today import today_of
from hub.flow.sellers.warehouses import add_warehouse
from hub.plugin_api.errors import NotFound
from tests.flow.desk import START, Desk, Lookup, desk
from tests.store.postings import fill, posting_row

NOON = START  # 06:00 UTC, 14:00 in Shanghai: the day ends there at 16:00 UTC
"""The desk's clock."""


def row(number: int, **changes: Any) -> Any:
    return msgspec.structs.replace(posting_row(number, seller="shop"), warehouse="main", **changes)


async def test_each_open_posting_is_counted_once(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        soon = NOON + timedelta(hours=3)
        evening = datetime(2026, 11, 23, 17, tzinfo=UTC)  # past midnight in Shanghai
        fill(
            at.app.store,
            [
                row(
                    1, stage="new", is_open=True, wanted=False, problems=0, ship_by=NOON - timedelta(hours=1)
                ),
                row(2, stage="new", is_open=True, wanted=False, problems=0, ship_by=soon),
                row(3, stage="assembled", is_open=True, wanted=True, problems=0, ship_by=soon),
                row(4, stage="labelled", is_open=True, wanted=True, problems=0, ship_by=evening),
                row(5, stage="labelled", is_open=True, wanted=True, problems=2, ship_by=soon),
                row(6, stage="new", is_open=True, wanted=True, problems=0, ship_by=None),
                row(7, stage="delivered", is_open=False, wanted=True, problems=0, ship_by=soon),
            ],
        )
        day = today_of(at.app, "shop")
        told = {
            one.part: (one.postings, one.to_answer, one.to_order, one.under_way, one.to_hand_over)
            for one in day.leaving
        }
        assert told == {
            "past": (1, 0, 1, 0, 0),
            "today": (3, 1, 1, 1, 0),
            "tomorrow": (1, 0, 0, 0, 1),
            "no_deadline": (1, 0, 0, 1, 0),
        }
        assert [one.first for one in day.leaving][:2] == [NOON - timedelta(hours=1), soon]


async def test_questions_are_one_line_a_kind_the_most_urgent_first(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        late, soon = NOON + timedelta(days=3), NOON + timedelta(days=1)
        for number, ship_by in (("1001-1", late), ("1002-1", late), ("1003-1", soon)):
            posting = await at.order(number, ship_by=ship_by)
            if number != "1003-1":
                at.books.meets.append("refused")
            await at.ship(posting)
            await at.pass_time(60)
        known = at.books.postings["1003-1"]
        at.books.postings["1003-1"] = msgspec.structs.replace(known, status="strange", stage=None)
        await at.pass_time(120)
        day = today_of(at.app, "shop")
        assert [(one.kind, one.count, one.deadline) for one in day.questions] == [
            ("unknown_status", 1, soon),
            ("carrier_refused", 2, late),
        ]
        assert "no such street" in day.questions[1].text
        assert at.problems()["carrier_refused"]


async def test_nothing_of_another_warehouse_or_seller_is_shown(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        await _second_warehouse(at)
        fill(
            at.app.store,
            [
                row(1, stage="new", is_open=True, problems=0, ship_by=NOON),
                msgspec.structs.replace(row(2, stage="new", is_open=True, problems=0), warehouse="ural"),
            ],
        )
        assert {one.warehouse for one in today_of(at.app, "shop").leaving} == {"main", "ural"}
        assert [one.warehouse for one in today_of(at.app, "shop", "ural").leaving] == ["ural"]
        with pytest.raises(NotFound):
            today_of(at.app, "nobody")


async def _second_warehouse(at: Desk) -> None:
    from hub.flow.history.warehouse_views import NewWarehouse

    await add_warehouse(at.app, "shop", NewWarehouse(slug="ural", title="Ural"), "test")


async def test_the_question_that_is_shown_is_the_most_urgent_of_its_kind(tmp_path: Path) -> None:
    """Its clock runs out first: the text and the id are of the one whose deadline stands beside them."""
    async with desk(tmp_path, Lookup) as at:
        for number, days in (("1001-1", 3), ("1002-1", 1)):
            posting = await at.order(number, ship_by=NOON + timedelta(days=days))
            at.books.meets.append("refused")
            await at.ship(posting)
            await at.pass_time(60)
        (asked,) = today_of(at.app, "shop").questions
        assert (asked.count, asked.deadline) == (2, NOON + timedelta(days=1))
        urgent = reading.problem(at.app, asked.problem_id)
        assert urgent.posting_number == "1002-1"
