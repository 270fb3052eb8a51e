"""A vendor that answers from memory, and the folder of Ozon's own examples."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
from adapters.conftest import VendorHttp
from ozon_api import ApiKey, Client

KEY = "3f1c-not-a-real-key"
FILE_HOSTS = ("ozon.ru", "ozone.ru", "http://127.0.0.1:8102")


class Vendor:
    """Answers every request with :attr:`answer` and keeps what was asked."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.answer = httpx.Response(200, json={})

    def reply(self, json_: object = None, *, status: int = 200) -> None:
        self.answer = httpx.Response(status, json=json_)

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.answer

    @property
    def request(self) -> httpx.Request:
        """The one request that was made."""
        [request] = self.requests
        return request

    @property
    def body(self) -> object:
        return json.loads(self.request.content)


@pytest.fixture
def vendor() -> Vendor:
    return Vendor()


@pytest.fixture
def client(vendor: Vendor, vendor_http: VendorHttp) -> Client:
    http = vendor_http("", vendor.handle, follow_redirects=True)
    return Client(http, ApiKey("1234", KEY), file_hosts=FILE_HOSTS)


@pytest.fixture(scope="session")
def examples(shared: Path) -> Path:
    """Ozon's own example bodies."""
    return shared / "fixtures" / "ozon"
