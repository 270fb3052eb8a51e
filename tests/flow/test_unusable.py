"""One posting, or one event, that cannot be used costs itself only: it is kept, named and told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, cast

import msgspec
import pytest

from hub.flow import orders as day
from hub.flow import reading
from hub.flow.intake import postings as intake
from hub.plugin_api.errors import HubError
from hub.plugin_api.models import EventKind, Money, Posting, Shipment, Tracking, TrackingEvent
from hub.plugin_api.sources import Page
from hub.words.texts import LANGUAGES, problem_text
from tests.flow.desk import START, Desk, Lookup, Market, desk, posting_of

NAIVE = datetime(2026, 1, 1)  # noqa: DTZ001 - that is the point


def _item(**changes: Any) -> dict[str, Any]:
    return {"items": (msgspec.structs.replace(posting_of("x").items[0], **changes),)}


UNUSABLE: dict[str, Any] = {
    "ship_by has no time zone": {"ship_by": NAIVE},
    "items is of another type: NoneType": {"items": None},
    "items[0].quantity is out of range": _item(quantity=-1),
    "items[0].price is of another type: float": _item(price=8.5),
    "items[0].price.amount is of another type: float": _item(price=Money(cast(Decimal, 8.5), "RUB")),
    "items[0].name is too long": _item(name="x" * 100_000),
    "tracking_number has characters that are no text": {"tracking_number": "\udcff"},
    "status is of another type: int": {"status": 7},
    "recipient is of another type: dict": {"recipient": {}},
    "the plugin read the number of another posting": {"number": "1003-1"},
}


class Spoilt(Market):
    """Of one posting it makes something else."""

    makes: ClassVar[Any] = {}

    def decode(self, raw: bytes) -> Posting:
        posting = msgspec.json.decode(raw, type=Posting)
        if posting.number != "1002-1":
            return posting
        if isinstance(self.makes, dict):
            return msgspec.structs.replace(posting, **self.makes)
        if isinstance(self.makes, Exception):
            raise self.makes
        return cast(Posting, self.makes)

    def number(self, raw: bytes) -> str:
        return str(msgspec.json.decode(raw)["number"])


@pytest.fixture
async def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    for name in ("decode", "number"):
        monkeypatch.setattr(Market, name, getattr(Spoilt, name))
    monkeypatch.setattr(Market, "makes", {}, raising=False)
    async with desk(tmp_path) as made:
        for number in ("1001-1", "1002-1", "1003-1"):
            made.books.postings[number] = posting_of(number)
        yield made


def _numbers(at: Desk) -> set[str]:
    return {one.number for one in reading.postings(at.app, seller="shop").items}


@pytest.mark.parametrize("reason", UNUSABLE)
async def test_a_posting_that_cannot_be_used_costs_itself_only(
    at: Desk, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    monkeypatch.setattr(Market, "makes", UNUSABLE[reason])
    (done,) = await day.sync(at.app, "shop", "test")
    assert (done.seen, done.new, done.problems, done.error) == (3, 2, 1, "")
    assert _numbers(at) == {"1001-1", "1003-1"}
    problem = at.problems()["decode_failed"]
    assert problem.data["number"] == "1002-1"
    assert problem_text("decode_failed", problem.data, "en") == (
        f"The posting 1002-1 cannot be read: {reason}; it is kept as it came"
    )
    assert len({problem_text("decode_failed", problem.data, one) for one in LANGUAGES}) == 3
    kept = at.app.store.reader.execute(
        "SELECT count(*) FROM raw_payloads WHERE external_id = '1002-1'"
    ).fetchone()
    assert kept[0] == 1
    await day.sync(at.app, "shop", "test")
    assert len(reading.problems(at.app, seller="shop").items) == 1, "told once"


@pytest.mark.parametrize(
    "never",
    [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=12))),
    ],
)
async def test_a_time_that_stands_for_none_is_none(at: Desk, never: datetime) -> None:
    """No time at all, and "for ever": in the seller's zone there is no such moment."""
    times = dict.fromkeys(("ship_by", "late_after", "deliver_by", "created_at"), never)
    at.books.postings["1001-1"] = posting_of("1001-1", **times)
    await day.sync(at.app, "shop", "test")
    assert not at.problems()
    view = reading.posting(at.app, "1001-1", "shop")
    assert view.ship_by is None
    await at.ship(view.id)
    await at.pass_time(600)
    assert at.view(view.id).stage == "labelled"
    assert _numbers(at) == {"1001-1", "1002-1", "1003-1"}


@pytest.mark.parametrize("circle", [True, False])
async def test_a_list_without_end_is_told(at: Desk, monkeypatch: pytest.MonkeyPatch, circle: bool) -> None:
    """Its cursors go round, or it gives one page under ever new ones: what is behind never comes."""
    plain, asked = Market.postings, 0

    async def postings(self: Market, stream: str, cursor: str) -> Page:
        nonlocal asked
        asked += 1
        if asked > 50:
            raise RuntimeError("this goes on for ever")
        page = await plain(self, stream, cursor)
        following = ("b" if cursor == "a" else "a") if circle else f"{asked}"
        return msgspec.structs.replace(page, next=following, complete=False)

    monkeypatch.setattr(Market, "postings", postings)
    (done,) = await day.sync(at.app, "shop", "test")
    assert done.code == "bad_reply"
    assert asked <= 10
    assert _numbers(at) == {"1001-1", "1002-1", "1003-1"}, "what came is taken in"


