"""One request through the whole way out, and answers to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from hub.calls.call import Terms, read, send
from hub.calls.transport import make_client
from hub.plugin_api.errors import (
    Failure,
)
from hub.plugin_api.refusals import Refusal

URL = "http://vendor.test/orders?key=hidden"
REFUSALS = (Refusal(statuses=(400, 409), at="error.code", unclear=("internal",), source="a test"),)
Answer = Callable[[httpx.Request], httpx.Response]


def silent(error: Exception) -> Failure | None:
    return None


class VendorError(Exception):
    """An adapter's own error: it knows the status that it came under."""

    def __init__(self, http_status: int = 200, *, retry_after: float | None = None) -> None:
        super().__init__("the vendor's text, with a buyer's name")
        self.http_status = http_status
        self.retry_after = retry_after


async def ask(
    answer: Answer, method: str = "GET", *, explain: Any = silent, **options: Any
) -> httpx.Response:
    """One request through the whole way out; unsafe methods are sent, the others read."""

    async def work() -> httpx.Response:
        response = await client.request(method, URL)
        response.raise_for_status()
        return response

    async with make_client(inner=httpx.MockTransport(answer)) as client:
        if method == "GET":
            return await read("Vendor, orders", work, explain=explain)
        return await send(
            "Vendor, order", work, operation_id="op_1", terms=Terms(explain=explain, refusals=REFUSALS)
        )


def status(code: int, **headers: str) -> Answer:
    return lambda request: httpx.Response(code, headers={n.replace("_", "-"): v for n, v in headers.items()})


def refusal(code_of_http: int = 400, code: str = "no_city") -> Answer:
    return lambda request: httpx.Response(code_of_http, json={"error": {"code": code, "message": "Kazan?"}})


def failing(error: type[Exception], text: str = "with hidden things") -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error(text)

    return answer
