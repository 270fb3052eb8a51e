"""The one way out: every request of every plugin leaves through `HubTransport`.

It connects only where the plugin or the operator says, refuses a request that could cost money outside a
journalled operation, lets one through per operation, bounds what an answer may unpack to, and never takes a
body that was cut for a whole one. The total deadline of an operation is in `hub.calls.call`.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx

from hub import __version__
from hub.calls.bodies import bounded
from hub.calls.connecting import checked_transport
from hub.calls.pace import Pace
from hub.calls.proof import Proofs, note, origin_of
from hub.calls.sending import Sending, Unproved, UnsafeRequest, bound, is_safe, sending
from hub.plugin_api.errors import BadReply, Unavailable
from hub.plugins.addresses import Addresses, AddressRefused, answered

__all__ = ["BODY_LIMIT", "TIMEOUT", "HubTransport", "UnsafeRequest", "is_safe", "make_client", "sending"]

BODY_LIMIT = 64 * 1024 * 1024
"""Bytes of an answer, packed or unpacked."""
TIMEOUT = httpx.Timeout(20.0, connect=10.0, pool=10.0)
"""Of one step, in seconds; the whole is bounded in `hub.calls.call`."""

_NOTHING_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


_OF_NO_ACCOUNT = ("http://127.0.0.1:*", "http://localhost:*")


class HubTransport(httpx.AsyncBaseTransport):
    """The policy around httpx's own transports.

    ``inner`` replaces them in tests; without it, ``addresses`` says where to connect, by default nowhere.
    Safe requests share kept connections; an unsafe one gets a fresh connection, so that one which the vendor
    had closed meanwhile does not make it unknown. Certificates are loaded when the first https request
    leaves, once for the process.
    """

    def __init__(
        self,
        *,
        inner: httpx.AsyncBaseTransport | None = None,
        addresses: Addresses | None = None,
        body_limit: int = BODY_LIMIT,
        max_connections: int = 20,
        pace: Pace | None = None,
    ) -> None:
        self._inner = inner
        self._addresses = addresses or Addresses("this client", _OF_NO_ACCOUNT)
        self._pace = pace
        self._body_limit = body_limit
        self._max_connections = max_connections
        self._pools: dict[tuple[bool, bool], httpx.AsyncBaseTransport] = {}
        self.proofs = Proofs()
        """Where the account's credentials were last seen working."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        safe = is_safe(request)
        operation = bound()
        if not safe and operation is None:
            raise UnsafeRequest(
                f"{request.method} to {request.url.host} could cost money and belongs to no journalled "
                'operation; mark what may be repeated without cost with extensions={"safe": True}'
            )
        if self._inner is None:
            self._check_address(request, operation)
        origin = origin_of(request)
        if operation is not None and not safe and not operation.may_leave(origin, self.proofs):
            raise Unproved(f"nothing proved lately that the credentials for {request.url.host} work")
        if self._pace is not None:
            await self._pace.enter(request)
        if operation is not None:
            self._let_out(operation, request, safe)
        # A request that an auth flow made by hand brings no time-outs of its own.
        request.extensions.setdefault("timeout", TIMEOUT.as_dict())

        try:
            response = await self._paced(self._pool(request, safe), request)
        except (*_NOTHING_SENT, AddressRefused) as error:
            if operation is not None and not safe:
                operation.not_sent()
            if isinstance(error, AddressRefused):
                raise _not_called(error) from error
            raise
        answered(request.url)
        self._learn(origin, response, operation, safe)
        kept = operation.answered(response.status_code) if operation is not None and not safe else None
        try:
            return bounded(request, response, self._body_limit, kept)
        except BadReply:
            await response.aclose()
            raise

    def _check_address(self, request: httpx.Request, operation: Sending | None) -> None:
        url = request.url
        if url.scheme not in ("http", "https") or not url.host:
            if operation is not None:
                operation.saw_safe()
            raise httpx.UnsupportedProtocol("this is no web address", request=request)
        try:
            self._addresses.check(url)
        except AddressRefused as error:
            if operation is not None:
                operation.saw_safe()  # it says nothing about an unsafe request that went out before
            raise _not_called(error) from error

    def _learn(self, origin: str, response: httpx.Response, operation: Sending | None, safe: bool) -> None:
        """What a status says of the credentials. What an unsafe call was answered counts when it was read."""
        if response.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            self.proofs.drop()
        elif safe and response.is_success:
            note(self.proofs, origin)
            if operation is not None:
                operation.saw_good(origin)

    def _let_out(self, operation: Sending, request: httpx.Request, safe: bool) -> None:
        if safe:
            operation.saw_safe()
            return
        try:
            operation.release(request)
        except BaseException:
            if self._pace is not None:
                self._pace.left(request)  # it may have been the one request that was to try the vendor again
            raise
        request.headers["Connection"] = "close"
        request.extensions["trace"] = _last_look(operation)

    async def _paced(self, pool: httpx.AsyncBaseTransport, request: httpx.Request) -> httpx.Response:
        if self._pace is None:
            return await pool.handle_async_request(request)
        try:
            response = await pool.handle_async_request(request)
        except (httpx.TransportError, asyncio.CancelledError):
            self._pace.failed(request)  # also when the total deadline cancels: no answer came in time
            raise
        except BaseException:
            self._pace.left(request)
            raise
        self._pace.answered(request, response)
        return response

    async def aclose(self) -> None:
        pools = [*self._pools.values(), *([self._inner] if self._inner is not None else [])]
        self._pools.clear()
        for pool in pools:
            await pool.aclose()

    def _pool(self, request: httpx.Request, safe: bool) -> httpx.AsyncBaseTransport:
        if self._inner is not None:
            return self._inner
        key = (request.url.scheme == "https", safe)
        if key not in self._pools:
            self._pools[key] = checked_transport(
                self._addresses,
                verify=_trusted() if key[0] else _no_trust(),
                trust_env=False,
                limits=httpx.Limits(
                    max_connections=self._max_connections,
                    max_keepalive_connections=self._max_connections if safe else 0,
                    keepalive_expiry=15.0,
                ),
            )
        return self._pools[key]


