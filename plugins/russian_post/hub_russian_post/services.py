"""The Post's products: which of them the account may use here, and where each of them ends.

A service code is mail type and category, ``ONLINE_PARCEL:ORDINARY``. Which pairs exist is read off the
account's own hand-in points, never off a table. Names: enumerations of the Otpravka documentation (2026-02).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

import russian_post_api as post

To = Literal["door", "point", "locker"]

ORDINARY = "ORDINARY"
ORDERED = "ORDERED"
DECLARED = "WITH_DECLARED_VALUE"


class MailType(NamedTuple):
    """``number`` begins the calculator's object codes; ``blocks`` names the kind of a country's entry that
    says whether, and how heavy, it is taken there."""

    name: str
    to: To
    number: int | None = None
    blocks: Literal["mail", "banderole", "parcel", "packet", "ems", ""] = ""


MAIL_TYPES = {
    "POSTAL_PARCEL": MailType("Посылка нестандартная", "point", 4, "parcel"),
    "ONLINE_PARCEL": MailType("Посылка онлайн", "point", 23),
    "ONLINE_COURIER": MailType("Курьер онлайн", "door", 24),
    "PARCEL_CLASS_1": MailType("Посылка 1 класса", "point", 47),
    "EMS": MailType("EMS", "door", 7, "ems"),
    "EMS_OPTIMAL": MailType("EMS оптимальное", "door", 34),
    "ECOM": MailType("ЕКОМ", "point"),
    "ECOM_MARKETPLACE": MailType("ЕКОМ Маркетплейс", "point"),
    "SMALL_PACKET": MailType("Мелкий пакет", "point", 5, "packet"),
}
"""What a seller ships parcels with; letters, business couriers and tenders are left out."""
COURIERS = frozenset(code for code, kind in MAIL_TYPES.items() if kind.to == "door")

_CATEGORIES = {ORDINARY: "", ORDERED: ", заказной", DECLARED: " с объявленной ценностью"}
_NUMBERS = {ORDERED: 1, DECLARED: 2, ORDINARY: 3}


class Product(NamedTuple):
    mail_type: str
    category: str

    @property
    def code(self) -> str:
        return f"{self.mail_type}:{self.category}"

    @property
    def name(self) -> str:
        return MAIL_TYPES[self.mail_type].name + _CATEGORIES[self.category]

    @property
    def to(self) -> To:
        return MAIL_TYPES[self.mail_type].to

    @property
    def ecom(self) -> bool:
        """To a pick-up point or a locker, and only there."""
        return self.mail_type.startswith("ECOM")

    @property
    def declared(self) -> bool:
        return self.category == DECLARED

    def object_code(self, *, abroad: bool) -> int | None:
        """The calculator's object: type, two digits of category, direction. None where it has none."""
        number = MAIL_TYPES[self.mail_type].number
        return None if number is None else number * 1000 + _NUMBERS[self.category] * 10 + int(abroad)


def product_of(code: str) -> Product | None:
    """The product of a service code; None for what this plugin never offered."""
    mail_type, _, category = code.partition(":")
    return Product(mail_type, category) if mail_type in MAIL_TYPES and category in _CATEGORIES else None


def home_point(points: Iterable[post.ShippingPoint], wanted: str) -> post.ShippingPoint | None:
    """The hand-in point of that index, or without one the first that is switched on."""
    live = [point for point in points if point.enabled and point.operator_postcode]
    if wanted:
        return next((point for point in live if point.operator_postcode == wanted), None)
    return live[0] if live else None


def products_of(
    point: post.ShippingPoint, *, abroad: bool, to_point: bool, declared: bool
) -> list[list[Product]]:
    """Of each mail type that the point offers, what it can be sent as, the best first: with the declared
    value where one is known and the contract has that, else without."""
    pairs = {
        (one.mail_type, one.mail_category)
        for one in point.user_available_products or point.available_products
        if (one.international or one.mail_type == "SMALL_PACKET") is abroad
    }
    order = (DECLARED, ORDINARY, ORDERED) if declared else (ORDINARY, ORDERED)
    found = (
        [Product(kind, category) for category in order if (kind, category) in pairs] for kind in MAIL_TYPES
    )
    return [ways for ways in found if ways and ways[0].ecom is to_point]
