"""What crosses a border: the restrictions of goods, and what an international order has to say.

Which goods are forbidden is made up (arms, chapter 93; batteries, 8506 and 8507, under conditions); the shape
and the words of the statuses are those of CDEK's specification of July 2026.
"""

from typing import Any

from vendor_emulators.cdek.checks import integer
from vendor_emulators.cdek.errors import Json, error, refuse
from vendor_emulators.cdek.model import Order
from vendor_emulators.cdek.places import City
from vendor_emulators.cdek.shapes import LOCATION, SIZES, text, whole

_PAPERS = (
    "passport_number",
    "passport_date_of_issue",
    "passport_organization",
    "passport_date_of_birth",
)
_ITEM: dict[str, Any] = {"name": text, "amount": whole, "feacn_code": text}
SHAPE: dict[str, Any] = {
    "tariff_code": whole,
    "from_location": LOCATION,
    "to_location": LOCATION,
    "packages": [{**SIZES, "package_id": text, "items": [_ITEM]}],
}
_FORBIDDEN, _LIMITED, _ALLOWED = (
    ("FORBIDDEN", "Запрещено"),
    ("LIMITED", "Ограничено"),
    ("ALLOWED", "Разрешено"),
)
_WORST = (_FORBIDDEN, _LIMITED, _ALLOWED)


def restrictions(body: Json) -> Json:
    """``POST /v2/international/package/restrictions``."""
    for key in ("from_location", "to_location", "packages"):
        if not body.get(key):
            raise refuse("v2_field_is_empty", message=f"{key} is empty")
    return {"packages": [_package(package) for package in body["packages"]]}


def international(sender: City, recipient: City) -> bool:
    """Whether customs sees it: not within the Customs Union."""
    countries = {sender.country_code, recipient.country_code}
    return len(countries) > 1 and not countries <= {"RU", "BY", "KZ"}


def missing(order: Json) -> list[Json]:
    """Errors of an international order, of a shop, that leaves out what customs needs."""
    if str(order.get("type") or 1) != "1":
        return []
    told = {
        "shipper_address": order.get("shipper_address"),
        "seller_address": (order.get("seller") or {}).get("address"),
        "date_invoice": order.get("date_invoice"),
    }
    return [
        error(f"error_validate_international_{name}_is_required") for name, value in told.items() if not value
    ]


def papers_wanted(order: Order) -> bool:
    """Whether customs sees the order, and CDEK has no passport data of its recipient."""
    if order.sender is None or order.recipient is None or not international(order.sender, order.recipient):
        return False
    given = order.asked.get("recipient") or {}
    russian = given.get("passport_series")
    wanted = (*_PAPERS, "tin") if russian else _PAPERS
    return not order.papers_given and not all(given.get(name) for name in wanted)


def passports(order: Order, client: str) -> Json:
    """``GET /v2/passport``: what is there, not the data."""
    satisfied = {"SENDER": True, "RECEIVER": not papers_wanted(order)}
    return {
        "orders": [
            {
                "order_uuid": order.uuid,
                "cdek_number": int(order.cdek_number or 0),
                "passport": [
                    {"client": name, "passport_requirements_satisfied": there}
                    for name, there in satisfied.items()
                    if client in (name, "ALL")
                ],
            }
        ]
    }


def _package(package: Json) -> Json:
    items = [_item(item) for item in package.get("items") or []]
    codes = {item["status"]["code"] for item in items}
    worst = next((one for one in _WORST if one[0] in codes), _ALLOWED)
    return {"status": _status(*worst), "items": items}


def _item(item: Json) -> Json:
    integer(item.get("amount"))
    feacn = str(item.get("feacn_code") or "")
    if feacn.startswith("93"):
        return {"feacn_code": feacn, "status": _status(*_FORBIDDEN)}
    if feacn.startswith(("8506", "8507")):
        return {"feacn_code": feacn, "status": _status(*_LIMITED)}
    return {"feacn_code": feacn, "status": _status(*_ALLOWED)}


def _status(code: str, name: str) -> Json:
    if code == "ALLOWED":
        return {"code": code, "name": name}
    return {
        "code": code,
        "name": name,
        "reason": {"code": "FEACN_RESTRICTION", "name": "Ограничение по коду ТН ВЭД"},
    }
