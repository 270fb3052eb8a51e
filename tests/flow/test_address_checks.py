"""The buyer's address is cleaned before a booking is intended: what is not clear is a person's to decide."""

from __future__ import annotations

import logging
from collections import deque
from pathlib import Path
from typing import Any, ClassVar

import httpx
import msgspec
import pytest

from hub.flow import orders, reading
from hub.plugin_api.errors import Rejected
from hub.plugin_api.models import (
    Address,
    Booking,
    BookRequest,
    CleanedAddress,
    Quote,
    QuoteRequest,
    Recipient,
)
from hub.store import rows
from hub.store.schema import TABLES

from .desk import HOME, Desk, Lookup, desk

SPELLED = Address(country="RU", region="г Москва", city="г. Москва", postal_code="101000", street="Покровка")
ELSEWHERE = Address(country="RU", city="Тверь", postal_code="170100", street="ул. Лесная, 2")
CLEAR = CleanedAddress(address=SPELLED, clear=True, parts="house=1")
UNCLEAR = CleanedAddress(
    address=SPELLED, as_written=True, doubts=("postal_code", "house"), vendor_code="X1", parts="house=?"
)
PRIVATE = ("Покровка", "Лесная")


class Cleans(Lookup):
    """It gives the planned answers, one a question; then all is clear."""

    plan: ClassVar[deque[CleanedAddress | Exception]] = deque()
    asked: ClassVar[list[Address | None]] = []
    quoted: ClassVar[list[Address]] = []
    booked: ClassVar[list[BookRequest]] = []

    async def quote(self, request: QuoteRequest) -> tuple[Quote, ...]:
        self.quoted.append(request.recipient)
        return tuple(await super().quote(request))

    async def clean(self, recipient: Recipient) -> CleanedAddress:
        self.asked.append(recipient.address)
        answer = self.plan.popleft() if self.plan else CLEAR
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def book(self, request: BookRequest) -> Booking:
        self.booked.append(request)
        return await super().book(request)


@pytest.fixture(autouse=True)
def _fresh() -> None:
    for memory in (Cleans.plan, Cleans.asked, Cleans.quoted, Cleans.booked):
        memory.clear()  # type: ignore[attr-defined]


async def _moves(at: Desk, address: Address, number: str = "1001-1") -> None:
    """The buyer has the address changed at the marketplace."""
    known = at.books.postings[number]
    assert known.recipient is not None
    recipient = msgspec.structs.replace(known.recipient, address=address)
    at.books.postings[number] = msgspec.structs.replace(known, recipient=recipient)
    await orders.sync(at.app, "shop", "test")


async def test_a_clear_address_is_asked_about_once_and_booked_in_the_carriers_spelling(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path, Cleans) as at:
        posting = await at.order()
        at.books.meets.append("down")
        await at.ship(posting)
        await at.pass_time()
        await at.ship(posting)
        await at.pass_time()
        assert Cleans.asked == [HOME]
        assert {(one.recipient.address, one.cleaned, one.as_written) for one in Cleans.booked} == {
            (SPELLED, CLEAR, False)
        }
        assert at.view(posting).stage == "labelled"
        assert not at.problems()


async def test_an_unclear_address_waits_for_a_person_who_sees_both(tmp_path: Path) -> None:
    Cleans.plan.append(UNCLEAR)
    async with desk(tmp_path, Cleans) as at:
        posting = await at.order()
        for _ in range(3):
            await at.ship(posting)
            await at.pass_time(3600)
        problem = at.problems()["address_unclear"]
        assert problem.address is not None
        assert (problem.address.original, problem.address.suggestion) == (HOME, SPELLED)
        assert problem.text == (
            "The carrier courier is not sure of the buyer's address: the postcode belongs to another place "
            "than the one written, the house number is unclear"
        )
        assert [one.code for one in problem.answers][:3] == [
            "use_suggestion",
            "use_as_written",
            "correct_address",
        ]
        assert problem.data["vendor_code"] == "X1"
        assert Cleans.asked == [HOME]
        assert not at.books.sends
        assert not at.operations()


@pytest.mark.parametrize(
    ("answer", "to", "cleaned"),
    [("use_suggestion", SPELLED, UNCLEAR), ("use_as_written", HOME, None)],
)
async def test_what_a_person_says_is_booked_and_quoted(
    tmp_path: Path, answer: str, to: Address, cleaned: CleanedAddress | None
) -> None:
    Cleans.plan.append(UNCLEAR)
    async with desk(tmp_path, Cleans) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        await at.answer("address_unclear", answer)
        await at.pass_time()
        (sent,) = Cleans.booked
        assert (sent.recipient.address, sent.cleaned) == (to, cleaned)
        assert sent.as_written == (cleaned is None)
        assert Cleans.quoted == [HOME, to]
        assert Cleans.asked == [HOME]
        assert at.view(posting).stage == "labelled"
        history = reading.posting_details(at.app, posting).history
        assert [one.data["answer"] for one in history if one.kind == "problem.answered"] == [answer]


