"""The way of parcels that are handed in: through the country, or back."""

from vendor_emulators.cdek.book import OrderBook
from vendor_emulators.cdek.borders import international, papers_wanted
from vendor_emulators.cdek.model import Order, stamp
from vendor_emulators.cdek.places import City

# Hours from the drop-off, then a share of the way that is left to the city of the recipient.
_DEPARTURE = (
    ("RECEIVED_AT_SHIPMENT_WAREHOUSE", 0.5),
    ("READY_FOR_SHIPMENT_IN_SENDER_CITY", 4),
    ("TAKEN_BY_TRANSPORTER_FROM_SENDER_CITY", 7),
)
# Hours from the drop-off to the border, and from there on.
_BORDER = 12
_CUSTOMS = (
    ("IN_CUSTOMS_INTERNATIONAL", 0.5),
    ("SHIPPED_TO_DESTINATION", 12),
    ("IN_CUSTOMS_LOCAL", 48),
    ("CUSTOMS_COMPLETE", 72),
)
Leg = tuple[str, float, City]


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
        assert order.sender is not None
        assert order.recipient is not None
        here, there = order.sender, order.recipient
        if order.is_return or not international(here, there):
            self._follow(order, self._arriving(order, _DEPARTURE, here, there))
            return
        self._follow(order, [(code, at, here) for code, at in _DEPARTURE])
        self._book.schedule.after(_BORDER * 3600, lambda: self.to_customs(order))

    def to_customs(self, order: Order) -> None:
        """Customs is shown the parcel once CDEK has the recipient's passport data; till then it stands."""
        if not order.live or order.sender is None or order.recipient is None:
            return
        order.before_customs = papers_wanted(order)
        if not order.before_customs:
            self._follow(order, self._arriving(order, _CUSTOMS, order.sender, order.recipient))

    def _arriving(
        self, order: Order, first: tuple[tuple[str, float], ...], here: City, there: City
    ) -> list[Leg]:
        """These legs at the sender's, and the way to the recipient's door or office after them."""
        assert order.tariff is not None
        days = 2 + self._book.random.random()
        legs = [(code, at, here) for code, at in first]
        sent = first[-1][1] + 2
        arrival = sent + days * 24 - 23
        legs.append(("SENT_TO_RECIPIENT_CITY", sent, here))
        legs.append(("ACCEPTED_IN_RECIPIENT_CITY", arrival, there))
        if order.tariff.to_office:
            legs.append(("ACCEPTED_AT_PICK_UP_POINT", arrival + 5, there))
        else:
            legs.append(("ACCEPTED_AT_RECIPIENT_CITY_WAREHOUSE", arrival + 2, there))
            legs.append(("TAKEN_BY_COURIER", arrival + 8, there))
        legs.append(("DELIVERED", arrival + 14, there))
        return legs

    def _follow(self, order: Order, legs: list[Leg]) -> None:
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