@pytest.mark.parametrize(
    ("made", "found"), [(None, "NoneType"), ([], "list"), ("1002-1", "str"), (KeyError("name"), "KeyError")]
)
async def test_a_plugin_that_makes_no_posting(
    at: Desk, monkeypatch: pytest.MonkeyPatch, made: Any, found: str
) -> None:
    monkeypatch.setattr(Market, "makes", made)
    await day.sync(at.app, "shop", "test")
    assert _numbers(at) == {"1001-1", "1003-1"}
    problem = at.problems()["decode_failed"]
    assert problem.data["number"] == "1002-1"
    assert found in problem_text("decode_failed", problem.data, "en")


async def test_what_can_be_read_later_is_no_problem_any_more(
    at: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Market, "makes", {"ship_by": NAIVE})
    await day.sync(at.app, "shop", "test")
    assert "decode_failed" in at.problems()
    monkeypatch.setattr(Market, "makes", {})
    await day.sync(at.app, "shop", "test")
    assert not at.problems()
    assert _numbers(at) == {"1001-1", "1002-1", "1003-1"}


async def test_a_posting_that_is_known_keeps_what_was_read(at: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await day.sync(at.app, "shop", "test")
    before = at.view(reading.posting(at.app, "1002-1", "shop").id)
    monkeypatch.setattr(Market, "makes", {"ship_by": NAIVE})
    at.books.postings["1002-1"] = posting_of("1002-1", substatus="news")
    await day.sync(at.app, "shop", "test")
    assert at.problems()["decode_failed"].posting_number == "1002-1"
    assert at.view(before.id).status == before.status
    with pytest.raises(HubError, match="1002-1 cannot be read: ship_by has no time zone"):
        await intake.refresh_posting(at.app, before.id, "test")
    monkeypatch.setattr(Market, "makes", {})
    await day.sync(at.app, "shop", "test")
    assert not at.problems()


@pytest.mark.parametrize("page", [None, [], Page(items=cast(Any, None), next="", complete=True)])
async def test_a_page_that_is_none_is_said(at: Desk, monkeypatch: pytest.MonkeyPatch, page: Any) -> None:
    async def postings(*_: Any) -> Any:
        return page

    monkeypatch.setattr(Market, "postings", postings)
    (done,) = await day.sync(at.app, "shop", "test")
    assert (done.code, done.seen) == ("bad_reply", 0)


async def test_an_item_that_is_no_bytes(at: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Market.postings

    async def postings(self: Market, stream: str, cursor: str) -> Page:
        page = await plain(self, stream, cursor)
        return msgspec.structs.replace(page, items=(*page.items, cast(bytes, "{}"), cast(bytes, None)))

    monkeypatch.setattr(Market, "postings", postings)
    (done,) = await day.sync(at.app, "shop", "test")
    assert (done.seen, done.new, done.problems) == (5, 3, 2)


# --- tracking ---------------------------------------------------------------------------------------------


class Followed(Lookup):
    told: ClassVar[Any] = Tracking(events=())

    async def track(self, shipment: Shipment) -> Tracking:
        return cast(Tracking, self.told)


def _event(time: Any, kind: Any = EventKind.MOVED, code: Any = "M1") -> TrackingEvent:
    return TrackingEvent(time=time, kind=kind, code=code)


DELIVERED = _event(START + timedelta(hours=1), EventKind.HANDED_OVER, "D")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (_event(NAIVE), "time has no time zone"),
        (_event("yesterday"), "time is of another type: str"),
        (_event(None), "time is of another type: NoneType"),
        (_event(START + timedelta(days=60)), "time is out of range"),
        (_event(START, "moved on"), "kind is of another type: str"),
        (_event(START, code=None), "code is of another type: NoneType"),
        (None, "is of another type: NoneType"),
    ],
)
async def test_an_event_that_cannot_be_used_costs_itself_only(tmp_path: Path, bad: Any, reason: str) -> None:
    Followed.told = Tracking(events=(bad, DELIVERED, bad))
    async with desk(tmp_path, Followed) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time(6 * 3600)
        assert at.view(posting).stage == "delivered"
        details = reading.posting_details(at.app, posting)
        assert [one.code for one in details.tracking] == ["D"]
        told = [one for one in details.history if one.kind == "tracking.unread"]
        assert len(told) == 1, "told once"
        assert reason in told[0].text
        assert told[0].data["count"] == 2
        assert "work_stopped" not in at.problems()


async def test_what_a_plugin_could_not_read_is_told_once(tmp_path: Path) -> None:
    Followed.told = Tracking(events=(DELIVERED,), unread=("26", "27"))
    async with desk(tmp_path, Followed) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time(6 * 3600)
        assert at.view(posting).stage == "delivered"
        (told,) = [
            one for one in reading.posting_details(at.app, posting).history if one.kind == "tracking.unread"
        ]
        assert told.text == (
            "Tracking: events that could not be read and were left out: 2 (26, 27): its time cannot be read"
        )


@pytest.mark.parametrize("told", [None, [], Tracking(events=cast(Any, None))])
async def test_tracking_that_is_none_stops_nothing_else(tmp_path: Path, told: Any) -> None:
    Followed.told = told
    async with desk(tmp_path, Followed) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time(600)
        assert at.view(posting).stage == "labelled"


async def test_a_charge_that_is_no_sum_costs_no_event(tmp_path: Path) -> None:
    Followed.told = Tracking(events=(DELIVERED,), charged=cast(Money, Decimal("NaN")))
    async with desk(tmp_path, Followed) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time(6 * 3600)
        assert at.view(posting).stage == "delivered"


async def test_a_weight_that_cannot_be_hides_no_charge(tmp_path: Path) -> None:
    Followed.told = Tracking(events=(DELIVERED,), charged=Money.of("900.00", "RUB"), charged_weight_g=-5)
    async with desk(tmp_path, Followed) as at:
        await at.ship(await at.order())
        await at.pass_time(6 * 3600)
        assert at.problems()["charge_differs"].data["charged"] == "900.00 RUB"
