"""``POST /1.0/tariff`` and the price of an order: the account's contract."""

from collections.abc import Mapping

from vendor_emulators.russian_post.countries import COUNTRIES, KINDS
from vendor_emulators.russian_post.errors import Json, not_found, refuse
from vendor_emulators.russian_post.places import City, city_of
from vendor_emulators.russian_post.products import CONTRACT, DIMENSION_TYPES, TYPES
from vendor_emulators.russian_post.rates import Asked, Rate, rate, vat

_ZERO = {"rate": 0, "vat": 0}


def price(body: Mapping[str, object], sender: City, discount_percent: int) -> tuple[Rate, City | None]:
    """Of an order or a tariff request whose product is in the contract. Raises Refusal (CODE_1372)."""
    country = COUNTRIES.get(_int(body.get("mail-direct"), 643))
    recipient = None
    if country is None:
        ecom = body.get("ecom-data")
        point = ecom.get("delivery-point-index") if isinstance(ecom, dict) else None
        recipient = city_of(point or body.get("delivery-point-index") or body.get("index-to"))
        if recipient is None:
            raise route_not_served()
    asked = Asked(
        kind=TYPES[str(body["mail-type"])],
        sender=sender,
        recipient=recipient,
        country=country,
        mass=_int(body.get("mass")),
        size=size_of(body),
        declared=_int(body.get("insr-value") or body.get("declared-value")),
        fragile=bool(body.get("fragile")),
        sms=bool(_int(body.get("sms-notice-recipient"))),
        simple_notice=bool(body.get("with-simple-notice")),
        registered_notice=bool(body.get("with-order-of-notice")),
        inventory=bool(body.get("inventory")),
        contents_checking=bool(body.get("contents-checking") or body.get("completeness-checking")),
        air=body.get("transport-type") == "AVIA",
    )
    return rate(asked, discount_percent), recipient


def tariff(body: Json, points: Mapping[str, City], discount_percent: int) -> Json:
    """The answer; all zeros for a pair that the contract lacks. Raises Refusal."""
    sender_index = str(body.get("index-from") or next(iter(points)))
    if sender_index not in points:
        raise not_found("UserShippingPoint", sender_index)
    if not body.get("mail-type") or not body.get("mail-category") or _int(body.get("mass")) <= 0:
        raise refuse("1002", None, "INTERNAL_ERROR", 500)
    abroad = _int(body.get("mail-direct"), 643) != 643
    if abroad:
        country = COUNTRIES.get(_int(body["mail-direct"]))
        kind = KINDS.get(str(body["mail-type"]))
        if country is None or (kind is not None and not country.accepts(kind)):
            raise refuse("CODE_1375", "Доставка не осуществляется")
    if (body["mail-type"], body["mail-category"], abroad) not in CONTRACT:
        return {"total-rate": 0, "total-vat": 0, "ground-rate": _ZERO, "payment-method": "CASHLESS"}
    found, _ = price(body, points[sender_index], discount_percent)
    view: Json = {
        "delivery-time": {"max-days": found.max_days, "min-days": found.min_days},
        "no-counters-coupon": False,
        "notice-payment-method": "CASHLESS",
        "payment-method": "CASHLESS",
        "tariff-count": 1,
        "tariffAdditionalFieldsJson": {"is-size": int(found.oversized), "weight-pay": found.weight_pay},
        "total-rate": found.total,
        "total-vat": found.vat,
        "with-discount": False,
    }
    for name, amount in found.parts.items():
        view[name] = {"rate": amount, "vat": vat(amount)}
    return view


def route_not_served() -> Exception:
    return refuse("CODE_1372", "Доставка по указанному маршруту не осуществляется")


def size_of(body: Mapping[str, object]) -> tuple[int, int, int] | None:
    """Centimetres, of ``dimension`` or ``dimension-type``."""
    dimension = body.get("dimension")
    if isinstance(dimension, dict):
        one, two, three = (max(0, _int(dimension.get(key))) for key in ("length", "width", "height"))
        return (one, two, three)
    sides = DIMENSION_TYPES.get(str(body.get("dimension-type")))
    return None if sides is None else (sides[0] // 10, sides[1] // 10, sides[2] // 10)


def _int(value: object, default: int = 0) -> int:
    return value if isinstance(value, int) else default
