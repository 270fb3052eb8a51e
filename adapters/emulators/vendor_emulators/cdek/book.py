"""The contract's orders: kept, found, priced, and what happened to each."""

from collections.abc import Callable
from random import Random

from vendor_emulators.cdek.checks import values_of
from vendor_emulators.cdek.errors import refuse
from vendor_emulators.cdek.identity import new_uuid
from vendor_emulators.cdek.model import Asked, Order, Status
from vendor_emulators.cdek.places import City
from vendor_emulators.cdek.services import priced
from vendor_emulators.cdek.tariffs import Price, price
from vendor_emulators.schedule import Schedule

OnStatus = Callable[[Order, Status], None]


class OrderBook:
    """All orders of the contract, newest last."""

    def __init__(self, schedule: Schedule, random: Random, on_status: OnStatus) -> None:
        self.schedule = schedule
        self.random = random
        self._on_status = on_status
        self.all: dict[str, Order] = {}
        self._number = 1_100_000_000 + random.randrange(1_000_000)

    def find(self, uuid: str) -> Order:
        """Raises v2_entity_not_found."""
        order = self.all.get(uuid)
        if order is None:
            raise refuse("v2_entity_not_found", uuid)
        return order

    def by_cdek_number(self, number: str) -> Order:
        """Raises v2_entity_not_found."""
        for order in self.all.values():
            if order.cdek_number == number:
                return order
        raise refuse("v2_entity_not_found", number)

    def by_im_number(self, number: str) -> Order:
        """The live order of this number, else the newest that had it.

        Raises v2_entity_not_found_im_number.
        """
        had = [order for order in self.all.values() if order.number == number and order.requests]
        if not had:
            raise refuse("v2_entity_not_found_im_number", number)
        holder = next((order for order in had if order.live), None)
        return holder or next((order for order in reversed(had) if order.cdek_number), had[-1])

    def next_number(self) -> str:
        """The next number of CDEK's own."""
        self._number += self.random.randrange(1, 9)
        return str(self._number)

    def uuid(self) -> str:
        return new_uuid(self.random)

    def asked(self, kind: str) -> Asked:
        """A request of this kind that is accepted now."""
        return Asked(self.uuid(), kind, self.schedule.now())

    def price_of(self, order: Order) -> Price | None:
        """What the order costs as it stands; None where its tariff is not offered for it."""
        if order.tariff is None or order.sender is None or order.recipient is None:
            return None
        sizes = [package.size for package in order.packages]
        wanted = priced(order.asked.get("services") or [])
        return price(order.tariff, order.sender, order.recipient, sizes, order.insured, wanted)

    def reprice(self, order: Order) -> None:
        """Declared value, cash on delivery and price, of the body and the packages as they are now."""
        order.insured, order.cash_on_delivery = values_of(order.asked)
        order.price = self.price_of(order)

    def enter(self, order: Order, code: str) -> None:
        """Keep a new order, with its first status."""
        self.all[order.uuid] = order
        self.add(order, code)

    def add(self, order: Order, code: str, city: City | None = None, reason: str | None = None) -> None:
        """The order gets a status now."""
        status = Status(code, self.schedule.now(), city, reason)
        order.statuses = [*order.statuses, status]
        self._on_status(order, status)

    def told_again(self, order: Order, status: Status) -> None:
        """A status changed that was told before."""
        self._on_status(order, status)
