"""Orders as CDEK shows them."""

from decimal import Decimal
from typing import Any

from vendor_emulators.cdek.borders import international, papers_wanted
from vendor_emulators.cdek.errors import Json
from vendor_emulators.cdek.model import Asked, Order, Package
from vendor_emulators.cdek.places import COUNTRIES, City, Office
from vendor_emulators.cdek.tariffs import VAT_PERCENT, cents, money


def accepted(uuid: str, asked: Asked) -> Json:
    """The answer 202 of everything that is done later."""
    view = Asked(asked.uuid, asked.kind, asked.at).view()
    return {"entity": {"uuid": uuid}, "requests": [view], "related_entities": []}


def answer(order: Order) -> Json:
    """``GET /v2/orders/{uuid}``."""
    return {
        "entity": entity(order),
        "requests": [asked.view() for asked in order.requests],
        "related_entities": order.related,
    }


def entity(order: Order) -> Json:
    body = order.asked
    view: Json = {
        "uuid": order.uuid,
        "type": int(body.get("type") or 1),
        "is_return": order.is_return,
        "is_reverse": False,
        "is_client_return": False,
        "has_reverse_order": False,
        "number": order.number,
        "tariff_code": int(body["tariff_code"]),
        "recipient": _party(body["recipient"], satisfied=_abroad(order) and not papers_wanted(order)),
        "packages": [_package(order, package) for package in order.packages],
        "services": [{**service.view(), "parameter": service.parameter} for service in order.price.services]
        if order.price
        else [],
        "statuses": [status.view() for status in reversed(order.statuses)],
        "calls": {},
        "delivery_recipient_cost": body.get("delivery_recipient_cost") or {"value": 0.0},
        "recipient_currency": "RUB",
        "items_cost_currency": "RUB",
    }
    if body.get("sender"):
        view["sender"] = {"contragent_type": "LEGAL_ENTITY", **_party(body["sender"])}
    for key in ("comment", "seller", "shipper_name", "shipper_address", "date_invoice"):
        if body.get(key) is not None:
            view[key] = body[key]
    if order.cdek_number:
        view["cdek_number"] = order.cdek_number
    if order.tariff:
        view["delivery_mode"] = str(order.tariff.mode)
    if order.shipment_point:
        view["shipment_point"] = order.shipment_point.code
    if order.delivery_point:
        view["delivery_point"] = order.delivery_point.code
    _location(view, "from_location", order.sender, order.shipment_point, body)
    _location(view, "to_location", order.recipient, order.delivery_point, body)
    if order.price and order.cdek_number:
        view["delivery_detail"] = _delivery_detail(order)
    return view


def _party(asked: Json, *, satisfied: bool = False) -> Json:
    """Orders within the country were recorded with false, though nothing is required of them."""
    view = {"company": asked.get("name"), "passport_requirements_satisfied": satisfied, **asked}
    if asked.get("ownership_form") is not None:
        view["ownership_form"] = str(asked["ownership_form"])  # recorded as text, whatever was sent
    return view


def _abroad(order: Order) -> bool:
    return bool(order.sender and order.recipient and international(order.sender, order.recipient))


def _delivery_detail(order: Order) -> Json:
    assert order.price is not None
    before = order.price.delivery_sum
    detail: dict[str, Any] = {
        "delivery_sum": money(before),
        "delivery_vat_rate": float(VAT_PERCENT),
        "delivery_vat_sum": money(cents(before * VAT_PERCENT / 100)),
        "delivery_discount_percent": 0,
        "delivery_discount_sum": 0.0,
        "total_sum": money(order.price.total_sum),
        "payment_info": [],
    }
    delivered = next((s for s in order.statuses if s.code == "DELIVERED" and not s.deleted), None)
    if delivered is not None:
        detail["date"] = f"{delivered.at:%Y-%m-%d}"
        detail["recipient_name"] = order.asked["recipient"].get("name")
        detail["payment_sum"] = money(order.cash_on_delivery)
        if order.cash_on_delivery > Decimal(0):
            detail["payment_info"] = [{"type": "CARD", "sum": money(order.cash_on_delivery)}]
    return detail


def _package(order: Order, package: Package) -> Json:
    size = package.size
    view: Json = {
        "number": str(package.asked.get("number") or "1"),
        "package_id": package.package_id,
        "weight": size.weight,
        "weight_volume": size.volume_weight,
        "weight_calc": size.weight_calc,
        "length": size.length,
        "width": size.width,
        "height": size.height,
        "items": [
            {
                "delivery_amount": 0,
                "excise": False,
                "return_item_detail": {},
                "weight_gross": item.get("weight"),
                **item,
            }
            for item in package.asked.get("items") or []
        ],
    }
    if order.cdek_number:
        view["barcode"] = order.cdek_number
    if package.asked.get("comment"):
        view["comment"] = package.asked["comment"]
    return view


def from_location(order: Order) -> Json | None:
    """Where the order leaves from; None before CDEK knows it."""
    view: Json = {}
    _location(view, "from_location", order.sender, order.shipment_point, order.asked)
    return view.get("from_location")


def _location(view: Json, key: str, city: City | None, office: Office | None, body: Json) -> None:
    if city is None:
        if body.get(key):
            view[key] = body[key]
        return
    asked = body.get(key) or {}
    view[key] = {
        "code": city.code,
        "city_uuid": city.uuid,
        "city": city.name,
        "country_code": city.country_code,
        "country": COUNTRIES[city.country_code],
        "region": city.region,
        "region_code": city.region_code,
        "postal_code": str(asked.get("postal_code") or city.postal_code),
        "longitude": office.longitude if office else city.longitude,
        "latitude": office.latitude if office else city.latitude,
        "address": office.location()["address_full"] if office else str(asked.get("address") or ""),
    }
