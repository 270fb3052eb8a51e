"""A real application over a real store, and a key for each kind of caller."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar

from hub.flow.app import App
from hub.flow.opening import open_app
from hub.flow.sellers import keys
from hub.web.app import create_app
from tests.web.seed import Seeded, make_home, seed


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("web")
    group.addoption(
        "--schemathesis", type=int, default=None, help="examples of each operation (CI: 2; the long form: 50)"
    )


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[App]:
    app = open_app(make_home(tmp_path))
    try:
        yield app
    finally:
        await app.aclose()


@pytest.fixture
def seeded(hub: App) -> dict[str, Seeded]:
    return seed(hub)


_SITES: dict[tuple[object, ...], Litestar] = {}
"""By the routes that plugins add: one application serves a test's hub after the other's. To make one takes
longer than a test."""


@pytest.fixture
def site(hub: App) -> Litestar:
    routes = tuple(hub.registry.routes())
    if routes not in _SITES:
        _SITES[routes] = create_app(hub, worker=False)
    _SITES[routes].state["hub"] = hub
    return _SITES[routes]


def _client(site: Litestar, token: str) -> httpx.AsyncClient:
    asgi: Any = site  # httpx and Litestar spell the same protocol differently
    transport = httpx.ASGITransport(app=asgi, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.AsyncClient(transport=transport, base_url="http://hub", headers=headers)


@pytest.fixture
async def nobody(site: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    async with _client(site, "") as client:
        yield client


@pytest.fixture
async def operator(hub: App, site: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    _, token = await keys.add_key(hub, None, "operator", "test")
    async with _client(site, token) as client:
        yield client


@pytest.fixture
async def alpha(hub: App, site: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    _, token = await keys.add_key(hub, "alpha", "alpha's shop", "test")
    async with _client(site, token) as client:
        yield client


@pytest.fixture
async def beta(hub: App, site: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    _, token = await keys.add_key(hub, "beta", "beta's shop", "test")
    async with _client(site, token) as client:
        yield client
