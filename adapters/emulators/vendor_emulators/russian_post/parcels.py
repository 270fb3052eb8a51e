"""What happens to a parcel after hand-in: operations over virtual days, and what people do to it."""

from collections.abc import Callable
from random import Random
from typing import NamedTuple

from vendor_emulators.russian_post.countries import COUNTRIES
from vendor_emulators.russian_post.model import Operation, Order
from vendor_emulators.russian_post.places import City, office_of
from vendor_emulators.russian_post.products import TYPES
from vendor_emulators.schedule import Schedule

OUTCOMES = ("delivered", "refused", "expired", "lost", "delivered_by_mistake")
STORAGE_DAYS = 15
_EXCHANGE = "102975"  # the place of international exchange that all exports pass
_DAY = 24.0


class Leg(NamedTuple):
    """An operation so many hours after hand-in."""

    hours: float
    kind: int
    attribute: int
    office: str
    city: City | None
    country: int = 643


class Parcels:
    """Moves orders; ``on_operation`` is told of each operation."""

    def __init__(
        self, schedule: Schedule, random: Random, on_operation: Callable[[Order, Operation], None]
    ) -> None:
        self._schedule = schedule
        self._random = random
        self._on_operation = on_operation

    def number_assigned(self, order: Order) -> None:
        """28/0, the first line of every history."""
        self.add(order, 28, 0, order.postoffice, order.sender)

    def hand_in(self, order: Order) -> None:
        """The office takes it: from here time moves it."""
        order.handed_in = True
        self._run(order, self._abroad(order) if order.abroad else self._inland(order))

    def send_back(self, order: Order, reason: int) -> None:
        """3/``reason`` now, then home; cancels what was still to come."""
        order.generation += 1
        here = order.history[-1]
        self._run(order, self._home(order, reason, here.index, here.city))

    def cancel_last(self, order: Order, attribute: int) -> None:
        """26: the operation before did not happen; the parcel is where it was, and goes on."""
        last = order.history[-1]
        self.add(order, 26, attribute, last.index, last.city, last.country)

    def add(
        self, order: Order, kind: int, attribute: int, index: str, city: City | None, country: int = 643
    ) -> Operation:
        operation = Operation(kind, attribute, self._schedule.now(), index, city, country)
        order.history = [*order.history, operation]
        self._on_operation(order, operation)
        return operation

    def _run(self, order: Order, legs: list[Leg]) -> None:
        order.generation += 1
        generation = order.generation

        def step(leg: Leg) -> None:
            if order.generation == generation:
                self.add(order, leg.kind, leg.attribute, leg.office, leg.city, leg.country)

        for leg in legs:
            jitter = self._random.uniform(0, 0.2) if leg.hours else 0.0
            self._schedule.after((leg.hours + jitter) * 3600, lambda one=leg: step(one))  # type: ignore[misc]

    def _inland(self, order: Order) -> list[Leg]:
        assert order.recipient is not None
        here, there = order.sender, order.recipient
        index = order.destination
        days = order.rate.min_days + self._random.random() * (order.rate.max_days - order.rate.min_days)
        arrival = max(20.0, days * _DAY - 6)
        legs = [
            Leg(0, 1, 2, order.postoffice, here),
            Leg(3, 8, 1, order.postoffice, here),
            Leg(8, 8, 3, here.main_index, here),
            Leg(12, 8, 0, here.main_index, here),
            Leg(14, 8, 4, here.main_index, here),
        ]
        if order.outcome == "lost":
            return [*legs, Leg(arrival + 30 * _DAY, 5, 1, here.main_index, here)]
        legs += [
            Leg(arrival - 5, 8, 3, there.main_index, there),
            Leg(arrival - 3, 8, 4, there.main_index, there),
        ]
        return legs + self._last_mile(order, arrival, index, there)

    def _last_mile(self, order: Order, arrival: float, index: str, city: City) -> list[Leg]:
        office = office_of(index)
        if TYPES[order.mail_type].courier:
            arrived, handing = [Leg(arrival, 8, 2, index, city), Leg(arrival + 2, 8, 15, index, city)], 8
        elif office is not None and office.kind == "APS":
            arrived, handing = [Leg(arrival, 8, 9, index, city)], 3
        else:
            arrived, handing = [Leg(arrival, 8, 2, index, city)], 1
        if order.outcome == "refused":
            return [
                *arrived,
                Leg(arrival + 4, 12, 6, index, city),
                *self._home(order, 4, index, city, arrival + 5),
            ]
        if order.outcome == "expired":
            end = arrival + STORAGE_DAYS * _DAY
            return [*arrived, *self._home(order, 1, index, city, end)]
        given = Leg(arrival + 5, 2, handing, index, city)
        if order.outcome == "delivered_by_mistake":
            # The operator scanned another parcel: 26 takes that back, the real hand-over is a day later.
            again = Leg(arrival + 29, 2, handing, index, city)
            return [*arrived, given, Leg(arrival + 6, 26, 2, index, city), again]
        return [*arrived, given]

    def _home(
        self, order: Order, reason: int, index: str, city: City | None, start: float = 0.0
    ) -> list[Leg]:
        """Back to the office of hand-in, and into the sender's hands: 2/2, not 2/1."""
        days = order.rate.min_days
        home = order.sender
        return [
            Leg(start, 3, reason, index, city),
            Leg(start + 10, 8, 4, city.main_index if city else index, city),
            Leg(start + days * _DAY, 8, 3, home.main_index, home),
            Leg(start + days * _DAY + 6, 8, 2, order.postoffice, home),
            Leg(start + days * _DAY + 30, 2, 2, order.postoffice, home),
        ]

    def _abroad(self, order: Order) -> list[Leg]:
        country = COUNTRIES[int(order.asked["mail-direct"])]
        here, number = order.sender, country.number
        foreign = str(order.asked.get("str-index-to") or order.asked.get("index-to") or "")
        total = order.rate.min_days * _DAY
        legs = [
            Leg(0, 1, 2, order.postoffice, here),
            Leg(4, 8, 1, order.postoffice, here),
            Leg(20, 8, 5, _EXCHANGE, here),
            Leg(22, 11, 0, _EXCHANGE, here),
            Leg(30, 14, 1, _EXCHANGE, here),
            Leg(34, 10, 0, _EXCHANGE, here),
        ]
        if order.outcome == "lost":
            return [*legs, Leg(total + 60 * _DAY, 5, 1, _EXCHANGE, here)]
        legs.append(Leg(max(40.0, total - 72), 9, 1, foreign, None, number))
        legs.append(Leg(max(60.0, total - 20), 8, 2, foreign, None, number))
        if order.outcome in ("refused", "expired"):
            reason = 4 if order.outcome == "refused" else 1
            return [*legs, *self._home(order, reason, foreign, None, total)]
        return [*legs, Leg(max(66.0, total), 2, 1, foreign, None, number)]
