"""What the courier knows: bookings as they are asked for, and shipments."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from vendor_emulators.courier.tariffs import Money

Service = Literal["economy", "fast"]
State = Literal["booked", "accepted", "in_transit", "out_for_delivery", "delivered", "cancelled"]

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Grams = Annotated[int, msgspec.Meta(ge=1)]
Millimetres = Annotated[int, msgspec.Meta(ge=1)]
Country = Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")]
PostalCode = Annotated[str, msgspec.Meta(pattern="^[0-9A-Z -]{3,10}$")]


class Recipient(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom the parcel is for; the phone number is international."""

    name: Text
    phone: Annotated[str, msgspec.Meta(pattern="^[+][0-9]{10,15}$")]
    country: Country
    postal_code: PostalCode
    city: Text
    street: Text

    def __repr__(self) -> str:
        return f"Recipient({self.country} {self.postal_code})"


class Parcel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Weight in grams, sides in millimetres."""

    weight_g: Grams
    length_mm: Millimetres
    width_mm: Millimetres
    height_mm: Millimetres


class Booking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``POST /shipments``."""

    reference: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    service: Service
    recipient: Recipient
    parcel: Parcel
    description: Annotated[str, msgspec.Meta(max_length=500)] = ""


class QuoteQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Query of ``GET /quotes``."""

    to_country: Country
    to_postal_code: PostalCode
    weight_g: Grams
    length_mm: Millimetres
    width_mm: Millimetres
    height_mm: Millimetres


class Event(msgspec.Struct, frozen=True):
    """A state that began: when, which, in words, where."""

    time: datetime
    code: State
    text: str
    place: str


class Shipment(msgspec.Struct):
    """A booking that was accepted, and what became of it; the last event is its state."""

    number: str
    booking: Booking
    price: Money
    events: list[Event]
    charged: Money | None = None
    posted: int = 1
    key: str | None = None

    @property
    def state(self) -> State:
        return self.events[-1].code

    @property
    def live(self) -> bool:
        return self.state != "cancelled"


class ShipmentView(msgspec.Struct, frozen=True):
    """A shipment as the API shows it."""

    number: str
    reference: str
    service: Service
    state: State
    price: Money
    created_at: datetime

    @classmethod
    def of(cls, shipment: Shipment) -> "ShipmentView":
        booking = shipment.booking
        return cls(
            shipment.number,
            booking.reference,
            booking.service,
            shipment.state,
            shipment.price,
            shipment.events[0].time,
        )


class ShipmentTruth(msgspec.Struct, frozen=True):
    """A shipment in ``GET /_emulator/state``."""

    number: str
    reference: str
    created_at: datetime
    state: State
    live: bool
    price: Money
    charged: Money | None
    events: list[Event]
    posted: int
    idempotency_key: str | None

    @classmethod
    def of(cls, shipment: Shipment) -> "ShipmentTruth":
        return cls(
            shipment.number,
            shipment.booking.reference,
            shipment.events[0].time,
            shipment.state,
            shipment.live,
            shipment.price,
            shipment.charged,
            shipment.events,
            shipment.posted,
            shipment.key,
        )
