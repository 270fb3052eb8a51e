"""What the public calculator tariffs: an object code is mail type, category (two digits), direction (one)."""

from typing import NamedTuple

from vendor_emulators.russian_post.products import (
    COD,
    COMPULSORY,
    DECLARED,
    ORDERED,
    ORDINARY,
    STANDARD_PARCEL,
    TYPES,
    MailType,
)

INLAND, OUTGOING = 0, 1
# Services by number (appendix of the calculator's description) and the mail types that know them all.
SERVICES = {
    1: "Простое уведомление о вручении",
    2: "Заказное уведомление о вручении",
    4: "Отметка 'Осторожно/Хрупкая'",
    12: "Негабарит",
    20: "СМС-уведомление о прибытии в отделение",
    21: "СМС-уведомление о вручении",
    42: "Пакет СМС отправителю при единичном приеме",
    43: "Пакет СМС отправителю при партионном приеме",
    44: "Пакет СМС получателю",
    81: "Проверка вложения",
}
SMS = frozenset((20, 21, 42, 43, 44))
# Box S, M, L, XL; plastic bag S-XL; bubble envelope S, M; not standard: centimetres.
PACKS = {
    **dict.fromkeys((10, 11, 12), (26, 17, 8)),
    **dict.fromkeys((20, 21, 22), (30, 20, 15)),
    **dict.fromkeys((30, 31), (40, 27, 18)),
    **dict.fromkeys((40, 41), (53, 26, 22)),
}
NON_STANDARD_PACK = 99


class Object(NamedTuple):
    id: int
    kind: MailType
    key: str
    category: str
    direction: int
    name: str


_SUFFIX = {
    "SIMPLE": "простая",
    ORDERED: "заказная",
    ORDINARY: "",
    DECLARED: "с объявленной ценностью",
    COD: "с объявленной ценностью и наложенным платежом",
    COMPULSORY: "с объявленной ценностью и обязательным платежом",
}
_NUMBERS = {"SIMPLE": 0, ORDERED: 1, DECLARED: 2, ORDINARY: 3, COD: 4, COMPULSORY: 6}
_CARRIED = (
    ("POSTAL_PARCEL", (ORDINARY, DECLARED, COD), INLAND),
    ("POSTAL_PARCEL", (ORDINARY, DECLARED), OUTGOING),
    ("STANDARD_PARCEL", (ORDINARY, DECLARED, COD), INLAND),
    ("ONLINE_PARCEL", (ORDINARY, DECLARED, COD), INLAND),
    ("ONLINE_COURIER", (ORDINARY, DECLARED, COD), INLAND),
    ("PARCEL_CLASS_1", (ORDINARY, DECLARED, COD), INLAND),
    ("EMS", (ORDINARY, DECLARED, COD), INLAND),
    ("EMS", (ORDINARY, DECLARED), OUTGOING),
    ("EMS_OPTIMAL", (ORDINARY, DECLARED, COD), INLAND),
    ("ECOM_MARKETPLACE", (DECLARED, COMPULSORY), INLAND),
    ("BANDEROL", ("SIMPLE", ORDERED, DECLARED), INLAND),
    ("BANDEROL_CLASS_1", (ORDERED, DECLARED), INLAND),
    ("BUSINESS_COURIER", (ORDINARY, DECLARED), INLAND),
    ("SMALL_PACKET", ("SIMPLE", ORDERED), OUTGOING),
)


def _made() -> dict[int, Object]:
    objects: dict[int, Object] = {}
    for key, categories, direction in _CARRIED:
        kind = STANDARD_PARCEL if key == "STANDARD_PARCEL" else TYPES[key]
        for category in categories:
            code = kind.number * 1000 + _NUMBERS[category] * 10 + direction
            suffix = _SUFFIX[category]
            if direction == OUTGOING:
                suffix = f"{suffix} международная исходящая".strip()
            objects[code] = Object(code, kind, key, category, direction, f"{kind.name} {suffix}".strip())
    return objects


OBJECTS = _made()
