"""Emulators on real sockets: uvicorn's HTTP protocol, with the transport handed to the application.

The application needs the transport to do what no ASGI message can say: an RST, a header byte by byte, a body
shorter than announced.
"""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import TYPE_CHECKING, Any

from vendor_emulators.connection import CONNECTION

if TYPE_CHECKING:
    from vendor_emulators.app import Emulator

ASGI = Callable[[MutableMapping[str, Any], Any, Any], Awaitable[None]]

_TICK = 0.05  # real seconds between two looks of the ticker
_BACKLOG = 512


class Running:
    """An emulator that listens. ``urls`` by listener name (``url``, and ``files_url`` for Ozon)."""

    def __init__(self, emulator: "Emulator", urls: dict[str, str]) -> None:
        self.emulator = emulator
        self.urls = urls

    @property
    def url(self) -> str:
        return self.urls["url"]


def bind(host: str, port: int) -> socket.socket:
    """A bound TCP socket; port 0 picks a free one."""
    # asyncio sets TCP_NODELAY only where the protocol is named: without it each answer waits 40 ms.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock


async def listen(app: ASGI, sock: socket.socket) -> asyncio.Server:
    """Serve an ASGI application on a bound socket, without uvicorn's signal handlers and messages."""
    from uvicorn.config import Config
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
    from uvicorn.server import ServerState

    class Protocol(HttpToolsProtocol):
        def on_message_begin(self) -> None:
            super().on_message_begin()
            self.scope["extensions"] = {CONNECTION: self.transport}  # type: ignore[dict-item]

    config = Config(
        app,
        interface="asgi3",
        proxy_headers=False,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_keep_alive=75,
        server_header=False,
        date_header=False,
    )
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: Protocol(config, state, {}, loop), sock=sock, backlog=_BACKLOG)


async def run(
    emulator: "Emulator",
    stop: asyncio.Event,
    on_ready: Callable[[Running], None],
    host: str = "127.0.0.1",
    ports: dict[str, int] | None = None,
) -> None:
    """Serve every listener of the emulator and tick its schedule until ``stop`` is set."""
    ports = ports or {}
    sockets = {name: bind(host, ports.get(name, 0)) for name in emulator.listeners}
    urls = {}
    for name, sock in sockets.items():
        shown = f"[{host}]" if ":" in host else host
        urls[name] = f"http://{shown}:{sock.getsockname()[1]}"
    emulator.bound(urls)
    servers = [await listen(app, sockets[name]) for name, app in emulator.listeners.items()]
    on_ready(Running(emulator, urls))
    try:
        while not stop.is_set():
            emulator.tick()
            if len(emulator.outbox):
                await emulator.outbox.flush()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _TICK)
    finally:
        for server in servers:
            server.close()
        await emulator.outbox.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)


@contextlib.contextmanager
def serve(
    emulator: "Emulator", port: int = 0, *, host: str = "127.0.0.1", ports: dict[str, int] | None = None
) -> Iterator[Running]:
    """Serve in a thread of its own for the length of the ``with`` block (for tests).

    ``port`` is the API's; ``ports`` names those of further listeners (``files_url``). 0 picks a free one.
    """
    ready = threading.Event()
    started: list[Running] = []
    failed: list[BaseException] = []
    handle: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def main() -> None:
        stop = asyncio.Event()
        handle.append((asyncio.get_running_loop(), stop))

        def on_ready(running: Running) -> None:
            started.append(running)
            ready.set()

        await run(emulator, stop, on_ready, host, {"url": port, **(ports or {})})

    def body() -> None:
        try:
            asyncio.run(main())
        except BaseException as error:
            failed.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=body, name=f"emulator-{emulator.name}", daemon=True)
    thread.start()
    ready.wait()
    if not started:
        raise failed[0]
    try:
        yield started[0]
    finally:
        loop, stop = handle[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        if failed:
            raise failed[0]
