"""One question about an account, in the place of one for each posting."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.flow import answering, orders, reading
from hub.flow.health import incidents
from hub.flow.history.recording import posting_row
from hub.flow.problems.account_problems import close_account_problem, open_account_problem
from hub.flow.problems.opening import close_problems
from hub.plugin_api.errors import Conflict, Rejected
from hub.store import Transaction, rows

from .desk import Desk, Nothing, desk

NUMBERS = ("1", "2", "3")


async def _lost(at: Desk, *numbers: str) -> list[rows.OperationRow]:
    """Bookings that got no answer, of a carrier that cannot be asked; no problem tells of them yet."""
    for number in numbers:
        posting = await at.order(number)
        at.books.meets.append("dropped")
        await at.ship(posting)
    await at.pass_time(600)
    found = [one for one in at.operations() if one.state == "human"]

    def write(tx: Transaction) -> None:
        for one in found:
            row = posting_row(tx, one.posting_id)
            close_problems(tx, row, "operation_unknown", now=at.clock.now())
        # Bookings ask by themselves, of those that could not be asked for: here the test asks.
        tx.execute("UPDATE operations SET reason_code = '' WHERE state = 'human'")

    await at.app.store.write(write)
    return [one for one in found if one.posting_id in {at.view(n).id for n in numbers}]


async def _asked(at: Desk, *numbers: str, asked_anew: bool = True) -> rows.ProblemRow:
    found = await _lost(at, *numbers)
    account = rows.accounts.get(at.app.store.reader, found[0].account)
    assert account is not None
    return await at.app.store.write(
        lambda tx: open_account_problem(
            tx, account, "outage_unknown", now=at.clock.now(), about=found, asked_anew=asked_anew
        )
    )


async def test_it_is_one_question_that_names_the_account_and_counts(tmp_path: Path) -> None:
    async with desk(tmp_path, Nothing) as at:
        asked = await _asked(at, *NUMBERS)
        told = at.problems()["outage_unknown"]
        assert (told.id, told.posting_id, told.account) == (asked.id, "", asked.account)
        assert [answer.code for answer in told.answers] == ["none_exists", "look_at_each"]
        for word in ("account c", ": 3,", "2026-11-23 06:00 UTC"):
            assert word in told.text
        assert set(told.data["numbers"]) == set(NUMBERS)
        (one,) = incidents.incidents(at.app).items
        assert (one.problem_id, str(one.amount), one.deadline) == (asked.id, "900.00 RUB", asked.deadline)
        assert [choice.may_pay_twice for choice in one.choices] == [True, False]
        assert "900.00 RUB" in one.choices[0].effect
        assert one.choices[0].command == f"hub problems answer {asked.id} none_exists"
        for number in NUMBERS:
            view = at.view(number)
            assert view.problems == 1
            assert [p.kind for p in reading.posting_details(at.app, view.id).problems][-1] == "outage_unknown"
            (waits,) = orders.what_waits(at.app, view.id)
            assert (waits.id, waits.posting_id, waits.posting_number) == (asked.id, view.id, number)


async def test_none_exists_sends_all_of_them_once_more(tmp_path: Path) -> None:
    async with desk(tmp_path, Nothing) as at:
        await _asked(at, *NUMBERS)
        await at.answer("outage_unknown", "none_exists")
        await at.pass_time()
        assert len(at.books.sends) == 6
        assert len(at.books.live()) == 3
        assert not at.problems()
        assert {at.view(number).problems for number in NUMBERS} == {0}
        assert not incidents.incidents(at.app).items


async def test_look_at_each_asks_about_every_one(tmp_path: Path) -> None:
    async with desk(tmp_path, Nothing) as at:
        await _asked(at, *NUMBERS)
        await at.answer("outage_unknown", "look_at_each")
        await at.pass_time()
        assert len(at.books.sends) == 3
        found = incidents.incidents(at.app).items
        assert [(one.kind, one.operation and one.operation.state) for one in found] == [
            ("operation_unknown", "human")
        ] * 3
        assert {at.view(number).problems for number in NUMBERS} == {1}


async def test_an_answer_to_a_question_that_grew_meanwhile_is_refused(tmp_path: Path) -> None:
    """Who answers has looked for those that the question counted, and for no others."""
    async with desk(tmp_path, Nothing) as at:
        before = await _asked(at, "1", "2")
        after = await _asked(at, "3")
        assert (before.data["count"], after.data["count"]) == (2, 3)
        with pytest.raises(Conflict):
            await answering.answer(at.app, before.id, "none_exists", {}, "test")
        await at.pass_time()
        assert len(at.books.sends) == 3
        assert len(reading.problems(at.app, seller="shop").items) == 1
        again = await at.app.store.write(
            lambda tx: open_account_problem(
                tx, _account(tx, after), "outage_unknown", now=at.clock.now(), about=at.operations()
            )
        )
        assert again.id == after.id  # nothing new, no new question


async def test_a_question_whose_answer_holds_for_all_keeps_its_id(tmp_path: Path) -> None:
    async with desk(tmp_path, Nothing) as at:
        before = await _asked(at, "1", asked_anew=False)
        after = await _asked(at, "2", asked_anew=False)
        assert (after.id, after.data["count"], after.data["numbers"]) == (before.id, 2, ["1", "2"])


async def test_one_that_is_resolved_by_itself_leaves_the_question(tmp_path: Path) -> None:
    async with desk(tmp_path, Nothing) as at:
        await _asked(at, "1", "2")
        first, second = at.operations()
        await incidents.resolve(at.app, first.id, "it_does_not_exist", actor="anna")
        await at.pass_time()
        assert (len(at.books.sends), at.problems()["outage_unknown"].data["count"]) == (3, 1)
        await incidents.resolve(at.app, second.id, "it_does_not_exist", actor="anna")
        await at.pass_time()
        assert len(at.books.live()) == 2
        assert not at.problems()
        assert {at.view(number).problems for number in ("1", "2")} == {0}


async def test_the_machine_may_close_it(tmp_path: Path) -> None:
    async with desk(tmp_path, Nothing) as at:
        asked = await _asked(at, "1", "2")
        waited = await at.app.store.write(
            lambda tx: close_account_problem(tx, asked.account, asked.kind, now=at.clock.now())
        )
        assert len(waited) == 2
        assert reading.problem(at.app, asked.id).state == "closed"
        assert {at.view(number).problems for number in ("1", "2")} == {0}
        with pytest.raises(Conflict):
            await answering.answer(at.app, asked.id, "none_exists", {}, "test")


async def test_only_its_own_answers(tmp_path: Path) -> None:
    async with desk(tmp_path, Nothing) as at:
        asked = await _asked(at, "1")
        with pytest.raises(Rejected):
            await answering.answer(at.app, asked.id, "retry", {}, "test")


@pytest.mark.parametrize("language", ["ru", "zh", "en"])
async def test_in_each_language(tmp_path: Path, language: str) -> None:
    async with desk(tmp_path, Nothing) as at:
        await _asked(at, "1")
        (one,) = incidents.incidents(at.app, language=language).items
        assert {"ru": "дважды", "zh": "重复付费", "en": "twice"}[language] in one.choices[0].effect
        assert "—" not in one.text + one.choices[0].effect + one.choices[1].effect


def _account(tx: Transaction, problem: rows.ProblemRow) -> rows.AccountRow:
    account = rows.accounts.get(tx, problem.account)
    assert account is not None
    return account
