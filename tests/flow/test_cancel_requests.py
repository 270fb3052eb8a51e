"""Somebody asks to cancel a posting: nothing is spent meanwhile, a person answers in time, and what was
decided elsewhere ends the question."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import httpx
import msgspec
import pytest

from hub import hookimpl
from hub.flow import orders, reading
from hub.flow.marketplace import cancel_requests
from hub.plugin_api.errors import AuthFailed, NotFound, Rejected
from hub.plugin_api.models import CancelRequest, ReportResult, Stage
from hub.plugin_api.sources import OrderSource
from hub.store import rows
from hub.words.texts import problem_text
from tests.flow.desk import START, TOML, Desk, Lookup, Market, desk, posting_of

UNTIL = START + timedelta(days=1)


class Asking(Market):
    """A marketplace that asks the seller before it cancels."""

    requests: ClassVar[dict[str, CancelRequest]] = {}
    heard: ClassVar[list[tuple[str, bool, str]]] = []
    meets: ClassVar[str] = ""
    """For the next answers: ``lost`` (done, no answer), ``dropped`` (not done, no answer), ``late`` (decided,
    and the posting is cancelled only when `cancel_now` is called)."""

    async def cancel_requests(self, numbers: Sequence[str] = ()) -> Sequence[CancelRequest]:
        return [
            one
            for one in self.requests.values()
            if (one.number in numbers if numbers else one.state == "open")
        ]

    async def posting(self, number: str) -> bytes:
        if number not in self.books.postings:
            raise NotFound("no such posting")
        return await super().posting(number)

    async def answer_cancel_request(self, request: CancelRequest, agree: bool, comment: str) -> ReportResult:
        self.heard.append((request.request_id, agree, comment))
        if self.meets == "dropped":
            Asking.meets = ""
            raise httpx.ReadTimeout("nothing came")
        if self.requests[request.request_id].state != "open":
            raise Rejected("decided already", vendor_code="decided")
        decide(request.request_id, agree)
        if agree and self.meets != "late":
            cancel_now(self.requests[request.request_id].number)
        if self.meets == "lost":
            Asking.meets = ""
            raise httpx.ReadTimeout("nothing came")
        return ReportResult(number=request.number, state="accepted")


def decide(request_id: str, agree: bool) -> None:
    """It is decided, by whoever it may be."""
    known = Asking.requests[request_id]
    Asking.requests[request_id] = msgspec.structs.replace(known, state="agreed" if agree else "refused")


def cancel_now(number: str) -> None:
    known = Asking.books.postings[number]
    Asking.books.postings[number] = msgspec.structs.replace(
        known, status="cancelled", stage=Stage.CANCELLED, actions=frozenset()
    )


class _Plugin:
    @hookimpl
    def order_sources(self) -> Iterable[type[OrderSource[Any]]]:
        return (Asking,)


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Desk]:
    Asking.requests, Asking.heard, Asking.meets = {}, [], ""
    async with desk(tmp_path, Lookup, extra={"market": _Plugin()}) as made:
        yield made


def asks(number: str = "1001-1", request_id: str = "7", **more: Any) -> None:
    """The buyer asks."""
    Asking.requests[request_id] = CancelRequest(
        request_id=request_id,
        number=number,
        state="open",
        reason="Передумал",
        message="wrong size",
        until=UNTIL,
        **more,
    )


async def test_nothing_is_spent_while_it_is_open_and_refused_it_goes_on(at: Desk) -> None:
    posting = await at.order()
    asks()
    await at.pass_time(300)
    await at.ship(posting)
    await at.pass_time(7200)
    assert not at.books.sends
    problem = at.problems()["cancel_asked"]
    assert problem.deadline == UNTIL - timedelta(hours=2)
    assert [one.code for one in problem.answers] == ["refuse_to_cancel", "agree_to_cancel"]
    assert "The buyer asks to cancel" in problem.text
    assert "Передумал" in problem.text
    assert "wrong size" in problem.text
    with pytest.raises(Rejected, match="say why"):
        await at.answer("cancel_asked", "refuse_to_cancel")
    await at.answer("cancel_asked", "refuse_to_cancel", comment="It leaves today")
    await at.pass_time(600)
    assert Asking.heard == [("7", False, "It leaves today")]
    assert len(at.books.live()) == 1
    assert not at.problems()


async def test_agreed_the_booking_is_cancelled_with_it(at: Desk) -> None:
    posting = await at.order()
    await at.ship(posting)
    await at.pass_time()
    assert len(at.books.live()) == 1
    asks()
    await at.pass_time(300)
    text = at.problems()["cancel_asked"].text
    assert "It is booked: Courier, number TRK1, 300.00 RUB" in text
    await at.answer("cancel_asked", "agree_to_cancel")
    await at.pass_time(600)
    assert Asking.heard == [("7", True, "")]
    assert at.view(posting).stage == "cancelled"
    assert not at.books.live()
    assert "cancel_asked" not in at.problems()


@pytest.mark.parametrize("meets", ["lost", "dropped"])
async def test_an_answer_that_nobody_confirmed_is_looked_for_before_it_is_said_again(
    at: Desk, meets: str
) -> None:
    await at.order()
    asks()
    await at.pass_time(300)
    Asking.meets = meets
    await at.answer("cancel_asked", "refuse_to_cancel", comment="It leaves today")
    await at.pass_time(3600)
    assert len(Asking.heard) == (1 if meets == "lost" else 2)
    assert Asking.requests["7"].state == "refused"
    assert not at.problems()


async def test_nothing_is_booked_between_the_yes_and_the_cancel(at: Desk) -> None:
    posting = await at.order()
    asks()
    await at.pass_time(300)
    await at.ship(posting)
    Asking.meets = "late"
    await at.answer("cancel_asked", "agree_to_cancel")
    await at.pass_time(1800)
    assert not at.books.sends
    cancel_now("1001-1")
    await at.pass_time(3600)
    assert at.view(posting).stage == "cancelled"
    assert not at.books.sends


@pytest.mark.parametrize("agree", [True, False])
async def test_what_is_decided_in_the_cabinet_ends_the_question(at: Desk, agree: bool) -> None:
    posting = await at.order()
    await at.ship(posting)
    await at.pass_time()
    asks()
    await at.pass_time(300)
    decide("7", agree)
    if agree:
        cancel_now("1001-1")
    await at.pass_time(900)
    assert "cancel_asked" not in at.problems()
    assert len(at.books.live()) == (0 if agree else 1)
    assert not Asking.heard


async def test_an_answer_that_comes_too_late_is_told(at: Desk) -> None:
    """Somebody agreed in the cabinet between the question and the answer."""
    posting = await at.order()
    asks()
    await at.pass_time(300)
    decide("7", True)
    await at.answer("cancel_asked", "refuse_to_cancel", comment="It leaves today")
    cancel_now("1001-1")
    await at.pass_time(3600)
    assert at.view(posting).stage == "cancelled"
    assert not at.problems()


async def test_a_second_request_is_a_second_question(at: Desk) -> None:
    await at.order()
    asks()
    await at.pass_time(300)
    first = at.problems()["cancel_asked"].id
    decide("7", False)
    asks(request_id="8")
    await at.pass_time(300)
    second = at.problems()["cancel_asked"]
    assert second.id != first
    await at.answer("cancel_asked", "refuse_to_cancel", comment="It leaves today")
    await at.pass_time(600)
    assert [one[0] for one in Asking.heard] == ["8"]


async def test_one_that_the_marketplace_hides_stays_a_question(at: Desk) -> None:
    posting = await at.order()
    asks()
    await at.pass_time(300)
    Asking.requests.clear()
    await at.ship(posting)
    await at.pass_time(3600)
    assert "cancel_asked" in at.problems()
    assert not at.books.sends


async def test_a_posting_that_is_new_here_is_read_first(at: Desk) -> None:
    await at.order()
    at.books.postings["2002-1"] = posting_of("2002-1")
    asks("2002-1")
    await at.pass_time(150)
    assert at.problems()["cancel_asked"].posting_number == "2002-1"


async def test_it_is_over_with_its_posting(at: Desk) -> None:
    posting = await at.order()
    asks()
    await at.pass_time(300)
    cancel_now("1001-1")
    await orders.sync(at.app, "shop", "test")
    assert at.view(posting).stage == "cancelled"
    assert "cancel_asked" not in at.problems()


@pytest.mark.parametrize(("language", "who"), [("ru", "Покупатель просит"), ("zh", "买家申请取消")])
def test_it_is_said_in_the_sellers_language(language: str, who: str) -> None:
    data = {"asked_by": "buyer", "reason": "", "message": "", "until": UNTIL.isoformat()}
    assert who in problem_text("cancel_asked", data, language)


STANDING = TOML.replace('language = "en"', 'language = "en"\ncancel_requests = "agree_unbooked"')


@pytest.mark.parametrize("booked", [False, True])
async def test_a_standing_answer_is_for_what_cost_nothing(tmp_path: Path, booked: bool) -> None:
    Asking.requests, Asking.heard, Asking.meets = {}, [], ""
    async with desk(tmp_path, Lookup, extra={"market": _Plugin()}, toml=STANDING) as at:
        posting = await at.order()
        if booked:
            await at.ship(posting)
            await at.pass_time()
        asks()
        await at.pass_time(600)
        assert Asking.heard == ([] if booked else [("7", True, "")])
        assert ("cancel_asked" in at.problems()) is booked
        assert at.view(posting).stage == ("labelled" if booked else "cancelled")


async def test_a_standing_answer_that_is_not_taken_is_a_question(tmp_path: Path) -> None:
    Asking.requests, Asking.heard, Asking.meets = {}, [], ""
    async with desk(tmp_path, Lookup, extra={"market": _Plugin()}, toml=STANDING) as at:
        await at.order()
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(Asking, "answer_cancel_request", _refuses)
            asks()
            await at.pass_time(3600)
        assert "the key may not" in at.problems()["cancel_asked"].text
        await at.answer("cancel_asked", "agree_to_cancel")
        await at.pass_time(600)
        assert not at.problems()


async def _refuses(self: Asking, request: CancelRequest, agree: bool, comment: str) -> ReportResult:
    raise Rejected("the key may not", vendor_code="denied")


def _market(at: Desk) -> rows.AccountRow:
    (account,) = rows.accounts.all(at.app.store.reader, "WHERE name = 'm'")
    return account


async def test_a_booking_that_did_not_get_through_waits_for_the_answer(at: Desk) -> None:
    """It is planned, and surely not at the carrier: nothing is spent on it while it is open."""
    posting = await at.order()
    at.books.meets.extend(["down"] * 3)
    await at.ship(posting)
    await at.pass_time(1)
    asks()
    at.books.meets.extend(["down"] * 100)
    await at.pass_time(300)
    assert "cancel_asked" in at.problems()
    at.books.meets.clear()
    await at.pass_time(7200)
    assert not at.books.live()
    await at.answer("cancel_asked", "refuse_to_cancel", comment="It leaves today")
    await at.pass_time(7200)
    assert len(at.books.live()) == 1


async def test_a_booking_that_did_not_get_through_is_not_sent_after_a_yes(at: Desk) -> None:
    posting = await at.order()
    at.books.meets.extend(["down"] * 100)
    await at.ship(posting)
    await at.pass_time(1)
    asks()
    await at.pass_time(300)
    at.books.meets.clear()
    Asking.meets = "late"
    await at.answer("cancel_asked", "agree_to_cancel")
    await at.pass_time(3600)
    assert not at.books.live()
    cancel_now("1001-1")
    await at.pass_time(7200)
    assert at.view(posting).stage == "cancelled"
    assert not at.books.orders


async def test_a_request_that_comes_while_a_booking_is_prepared_holds_it(
    at: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The marketplace is asked for the buyer, and meanwhile a person is asked."""
    posting = await at.order(recipient_complete=False)
    plain = Asking.posting

    async def slow(self: Asking, number: str) -> bytes:
        if not Asking.requests:
            asks()
            await cancel_requests.look(at.app, _market(at))
        return await plain(self, number)

    monkeypatch.setattr(Asking, "posting", slow)
    await at.ship(posting)
    await at.pass_time(3600)
    assert "cancel_asked" in at.problems()
    assert not at.books.sends


