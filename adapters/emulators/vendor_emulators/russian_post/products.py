"""What can be sent: mail types and categories, their numbers in tracking and in the calculator, limits."""

from typing import NamedTuple

from vendor_emulators.russian_post.errors import Json

ORDINARY = "ORDINARY"
DECLARED = "WITH_DECLARED_VALUE"
COD = "WITH_DECLARED_VALUE_AND_CASH_ON_DELIVERY"
COMPULSORY = "WITH_DECLARED_VALUE_AND_COMPULSORY_PAYMENT"
ORDERED = "ORDERED"


class MailType(NamedTuple):
    """``number`` is the first part of the calculator's object code and tracking's MailType.

    Prices in kopecks without VAT: ``base`` + ``kilo`` a kilogram + ``kilo`` a further thousand
    kilometres and kilogram. ``days``: the least, and ``speed`` kilometres a day beyond them.
    """

    number: int
    name: str
    max_mass: int
    base: int
    kilo: int
    days: int
    speed: int
    courier: bool = False


TYPES = {
    "POSTAL_PARCEL": MailType(4, "Посылка", 20_000, 29_800, 4_200, 3, 250),
    "ONLINE_PARCEL": MailType(23, "Посылка онлайн", 20_000, 19_500, 3_100, 2, 450),
    "ONLINE_COURIER": MailType(24, "Курьер онлайн", 31_500, 31_000, 4_900, 2, 500, courier=True),
    "PARCEL_CLASS_1": MailType(47, "Посылка 1 класса", 2_500, 33_000, 6_800, 1, 700),
    "EMS": MailType(7, "Отправление EMS", 31_500, 63_000, 11_000, 1, 900, courier=True),
    "EMS_OPTIMAL": MailType(34, "EMS оптимальное", 20_000, 38_000, 6_100, 2, 700, courier=True),
    "ECOM": MailType(53, "ЕКОМ", 15_000, 15_500, 2_400, 3, 400),
    "ECOM_MARKETPLACE": MailType(54, "ЕКОМ Маркетплейс", 15_000, 14_200, 2_200, 3, 400),
    "SMALL_PACKET": MailType(5, "Мелкий пакет", 2_000, 34_000, 21_000, 8, 300),
    "LETTER": MailType(2, "Письмо", 100, 7_800, 0, 3, 250),
    "LETTER_CLASS_1": MailType(15, "Письмо 1 класса", 500, 11_800, 0, 2, 500),
    "BANDEROL": MailType(3, "Бандероль", 2_000, 9_600, 2_900, 3, 250),
    "BANDEROL_CLASS_1": MailType(16, "Бандероль 1 класса", 2_500, 16_600, 4_600, 2, 500),
    "BUSINESS_COURIER": MailType(30, "Бизнес курьер", 31_500, 44_000, 6_900, 1, 800, courier=True),
    "EMS_TENDER": MailType(52, "EMS Тендер", 31_500, 40_000, 6_400, 2, 700, courier=True),
}
STANDARD_PARCEL = MailType(27, "Посылка стандарт", 20_000, 25_500, 3_700, 3, 300)
# Types that exist but that nobody here can send.
OTHER_TYPES = frozenset(
    (
        "BUSINESS_COURIER_ES",
        "COMBINED",
        "EASY_RETURN",
        "EMS_RT",
        "HYPER_CARGO",
        "UNDEFINED",
        "VGPO_CLASS_1",
        "VSD",
    )
)
CATEGORIES = {
    "SIMPLE": (0, "Простое"),
    ORDERED: (1, "Заказное"),
    DECLARED: (2, "С объявленной ценностью"),
    ORDINARY: (3, "Обыкновенное"),
    COD: (4, "С объявленной ценностью и наложенным платежом"),
    COMPULSORY: (6, "С объявленной ценностью и обязательным платежом"),
    "WITH_COMPULSORY_PAYMENT": (7, "С обязательным платежом"),
    "COMBINED": (8, "Комбинированное"),
    "COMBINED_ORDINARY": (8, "Комбинированное обыкновенное"),
    "COMBINED_WITH_DECLARED_VALUE": (9, "Комбинированное с объявленной ценностью"),
    "COMBINED_WITH_DECLARED_VALUE_AND_CASH_ON_DELIVERY": (
        10,
        "Комбинированное с объявленной ценностью и наложенным платежом",
    ),
}
# Pairs of the account's contract: (type, category, abroad).
_INLAND = {
    "POSTAL_PARCEL": (ORDINARY, DECLARED, COD),
    "ONLINE_PARCEL": (ORDINARY, DECLARED, COD),
    "ONLINE_COURIER": (ORDINARY, DECLARED, COD),
    "PARCEL_CLASS_1": (ORDINARY, DECLARED, COD),
    "EMS": (ORDINARY, DECLARED, COD),
    "EMS_OPTIMAL": (ORDINARY, DECLARED, COD),
    "ECOM": (ORDINARY, DECLARED),
    "ECOM_MARKETPLACE": (DECLARED, COMPULSORY),
}
_ABROAD = {
    "POSTAL_PARCEL": (ORDINARY, DECLARED),
    "EMS": (ORDINARY,),
    "SMALL_PACKET": (ORDERED,),
}
CONTRACT = frozenset(
    (kind, category, abroad)
    for abroad, table in ((False, _INLAND), (True, _ABROAD))
    for kind, categories in table.items()
    for category in categories
)
S10_PREFIXES = {"POSTAL_PARCEL": "CA", "EMS": "EA", "SMALL_PACKET": "RA"}
# Longest side allowed by dimension-type, millimetres as the documentation gives them.
DIMENSION_TYPES = {
    "S": (260, 170, 80),
    "M": (300, 200, 150),
    "L": (400, 270, 180),
    "XL": (530, 260, 220),
    "OVERSIZED": (600, 600, 600),
}


def products() -> list[Json]:
    """``available-products`` of a shipping point."""
    return [
        {
            "mail-category": category,
            "mail-type": kind,
            "product-type": f"INTERNATIONAL_{kind}_{category}"
            if abroad and kind != "SMALL_PACKET"
            else f"{kind}_{category}",
        }
        for kind, category, abroad in sorted(CONTRACT)
    ]


def is_ecom(kind: str) -> bool:
    return kind.startswith("ECOM")


def has_value(category: str) -> bool:
    return "DECLARED_VALUE" in category


def has_cod(category: str) -> bool:
    return category.endswith("CASH_ON_DELIVERY")
