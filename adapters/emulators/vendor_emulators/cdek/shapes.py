"""The types of what CDEK reads in a body; whatever else a body holds is carried along unread.

CDEK's specification is silent about wrong types; its code for them is v2_invalid_value_type. It
names the longest texts, but not the code for longer ones: the same one here, which is a guess.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from vendor_emulators.cdek.errors import Json, error

Leaf = Callable[[object], bool]
# A leaf, an object of named fields, or a list of one shape.
Shape = Leaf | Mapping[str, Any] | list[Any]

_WHOLE_MAX = 1_000_000_000
_MONEY_MAX = Decimal(1_000_000_000)
_DEPTH = 40


def text(value: object) -> bool:
    """Any scalar: CDEK reads numbers as text."""
    return not isinstance(value, dict | list)


def upto(longest: int) -> Leaf:
    """A text of at most so many characters (``maxLength`` in CDEK's OpenAPI of July 2026)."""
    return lambda value: text(value) and len(str(value)) <= longest


_LINE = upto(255)


def whole(value: object) -> bool:
    """An integer from 0 on, also in quotes."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return False
    shown = str(value)
    return shown.isascii() and shown.isdigit() and len(shown) <= 10 and int(shown) <= _WHOLE_MAX


def size(value: object) -> bool:
    """Grams or centimetres."""
    return whole(value) and int(str(value)) <= 1_000_000


def money(value: object) -> bool:
    """Roubles, also in quotes."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return False
    return amount.is_finite() and abs(amount) <= _MONEY_MAX


def form(value: object) -> bool:
    """What an order may ask to be printed; clients write it in small letters as well."""
    return str(value).upper() in ("WAYBILL", "BARCODE")


LOCATION: dict[str, Any] = {
    "code": text,
    "postal_code": _LINE,
    "country_code": text,
    "region": _LINE,
    "city": _LINE,
    "address": _LINE,
}
PARTY: dict[str, Any] = {
    "name": _LINE,
    "company": _LINE,
    "email": _LINE,
    "phones": [{"number": upto(24), "additional": _LINE}],
}
SIZES: dict[str, Any] = {"weight": size, "length": size, "width": size, "height": size}
ITEM: dict[str, Any] = {
    "name": _LINE,
    "ware_key": upto(50),
    "name_i18n": _LINE,
    "brand": _LINE,
    "url": _LINE,
    "amount": size,
    "weight": size,
    "cost": money,
    "payment": {"value": money},
}
ORDER: dict[str, Any] = {
    "type": whole,
    "number": upto(40),
    "tariff_code": whole,
    "comment": _LINE,
    "shipper_name": _LINE,
    "shipper_address": _LINE,
    "print": form,
    "shipment_point": text,
    "delivery_point": text,
    "delivery_recipient_cost": {"value": money},
    "from_location": LOCATION,
    "to_location": LOCATION,
    "sender": PARTY,
    "recipient": PARTY,
    "seller": {"name": _LINE, "address": _LINE},
    "services": [{"code": text, "parameter": text}],
    "packages": [{**SIZES, "number": upto(30), "comment": _LINE, "package_id": text, "items": [ITEM]}],
}
CHANGE: dict[str, Any] = {**ORDER, "uuid": text, "cdek_number": text}
CALCULATION: dict[str, Any] = {
    "tariff_code": whole,
    "type": whole,
    "from_location": LOCATION,
    "to_location": LOCATION,
    "services": [{"code": text, "parameter": text}],
    "packages": [SIZES],
}
PRINT: dict[str, Any] = {
    "orders": [{"order_uuid": text, "cdek_number": text}],
    "copy_count": whole,
    "format": text,
    "lang": text,
    "type": text,
}
INTAKE: dict[str, Any] = {
    "order_uuid": text,
    "cdek_number": text,
    "intake_date": text,
    "intake_time_from": text,
    "intake_time_to": text,
    "from_location": LOCATION,
}
WEBHOOK: dict[str, Any] = {"url": text, "type": text}
RETURN: dict[str, Any] = {"tariff_code": whole}


def problems(body: Json, shape: Shape) -> list[Json]:
    """One v2_invalid_value_type for each field that is of another type; null counts as absent."""
    wrong = _wrong(body, shape, "") if _bounded(body, _DEPTH) else ["body"]
    return [error("v2_invalid_value_type", message=f"Invalid value type of {path}") for path in wrong]


def _wrong(value: Any, shape: Shape, path: str) -> list[str]:
    if callable(shape):
        return [] if shape(value) else [path]
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [path]
        found = [
            _wrong(item, shape[0], f"{path}[{i}]") if item is not None else [f"{path}[{i}]"]
            for i, item in enumerate(value)
        ]
        return [line for lines in found for line in lines]
    if not isinstance(value, dict):
        return [path]
    return [
        line
        for key, part in shape.items()
        if value.get(key) is not None
        for line in _wrong(value[key], part, f"{path}.{key}".removeprefix("."))
    ]


def _bounded(value: object, depth: int) -> bool:
    """Whether it can be given back as JSON: integers of 64 bits, not nested without end."""
    if isinstance(value, dict | list):
        items = value.values() if isinstance(value, dict) else value
        return depth > 0 and all(_bounded(item, depth - 1) for item in items)
    return not isinstance(value, int) or -(1 << 63) <= value < 1 << 63
