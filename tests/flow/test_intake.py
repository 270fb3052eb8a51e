"""When a marketplace is asked: what has to be worked on often, all that changed now and then."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import httpx
import msgspec
import pytest

from hub.flow import orders, reading
from hub.flow.intake import postings as intake
from hub.plugin_api.sources import Page
from hub.store import rows
from tests.flow.desk import Desk, Market, desk, posting_of


class _Asked(list[str]):
    """The streams that were walked, in their order."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> _Asked:
    walked = _Asked()
    plain = Market.postings

    async def postings(self: Market, stream: str, cursor: str) -> Page:
        walked.append(stream)
        return await plain(self, stream, cursor)

    monkeypatch.setattr(Market, "postings", postings)
    monkeypatch.setattr(Market, "streams", ("open", "changed"))
    return walked


def _account(at: Desk) -> str:
    (account,) = at.app.store.reader.execute("SELECT id FROM accounts WHERE plugin = 'market'").fetchone()
    return str(account)


async def test_an_order_is_seen_within_a_minute(tmp_path: Path, asked: _Asked) -> None:
    async with desk(tmp_path) as at:
        await at.pass_time(60)
        at.books.postings["1001-1"] = posting_of("1001-1")
        await at.pass_time(60)
        assert at.app.store.reader.execute("SELECT number FROM postings").fetchone()[0] == "1001-1"


async def test_each_stream_has_a_pace_of_its_own(tmp_path: Path, asked: _Asked) -> None:
    async with desk(tmp_path) as at:
        for seconds in (*[180] * 19, 179):  # so long the desk asks as often as the hub does
            await at.pass_time(seconds)
        assert asked.count("open") == 80  # every 45 seconds
        assert asked.count("changed") == 12  # every five minutes


async def test_what_a_person_asked_for_is_not_asked_again_at_once(tmp_path: Path, asked: _Asked) -> None:
    async with desk(tmp_path) as at:
        await orders.sync(at.app, "shop", "test")
        assert asked == ["open", "changed"]
        at.clock.advance(20)
        again = await intake.run(at.app, _account(at))
        assert asked == ["open", "changed"]
        assert again == at.clock.now() + timedelta(seconds=25)


async def test_a_stream_that_was_refused_is_due_and_the_others_are_not(
    tmp_path: Path, asked: _Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Market.postings

    async def postings(self: Market, stream: str, cursor: str) -> Page:
        if stream == "changed" and asked.count("open") < 2 and len(asked) < 3:
            asked.append("refused")
            raise httpx.ConnectError("refused")
        return await plain(self, stream, cursor)

    monkeypatch.setattr(Market, "postings", postings)
    async with desk(tmp_path) as at:
        await at.pass_time(30)  # the worker comes back to it long before five minutes are over
        assert asked[0] == "open"
        assert "refused" in asked
        assert asked.count("open") == 1
        assert asked[-1] == "changed"


async def test_a_further_parcel_of_an_ordered_posting_is_shipped_with_it(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        posting = await at.order("1001-1")
        await at.ship(posting, carrier="courier", service="std")
        await at.pass_time()
        second = await at.order("1001-2", parent_number="1001-1")
        other = await at.order("1002-2", parent_number="1002-1")
        await at.pass_time()
        assert at.view(second).stage == "labelled"
        assert at.view(second).tracking_number == "TRK2"
        assert at.view(other).stage == "assembled", "nobody ordered its parent"
        history = reading.posting_details(at.app, second).history
        (ordered,) = [one.data for one in history if one.kind == "ship.ordered"]
        assert ordered == {"carrier": "courier", "service": "std", "parent": "1001-1"}


async def test_what_commands_a_terminal_is_not_taken_in(tmp_path: Path) -> None:
    """A buyer may write it into a name; a number with it could not be asked for again."""
    async with desk(tmp_path) as at:
        plain = posting_of("1001-1")
        item = msgspec.structs.replace(plain.items[0], name="Te\x1b[2Ja\u202e", offer_id="TEA\x00-1")
        at.books.postings["1001-1"] = msgspec.structs.replace(plain, items=(item,))
        at.books.postings["1002\x9b1"] = posting_of("1002\x9b1")
        result = await orders.sync(at.app, "shop", "test")
        assert [one.problems for one in result] == [1]
        [row] = rows.postings.all(at.app.store.reader, "")
        assert (row.number, row.document.items[0].name, row.document.items[0].offer_id) == (
            "1001-1",
            "Te[2Ja",
            "TEA-1",
        )


async def test_a_posting_of_two_lists_is_counted_once(tmp_path: Path, asked: _Asked) -> None:
    async with desk(tmp_path) as at:
        for number in ("1001-1", "1001-2"):
            at.books.postings[number] = posting_of(number)
        asked.clear()
        (done,) = await orders.sync(at.app, "shop", "test")
        assert len(asked) == 2
        assert (done.seen, done.new, done.seller, done.name) == (2, 2, "shop", "m")
