from __future__ import annotations

import json
from collections.abc import Callable, Coroutine

import httpx
import pytest
from adapters.cdek.tests.bodies import BODIES
from adapters.conftest import VendorHttp
from cdek_api import Client
from tests.material import shared_folder

Handler = (
    Callable[[httpx.Request], httpx.Response]
    | Callable[[httpx.Request], Coroutine[None, None, httpx.Response]]
)
MakeClient = Callable[..., Client]
Recorded = Callable[..., bytes]

HOST = "https://cdek.example"


@pytest.fixture
def make_client(vendor_http: VendorHttp) -> MakeClient:
    """Makes a client whose every request goes to a handler."""

    def make(handler: Handler, auth: httpx.Auth | None = None) -> Client:
        return Client(vendor_http(HOST, handler), auth or httpx.Auth(), HOST)

    return make


@pytest.fixture
def recorded() -> Recorded:
    """Reads one answer of CDEK as bytes: the recorded one where it is, else our own."""
    shared = shared_folder()

    def read(name: str) -> bytes:
        body = BODIES[name]
        if shared is not None:
            body = json.loads((shared / "fixtures" / "cdek" / f"{name}.json").read_bytes())["response"]
        return json.dumps(body, ensure_ascii=False).encode()

    return read