async def test_one_request_that_cannot_be_read_hides_no_other(at: Desk) -> None:
    await at.order()
    asks("9009-9", "6")  # of a posting that the marketplace does not show
    asks()
    await at.pass_time(150)
    assert at.problems()["cancel_asked"].posting_number == "1001-1"


async def test_a_request_that_is_open_again_is_asked_again(at: Desk) -> None:
    await at.order()
    asks()
    await at.pass_time(300)
    await at.answer("cancel_asked", "refuse_to_cancel", comment="It leaves today")
    await at.pass_time(600)
    assert not at.problems()
    asks()
    await at.pass_time(3600)
    assert "cancel_asked" in at.problems()


async def test_what_changes_of_a_request_is_told(at: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its clock is shortened, and a booking that got no answer shows up: the question says so."""
    posting = await at.order()
    monkeypatch.setattr(Lookup, "settle", timedelta(hours=1))
    at.books.meets.append("late 400")
    await at.ship(posting)
    await at.pass_time(1)
    asks()
    await at.pass_time(200)
    assert "It is booked" not in at.problems()["cancel_asked"].text
    first = at.problems()["cancel_asked"]
    Asking.requests["7"] = msgspec.structs.replace(
        Asking.requests["7"], until=START + timedelta(hours=6), message="please"
    )
    await at.pass_time(300)
    second = at.problems()["cancel_asked"]
    assert second.deadline == START + timedelta(hours=4)
    assert "please" in second.text
    await at.pass_time(7200)
    assert "It is booked: Courier, number TRK1" in at.problems()["cancel_asked"].text
    assert second.id == first.id


async def test_two_requests_of_one_posting_are_one_question_in_whatever_order(at: Desk) -> None:
    await at.order()
    asks()
    asks(request_id="8")
    await at.pass_time(150)
    first = at.problems()["cancel_asked"]
    Asking.requests = dict(reversed(Asking.requests.items()))
    await at.pass_time(150)
    assert at.problems()["cancel_asked"].id == first.id


async def test_a_list_that_is_not_read_is_told_while_there_is_time(at: Desk) -> None:
    """A key without the role: silence agrees, so it is told within hours; and a sync that fails then as well
    is told too."""
    await at.order(ship_by=START + timedelta(days=9))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Asking, "cancel_requests", _no_role)
        await at.pass_time(4 * 3600)
        told = at.problems()["work_stopped"]
        assert (told.data["kind"], "no such role" in told.text) == ("cancel_requests", True)
        patched.setattr(Asking, "postings", _no_role)
        await at.pass_time(30 * 3600)
        found = reading.problems(at.app, seller="shop").items
        assert sorted(one.data["kind"] for one in found) == ["cancel_requests", "sync"]
    await at.pass_time(3 * 3600)
    assert not at.problems()


async def _no_role(*args: Any, **more: Any) -> Any:
    raise AuthFailed("no such role")


async def test_a_clock_that_never_ends_is_none(at: Desk) -> None:
    """And nobody's words command a terminal."""
    await at.order()
    asks()
    Asking.requests["7"] = msgspec.structs.replace(
        Asking.requests["7"],
        until=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
        message="\x1b[2Jwrong\u202e size",
    )
    await at.pass_time(150)
    problem = at.problems()["cancel_asked"]
    assert problem.deadline == at.books.postings["1001-1"].ship_by
    assert (problem.data["until"], problem.data["message"]) == ("", "[2Jwrong size")
    assert "Without an answer" not in problem.text


async def test_nobody_waits_for_postings_that_are_read_first(
    at: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand that are new here, and a slow marketplace: who is known is asked about at once."""
    await at.order()
    asks("2002-1", "6")
    asks()
    at.books.postings["2002-1"] = posting_of("2002-1")
    plain, asked = Asking.posting, []

    async def slow(self: Asking, number: str) -> bytes:
        asked.append("cancel_asked" in at.problems())
        return await plain(self, number)

    monkeypatch.setattr(Asking, "posting", slow)
    await cancel_requests.look(at.app, _market(at))
    assert asked == [True]
    found = reading.problems(at.app, seller="shop").items
    assert sorted(one.posting_number for one in found) == ["1001-1", "2002-1"]


async def test_what_is_answered_while_the_marketplace_is_asked_was_not_decided_there(
    at: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    posting = await at.order()
    asks()
    await at.pass_time(300)
    plain = Asking.cancel_requests

    async def meanwhile(self: Asking, numbers: Sequence[str] = ()) -> Sequence[CancelRequest]:
        if numbers and "cancel_asked" in at.problems():
            await at.answer("cancel_asked", "refuse_to_cancel", comment="It leaves today")
        return [] if not numbers else await plain(self, numbers)

    with monkeypatch.context() as patched:
        patched.setattr(Asking, "cancel_requests", meanwhile)
        decide("7", False)
        await cancel_requests.look(at.app, _market(at))
    kinds = [one.kind for one in reading.posting_details(at.app, posting).history]
    assert "cancel_request.refused_there" not in kinds


async def test_a_clock_that_ends_within_the_hour_is_not_past(at: Desk) -> None:
    """In quiet hours only what ends before the morning is told: it must not count as over already."""
    await at.order()
    asks()
    soon = START + timedelta(hours=1)
    Asking.requests["7"] = msgspec.structs.replace(Asking.requests["7"], until=soon)
    await at.pass_time(150)
    problem = at.problems()["cancel_asked"]
    assert problem.deadline == soon
    asks("1002-1", "8")
    await at.order("1002-1")
    Asking.requests["8"] = msgspec.structs.replace(
        Asking.requests["8"], until=START + timedelta(hours=2, minutes=10)
    )
    await at.pass_time(1800)
    (later,) = [
        one for one in reading.problems(at.app, seller="shop").items if one.posting_number == "1002-1"
    ]
    assert later.deadline == START + timedelta(minutes=10), "as it was told first"
