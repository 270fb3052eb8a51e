"""A parcel is never paid for twice: the journal at a desk, against a courier that answers badly."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest

from hub.flow import answering, orders
from hub.flow.journal import limits
from hub.plugin_api.errors import Conflict, Rejected
from hub.plugin_api.models import Address, FoundShipment, Stage
from hub.store import rows

from .desk import Courier, Key, Lookup, Nothing, Unique, desk

OTHER = Address(country="RU", city="Тверь", postal_code="170100", street="ул. Лесная, 2")
ALL = [Lookup, Unique, Key, Nothing]
ASKED = [Lookup, Unique]


@pytest.mark.parametrize("kind", ALL)
async def test_a_good_answer_books_once(tmp_path: Path, kind: type[Courier]) -> None:
    async with desk(tmp_path, kind) as at:
        posting = await at.order()
        for _ in range(3):
            await at.ship(posting)
            await at.pass_time()
        assert len(at.books.live()) == len(at.books.sends) == 1
        assert at.view(posting).stage == "labelled"
        assert at.books.told == {"1001-1": ["TRK1"]}


@pytest.mark.parametrize("kind", ASKED)
async def test_a_lost_answer_is_looked_up_and_adopted(tmp_path: Path, kind: type[Courier]) -> None:
    async with desk(tmp_path, kind) as at:
        posting = await at.order()
        at.books.meets.append("lost")
        await at.ship(posting)
        await at.pass_time()
        assert len(at.books.live()) == len(at.books.sends) == 1
        assert at.view(posting).tracking_number == "TRK1"


@pytest.mark.parametrize("kind", [*ASKED, Key])
async def test_what_never_arrived_is_sent_again_under_the_same_reference(
    tmp_path: Path, kind: type[Courier]
) -> None:
    async with desk(tmp_path, kind) as at:
        posting = await at.order()
        at.books.meets.append("dropped")
        await at.ship(posting)
        await at.pass_time()
        assert len(at.books.sends) == 2
        assert len(set(at.books.sends)) == 1
        assert len(at.books.live()) == 1
        assert at.view(posting).stage == "labelled"


@pytest.mark.parametrize("kind", ASKED)
async def test_nothing_is_sent_again_before_the_settle_time(tmp_path: Path, kind: type[Courier]) -> None:
    async with desk(tmp_path, kind) as at:
        posting = await at.order()
        at.books.meets.append("dropped")
        await at.ship(posting)
        await at.pass_time(59)
        assert len(at.books.sends) == 1


@pytest.mark.parametrize("changed", [{"phone": "+79990000002"}, {"address": OTHER}, {"name": "Анна Орлова"}])
async def test_one_reference_is_never_sent_with_two_contents(tmp_path: Path, changed: dict[str, Any]) -> None:
    async with desk(tmp_path) as at:
        posting = await at.order()
        at.books.meets.append("dropped")
        await at.ship(posting)
        await at.pass_time(5)
        known = at.books.postings["1001-1"]
        assert known.recipient is not None
        recipient = msgspec.structs.replace(known.recipient, **changed)
        at.books.postings["1001-1"] = msgspec.structs.replace(known, recipient=recipient)
        await orders.sync(at.app, "shop", "test")
        await at.pass_time()
        assert len(at.books.sends) == 1
        await at.answer("operation_unknown", "it_does_not_exist")
        await at.pass_time()
        assert at.view(posting).stage == "labelled"
        assert len(at.books.sends) == 2


async def test_a_key_makes_the_second_send_the_same_order(tmp_path: Path) -> None:
    async with desk(tmp_path, Key) as at:
        posting = await at.order()
        at.books.meets.append("lost")
        await at.ship(posting)
        await at.pass_time()
        assert (len(at.books.sends), len(at.books.live())) == (2, 1)
        assert at.view(posting).tracking_number == "TRK1"


@pytest.mark.parametrize("meets", ["lost", "dropped"])
async def test_without_any_protection_a_person_decides(tmp_path: Path, meets: str) -> None:
    async with desk(tmp_path, Nothing) as at:
        posting = await at.order()
        at.books.meets.append(meets)
        await at.ship(posting)
        await at.pass_time(24 * 3600, news=False)
        assert len(at.books.sends) == 1
        problem = at.problems()["operation_unknown"]
        assert {one.code for one in problem.answers} == {"it_exists", "it_does_not_exist"}
        if meets == "lost":
            await at.answer("operation_unknown", "it_exists", carrier_id="TRK1", tracking_number="TRK1")
        else:
            await at.answer("operation_unknown", "it_does_not_exist")
        await at.pass_time()
        assert len(at.books.live()) == 1
        assert at.view(posting).tracking_number == "TRK1"
        assert "operation_unknown" not in at.problems()


@pytest.mark.parametrize("there", [False, True])
async def test_an_outage_of_one_that_cannot_be_asked_is_one_question(tmp_path: Path, there: bool) -> None:
    async with desk(tmp_path, Nothing) as at:
        ordered = [await at.order(f"1001-{number}") for number in (1, 2, 3)]
        at.books.meets.extend(["late 0" if there else "dropped"] * 3)
        for posting in ordered:
            await at.ship(posting)
        await at.pass_time()
        assert len(at.books.sends) == 3
        opened = rows.problems.all(at.app.store.reader, "WHERE state = 'open'")
        assert [(one.kind, one.data["count"]) for one in opened] == [("outage_unknown", 3)]
        await answering.answer(at.app, opened[0].id, "look_at_each" if there else "none_exists", {}, "test")
        await at.pass_time()
        if there:
            opened = rows.problems.all(at.app.store.reader, "WHERE state = 'open'")
            assert [one.kind for one in opened] == ["operation_unknown"] * 3
            assert len(at.books.sends) == len(at.books.live()) == 3
        else:
            assert at.problems() == {}
            assert len(at.books.sends) == 6
            assert len(at.books.live()) == 3


async def test_a_persons_word_allows_one_more_send_and_no_second(tmp_path: Path) -> None:
    async with desk(tmp_path, Nothing) as at:
        posting = await at.order()
        at.books.meets.extend(["dropped", "dropped"])
        await at.ship(posting)
        await at.pass_time()
        await at.answer("operation_unknown", "it_does_not_exist")
        await at.pass_time(24 * 3600, news=False)
        assert len(at.books.sends) == 2
        assert "operation_unknown" in at.problems()


async def test_an_order_that_lands_after_the_second_send_is_found(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        at.books.meets.append("late 900")
        await at.ship(posting)
        await at.pass_time(300)
        assert at.view(posting).stage == "labelled"  # by the second send
        await at.pass_time(2 * 3600, news=False)
        assert len(at.books.sends) == 2  # never a third
        problem = at.problems()["booked_twice"]
        assert problem.data["extra"] == ["TRK1"]


async def test_it_is_found_also_when_the_carrier_could_not_be_asked_for_hours(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        at.books.meets.append("late 900")
        await at.ship(posting)
        await at.pass_time(300)
        assert at.view(posting).stage == "labelled"
        at.books.look_fails = True
        await at.pass_time(12 * 3600, news=False)
        at.books.look_fails = False
        await at.pass_time(1200, news=False)
        assert at.problems()["booked_twice"].data["extra"] == ["TRK1"]


async def test_an_order_that_lands_after_its_buyer_has_cancelled_is_found(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        at.books.meets.append("late 900")
        await at.ship(posting)
        await at.pass_time(5)
        at.books.postings["1001-1"] = msgspec.structs.replace(
            at.books.postings["1001-1"], stage=Stage.CANCELLED, status="cancelled", actions=frozenset()
        )
        await at.pass_time(300)
        assert at.view(posting).stage == "cancelled"
        assert at.operations()[0].reason_code == "called_off"  # it was not there when it was looked for
        await at.pass_time(2 * 3600, news=False)
        assert at.problems()["booked_twice"].data["extra"] == ["TRK1"]
        assert len(at.books.sends) == 1


async def test_an_order_that_lands_after_the_second_send_was_refused_is_found(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        at.books.meets.extend(["late 900", "refused"])
        await at.ship(posting)
        await at.pass_time(300)
        assert "carrier_refused" in at.problems()
        await at.pass_time(2 * 3600, news=False)
        # It is ours after all: nothing else was booked for the posting.
        assert at.view(posting).tracking_number == "TRK1"
        assert not at.problems()
        assert [order.number for order in at.books.live()] == ["TRK1"]


async def test_what_waits_for_a_person_is_adopted_when_it_shows_up(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        at.books.meets.extend(["dropped", "late 1800"])
        await at.ship(posting)
        await at.pass_time(900)
        assert "operation_unknown" in at.problems()
        await at.pass_time(2 * 3600, news=False)
        assert not at.problems()
        assert at.view(posting).tracking_number == "TRK1"


class _Answers(Lookup):
    """A look-up that answers in a way of its own."""

    odd: ClassVar[dict[str, Any]] = {}

    async def find(self, reference: str) -> Sequence[FoundShipment]:
        return [msgspec.structs.replace(one, **self.odd) for one in await super().find(reference)]


async def test_an_answer_about_another_order_is_neither_ours_nor_an_absence(tmp_path: Path) -> None:
    async with desk(tmp_path, _Answers) as at:
        posting = await at.order()
        at.books.meets.append("lost")
        _Answers.odd = {"reference": "SOMEBODY-ELSES"}
        await at.ship(posting)
        await at.pass_time()
        assert (len(at.books.sends), at.operations()[0].state) == (1, "unknown")
        _Answers.odd = {"reference": at.books.sends[0].lower()}
        await at.pass_time(1800)
        assert len(at.books.sends) == 1
        assert at.view(posting).tracking_number == "TRK1"


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        ({"service_code": "express"}, "service express instead of std"),
        ({"recipient_country": "KZ"}, "country KZ instead of RU"),
        ({"weight_g": 700}, "700 g instead of 300 g"),
        ({"weight_g": 149}, "149 g instead of 300 g"),
        ({"weight_g": 590, "recipient_country": "RU", "service_code": "std"}, ""),
    ],
)
async def test_an_order_under_our_reference_that_is_not_ours_goes_to_a_person(
    tmp_path: Path, odd: dict[str, Any], said: str
) -> None:
    async with desk(tmp_path, _Answers) as at:
        posting = await at.order()
        at.books.meets.append("lost")
        _Answers.odd = odd
        await at.ship(posting)
        await at.pass_time()
        if said:
            assert said in at.operations()[0].reason
            await at.answer("operation_unknown", "it_exists")
            await at.pass_time()
        assert len(at.books.sends) == 1
        assert at.view(posting).tracking_number == "TRK1"


async def test_a_lookup_that_fails_is_not_an_absence(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        at.books.meets.append("lost")
        at.books.look_fails = True
        await at.ship(posting)
        await at.pass_time(3 * 3600, news=False)
        assert len(at.books.sends) == 1
        assert at.operations()[0].state == "unknown"
        await at.pass_time(5 * 3600, news=False)
        assert "operation_unknown" in at.problems()
        at.books.look_fails = False
        await at.pass_time(24 * 3600, news=False)
        assert len(at.books.live()) == len(at.books.sends) == 1
        assert at.view(posting).tracking_number == "TRK1"


async def test_where_nothing_was_sent_it_is_sent_later(tmp_path: Path) -> None:
    async with desk(tmp_path, Nothing) as at:
        posting = await at.order()
        at.books.meets.extend(["down", "down"])
        await at.ship(posting)
        await at.pass_time()
        assert len(at.books.live()) == 1
        (operation,) = at.operations()
        assert (operation.sends, operation.doubts) == (3, 1)  # two of which no byte left


async def test_attempts_are_written_down_and_never_changed(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        at.books.meets.extend(["down", "dropped"])
        await at.ship(posting)
        await at.pass_time()
        (operation,) = at.operations()
        found = rows.attempts.all(at.app.store.reader, "WHERE operation_id = ?", (operation.id,))
        assert [(one.number, one.event, one.verdict) for one in found] == [
            (1, "began", ""),
            (1, "ended", "not_sent"),
            (2, "began", ""),
            (2, "ended", "unclear"),
            (3, "began", ""),
            (3, "ended", "not_sent"),  # over no wire: this courier is in memory
        ]
        assert all(one.worker and one.fence for one in found)
        assert (operation.state, operation.sends, operation.doubts) == ("confirmed", 3, 2)


async def test_nobody_looks_before_the_call_the_settle_time_and_a_second_are_over(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        at.books.meets.append("dropped")
        await at.ship(posting)
        await at.pass_time(5)
        (operation,) = at.operations()
        assert operation.sent_at is not None
        assert operation.look_after is not None
        whole = at.clock.stretch(limits.DEADLINE + limits.SKEW)
        assert operation.look_after >= operation.sent_at + whole + Lookup.settle


async def test_a_refusal_reaches_a_person_and_costs_nothing(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        posting = await at.order()
        at.books.meets.append("refused")
        await at.ship(posting)
        await at.pass_time()
        assert not at.books.live()
        assert at.problems()["carrier_refused"].data["reason"] == "no such street"
        await at.answer("carrier_refused", "retry")
        await at.pass_time()
        first, second = at.operations()
        assert first.reference != second.reference  # a new shipment, a new reference
        assert len(at.books.live()) == 1


@pytest.mark.parametrize("meets", ["lost", "dropped"])
async def test_a_cancel_is_repeated_until_the_state_says_so(tmp_path: Path, meets: str) -> None:
    async with desk(tmp_path) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        at.books.cancels.append(meets)
        await orders.cancel(at.app, posting, "changed my mind", "test")
        await at.pass_time()
        assert not at.books.live()
        assert at.operations("cancel_booking")[0].state == "confirmed"


async def test_another_booking_never_prints_the_old_label(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        assert (await orders.labels(at.app, [posting], actor="test")).ready
        await orders.cancel(at.app, posting, "wrong service", "test")
        assert not (await orders.labels(at.app, [posting], actor="test")).ready
        await at.pass_time()
        assert at.view(posting).stage == Stage.ASSEMBLED
        await at.ship(posting)
        await at.pass_time()
        view = at.view(posting)
        assert (view.stage, view.tracking_number) == ("labelled", "TRK2")
        assert [order.number for order in at.books.live()] == ["TRK2"]
        assert at.books.told["1001-1"] == ["TRK1", "TRK2"]
        (label,) = at.app.store.reader.execute(
            "SELECT codes FROM documents WHERE kind = 'label' AND state = 'ready'"
        ).fetchall()
        assert "TRK2" in label["codes"]


async def test_an_old_cancel_that_is_found_done_leaves_the_next_booking_alone(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        at.books.cancels.extend(["dropped"] * 5)
        await orders.cancel(at.app, posting, "wrong service", "test")
        while at.operations("cancel_booking")[0].state != "human":
            await at.pass_time(60)
        await orders.cancel(at.app, posting, "wrong service", "test")
        await at.pass_time(30)
        await at.ship(posting)
        await at.pass_time(1200)  # the first cancel is looked at again, and is done by now
        assert at.operations("cancel_booking")[0].state == "confirmed"
        view = at.view(posting)
        assert (view.stage, view.tracking_number) == ("labelled", "TRK2")
        assert [order.number for order in at.books.live()] == ["TRK2"]


async def test_a_later_look_that_fails_holds_up_nothing(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        posting = await at.order()
        at.books.meets.append("dropped")
        await at.ship(posting)
        await at.pass_time(300)
        assert at.view(posting).stage == "labelled"
        at.books.look_fails = True
        await at.pass_time(1200)
        assert at.operations()[0].looks == 0  # nothing was seen
        work = rows.jobs.get(at.app.store.reader, f"advance:{posting}")
        assert work is not None
        assert (work.attempts, work.reason) == (0, "")
        at.books.look_fails = False
        for _ in range(5):
            at.clock.advance(4 * 86_400)
            await at.pass_time(60)
        assert rows.jobs.get(at.app.store.reader, f"advance:{posting}") is None


async def test_a_refused_cancel_leaves_the_booking_as_it_was(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        at.books.cancels.append("refused")
        await orders.cancel(at.app, posting, "changed my mind", "test")
        await at.pass_time()
        assert at.problems()["cancel_refused"].data["reason"] == "on its way"
        assert len(at.books.live()) == 1


async def test_another_carrier_is_booked_only_when_the_first_booking_is_dead(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        posting = await at.order()
        at.books.labels.append("foreign")
        await at.ship(posting)
        await at.pass_time()
        assert at.view(posting).stage == "booked"
        await at.answer("label_mismatch", "other_carrier", carrier="courier", service="std")
        await at.pass_time()
        assert [order.number for order in at.books.live()] == ["TRK2"]
        assert at.view(posting).stage == "labelled"


async def test_the_posting_is_cancelled_at_the_marketplace_for_a_reason_that_it_takes(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        posting = await at.order()
        await at.ship(posting)
        await at.pass_time()
        with pytest.raises(Rejected, match="352 Out of stock; 400 Other"):
            await orders.cancel(at.app, posting, "because", "test", marketplace=True)
        await orders.cancel(at.app, posting, "out of stock", "test", marketplace=True)
        await at.pass_time()
        assert at.books.told["1001-1"] == ["TRK1", "cancel 352"]
        assert at.view(posting).stage == Stage.CANCELLED
        assert not at.books.live()  # the booking went with it
        with pytest.raises(Conflict):
            await orders.cancel(at.app, posting, "352", "test", marketplace=True)
