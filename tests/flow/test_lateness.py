"""What lateness is expected to cost: from the record, and from no record."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hub.flow.choice.lateness import NEW_LATE_DAYS, NEW_LATE_SHARE, Habit, day_cost, expected, habit_of
from hub.flow.choice.records.carrier_record import CarrierRecord, Figure
from hub.plugin_api.models import Money


def record(
    on_time: float | None, days_late: float | None, *, parcels: int = 50, lost: float = 0.0
) -> CarrierRecord:
    none = Figure(value=None, parcels=0)
    return CarrierRecord(
        carrier="courier",
        direction="RU/10",
        parcels=parcels,
        on_time=Figure(value=on_time, parcels=parcels),
        days_late=Figure(value=days_late, parcels=parcels),
        lost=Figure(value=lost, parcels=parcels),
        damaged=none,
        returned=none,
        price_kept=none,
        surcharge=none,
        first_scan_hours=none,
    )


def rub(amount: str | int) -> Money:
    return Money.of(amount, "RUB")


def test_the_record_is_believed_from_twenty_parcels_on() -> None:
    believed = habit_of(record(0.8, 0.6, parcels=20))
    assert believed.late_share == pytest.approx(0.2)
    assert believed.late_days == pytest.approx(3)
    assert believed.parcels == 20
    for too_little in (None, record(0.2, 5, parcels=19), record(None, None)):
        assert habit_of(too_little) == Habit(late_share=NEW_LATE_SHARE, late_days=NEW_LATE_DAYS)
    assert habit_of(record(1.0, 0.0)).days_late(0) == 0


def test_days_to_spare_make_lateness_rarer_and_days_over_are_late_for_sure() -> None:
    habit = Habit(late_share=0.2, late_days=3)
    assert habit.days_late(0) == pytest.approx(0.6)
    assert habit.days_late(None) == pytest.approx(0.6), "no promise is taken as the deadline"
    assert habit.days_late(3) == pytest.approx(0.6 / 2.71828, rel=1e-4)
    assert habit.days_late(-2) == pytest.approx(2.6)
    falling = [habit.days_late(days) for days in range(-5, 30)]
    assert falling == sorted(falling, reverse=True)
    assert Habit(late_share=0, late_days=0).days_late(-4) == 4


def test_what_a_day_costs() -> None:
    assert day_cost(rub(70), rub(1000), rub(300)).money == rub(70)
    assert (day_cost(None, rub(1000), rub(300)).money, day_cost(None, rub(1000), rub(300)).source) == (
        rub(50),
        "value",
    )
    assert day_cost(None, Money.of(9, "CNY"), rub(300)).money == rub(60)
    assert day_cost(Money.of(9, "CNY"), None, rub(300)).source == "price"


def test_what_is_expected() -> None:
    habit = Habit(late_share=0.2, late_days=3, lost_share=0.01, parcels=80)
    found = expected(habit, 0, rub(100), rub(5000))
    assert (found.days_late, found.late_cost, found.loss_cost) == (Decimal("0.6"), rub(60), rub(50))
    assert expected(habit, 0, rub(100), None).loss_cost == rub(0)
    assert expected(habit, 0, rub(100), Money.of(1, "CNY")).loss_cost == rub(0)
