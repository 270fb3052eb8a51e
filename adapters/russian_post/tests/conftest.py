from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from adapters.conftest import VendorHttp
from russian_post_api import BatchTracking, Calculator, Otpravka, OtpravkaAuth, Tracking

Handler = Callable[[httpx.Request], httpx.Response]
Answers = Callable[..., Handler]
Recorded = Callable[[str], bytes]

HOST = "https://post.example"


class Clients:
    """The four clients over one handler."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.otpravka = Otpravka(http, OtpravkaAuth("token", "me@shop.example", "hush"), HOST)
        self.calculator = Calculator(http, HOST)
        self.tracking = Tracking(http, "login", "hush", f"{HOST}/rtm34")
        self.batch = BatchTracking(http, "login", "hush", f"{HOST}/fc")


MakeClients = Callable[[Handler | None], Clients]


@pytest.fixture
def make_clients(vendor_http: VendorHttp) -> MakeClients:
    """Makes clients whose every request goes to a handler."""
    return lambda handler: Clients(vendor_http(HOST, handler))


@pytest.fixture
def answers() -> Answers:
    """A handler that answers everything with one status and body."""

    def make(body: Any = b"", status: int = 200) -> Handler:
        content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        return lambda request: httpx.Response(status, content=content)

    return make


@pytest.fixture(scope="session")
def recorded(shared: Path) -> Recorded:
    """Reads one recorded answer."""
    folder = shared / "fixtures" / "russian-post"

    def read(name: str) -> bytes:
        content = (folder / name).read_bytes()
        if name.startswith(("sdk-snapshot", "tariff-2026")):  # wrapped by the tool that recorded it
            return json.dumps(json.loads(content)["result"], ensure_ascii=False).encode()
        return content

    return read
