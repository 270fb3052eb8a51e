"""Answers that say nothing, and a vendor that gives one of them to whatever could cost money."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from hub.calls.sending import is_safe


def _says(case: str, status: int, body: bytes, kind: str = "application/json") -> httpx.Response:
    return httpx.Response(status, content=body, headers={"Content-Type": kind, "X-Case": case})


_PAGE = b"<!doctype html><html><body>Please log in</body></html>"
NO_ANSWERS = (
    *(_says(f"{status}", status, b"") for status in (401, 403, 429, 500, 503)),
    _says("page", 200, _PAGE, "text/html"),
)
UNCLEAR = (
    *NO_ANSWERS,
    _says("page_502", 502, _PAGE, "text/html"),
    _says("redirect", 302, b""),
    _says("empty", 200, b""),
    _says("object", 200, b"{}"),
    _says("list", 200, b"[]"),
    _says("null", 200, b"null"),
    _says("cut", 200, b'{"state": "confirmed", "number": "1'),
    _says("foreign_error", 200, b'{"status": "ERROR", "message": "no"}'),
    _says("page_400", 400, _PAGE, "text/html"),
    _says("empty_422", 422, b""),
    _says("json_403", 403, b'{"error": {"code": "forbidden", "message": "no"}}'),
)
"""What something in front of a vendor may answer, after the vendor has acted."""


class Answering(httpx.AsyncBaseTransport):
    """The vendor as it is, except that unsafe requests are answered with ``response`` and never reach it."""

    def __init__(self, vendor: httpx.AsyncBaseTransport, response: httpx.Response) -> None:
        self._vendor = vendor
        self._response = response

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if is_safe(request):
            return await self._vendor.handle_async_request(request)
        await request.aread()
        given = self._response
        return httpx.Response(
            given.status_code, headers=given.headers, content=given.content, request=request
        )


def always(response: httpx.Response) -> Callable[[httpx.Request], httpx.Response]:
    """For `httpx.MockTransport`: the same answer to everything."""
    return lambda request: httpx.Response(
        response.status_code, headers=response.headers, content=response.content, request=request
    )
