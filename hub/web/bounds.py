"""What a connection may cost before anybody has shown a key: how many there are, how large a head is, how
slowly it and the body may come, and how slowly an answer may be taken away.

uvicorn bounds none of these with httptools: its ``limit_concurrency`` answers 503 to requests and keeps
silent connections for ever. So its protocol is wrapped, and closes what is over a bound. A reverse proxy in
front should bound them as well, and nearer to the client; see docs/how-to/behind-a-proxy.md.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from collections import Counter
from collections.abc import Iterable
from typing import Any

import httptools
import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

log = logging.getLogger("hub.web")

HEAD_MAX = 64 * 1024
"""Bytes of request line and headers together."""
HEAD_SECONDS = 20.0
"""For a whole head, from the connection or from the last answer on."""
BODY_SECONDS = 20.0
"""For a body, beside the time that it takes at `SLOWEST`."""
WRITE_SECONDS = 30.0
"""For an answer to be taken away, beside the time that it takes at `SLOWEST`."""
SLOWEST = 8 * 1024
"""Bytes a second."""
_PIPELINED = 16
_GRACE = 5.0  # seconds to take the refusal away
_LOUD_EVERY = 60.0  # seconds between two lines of the log about refused connections


class Bounds:
    """How many connections there may be: altogether, and from one address.

    Loopback and the networks of ``proxies`` stand for many clients, so only the whole is bounded for them. No
    header is believed about who is behind them.
    """

    def __init__(self, most: int, most_of_one: int, proxies: Iterable[str] = ()) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._proxies = tuple(ipaddress.ip_network(one) for one in proxies)
        self._count: Counter[str] = Counter()
        self._said = -_LOUD_EVERY

    def enter(self, peer: str, now: float) -> bool:
        """Count a connection; False where it is one too many, and is not counted."""
        if self._count.total() >= self._most or (
            self._count[peer] >= self._most_of_one and not self._stands_for_many(peer)
        ):
            if now - self._said >= _LOUD_EVERY:
                self._said = now
                log.warning("too many connections: some are refused")
            return False
        self._count[peer] += 1
        return True

    def leave(self, peer: str) -> None:
        """A counted connection is gone."""
        self._count[peer] -= 1
        if self._count[peer] <= 0:
            del self._count[peer]

    def _stands_for_many(self, peer: str) -> bool:
        try:
            ip: Any = ipaddress.ip_address(peer)
        except ValueError:
            return True  # a socket of this machine
        ip = getattr(ip, "ipv4_mapped", None) or ip
        return ip.is_loopback or any(ip.version == net.version and ip in net for net in self._proxies)


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's protocol within `Bounds`. A subclass names them: uvicorn makes the objects."""

    bounds: Bounds

    _peer: str | None = None
    _timer: asyncio.TimerHandle | None = None
    _writing: asyncio.TimerHandle | None = None
    _in_head = False
    _in_body = False
    _head = 0
    _body = 0
    _begun = 0.0
    _done = False
    _refusal: tuple[int, str, str] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        peer = self.client[0] if self.client else ""
        if not self.bounds.enter(peer, self.loop.time()):
            self._refuse(
                503, "too_many_connections", "There are too many connections: try again in a moment."
            )
            return
        self._peer = peer
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._peer is not None:
            self.bounds.leave(self._peer)
            self._peer = None
        for timer in (self._timer, self._writing):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._over:
            return
        continued = self._in_head
        if self._in_body:
            self._body += len(data)
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:  # uvicorn would log a line of each, for whoever wants a full disk
            self.send_400_response("")
        except httptools.HttpParserUpgrade:
            pass  # the request is answered as it stands
        if self._over:
            return
        if self._in_head and continued:
            self._head += len(data)
            if self._head > HEAD_MAX:
                self._too_large()
                return
        if not self._in_body and self._timer is None and (self._in_head or self._idle):
            self._wait_for_head()

    @property
    def _over(self) -> bool:
        return self._done or self.transport.is_closing()

    @property
    def _idle(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete

    # --- what the parser finds ----------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        self._in_head, self._head = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._stop()
        if len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers) > HEAD_MAX:
            self._refusal = _HEAD_TOO_LARGE
            raise ValueError("the head is too large")  # the parser stops, and asks for the refusal
        if len(self.pipeline) >= _PIPELINED:
            raise ValueError("too many requests in one piece")
        super().on_headers_complete()
        self._in_body, self._body, self._begun = True, 0, self.loop.time()
        self._timer = self.loop.call_later(BODY_SECONDS, self._slow_body)

    def on_message_complete(self) -> None:
        self._in_body = False
        self._stop()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        self._refuse(*(self._refusal or (400, "bad_request", "This is not HTTP/1.1 as it is written.")))

    # --- what takes too long ------------------------------------------------------------------------------

    def _wait_for_head(self) -> None:
        self._timer = self.loop.call_later(HEAD_SECONDS, self._slow_head)

    def _stop(self) -> None:
        if self._timer is not None and not self._done:
            self._timer.cancel()
            self._timer = None

    def _slow_head(self) -> None:
        if self.flow.read_paused:  # it is the hub that does not read
            self._wait_for_head()
            return
        self._timer = None
        if self._in_head:
            self._refuse(*_TOO_SLOW)
        else:
            self.transport.close()

    def _slow_body(self) -> None:
        allowed = self._begun + BODY_SECONDS + self._body / SLOWEST
        now = self.loop.time()
        if self.flow.read_paused:
            allowed, self._begun = now + BODY_SECONDS, now
        if now < allowed:
            self._timer = self.loop.call_later(allowed - now, self._slow_body)
            return
        self._timer = None
        self._refuse(*_TOO_SLOW)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_writing(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        if self._writing is not None:
            self._writing.cancel()
            self._writing = None
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        if self._writing is None:
            self._watch_writing(self.transport.get_write_buffer_size())

    def _watch_writing(self, left: int) -> None:
        def look() -> None:
            size = self.transport.get_write_buffer_size()
            if size > max(0, left - WRITE_SECONDS * SLOWEST):
                self.transport.abort()
            elif size:
                self._watch_writing(size)

        self._writing = self.loop.call_later(WRITE_SECONDS, look)

    # --- saying no ----------------------------------------------------------------------------------------

    def _too_large(self) -> None:
        self._refuse(*_HEAD_TOO_LARGE)

    def _refuse(self, status: int, code: str, detail: str) -> None:
        """Say why, where no answer has begun, and close.

        What is still on its way is taken and thrown away for a moment: a connection that is closed over
        unread bytes takes the answer with it. One that was never counted is closed at once.
        """
        self._stop()
        cycle: RequestResponseCycle | None = self.cycle
        if self._idle or not self.cycle.response_started:
            self.transport.write(_problem(status, code, detail))
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()
        self._done = True
        if self._peer is None or not self.transport.can_write_eof():
            self.transport.close()
        else:
            self.transport.write_eof()
            self.flow.resume_reading()
        self._timer = self.loop.call_later(_GRACE, self.transport.abort)


_HEAD_TOO_LARGE = (431, "head_too_large", f"The request's head is larger than {HEAD_MAX // 1024} kB.")
_TOO_MANY = (503, "too_many_connections", "There are too many connections: try again in a moment.")
_TOO_SLOW = (408, "too_slow", "The request came too slowly, and was given up.")
_PHRASES = {
    400: "Bad Request",
    408: "Request Timeout",
    431: "Request Header Fields Too Large",
    503: "Service Unavailable",
}


def bounded_by(bounds: Bounds) -> type[BoundedProtocol]:
    """The protocol for uvicorn's configuration."""
    return type("Bounded", (BoundedProtocol,), {"bounds": bounds})


def _problem(status: int, code: str, detail: str) -> bytes:
    phrase = _PHRASES[status]
    body = msgspec.json.encode(
        {
            "type": f"urn:parcelhub:problem:{code}",
            "title": phrase,
            "status": status,
            "detail": detail,
            "code": code,
        }
    )
    more = "Retry-After: 5\r\n" if status == 503 else ""
    head = (
        f"HTTP/1.1 {status} {phrase}\r\nContent-Type: application/problem+json\r\nCache-Control: no-store\r\n"
        f"{more}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
