"""Incidents at a desk: what a person is told when money is at stake, and what comes of the answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.flow.health import incidents
from hub.flow.health.views import IncidentView
from hub.flow.problems.kinds import all_kinds, kind_of
from hub.jobs.worker import Worker
from hub.plugin_api.errors import Conflict, NotFound, Rejected
from hub.store import Transaction, rows
from hub.store.queue import Work, enqueue
from hub.words.catalogue import catalogue

from .desk import START, Courier, Desk, Key, Lookup, Nothing, Unique, desk


def _only(at: Desk) -> IncidentView:
    (one,) = incidents.incidents(at.app, seller="shop").items
    return one


async def _lost(at: Desk, *meets: str) -> IncidentView:
    """A booking whose outcome nobody knows."""
    posting = await at.order()
    at.books.meets.extend(meets)
    await at.ship(posting)
    await at.pass_time(3600)
    return _only(at)


async def test_an_unknown_outcome_is_told_with_all_that_is_known(tmp_path: Path) -> None:
    async with desk(tmp_path, Nothing) as at:
        one = await _lost(at, "lost")
        assert (one.kind, one.posting_number, one.seller) == ("operation_unknown", "1001-1", "shop")
        assert one.operation is not None
        assert one.operation.state == "human"
        assert str(one.amount) == "300.00 RUB"
        assert one.deadline is not None
        assert one.deadline > START
        assert "cabinet" in one.reason
        exists, absent = one.choices
        assert (exists.answer, exists.may_pay_twice) == ("it_exists", False)
        assert (absent.answer, absent.may_pay_twice) == ("it_does_not_exist", True)
        assert "twice" in absent.effect
        assert "300.00 RUB" in absent.effect
        assert one.operation.reference in absent.effect
        assert absent.command == f"hub problems answer {one.problem_id} it_does_not_exist"


@pytest.mark.parametrize(("kind", "twice"), [(Lookup, True), (Unique, False), (Key, False)])
async def test_whether_it_may_be_paid_twice_depends_on_the_carrier(
    tmp_path: Path, kind: type[Courier], twice: bool
) -> None:
    async with desk(tmp_path, kind) as at:
        one = await _lost(at, "dropped", "dropped")
        absent = one.choices[1]
        assert absent.may_pay_twice is twice
        assert ("paid for twice" in absent.effect) is twice


async def test_it_exists_adopts_the_order_and_sends_nothing(tmp_path: Path) -> None:
    async with desk(tmp_path, Nothing) as at:
        one = await _lost(at, "lost")
        assert one.operation is not None
        with pytest.raises(Rejected) as refused:
            await incidents.resolve(at.app, one.operation.id, "it_exists", actor="anna")
        assert refused.value.code == "carrier_id"
        await incidents.resolve(
            at.app,
            one.operation.id,
            "it_exists",
            carrier_id="TRK1",
            tracking_number="TRK1",
            note="seen in the cabinet",
            actor="anna",
        )
        await at.pass_time()
        assert len(at.books.sends) == 1
        assert at.view(one.posting_id).tracking_number == "TRK1"
        assert incidents.incidents(at.app).items == []
        told = rows.history.all(
            at.app.store.reader, "WHERE posting_id = ? AND kind = 'operation.resolved'", (one.posting_id,)
        )
        assert [(row.actor, row.operation_id, row.data["note"]) for row in told] == [
            ("anna", one.operation.id, "seen in the cabinet")
        ]
        with pytest.raises(Conflict):
            await incidents.resolve(at.app, one.operation.id, "it_exists", actor="anna")


async def test_it_does_not_exist_sends_once_more(tmp_path: Path) -> None:
    async with desk(tmp_path, Nothing) as at:
        one = await _lost(at, "dropped")
        assert one.operation is not None
        await incidents.resolve(at.app, one.operation.id, "it_does_not_exist", actor="anna")
        await at.pass_time()
        assert len(at.books.sends) == 2
        assert len(at.books.live()) == 1
        assert incidents.incidents(at.app).items == []


async def test_a_carrier_that_can_be_asked_needs_no_number(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        one = await _lost(at, "dropped", "late 7200")
        assert one.operation is not None
        at.clock.advance(7200)  # it is there by now
        await incidents.resolve(at.app, one.operation.id, "it_exists", actor="anna")
        await at.pass_time()
        assert at.view(one.posting_id).tracking_number == "TRK1"


async def test_an_order_that_took_effect_late_is_told_with_its_number(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        at.books.meets.append("late 900")
        await at.ship(posting)
        await at.pass_time(2 * 3600)
        one = _only(at)
        assert (one.kind, one.facts["extra"]) == ("booked_twice", ["TRK1"])
        assert [choice.answer for choice in one.choices] == ["dismiss"]
        assert "TRK1" in one.choices[0].effect
        assert one.choices[0].command == f"hub problems answer {one.problem_id} dismiss"


async def test_dead_work_of_no_posting_is_a_problem_of_its_own(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        account = at.app.carrier_accounts(at.app.seller("shop"))[0].id
        await at.pass_time(60)
        work = Work(kind="look_again", subject=account, seller="shop", account=account, run_at=at.clock.now())

        def die(tx: Transaction) -> None:
            enqueue(tx, work, now=at.clock.now())
            tx.execute("UPDATE jobs SET state = 'dead', reason = 'unavailable' WHERE key = ?", (work.key,))

        at.app.store.write_now(die)
        await Worker(at.app).run_until_idle(5)  # a worker that begins tells what nobody was told
        one = _only(at)
        assert (one.kind, one.job, one.posting_id) == ("work_stopped", work.key, "")
        assert one.choices[0].command == f"hub problems answer {one.problem_id} retry"
        assert "unavailable" in one.text
        told = at.problems()["work_stopped"]
        assert (told.subject_type, told.subject_id, told.money) == ("job", work.key, True)
        await Worker(at.app).run_until_idle(5)
        assert _only(at).problem_id == told.id, "once"
        await at.answer("work_stopped", "retry")
        await at.pass_time(60)
        assert not incidents.incidents(at.app).items
        assert rows.jobs.get(at.app.store.reader, work.key) is None


async def test_an_operation_whose_problem_was_never_opened_is_told_and_can_be_resolved(
    tmp_path: Path,
) -> None:
    async with desk(tmp_path, Nothing) as at:
        one = await _lost(at, "dropped")
        assert one.operation is not None
        at.app.store.write_now(
            lambda tx: tx.execute("DELETE FROM problems WHERE id = ?", (one.problem_id,)).rowcount
        )
        bare = incidents.incident(at.app, one.operation.id)
        assert (bare.id, bare.problem_id, len(bare.choices)) == (one.operation.id, "", 2)
        await Worker(at.app).run_until_idle(5)  # a worker that begins tells what nobody was told
        again = _only(at)
        assert (again.kind, again.problem_id != one.problem_id) == ("operation_unknown", True)
        assert again.operation is not None
        assert (again.operation.id, at.view(one.posting_id).problems) == (one.operation.id, 2)
        await Worker(at.app).run_until_idle(5)
        assert _only(at).problem_id == again.problem_id, "once"
        await incidents.resolve(at.app, one.operation.id, "it_does_not_exist", actor="anna")
        await at.pass_time()
        assert len(at.books.live()) == 1


async def test_other_kinds_of_operations_have_problems_of_their_own(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        booked = at.operations()[0]
        with pytest.raises(Conflict):
            await incidents.resolve(at.app, booked.id, "it_exists", actor="anna")
        at.app.store.write_now(
            lambda tx: (
                tx.execute("UPDATE operations SET state = 'human' WHERE kind = 'set_tracking'").rowcount
            )
        )
        told = at.operations("set_tracking")[0]
        with pytest.raises(Rejected) as refused:
            await incidents.resolve(at.app, told.id, "it_exists", actor="anna")
        assert refused.value.code == "not_resolvable"
        with pytest.raises(NotFound):
            await incidents.resolve(at.app, "op_nothing", "it_exists", actor="anna")


async def test_pages_in_the_order_of_deadlines(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        for number in ("1", "2", "3"):
            posting = await at.order(number)
            at.books.meets.extend(("dropped", "dropped"))
            await at.ship(posting)
            await at.pass_time(600)
        seen: list[str] = []
        cursor = ""
        for _ in range(3):
            page = incidents.incidents(at.app, cursor=cursor, limit=1)
            seen += [one.posting_number for one in page.items]
            cursor = page.next
        assert (sorted(seen), cursor) == (["1", "2", "3"], "")
        with pytest.raises(Rejected):
            incidents.incidents(at.app, cursor="nonsense")


@pytest.mark.parametrize("language", ["ru", "zh", "en"])
async def test_in_each_language(tmp_path: Path, language: str) -> None:
    async with desk(tmp_path, Nothing) as at:
        await _lost(at, "lost")
        (one,) = incidents.incidents(at.app, language=language).items
        assert {"ru": "дважды", "zh": "重复付费", "en": "twice"}[language] in one.choices[1].effect
        assert "{" not in one.text + one.choices[0].effect + one.choices[1].effect


def test_the_effects_are_those_of_answers_that_exist() -> None:
    effects = [code.split(".") for code in catalogue("hub", "en").coded if code.startswith("effect.")]
    assert effects
    of_any = {answer for kind in all_kinds() for answer in kind.answers}
    assert {words[1] for words in effects if len(words) == 2} <= of_any
    for _, about, answer, *_ in (words for words in effects if len(words) > 2):
        kind = "operation_unknown" if about in ("book", "assemble") else about
        assert answer in kind_of(kind).answers, about
