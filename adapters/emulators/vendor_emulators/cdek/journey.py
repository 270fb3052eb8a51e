"""The way of parcels that are handed in: through the country, or back."""

from vendor_emulators.cdek.book import OrderBook
from vendor_emulators.cdek.model import Order, stamp
from vendor_emulators.cdek.places import City

# Hours from the drop-off, then a share of the way that is left to the city of the recipient.
_DEPARTURE = (
    ("RECEIVED_AT_SHIPMENT_WAREHOUSE", 0.5),
    ("READY_FOR_SHIPMENT_IN_SENDER_CITY", 4),
    ("TAKEN_BY_TRANSPORTER_FROM_SENDER_CITY", 7),
)


class Journey:
    def __init__(self, book: OrderBook) -> None:
        self._book = book

    def drop_off(self, numbers: list[str]) -> tuple[list[str], list[str]]:
        """The seller brings parcels: those that start moving, and those that the office does not take."""
        moving, refused = [], []
        for number in numbers:
            order = next(
                (o for o in self._book.all.values() if number in (o.cdek_number, o.uuid, o.number)), None
            )
            if order is None or order.state != "CREATED" or order.dropped_off:
                refused.append(number)
                continue
            order.dropped_off = True
            self._travel(order)
            moving.append(number)
        return moving, refused

    def reweigh(self, order: Order, weight: int) -> None:
        """CDEK's scales show this many grams for the first package, at once or when it is handed in."""
        if order.weighed:
            order.packages[0].size.weight = weight
            self._book.reprice(order)
        else:
            order.scales = weight

    def undo_status(self, order: Order) -> None:
        """CDEK takes its last status back: it stays in the list, marked deleted."""
        last = next((status for status in reversed(order.statuses) if not status.deleted), None)
        if last is not None and last.code not in ("ACCEPTED", "CREATED"):
            last.deleted = True
            self._book.told_again(order, last)

    def fail_delivery(self, order: Order, reason: str) -> None:
        """The parcel cannot be delivered: NOT_DELIVERED with this reason, and it travels back."""
        if order.live and order.weighed:
            self._book.add(order, "NOT_DELIVERED", order.recipient, reason=reason)
            self.send_back(order, "return_order", "direct_order")

    def send_back(self, order: Order, there: str, here: str, *, moves: bool = True) -> Order:
        """The return is an order of its own, linked both ways."""
        now = self._book.schedule.now()
        back = Order(
            uuid=self._book.uuid(),
            asked=order.asked,
            number=order.number,
            tariff=order.tariff,
            packages=order.packages,
            # Nobody asked for it through the API.
            requests=[],
            sender=order.recipient,
            recipient=order.sender,
            delivery_point=order.shipment_point,
            shipment_point=order.delivery_point,
            price=order.price,
            settled=True,
            dropped_off=moves,
            is_return=moves,
            related=[{"type": here, "uuid": order.uuid, "cdek_number": order.cdek_number}],
            cdek_number=self._book.next_number(),
        )
        order.related = [
            *order.related,
            {"type": there, "uuid": back.uuid, "cdek_number": back.cdek_number, "create_time": stamp(now)},
        ]
        self._book.enter(back, "CREATED")
        if moves:
            self._travel(back)
        return back

    def _travel(self, order: Order) -> None:
        assert order.tariff is not None
        assert order.sender is not None
        assert order.recipient is not None
        days = 2 + self._book.random.random()
        legs: list[tuple[str, float, City]] = [(code, at, order.sender) for code, at in _DEPARTURE]
        arrival = days * 24 - 14
        legs.append(("SENT_TO_RECIPIENT_CITY", 9, order.sender))
        legs.append(("ACCEPTED_IN_RECIPIENT_CITY", arrival, order.recipient))
        if order.tariff.to_office:
            legs.append(("ACCEPTED_AT_PICK_UP_POINT", arrival + 5, order.recipient))
        else:
            legs.append(("ACCEPTED_AT_RECIPIENT_CITY_WAREHOUSE", arrival + 2, order.recipient))
            legs.append(("TAKEN_BY_COURIER", arrival + 8, order.recipient))
        legs.append(("DELIVERED", days * 24, order.recipient))
        for code, hours, city in legs:
            jitter = self._book.random.uniform(-0.2, 0.2)
            self._book.schedule.after((hours + jitter) * 3600, lambda c=code, t=city: self._move(order, c, t))  # type: ignore[misc]

    def _move(self, order: Order, code: str, city: City) -> None:
        if not order.live:
            return  # refused or removed on the way
        if code == "RECEIVED_AT_SHIPMENT_WAREHOUSE":
            order.weighed = True
            if order.scales is not None:
                self.reweigh(order, order.scales)
        self._book.add(order, code, city)
