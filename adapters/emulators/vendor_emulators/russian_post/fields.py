"""Reads request bodies as Jackson does: scalars are coerced, everything else is Malformed."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from vendor_emulators.russian_post.errors import Json, Malformed
from vendor_emulators.wire import Request

_INTEGER = re.compile(r"-?\d{1,18}")

INTEGER, TEXT, FLAG, OBJECT, LIST = "integer", "text", "flag", "object", "list"

# Fields that have a type other than text (create-order and tariff, documentation of 2026-02).
_ORDER_NUMBERS = """
    compulsory-payment index-to insr-value mail-direct mass payment prepaid-amount shelf-life-days
    sms-notice-recipient tariff-count tel-address tel-address-from time-slot-id
"""
_ORDER_FLAGS = """
    add-to-mmo completeness-checking courier delivery-to-door delivery-with-cod easy-return farma fragile
    inventory manual-address-input no-return pre-postal-preparation tender vsd with-discount with-documents
    with-electronic-notice with-goods with-order-of-notice with-packaging with-simple-notice
    with-uzeuv-notice wo-mail-rank
"""
_ORDER_OBJECTS = "address-from customs-declaration dimension ecom-data fiscal-data goods payment-details"
_TARIFF_FLAGS = """
    completeness-checking contents-checking courier fragile functionality-checking inventory vsd
    with-electronic-notice with-fitting with-order-of-notice with-simple-notice
"""
_TARIFF_NUMBERS = "declared-value goods-value mail-direct mass sms-notice-recipient"
ORDER_KINDS = {
    **dict.fromkeys(_ORDER_NUMBERS.split(), INTEGER),
    **dict.fromkeys(_ORDER_FLAGS.split(), FLAG),
    **dict.fromkeys(_ORDER_OBJECTS.split(), OBJECT),
}
TARIFF_KINDS = {
    **dict.fromkeys(_TARIFF_NUMBERS.split(), INTEGER),
    **dict.fromkeys(_TARIFF_FLAGS.split(), FLAG),
    "dimension": OBJECT,
}
DIMENSION_KINDS = dict.fromkeys(("height", "length", "width"), INTEGER)
GOODS_KINDS = {"items": LIST}
CUSTOMS_KINDS = {"customs-entries": LIST}
ECOM_KINDS = {"services": LIST, "identity-methods": LIST}
RETURN_KINDS = {"address-from": OBJECT, "address-to": OBJECT, "insr-value": INTEGER}


def decode(request: Request) -> Any:
    """The body as JSON. Raises Malformed, also for nesting that no parser follows."""
    try:
        return request.json()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed from None


def objects(value: object) -> list[Json]:
    """An array of objects. Raises Malformed."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Malformed
    return value


def one_object(value: object) -> Json:
    if not isinstance(value, dict):
        raise Malformed
    return value


def numbers(value: object) -> list[int]:
    """An array of integer ids. Raises Malformed."""
    if not isinstance(value, list):
        raise Malformed
    return [_integer(item) for item in value]


def names(value: object) -> list[str]:
    """An array of texts. Raises Malformed."""
    if not isinstance(value, list):
        raise Malformed
    return [_text(item) for item in value]


def typed(asked: Json, kinds: Mapping[str, str]) -> Json:
    """The object with every field of its kind; nulls are left out. Raises Malformed."""
    read = {"integer": _integer, "text": _text, "flag": _flag, "object": one_object, "list": _list}
    return {key: read[kinds.get(key, TEXT)](value) for key, value in asked.items() if value is not None}


def order_body(asked: Json) -> Json:
    """One order, with what is nested in it. Raises Malformed."""
    body = typed(asked, ORDER_KINDS)
    nested: tuple[tuple[str, Mapping[str, str]], ...] = (
        ("dimension", DIMENSION_KINDS),
        ("goods", GOODS_KINDS),
        (
            "customs-declaration",
            CUSTOMS_KINDS | {"with-certificate": FLAG, "with-invoice": FLAG, "with-license": FLAG},
        ),
        ("ecom-data", ECOM_KINDS),
        ("address-from", {"manual-address-input": FLAG}),
        ("fiscal-data", {"customer-phone": INTEGER, "payment-amount": INTEGER}),
        ("payment-details", {}),
    )
    for key, kinds in nested:
        if key in body:
            body[key] = typed(body[key], kinds)
    for key, inner in (("goods", "items"), ("customs-declaration", "customs-entries")):
        if inner in body.get(key, {}):
            objects(body[key][inner])
    for key in ECOM_KINDS:
        if key in body.get("ecom-data", {}):
            names(body["ecom-data"][key])
    return body


def tariff_body(asked: object) -> Json:
    """Body of ``POST /1.0/tariff``. Raises Malformed."""
    body = typed(one_object(asked), TARIFF_KINDS)
    if "dimension" in body:
        body["dimension"] = typed(body["dimension"], DIMENSION_KINDS)
    return body


def return_body(asked: Json) -> Json:
    """A return without a direct shipment, or a change of one. Raises Malformed."""
    body = typed(asked, RETURN_KINDS)
    for key in ("address-from", "address-to"):
        if key in body:
            body[key] = typed(body[key], {"manual-address-input": FLAG})
    return body


def _integer(value: object) -> int:
    if isinstance(value, bool):
        raise Malformed
    if isinstance(value, int) and abs(value) < 10**18:
        return value
    if isinstance(value, float) and value == value and abs(value) < 10**15:
        return int(value)
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        return int(value)
    raise Malformed


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    raise Malformed


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value != 0
    if isinstance(value, str) and value in ("true", "false"):
        return value == "true"
    raise Malformed


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise Malformed
    return value