class _NoCookies(httpx.Cookies):
    """Takes none from an answer. A jar that may keep none still reads each answer for them, at a price."""

    def extract_cookies(self, response: httpx.Response) -> None:
        pass


class _Client(httpx.AsyncClient):
    """httpx's client, whose answers are gone when nobody holds them any more: as httpx makes them, a response
    and its stream hold one another, and twenty large ones wait in memory for the collector."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._cookies = _NoCookies()

    async def send(self, *given: Any, **more: Any) -> httpx.Response:
        response = await super().send(*given, **more)
        if response.is_closed:
            response.stream = httpx.ByteStream(b"")  # what was read is in ``content``
        return response


def make_client(
    *,
    inner: httpx.AsyncBaseTransport | None = None,
    addresses: Addresses | None = None,
    body_limit: int = BODY_LIMIT,
    pace: Pace | None = None,
) -> httpx.AsyncClient:
    """The HTTP client of one account: the hub's transport, no redirects, no proxies of the environment,
    no cookies. The caller closes it. It connects to ``addresses``; without them, as a client of no account,
    to test servers of this machine only. ``inner`` is for tests (``httpx.MockTransport``)."""
    _silence()
    return _Client(
        transport=HubTransport(inner=inner, addresses=addresses, body_limit=body_limit, pace=pace),
        timeout=TIMEOUT,
        follow_redirects=False,
        trust_env=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        headers={"User-Agent": f"parcelhub/{__version__}", "Accept-Encoding": "gzip, deflate"},
    )


def _not_called(error: AddressRefused) -> Unavailable:
    """For the work at hand it is a vendor that cannot be asked: nothing was sent, and nothing is decided."""
    return Unavailable(error.said, code=error.code)


def _last_look(operation: Sending) -> Callable[[str, Any], Awaitable[None]]:
    """Right before the first byte of an unsafe request leaves: is there still time? By httpcore's trace."""

    async def trace(event: str, info: Any) -> None:
        if event.endswith("send_request_headers.started"):
            try:
                operation.check_time()
            except Unavailable:
                operation.not_sent()
                raise

    return trace


@cache
def _trusted() -> ssl.SSLContext:
    """Loading the certificates costs about 50 ms: once for the process."""
    return httpx.create_ssl_context(trust_env=False)


@cache
def _no_trust() -> ssl.SSLContext:
    """For plain http: it verifies and trusts nobody, and costs nothing."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@cache
def _silence() -> None:
    # httpx logs every URL, httpcore every header at debug level: both may hold secrets.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
