"""Parcels of which nobody hears anything: a person is told once, with a list, and it is over by itself."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest

from hub.flow import answering, orders, reading
from hub.flow.tracking.quiet import NO_COURIER, SENT, UNSCANNED
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import Conflict, Rejected
from hub.plugin_api.models import (
    Action,
    Document,
    EventKind,
    Fulfilment,
    Shipment,
    Stage,
    Tracking,
    TrackingEvent,
)
from hub.store import rows
from tests.faults.machine_vendors import Labels

from .desk import TOML, Desk, Lookup, desk

EXTRA = {"labels": Labels()}
DAY = 24 * 3600


class Scanning(Lookup):
    """A courier that tells where parcels are: ``scanned`` has the numbers that it has seen."""

    scanned: ClassVar[set[str]] = set()
    collects: ClassVar[bool] = False  # type: ignore[misc]
    kind: ClassVar[EventKind] = EventKind.ACCEPTED

    request_labels = Carrier.request_labels
    fetch_labels = Carrier.fetch_labels

    async def label(self, shipment: Shipment) -> Document:
        return Document(content=shipment.tracking_number.encode(), media_type="text/plain")

    async def track(self, shipment: Shipment) -> Tracking:
        if shipment.tracking_number not in self.scanned:
            return Tracking(events=())
        event = TrackingEvent(time=self.books.clock.now(), kind=self.kind, code="1")
        return Tracking(events=(event,))


class Silent(Scanning):
    track = Carrier.track  # type: ignore[assignment]


@pytest.fixture(autouse=True)
def _nothing_scanned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test begins so, and leaves the courier so to tests of other files."""
    monkeypatch.setattr(Scanning, "scanned", set())
    monkeypatch.setattr(Scanning, "collects", False)
    monkeypatch.setattr(Scanning, "kind", EventKind.ACCEPTED)


async def labelled(at: Desk, *numbers: str, **changes: object) -> list[str]:
    ids = [
        await at.order(number, ship_by=at.clock.now() + timedelta(days=9), **changes) for number in numbers
    ]
    for posting in ids:
        await at.ship(posting)
    await at.pass_time(900)
    assert {at.view(posting).stage for posting in ids} == {"labelled"}
    return ids


async def handed_over(at: Desk, *numbers: str, **changes: object) -> list[str]:
    ids = await labelled(at, *numbers, **changes)
    assert (await orders.handover(at.app, "shop", "test")).handovers
    await at.pass_time(60)
    return ids


def moves(at: Desk, number: str, stage: Stage = Stage.IN_TRANSIT) -> None:
    known = at.books.postings[number]
    at.books.postings[number] = msgspec.structs.replace(known, status="delivering", stage=stage)


async def test_a_parcel_that_was_never_handed_over_is_asked_about(tmp_path: Path) -> None:
    async with desk(tmp_path, Scanning, extra=EXTRA) as at:
        first, second, third = await labelled(at, "1-1", "2-1", "3-1")
        for number in ("1-1", "2-1"):  # a colleague said "sent" in the cabinet
            moves(at, number)
        await at.pass_time(3600)
        assert at.view(first).stage == "in_transit"
        assert at.problems().keys() == {SENT}
        told = at.problems()[SENT]
        assert told.money
        assert (told.data["count"], told.data["numbers"]) == (2, ["1-1", "2-1"])
        assert "1-1, 2-1" in told.text
        assert [at.view(one).problems for one in (first, second, third)] == [1, 1, 0]
        assert [one.kind for one in reading.posting_details(at.app, first).problems] == [SENT]
        with pytest.raises(Rejected):
            await at.answer(SENT, "still_here")
        with pytest.raises(Rejected, match="7-7"):
            await at.answer(SENT, "still_here", postings="1-1,7-7")
        await at.answer(SENT, "still_here", postings="1-1")
        assert at.view(first).stage == "labelled"
        assert at.problems()[SENT].data["numbers"] == ["2-1"]
        await at.answer(SENT, "was_handed_over")
        await at.pass_time(3600)
        assert not at.problems()
        assert [at.view(one).problems for one in (first, second)] == [0, 0]
        (sheet,) = (await orders.handover(at.app, "shop", "test")).handovers
        assert set(sheet.postings) == {first, third}


