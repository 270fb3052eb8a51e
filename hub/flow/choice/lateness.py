"""What lateness and loss are expected to cost with a carrier, out of its record. Pure.

Of a carrier's parcels some share is late, and those by some days on average. How late is taken to fall off
as waiting times do: the chance to be later than ``s`` days is ``share * exp(-s / days)``. With ``s`` days to
spare before the deadline, the days late to be expected are then ``share * days * exp(-s / days)``.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Literal

import msgspec

from hub.flow.choice.records.carrier_record import CarrierRecord
from hub.plugin_api.models import Money

VERDICT = 20
"""Parcels behind a figure before a choice believes it."""
NEW_LATE_SHARE = 0.1
"""Of a carrier without a record: one parcel in ten is late,"""
NEW_LATE_DAYS = 2.0
"""by two days. An assumption, the same for every carrier: a new one is neither favoured nor barred."""
VALUE_SHARE = Decimal("0.05")
"""What a day late costs where the seller does not say: this share of the goods' value,"""
PRICE_SHARE = Decimal("0.2")
"""or, where the goods have no price in this currency, of the cheapest offer."""


class Habit(msgspec.Struct, frozen=True, kw_only=True):
    """How late a carrier is, as a choice believes it."""

    late_share: float = NEW_LATE_SHARE
    late_days: float = NEW_LATE_DAYS
    """Mean of those that are late."""
    lost_share: float = 0.0
    parcels: int = 0
    """Behind the figures; 0: they are assumed."""

    def days_late(self, spare_days: int | None) -> float:
        """To be expected after the deadline. ``spare_days``: from the promised day to the deadline; None
        where no day was promised, which is taken as the deadline itself."""
        spare = spare_days or 0
        if self.late_share <= 0 or self.late_days <= 0:
            return float(max(0, -spare))
        if spare <= 0:
            return -spare + self.late_share * self.late_days
        return self.late_share * self.late_days * math.exp(-spare / self.late_days)


class DayCost(msgspec.Struct, frozen=True, kw_only=True):
    """What a day late costs, and who says so: the seller, the goods' value, or the cheapest price."""

    money: Money
    source: Literal["seller", "value", "price"]


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What an offer is expected to cost beyond its price."""

    days_late: Decimal
    late_cost: Money
    loss_cost: Money
    parcels: int


def habit_of(record: CarrierRecord | None) -> Habit:
    """What a record says; figures of fewer than `VERDICT` parcels are assumed instead."""
    if record is None:
        return Habit()
    lost = record.lost.value if record.lost.value is not None and record.lost.parcels >= VERDICT else 0.0
    share, mean = record.on_time.value, record.days_late.value
    if share is None or mean is None or min(record.on_time.parcels, record.days_late.parcels) < VERDICT:
        return Habit(lost_share=lost)
    late = max(0.0, 1.0 - share)
    return Habit(
        late_share=late,
        late_days=mean / late if late else 0.0,
        lost_share=lost,
        parcels=record.on_time.parcels,
    )


def day_cost(said: Money | None, value: Money | None, cheapest: Money) -> DayCost:
    """What a day late costs in the currency of ``cheapest``."""
    currency = cheapest.currency
    if said is not None and said.currency == currency:
        return DayCost(money=said, source="seller")
    if value is not None and value.currency == currency and value.amount > 0:
        return DayCost(money=Money.of(value.amount * VALUE_SHARE, currency), source="value")
    return DayCost(money=Money.of(cheapest.amount * PRICE_SHARE, currency), source="price")


def expected(habit: Habit, spare_days: int | None, a_day: Money, value: Money | None) -> Expected:
    """What lateness and loss are expected to cost. Lost goods cost their value, where it is known in this
    currency: what an insurance would pay back is not counted."""
    days = Decimal(str(round(habit.days_late(spare_days), 2)))
    lost = Decimal(str(round(habit.lost_share, 4)))
    known = value is not None and value.currency == a_day.currency
    return Expected(
        days_late=days,
        late_cost=Money.of(days * a_day.amount, a_day.currency),
        loss_cost=Money.of(lost * value.amount if known and value is not None else 0, a_day.currency),
        parcels=habit.parcels,
    )
