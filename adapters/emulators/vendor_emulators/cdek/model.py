"""What this CDEK keeps."""

from datetime import datetime
from decimal import Decimal

import msgspec

from vendor_emulators.cdek.errors import Json
from vendor_emulators.cdek.places import City, Office
from vendor_emulators.cdek.tariffs import Price, Size, Tariff

STATUSES = {
    "ACCEPTED": ("0", "Принят"),
    "CREATED": ("1", "Создан"),
    "REMOVED": ("2", "Удален"),
    "RECEIVED_AT_SHIPMENT_WAREHOUSE": ("3", "Принят на склад отправителя"),
    "DELIVERED": ("4", "Вручен"),
    "NOT_DELIVERED": ("5", "Не вручен"),
    "READY_FOR_SHIPMENT_IN_SENDER_CITY": ("6", "Готов к отправке в городе-отправителе"),
    "TAKEN_BY_TRANSPORTER_FROM_SENDER_CITY": ("7", "Сдан перевозчику в городе-отправителе"),
    "SENT_TO_RECIPIENT_CITY": ("8", "Отправлен в город-получатель"),
    "ACCEPTED_IN_RECIPIENT_CITY": ("9", "Встречен в городе-получателе"),
    "ACCEPTED_AT_RECIPIENT_CITY_WAREHOUSE": ("10", "Принят на склад доставки"),
    "TAKEN_BY_COURIER": ("11", "Выдан на доставку"),
    "IN_CUSTOMS_INTERNATIONAL": ("1000", "Таможенное оформление в стране отправления"),
    "SHIPPED_TO_DESTINATION": ("1000", "Отправлено в страну назначения"),
    "IN_CUSTOMS_LOCAL": ("1000", "Таможенное оформление в стране назначения"),
    "CUSTOMS_COMPLETE": ("1000", "Таможенное оформление завершено"),
    "ACCEPTED_AT_PICK_UP_POINT": ("12", "Принят на склад до востребования"),
    "INVALID": ("404", "Некорректный заказ"),
}
FINAL = frozenset({"DELIVERED", "NOT_DELIVERED", "REMOVED", "INVALID"})


def stamp(at: datetime) -> str:
    """``2026-08-01T14:34:18+0000``."""
    return f"{at:%Y-%m-%dT%H:%M:%S}+0000"


class Asked(msgspec.Struct):
    """An element of ``requests``."""

    uuid: str
    kind: str
    at: datetime
    state: str = "ACCEPTED"
    errors: list[Json] = []
    warnings: list[Json] = []

    def view(self) -> Json:
        view: Json = {
            "request_uuid": self.uuid,
            "type": self.kind,
            "date_time": stamp(self.at),
            "state": self.state,
        }
        if self.errors:
            view["errors"] = self.errors
        if self.warnings:
            view["warnings"] = self.warnings
        return view


class Status(msgspec.Struct):
    """One entry of an order's history."""

    code: str
    at: datetime
    city: City | None = None
    reason_code: str | None = None
    deleted: bool = False

    def view(self) -> Json:
        view: Json = {
            "code": self.code,
            "name": STATUSES[self.code][1],
            "date_time": stamp(self.at),
            "city": self.city.name if self.city else "Офис СДЭК",
            "deleted": self.deleted,
        }
        if self.reason_code is not None:
            view["reason_code"] = self.reason_code
        return view


class Package(msgspec.Struct):
    """A package as asked for, with what CDEK measured in ``size``."""

    asked: Json
    size: Size
    package_id: str


class Order(msgspec.Struct):
    """An order; ``asked`` is the body it was made from. Cities are known once CDEK has resolved them."""

    uuid: str
    asked: Json
    number: str
    tariff: Tariff | None
    packages: list[Package]
    requests: list[Asked]
    statuses: list[Status] = []
    cdek_number: str | None = None
    sender: City | None = None
    recipient: City | None = None
    shipment_point: Office | None = None
    delivery_point: Office | None = None
    price: Price | None = None
    settled: bool = False
    dropped_off: bool = False
    weighed: bool = False
    scales: int | None = None
    is_return: bool = False
    papers_given: bool = False
    """The recipient gave CDEK the passport data."""
    before_customs: bool = False
    """It stands there until the passport data come."""
    related: list[Json] = []
    cash_on_delivery: Decimal = Decimal(0)
    insured: Decimal = Decimal(0)

    @property
    def state(self) -> str:
        """The code of the last status that counts."""
        return next((s.code for s in reversed(self.statuses) if not s.deleted), "ACCEPTED")

    @property
    def live(self) -> bool:
        return self.state not in FINAL

    @property
    def weight(self) -> int:
        return sum(package.size.weight for package in self.packages)
