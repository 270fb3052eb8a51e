"""What happens to postings: the state machine of every flow.

Transitions and their names after facts of 2026-09: FBS needs ship *and* carriage; statuses of integrated
carriers come by themselves; own delivery moves by the seller's calls alone.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from vendor_emulators.ozon.model import Cancellation, Event, Posting, Product
from vendor_emulators.ozon.shop import Shop, whole_second
from vendor_emulators.ozon.units import divide
from vendor_emulators.schedule import Schedule

# Seconds until an accepted status or ship call takes effect.
_APPLY = (1.0, 3.0)
_SHIP = (2.0, 6.0)
_LABEL = (45.0, 60.0)

# The way of a parcel once it moves: (share of delivery_hours, status, substatus).
_TO_POINT = (
    (0.0, "delivering", "posting_on_way_to_city"),
    (0.5, "delivering", "posting_on_way_to_pickup_point"),
    (0.75, "delivering", "posting_in_pickup_point"),
    (1.0, "delivered", "posting_received"),
)
_TO_DOOR = (
    (0.0, "delivering", "posting_on_way_to_city"),
    (0.5, "delivering", "posting_transferred_to_courier_service"),
    (0.75, "delivering", "posting_in_courier_service"),
    (1.0, "delivered", "posting_delivered"),
)

Listener = Callable[[Shop, Posting, str, str], None]


class Flows:
    """Moves postings of all shops; ``listener`` hears of each change (for pushes)."""

    def __init__(self, schedule: Schedule, uniform: Callable[[float, float], float]) -> None:
        self._schedule = schedule
        self._uniform = uniform
        self.listeners: list[Listener] = []

    def now(self) -> datetime:
        return self._schedule.now()

    def become(self, shop: Shop, posting: Posting, status: str, substatus: str, by: str) -> None:
        """Change the status and write the history; a buyer who waits for this status cancels."""
        old = posting.substatus
        posting.previous_substatus = old
        posting.status, posting.substatus = status, substatus
        posting.changed_at = whole_second(self.now())
        posting.history.append(Event(self.now(), status, substatus, by))
        if status == "delivering" and posting.delivering_date is None:
            posting.delivering_date = posting.changed_at
        if status == "delivered":
            posting.delivered_at = posting.changed_at
        if posting.closed:
            shop.close(posting)
        for listener in self.listeners:
            listener(shop, posting, old, by)
        behaviour = posting.behaviour
        if behaviour.cancel_at_status == status and posting.cancelled_by is None:
            self._schedule.after(
                behaviour.cancel_after_seconds, lambda: _ignore(self.cancel_by_buyer(shop, posting))
            )

    def created(self, shop: Shop, posting: Posting) -> None:
        seconds = posting.behaviour.starts_awaiting_approve
        if seconds > 0:
            self.become(shop, posting, "awaiting_approve", "posting_created", "ozon")
            self._plan(
                posting,
                seconds,
                lambda: self.become(shop, posting, "awaiting_packaging", "posting_created", "ozon"),
            )
        else:
            self.become(shop, posting, "awaiting_packaging", "posting_created", "ozon")

    def ship(self, shop: Shop, posting: Posting, packages: list[list[Product]], *, fails: bool) -> list[str]:
        """Accept a ship call; what becomes of it shows some seconds later. Returns the new numbers."""
        posting.ship_attempts += 1
        posting.ship_in_process = True
        numbers = [posting.number] + [shop.next_number(posting) for _ in packages[1:]]
        seconds = posting.behaviour.ship_seconds
        fails = fails or posting.ship_attempts <= posting.behaviour.ship_failed_times
        self._plan(
            posting,
            self._uniform(*_SHIP) if seconds is None else seconds,
            (lambda: self._ship_failed(shop, posting))
            if fails
            else (lambda: self._shipped(shop, posting, packages, numbers)),
        )
        return numbers

    def _ship_failed(self, shop: Shop, posting: Posting) -> None:
        posting.ship_in_process = False
        self.become(shop, posting, "awaiting_packaging", "ship_failed", "ozon")

    def _shipped(
        self, shop: Shop, posting: Posting, packages: list[list[Product]], numbers: list[str]
    ) -> None:
        posting.ship_in_process = False
        family = [posting]
        posting.products = packages[0]
        for number, products in zip(numbers[1:], packages[1:], strict=True):
            family.append(shop.split(posting, number, products))
        if posting.units is not None:
            divide(posting.units, family)
        for member in family:
            member.related = [other.number for other in family if other is not member]
            self._packed(shop, member)

    def _packed(self, shop: Shop, posting: Posting) -> None:
        posting.shipped_at = whole_second(self.now())
        match posting.mover:
            case "ozon":
                self._label_after(posting)
                self.become(shop, posting, "awaiting_deliver", "posting_not_in_carriage", "ozon")
            case "registered":
                self.become(shop, posting, "awaiting_registration", "posting_awaiting_registration", "ozon")
                self._plan(
                    posting,
                    posting.behaviour.registration_seconds,
                    lambda: self._registered(shop, posting),
                )
            case "seller" | "carrier":
                self.become(shop, posting, "awaiting_deliver", "posting_transferring_to_delivery", "ozon")

    def _registered(self, shop: Shop, posting: Posting) -> None:
        if posting.behaviour.registration_fails:
            self.become(shop, posting, "awaiting_registration", "posting_registration_error", "ozon")
            return
        posting.tracking_number = shop.new_tracking_number(posting)
        self._label_after(posting)
        self.become(shop, posting, "awaiting_deliver", "posting_registered", "ozon")

    def _label_after(self, posting: Posting) -> None:
        seconds = self._uniform(*_LABEL) + posting.behaviour.label_delay_seconds
        posting.label_ready_at = self.now() + timedelta(seconds=seconds)

    def in_carriage(self, shop: Shop, posting: Posting) -> None:
        """The carriage was approved: Ozon fetches it and moves it on."""
        self.become(shop, posting, "awaiting_deliver", "posting_in_carriage", "seller")
        if posting.behaviour.not_accepted:
            self._plan(posting, posting.behaviour.handover_hours * 3600, lambda: self._missing(shop, posting))
        elif posting.behaviour.auto_move:
            self.hand_over(shop, posting)

    def _missing(self, shop: Shop, posting: Posting) -> None:
        self.become(shop, posting, "not_accepted", "posting_not_in_sort_center", "ozon")

    def label_downloaded(self, shop: Shop, posting: Posting) -> None:
        """A parcel that a partner fetches can go once its label is in the seller's hands."""
        posting.label_downloads += 1
        if (
            posting.mover == "registered"
            and posting.status == "awaiting_deliver"
            and posting.behaviour.auto_move
        ):
            self.hand_over(shop, posting)

    def tracking_number_set(self, shop: Shop, posting: Posting, tracking_number: str) -> None:
        posting.tracking_number = tracking_number
        posting.tracking_uploads += 1
        if (
            posting.mover == "carrier"
            and posting.status == "awaiting_deliver"
            and posting.behaviour.auto_move
        ):
            self.hand_over(shop, posting)

    def hand_over(self, shop: Shop, posting: Posting) -> None:
        """Plan the way of the parcel; each step is void once the course of things was broken."""
        if posting.moving:
            return
        posting.moving = True
        by = "carrier" if posting.mover in ("carrier", "registered") else "ozon"
        behaviour = posting.behaviour
        for share, status, substatus in _TO_DOOR if posting.id % 3 == 0 else _TO_POINT:
            hours = behaviour.handover_hours + share * behaviour.delivery_hours
            self._plan(posting, hours * 3600, self._step(shop, posting, status, substatus, by))

    def _step(self, shop: Shop, posting: Posting, status: str, substatus: str, by: str) -> Callable[[], None]:
        def step() -> None:
            if (
                posting.mover == "ozon"
                and posting.status == "awaiting_deliver"
                and not posting.label_downloads
            ):
                # Nobody printed its label: the sorting centre cannot scan what bears no barcode.
                posting.course += 1
                posting.moving = False
                self._missing(shop, posting)
                return
            posting.provider_status = substatus.removeprefix("posting_") if by == "carrier" else ""
            self.become(shop, posting, status, substatus, by)

        return step

    def seller_status(self, shop: Shop, posting: Posting, call: str) -> str | None:
        """One of the seller's calls (delivering, last-mile, delivered); returns the token of a refusal."""
        if posting.mover != "seller":
            return "HAS_INCORRECT_TPL_INTEGRATION_TYPE"
        if posting.status == "cancelled":
            return "POSTING_ALREADY_CANCELLED"
        wanted, status, substatus = _SELLER_CALLS[call]
        if posting.pending_status is not None or self._stands(posting) != wanted:
            return "TRANSITION_IS_NOT_POSSIBLE"
        posting.pending_status = call

        def apply() -> None:
            posting.pending_status = None
            self.become(shop, posting, status, substatus, "seller")

        self._plan(posting, self._uniform(*_APPLY), apply)
        return None

    def _stands(self, posting: Posting) -> str:
        if posting.status == "delivering" and posting.substatus == "posting_in_courier_service":
            return "last_mile"
        return posting.status

    def cancel_by_buyer(
        self, shop: Shop, posting: Posting, initiator: str = "client", reason: str = ""
    ) -> bool:
        """The buyer (or Ozon) cancels; False where the posting is at its end already."""
        if posting.closed:
            return False
        names = {"client": "Клиент", "ozon": "Ozon", "system": "Система", "delivery": "Служба доставки"}
        self._cancel(
            shop,
            posting,
            Cancellation(
                reason_id=507 if initiator == "client" else 504,
                reason=reason or "Покупатель передумал",
                type=initiator,
                initiator=names.get(initiator, initiator),
                after_ship=posting.shipped,
                affects_rating=False,
            ),
            "buyer" if initiator == "client" else initiator,
        )
        return True

    def cancel_by_seller(self, shop: Shop, posting: Posting, reason_id: int, reason: str) -> None:
        self._cancel(
            shop,
            posting,
            Cancellation(reason_id, reason, "seller", "Продавец", posting.shipped, True),
            "seller",
        )

    def _cancel(self, shop: Shop, posting: Posting, cancellation: Cancellation, by: str) -> None:
        posting.course += 1
        posting.ship_in_process = False
        posting.pending_status = None
        posting.cancellation = cancellation
        posting.cancelled_by = by
        self.become(shop, posting, "cancelled", "posting_canceled", by)

    def move(self, shop: Shop, posting: Posting, status: str, substatus: str, by: str) -> None:
        """Put a posting where a test wants it; plans made before are void."""
        posting.course += 1
        posting.ship_in_process = False
        posting.pending_status = None
        self.become(shop, posting, status, substatus, by)

    def out_of_carriage(self, shop: Shop, posting: Posting, by: str) -> None:
        posting.course += 1
        posting.moving = False
        posting.carriage_id = None
        self.become(shop, posting, "awaiting_deliver", "posting_not_in_carriage", by)

    def _plan(self, posting: Posting, seconds: float, effect: Callable[[], None]) -> None:
        """Schedule what is void once the course of things was broken meanwhile."""
        course = posting.course

        def guarded() -> None:
            if posting.course == course:
                effect()

        self._schedule.after(seconds, guarded)


def _ignore(_: bool) -> None:
    """A buyer who comes too late has no effect."""


# Call: (where the posting must stand, status, substatus).
_SELLER_CALLS = {
    "delivering": ("awaiting_deliver", "delivering", "posting_on_way_to_city"),
    "last-mile": ("delivering", "delivering", "posting_in_courier_service"),
    "delivered": ("last_mile", "delivered", "posting_delivered"),
}
