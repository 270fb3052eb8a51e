"""How connections to vendors are opened: the name is resolved once, the numbers are judged, and what is
connected to is one of the numbers that were judged. A name server that answers otherwise a moment later
changes nothing.
"""

from __future__ import annotations

import asyncio
import select
import socket
import ssl
from collections.abc import Coroutine, Iterable
from typing import Any

import httpcore
import httpx

from hub.plugin_api.errors import ConfigError, Unavailable
from hub.plugins.addresses import Addresses, AddressRefused

_STAGGER = 0.25
"""Real seconds that one number has before the next is tried beside it (RFC 8305, section 5)."""


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """httpcore's own way to connect, to numbers that `Addresses` opens only.

    Raises AddressRefused where a name leads to none of them. It says the same whatever is there.
    """

    def __init__(self, addresses: Addresses, inner: httpcore.AsyncNetworkBackend | None = None) -> None:
        self._addresses = addresses
        self._inner = inner or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                numbers = await _resolved(host, port)
                opened = [number for number in numbers if self._addresses.opens(host, number)]
                if not opened:
                    raise self._addresses.closed(host)
                return _Stream(await self._first(opened, port, local_address, socket_options))
        except TimeoutError as error:
            raise httpcore.ConnectTimeout("no connection in time") from error

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        raise httpcore.ConnectError("vendors are not behind sockets of this machine")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _first(
        self, numbers: list[str], port: int, local_address: str | None, options: Iterable[Any] | None
    ) -> httpcore.AsyncNetworkStream:
        """The first of the numbers that answers; one that hangs does not keep the others waiting."""
        if len(numbers) == 1:
            return await self._inner.connect_tcp(numbers[0], port, None, local_address, options)
        trying: set[asyncio.Task[httpcore.AsyncNetworkStream]] = set()
        left = list(numbers)
        error: BaseException = httpcore.ConnectError("no number answers")
        try:
            while left or trying:
                if left:
                    attempt = self._inner.connect_tcp(left.pop(0), port, None, local_address, options)
                    trying.add(asyncio.create_task(attempt))
                done, _ = await asyncio.wait(
                    trying, timeout=_STAGGER if left else None, return_when=asyncio.FIRST_COMPLETED
                )
                for task in done:
                    if task.exception() is None:
                        trying.discard(task)
                        return task.result()
                    error = task.exception() or error
                trying -= done
            raise error
        finally:
            for task in trying:
                task.cancel()
            for ended in await asyncio.gather(*trying, return_exceptions=True):
                if isinstance(ended, httpcore.AsyncNetworkStream):
                    await ended.aclose()


class _Stream(httpcore.AsyncNetworkStream):
    """httpcore's own stream, which says quickly whether its peer has closed it: the pool asks that of every
    kept connection at each request, and asking each through its layers took a third of the pool's time."""

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner
        self._socket = inner.get_extra_info("socket")
        self._poll = select.poll()
        if self._socket is not None and (number := self._socket.fileno()) >= 0:
            self._poll.register(number, select.POLLIN)

    # These hand on what the inner stream returns: a coroutine of our own round it would only cost.

    def read(self, max_bytes: int, timeout: float | None = None) -> Coroutine[Any, Any, bytes]:
        return self._inner.read(max_bytes, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> Coroutine[Any, Any, None]:
        return self._inner.write(buffer, timeout)

    def aclose(self) -> Coroutine[Any, Any, None]:
        return self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return _Stream(await self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        if info != "is_readable":
            return self._inner.get_extra_info(info)
        # One that is closed here counts as readable, as httpcore has it: it is not used again.
        return self._socket is None or self._socket.fileno() < 0 or bool(self._poll.poll(0))


def checked_transport(addresses: Addresses, **options: Any) -> httpx.AsyncHTTPTransport:
    """httpx's transport over `CheckedBackend`. ``options`` are those of ``httpx.AsyncHTTPTransport``.

    httpx has no argument for a backend, so its pool is given one before its first use; should httpx keep its
    pool elsewhere one day, nothing leaves at all.
    """
    transport = httpx.AsyncHTTPTransport(**options)
    pool = getattr(transport, "_pool", None)
    if not isinstance(pool, httpcore.AsyncConnectionPool) or not hasattr(pool, "_network_backend"):
        raise RuntimeError("this httpx cannot be told how to connect: install the one that parcelhub names")
    pool._network_backend = CheckedBackend(addresses)
    return transport


async def numbers_of(addresses: Addresses, host: str, port: int, scheme: str = "https") -> list[str]:
    """The numbers of a host that may be connected to, for what connects by itself: a messenger's library.
    ``scheme``: how it is called there; a refusal says what to write.

    Raises AddressRefused for a host and port that nobody named (as ``https://``, ``http://`` or ``smtp://``)
    and for a name that leads into a private network; Unavailable for a name that nobody knows.
    """
    shown = f"[{host}]" if ":" in host else host
    refused: AddressRefused | None = None
    for known in sorted(("smtp", "http", "https"), key=scheme.__eq__):  # its own last: that is refused
        try:
            addresses.check(httpx.URL(f"{known}://{shown}:{port}"))
            break
        except AddressRefused as error:
            refused = error
        except httpx.InvalidURL:
            raise ConfigError("this is no name of a host", code="config.no_host") from None
    else:
        assert refused is not None
        raise refused
    try:
        numbers = await _resolved(host, port)
    except httpcore.ConnectError:
        raise Unavailable(
            "nobody knows the name {host}", code="unavailable.no_such_name", values={"host": host}
        ) from None
    opened = [number for number in numbers if addresses.opens(host, number)]
    if not opened:
        raise addresses.closed(host)
    return opened


async def _resolved(host: str, port: int) -> list[str]:
    """The numbers of a name, each once, in the system's order."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError("the name is not known") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
