"""Whatever comes back, a method answers or raises what it says that it raises."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import msgspec
import respx
from hypothesis import given, settings
from hypothesis import strategies as st
from russian_post_api import (
    BadAnswer,
    BatchTracking,
    Calculator,
    CalculatorError,
    CalculatorQuery,
    Fault,
    Otpravka,
    OtpravkaAuth,
    OtpravkaError,
    TicketError,
    Tracking,
    errors_in,
)

# Keys that mean something to the client, among values that do not fit them.
KEYS = st.sampled_from(
    [
        *("code", "desc", "sub-code", "errors", "error-codes", "error-code", "position", "description"),
        *("status", "path", "error", "message", "f103-sent", "orders", "result-ids", "batches", "id"),
        *("batch-name", "total-rate", "allowed-count", "current-count", "return-barcode", "country", "pay"),
        *("delivery-time", "last-oper-date", "goods", "items", "available-products", "mail-type"),
    ]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
BODIES = JSON.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=40)
STATUSES = st.sampled_from([200, 200, 202, 302, 400, 401, 404, 429, 500, 503])

OTPRAVKA: list[Callable[[Otpravka], Awaitable[object]]] = [
    lambda c: c.settings_limit(),
    lambda c: c.settings(),
    lambda c: c.user_shipping_points(),
    lambda c: c.clean_address([]),
    lambda c: c.backlog_create([]),
    lambda c: c.backlog_search("x"),
    lambda c: c.backlog_get(1),
    lambda c: c.backlog_delete([1]),
    lambda c: c.batch_create([1]),
    lambda c: c.batch_checkin("1"),
    lambda c: c.shipment_get(1),
    lambda c: c.forms(1),
    lambda c: c.postoffice("1"),
    lambda c: _drain(c),
]
CALCULATOR: list[Callable[[Calculator], Awaitable[object]]] = [
    lambda c: c.tariff(CalculatorQuery(object=1)),
    lambda c: c.countries(),
    lambda c: c.objects(),
]


async def _drain(client: Otpravka) -> None:
    async for _ in client.unloading_passport("PVZ"):
        pass


Calls = Callable[[httpx.AsyncClient], list[Awaitable[object]]]


def _run(status: int, body: bytes, calls: Calls, *errors: Any) -> None:
    @respx.mock
    async def go() -> None:
        respx.route().respond(status, content=body)
        async with httpx.AsyncClient() as http:
            for call in calls(http):
                try:
                    await call
                except (httpx.HTTPStatusError, *errors):
                    continue

    asyncio.run(go())


@settings(max_examples=60, deadline=None)
@given(STATUSES, BODIES)
def test_otpravka(status: int, body: bytes) -> None:
    def calls(http: httpx.AsyncClient) -> list[Awaitable[object]]:
        client = Otpravka(http, OtpravkaAuth("t", "l", "p"))
        return [call(client) for call in OTPRAVKA]

    _run(status, body, calls, OtpravkaError, msgspec.DecodeError)


@settings(max_examples=60, deadline=None)
@given(STATUSES, BODIES)
def test_the_calculator(status: int, body: bytes) -> None:
    def calls(http: httpx.AsyncClient) -> list[Awaitable[object]]:
        return [call(Calculator(http)) for call in CALCULATOR]

    _run(status, body, calls, CalculatorError, msgspec.DecodeError)


NAMES = st.sampled_from(
    [
        *(
            "Body",
            "Fault",
            "Detail",
            "Reason",
            "Text",
            "Code",
            "Value",
            "value",
            "error",
            "Item",
            "Operation",
        ),
        *("OperationHistoryData", "historyRecord", "OperationParameters", "OperType", "Id", "OperDate"),
    ]
)
XML = st.recursive(
    st.text(alphabet="a1 -:Tяё", max_size=6),
    lambda inner: st.tuples(NAMES, st.lists(inner, max_size=3)).map(
        lambda pair: f'<{pair[0]} ErrorTypeID="x">{"".join(pair[1])}</{pair[0]}>'
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(STATUSES, XML.map(lambda x: f"<Envelope><Body>{x}</Body></Envelope>".encode()) | BODIES)
def test_tracking(status: int, body: bytes) -> None:
    def calls(http: httpx.AsyncClient) -> list[Awaitable[object]]:
        single, batch = Tracking(http, "l", "p"), BatchTracking(http, "l", "p")
        return [
            single.operation_history("1"),
            batch.ticket(["1"]),
            batch.response_by_ticket("1"),
        ]

    _run(status, body, calls, Fault, TicketError, BadAnswer)


@given(BODIES)
def test_looking_for_errors_never_fails(body: bytes) -> None:
    assert all(isinstance(one.code, str) for one in errors_in(body))
