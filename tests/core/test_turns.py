"""Large answers take turns, small ones never wait, and what was read is gone when nobody holds it."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.calls import turns
from hub.calls.transport import make_client
from hub.calls.turns import Turns
from hub.plugin_api.errors import BadReply

LIMIT = 4000


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> Turns:
    """A thousand bytes are free, and two answers of 4,000 may be read at once."""
    shared = Turns(2 * LIMIT)
    monkeypatch.setattr(turns, "FREE", 1000)
    monkeypatch.setattr(turns, "TURNS", shared)
    return shared


class Body(httpx.AsyncByteStream):
    """A body of pieces of 500 bytes; ``held`` is how much of it was asked for."""

    def __init__(self, size: int) -> None:
        self.size, self.held = size, 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self.held < self.size:
            await asyncio.sleep(0)
            self.held += 500
            yield b"x" * 500


async def settled() -> None:
    for _ in range(100):
        await asyncio.sleep(0)


def vendor(bodies: dict[str, Body]) -> httpx.MockTransport:
    return httpx.MockTransport(lambda request: httpx.Response(200, stream=bodies[request.url.path[1:]]))


async def test_no_more_is_read_at_once_than_there_is_room_for(small: Turns) -> None:
    bodies = {str(number): Body(3000) for number in range(6)}
    async with make_client(inner=vendor(bodies), body_limit=LIMIT) as client:
        streams = [client.stream("GET", f"http://v/{number}") for number in bodies]
        opened = [await stream.__aenter__() for stream in streams]
        readers = [asyncio.create_task(one.aread()) for one in opened]
        gone = 0
        while not all(task.done() for task in readers):
            await settled()
            waiting = [body for body in bodies.values() if 0 < body.held < body.size]
            assert len(waiting) <= 6 - 2
            assert all(body.held <= 1500 for body in waiting), "what waits has its free part and a piece"
            gone += 1
            assert gone < 50
        assert [len(task.result()) for task in readers] == [3000] * 6
        for stream in streams:
            await stream.__aexit__(None, None, None)
    assert await small.take(2 * LIMIT) == 2 * LIMIT, "everything was given back"


async def test_a_small_answer_passes_those_that_wait(small: Turns) -> None:
    held = await small.take(2 * LIMIT)
    bodies = {"large": Body(3000), "small": Body(1000)}
    async with make_client(inner=vendor(bodies), body_limit=LIMIT) as client:
        large = asyncio.create_task(client.get("http://v/large"))
        await settled()
        assert not large.done()
        assert len((await client.get("http://v/small")).content) == 1000
        assert not large.done()
        small.give(held)
        assert len((await large).content) == 3000


async def test_what_ends_badly_gives_its_turn_back(small: Turns) -> None:
    bodies = {"endless": Body(10 * LIMIT), "cut": Body(3000), "left": Body(3000)}
    async with make_client(inner=vendor(bodies), body_limit=LIMIT) as client:
        with pytest.raises(BadReply, match="larger"):
            await client.get("http://v/endless")
        held = await small.take(2 * LIMIT)
        cut = asyncio.create_task(client.get("http://v/cut"))
        await settled()
        cut.cancel()
        small.give(held)
        with pytest.raises(asyncio.CancelledError):
            await cut
        async with client.stream("GET", "http://v/left") as response:
            async for _ in response.aiter_bytes():
                if bodies["left"].held > 1500:
                    break
    assert await small.take(2 * LIMIT) == 2 * LIMIT


async def test_an_answer_is_gone_with_its_last_holder() -> None:
    async with make_client(inner=vendor({"one": Body(3000)}), body_limit=LIMIT) as client:
        gc.disable()
        try:
            response = await client.get("http://v/one")
            assert response.text == "x" * 3000
            seen = weakref.ref(response)
            del response
            assert seen() is None, "it waits for the collector"
        finally:
            gc.enable()


@given(st.lists(st.tuples(st.integers(1, 12), st.booleans(), st.integers(0, 5)), max_size=20))
def test_nothing_is_lost_and_nobody_is_passed_over(asked: list[tuple[int, bool, int]]) -> None:
    async def run() -> None:
        shared, in_use, order = Turns(10), 0, []

        async def one(number: int, size: int, turns_of_loop: int) -> None:
            nonlocal in_use
            taken = await shared.take(size)
            order.append(number)
            in_use += taken
            assert in_use <= 10
            try:
                for _ in range(turns_of_loop):
                    await asyncio.sleep(0)
            finally:
                in_use -= taken
                shared.give(taken)

        tasks = [asyncio.create_task(one(at, size, long)) for at, (size, _, long) in enumerate(asked)]
        for at, (_, cancelled, _) in enumerate(asked):
            if cancelled:
                await asyncio.sleep(0)
                tasks[at].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert order == sorted(order)
        assert await shared.take(10) == 10

    asyncio.run(run())
