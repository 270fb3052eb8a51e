"""Calls of a day: never counted fewer than were made, given back at the end, kept for what is under way."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.calls.budget import BLOCK, Budget, CallsKept, Count, Purpose, calls_for
from hub.calls.call import Terms, read, send
from hub.calls.pace import LONGEST_PAUSE, Pace
from hub.calls.transport import make_client
from hub.plugin_api.clock import ManualClock
from hub.plugin_api.errors import Unavailable
from hub.plugin_api.limits import Limit

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
OTPRAVKA = Limit(requests=100, time_zone="Europe/Moscow", path=("/1.0/", "/2.0/"), per_parcel=5)


@dataclass
class Book:
    """A ledger that a test looks into."""

    used: dict[str, int] = field(default_factory=dict)
    allowed: int = 100
    booked: int = 20
    open: int = 60
    told: bool = False
    writes: int = 0
    broken: bool = False

    def read(self, limit: Limit, day: str) -> Count:
        return Count(
            used=self.used.get(day, 0),
            allowed=self.allowed,
            kept_for_booked=self.booked,
            kept_for_open=self.open,
            told=self.told,
        )

    async def claim(self, limit: Limit, day: str, calls: int) -> None:
        await asyncio.sleep(0)
        self.writes += 1
        if self.broken:
            raise OSError("disk full")
        self.used[day] = self.used.get(day, 0) + calls


def a_budget(book: Book, clock: ManualClock | None = None) -> Budget:
    return Budget(clock or ManualClock(NOON), "Post", [OTPRAVKA], book)


async def ask(
    budget: Budget, purpose: Purpose = "work", path: str = "/1.0/x", *, repeatable: bool = True
) -> bool:
    with calls_for(purpose):
        try:
            await budget.enter(path, repeatable=repeatable)
        except CallsKept:
            return False
    return True


async def test_each_purpose_ends_where_another_begins() -> None:
    book = Book()
    budget = a_budget(book)
    assert [await ask(budget, "information") for _ in range(50)].count(True) == 40
    assert [await ask(budget, "booking") for _ in range(50)].count(True) == 40
    assert [await ask(budget) for _ in range(50)].count(True) == 50, "our own count holds up no work"
    assert book.used == {"2026-11-23": 130}
    assert book.writes == 13


async def test_other_paths_do_not_count() -> None:
    book = Book(open=100)
    budget = a_budget(book)
    assert await ask(budget, "information", "/v2/calculate/tariff")
    assert not await ask(budget, "information", "/2.0/user/backlog")
    assert book.writes == 0


async def test_many_at_once_are_counted_each() -> None:
    book = Book(booked=0)
    budget = a_budget(book)
    done = await asyncio.gather(*(ask(budget, "booking") for _ in range(160)))
    assert done.count(True) == 100
    await budget.aclose()
    assert book.used["2026-11-23"] == done.count(True)


async def test_may_so_many_go() -> None:
    budget = a_budget(Book())
    assert budget.may_go(40)
    assert not budget.may_go(41)
    assert budget.may_go(80, "booking")
    assert budget.refusal("booking") is None
    assert Budget(ManualClock(NOON), "Post", [Limit(requests=1)], Book()).may_go(10_000)


async def test_a_new_day_in_moscow_begins_anew() -> None:
    clock, book = ManualClock(datetime(2026, 11, 23, 20, 30, tzinfo=UTC)), Book(open=95)
    budget = a_budget(book, clock)
    while await ask(budget, "information"):
        pass
    with calls_for("information"), pytest.raises(CallsKept, match="5 of the 100 calls") as kept:
        await budget.enter("/1.0/x")
    assert "the rest is kept for bookings and hand-overs" in kept.value.message
    assert kept.value.retry_after == timedelta(minutes=30)
    clock.advance(1800)
    assert await ask(budget, "information")
    assert sorted(book.used) == ["2026-11-23", "2026-11-24"]


async def test_what_is_kept_is_asked_for_again_within_the_hour() -> None:
    budget = a_budget(Book(open=100))
    with pytest.raises(CallsKept) as kept, calls_for("information"):
        await budget.enter("/1.0/x")
    assert kept.value.retry_after == LONGEST_PAUSE


async def test_a_disk_that_is_full_stops_no_call() -> None:
    budget = a_budget(Book(broken=True))
    assert all([await ask(budget) for _ in range(30)])


@given(st.lists(st.sampled_from(["call", "other", "crash", "close"]), max_size=60))
def test_never_fewer_are_counted_than_were_made(steps: list[str]) -> None:
    async def run() -> None:
        book = Book(allowed=10_000)
        mine, other = a_budget(book), a_budget(book)
        made = crashes = 0
        for step in steps:
            if step == "call":
                made += await ask(mine)
            elif step == "other":
                made += await ask(other)
            elif step == "crash":
                crashes += 1
                mine = a_budget(book)
            else:
                await mine.aclose()
        counted = book.used.get("2026-11-23", 0)
        assert made <= counted <= made + (crashes + 2) * BLOCK
        await mine.aclose()
        await other.aclose()
        assert made <= book.used.get("2026-11-23", 0) <= made + crashes * BLOCK

    asyncio.run(run())


# --- in the transport -----------------------------------------------------------------------------------


def client(book: Book) -> tuple[httpx.AsyncClient, list[str]]:
    clock, seen = ManualClock(NOON), list[str]()

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.method)
        return httpx.Response(200, json={})

    budget = Budget(clock, "Post", [OTPRAVKA], book)
    pace = Pace(clock, "Post", [OTPRAVKA], budget)
    return make_client(inner=httpx.MockTransport(answer), pace=pace), seen


async def test_a_booking_is_not_sent_to_be_refused_once_the_vendor_said_what_it_allows() -> None:
    for told, sent in ((True, 0), (False, 1)):
        http, seen = client(Book(used={"2026-11-23": 100}, told=told))

        async def work(http: httpx.AsyncClient = http) -> None:
            (await http.put("http://post.test/2.0/user/backlog")).raise_for_status()

        with nullcontext() if sent else pytest.raises(CallsKept):
            await send("Post: book", work, operation_id="op_1", terms=Terms(explain=lambda error: None))
        assert len(seen) == sent
        await read(
            "Post: look", lambda http=http: http.get("http://post.test/1.0/x"), explain=lambda error: None
        )  # type: ignore[misc]
        assert len(seen) == sent + 1, "a look-up goes"


async def test_a_vendor_that_is_down_costs_no_calls() -> None:
    book = Book()
    clock = ManualClock(NOON)

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(503)

    pace = Pace(clock, "Post", [OTPRAVKA], Budget(clock, "Post", [OTPRAVKA], book))
    http = make_client(inner=httpx.MockTransport(answer), pace=pace)
    for _ in range(200):
        with pytest.raises(Unavailable):
            await read("Post", _get(http), explain=lambda error: None)
    assert book.used["2026-11-23"] == BLOCK


def _get(http: httpx.AsyncClient):  # type: ignore[no-untyped-def]
    async def work() -> None:
        (await http.get("http://post.test/1.0/x")).raise_for_status()

    return work
