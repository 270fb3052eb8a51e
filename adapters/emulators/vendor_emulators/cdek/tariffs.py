"""Tariffs of the contract and what they cost: prices are made up, their structure is CDEK's.

``delivery_sum`` is without VAT, ``total_sum`` with VAT (22 % since 2026) and services.
"""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from vendor_emulators.cdek.errors import Json
from vendor_emulators.cdek.places import City, kilometres
from vendor_emulators.cdek.services import Wanted, insurance

VAT_PERCENT = 22
_CENT = Decimal("0.01")
_FROM_OFFICE = frozenset({3, 4, 7})
_TO_OFFICE = frozenset({2, 4, 6, 7})
_TO_POSTAMAT = frozenset({6, 7})
_MODE_NAMES = {
    1: "дверь-дверь",
    2: "дверь-склад",
    3: "склад-дверь",
    4: "склад-склад",
    6: "дверь-постамат",
    7: "склад-постамат",
}


class Tariff(msgspec.Struct, frozen=True):
    """``factor`` on the price of a parcel from office to office; ``slower`` days; ``weight_max`` in grams."""

    code: int
    service: str
    mode: int
    factor: Decimal
    slower: int
    weight_max: int
    international: bool = False

    @property
    def name(self) -> str:
        return f"{self.service} {_MODE_NAMES[self.mode]}"

    @property
    def from_office(self) -> bool:
        return self.mode in _FROM_OFFICE

    @property
    def to_office(self) -> bool:
        return self.mode in _TO_OFFICE


def _family(
    service: str, codes: dict[int, int], factor: str, slower: int, *, international: bool = False
) -> list[Tariff]:
    extra = {1: "0.55", 2: "0.25", 3: "0.30", 4: "0", 6: "0.20", 7: "-0.05"}
    return [
        Tariff(
            code,
            service,
            mode,
            Decimal(factor) + Decimal(extra[mode]),
            slower,
            15_000 if mode in _TO_POSTAMAT else 30_000,
            international,
        )
        for code, mode in codes.items()
    ]


TARIFFS = (
    _family("Посылка", {139: 1, 138: 2, 137: 3, 136: 4, 366: 6, 368: 7}, "1", 0)
    + _family("Экономичная посылка", {233: 3, 234: 4, 378: 7}, "0.8", 3)
    + _family("E-com Standard", {184: 1, 187: 2, 186: 3, 185: 4}, "1.6", 6, international=True)
)
BY_CODE = {tariff.code: tariff for tariff in TARIFFS}


def money(value: Decimal) -> float:
    """As JSON has it: a number with two decimals."""
    return float(value.quantize(_CENT, ROUND_HALF_UP))


def cents(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)


def volume_weight(length: int, width: int, height: int) -> int:
    """Grams, of centimetres: l*w*h/5000 kg."""
    return math.ceil(length * width * height / 5)


class Size(msgspec.Struct):
    """A package: grams and centimetres."""

    weight: int
    length: int = 0
    width: int = 0
    height: int = 0

    @property
    def volume_weight(self) -> int:
        return volume_weight(self.length, self.width, self.height)

    @property
    def weight_calc(self) -> int:
        return max(self.weight, self.volume_weight)


class Service(msgspec.Struct):
    """An additional service with its price without VAT."""

    code: str
    sum: Decimal
    parameter: str

    def view(self) -> Json:
        """As the calculator shows it: without the parameter."""
        vat = cents(self.sum * VAT_PERCENT / 100)
        return {
            "code": self.code,
            "sum": money(self.sum),
            "total_sum": money(self.sum + vat),
            "discount_percent": 0,
            "discount_sum": 0.0,
            "vat_rate": float(VAT_PERCENT),
            "vat_sum": money(vat),
        }


