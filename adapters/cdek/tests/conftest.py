from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import httpx
import pytest
from cdek_api import Client

Handler = (
    Callable[[httpx.Request], httpx.Response]
    | Callable[[httpx.Request], Coroutine[None, None, httpx.Response]]
)
MakeClient = Callable[..., Client]
Recorded = Callable[..., bytes]

HOST = "https://cdek.example"


@pytest.fixture
async def make_client() -> AsyncIterator[MakeClient]:
    """Makes a client whose every request goes to a handler."""
    opened: list[httpx.AsyncClient] = []

    def make(handler: Handler, auth: httpx.Auth | None = None) -> Client:
        http = httpx.AsyncClient(transport=httpx.MockTransport(handler))
        opened.append(http)
        return Client(http, auth or httpx.Auth(), HOST)

    yield make
    for http in opened:
        await http.aclose()


@pytest.fixture
def recorded() -> Recorded:
    """Reads one recorded answer (or event) of CDEK as bytes."""
    beside = Path(__file__).resolve().parents[4] / "shared"
    folder = Path(os.environ.get("PARCELHUB_SHARED") or beside) / "fixtures" / "cdek"
    if not folder.is_dir():
        message = f"no recorded answers at {folder}: set PARCELHUB_SHARED"
        if os.environ.get("PARCELHUB_REQUIRE_SHARED") == "1":
            pytest.fail(message, pytrace=False)
        pytest.skip(message)

    def read(name: str, part: str = "response") -> bytes:
        case: dict[str, Any] = json.loads((folder / f"{name}.json").read_bytes())
        return json.dumps(case[part], ensure_ascii=False).encode()

    return read
