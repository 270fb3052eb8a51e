"""Before the hand-over: ship, cancel, arbitration."""

from collections import Counter
from typing import Any

import msgspec

from vendor_emulators.ozon.body import Body
from vendor_emulators.ozon.errors import business, posting_not_found
from vendor_emulators.ozon.flows import Flows
from vendor_emulators.ozon.model import Posting, Product
from vendor_emulators.ozon.shop import Shop
from vendor_emulators.ozon.units import lacks, marks_of

Json = dict[str, Any]


class Reason(msgspec.Struct, frozen=True):
    """A seller's reason to cancel; ``in_delivery``: only once an rFBS parcel is on its way."""

    id: int
    title: str
    available: bool
    in_delivery: bool = False


# Ids of the facts sheet (Ozon swagger 2026-09-22); the first, third and fifth titles are the official ones.
REASONS = (
    Reason(352, "Товар закончился на складе продавца", True),
    Reason(400, "Остался только бракованный товар", True),
    Reason(401, "Продавец отклонил арбитраж", False),
    Reason(402, "Другое (вина продавца)", True),
    Reason(665, "Покупатель не забрал заказ", False, True),
    Reason(666, "Возврат из службы доставки: нет доставки в указанный регион", False, True),
    Reason(667, "Заказ утерян службой доставки", False, True),
)


def require(shop: Shop, number: str) -> Posting:
    posting = shop.postings.get(number)
    if posting is None:
        raise posting_not_found()
    return posting


def ship(shop: Shop, flows: Flows, body: Body, *, fails: bool) -> Json:
    posting = require(shop, body.text("posting_number", required=True))
    packages = body.parts("packages", low=1, high=100)
    wanted = [_package(package) for package in packages]
    if posting.status == "cancelled":
        raise business("POSTING_ALREADY_CANCELLED")
    if posting.shipped or posting.ship_in_process:
        raise business("POSTING_ALREADY_SHIPPED")
    if posting.status != "awaiting_packaging":
        raise business("HAS_INCORRECT_STATUS")
    if posting.behaviour.reject_ship:
        raise business(posting.behaviour.reject_ship)
    have = Counter({product.sku: product.quantity for product in posting.products})
    asked = sum((Counter(dict(package)) for package in wanted), Counter[int]())
    if set(asked) - set(have):
        raise business("UNKNOWN_PRODUCT_DEFINED")
    if asked != have:
        raise business("HAS_INCORRECT_PRODUCT_QUANTITY")
    lines = {product.sku: product for product in posting.products}
    contents = [
        [msgspec.structs.replace(lines[sku], quantity=quantity) for sku, quantity in package]
        for package in wanted
    ]
    refuse_packing(posting)
    numbers = flows.ship(shop, posting, contents, fails=fails)
    additional = body.part("with").flag("additional_data")
    return {
        "additional_data": [
            {
                "posting_number": number,
                "products": [_shipped_line(posting, product) for product in products],
            }
            for number, products in zip(numbers, contents, strict=True)
        ]
        if additional
        else [],
        "result": numbers,
    }


def refuse_packing(posting: Posting) -> None:
    """Ship wants everything told and checked. That it refuses is documented; only weight has
    a word of its own."""
    wanted = lacks(posting)
    if wanted == "weight":
        raise business("WEIGHT_IS_REQUIRED")
    state = posting.units.state if posting.units is not None else "new"
    if wanted is not None or state in ("checking", "failed"):
        raise business("INVALID_ARGUMENT")


def _package(package: Body) -> list[tuple[int, int]]:
    lines = Counter[int]()
    for product in package.parts("products", low=1):
        lines[product.integer("product_id", required=True)] += product.integer("quantity", low=1, high=10**6)
    return list(lines.items())


def _shipped_line(posting: Posting, product: Product) -> Json:
    return {
        "currency_code": product.price.currency,
        "mandatory_mark": marks_of(posting, product, "marking")[: product.quantity],
        "name": product.name,
        "offer_id": product.offer_id,
        "price": str(product.price.amount),
        "quantity": product.quantity,
        "sku": product.sku,
    }