async def test_a_scan_that_comes_a_little_late_is_waited_for(tmp_path: Path) -> None:
    async with desk(tmp_path, Scanning, extra=EXTRA) as at:
        (posting,) = await labelled(at, "1-1")
        moves(at, "1-1")
        Scanning.scanned.add(at.view(posting).tracking_number)  # and the carrier says so when it is asked
        await at.pass_time(2 * DAY)
        assert not at.problems()
        assert at.view(posting).stage == "in_transit"


async def test_parcels_that_are_never_scanned_are_one_question(tmp_path: Path) -> None:
    async with desk(tmp_path, Scanning, extra=EXTRA) as at:
        first, second, third = await handed_over(at, "1-1", "2-1", "3-1")
        Scanning.scanned.add(at.view(third).tracking_number)
        moves(at, "2-1")  # for the hub told the marketplace so
        await at.pass_time(DAY - 1800, news=False)
        assert not at.problems()
        await at.pass_time(3600)
        assert at.problems().keys() == {UNSCANNED}
        told = at.problems()[UNSCANNED]
        assert told.data["numbers"] == ["1-1", "2-1"]
        assert (told.data["stages"], told.data["moving"]) == ({"handed_over": 1, "in_transit": 1}, 1)
        assert "Courier has not scanned" in told.text
        Scanning.scanned.add(at.view(second).tracking_number)
        await at.pass_time(3 * 3600)
        assert at.problems()[UNSCANNED].data["numbers"] == ["1-1"]
        assert at.problems()[UNSCANNED].id == told.id
        await at.answer(UNSCANNED, "dismiss")
        await at.pass_time(DAY, news=False)
        assert not at.problems(), "what was answered is not asked again"
        assert at.view(first).problems == 0
        await at.pass_time(DAY, news=False)
        assert at.problems()[UNSCANNED].data["numbers"] == ["1-1"], "until it is three times as late"
        Scanning.scanned.add(at.view(first).tracking_number)
        await at.pass_time(4 * 3600)
        assert not at.problems()
        found = rows.history.all(
            at.app.store.reader, "WHERE posting_id = ? AND kind = 'problem.found'", (first,)
        )
        assert len(found) == 2


async def test_a_list_says_what_is_on_it_whenever_that_changes(tmp_path: Path) -> None:
    async with desk(tmp_path, Scanning, extra=EXTRA) as at:
        first, second, third = await handed_over(at, "1-1", "2-1", "3-1")
        for number in ("1-1", "2-1"):
            moves(at, number)
        await at.pass_time(DAY + 1800, news=False)
        await at.pass_time(1800)
        told = at.problems()[UNSCANNED]
        assert "3 parcels, of which 2 count as on their way" in told.text
        moves(at, "3-1")
        await at.pass_time(1800)
        assert "3 parcels, of which 3 count" in at.problems()[UNSCANNED].text
        at.books.postings["1-1"] = msgspec.structs.replace(
            at.books.postings["1-1"], status="cancelled", stage=Stage.CANCELLED, actions=frozenset()
        )
        await at.pass_time(60)
        for _ in range(2):
            told = at.problems()[UNSCANNED]
            assert (told.data["count"], told.data["numbers"]) == (2, ["2-1", "3-1"])
            assert "2 parcels, of which 2 count" in told.text
            waits = [reading.posting_details(at.app, one).problems for one in (first, second, third)]
            assert [UNSCANNED in {one.kind for one in found} for found in waits] == [False, True, True]
            await at.pass_time(1800)
        moves(at, "2-1", Stage.DELIVERED)
        Scanning.scanned.add(at.view(third).tracking_number)
        await at.pass_time(4 * 3600)
        assert UNSCANNED not in at.problems()


async def test_the_seller_says_how_long_a_scan_takes(tmp_path: Path) -> None:
    toml = TOML.replace('language = "en"', 'language = "en"\nscan_hours = 4')
    async with desk(tmp_path, Scanning, extra=EXTRA, toml=toml) as at:
        await handed_over(at, "1-1")
        await at.pass_time(3.5 * 3600, news=False)
        assert not at.problems()
        await at.pass_time(3600, news=False)
        assert at.problems().keys() == {UNSCANNED}


