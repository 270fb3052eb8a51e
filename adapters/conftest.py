"""Vendors that a test plays itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import respx

VendorHttp = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def vendor_http() -> AsyncIterator[VendorHttp]:
    """Makes HTTP clients: ``vendor_http(host, handler)``. A request to another host fails the test, and so
    does a handler that nobody asked; without a handler any request does. No host: any."""
    opened: list[tuple[respx.MockRouter, httpx.AsyncClient]] = []

    def make(host: str, handler: Any, **options: Any) -> httpx.AsyncClient:
        vendor = respx.MockRouter(base_url=host)
        if handler is not None:
            vendor.route().mock(side_effect=handler)
        http = httpx.AsyncClient(transport=httpx.MockTransport(vendor.async_handler), **options)
        opened.append((vendor, http))
        return http

    yield make
    for vendor, http in opened:
        await http.aclose()
        vendor.assert_all_called()
