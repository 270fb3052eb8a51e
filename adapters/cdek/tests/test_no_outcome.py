"""The answer to a change is success, a refusal, or nothing at all: what says nothing is never either."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable

import httpx
import pytest
import respx
from cdek_api import (
    CdekError,
    Client,
    Contact,
    NoOutcome,
    OrderRequest,
    Package,
)

UUID = "095be615-a8ad-4c33-8e9c-c7612fbf6c9f"
ORDER = OrderRequest(
    tariff_code=136, recipient=Contact(name="x"), packages=(Package(number="1", weight=100),), number="A-1"
)

MAKES: dict[str, Callable[[Client], Awaitable[object]]] = {
    "order_create": lambda c: c.order_create(ORDER),
}
"""Something new comes of it, which has to be named."""

CHANGES: dict[str, Callable[[Client], Awaitable[object]]] = MAKES | {
    "order_delete": lambda c: c.order_delete(UUID),
    "order_refusal": lambda c: c.order_refusal(UUID),
}
"""Every method that changes something at CDEK."""

READS = {
    *("calculator_tariff_and_service", "package_restrictions", "order_get"),
    *("order_get_by_im_number", "order_passports", "barcode_create", "barcode_get", "barcode_pdf"),
    *("delivery_points", "cities"),
}

SAYS_NOTHING = (
    *(b"{}", b"[]", b"null", b"", b'""', b"0", b"true", b"[null]", b"[{}]", b"\xff\xfe{", b"[" * 9999),
    b"<html><title>Sign in</title></html>",
    b'{"status":"ERROR","message":"x"}',
    b'{"error":"upstream","error_description":"x"}',
    b'{"timestamp":"t","status":404,"error":"Not Found","message":"m","path":"/v2/x"}',
    b'{"success":true}',
    b'{"errors":[{"code":"x","message":"y"}]}',
    b'{"entity":{},"requests":[]}',
    b'{"entity":{"uuid":""},"requests":[{}]}',
    b'{"entity":null,"requests":null}',
    b'{"requests":[{"state":"DONE"}]}',
    b'{"requests":[{"state":"INVALID"}]}',
    b'{"requests":[{"state":"INVALID","errors":[{"message":"x"}]}]}',
    b'{"entity":[1],"requests":{"state":{}}}',
)


def test_every_method_is_a_change_or_a_read() -> None:
    methods = {name for name, _ in inspect.getmembers(Client, inspect.isfunction) if name[0] != "_"}
    assert methods == CHANGES.keys() | READS


@pytest.mark.parametrize("body", SAYS_NOTHING)
@pytest.mark.parametrize("name", CHANGES)
async def test_what_says_nothing_is_neither_success_nor_refusal(name: str, body: bytes) -> None:
    with pytest.raises(NoOutcome):
        await _answered(name, body)


@pytest.mark.parametrize("name", MAKES)
async def test_what_is_made_has_to_be_named(name: str) -> None:
    with pytest.raises(NoOutcome):
        await _answered(name, b'{"requests":[{"type":"CREATE","state":"ACCEPTED"}]}')


@pytest.mark.parametrize("name", CHANGES)
async def test_success_and_refusal_are_what_they_are(name: str) -> None:
    await _answered(name, b'{"entity":{"uuid":"%s"},"requests":[{"state":"ACCEPTED"}]}' % UUID.encode())
    refused = b'{"requests":[{"state":"INVALID","errors":[{"code":"v2_entity_not_found","message":"x"}]}]}'
    with pytest.raises(CdekError) as caught:
        await _answered(name, refused)
    assert caught.value.codes == {"v2_entity_not_found"}


@respx.mock
async def _answered(name: str, body: bytes) -> object:
    route = respx.route().respond(202, content=body)
    async with httpx.AsyncClient() as http:
        try:
            return await CHANGES[name](Client(http, httpx.Auth(), "https://cdek.example"))
        finally:
            [call] = route.calls
            assert "safe" not in call.request.extensions
