"""A hand-over takes the parcels that are there: all, or those that are named; it can be ordered again, and
its sheet printed again."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest

from hub.flow import orders, reading
from hub.flow.handover import pile, sheets
from hub.flow.history.results import HandoverResult
from hub.plugin_api.errors import Conflict, NotFound, Unavailable
from hub.plugin_api.models import Stage
from hub.store import rows
from hub.words import render
from plugins.labels.tests.papers import text_of
from tests.flow.desk import Desk, Lookup, Market, desk
from tests.flow.test_batches import Batching


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(tmp_path, Lookup) as made:
        yield made


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[Desk]:
    """A carrier that is told which parcels come."""
    Batching.batches, Batching.closed, Batching.meets = {}, [], deque()
    Batching.takes, Batching.too_late = 4, False
    async with desk(tmp_path, Batching) as made:
        yield made


async def labelled(at: Desk, count: int) -> list[str]:
    ids = [await at.order(f"100{number}-1") for number in range(1, count + 1)]
    for posting in ids:
        await at.ship(posting)
    await at.pass_time()
    assert {at.view(one).stage for one in ids} == {"labelled"}
    return ids


async def hand_over(at: Desk, *only: str) -> HandoverResult:
    return await orders.handover(at.app, "shop", "test", only=only or None)


def says(at: Desk, number: str, stage: Stage, status: str = "delivering") -> None:
    """Somebody pressed a button in the marketplace's cabinet."""
    known = at.books.postings[number]
    at.books.postings[number] = msgspec.structs.replace(known, status=status, stage=stage)


async def test_what_was_cancelled_since_the_last_reading_stays_here(at: Desk) -> None:
    first, second = await labelled(at, 2)
    says(at, "1001-1", Stage.CANCELLED, "cancelled")
    done = await hand_over(at)
    assert done.unread == ()
    assert [one.postings for one in done.handovers] == [(second,)]
    assert at.view(first).stage == "cancelled"


