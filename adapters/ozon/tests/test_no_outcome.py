"""The answer to a change is success, a refusal, or nothing at all: what says nothing is never either."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import httpx
import msgspec
import pytest
import respx
from ozon_api import (
    ApiKey,
    CancelItem,
    Client,
    NoOutcome,
    OzonError,
    Package,
    PackageProduct,
    PartProduct,
    ProductToSet,
    Stock,
    TrackingNumber,
)

NUMBER = "1001-1"
TIME = datetime(2026, 7, 1, tzinfo=UTC)
PACKAGE = Package(products=[PackageProduct(product_id=1, quantity=1)])

CHANGES: dict[str, tuple[Callable[[Client], Awaitable[object]], bytes]] = {
    "posting_fbs_cancel": (lambda c: c.posting_fbs_cancel(NUMBER, 402), b'{"result":true}'),
    "posting_fbs_product_cancel": (
        lambda c: c.posting_fbs_product_cancel(NUMBER, 402, "x", [CancelItem(sku=1, quantity=1)]),
        b'{"result":""}',
    ),
    "posting_fbs_arbitration": (lambda c: c.posting_fbs_arbitration([NUMBER]), b'{"result":true}'),
    "posting_fbs_awaiting_delivery": (
        lambda c: c.posting_fbs_awaiting_delivery([NUMBER]),
        b'{"result":true}',
    ),
    "conditional_cancellation_approve": (lambda c: c.conditional_cancellation_approve(7), b""),
    "conditional_cancellation_reject": (lambda c: c.conditional_cancellation_reject(7, "x"), b""),
    "carriage_create": (lambda c: c.carriage_create(1, TIME), b'{"carriage_id":7}'),
    "carriage_approve": (lambda c: c.carriage_approve(7), b"{}"),
    "carriage_cancel": (lambda c: c.carriage_cancel(7), b'{"carriage_status":"cancelled","error":""}'),
    "carriage_set_postings": (
        lambda c: c.carriage_set_postings(7, [NUMBER]),
        b'{"result":[{"posting_number":"1001-1","result":true,"error":""}]}',
    ),
    "posting_fbs_ship": (lambda c: c.posting_fbs_ship(NUMBER, [PACKAGE]), b'{"result":["1001-1"]}'),
    "posting_fbs_ship_package": (
        lambda c: c.posting_fbs_ship_package(NUMBER, [PartProduct(product_id=1, quantity=1)]),
        b'{"result":"1001-1"}',
    ),
    "posting_fbs_split": (
        lambda c: c.posting_fbs_split(NUMBER, [PACKAGE]),
        b'{"postings":[{"posting_number":"1001-2"}]}',
    ),
    "posting_multiboxqty_set": (
        lambda c: c.posting_multiboxqty_set(NUMBER, 2),
        b'{"result":{"result":true}}',
    ),
    "fbs_posting_tracking_number_set": (
        lambda c: c.fbs_posting_tracking_number_set(
            [TrackingNumber(posting_number=NUMBER, tracking_number="T")]
        ),
        b'{"result":[{"posting_number":"1001-1","result":true}]}',
    ),
    **{
        f"fbs_posting_{stage}": (
            lambda c, stage=stage: getattr(c, f"fbs_posting_{stage}")([NUMBER]),  # type: ignore[misc]
            b'{"result":[{"posting_number":"1001-1","result":true}]}',
        )
        for stage in ("delivering", "last_mile", "delivered")
    },
    "posting_cutoff_set": (lambda c: c.posting_cutoff_set(NUMBER, TIME), b'{"result":true}'),
    "fbs_posting_product_exemplar_set": (
        lambda c: c.fbs_posting_product_exemplar_set(NUMBER, [ProductToSet(product_id=1, exemplars=[])]),
        b"",
    ),
    "fbs_posting_product_exemplar_update": (lambda c: c.fbs_posting_product_exemplar_update(NUMBER), b""),
    "posting_fbs_product_country_set": (
        lambda c: c.posting_fbs_product_country_set(NUMBER, 7, "NO"),
        b'{"product_id":7,"is_gtd_needed":true}',
    ),
    "products_stocks": (
        lambda c: c.products_stocks([Stock(warehouse_id=1, stock=1, offer_id="A")]),
        b'{"result":[{"offer_id":"A","updated":true}]}',
    ),
}
"""Every method that changes something at Ozon, with what its schema (2026-09-22) shows as success."""

NO_BODY = (
    *("conditional_cancellation_approve", "conditional_cancellation_reject"),
    *("fbs_posting_product_exemplar_set", "fbs_posting_product_exemplar_update"),
)
"""Success is an answer without a body, or with an empty object: both are an empty message of the gateway."""

READS = {
    *("posting_fbs_cancel_reason", "posting_fbs_cancel_reason_list", "carriage_delivery_list"),
    *("carriage_get", "posting_fbs_act_check_status", "posting_fbs_act_get_pdf"),
    *("posting_fbs_act_get_barcode", "posting_fbs_act_get_container_labels"),
    *("posting_fbs_act_get_barcode_text", "posting_fbs_act_get_postings", "posting_fbs_act_list"),
    *("posting_fbs_package_label_create", "posting_fbs_package_label_get", "download", "roles"),
    *("posting_fbs_unfulfilled_list", "posting_fbs_list", "posting_fbs_get", "posting_fbs_get_by_barcode"),
    *("warehouse_list", "delivery_method_list", "conditional_cancellation_list"),
    *("fbs_posting_product_exemplar_create_or_get", "fbs_posting_product_exemplar_validate"),
    *("fbs_posting_product_exemplar_status", "posting_fbs_product_country_list"),
    "product_info_stocks_by_warehouse_fbs",
}

SAYS_NOTHING = (
    *(b"{}", b"[]", b"null", b"", b'""', b"0", b"true", b"[null]", b"[{}]", b"\xff\xfe{", b"[" * 9999),
    b"<html><title>Sign in</title></html>",
    b'{"status":"ERROR","message":"x"}',
    b'{"error":"upstream"}',
    b'{"success":true}',
    b'{"result":null}',
    b'{"result":{}}',
    b'{"result":[]}',
    b'{"result":[{}]}',
    b'{"result":{"result":"maybe"}}',
    b'{"carriage_id":0,"postings":[],"carriage_status":"","error":""}',
)


def test_every_method_is_a_change_or_a_read() -> None:
    methods = {name for name, _ in inspect.getmembers(Client, inspect.isfunction) if name[0] != "_"}
    assert methods == CHANGES.keys() | READS


@pytest.mark.parametrize("body", SAYS_NOTHING)
@pytest.mark.parametrize("name", CHANGES)
async def test_what_says_nothing_is_neither_success_nor_refusal(name: str, body: bytes) -> None:
    if body == CHANGES[name][1] or (name in NO_BODY and body == b"{}"):
        await _answered(name, body)
        return
    with pytest.raises(NoOutcome):
        await _answered(name, body)


@pytest.mark.parametrize("name", CHANGES)
async def test_success_and_refusal_are_what_they_are(name: str) -> None:
    await _answered(name, CHANGES[name][1])
    with pytest.raises(OzonError) as caught:
        await _answered(name, b'{"code":3,"message":"HAS_INCORRECT_STATUS","details":[]}')
    assert caught.value.token == "HAS_INCORRECT_STATUS"


@pytest.mark.parametrize(
    "name", [n for n, (_, done) in CHANGES.items() if b'"posting_number":"1001-1"' in done]
)
async def test_a_result_of_another_posting_says_nothing(name: str) -> None:
    with pytest.raises(NoOutcome):
        await _answered(name, b'{"result":[{"posting_number":"9999-9","result":true}]}')


def test_it_is_a_decode_error_too() -> None:
    assert issubclass(NoOutcome, msgspec.ValidationError)


@respx.mock
async def _answered(name: str, body: bytes) -> object:
    route = respx.route().respond(200, content=body)
    async with httpx.AsyncClient() as http:
        try:
            return await CHANGES[name][0](Client(http, ApiKey("1", "k"), "https://ozon.example"))
        finally:
            [call] = route.calls
            assert "safe" not in call.request.extensions