async def test_a_corrected_address_is_checked_like_any_other(tmp_path: Path) -> None:
    Cleans.plan.extend([UNCLEAR, UNCLEAR])
    async with desk(tmp_path, Cleans) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        await at.answer("address_unclear", "correct_address", postal_code=" 101001 ")
        await at.pass_time()
        assert "address_unclear" in at.problems()
        await at.answer("address_unclear", "correct_address", street="ул. Покровка, 2")
        await at.pass_time()
        first = msgspec.structs.replace(HOME, postal_code="101001")
        second = msgspec.structs.replace(first, street="ул. Покровка, 2")
        assert Cleans.asked == [HOME, first, second]
        assert Cleans.quoted == [HOME, first, second]
        assert at.view(posting).stage == "labelled"


@pytest.mark.parametrize(
    "parameters", [{}, {"flat": "7"}, {"postal_code": 101001}, {"country": "Россия"}, {"city": "x" * 301}]
)
async def test_a_correction_that_is_none_changes_nothing(tmp_path: Path, parameters: dict[str, Any]) -> None:
    Cleans.plan.append(UNCLEAR)
    async with desk(tmp_path, Cleans) as at:
        await at.ship(await at.order())
        await at.pass_time()
        with pytest.raises(Rejected) as caught:
            await at.answer("address_unclear", "correct_address", **parameters)
        assert caught.value.code == "parameters"
        assert not any(str(value) in caught.value.message for value in parameters.values())
        assert "address_unclear" in at.problems()


async def test_answers_are_offered_only_where_the_carrier_lets_them(tmp_path: Path) -> None:
    Cleans.plan.append(CleanedAddress(doubts=("nothing",)))
    async with desk(tmp_path, Cleans) as at:
        await at.ship(await at.order())
        await at.pass_time()
        problem = at.problems()["address_unclear"]
        assert {"use_suggestion", "use_as_written"}.isdisjoint(one.code for one in problem.answers)
        with pytest.raises(Rejected):
            await at.answer("address_unclear", "use_suggestion")


async def test_another_carrier_is_asked_for_and_this_one_is_not_chosen_again(tmp_path: Path) -> None:
    Cleans.plan.append(UNCLEAR)
    async with desk(tmp_path, Cleans) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        await at.answer("address_unclear", "other_carrier")
        await at.pass_time()
        assert set(at.problems()) == {"no_quotes"}
        await at.ship(posting, carrier="courier")
        await at.pass_time()
        assert set(at.problems()) == {"address_unclear"}
        assert Cleans.asked == [HOME]
        assert not at.books.sends


async def test_a_check_that_does_not_answer_is_tried_again_by_itself(tmp_path: Path) -> None:
    Cleans.plan.extend([httpx.ReadTimeout("nothing"), httpx.ConnectError("refused"), ValueError("no JSON")])
    async with desk(tmp_path, Cleans) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        assert len(Cleans.asked) == 4
        assert not at.problems()
        assert at.view(posting).stage == "labelled"


async def test_a_check_that_is_refused_says_why_and_is_asked_again_when_told(tmp_path: Path) -> None:
    Cleans.plan.append(Rejected("it takes Cyrillic only"))
    async with desk(tmp_path, Cleans) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        assert "it takes Cyrillic only" in at.problems()["address_unclear"].text
        await at.answer("address_unclear", "retry")
        await at.pass_time()
        assert len(Cleans.asked) == 2
        assert at.view(posting).stage == "labelled"


async def test_the_buyer_mends_it_at_the_marketplace(tmp_path: Path) -> None:
    Cleans.plan.append(UNCLEAR)
    async with desk(tmp_path, Cleans) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        await _moves(at, ELSEWHERE)
        await at.pass_time()
        assert Cleans.asked == [HOME, ELSEWHERE]
        assert not at.problems()
        assert at.view(posting).stage == "labelled"
        assert at.view(posting).problems == 0


async def test_a_correction_outlives_news_but_not_a_new_address(tmp_path: Path) -> None:
    Cleans.plan.extend([UNCLEAR, UNCLEAR])
    async with desk(tmp_path, Cleans) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        await at.answer("address_unclear", "correct_address", postal_code="101001")
        await at.pass_time()
        at.books.postings["1001-1"] = msgspec.structs.replace(
            at.books.postings["1001-1"], substatus="something_new"
        )
        await orders.sync(at.app, "shop", "test")
        kept = at.problems()["address_unclear"].address
        assert kept is not None
        assert kept.original.postal_code == "101001"
        await _moves(at, ELSEWHERE)
        await at.pass_time()
        assert Cleans.asked[-1] == ELSEWHERE
        assert at.view(posting).stage == "labelled"


