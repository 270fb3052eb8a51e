"""The answer to a change is success, a refusal, or nothing at all: what says nothing is never either."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import httpx
import pytest
import respx
from russian_post_api import (
    BatchOrder,
    NoOutcome,
    OrderEdit,
    OrderRequest,
    Otpravka,
    OtpravkaAuth,
    OtpravkaError,
    ReturnAddress,
    ReturnEdit,
    ReturnRequest,
    SeparateReturnRequest,
)

_TEXTS = (
    "order_num mail_type mail_category recipient_name surname given_name address_type_to region_to place_to"
)
LEAST: dict[str, Any] = dict.fromkeys([*_TEXTS.split(), "street_to", "house_to", "postoffice_code"], "x")
LEAST |= {"mass": 100, "mail_direct": 643, "fragile": False}
ORDER = OrderRequest(**LEAST, tariff_count=1)
SEPARATE = SeparateReturnRequest(
    mail_type="EMS", address_from=ReturnAddress(), sender_name="x", recipient_name="x"
)

CHANGES: dict[str, Callable[[Otpravka], Awaitable[object]]] = {
    "backlog_create": lambda c: c.backlog_create([ORDER]),
    "backlog_edit": lambda c: c.backlog_edit(1, OrderEdit(**LEAST)),
    "backlog_delete": lambda c: c.backlog_delete([1]),
    "batch_create": lambda c: c.batch_create([1]),
    "batch_move_orders": lambda c: c.batch_move_orders("24", [1]),
    "batch_create_orders": lambda c: c.batch_create_orders("24", [BatchOrder(**LEAST)]),
    "batch_set_date": lambda c: c.batch_set_date("24", date(2026, 7, 1)),
    "batch_checkin": lambda c: c.batch_checkin("24"),
    "shipment_to_backlog": lambda c: c.shipment_to_backlog([1]),
    "shipment_delete": lambda c: c.shipment_delete([1]),
    "archive_put": lambda c: c.archive_put(["24"]),
    "archive_revert": lambda c: c.archive_revert(["24"]),
    "return_create": lambda c: c.return_create(ReturnRequest(direct_barcode="1", mail_type="EMS")),
    "return_create_separate": lambda c: c.return_create_separate([SEPARATE]),
    "return_edit": lambda c: c.return_edit("1", ReturnEdit()),
    "return_delete": lambda c: c.return_delete("1"),
}
"""Every method that changes something at the Post."""

READS = {
    *("settings_limit", "settings", "user_shipping_points", "counterpart_balance", "tariff"),
    *("clean_address", "clean_physical", "clean_phone", "unreliable_recipient"),
    *("backlog_search", "backlog_get", "backlog_by_group", "batch_list", "batch_get", "batch_orders"),
    *("shipment_search", "shipment_get", "shipment_by_group", "archive_list"),
    *("forms_backlog", "forms", "forms_zip", "form_f7", "form_f112", "form_f103", "form_easy_return"),
    *("form_completeness_checking", "postoffice", "postoffice_services", "postoffice_by_address"),
    *("postoffice_nearby", "settlement_offices", "unloading_passport"),
}

SUCCESS = {
    "batch_set_date": (b"{}", b'{"f103-sent":true}', b'{"f103-sent":false}'),
    "backlog_edit": (b"[]",),
    "return_edit": (b"{}",),
    "return_delete": (b"",),
    "archive_revert": (b'["24"]',),
}
"""Short bodies that a source shows as success: a recording (dates, edits), or the schemas."""

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
    if body in SUCCESS.get(name, ()):
        await _answered(name, body)
        return
    with pytest.raises(NoOutcome):
        await _answered(name, body)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        *(("backlog_create", b'{"result-ids":[2319421774]}'), ("batch_create", b'{"result-ids":[1]}')),
        *(("batch_checkin", b'{"result-ids":[1]}'), ("return_delete", b'{"return-barcode":"1"}')),
        *(("return_create", b'{"orders":[]}'), ("archive_put", b'[{"batch-name":"25"}]')),
        ("return_create_separate", b'[{"position":0}]'),
        ("batch_set_date", b'{"changed":true}'),
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


@pytest.mark.parametrize(("name", "body"), [(n, b) for n, bodies in SUCCESS.items() for b in bodies])
async def test_what_a_source_shows_as_success(name: str, body: bytes) -> None:
    await _answered(name, body)


@pytest.mark.parametrize("name", CHANGES)
async def test_a_refusal_is_one(name: str) -> None:
    with pytest.raises(OtpravkaError) as caught:
        await _answered(name, b'{"code":"1002","sub-code":"INTERNAL_ERROR","desc":"x"}')
    assert caught.value.codes == {"1002", "INTERNAL_ERROR"}


async def test_an_edit_is_refused_without_a_list_of_errors() -> None:
    body = b'{"error-codes":[{"code":"EMPTY_INDEX_TO","description":"x"}],"position":0}'
    with pytest.raises(OtpravkaError) as caught:
        await _answered("backlog_edit", body)
    assert caught.value.codes == {"EMPTY_INDEX_TO"}
    assert caught.value.errors[0].position == 0


@respx.mock
async def _answered(name: str, body: bytes) -> object:
    route = respx.route().respond(200, content=body)
    async with httpx.AsyncClient() as http:
        try:
            return await CHANGES[name](Otpravka(http, OtpravkaAuth("t", "l", "p"), "https://post.example"))
        finally:
            [call] = route.calls
            assert "safe" not in call.request.extensions
