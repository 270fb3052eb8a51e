"""Where the courier delivers, what it takes for it and how many days it promises."""

from decimal import Decimal
from typing import Literal

import msgspec

MAX_GRAMS = 15_000


class Money(msgspec.Struct, frozen=True):
    """An amount with two decimals; on the wire it is a string."""

    amount: Decimal
    currency: str = "RUB"


class Tariff(msgspec.Struct, frozen=True):
    """A service: roubles for the first kilogram, for each further one that is begun, days from drop-off."""

    service: Literal["economy", "fast"]
    name: str
    first_kg: Decimal
    further_kg: Decimal
    days_min: int
    days_max: int

    def price(self, weight_g: int) -> Money:
        """For a weight in grams."""
        further = (weight_g - 1) // 1000
        return Money(self.first_kg + self.further_kg * further)


TARIFFS = (
    Tariff("economy", "Skvorets Economy", Decimal("260.00"), Decimal("20.00"), 4, 7),
    Tariff("fast", "Skvorets Fast", Decimal("490.00"), Decimal("45.00"), 2, 3),
)


def is_served(country: str, postal_code: str) -> bool:
    """Russian postal codes of six digits that begin with 1 to 4."""
    return country == "RU" and len(postal_code) == 6 and postal_code.isdecimal() and postal_code[0] in "1234"
