from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from adapters.conftest import VendorHttp
from adapters.russian_post.tests.bodies import BODIES
from russian_post_api import BatchTracking, Calculator, Otpravka, OtpravkaAuth, Tracking
from tests.material import WITHOUT_SHARED, shared_folder

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
def recorded() -> Recorded:
    """Reads one answer as bytes: the recorded one where it is, else our own. XML only as recorded."""
    shared = shared_folder()

    def read(name: str) -> bytes:
        if shared is not None:
            return unwrapped(name, (shared / "fixtures" / "russian-post" / name).read_bytes())
        if name.endswith(".xml"):
            pytest.skip(WITHOUT_SHARED)
        return json.dumps(BODIES[name], ensure_ascii=False).encode()

    return read


def unwrapped(name: str, content: bytes) -> bytes:
    """Without what the tool that recorded it put around."""
    if name.startswith(("sdk-snapshot", "tariff-2026")):
        return json.dumps(json.loads(content)["result"], ensure_ascii=False).encode()
    return content