async def test_a_marketplace_that_cannot_be_read_is_named_and_holds_nothing_up(
    at: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def down(*_: object) -> None:
        raise Unavailable("it is down")

    async def slow(*_: object) -> None:
        await asyncio.sleep(60)

    await labelled(at, 2)
    monkeypatch.setattr(Market, "postings", down)
    done = await hand_over(at, "1001-1")
    assert [(one.name, one.code) for one in done.unread] == [("m", "unavailable")]
    assert len(done.handovers) == 1
    monkeypatch.setattr(Market, "postings", slow)
    monkeypatch.setattr(orders, "_READ_WITHIN", 0.05)
    done = await hand_over(at)
    assert [one.code for one in done.unread] == ["timed_out"]
    assert len(done.handovers) == 1


async def test_what_the_marketplace_calls_on_its_way_is_in_the_pile_still(told: Desk) -> None:
    first, second = await labelled(told, 2)
    says(told, "1001-1", Stage.IN_TRANSIT)
    await told.pass_time(3600)
    assert told.view(first).stage == "in_transit"
    done = await hand_over(told)
    assert Batching.batches == {"B1": ["1001-1", "1002-1"]}
    assert done.said_gone == ("1001-1",)
    assert "1001-1" in text_of((await sheets.sheet(told.app, done.handovers[0].id)).content)
    await told.pass_time(3600)
    assert not (await hand_over(told)).handovers, "and it is handed over once"
    assert told.view(second).stage == "handed_over"


@pytest.mark.parametrize("stage", [Stage.DELIVERED, Stage.CANCELLED])
async def test_what_has_ended_is_not_in_the_pile(at: Desk, stage: Stage) -> None:
    await labelled(at, 1)
    says(at, "1001-1", stage, str(stage))
    await at.pass_time(3600)
    assert not (await hand_over(at)).handovers


async def test_what_the_carrier_has_scanned_is_not_in_the_pile(at: Desk) -> None:
    (posting,) = await labelled(at, 1)
    says(at, "1001-1", Stage.IN_TRANSIT)
    await at.pass_time(3600)
    (shipment,) = rows.shipments.all(at.app.store.reader, "")
    scanned = msgspec.structs.replace(shipment, stage="in_transit")
    await at.app.store.write(lambda tx: rows.shipments.save(tx, scanned))
    assert not (await hand_over(at)).handovers
    (entry,) = (await hand_over(at, "TRK1")).results
    assert (entry.state, entry.code, entry.posting_id) == ("refused", "over", posting)


async def test_only_what_is_named_goes_and_the_rest_is_for_the_next(at: Desk) -> None:
    ids = await labelled(at, 4)
    done = await hand_over(at, "1001-1", " trk2 ", "TRK2", ids[2])
    assert [(one.state, one.number) for one in done.results] == [
        ("taken", "1001-1"),
        ("taken", "1002-1"),
        ("taken", "1003-1"),
    ]
    assert [set(one.postings) for one in done.handovers] == [set(ids[:3])]
    assert done.rest == 1
    assert at.view(ids[3]).stage == "labelled"
    rest = await hand_over(at)
    assert [one.postings for one in rest.handovers] == [(ids[3],)]


async def test_the_same_list_again_is_the_same_hand_over(told: Desk) -> None:
    ids = await labelled(told, 3)
    first = await hand_over(told, "1001-1", "1002-1")
    again = await hand_over(told, "1001-1", "1002-1")
    assert {one.id for one in again.handovers} == {one.id for one in first.handovers}
    assert {one.state for one in again.results} == {"already"}
    assert {one.handover for one in again.results} == {first.handovers[0].id}
    assert again.document_id is not None, "and its sheet is printed again"
    more = await hand_over(told, "1002-1", "1003-1")
    assert [(one.number, one.state) for one in more.results] == [("1002-1", "already"), ("1003-1", "taken")]
    assert Batching.batches == {"B1": ["1001-1", "1002-1"], "B2": ["1003-1"]}
    assert sorted(Batching.closed) == ["B1", "B2"]
    assert told.view(ids[2]).stage == "handed_over"


async def test_each_code_that_names_no_parcel_says_why_and_costs_itself(at: Desk) -> None:
    ids = await labelled(at, 4)
    await orders.cancel(at.app, ids[1], "wrong", "test")  # its label is void
    await at.pass_time(3600)
    says(at, "1003-1", Stage.CANCELLED, "cancelled")
    await at.pass_time(3600)
    await at.order("1005-1")
    done = await hand_over(at, "TRK2", "1003-1", "1005-1", "NOPE", "", "'; DROP TABLE postings", "1001-1")
    found = {one.asked: (one.state, one.code) for one in done.results}
    assert found == {
        "TRK2": ("refused", "void"),
        "1003-1": ("refused", "cancelled"),
        "1005-1": ("refused", "not_ready"),
        "NOPE": ("refused", "not_found"),
        "'; DROP TABLE postings": ("refused", "not_found"),
        "1001-1": ("taken", ""),
    }
    assert [one.postings for one in done.handovers] == [(ids[0],)]
    for language, said in (("ru", "снимите со стопки"), ("zh", "取出")):
        (reason,) = (one.reason for one in done.results if one.code == "cancelled")
        assert said in render(reason, language)


@pytest.mark.parametrize(
    "code",
    ["TRK1", "trk1", "ЕКЛ1", "екл1", "ＴＲＫ１", "TRK1\r", "\tTRK1 ", "1001-1"],
    ids=["as it is", "small", "Russian layout", "small Russian", "wide", "return", "blanks", "posting"],
)
async def test_a_scanner_types_as_the_keyboard_does(tmp_path: Path, code: str) -> None:
    async with desk(tmp_path, Lookup) as at:
        await labelled(at, 1)
        assert pile.look(at.app, "shop", code).state == "taken"


async def test_a_label_of_an_earlier_booking_is_void(at: Desk) -> None:
    (posting,) = await labelled(at, 1)
    await orders.cancel(at.app, posting, "wrong service", "test")
    await at.pass_time(3600)
    await at.ship(posting)
    await at.pass_time(3600)
    assert at.view(posting).tracking_number == "TRK2"
    old, new = pile.look(at.app, "shop", "TRK1"), pile.look(at.app, "shop", "TRK2")
    assert (old.state, old.code, new.state) == ("refused", "void", "taken")


async def test_what_is_cancelled_while_it_waits_is_in_no_batch_and_is_not_missed(told: Desk) -> None:
    first, second = await labelled(told, 2)
    Batching.meets.append("down")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Batching, "open_handovers", _down)
        done = await hand_over(told)
        assert [one.state for one in done.handovers] == ["planned"]
        assert done.handovers[0].reason
        await orders.cancel(told.app, first, "the buyer called", "test")
        await told.pass_time(60)
    Batching.meets.clear()
    await told.pass_time(3600)
    assert Batching.batches == {"B1": ["1002-1"]}
    assert told.view(second).stage == "handed_over"
    assert "handover_refused" not in told.problems()


async def _down(*_: object) -> None:
    raise httpx.ConnectError("refused")


async def test_who_cannot_be_told_is_a_problem_with_its_parcels_until_he_is(told: Desk) -> None:
    ids = await labelled(told, 2)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Batching, "open_handovers", _down)
        done = await hand_over(told)
        (view,) = done.handovers
        assert (view.state, bool(view.reason)) == ("planned", True)
        paper = text_of((await sheets.sheet(told.app, view.id)).content)
        assert "NOT ANNOUNCED" in paper
        assert f"--again {view.id}" in " ".join(paper.split())
        await told.pass_time(3 * 3600)
        problem = told.problems()["handover_untold"]
        assert problem.subject_id == view.id
        assert (problem.data["count"], problem.data["numbers"]) == (2, ["1001-1", "1002-1"])
        assert [one.code for one in problem.answers] == ["retry", "dismiss"]
        assert {told.view(one).problems for one in ids} == {1}
        assert problem.id in {one.id for one in orders.what_waits(told.app, ids[0])}
        again = await hand_over(told)  # an impatient person
        assert [one.id for one in again.handovers] == [view.id]
    await told.answer("handover_untold", "retry")
    await told.pass_time(60)
    assert not told.problems()
    assert {told.view(one).problems for one in ids} == {0}
    assert Batching.batches == {"B1": ["1001-1", "1002-1"]}
    paper = text_of((await sheets.sheet(told.app, view.id)).content)
    assert "NOT ANNOUNCED" not in paper
    assert "B1" in paper, "a batch that comes later is on the sheet"


