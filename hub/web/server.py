"""The server process: uvicorn with httptools over `hub.web.app.create_app`, stopped without noise."""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from uvicorn import Config, Server

from hub.flow.opening import open_app
from hub.flow.sellers import keys
from hub.plugin_api.errors import ConfigError, HubError
from hub.plugins.contained import task_factory
from hub.web import descriptors
from hub.web.app import create_app
from hub.web.bounds import Bounds, bounded_by

_GRACE_SECONDS = 10
_BACKLOG = 2048


def serve(
    home: Path,
    *,
    database: str = "",
    host: str | None = None,
    port: int | None = None,
    worker: bool = True,
    ready: Callable[[str], None],
) -> None:
    """Serve the hub at ``home`` until a signal stops it; ``ready`` is called with the URL once it answers.
    ``database`` is the URL of its database, where one was given. Without ``host`` and ``port`` they are those
    of plugins.toml.

    Raises ConfigError when the address cannot be used, or is open to others and there is no API key.
    """
    asyncio.run(_serve(home, database, host, port, worker, ready))


async def _serve(
    home: Path,
    database: str,
    host: str | None,
    port: int | None,
    worker: bool,
    ready: Callable[[str], None],
) -> None:
    loop = asyncio.get_running_loop()
    loop.set_task_factory(task_factory)  # a plugin's routes end no process either
    loop.set_exception_handler(descriptors.Complaints())
    descriptors.raise_limit()
    hub = open_app(home, database=database, migrating=True)
    try:
        settings = hub.config.server
        host = settings.host if host is None else host
        port = settings.port if port is None else port
        if not _is_loopback(host) and not list(keys.list_keys(hub)):
            raise ConfigError(
                "{host} can be reached from other machines, and no API key exists: make one with 'hub key "
                "add --operator NAME' first, or serve on 127.0.0.1",
                code="config.can_reached_other_machines",
                values={"host": host},
            )
        listener = _listen(host, port)
        number = listener.getsockname()[1]
        url = f"http://[{host}]:{number}" if ":" in host else f"http://{host}:{number}"
        config = Config(
            create_app(hub, worker=worker),
            http=bounded_by(Bounds(settings.connections, settings.connections_of_one, settings.proxies)),
            loop="asyncio",
            ws="none",
            lifespan="on",
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
            backlog=descriptors.AT_ONCE,
        )
        with listener:
            server = _QuietServer(config, lambda: ready(url))
            await server.serve(sockets=[listener])
        if not server.started:
            raise HubError(
                "the server could not start; the lines above say why",
                code="error.server_not_started",
            )
    finally:
        await hub.aclose()


class _QuietServer(Server):
    """Says when it is ready, and ends on a signal as if that were its purpose: uvicorn's own server raises
    the signal again after it has stopped, which would kill the process before the hub is closed."""

    def __init__(self, config: Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        for one in sockets or ():
            one.listen(_BACKLOG)  # what waits for the loop, which itself takes a few at a time
        gc.freeze()  # what was loaded stays: the collector need not walk all of it again and again
        if self.started and not self.should_exit:
            self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        known = [signal.SIGINT, signal.SIGTERM]
        if hasattr(signal, "SIGBREAK"):  # what Windows sends instead
            known.append(signal.SIGBREAK)
        before = {number: signal.signal(number, self.handle_exit) for number in known}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise ConfigError(
            "cannot listen on {host}:{port}: {error}. Choose another port with --port",
            code="config.cannot_listen_choose_another_port",
            values={"host": host, "port": port, "error": error.strerror or error},
        ) from error
    # asyncio does so itself only for sockets that it made: without it many an answer waits 40 ms until the
    # client has acknowledged its head.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
