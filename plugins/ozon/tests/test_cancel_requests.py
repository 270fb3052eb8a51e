"""Requests to cancel against the emulator: listed, agreed to, refused, decided by silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hub import BadReply, CancelRequest, Stage
from ozon_api import OzonError
from plugins.ozon.tests.conftest import account

if TYPE_CHECKING:
    from plugins.ozon.tests.conftest import World


async def asked(world: World, **more: Any) -> str:
    """A posting of rFBS whose buyer asks. Returns its number."""
    (number,) = await world.order("non_integrated")
    await world.tell(f"postings/{number}/cancel-request", {"message": "Не тот размер", **more})
    return number


async def one(world: World, number: str) -> CancelRequest:
    (found,) = await world.source.cancel_requests([number])
    return found


async def test_what_waits_is_listed_in_the_hubs_words(world: World) -> None:
    number = await asked(world)
    await world.order("non_integrated")
    (found,) = await world.source.cancel_requests()
    assert (found.number, found.state, found.asked_by) == (number, "open", "buyer")
    assert (found.reason, found.message) == ("Покупатель передумал", "Не тот размер")
    assert found.until is not None
    assert (found.until - world.clock.now()).total_seconds() == pytest.approx(48 * 3600, abs=2)


@pytest.mark.parametrize(("agree", "state"), [(True, "agreed"), (False, "refused")])
async def test_an_answer_shows_in_the_list(world: World, agree: bool, state: str) -> None:
    number = await asked(world)
    told = await world.source.answer_cancel_request(await one(world, number), agree, "Уже в пути")
    assert told.state == "accepted"
    assert (await one(world, number)).state == state
    assert await world.source.cancel_requests() == []
    assert ((await world.read(number)).stage is Stage.CANCELLED) is agree
    with pytest.raises(OzonError, match="HAS_INCORRECT_STATUS"):
        await world.source.answer_cancel_request(await one(world, number), agree, "Уже в пути")


async def test_silence_agrees(world: World) -> None:
    number = await asked(world, approves_in_hours=1, initiator="DELIVERY")
    world.clock.advance(3700)
    found = await one(world, number)
    assert (found.state, found.asked_by) == ("agreed", "carrier")
    assert (await world.read(number)).stage is Stage.CANCELLED


def _answers(*pages: dict[str, Any]) -> httpx.AsyncClient:
    left = list(pages)
    return httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _: httpx.Response(200, json=left.pop(0) if left else pages[-1]))
    )


def _page(*ids: int, state: str = "ON_APPROVAL", last: int = 0) -> dict[str, Any]:
    found = [
        {"cancellation_id": one, "posting_number": f"{one}-1", "state": {"id": 1, "state": state}}
        for one in ids
    ]
    return {"result": found, "last_id": last}


async def test_the_list_is_walked_to_its_end_even_where_it_goes_in_a_circle(world: World) -> None:
    async with _answers(_page(1, 2, last=2), _page(3, last=3), _page(3, last=3)) as http:
        source = account(world.source.settings, http)
        assert [found.number for found in await source.cancel_requests()] == ["1-1", "2-1", "3-1"]


async def test_a_state_that_nobody_knows_says_nothing(world: World) -> None:
    async with _answers(_page(1, state="ON_HOLD")) as http:
        with pytest.raises(BadReply, match="ON_HOLD"):
            await account(world.source.settings, http).cancel_requests()


async def test_a_clock_that_is_not_set_is_none(world: World) -> None:
    page = _page(1, 2)
    page["result"][0]["auto_approve_date"] = "0001-01-01T00:00:00Z"
    page["result"][1]["auto_approve_date"] = "2026-12-01T00:00:00Z"
    async with _answers(page, _page()) as http:
        found = await account(world.source.settings, http).cancel_requests()
    assert [one.until and one.until.year for one in found] == [None, 2026]
