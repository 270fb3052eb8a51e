"""Hand-overs at a carrier that wants to know which parcels come: batches are opened once, and closed once."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Sequence
from datetime import date
from pathlib import Path
from typing import ClassVar

import httpx
import msgspec
import pytest

from hub.flow import orders as day
from hub.flow import reading
from hub.plugin_api.errors import Rejected
from hub.plugin_api.models import (
    Action,
    Document,
    Fulfilment,
    Handover,
    Posting,
    ReportResult,
    Shipment,
    Stage,
)
from hub.store import rows

from .desk import Desk, Lookup, Market, desk


class Batching(Lookup):
    """Two parcels a batch; a third one that it does not take is ``REFUSED``."""

    batches: ClassVar[dict[str, list[str]]] = {}
    closed: ClassVar[list[str]] = []
    meets: ClassVar[deque[str]] = deque()
    takes: ClassVar[int] = 4
    too_late: ClassVar[bool] = False

    async def open_handovers(self, shipments: Sequence[Shipment], day: date) -> Sequence[Handover]:
        meets = self.meets.popleft() if self.meets else ""
        if meets == "dropped":
            raise httpx.ReadTimeout("nothing came")
        numbers = [one.posting_number for one in shipments]
        for start in range(0, min(len(numbers), self.takes), 2):
            name = f"B{len(self.batches) + 1}"
            self.batches[name] = numbers[start : min(start + 2, self.takes)]
        if meets == "lost":
            raise httpx.ReadTimeout("nothing came")
        left = [
            Handover(handover_id="", state="refused", covers=(number,), reason="the office is closed")
            for number in numbers[self.takes :]
        ]
        return [*await self.find_handovers(shipments), *left]

    async def find_handovers(self, shipments: Sequence[Shipment]) -> Sequence[Handover]:
        return [
            Handover(handover_id=name, state="open", covers=tuple(covers))
            for name, covers in self.batches.items()
        ]

    async def close_handover(self, handover_id: str) -> Handover:
        if self.too_late:
            raise Rejected("too late")
        self.closed.append(handover_id)
        return Handover(handover_id=handover_id, state="pending")

    async def handover(self, handover_id: str) -> Handover:
        if handover_id not in self.closed:
            return Handover(handover_id=handover_id, state="open")
        paper = Document(content=handover_id.encode(), media_type="application/pdf")
        return Handover(handover_id=handover_id, state="ready", document=paper, code=handover_id)


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Desk]:
    Batching.batches, Batching.closed, Batching.meets = {}, [], deque()
    Batching.takes, Batching.too_late = 4, False
    async with desk(tmp_path, Batching) as made:
        yield made


async def _labelled(at: Desk, count: int) -> list[str]:
    ids = [await at.order(f"100{number}-1") for number in range(1, count + 1)]
    for posting in ids:
        await at.ship(posting)
    await at.pass_time()
    assert {at.view(one).stage for one in ids} == {"labelled"}
    return ids


async def test_every_parcel_is_in_one_batch_and_each_batch_has_its_paper(at: Desk) -> None:
    ids = await _labelled(at, 3)
    done = await day.handover(at.app, "shop", "test")
    assert Batching.batches == {"B1": ["1001-1", "1002-1"], "B2": ["1003-1"]}
    assert sorted(Batching.closed) == ["B1", "B2"]
    assert {(one.code, one.state) for one in done.handovers} == {("B1", "ready"), ("B2", "ready")}
    assert {at.view(one).stage for one in ids} == {"handed_over"}
    papers = [one.document_id for one in rows.handovers.all(at.app.store.reader, "")]
    contents = {reading.document_content(at.app, one).content for one in papers}
    assert contents == {b"B1", b"B2"}
    await at.pass_time()
    assert not (await day.handover(at.app, "shop", "test")).handovers
    assert len(Batching.batches) == len(Batching.closed) == 2


@pytest.mark.parametrize("meets", ["lost", "dropped"])
async def test_a_lost_answer_makes_no_second_batch(at: Desk, meets: str) -> None:
    ids = await _labelled(at, 2)
    Batching.meets.append(meets)
    await day.handover(at.app, "shop", "test")
    assert at.view(ids[0]).stage == "labelled"
    await day.handover(at.app, "shop", "test")  # an impatient person
    await at.pass_time(1200)
    assert Batching.batches == {"B1": ["1001-1", "1002-1"]}
    assert Batching.closed == ["B1"]
    assert {at.view(one).stage for one in ids} == {"handed_over"}


async def test_what_no_batch_takes_is_a_problem_and_the_others_go(at: Desk) -> None:
    Batching.takes = 1
    first, second = await _labelled(at, 2)
    await day.handover(at.app, "shop", "test")
    assert at.view(first).stage == "handed_over"
    assert at.view(second).stage == "labelled"
    problem = at.problems()["handover_refused"]
    assert (problem.data["numbers"], problem.data["reason"]) == (["1002-1"], "the office is closed")
    assert at.view(second).problems == 1


async def test_a_batch_that_cannot_be_closed_is_told(at: Desk) -> None:
    (posting,) = await _labelled(at, 1)
    Batching.too_late = True
    done = await day.handover(at.app, "shop", "test")
    assert [one.state for one in done.handovers] == ["refused"]
    assert at.problems()["handover_refused"].data["reason"] == "too late"
    assert at.view(posting).stage == "labelled"


async def test_a_batch_that_is_still_open_was_not_closed(at: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its carrier took the request and did nothing: nothing is handed over, and it is asked again."""
    (posting,) = await _labelled(at, 1)

    async def open_as_before(self: Batching, handover_id: str) -> Handover:
        return Handover(handover_id=handover_id, state="open")

    with monkeypatch.context() as patched:
        patched.setattr(Batching, "close_handover", open_as_before)
        await day.handover(at.app, "shop", "test")
        assert at.view(posting).stage == "labelled"
    await at.pass_time(1200)
    assert Batching.closed == ["B1"]
    assert at.view(posting).stage == "handed_over"


async def test_a_carrier_that_makes_no_batch_of_it_is_told(at: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    (posting,) = await _labelled(at, 1)

    async def nothing(*_: object) -> list[Handover]:
        return []

    with monkeypatch.context() as patched:
        patched.setattr(Batching, "open_handovers", nothing)
        done = await day.handover(at.app, "shop", "test")
    assert [one.state for one in done.handovers] == ["refused"]
    assert at.problems()["handover_refused"].data["reason"] == "no batch was made of it"
    await day.handover(at.app, "shop", "test")  # it can be declared again
    assert at.view(posting).stage == "handed_over"


async def test_the_marketplace_is_told_once_the_batch_is_closed(
    at: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    async def report(self: Market, posting: Posting, stage: Stage) -> ReportResult:
        told.append(f"{posting.number} {stage}")
        known = at.books.postings[posting.number]
        at.books.postings[posting.number] = msgspec.structs.replace(known, actions=frozenset())
        return ReportResult(number=posting.number, state="done")

    monkeypatch.setattr(Market, "report", report)
    own = Fulfilment(books="seller", label="carrier", tracking="seller", statuses="seller")
    posting = await at.order(fulfilment=own, actions=frozenset({Action.REPORT_IN_TRANSIT}))
    await at.ship(posting)
    await at.pass_time()
    assert not told
    await day.handover(at.app, "shop", "test")
    await at.pass_time(30)
    assert told == ["1001-1 in_transit"]
