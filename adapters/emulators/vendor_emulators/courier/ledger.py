"""What was booked, and what a repeated booking makes: the four classes of carriers.

``unique_ref`` refuses a repeated reference for good and names the first shipment; ``key`` gives the first
answer again to whoever shows the same ``Idempotency-Key``; ``lookup`` makes another shipment and can be asked
by reference; ``none`` makes another and cannot be asked.
"""

from random import Random
from typing import Literal

from vendor_emulators.courier.model import Booking, Shipment, ShipmentTruth, ShipmentView
from vendor_emulators.courier.tariffs import Money
from vendor_emulators.wire import Refusal, Response, json_response

Mode = Literal["key", "unique_ref", "lookup", "none"]
MODES: tuple[Mode, ...] = ("key", "unique_ref", "lookup", "none")


class Ledger:
    """All shipments, oldest first."""

    def __init__(self, mode: Mode, random: Random) -> None:
        self.mode = mode
        self.all: dict[str, Shipment] = {}
        self.posted = 0
        self.duplicates_refused = 0
        self.replayed = 0
        self._random = random
        self._next_number = random.randrange(10_000_000, 60_000_000)
        self._by_reference: dict[str, list[Shipment]] = {}
        self._by_key: dict[str, tuple[Booking, ShipmentView]] = {}

    def repeated(self, booking: Booking, key: str | None) -> Response | None:
        """The answer to a booking that was made before, where this carrier can tell.

        Raises 409 duplicate_reference, 422 key_reused.
        """
        same = self.of_reference(booking.reference)
        for shipment in same:
            shipment.posted += 1
        if self.mode == "unique_ref" and same:
            self.duplicates_refused += 1
            message = f"the reference belongs to {same[0].number}"
            error = {"code": "duplicate_reference", "message": message}
            return json_response({"error": error, "shipment": ShipmentView.of(same[0])}, 409)
        if self.mode != "key" or key is None or key not in self._by_key:
            return None
        first, view = self._by_key[key]
        if first != booking:
            message = "this Idempotency-Key belongs to another booking"
            raise Refusal(json_response({"error": {"code": "key_reused", "message": message}}, 422))
        self.replayed += 1
        return json_response(view, 201, {"Idempotency-Replayed": "true"})

    def new(self, booking: Booking, price: Money, key: str | None) -> Shipment:
        """A shipment without events, not yet in the ledger."""
        self._next_number += self._random.randrange(1, 50)
        posted = max((s.posted for s in self.of_reference(booking.reference)), default=1)
        return Shipment(f"SKV{self._next_number}", booking, price, [], posted=posted, key=key)

    def enter(self, shipment: Shipment) -> None:
        """Keep a shipment that is booked."""
        self.all[shipment.number] = shipment
        self._by_reference.setdefault(shipment.booking.reference, []).append(shipment)
        if self.mode == "key" and shipment.key is not None:
            self._by_key[shipment.key] = (shipment.booking, ShipmentView.of(shipment))

    def of_reference(self, reference: str) -> list[Shipment]:
        return self._by_reference.get(reference, [])

    def truth(self) -> list[ShipmentTruth]:
        return [ShipmentTruth.of(shipment) for shipment in self.all.values()]
