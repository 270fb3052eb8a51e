"""A price of a partner, and a table of them: which parcels it is for, from when on, and what one costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec
from hub import Money, Parcel

Delivery = Literal["door", "point", "locker"]


class PriceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One price; the fields are the file's columns. ``over`` is more than, ``up_to`` at most."""

    line: int
    """Its number in the file."""
    partner: str
    tier: str = ""
    delivery: Delivery
    group: str = ""
    from_country: str = "CN"
    to_country: str = "RU"
    value_over: Decimal = Decimal(0)
    """Of the goods, in ``value_currency``."""
    value_up_to: Decimal | None = None
    value_currency: str = "RUB"
    over_g: int = 0
    """Of the parcel on the scales, whatever it is billed by."""
    up_to_g: int | None = None
    sides_up_to_mm: int | None = None
    """Length, width and height, added."""
    longest_up_to_mm: int | None = None
    volumetric_divisor: int | None = None
    """Cubic centimetres that count as a kilogram, where the larger of both weights is billed."""
    base: Decimal
    per_gram: Decimal
    currency: str
    days_min: int | None = None
    days_max: int | None = None
    valid_from: date
    note: str = ""

    @property
    def route(self) -> tuple[str, str]:
        return self.from_country, self.to_country

    @property
    def service(self) -> str:
        """The code that quotes have: which partner, how fast, to where."""
        return "/".join(part for part in (self.partner, self.tier, self.delivery) if part).casefold()

    @property
    def by_value(self) -> bool:
        return self.value_over > 0 or self.value_up_to is not None

    def takes(self, box: Parcel) -> bool:
        """Weight and sides are within the limits; the value is another question."""
        sides = (box.length_mm, box.width_mm, box.height_mm)
        return (
            self.over_g < box.weight_g
            and (self.up_to_g is None or box.weight_g <= self.up_to_g)
            and (self.sides_up_to_mm is None or sum(sides) <= self.sides_up_to_mm)
            and (self.longest_up_to_mm is None or max(sides) <= self.longest_up_to_mm)
        )

    def takes_value(self, value: Decimal) -> bool:
        return self.value_over < value and (self.value_up_to is None or value <= self.value_up_to)

    def billed_g(self, box: Parcel) -> int:
        """The weight that is paid for: a gram begun counts whole."""
        if self.volumetric_divisor is None:
            return box.weight_g
        # mm3 / 1000 are cm3; by the divisor kg; by 1000 grams: the thousands cancel out
        volume = -(-box.length_mm * box.width_mm * box.height_mm // self.volumetric_divisor)
        return max(box.weight_g, volume)

    def price(self, box: Parcel) -> Money:
        return Money.of(self.base + self.per_gram * self.billed_g(box), self.currency)

    def meets(self, other: PriceLine) -> bool:
        """Some parcel of the same day would be both lines'. Of one service and route."""
        return (
            self.value_currency == other.value_currency
            and (self.up_to_g is None or other.over_g < self.up_to_g)
            and (other.up_to_g is None or self.over_g < other.up_to_g)
            and (self.value_up_to is None or other.value_over < self.value_up_to)
            and (other.value_up_to is None or self.value_over < other.value_up_to)
        )


class PriceTable:
    """The lines of a file, found by route and day."""

    def __init__(self, lines: Sequence[PriceLine]) -> None:
        self.lines = lines
        self._day: tuple[date, dict[tuple[str, str], list[PriceLine]]] | None = None

    def in_force(self, route: tuple[str, str], on: date) -> Sequence[PriceLine]:
        """The lines of a route that hold on a day: of each service and group those of the newest date."""
        if self._day is None or self._day[0] != on:
            self._day = (on, _newest(self.lines, on))
        return self._day[1].get(route, ())

    def newest(self, on: date) -> date | None:
        """The newest date of prices that hold on a day; None where all begin later."""
        return max((line.valid_from for line in self.lines if line.valid_from <= on), default=None)


def _newest(lines: Iterable[PriceLine], on: date) -> dict[tuple[str, str], list[PriceLine]]:
    groups: dict[tuple[object, ...], list[PriceLine]] = defaultdict(list)
    for line in lines:
        if line.valid_from <= on:
            groups[(line.route, line.service, line.group.casefold())].append(line)
    found = defaultdict(list)
    for group in groups.values():
        day = max(line.valid_from for line in group)
        for line in group:
            if line.valid_from == day:
                found[line.route].append(line)
    return dict(found)
