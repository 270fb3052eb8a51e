from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import httpx
import pytest
from adapters.conftest import VendorHttp
from cdek_api import Client

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
def recorded(shared: Path) -> Recorded:
    """Reads one recorded answer (or event) of CDEK as bytes."""
    folder = shared / "fixtures" / "cdek"

    def read(name: str, part: str = "response") -> bytes:
        case: dict[str, Any] = json.loads((folder / f"{name}.json").read_bytes())
        return json.dumps(case[part], ensure_ascii=False).encode()

    return read
