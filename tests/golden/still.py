"""A world in which two runs are one: no thread at work, no time of the machine, no dice but seeded ones."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import count
from types import SimpleNamespace
from typing import Any
from unittest import mock

import httpx
from vendor_emulators.app import Emulator
from vendor_emulators.clock import Clock as VendorsClock
from vendor_emulators.connection import Disturbed

from hub.plugin_api import clock as clocks
from hub.plugin_api import ids
from hub.plugin_api.clock import ManualClock
from hub.store import Store
from hub.store.database import SqliteStore
from tests.flow import desk as desks
from tests.flow.in_process import InProcess

_runner = asyncio.Runner


class Loop(asyncio.SelectorEventLoop):
    """What waits for a time waits for nothing: its time jumps there. Work of threads is done at once."""

    _at = 0.0

    def time(self) -> float:
        return self._at

    def _run_once(self) -> None:
        scheduled = self._scheduled  # type: ignore[attr-defined]
        if not self._ready and scheduled:  # type: ignore[attr-defined]
            self._at = max(self._at, scheduled[0].when())
        super()._run_once()  # type: ignore[misc]

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done


class Children(InProcess):
    """Files are opened here, in turn."""

    def _submit(self, kind: Any, job: Any, party: str, read: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(read(*self._run(kind, job)))
        except Exception as error:
            done.set_exception(error)
        return done


class SharedClock(VendorsClock):
    """The vendors' clock is the hub's."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__()
        self._of_the_hub = clock

    @property
    def speed(self) -> float:
        return 0.0

    def now(self) -> datetime:
        return self._of_the_hub.now()

    async def sleep(self, virtual_seconds: float) -> None:
        await asyncio.sleep(0)


class Vendors(httpx.AsyncBaseTransport):
    """Every request of the hub, answered by an emulator in this process, and written down."""

    def __init__(self, emulators: dict[str, Emulator], note: Callable[..., None]) -> None:
        self._apps: dict[str, tuple[str, Any]] = {}
        self._note = note
        ports = count(7001)
        for name, emulator in emulators.items():
            urls = {}
            for listener, app in emulator.listeners.items():
                urls[listener] = f"http://127.0.0.1:{next(ports)}"
                self._apps[urls[listener]] = (f"{name}.{listener}".removesuffix(".url"), app)
            emulator.bound(urls)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        url = request.url
        name, app = self._apps[f"{url.scheme}://{url.netloc.decode()}"]
        sent: list[dict[str, Any]] = []
        came = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> dict[str, Any]:
            return next(came, {"type": "http.disconnect"})

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": request.method,
            "path": url.path,
            "query_string": url.query,
            "headers": [(key.lower(), value) for key, value in request.headers.raw],
            "client": ("127.0.0.1", 1),
        }
        status: int | str = "cut"
        try:
            await app(scope, receive, send)
            status = sent[0]["status"]
        except Disturbed:
            raise httpx.ReadError("the connection was cut", request=request) from None
        finally:
            self._note(name, request, body, status)
        content = b"".join(message.get("body", b"") for message in sent[1:])
        return httpx.Response(sent[0]["status"], headers=sent[0]["headers"], content=content, request=request)


async def _written(self: Store, work: Callable[[Any], Any]) -> Any:
    result = self.write_now(work)
    await asyncio.sleep(0)
    return result


@contextmanager
def still(clock: ManualClock, seed: int) -> Iterator[None]:
    """Everything that differs from run to run stands still."""
    turn = count(1)
    with ExitStack() as stack:
        patch = stack.enter_context
        patch(mock.patch.object(ids, "_random", SimpleNamespace(getrandbits=lambda bits: next(turn))))
        since = datetime(1970, 1, 1, tzinfo=UTC)
        nanoseconds = SimpleNamespace(
            time_ns=lambda: int((clock.now() - since).total_seconds() * 1000) * 1_000_000
        )
        patch(mock.patch.object(ids, "time", nanoseconds))
        patch(mock.patch.object(SqliteStore, "write", _written))
        patch(mock.patch.object(desks, "InProcess", Children))
        patch(mock.patch.object(asyncio, "Runner", partial(_runner, loop_factory=Loop)))
        patch(mock.patch.dict(clocks._shared, {os.environ.get(clocks.VARIABLE, ""): clock}, clear=True))
        patch(mock.patch.object(time, "monotonic", return_value=1e6))
        patch(mock.patch.object(time, "clock_gettime", return_value=1e6))
        before = random.getstate()
        random.seed(seed)
        stack.callback(random.setstate, before)
        yield


__all__ = ["Children", "Loop", "SharedClock", "Vendors", "still"]
