"""Calls that an emulator makes by itself: pushes and webhooks."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from vendor_emulators.wire import JSON

if TYPE_CHECKING:
    import httpx

_TIMEOUT = 5.0

OnResult = Callable[[int | None, bytes], None]


class _Call(msgspec.Struct):
    url: str
    body: bytes
    on_result: OnResult | None


class Outbox:
    """JSON POSTs, sent in order by the ticker of the served emulator.

    ``on_result`` is called with the HTTP status (None when nobody answered within 5 s) and the first
    64 KiB of the answer; the emulator decides there whether the vendor would try again.
    """

    def __init__(self) -> None:
        self._calls: deque[_Call] = deque()
        self._client: httpx.AsyncClient | None = None
        self.sent = 0

    def send(self, url: str, value: object, on_result: OnResult | None = None) -> None:
        self._calls.append(_Call(url, msgspec.json.encode(value), on_result))

    def __len__(self) -> int:
        return len(self._calls)

    async def flush(self) -> None:
        while self._calls:
            batch = [self._calls.popleft() for _ in range(min(8, len(self._calls)))]
            await asyncio.gather(*(self._post(call) for call in batch))

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _post(self, call: _Call) -> None:
        import httpx  # 100 ms that a run without webhooks does not pay

        if self._client is None:
            self._client = httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False)
        status: int | None = None
        answer = b""
        try:
            async with asyncio.timeout(_TIMEOUT):
                reply = await self._client.post(call.url, content=call.body, headers={"content-type": JSON})
                status, answer = reply.status_code, reply.content[:65536]
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError):
            status = None
        self.sent += 1
        if call.on_result is not None:
            call.on_result(status, answer)