@pytest.mark.parametrize("answer", ["", "use_suggestion", "use_as_written"])
@pytest.mark.parametrize("to", [(ELSEWHERE,), (ELSEWHERE, HOME)])
async def test_an_address_that_changes_between_two_sends_goes_to_a_person(
    tmp_path: Path, answer: str, to: tuple[Address, ...]
) -> None:
    """There and back too: what was said of the first is forgotten."""
    if answer:
        Cleans.plan.append(UNCLEAR)
    async with desk(tmp_path, Cleans) as at:
        at.books.meets.append("dropped")
        await at.ship(await at.order())
        await at.pass_time(5)
        if answer:
            await at.answer("address_unclear", answer)
            await at.pass_time(5)
        assert len(at.books.sends) == 1
        for address in to:
            await _moves(at, address)
        await at.pass_time()
        assert len(at.books.sends) == 1
        assert "operation_unknown" in at.problems()


@pytest.mark.parametrize("answer", ["", "use_suggestion", "use_as_written"])
async def test_the_same_address_is_sent_again_under_the_same_reference(tmp_path: Path, answer: str) -> None:
    if answer:
        Cleans.plan.append(UNCLEAR)
    async with desk(tmp_path, Cleans) as at:
        at.books.meets.append("dropped")
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time(5)
        if answer:
            await at.answer("address_unclear", answer)
        await at.pass_time()
        assert len(at.books.sends) == 2
        assert len(set(at.books.sends)) == 1
        assert Cleans.booked[0] == Cleans.booked[1]
        assert at.view(posting).stage == "labelled"


async def test_an_address_that_changes_while_the_carrier_is_asked_is_asked_about_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(tmp_path, Cleans) as at:
        posting = await at.order()
        clean = Cleans.clean

        async def meanwhile(carrier: Cleans, recipient: Recipient) -> CleanedAddress:
            answer = await clean(carrier, recipient)
            if recipient.address == HOME:
                await _moves(at, ELSEWHERE)
            return answer

        monkeypatch.setattr(Cleans, "clean", meanwhile)
        await at.ship(posting)
        await at.pass_time()
        assert Cleans.asked == Cleans.quoted == [HOME, ELSEWHERE]
        assert not at.problems()
        assert len(Cleans.booked) == 1
        assert at.view(posting).stage == "labelled"


async def test_nothing_is_sent_to_an_address_that_came_after_the_check(tmp_path: Path) -> None:
    async with desk(tmp_path, Cleans) as at:
        posting = await at.order()
        at.books.meets.extend(["down"] * 20)
        await at.ship(posting)
        await at.pass_time(1)
        at.books.meets.clear()
        tried = len(Cleans.booked)
        await _moves(at, ELSEWHERE)
        await at.pass_time()
        assert len(Cleans.booked) == tried
        assert at.problems()["carrier_refused"].data["code"] == "changed"
        await at.answer("carrier_refused", "retry")
        await at.pass_time()
        assert Cleans.asked == [HOME, ELSEWHERE]
        assert at.view(posting).stage == "labelled"


async def test_an_address_is_nowhere_but_with_the_recipient(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    Cleans.plan.extend([UNCLEAR, UNCLEAR])
    async with desk(tmp_path, Cleans) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        await at.answer("address_unclear", "correct_address", street="ул. Лесная, 9")
        await at.pass_time()
        problem = at.problems()["address_unclear"]
        row = rows.recipients.get(at.app.store.reader, posting)
        details = reading.posting_details(at.app, posting)
        assert details.problems[-1].address is None
        shown = msgspec.json.encode(details).decode()
        for word in (*PRIVATE, "house=?"):
            assert word not in repr(problem) + repr(row) + repr(UNCLEAR) + caplog.text + shown, word
        await at.answer("address_unclear", "use_suggestion")
        await at.pass_time()
        assert reading.problem(at.app, problem.id).address is None
        assert at.view(posting).stage == "labelled"
        found = {name for name, text in _dump(at) if any(word in text for word in (*PRIVATE, "house=?"))}
        assert found == {"recipients"}
        await at.app.store.write(lambda tx: tx.execute("DELETE FROM recipients"))
        assert not any(word in text for _, text in _dump(at) for word in PRIVATE)


def _dump(at: Desk) -> list[tuple[str, str]]:
    """Every text of every table, but for what the marketplace sent and for the seller's own address."""
    reader = at.app.store.reader
    return [
        (name, " ".join(str(value) for value in row))
        for name in (table.name for table in TABLES)
        if name not in ("raw_payloads", "sellers", "files")
        for row in reader.execute(f'SELECT * FROM "{name}"')
    ]