async def test_a_carrier_that_tells_nothing_is_no_reason_for_an_alarm(tmp_path: Path) -> None:
    async with desk(tmp_path, Silent, extra=EXTRA) as at:
        await handed_over(at, "1-1")
        await at.pass_time(2 * DAY, news=False)
        assert not at.problems()


async def test_the_courier_who_did_not_come(tmp_path: Path) -> None:
    Scanning.collects = True  # type: ignore[misc]
    async with desk(tmp_path, Scanning, extra=EXTRA) as at:  # 14:00 in Shanghai
        first, second = await handed_over(at, "1-1", "2-1")
        await at.pass_time(5.5 * 3600, news=False)
        assert not at.problems()
        await at.pass_time(3600, news=False)
        assert at.problems().keys() == {NO_COURIER}
        assert at.problems()[NO_COURIER].data["count"] == 2
        await at.answer(NO_COURIER, "still_here", postings=["2-1"])
        await at.answer(NO_COURIER, "was_handed_over")
        await at.pass_time(12 * 3600, news=False)
        assert not at.problems()
        assert (at.view(first).stage, at.view(second).stage) == ("handed_over", "labelled")
        Scanning.scanned.add(at.view(first).tracking_number)
        await at.pass_time(3 * 3600, news=False)
        assert (await orders.handover(at.app, "shop", "test")).handovers
        await at.pass_time(DAY, news=False)
        assert at.problems()[NO_COURIER].data["numbers"] == ["2-1"], "he did not come on the next day either"


async def test_of_a_courier_who_came_some_are_missing(tmp_path: Path) -> None:
    Scanning.collects = True  # type: ignore[misc]
    async with desk(tmp_path, Scanning, extra=EXTRA) as at:
        first, _ = await handed_over(at, "1-1", "2-1")
        Scanning.scanned.add(at.view(first).tracking_number)
        await at.pass_time(10 * 3600, news=False)
        assert not at.problems()
        await at.pass_time(DAY, news=False)
        assert at.problems().keys() == {UNSCANNED}
        assert at.problems()[UNSCANNED].data["numbers"] == ["2-1"]


async def test_what_the_marketplace_carries_and_has_not_seen(tmp_path: Path) -> None:
    fbs = Fulfilment(books="marketplace", label="marketplace", tracking="marketplace", statuses="marketplace")
    async with desk(tmp_path, Scanning, extra=EXTRA) as at:
        posting = await at.order("1-1", fulfilment=fbs, actions=frozenset({Action.CANCEL}))
        moves(at, "1-1", Stage.HANDED_OVER)
        await at.pass_time(3600)
        assert not at.problems()
        await at.pass_time(DAY, news=False)
        told = at.problems()[UNSCANNED]
        assert "Market has not scanned" in told.text
        assert [one.code for one in told.answers] == ["was_handed_over", "dismiss"]
        moves(at, "1-1")
        await at.pass_time(3600)
        assert not at.problems()
        assert at.view(posting).problems == 0


async def test_a_list_that_was_answered_takes_no_second_answer(tmp_path: Path) -> None:
    async with desk(tmp_path, Scanning, extra=EXTRA) as at:
        await handed_over(at, "1-1")
        await at.pass_time(2 * DAY, news=False)
        told = at.problems()[UNSCANNED]
        await at.answer(UNSCANNED, "was_handed_over", postings="all")
        with pytest.raises(Conflict):
            await answering.answer(at.app, told.id, "dismiss", {}, "test")


async def test_a_return_that_was_dismissed_is_not_told_at_every_look(tmp_path: Path) -> None:
    async with desk(tmp_path, Scanning, extra=EXTRA) as at:
        (posting,) = await handed_over(at, "1-1")
        Scanning.kind = EventKind.RETURNING
        Scanning.scanned.add(at.view(posting).tracking_number)
        await at.pass_time(3 * 3600, news=False)
        await at.answer("returning", "dismiss")
        await at.pass_time(9 * 3600, news=False)
        assert not at.problems()
