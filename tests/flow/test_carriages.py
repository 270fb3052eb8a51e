"""A marketplace's hand-over (Ozon: carriage) is closed only when its content is what is there; else a person
is asked, it is filled again by itself for a while, and then it rests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import pytest

from hub import hookimpl
from hub.flow import orders, reading
from hub.flow.history.results import HandoverView
from hub.flow.marketplace import carriages
from hub.plugin_api.models import Fulfilment, Handover
from hub.plugin_api.sources import OrderSource
from hub.store import rows
from tests.flow.desk import Desk, Lookup, Market, desk

OURS = Fulfilment(books="seller", label="carrier", tracking="seller", statuses="marketplace", handover=True)


class Keeping(Market):
    """One that keeps the content of its hand-overs; it may leave some out, and have others in it."""

    content: ClassVar[tuple[str, ...]] = ()
    leaves_out: ClassVar[set[str]] = set()
    more: ClassVar[tuple[str, ...]] = ()
    fills: ClassVar[list[list[str]]] = []
    closed: ClassVar[list[tuple[str, ...]]] = []

    async def handovers(self, group: str, day: date) -> Sequence[Handover]:
        return ()

    async def open_handover(self, group: str, day: date) -> Handover:
        return Handover(handover_id="K1", state="open")

    async def fill_handover(self, handover_id: str, numbers: Sequence[str]) -> Handover:
        self.fills.append(list(numbers))
        Keeping.content = (*(one for one in numbers if one not in self.leaves_out), *self.more)
        return self._now()

    async def close_handover(self, handover_id: str) -> Handover:
        self.closed.append(tuple(sorted(self.content)))
        return self._now()

    async def handover(self, handover_id: str) -> Handover:
        return self._now()

    def _now(self) -> Handover:
        return Handover(handover_id="K1", state="ready" if self.closed else "open", covers=self.content)


class _Plugin:
    @hookimpl
    def order_sources(self) -> Iterable[type[OrderSource[Any]]]:
        return (Keeping,)


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Desk]:
    Keeping.content, Keeping.leaves_out, Keeping.more = (), set(), ()
    Keeping.fills, Keeping.closed = [], []
    async with desk(tmp_path, Lookup, extra={"market": _Plugin()}) as made:
        yield made


async def handed_over(at: Desk) -> HandoverView:
    """Three parcels lie here, labelled, and are handed over."""
    ids = [await at.order(f"{number}-1", fulfilment=OURS) for number in (1001, 1002, 1003)]
    for one in ids:
        await at.ship(one)
    await at.pass_time()
    (made,) = (await orders.handover(at.app, "shop", "test")).handovers
    await at.pass_time(60, news=False)
    return reading.handover(at.app, made.id)


def jobs_of(at: Desk, view: HandoverView) -> bool:
    """Whether work waits for this hand-over."""
    return rows.jobs.get(at.app.store.reader, f"handover:{view.id}") is not None


async def test_it_is_closed_when_its_content_is_what_is_there(at: Desk) -> None:
    made = await handed_over(at)
    assert made.state == "ready"
    assert Keeping.closed == [("1001-1", "1002-1", "1003-1")]
    assert len(Keeping.fills) == 1
    assert not at.problems()


async def test_another_content_is_asked_about_and_ends_by_itself(at: Desk) -> None:
    Keeping.leaves_out, Keeping.more = {"1002-1"}, ("7-7",)
    made = await handed_over(at)
    assert (made.state, Keeping.closed) == ("open", [])
    problem = at.problems()["handover_differs"]
    assert (problem.data["missing"], problem.data["strange"]) == (["1002-1"], ["7-7"])
    assert [one.code for one in problem.answers] == ["retry", "without_them", "dismiss"]
    assert len(Keeping.fills) == 1, "and the marketplace is not asked again and again"
    Keeping.leaves_out, Keeping.more = set(), ()
    await at.pass_time(3600, news=False)
    assert reading.handover(at.app, made.id).state == "ready"
    assert Keeping.closed == [("1001-1", "1002-1", "1003-1")]
    assert not at.problems()


async def test_what_is_not_taken_is_taken_off_the_pile(at: Desk) -> None:
    Keeping.leaves_out = {"1002-1"}
    made = await handed_over(at)
    await at.answer("handover_differs", "without_them")
    await at.pass_time(600, news=False)
    assert Keeping.closed == [("1001-1", "1003-1")]
    assert len(reading.handover(at.app, made.id).postings) == 2
    rest = reading.posting(at.app, "1002-1", "shop")
    assert rest.stage == "labelled", "it stays for the next hand-over"


async def test_it_is_tried_at_once_when_a_person_says_so(at: Desk) -> None:
    Keeping.leaves_out = {"1002-1"}
    await handed_over(at)
    Keeping.leaves_out = set()
    await at.answer("handover_differs", "retry")
    await at.pass_time(60, news=False)
    assert len(Keeping.closed) == 1


async def test_it_rests_when_its_tries_are_over(at: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carriages, "FILLS", 3)
    Keeping.leaves_out = {"1002-1"}
    made = await handed_over(at)
    await at.pass_time(6 * 3600, news=False)
    assert len(Keeping.fills) == 3
    assert Keeping.closed == []
    assert not jobs_of(at, made), "nothing is done until somebody answers"
    assert list(at.problems()) == ["handover_differs"]
    Keeping.leaves_out = set()
    await at.answer("handover_differs", "retry")
    await at.pass_time(60, news=False)
    assert len(Keeping.closed) == 1


async def test_an_alarm_that_was_dismissed_is_told_again_when_the_tries_end(
    at: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carriages, "FILLS", 3)
    Keeping.leaves_out = {"1002-1"}
    await handed_over(at)
    await at.answer("handover_differs", "dismiss")
    await at.pass_time(1800, news=False)
    assert not at.problems(), "while it is tried on, nobody is asked again"
    await at.pass_time(6 * 3600, news=False)
    assert list(at.problems()) == ["handover_differs"]
    assert Keeping.closed == []
