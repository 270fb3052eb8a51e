"""Orders and batches as Otpravka shows them (live answers of 2026-07 of another project)."""

from datetime import datetime

from vendor_emulators.russian_post.errors import Json
from vendor_emulators.russian_post.model import Batch, Order
from vendor_emulators.russian_post.operations import words
from vendor_emulators.russian_post.places import office_of
from vendor_emulators.russian_post.products import CATEGORIES, TYPES
from vendor_emulators.russian_post.rates import vat

_MADE_UP_ID = "00000000-0000-4000-8000-000000000000"
_NAMES = {
    "avia-rate": "avia-rate",
    "fragile-rate": "fragile-rate",
    "ground-rate": "ground-rate",
    "insurance-rate": "insr-rate",
    "inventory-rate": "inventory-rate",
    "notice-rate": "notice-rate",
    "oversize-rate": "oversize-rate",
    "sms-notice-recipient-rate": "sms-notice-recipient-rate",
    "contents-checking-rate": "contents-checking-rate",
}
_WHOLE = frozenset(("avia-rate", "ground-rate", "insr-rate"))
_FLAGS = (
    "add-to-mmo",
    "completeness-checking",
    "delivery-to-door",
    "manual-address-input",
    "pre-postal-preparation",
    "with-discount",
)
# What is asked for but never shown: marks stand in ``postmarks``, the rest is the Post's own business.
_HIDDEN_NAMES = """
    address-from courier easy-return farma fragile inventory no-return tariff-count tariff-discount-rate
    tariff-discount-rate-vat tariff-discount-rate-with-vat tariff-full-rate tariff-full-rate-vat
    tariff-full-rate-with-vat time-slot-id vsd with-documents with-electronic-notice with-goods
    with-order-of-notice with-packaging with-simple-notice with-uzeuv-notice wo-mail-rank
"""
_HIDDEN = frozenset(_HIDDEN_NAMES.split())
_FIXED: Json = {
    "address-changed": False,
    "address-type-from": "DEFAULT",
    "easy-return-recipient-payment": False,
    "forbidden-esp": False,
    "in-mmo": False,
    "mail-rank": "WO_RANK",
    "prepayment-return": False,
    "tariff-count": 1,
    "tariff-type": "MASS",
    "unloading": False,
    "with-client-return": False,
}
_SUMS = (
    "avia",
    "completeness-checking",
    "contents-checking",
    "functionality-checking",
    "ground",
    "insure",
    "inventory",
    "mass",
    "notice",
    "partial-redemption",
    "pre-postal-preparation",
    "sms-notice",
    "unloading",
    "with-fitting",
)
_SUM_OF = {"insure": "insurance-rate", "sms-notice": "sms-notice-recipient-rate"}


