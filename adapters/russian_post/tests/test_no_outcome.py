"""The answer to a change is success, a refusal, or nothing at all: what says nothing is never either."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
import respx
from russian_post_api import (
    NoOutcome,
    OrderRequest,
    Otpravka,
    OtpravkaAuth,
    OtpravkaError,
)

_TEXTS = (
    "order_num mail_type mail_category recipient_name surname given_name address_type_to region_to place_to"
)
LEAST: dict[str, Any] = dict.fromkeys([*_TEXTS.split(), "street_to", "house_to", "postoffice_code"], "x")
LEAST |= {"mass": 100, "mail_direct": 643, "fragile": False}
ORDER = OrderRequest(**LEAST, tariff_count=1)

CHANGES: dict[str, Callable[[Otpravka], Awaitable[object]]] = {
    "backlog_create": lambda c: c.backlog_create([ORDER]),
    "backlog_delete": lambda c: c.backlog_delete([1]),
    "batch_create": lambda c: c.batch_create([1]),
    "batch_checkin": lambda c: c.batch_checkin("24"),
    "shipment_delete": lambda c: c.shipment_delete([1]),
}
"""Every method that changes something at the Post."""

READS = {
    *("settings_limit", "settings", "user_shipping_points", "tariff"),
    *("clean_address", "clean_physical", "postoffice", "unloading_passport"),
    *("backlog_search", "backlog_get", "batch_get", "batch_orders"),
    *("shipment_search", "shipment_get", "forms_backlog", "forms", "form_f103"),
}

SAYS_NOTHING = (
    *(b"{}", b"[]", b"null", b"", b'""', b"0", b"true", b"[null]", b"[{}]", b"\xff\xfe{", b"[" * 9999),
    b"<html><title>Sign in</title></html>",
    b'{"status":"ERROR","message":"x"}',
    b'{"error":"upstream","error_description":"x"}',
    b'{"timestamp":"t","status":404,"error":"Not Found","message":"m","path":"/1.0/x"}',
    b'{"code":"TIMEOUT","message":"gateway"}',
    b'{"code":"","desc":""}',
    b'{"success":true}',
    b'{"result":"ok"}',
    b'{"orders":[],"errors":[],"batches":[],"result-ids":[]}',
    b'{"orders":null,"errors":null,"batches":null,"result-ids":null,"return-barcode":null}',
    b'{"errors":["x"]}',
    b'{"errors":[{}]}',
    b'{"errors":{}}',
    b'{"errors":[{"message":"internal"}]}',
    b'{"errors":[{"error-codes":[],"position":0}]}',
    b'{"error-codes":[],"position":0}',
    b'{"error-code":""}',
    b'{"orders":[{"barcode":"80092578900475","order-num":"A-1"}]}',
    b'{"f103-sent":{}}',
    b'[{"batch-name":"25"}]',
)


def test_every_method_is_a_change_or_a_read() -> None:
    methods = {name for name, _ in inspect.getmembers(Otpravka, inspect.isfunction) if name[0] != "_"}
    assert methods == CHANGES.keys() | READS


@pytest.mark.parametrize("body", SAYS_NOTHING)
@pytest.mark.parametrize("name", CHANGES)
async def test_what_says_nothing_is_neither_success_nor_refusal(name: str, body: bytes) -> None:
    with pytest.raises(NoOutcome):
        await _answered(name, body)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        *(("backlog_create", b'{"result-ids":[2319421774]}'), ("batch_create", b'{"result-ids":[1]}')),
        ("batch_checkin", b'{"result-ids":[1]}'),
        # Beside what cannot be read, and may be what was done, an error refuses nothing.
        (
            "backlog_create",
            b'{"orders":[{"result-id":"x"}],"errors":[{"error-codes":[{"code":"EMPTY_MASS"}]}]}',
        ),
        ("backlog_delete", b'{"result-ids":["x"],"errors":[{"error-code":"NOT_FOUND"}]}'),
        ("batch_create", b'{"batches":[{"batch-name":[]}],"errors":[{"error-code":"NOT_FOUND"}]}'),
    ],
)
async def test_another_or_a_broken_answer_says_nothing(name: str, body: bytes) -> None:
    with pytest.raises(NoOutcome):
        await _answered(name, body)


@pytest.mark.parametrize("name", CHANGES)
async def test_a_refusal_is_one(name: str) -> None:
    with pytest.raises(OtpravkaError) as caught:
        await _answered(name, b'{"code":"1002","sub-code":"INTERNAL_ERROR","desc":"x"}')
    assert caught.value.codes == {"1002", "INTERNAL_ERROR"}


@respx.mock
async def _answered(name: str, body: bytes) -> object:
    route = respx.route().respond(200, content=body)
    async with httpx.AsyncClient() as http:
        try:
            return await CHANGES[name](Otpravka(http, OtpravkaAuth("t", "l", "p"), "https://post.example"))
        finally:
            [call] = route.calls
            assert "safe" not in call.request.extensions
