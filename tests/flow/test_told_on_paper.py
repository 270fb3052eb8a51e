"""Who asks for papers is told what is not so: a label that waits for a person, a parcel without its label."""

from __future__ import annotations

from pathlib import Path

from hub.flow import orders
from hub.words import render

from .desk import Lookup, desk


async def test_a_label_that_waits_for_a_person_names_the_problem_and_its_command(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        at.books.meets.append("refused")
        await at.ship(posting)
        await at.pass_time()
        problem = at.problems()["carrier_refused"]
        (result,) = (await orders.labels(at.app, [posting], actor="test", wait=30)).results
        assert (result.state, result.code) == ("waiting", "problem")
        assert "no such street" in result.reason
        assert f"hub problems answer {problem.id}" in result.reason
        assert "other_carrier" in result.reason
        assert "Ждёт ответа" in render(result.reason, "ru")
        await at.answer("carrier_refused", "retry")
        await at.pass_time()
        assert (await orders.labels(at.app, [posting], actor="test")).ready


async def test_a_parcel_that_left_and_was_cancelled_is_no_order_that_is_missing(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time(3600)
        await orders.labels(at.app, [posting], actor="test")
        await orders.handover(at.app, "shop", "test")
        await orders.cancel(at.app, posting, "wrong service", "test")
        await at.pass_time(3600)
        (result,) = (await orders.labels(at.app, [posting], actor="test")).results
        assert (result.state, result.code) == ("waiting", "problem")
        assert "ship_again" in result.reason
        await at.answer("cancelled_after_handover", "dismiss")
        (result,) = (await orders.labels(at.app, [posting], actor="test")).results
        assert (result.state, result.code) == ("refused", "over")


async def test_a_hand_over_says_whose_labels_were_never_printed(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        ids = [await at.order(number) for number in ("1001-1", "1001-2", "1001-3")]
        for posting in ids:
            await at.ship(posting)
        await at.pass_time(3600)
        await orders.labels(at.app, ids[:1], actor="test")
        done = await orders.handover(at.app, "shop", "test")
        assert set(done.unprinted) == {"1001-2", "1001-3"}
        assert {at.view(posting).stage for posting in ids} == {"handed_over"}
        assert not (await orders.handover(at.app, "shop", "test")).unprinted
