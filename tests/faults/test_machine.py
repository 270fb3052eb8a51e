"""A state machine over everything that can happen to orders, for each class of carriers; after every step the
invariants hold, and at the end everything is definite or in front of a person.

CI takes the short form; ``--machine 500`` runs so many examples for each class. A failure prints the steps as
a program, and the line that repeats it.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from hub.flow import answering, orders, reading
from hub.flow.choice import quoting
from hub.flow.history.problem_views import ProblemView
from hub.flow.sellers.catalogue import import_products
from hub.plugin_api.errors import HubError
from hub.plugin_api.models import Action, Address, Item, Money, Product, Recipient, Stage
from hub.store import rows
from tests.faults.forms import form
from tests.faults.machine import House, Words, quiet
from tests.faults.machine_audit import MachineAudit
from tests.faults.machine_vendors import CARRIERS
from tests.flow.desk import HOME, posting_of

MOST = 4
BOOKINGS = st.lists(
    st.sampled_from(["lost", "dropped", "down", "refused", "late 30", "late 900", "late 4000"]), max_size=3
)
CANCELS = st.lists(st.sampled_from(["lost", "dropped", "refused"]), max_size=2)
ANY = st.integers(0, 99)
THEN = st.sampled_from(
    ["nothing", "work 0", "work 10", "work 200", *(f"death {at}" for at in range(3, 45, 3))]
)


class Machine(RuleBasedStateMachine):
    """A seller's days with one courier."""

    carrier: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.runner.get_loop().set_exception_handler(quiet)
        self.home = Path(tempfile.mkdtemp(prefix="machine"))
        self.house = House(self.home, self.carrier)
        self.words = Words()
        self.audit = MachineAudit(self.house, self.words)
        self.sound = True
        self.run(self.house.open())
        self.run(self._correct(300))

    def run(self, work: Awaitable[Any]) -> Any:
        """Do it; a refusal in words is as good as doing it."""

        async def done() -> Any:
            try:
                return await work
            except HubError:
                return None

        return self.runner.run(done())

    def _posting(self, index: int) -> str:
        """The hub's id of one of the postings, or nothing after a restore that has forgotten it."""
        numbers = sorted(self.house.vendors.postings)
        number = numbers[index % len(numbers)]
        row = rows.postings.first(self.house.at.app.store.reader, "WHERE number = ?", (number,))
        return "" if row is None else row.id

    async def _correct(self, grams: int) -> None:
        products = [
            Product(offer_id=offer, weight_g=grams, length_mm=100, width_mm=100, height_mm=100)
            for offer in ("CUP", "LID")
        ]
        await import_products(self.house.at.app, "shop", products, "test")

    # --- what happens ---------------------------------------------------------------------------------

    @initialize(lines=st.integers(1, 2), meets=BOOKINGS, then=THEN)
    def first_order(self, lines: int, meets: list[str], then: str) -> None:
        self.new_order(lines, lines == 1, True, meets, then)

    @precondition(lambda self: len(self.house.vendors.postings) < MOST)
    @rule(lines=st.integers(1, 2), assembled=st.booleans(), ship=st.booleans(), meets=BOOKINGS, then=THEN)
    def new_order(self, lines: int, assembled: bool, ship: bool, meets: list[str], then: str) -> None:
        number = f"{1001 + len(self.house.vendors.postings)}-1"
        price = Money.of("500.00", "RUB")
        items = tuple(
            Item(sku=str(line), offer_id=offer, name=offer, quantity=line, price=price)
            for line, offer in enumerate(("CUP", "LID")[:lines], 1)
        )
        changes: dict[str, Any] = {"items": items, "created_at": self.house.now}
        if not assembled:
            changes |= {
                "stage": Stage.NEW,
                "status": "awaiting_packaging",
                "actions": frozenset({Action.ASSEMBLE, Action.CANCEL}),
            }
        self.house.vendors.postings[number] = posting_of(number, **changes)
        self.run(orders.sync(self.house.at.app, "shop", "test"))
        if ship:
            self.order_shipped(sorted(self.house.vendors.postings).index(number), meets, then)

    @rule(which=ANY, meets=BOOKINGS, then=THEN)
    def order_shipped(self, which: int, meets: list[str], then: str) -> None:
        self.house.vendors.meets.extend(meets)
        self.run(orders.ship(self.house.at.app, "shop", [self._posting(which)], actor="test"))
        self._then(then)

    def _then(self, then: str) -> None:
        """What comes at once: the worker, minutes of it, or its death after so many points."""
        word, _, number = then.partition(" ")
        if word == "work":
            self.run(self.house.pass_time(int(number)))
        elif word == "death":
            self.run(self.house.die(int(number)))

    @rule(which=ANY)
    def quote(self, which: int) -> None:
        self.run(quoting.quote(self.house.at.app, self._posting(which), "test"))

    @rule(grams=st.integers(1, 50))
    def weight_corrected(self, grams: int) -> None:
        self.run(self._correct(grams * 100))

    @rule(which=ANY, city=st.sampled_from(["Тверь", "Казань"]))
    def address_changed(self, which: int, city: str) -> None:
        address = Address(country="RU", city=city, postal_code="170000", street=HOME.street)
        recipient = Recipient(name="Анна Петрова", phone="+79990000001", address=address)
        self._market_changes(which, recipient=recipient)

    @rule(which=ANY, then=THEN)
    def buyer_cancels(self, which: int, then: str) -> None:
        self._market_changes(which, status="cancelled", stage=Stage.CANCELLED, actions=frozenset())
        self._then(then)

    def _market_changes(self, which: int, **changes: Any) -> None:
        books = self.house.vendors.postings
        number = sorted(books)[which % len(books)]
        books[number] = msgspec.structs.replace(books[number], **changes)
        self.run(orders.sync(self.house.at.app, "shop", "test"))

    @rule(which=ANY, marketplace=st.booleans(), meets=CANCELS, then=THEN)
    def seller_cancels(self, which: int, marketplace: bool, meets: list[str], then: str) -> None:
        self.house.vendors.cancels.extend(meets)
        work = orders.cancel(self.house.at.app, self._posting(which), "352", "test", marketplace=marketplace)
        self.run(work)
        self._then(then)

    @rule(market=CANCELS, labels=st.lists(st.sampled_from(["down", "foreign"]), max_size=1))
    def others_will_meet(self, market: list[str], labels: list[str]) -> None:
        self.house.vendors.market.extend(market)
        self.house.vendors.labels.extend(labels)

    @rule(minutes=st.sampled_from([2, 30, 600]))
    def looks_fail(self, minutes: int) -> None:
        self.house.vendors.looks_fail_until = self.house.now + timedelta(minutes=minutes)

    @rule(roubles=st.sampled_from([0, 10, 500]))
    def price_changes(self, roubles: int) -> None:
        self.house.vendors.surcharge = Money.of(roubles, "RUB")

    @rule()
    def work(self) -> None:
        self.run(self.house.work())

    @rule(seconds=st.sampled_from([1, 25, 61, 130, 700]))
    def time_passes(self, seconds: int) -> None:
        self.run(self.house.pass_time(seconds))

    @rule(hours=st.sampled_from([1, 7, 50]))
    def clock_jumps(self, hours: int) -> None:
        self.house.clock.advance(hours * 3600)
        self.run(self.house.work())

    @rule(points=st.integers(0, 40))
    def crash(self, points: int) -> None:
        self.run(self.house.die(points))

    @precondition(lambda self: len(self.house.backups) < 3)
    @rule()
    def backup(self) -> None:
        self.house.keep()

    @precondition(lambda self: self.house.backups and len(self.house.restores) < 2)
    @rule(which=ANY, again=st.booleans(), then=THEN)
    def restore(self, which: int, again: bool, then: str) -> None:
        self.run(self.house.put_back(which % len(self.house.backups)))
        self.run(orders.sync(self.house.at.app, "shop", "test"))
        if again:
            ids = [self._posting(index) for index in range(len(self.house.vendors.postings))]
            self.run(orders.ship(self.house.at.app, "shop", ids, actor="test"))
        self._then(then)

    @precondition(lambda self: self.house.at.problems())
    @rule(which=ANY, choice=ANY, then=THEN)
    def person_answers(self, which: int, choice: int, then: str) -> None:
        problems = reading.problems(self.house.at.app, seller="shop").items
        problem = problems[which % len(problems)]
        answers = [one.code for one in problem.answers]
        self._answer(problem, answers[choice % len(answers)])
        self._then(then)

    def _answer(self, problem: ProblemView, answer: str) -> None:
        """The truth: this person has looked into the vendors' cabinets."""
        vendors, now = self.house.vendors, self.house.now
        known = rows.problems.get(self.house.at.app.store.reader, problem.id)
        assert known is not None
        operation = rows.operations.get(self.house.at.app.store.reader, known.operation_id)
        parameters: dict[str, Any] = {}
        if answer in ("other_carrier",):
            parameters = {"carrier": "courier", "service": "std"}
        if answer == "correct_product":
            parameters = {"offer_id": "CUP", "weight_g": 500, "length_mm": 1, "width_mm": 1, "height_mm": 1}
        if answer == "cancel_posting":
            parameters = {"reason": "352"}
        if problem.kind == "outage_unknown":
            answer = "look_at_each"  # each is answered for itself then, as the books say
        if problem.kind in ("operation_unknown", "booked_twice") and operation is not None:
            if operation.kind == "book":
                live = vendors.live(operation.reference)
                if not live and vendors.landing(operation.reference):
                    return  # they say that they will look into it
                kept = next((one for one in live if one.number == operation.external_id), None)
                kept = kept or (live[0] if live else None)
                for one in live:
                    if one is not kept:
                        one.live = False
                        vendors.ended[one.number] = now
                if problem.kind == "operation_unknown":
                    if kept is None:
                        answer = "it_does_not_exist"
                        self.words.say_absent(operation.reference, now)
                    else:
                        answer = "it_exists"
                        parameters = {"carrier_id": kept.number, "tracking_number": kept.number}
            else:
                answer = "it_does_not_exist"
        self.run(answering.answer(self.house.at.app, problem.id, answer, parameters, "person"))

    @rule()
    def print_labels(self) -> None:
        ids = [self._posting(index) for index in range(len(self.house.vendors.postings))]
        printed = self.run(orders.labels(self.house.at.app, [one for one in ids if one], actor="test"))
        known = {row.number: row.stage for row in rows.postings.all(self.house.at.app.store.reader, "")}
        assert [number for number in (printed.ready if printed else ()) if known[number] == "cancelled"] == []

    # --- what holds -----------------------------------------------------------------------------------

    @invariant()
    def nothing_is_wrong(self) -> None:
        found = self.audit.check()
        self.sound = not found
        assert not found, "\n".join(found)

    def teardown(self) -> None:
        try:
            if self.sound:
                self._let_it_end()
        finally:
            self.runner.run(self.house.close())
            self.runner.close()
            shutil.rmtree(self.home)

    def _let_it_end(self) -> None:
        self.house.vendors.calm()
        self.run(orders.sync(self.house.at.app, "shop", "test"))
        self.run(self.house.pass_time(9 * 86_400))
        found = self.audit.check(over=True)
        assert not found, "in the end: " + "\n".join(found)


@pytest.mark.parametrize("carrier", CARRIERS)
def test_whatever_happens(carrier: str, request: pytest.FixtureRequest) -> None:
    wanted = request.config.getoption("--machine", None)
    kind = type(f"Machine_{carrier}", (Machine,), {"carrier": carrier})
    run_state_machine_as_test(
        kind,
        settings=settings(
            max_examples=form(request).machine,
            stateful_step_count=30 if wanted is None else 50,
            derandomize=wanted is None,
            deadline=None,
            database=None,
            print_blob=True,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
