"""Two at once on one posting, and several workers on one database: each booking is sent once, each answer is
acted on once, and what a dead worker held is done by the others."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hub.flow import answering, orders, reading, steps
from hub.flow.handover import declaring
from hub.jobs.worker import Worker
from hub.plugin_api.errors import HubError
from hub.plugin_api.hookspecs import hookimpl
from hub.plugin_api.sources import OrderSource, Page
from hub.store import rows
from tests.flow.desk import (
    START,
    TOML,
    Books,
    Courier,
    Desk,
    DeskClock,
    Lookup,
    Market,
    Unique,
    desk,
    posting_of,
)


@asynccontextmanager
async def desks(
    home: Path, number: int, carrier: type[Courier] = Lookup, **more: Any
) -> AsyncIterator[list[Desk]]:
    """Several hubs on one database, as many processes have it: the same vendors, the same clock."""
    clock = DeskClock(START)
    books = Books(clock)
    async with AsyncExitStack() as stack:
        entered = [
            await stack.enter_async_context(desk(home, carrier, books=books, clock=clock, **more))
            for _ in range(number)
        ]
        yield entered


# --- two at once on one posting ---------------------------------------------------------------------------


async def _both(*works: Any) -> list[BaseException | Any]:
    """Both at once; a person is told to try again, a mistake of a program is one."""
    done = await asyncio.gather(*works, return_exceptions=True)
    for one in done:
        if isinstance(one, BaseException) and not isinstance(one, HubError):
            raise one
    return done


@pytest.mark.parametrize("carrier", [Lookup, Unique])
@pytest.mark.parametrize("meets", ["well", "lost", "dropped"])
async def test_two_that_take_the_steps_of_one_posting_send_once(
    tmp_path: Path, carrier: type[Courier], meets: str
) -> None:
    """Every step of the journal, with neither a lease nor a fence between the two: the version and the
    isolation alone hold."""
    async with desks(tmp_path, 2, carrier) as (one, other):
        for number in range(6):
            posting = await one.order(f"{number}-1")
            one.books.meets.append(meets)
            await _both(one.ship(posting), other.ship(posting))
            for _ in range(8):
                await _both(steps.run(one.app, posting), steps.run(other.app, posting))
                one.clock.advance(61)
            assert one.view(posting).tracking_number, number
        assert len(one.books.live()) == 6, "one order each, at the carrier's own books"
        sent = Counter(one.books.sends)
        assert len(sent) == 6
        assert set(sent.values()) == {2 if meets == "dropped" else 1}, "again only what never arrived"
        assert all(len(numbers) == 1 for numbers in one.books.told.values()), (
            "and the marketplace was told once"
        )


async def test_two_answers_to_one_question_are_one(tmp_path: Path) -> None:
    async with desks(tmp_path, 2) as (one, other):
        for number in range(4):
            one.books.meets.append("refused")
            posting = await one.order(f"{number}-1")
            await one.ship(posting)
            await one.pass_time(30)
            asked = one.problems()["carrier_refused"]
            await _both(
                answering.answer(one.app, asked.id, "retry", {}, "one"),
                answering.answer(other.app, asked.id, "retry", {}, "other"),
            )
            await one.pass_time(120)
            assert "carrier_refused" not in one.problems()
            assert len(one.books.live()) == number + 1
        assert len(one.books.sends) == 8, "refused once and sent once, each"


async def test_two_hand_overs_at_once_take_each_parcel_once(tmp_path: Path) -> None:
    async with desks(tmp_path, 2) as (one, other):
        postings = [await one.order(f"{number}-1") for number in range(4)]
        for posting in postings:
            await one.ship(posting)
        await one.pass_time(300)
        assert {one.view(posting).stage for posting in postings} == {"labelled"}
        await _both(
            declaring.declare(one.app, "shop", actor="one"),
            declaring.declare(other.app, "shop", actor="other"),
        )
        every = rows.handovers.all(one.app.store.reader, "")
        parcels = Counter(posting for handover in every for posting in handover.postings)
        assert len(parcels) == 4
        assert set(parcels.values()) == {1}


# --- several workers --------------------------------------------------------------------------------------

_SHOPS = tuple(f"shop{number}" for number in range(9))


def _many() -> str:
    head, _, shop = TOML.partition("[sellers.shop]")
    shop = f"[sellers.shop]{shop}"
    return head + "".join(shop.replace("sellers.shop", f"sellers.{name}") for name in _SHOPS)


class _Own(Market):
    """Each shop's postings are its own: their numbers begin with its name."""

    async def postings(self, stream: str, cursor: str) -> Page:
        mine = [one for one in self.books.postings.values() if one.number.startswith(self.account.seller)]
        return Page(items=tuple(map(msgspec.json.encode, mine)), next="", complete=True)


class _OwnMarket:
    @hookimpl
    def order_sources(self) -> Iterable[type[OrderSource[Any]]]:
        return (_Own,)


class _Mortal(Worker):
    """It may be killed: nothing that it held is given back, and what it began breaks off where it is."""

    async def die(self) -> None:
        under_way = tuple(self._running)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    @property
    def busy(self) -> bool:
        return bool(self._running)


async def _turns(at: list[Desk], workers: list[_Mortal], number: int) -> None:
    """Let them take turns; a lease of the clock on the desk is ten of its moments."""
    for _ in range(number):
        for worker in workers:
            await worker._turn()
            await asyncio.sleep(0.002)
        at[0].clock.advance(0.000_001)


async def test_workers_share_the_sellers_and_what_a_dead_one_held_is_done(
    tmp_path: Path, postgres: str
) -> None:
    more = {"toml": _many(), "database": postgres, "extra": {"market": _OwnMarket()}}
    async with desks(tmp_path, 3, **more) as at:
        books, numbers = at[0].books, [f"{shop}-{number}-1" for shop in _SHOPS for number in range(3)]
        books.postings.update({number: posting_of(number) for number in numbers})
        workers = [_Mortal(one.app) for one in at]
        await _turns(at, workers, 16)  # leases are renewed when half of their time is over
        assert [len(worker._parts) > 15 for worker in workers] == [True] * 3, "each has its share"
        assert sum(worker._holds for worker in workers) == 1, "one does what is done once for all"
        wanted = []
        for shop in _SHOPS:
            await orders.sync(at[0].app, shop, "test")
            ids = [one.id for one in reading.postings(at[0].app, seller=shop).items]
            await orders.ship(at[0].app, shop, ids, actor="test")
            wanted += ids
        takers: set[str] = set()
        killed = 0
        for _ in range(400):
            await _turns(at, workers, 1)
            busy = next((worker for worker in workers if worker.busy), None)
            if killed < 3 and busy is not None:
                await busy.die()
                workers.remove(busy)
                workers.append(_Mortal(busy.app))  # another process takes its place
                killed += 1
            takers |= {row.lease_owner for row in rows.jobs.all(at[0].app.store.reader, "")}
            labelled = [reading.posting(at[0].app, one).stage for one in wanted].count("labelled")
            if labelled == len(wanted):
                break
            if busy is None and killed == 3:
                at[0].clock.advance(61)  # what broke off is looked up at the courier
        for worker in workers:
            await worker._finish()
        assert (labelled, killed) == (len(wanted), 3)
        assert Counter(Counter(books.sends).values()) == {1: len(wanted)}, "each booking was sent once"
        assert len(books.live()) == len(wanted)
        assert len(takers - {""}) > 1, "more than one of them has done some of it"
        left = at[0].app.store.reader.execute("SELECT name FROM leases WHERE name NOT LIKE 'alive:%'")
        assert left.fetchall() == [], "who stops gives back what it held"