def cancel_reasons(shop: Shop, body: Body) -> Json:
    """Reasons per posting; unknown numbers are left out."""
    numbers = body.texts("related_posting_numbers", low=1, high=100)
    found = [posting for number in numbers if (posting := shop.postings.get(number)) is not None]
    return {
        "result": [
            {
                "posting_number": posting.number,
                "reasons": [
                    {"id": reason.id, "title": reason.title, "type_id": "seller"}
                    for reason in _reasons(posting)
                ],
            }
            for posting in found
        ]
    }


def cancel_reason_list(shop: Shop, body: Body) -> Json:
    return {
        "result": [
            {
                "id": reason.id,
                "title": reason.title,
                "type_id": "seller",
                "is_available_for_cancellation": reason.available,
            }
            for reason in REASONS
        ]
    }


def _reasons(posting: Posting) -> list[Reason]:
    if posting.status in (
        "awaiting_approve",
        "awaiting_packaging",
        "awaiting_registration",
        "awaiting_deliver",
    ):
        return [reason for reason in REASONS if reason.available]
    if posting.status == "arbitration":
        return [reason for reason in REASONS if reason.available or reason.id == 401]
    if posting.status == "delivering" and posting.mover == "seller":
        return [reason for reason in REASONS if reason.in_delivery or reason.id == 402]
    return []


def cancel(shop: Shop, flows: Flows, body: Body) -> Json:
    posting = require(shop, body.text("posting_number", required=True))
    reason = _checked_reason(posting, body)
    flows.cancel_by_seller(shop, posting, reason.id, body.text("cancel_reason_message") or reason.title)
    return {"result": True}


def _checked_reason(posting: Posting, body: Body) -> Reason:
    wanted = body.integer("cancel_reason_id", required=True)
    if posting.status == "cancelled":
        raise business("POSTING_ALREADY_CANCELLED")
    allowed = _reasons(posting)
    if not allowed or posting.ship_in_process:
        raise business("HAS_INCORRECT_STATUS")
    reason = next((reason for reason in allowed if reason.id == wanted), None)
    if reason is None or (reason.id == 402 and not body.text("cancel_reason_message")):
        raise business("HAS_INCORRECT_CANCEL_REASON")
    return reason


def product_cancel(shop: Shop, flows: Flows, body: Body) -> Json:
    """Cancel some units; a posting left without any is cancelled whole."""
    posting = require(shop, body.text("posting_number", required=True))
    items = [
        (item.integer("sku", required=True), item.integer("quantity", low=1, high=10**6))
        for item in body.parts("items", low=1)
    ]
    message = body.text("cancel_reason_message", required=True)
    reason = _checked_reason(posting, body)
    if posting.status != "awaiting_packaging":
        raise business("HAS_INCORRECT_STATUS")
    left = Counter({product.sku: product.quantity for product in posting.products})
    for sku, quantity in items:
        if sku not in left:
            raise business("UNKNOWN_PRODUCT_DEFINED")
        left[sku] -= quantity
        if left[sku] < 0:
            raise business("HAS_INCORRECT_PRODUCT_QUANTITY")
    if not any(left.values()):
        flows.cancel_by_seller(shop, posting, reason.id, message)
    else:
        posting.products = [
            msgspec.structs.replace(product, quantity=left[product.sku])
            for product in posting.products
            if left[product.sku]
        ]
        flows.become(shop, posting, posting.status, posting.substatus, "seller")
    return {"result": posting.number}


def arbitration(shop: Shop, flows: Flows, body: Body) -> Json:
    """Dispute what the sorting centre did not accept: all numbers or none."""
    postings = [require(shop, number) for number in body.texts("posting_number", low=1, high=100)]
    if any(posting.status != "not_accepted" for posting in postings):
        raise business("HAS_INCORRECT_STATUS")
    for posting in postings:
        flows.move(shop, posting, "arbitration", "posting_in_arbitration", "seller")
    return {"result": True}


def awaiting_delivery(shop: Shop, flows: Flows, body: Body) -> Json:
    """Hand disputed postings over again: all numbers or none."""
    postings = [require(shop, number) for number in body.texts("posting_number", low=1, high=100)]
    if any(posting.status != "arbitration" for posting in postings):
        raise business("HAS_INCORRECT_STATUS")
    for posting in postings:
        flows.out_of_carriage(shop, posting, "seller")
    return {"result": True}
