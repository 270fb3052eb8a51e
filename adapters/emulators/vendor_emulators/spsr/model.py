"""What the emulated SPSR keeps."""

from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec

MOSCOW = timezone(timedelta(hours=3))
ROADS: tuple[tuple[int, str, str, float, float], ...] = (
    (12, "", "Отправлено из города отправителя", 3, 6),
    (13, "", "В пути", 12, 20),
    (1, "", "Прибыло в город получателя", 10, 16),
    (14, "", "Передано курьеру", 6, 10),
    (15, "INDLV", "Доставлено", 2, 6),
)
"""Number code, letter code, text (ours), and virtual hours after the event before, earliest and latest."""
ACCEPTED = (2, "", "Принято у отправителя")
DELIVERED, UNDERWAY, NOT_DELIVERED = "Доставлено", "Обработка", "Не доставлено"


def stamp(at: datetime) -> str:
    """Moscow time without a zone: ``2016-08-20T12:00:00.000``."""
    return at.astimezone(MOSCOW).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}"


class Event(msgspec.Struct):
    """One event as monitoring tells it."""

    at: datetime
    number_code: int
    letter_code: str
    text: str
    city: str


class Piece(msgspec.Struct):
    """A piece with its barcode; ``asked`` are the attributes that were sent."""

    barcode: str
    asked: dict[str, str]


class Invoice(msgspec.Struct):
    """An invoice; ``asked``, ``shipper`` and ``receiver`` are the attributes that were sent."""

    number: str
    reference: str
    created_at: datetime
    asked: dict[str, str]
    shipper: dict[str, str]
    receiver: dict[str, str]
    pieces: list[Piece]
    events: list[Event] = []
    state: str = UNDERWAY
    courier_order: str = ""
    posted: int = 1

    def truth(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "reference": self.reference,
            "created_at": self.created_at,
            "product": self.asked.get("ProductCode", "PelSt"),
            "state": self.state,
            "city": self.receiver.get("City", ""),
            "barcodes": [piece.barcode for piece in self.pieces],
            "events": self.events,
            "courier_order": self.courier_order,
            "posted": self.posted,
        }


class CourierOrder(msgspec.Struct):
    """A courier call."""

    id: str
    number: str
    created_at: datetime
    asked: dict[str, str]
    city: str
    address: str
    state: str = "Новый"

    @property
    def active(self) -> bool:
        return self.state == "Новый"


class Address(msgspec.Struct):
    """Where couriers are called to."""

    id: str
    owner_id: str
    city: str
    asked: dict[str, str]
