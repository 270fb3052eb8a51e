from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from adapters.conftest import VendorHttp
from spsr_api import Client, Session

Handler = Callable[[httpx.Request], httpx.Response]
MakeClient = Callable[..., Client]
Example = Callable[[str], bytes]

URL = "https://spsr.example/waExec/WAExec"
TARIFF_URL = "https://tariff.example/postxml.pl?TARIFFCOMPUTE_2"
SID = "A" * 40
LOGIN = (
    f'<root xmlns="http://spsr.ru/webapi/usermanagment/login/1.0"><Result RC="0"/><Login SID="{SID}"/></root>'
).encode()


@pytest.fixture
def make_client(vendor_http: VendorHttp) -> MakeClient:
    """Makes a client whose every request but WALogin goes to a handler."""

    def make(handler: Handler | None, session: Session | None = None) -> Client:
        async def answer(request: httpx.Request) -> httpx.Response:
            await asyncio.sleep(0)  # so that requests at the same time do meet
            if b'Name="WALogin"' in request.content and session is None:
                return httpx.Response(200, content=LOGIN)
            assert handler is not None
            return handler(request)

        http = vendor_http("", handler and answer)
        return Client(http, session or Session("test", "hush", "7600010711"), URL, TARIFF_URL)

    return make


@pytest.fixture(scope="session")
def example(shared: Path) -> Example:
    return lambda name: (shared / "fixtures" / "spsr" / name).read_bytes()
