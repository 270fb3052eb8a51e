"""Fixtures for plugin authors; pytest loads them wherever parcelhub is installed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import httpx

pytest.register_assert_rewrite(
    "hub.testing.carrier_contract",
    "hub.testing.contract_booking",
    "hub.testing.contract_offers",
    "hub.testing.driving",
)


@pytest.fixture
async def hub_http() -> AsyncIterator[httpx.AsyncClient]:
    """The HTTP client that the hub gives to a plugin: total deadlines, size limits, and the guard that
    refuses a request which could cost money outside a journalled operation. In tests it connects anywhere."""
    from hub.calls.transport import make_client
    from hub.plugins.addresses import Addresses

    async with make_client(addresses=Addresses.everywhere()) as client:
        yield client
