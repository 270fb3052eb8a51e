"""The answer to a change is success, a refusal, or nothing at all: what says nothing is never either."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from decimal import Decimal

import httpx
import pytest
from spsr_api import (
    BadAnswer,
    Client,
    Invoice,
    NoOutcome,
    Party,
    Piece,
    SpsrError,
)

MakeClient = Callable[..., Client]

ONE = Decimal(1)
PARTY = Party(city="x", address="x")
PIECE = Piece(weight=ONE, length=ONE, width=ONE, depth=ONE)
INVOICE = Invoice(reference="A-1", product="PelSt", shipper=PARTY, receiver=PARTY, pieces=(PIECE,))
DONE = '<root><Result RC="0"/>{}</root>'

CHANGES: dict[str, tuple[Callable[[Client], Awaitable[object]], str]] = {
    "invoices_create": (
        lambda c: c.invoices_create([INVOICE]),
        '<Invoice Status="Created" GCNumber="A-1" InvoiceNumber="7"/>',
    ),
}
"""Every method that changes something at SPSR, with what clients read as success beside result code 0."""

READS = {
    *("login", "cities", "offices", "tariffs", "invoice_info", "monitor", "courier_orders_active"),
}

SAYS_NOTHING = (
    *("{}", "[]", "null", "", '""', '{"status":"ERROR"}', "<html><body>Sign in</body></html>", "<root/>"),
    '<root><Result RC=""/></root>',
    '<root><Result RC="ok"/></root>',
    "<root><Result/></root>",
    '<root><error ErrorMessageRU="x"/></root>',
    "<root><Error>x</Error></root>",
    '<root><Status>ERROR</Status><Invoice Status="Created" InvoiceNumber="7"/></root>',
)


def test_every_method_is_a_change_or_a_read() -> None:
    methods = {name for name, _ in inspect.getmembers(Client, inspect.isfunction) if name[0] != "_"}
    assert methods == CHANGES.keys() | READS


@pytest.mark.parametrize("body", SAYS_NOTHING)
@pytest.mark.parametrize("name", CHANGES)
async def test_what_says_nothing_is_neither_success_nor_refusal(
    make_client: MakeClient, name: str, body: str
) -> None:
    with pytest.raises(BadAnswer):
        await _answered(make_client, name, body)


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        *(("invoices_create", ""), ("invoices_create", "<Invoice/>"), ("invoices_create", "<AddOrder/>")),
        ("invoices_create", '<Invoice Status="Created" GCNumber="A-1"/>'),
        ("invoices_create", '<Invoice Status="Taken" GCNumber="A-1" InvoiceNumber="7"/>'),
    ],
)
async def test_a_result_code_alone_makes_nothing(make_client: MakeClient, name: str, inside: str) -> None:
    with pytest.raises(NoOutcome):
        await _answered(make_client, name, DONE.format(inside))


@pytest.mark.parametrize("name", CHANGES)
async def test_success_and_refusal_are_what_they_are(make_client: MakeClient, name: str) -> None:
    await _answered(make_client, name, DONE.format(CHANGES[name][1]))
    with pytest.raises(SpsrError) as caught:
        await _answered(make_client, name, '<root><Result RC="1018"/><error ErrorMessageRU="x"/></root>')
    assert caught.value.code == 1018


async def _answered(make_client: MakeClient, name: str, body: str) -> None:
    sent: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, text=body)

    try:
        await CHANGES[name][0](make_client(handler))
    finally:
        [request] = sent
        assert "safe" not in request.extensions