def stamp(at: datetime) -> str:
    """``2026-07-11T05:17:21.263Z``."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def order_view(order: Order, batch: Batch | None = None) -> Json:
    """``GET /1.0/backlog/{id}``; with its batch as ``GET /1.0/shipment/{id}`` shows it."""
    asked = order.asked
    view: Json = {
        **dict.fromkeys(_FLAGS, False),
        **_FIXED,
        **{key: value for key, value in asked.items() if key not in _HIDDEN},
        "barcode": order.barcode,
        "delivery-time": {"max-days": order.rate.max_days, "min-days": order.rate.min_days},
        "id": order.id,
        "payment-method": asked.get("payment-method", "CASHLESS"),
        "postmarks": postmarks(order),
        "str-index-to": order.destination,
        "transport-type": transport(order),
        "version": order.version,
        "weight-pay": order.rate.weight_pay,
        **_rates(order),
    }
    if not order.abroad and "index-to" not in view and order.destination.isdecimal():
        view["index-to"] = int(order.destination)
    if batch is not None:
        last = order.history[-1]
        human, type_word, word = words(last.kind, last.attribute)
        view |= {
            "batch-category": batch.category,
            "batch-name": batch.name,
            "batch-status": batch.status,
            "human-operation-name": human,
            "last-oper-attr": word,
            "last-oper-date": stamp(last.at),
            "last-oper-type": type_word,
            "legal-hid": _MADE_UP_ID,
            "pochtaid-hid": 0,
        }
    return view


def postmarks(order: Order) -> list[str]:
    marks = []
    if order.mail_type == "POSTAL_PARCEL":
        marks.append("NONSTANDARD")
    for field, mark in (
        ("fragile", "CAUTION_FRAGILE"),
        ("with-simple-notice", "WITH_SIMPLE_NOTICE"),
        ("with-order-of-notice", "WITH_ORDER_OF_NOTICE"),
        ("inventory", "WITH_INVENTORY"),
        ("courier", "COURIER_DELIVERY"),
        ("completeness-checking", "COMPLETENESS_CHECKING"),
        ("easy-return", "EASY_RETURN"),
    ):
        if order.asked.get(field):
            marks.append(mark)
    if order.rate.oversized:
        marks.append("OVERSIZED")
    return marks or ["WITHOUT_MARK"]


def transport(order: Order) -> str:
    default = {"EMS": "EXPRESS", "EMS_OPTIMAL": "STANDARD"}.get(order.mail_type, "SURFACE")
    return str(order.asked.get("transport-type") or default)


def batch_view(batch: Batch) -> Json:
    """An element of ``batches[]``, and ``GET /1.0/batch/{name}``."""
    office = office_of(batch.postoffice)
    combined = batch.category == "COMBINED"
    first = batch.orders[0] if batch.orders else None
    view: Json = {
        "batch-name": batch.name,
        "batch-status": batch.status,
        "batch-status-date": stamp(batch.changed),
        "can-be-unarchived": True,
        "combined-batch-mail-types": sorted({order.mail_type for order in batch.orders}),
        "courier-order-statuses": ["NOT_REQUIRED"],
        "delivery-notice-payment-method": "PAID_RECIPIENT",
        "delivery-to-door": False,
        "delivery-to-door-rate-sum": 0,
        "delivery-to-door-rate-vat-sum": 0,
        "electronic-f103": batch.electronic_f103,
        "form-document-id": _MADE_UP_ID,
        "has-timeslots": False,
        "international": bool(first and first.abroad),
        "is-postoffice-ukd": False,
        "list-number-date": f"{batch.list_date:%Y-%m-%d}",
        "mail-category": batch.category,
        "mail-category-text": "Комбинированно" if combined else CATEGORIES[batch.category][1],
        "mail-rank": "WO_RANK",
        "mail-type": batch.mail_type,
        "mail-type-text": "Комбинированно" if combined else TYPES[batch.mail_type].name,
        "payment-method": "CASHLESS",
        "postmarks": postmarks(first) if first else ["WITHOUT_MARK"],
        "postoffice-address": f"{office.street}, г {office.city.name}" if office else "",
        "postoffice-code": batch.postoffice,
        "postoffice-name": f"ОПС {batch.postoffice}",
        "ppk-total-rate": 0,
        "ppk-total-rate-vat": 0,
        "pre-postal-preparation": False,
        "shipment-count": len(batch.orders),
        "shipment-mass": sum(order.mass for order in batch.orders),
        "shipping-notice-type": "SIMPLE",
        "transport-type": transport(first) if first else "SURFACE",
        "ukd": False,
        "use-online-balance": batch.use_online_balance,
        "wo-mass": False,
    }
    for name in _SUMS:
        amounts = [_part(order, name) for order in batch.orders]
        view[f"shipment-{name}-rate-sum"] = sum(amounts)
        view[f"shipment-{name}-rate-vat-sum"] = sum(map(vat, amounts))
    return view


def _part(order: Order, name: str) -> int:
    if name == "mass":
        return order.rate.parts.get("ground-rate", 0) + order.rate.parts.get("avia-rate", 0)
    return order.rate.parts.get(_SUM_OF.get(name, f"{name}-rate"), 0)


def _rates(order: Order) -> Json:
    view: Json = {}
    for part, amount in order.rate.parts.items():
        name = _NAMES[part]
        view |= _three(name, amount) if name in _WHOLE else _two(name, amount)
    carriage = _part(order, "mass")
    return {
        **view,
        **_three("mass-rate", carriage),
        "total-rate-wo-vat": order.rate.total,
        "total-vat": order.rate.vat,
    }


def _three(name: str, amount: int) -> Json:
    return {name: amount, **_two(name, amount)}


def _two(name: str, amount: int) -> Json:
    return {f"{name}-with-vat": amount + vat(amount), f"{name}-wo-vat": amount}
