from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
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
async def make_client() -> AsyncIterator[MakeClient]:
    """Makes a client whose every request but WALogin goes to a handler."""
    opened: list[httpx.AsyncClient] = []

    def make(handler: Handler, session: Session | None = None) -> Client:
        async def answer(request: httpx.Request) -> httpx.Response:
            await asyncio.sleep(0)  # so that requests at the same time do meet
            if b'Name="WALogin"' in request.content and session is None:
                return httpx.Response(200, content=LOGIN)
            return handler(request)

        http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
        opened.append(http)
        return Client(http, session or Session("test", "hush", "7600010711"), URL, TARIFF_URL)

    yield make
    for http in opened:
        await http.aclose()


@pytest.fixture(scope="session")
def example(shared: Path) -> Example:
    return lambda name: (shared / "fixtures" / "spsr" / name).read_bytes()
