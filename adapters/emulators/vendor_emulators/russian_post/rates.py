"""Prices and days: one formula for the public calculator (list price) and for Otpravka (contract).

The figures are made up; what is the Post's own: kopecks, whole numbers, VAT 22 % beside the price (2026-07).
"""

import math

import msgspec

from vendor_emulators.russian_post.countries import Country
from vendor_emulators.russian_post.places import City, distance_km
from vendor_emulators.russian_post.products import MailType

VAT_PERCENT = 22


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Kopecks, grams, centimetres."""

    kind: MailType
    sender: City
    recipient: City | None = None
    country: Country | None = None
    mass: int
    size: tuple[int, int, int] | None = None
    declared: int = 0
    cash_on_delivery: int = 0
    fragile: bool = False
    sms: bool = False
    simple_notice: bool = False
    registered_notice: bool = False
    inventory: bool = False
    contents_checking: bool = False
    air: bool = False


class Rate(msgspec.Struct, frozen=True):
    """Kopecks without VAT, by the name of Otpravka's field (``ground-rate`` ...); days from hand-in."""

    parts: dict[str, int]
    weight_pay: int
    oversized: bool
    min_days: int
    max_days: int

    @property
    def total(self) -> int:
        return sum(self.parts.values())

    @property
    def vat(self) -> int:
        return sum(map(vat, self.parts.values()))


def vat(amount: int) -> int:
    """22 %, rounded half up to the kopeck."""
    return (amount * VAT_PERCENT + 50) // 100


def rate(asked: Asked, discount_percent: int = 0) -> Rate:
    """The price of one parcel. The discount is the contract's, off the carriage alone."""
    kind = asked.kind
    weight = max(asked.mass, _volume_grams(asked.size))
    kilos = max(1, math.ceil(weight / 1000))
    kilometres = distance_km(asked.sender, asked.recipient) if asked.recipient else 0.0
    carriage = kind.base + kind.kilo * kilos + int(kind.kilo * kilos * kilometres / 2000)
    if asked.country is not None:
        carriage = kind.base * 3 + kind.kilo * kilos * (3 + asked.country.zone)
    carriage = carriage * (100 - discount_percent) // 100
    oversized = asked.size is not None and sum(asked.size) > 120
    parts = {"avia-rate" if asked.air else "ground-rate": carriage}
    if oversized:
        parts["oversize-rate"] = carriage * 40 // 100
    if asked.fragile:
        parts["fragile-rate"] = carriage * 30 // 100
    if asked.declared:
        parts["insurance-rate"] = max(100, asked.declared * 3 // 100)
    if asked.simple_notice or asked.registered_notice:
        parts["notice-rate"] = 12_000 if asked.registered_notice else 7_400
    if asked.sms:
        parts["sms-notice-recipient-rate"] = 1_200
    if asked.inventory:
        parts["inventory-rate"] = 13_000
    if asked.contents_checking:
        parts["contents-checking-rate"] = 8_000
    least = kind.days + int(kilometres // kind.speed)
    if asked.country is not None:
        least = kind.days + 4 + 3 * asked.country.zone
    return Rate(parts, weight, oversized, least, least + (1 if kind.courier else 2))


def _volume_grams(size: tuple[int, int, int] | None) -> int:
    """5000 cubic centimetres weigh as a kilogram."""
    return 0 if size is None else size[0] * size[1] * size[2] // 5
