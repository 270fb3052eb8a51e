"""Rules on trial: other rules, the offers of then, what was booked and what it would have cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from hub.flow import orders
from hub.flow.choice.rules_trial import tables, trial
from hub.plugin_api.errors import NotFound, Rejected
from hub.plugin_api.models import Money, Quote, QuoteRequest, Service
from hub.plugin_api.rules import CarrierRules, Rule, When

from .desk import Desk, Lookup, desk


def offer(code: str, price: int, days: int) -> Quote:
    return Quote(service=Service(code=code, name=code.title()), price=Money.of(price, "RUB"), days_max=days)


OFFERS = (offer("slow", 100, 20), offer("good", 300, 5), offer("fast", 900, 1))


@pytest.fixture
def offering(monkeypatch: pytest.MonkeyPatch) -> None:
    async def answer(self: Lookup, request: QuoteRequest) -> Sequence[Quote]:
        return OFFERS

    monkeypatch.setattr(Lookup, "quote", answer, raising=False)
    monkeypatch.setattr(Lookup, "price", lambda self, parcels: Money.of(300, "RUB"))


async def shipped(at: Desk, count: int = 3) -> list[str]:
    """So many postings, booked by the default rules: ``good`` for 300."""
    ids = [await at.order(f"100{number}-1") for number in range(count)]
    for one in ids:
        await at.ship(one)
    await at.pass_time()
    assert len(at.books.orders) == count
    return ids


@pytest.mark.usefixtures("offering")
async def test_what_was_booked_is_held_against_what_would_have_been(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        await shipped(at)
        await orders.quote(at.app, await at.order("1009-1"), "test")  # asked for, never booked
        assert tables(at.app, "shop", 1000) == 4
        same = trial(at.app, "shop")
        assert (same.tables, same.same, same.different, same.not_booked) == (4, 3, 0, 1)
        (total,) = same.sums
        assert (total.postings, total.booked, total.difference) == (
            3,
            Money.of(900, "RUB"),
            Money.of(0, "RUB"),
        )
        assert same.rules == {"": 4}

        cheap = trial(at.app, "shop", rules=CarrierRules(strategy="cheapest"))
        assert (cheap.same, cheap.different, cheap.late_booked, cheap.late_chosen) == (0, 3, 0, 3)
        (total,) = cheap.sums
        assert (total.chosen, total.difference) == (Money.of(300, "RUB"), Money.of(-600, "RUB"))
        line = cheap.lines[0]
        assert (line.number, line.booked_service, line.service, line.in_time) == (
            "1002-1",
            "Good",
            "Slow",
            False,
        )
        assert (line.booked_cost, line.cost, line.reason) == (
            Money.of(300, "RUB"),
            Money.of(100, "RUB"),
            "cheapest",
        )
        assert [(one.carrier, one.booked, one.chosen) for one in cheap.carriers] == [("courier", 3, 3)]
        patient = CarrierRules(strategy="cheapest", transit_days=18)
        assert trial(at.app, "shop", rules=patient).late_chosen == 0, "two days until ship_by, and 18"
        assert len(at.books.sends) == 3, "nobody was asked"


@pytest.mark.usefixtures("offering")
async def test_rules_decide_by_the_facts_of_then(tmp_path: Path) -> None:
    rules = CarrierRules(
        rules=(
            Rule(name="Elsewhere", when=When(city="Омск"), not_carriers="courier"),
            Rule(name="Light", when=When(weight_up_to_g=300, marketplace="market"), strategy="fastest"),
        )
    )
    ticks: list[None] = []
    tick: Callable[[], None] = lambda: ticks.append(None)  # noqa: E731
    async with desk(tmp_path, Lookup) as at:
        await shipped(at)
        found = trial(at.app, "shop", rules=rules, last=2, tick=tick)
        assert (found.tables, found.different, found.rules) == (2, 2, {"Light": 2})
        assert found.sums[0].difference == Money.of(1200, "RUB")
        assert len(ticks) == 2
        nothing = trial(at.app, "shop", rules=CarrierRules(rules=(Rule(services="none"),)))
        assert (nothing.nothing, nothing.different, nothing.sums) == (3, 3, ())
        assert nothing.lines[0].carrier == ""


@pytest.mark.usefixtures("offering")
async def test_what_is_not_known_any_more_is_left_out_and_counted(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        await shipped(at)
        at.app.store.write_now(lambda tx: tx.execute("DELETE FROM recipients"))
        assert trial(at.app, "shop").same == 3, "these rules do not ask where it went"
        found = trial(at.app, "shop", rules=CarrierRules(rules=(Rule(when=When(country="RU")),)))
        assert (found.tables, found.left_out, found.same) == (3, 3, 0)


@pytest.mark.usefixtures("offering")
async def test_the_rules_of_now_over_the_offers_of_then(tmp_path: Path) -> None:
    """Days count from the day of the table, not from today."""
    async with desk(tmp_path, Lookup) as at:
        await shipped(at, 1)
        at.clock.advance(timedelta(days=40).total_seconds())
        assert trial(at.app, "shop").same == 1


async def test_who_cannot_be_tried(tmp_path: Path) -> None:
    async with desk(tmp_path, Lookup) as at:
        with pytest.raises(NotFound):
            trial(at.app, "nobody")
        with pytest.raises(Rejected, match="rule 1: carriers"):
            trial(at.app, "shop", rules=CarrierRules(rules=(Rule(carriers="ghost"),)))