async def test_an_alarm_that_was_dismissed_is_not_told_again_and_the_work_goes_on(told: Desk) -> None:
    await labelled(told, 1)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Batching, "open_handovers", _down)
        await hand_over(told)
        await told.pass_time(3 * 3600)
        await told.answer("handover_untold", "dismiss")
        await told.pass_time(6 * 3600)
        assert not told.problems()
    await told.pass_time(3 * 3600)
    assert Batching.closed == ["B1"]


async def test_what_a_carrier_leaves_out_is_asked_about_once_and_is_over_once_it_goes(told: Desk) -> None:
    """It takes one of three, refuses one, and says nothing of the third."""
    ids = await labelled(told, 3)

    async def one_of_three(self: Batching, shipments: list[object], day: object) -> list[object]:
        made = await Batching._open(self, shipments[:1], day)  # type: ignore[attr-defined]
        refused = msgspec.structs.replace(made[0], handover_id="", state="refused", covers=("1002-1",))
        return [*made, msgspec.structs.replace(refused, reason="too heavy")]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Batching, "_open", Batching.open_handovers, raising=False)
        patched.setattr(Batching, "open_handovers", one_of_three)
        done = await hand_over(told)
    assert sorted((one.state, len(one.postings)) for one in done.handovers) == [("ready", 1), ("refused", 2)]
    assert [told.view(one).stage for one in ids] == ["handed_over", "labelled", "labelled"]
    problem = told.problems()["handover_refused"]
    assert problem.data["numbers"] == ["1002-1", "1003-1"]
    assert "1002-1: too heavy" in problem.text
    assert [told.view(one).problems for one in ids] == [0, 1, 1]
    await told.answer("handover_refused", "retry")
    await told.pass_time(600)
    assert {told.view(one).stage for one in ids} == {"handed_over"}
    assert not told.problems()


async def test_the_next_hand_over_ends_the_question_about_the_last(told: Desk) -> None:
    ids = await labelled(told, 2)
    Batching.takes = 1
    await hand_over(told)
    assert "handover_refused" in told.problems()
    Batching.takes = 4
    await hand_over(told)
    assert not told.problems()
    assert {told.view(one).problems for one in ids} == {0}


async def test_a_cancelled_parcel_is_no_question_any_more(told: Desk) -> None:
    await labelled(told, 2)
    Batching.takes = 1
    await hand_over(told)
    says(told, "1002-1", Stage.CANCELLED, "cancelled")
    await told.pass_time(7200)
    assert "handover_refused" not in told.problems()


async def test_hand_overs_are_things_that_can_be_named(at: Desk) -> None:
    ids = await labelled(at, 1)
    (made,) = (await hand_over(at)).handovers
    assert (made.title, made.postings) == ("Courier", tuple(ids))
    assert reading.handover(at.app, made.id) == reading.handovers(at.app, "shop")[0]
    with pytest.raises(NotFound):
        reading.handover(at.app, "hnd_nobody", "shop")
    with pytest.raises(NotFound):
        await sheets.sheet(at.app, "", "shop")


async def test_nobody_signs_what_was_refused(told: Desk) -> None:
    await labelled(told, 1)
    Batching.too_late = True
    (view,) = (await hand_over(told)).handovers
    with pytest.raises(Conflict, match="too late"):
        await sheets.sheet(told.app, view.id)


async def test_the_sheet_of_then_shows_the_number_of_then(at: Desk) -> None:
    (posting,) = await labelled(at, 1)
    (made,) = (await hand_over(at)).handovers
    await orders.cancel(at.app, posting, "lost on the way there", "test")
    await at.pass_time(3600)
    await at.answer("cancelled_after_handover", "ship_again")
    await at.pass_time(7200)
    assert at.view(posting).tracking_number == "TRK2"
    assert "TRK1" in text_of((await sheets.sheet(at.app, made.id)).content)
    (second,) = (await hand_over(at)).handovers
    assert "TRK2" in text_of((await sheets.sheet(at.app, second.id)).content)


async def test_a_parcel_whose_plugin_is_gone_says_so(at: Desk) -> None:
    await labelled(at, 1)
    kind = at.app.registry.carriers.pop("courier")
    (entry,) = (await hand_over(at, "1001-1")).results
    assert (entry.state, entry.code) == ("refused", "held")
    assert "'courier' does not run here" in entry.reason
    at.app.registry.carriers["courier"] = kind
    assert (await hand_over(at)).handovers