class Price(msgspec.Struct):
    """Roubles; days are working days, then calendar days."""

    tariff: Tariff
    delivery_sum: Decimal
    services: list[Service]
    weight_calc: int
    period: tuple[int, int]
    calendar: tuple[int, int]

    @property
    def total_sum(self) -> Decimal:
        before = self.delivery_sum + sum((service.sum for service in self.services), Decimal(0))
        return cents(before * (100 + VAT_PERCENT) / 100)

    def dates(self, now: datetime) -> Json:
        low, high = (now + timedelta(days=days) for days in self.calendar)
        return {"min": f"{low:%Y-%m-%d}", "max": f"{high:%Y-%m-%d}"}

    def view(self, now: datetime) -> Json:
        """The answer of ``POST /v2/calculator/tariff``."""
        return {
            "delivery_sum": money(self.delivery_sum),
            "period_min": self.period[0],
            "period_max": self.period[1],
            "calendar_min": self.calendar[0],
            "calendar_max": self.calendar[1],
            "delivery_date_range": self.dates(now),
            "weight_calc": self.weight_calc,
            "services": [service.view() for service in self.services],
            "total_sum": money(self.total_sum),
            "currency": "RUB",
        }

    def row(self, now: datetime) -> Json:
        """An element of ``POST /v2/calculator/tarifflist``: neither ``total_sum`` nor ``currency``."""
        return {
            "tariff_code": self.tariff.code,
            "tariff_name": self.tariff.name,
            "tariff_description": "",
            "delivery_mode": self.tariff.mode,
            "delivery_sum": money(self.delivery_sum),
            "period_min": self.period[0],
            "period_max": self.period[1],
            "calendar_min": self.calendar[0],
            "calendar_max": self.calendar[1],
            "delivery_date_range": self.dates(now),
        }


def price(
    tariff: Tariff,
    sender: City,
    recipient: City,
    sizes: Sequence[Size],
    insured: Decimal = Decimal(0),
    wanted: Sequence[Wanted] = (),
) -> Price | None:
    """What ``tariff`` costs on this route with the services ``wanted``, or None where it is not offered."""
    abroad = "CN" in (sender.country_code, recipient.country_code) and (
        sender.country_code != recipient.country_code
    )
    if tariff.international != abroad or not sizes:
        return None
    if any(size.weight_calc > tariff.weight_max for size in sizes):
        return None
    weight = sum(size.weight_calc for size in sizes)
    distance = kilometres(sender, recipient)
    # Five classes of distance, as in printed price lists: the same city, near, country, far, very far.
    level = next((i for i, limit in enumerate((40, 700, 2000, 4500)) if distance <= limit), 4)
    first, each = ((195, 35), (265, 55), (345, 85), (455, 140), (590, 210))[level]
    half_kilos = max(1, math.ceil(weight / 500))
    base = Decimal(first) + Decimal(each) * (half_kilos - 1) / 2
    low = (0, 1, 3, 4, 6)[level] + tariff.slower
    working = (low, low + (1 if level < 2 else 2))
    calendar = (low + low // 5 * 2, working[1] + working[1] // 5 * 2)
    services = [Service(one.code, cents(one.sum), one.parameter) for one in (insurance(insured), *wanted)]
    return Price(tariff, cents(base * tariff.factor), services, weight, working, calendar)


def all_tariffs() -> Json:
    """``GET /v2/calculator/alltariffs``."""
    services: dict[str, list[Tariff]] = {}
    for tariff in TARIFFS:
        services.setdefault(tariff.service, []).append(tariff)
    return {
        "tariff_codes": [
            {
                "tariff_name": service,
                "weight_min": 0.0,
                "weight_max": 30.0,
                "weight_calc_max": 30.0,
                "length_min": 0,
                "length_max": 150,
                "width_min": 0,
                "width_max": 150,
                "height_min": 0,
                "height_max": 150,
                "order_types": ["1"],
                "payer_contragent_type": ["LEGAL_ENTITY"],
                "sender_contragent_type": [],
                "recipient_contragent_type": [],
                "delivery_modes": [
                    {
                        "delivery_mode": str(t.mode),
                        "delivery_mode_name": _MODE_NAMES[t.mode],
                        "tariff_code": t.code,
                    }
                    for t in family
                ],
                "additional_order_types_param": {
                    "without_additional_order_type": True,
                    "additional_order_types": [],
                },
            }
            for service, family in services.items()
        ]
    }
