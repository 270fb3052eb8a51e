"""What CDEK checks in an order: quickly before the 202, the rest later."""

import re
from decimal import Decimal
from typing import Any

import msgspec

from vendor_emulators.cdek.errors import Json, error, refuse
from vendor_emulators.cdek.places import City, Office, find_city, offices
from vendor_emulators.cdek.shapes import money, problems, whole
from vendor_emulators.cdek.tariffs import Size
from vendor_emulators.wire import Request

_PHONE = re.compile(r"\+?\d{10,15}")
_LIKE_PHONE = str.maketrans("", "", " -()")


def body_of(request: Request, shape: dict[str, Any]) -> Json:
    """The object that was sent, its types checked. Raises v2_bad_request, Invalid."""
    try:
        body = request.json()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise refuse("v2_bad_request", message="Bad request") from None
    if not isinstance(body, dict):
        raise refuse("v2_bad_request", message="Bad request")
    if isinstance(body.get("packages"), dict):
        body = {**body, "packages": [body["packages"]]}
    if wrong := problems(body, shape):
        raise Invalid(wrong)
    return body


def served(location: Json) -> bool:
    """False for postal codes that the contract does not serve."""
    return not str(location.get("postal_code") or "").startswith("69")


def sizes_of(body: Json) -> list[Size]:
    """The packages of a calculator's request. Raises v2_field_is_empty."""
    if not body.get("packages"):
        raise refuse("v2_field_is_empty", message="packages is empty")
    return [size_of(package) for package in body["packages"]]


def check_at_once(body: Json) -> None:
    """The first check, of a body whose types are right. Raises Invalid."""
    recipient = body.get("recipient") or {}
    missing = [
        name
        for name, present in (
            ("tariff_code", body.get("tariff_code")),
            ("recipient", body.get("recipient") is not None),
            ("recipient.name", recipient.get("name")),
            ("packages", body.get("packages")),
        )
        if not present
    ]
    problems = [error("v2_field_is_empty", message=f"{name} is empty") for name in missing]
    if body.get("shipment_point") and body.get("from_location"):
        problems.append(error("v2_shipment_address_multivalued"))
    if body.get("delivery_point") and body.get("to_location"):
        problems.append(error("v2_delivery_address_multivalued"))
    if problems:
        raise Invalid(problems)


class Invalid(Exception):
    """A body that the first, quick check refuses: HTTP 400 with form (b), of the calculator form (a)."""

    def __init__(self, errors: list[Json]) -> None:
        super().__init__(errors[0]["code"])
        self.errors = errors


def size_of(package: Json) -> Size:
    """Grams and centimetres. Raises v2_invalid_value_type."""
    return Size(*(integer(package.get(key)) for key in ("weight", "length", "width", "height")))


def integer(value: object) -> int:
    """0 for an absent one. Raises v2_invalid_value_type."""
    if value is None:
        return 0
    if not whole(value):
        raise refuse("v2_invalid_value_type", message="Invalid value type")
    return int(str(value))


def is_phone(phone: Json) -> bool:
    """Ten to fifteen digits."""
    return bool(_PHONE.fullmatch(str(phone.get("number") or "").translate(_LIKE_PHONE)))


def place_of(body: Json, point: str, location: str) -> tuple[City | None, Office | None]:
    """The city of one end, and its office where one is named."""
    if code := body.get(point):
        office = offices().get(str(code))
        return (office.city, office) if office else (None, None)
    return find_city(body.get(location) or {}), None


def values_of(body: Json) -> tuple[Decimal, Decimal]:
    """Declared value and cash on delivery over all items."""
    insured = cash = Decimal(0)
    for package in body["packages"]:
        for item in package.get("items") or []:
            amount = integer(item.get("amount"))
            insured += decimal(item.get("cost")) * amount
            cash += decimal((item.get("payment") or {}).get("value")) * amount
    return insured, cash


def decimal(value: object) -> Decimal:
    """0 for an absent one. Raises v2_invalid_value_type."""
    if value is None:
        return Decimal(0)
    if not money(value):
        raise refuse("v2_invalid_value_type", message="Invalid value type")
    return Decimal(str(value))
