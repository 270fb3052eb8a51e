"""What CDEK checks in an order: quickly before the 202, the rest later."""

import re
from decimal import Decimal, InvalidOperation

from vendor_emulators.cdek.errors import Json, error, refuse
from vendor_emulators.cdek.places import City, Office, find_city, offices
from vendor_emulators.cdek.tariffs import Size

_PHONE = re.compile(r"\+?\d{10,15}")
_LIKE_PHONE = str.maketrans("", "", " -()")


def served(location: Json) -> bool:
    """False for postal codes that the contract does not serve."""
    return not str(location.get("postal_code") or "").startswith("69")


def sizes_of(body: Json) -> list[Size]:
    """The packages of a calculator's request. Raises v2_field_is_empty."""
    packages = body.get("packages")
    if isinstance(packages, dict):
        packages = [packages]
    if not isinstance(packages, list) or not _objects(packages):
        raise refuse("v2_field_is_empty", message="packages is empty")
    return [size_of(package) for package in packages]


def check_at_once(body: Json) -> None:
    """The first check. Raises Invalid."""
    recipient = body.get("recipient")
    missing = [
        name
        for name, present in (
            ("tariff_code", body.get("tariff_code")),
            ("recipient", isinstance(recipient, dict)),
            ("recipient.name", isinstance(recipient, dict) and recipient.get("name")),
            ("packages", _objects(body.get("packages"))),
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
    """A body that the first, quick check refuses: HTTP 400 with form (b)."""

    def __init__(self, errors: list[Json]) -> None:
        super().__init__(errors[0]["code"])
        self.errors = errors


def size_of(package: Json) -> Size:
    """Grams and centimetres. Raises v2_invalid_value_type."""
    return Size(*(integer(package.get(key)) for key in ("weight", "length", "width", "height")))


def integer(value: object) -> int:
    """0 for an absent one. Raises v2_invalid_value_type."""
    try:
        return int(str(value)) if value is not None else 0
    except ValueError:
        raise refuse("v2_invalid_value_type", message="Invalid value type") from None


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
    try:
        return Decimal(str(value)) if value is not None else Decimal(0)
    except InvalidOperation:
        raise refuse("v2_invalid_value_type", message="Invalid value type") from None


def _objects(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)
