"""Whether what was written down happened: the scenario against the emulators' truth.

The hub's own word counts only in one direction: the sums that it claims must be those that the carriers
know.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import msgspec

from hub_demo.scenario import Order, Scenario
from hub_demo.world import CdekOrder, CourierShipment, OzonPosting, PostOrder, Truth

_DELIVERED = {"cdek": "DELIVERED", "sample": "delivered", "russian_post": "delivered"}
_REMOVED = {"cdek": "REMOVED", "sample": "cancelled", "russian_post": "removed"}


class Difference(msgspec.Struct, frozen=True):
    """Something that is not as it was written: ``where`` is a posting's number or a vendor."""

    where: str
    what: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}: expected {self.expected}, found {self.found}"


def differences(
    scenario: Scenario,
    truth: Truth,
    committed: Mapping[str, Decimal] | None = None,
    charged: Mapping[str, Decimal] | None = None,
) -> list[Difference]:
    """All of them, none when the day went as written. ``committed`` and ``charged``: the hub's sums."""
    return _Check(scenario, truth).run(committed, charged)


class _Check:
    def __init__(self, scenario: Scenario, truth: Truth) -> None:
        self._scenario, self._truth = scenario, truth
        self._found: list[Difference] = []
        self._linked: set[str] = set()

    def run(
        self, committed: Mapping[str, Decimal] | None, charged: Mapping[str, Decimal] | None
    ) -> list[Difference]:
        postings = {posting.number: posting for posting in self._truth.ozon.postings}
        for order in self._scenario.orders:
            if (posting := postings.pop(order.number, None)) is None:
                self._say(order.number, "posting", "known to Ozon", "nothing")
            else:
                self._marketplace(order, posting)
                self._carrier(order, posting)
        for number in postings:
            self._say(number, "posting", "none of this number", "one at Ozon")
        self._nothing_else()
        for what, claimed, truly in (
            ("committed", committed, self._booked()),
            ("charged", charged, self._charged()),
        ):
            if claimed is not None and dict(claimed) != truly:
                self._say("totals", what, _sums(truly), _sums(claimed))
        return self._found

    def _marketplace(self, order: Order, posting: OzonPosting) -> None:
        """The posting's way at Ozon."""
        expected = order.expected
        self._same(order, "status at Ozon", expected.end, posting.status)
        self._same(order, "calls of ship", 1, posting.ship_attempts)
        self._same(order, "tracking numbers uploaded", expected.tracking_uploads, posting.tracking_uploads)
        self._same(order, "declared in a carriage", expected.carriage, posting.carriage is not None)
        self._same(order, "Ozon's label was downloaded", expected.label_of_ozon, posting.label_downloads > 0)
        buyer = "buyer" if expected.end == "cancelled" else None
        self._same(order, "cancelled by", buyer, posting.cancelled_by)
        if expected.label_hours and posting.shipped_at and posting.label_ready_at:
            late = (posting.label_ready_at - posting.shipped_at).total_seconds() / 3600
            if late < expected.label_hours:
                self._say(order.number, "label late by", f"{expected.label_hours:g} h", f"{late:.2f} h")

    def _carrier(self, order: Order, posting: OzonPosting) -> None:
        """The booking behind it, by the tracking number that Ozon was told."""
        expected = order.expected
        if expected.carrier is None:
            return
        number = posting.tracking_number
        booking: CdekOrder | CourierShipment | PostOrder | None
        if expected.carrier == "cdek":
            booking = next((o for o in self._truth.cdek.orders if number and o.cdek_number == number), None)
        elif expected.carrier == "sample":
            booking = next((s for s in self._truth.courier.shipments if s.number == number), None)
        else:
            booking = next((o for o in self._truth.post.orders if o.barcode == number), None)
        if booking is None:
            self._say(order.number, "carrier", f"a booking with {expected.carrier}", number or "none")
            return
        if number in self._linked:
            self._say(order.number, "tracking number", "one of its own", f"{number}, of another posting")
        self._linked.add(number)
        ends = _DELIVERED if expected.end == "delivered" else _REMOVED
        self._same(order, f"state at {expected.carrier}", ends[expected.carrier], booking.state)
        if expected.tariff is not None and isinstance(booking, CdekOrder):
            self._same(order, "tariff", expected.tariff, booking.tariff_code)

    def _nothing_else(self) -> None:
        """No booking that no posting has: nothing was paid twice. Refusals as many as were written."""
        refused = sum(order.happening == "carrier_refuses" for order in self._scenario.orders)
        invalid = [order for order in self._truth.cdek.orders if order.state == "INVALID"]
        if len(invalid) != refused:
            self._say("cdek", "orders refused", str(refused), str(len(invalid)))
        for order in self._truth.cdek.orders:
            if order.state != "INVALID" and order.cdek_number not in self._linked:
                self._say(
                    "cdek", "orders that no posting has", "none", f"{order.cdek_number} ({order.state})"
                )
        for shipment in self._truth.courier.shipments:
            if shipment.number not in self._linked:
                found = f"{shipment.number} ({shipment.state})"
                self._say("sample", "bookings that no posting has", "none", found)
        for parcel in self._truth.post.orders:
            if parcel.barcode not in self._linked:
                found = f"{parcel.barcode} ({parcel.state})"
                self._say("russian_post", "orders that no posting has", "none", found)

    def _booked(self) -> dict[str, Decimal]:
        """What the bookings that stand cost, by currency."""
        cdek = [o.total_sum or Decimal(0) for o in self._truth.cdek.orders if o.state not in _VOID]
        courier = [s.price.amount for s in self._truth.courier.shipments if s.state != "cancelled"]
        return {"RUB": Decimal(sum(cdek) + sum(courier) + sum(self._postage()))}

    def _postage(self) -> list[Decimal]:
        return [order.price for order in self._truth.post.orders if not order.deleted]

    def _charged(self) -> dict[str, Decimal]:
        """What the carriers ask in the end, by currency."""
        cdek = [o.total_sum or Decimal(0) for o in self._truth.cdek.orders if o.state not in _VOID]
        courier = [s.charged.amount for s in self._truth.courier.shipments if s.charged is not None]
        return {"RUB": Decimal(sum(cdek) + sum(courier) + sum(self._postage()))}

    def _same(self, order: Order, what: str, expected: object, found: object) -> None:
        if expected != found:
            self._say(order.number, what, _word(expected), _word(found))

    def _say(self, where: str, what: str, expected: str, found: str) -> None:
        self._found.append(Difference(where, what, expected, found))


_VOID = ("REMOVED", "INVALID")


def _word(value: object) -> str:
    return (
        {True: "yes", False: "no", None: "nobody"}.get(value, str(value))
        if isinstance(value, bool | None)
        else str(value)
    )


def _sums(sums: Mapping[str, Decimal]) -> str:
    return ", ".join(f"{amount:.2f} {currency}" for currency, amount in sums.items()) or "nothing"
