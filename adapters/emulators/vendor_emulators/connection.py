"""One HTTP exchange, answered in full or cut as real networks cut it."""

import asyncio
import contextlib
import socket
import struct
import sys
import zlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from vendor_emulators.wire import Response

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

# The key of the transport in the ASGI scope's extensions (see serving.py).
CONNECTION = "vendor_emulators.transport"

_HOLD = 600.0  # a held connection ends after so many real seconds at the latest
_CHUNK = 1 << 20


class Disturbed(ConnectionError):
    """Raised instead of an answer where no real connection is there to be cut (ASGI transports)."""


class Connection:
    """One exchange, with the real transport where there is one."""

    def __init__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        extensions = scope.get("extensions") or {}
        self._transport: asyncio.Transport | None = extensions.get(CONNECTION)
        self._receive = receive
        self._send = send
        self._head_only = scope["method"] == "HEAD"
        # The Date header of whatever is answered.
        self.date: str | None = None

    async def answer(self, response: Response) -> None:
        body = response.body
        headers = [(k.encode("latin-1"), v.encode("latin-1")) for k, v in self._headers(response).items()]
        if response.status >= 200 and response.status not in (204, 304):
            headers.append((b"content-length", str(len(body)).encode()))
        await self._send({"type": "http.response.start", "status": response.status, "headers": headers})
        await self._send({"type": "http.response.body", "body": b"" if self._head_only else body})

    async def hold(self, seconds: float | None) -> None:
        """Say nothing until the client goes away or the time is over, then close."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds if seconds is not None else _HOLD):
                while (await self._receive())["type"] != "http.disconnect":
                    pass
        await self.reset()

    async def reset(self) -> None:
        """Cut the connection with an RST."""
        transport = self._real()
        sock = transport.get_extra_info("socket")
        if sock is not None:
            size = "hh" if sys.platform == "win32" else "ii"  # u_short there, int elsewhere
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(size, 1, 0))
        transport.abort()
        await self._gone()

    async def truncate(self, response: Response, length: bool) -> None:
        """Half the body. ``length``: its full length is announced, so that the cut shows on the wire."""
        half = response.body[: len(response.body) // 2]
        transport = self._real()
        transport.write(self._head(response, len(response.body) if length else None) + half)
        transport.close()
        await self._gone()

    async def twice(self, response: Response) -> None:
        """The same answer two times: on a connection that is kept, the next request finds the second one."""
        transport = self._real()
        sock = transport.get_extra_info("socket")
        # Both in one segment, so that no client sees the second one come too early.
        cork = getattr(socket, "TCP_CORK", None)
        if cork is not None:
            sock.setsockopt(socket.IPPROTO_TCP, cork, 1)
        transport.write(self._head(response, len(response.body), close=False) + response.body)
        await self.answer(response)
        if cork is not None:
            sock.setsockopt(socket.IPPROTO_TCP, cork, 0)

    async def drip(self, response: Response, seconds: float) -> None:
        transport = self._real()
        transport.write(self._head(response, len(response.body)))
        await self._one_by_one(response.body, seconds)
        transport.close()
        await self._gone()

    async def slow_headers(self, response: Response, seconds: float) -> None:
        transport = self._real()
        await self._one_by_one(self._head(response, len(response.body)), seconds)
        transport.write(response.body)
        transport.close()
        await self._gone()

    async def bomb(self, size: int, compressed: bool) -> None:
        """A JSON string of ``size`` bytes, as gzip or plain."""
        empty = Response(200, content_type="application/json")
        headers = [(k.encode("latin-1"), v.encode("latin-1")) for k, v in self._headers(empty).items()]
        if compressed:
            headers.append((b"content-encoding", b"gzip"))
        await self._send({"type": "http.response.start", "status": 200, "headers": headers})
        squeeze = zlib.compressobj(9, zlib.DEFLATED, 31) if compressed else None
        spaces = b" " * _CHUNK
        written = 0
        while written < size:
            piece = spaces[: size - written]
            written += len(piece)
            out = squeeze.compress(piece) if squeeze else piece
            if out:
                await self._send({"type": "http.response.body", "body": out, "more_body": True})
            if self._transport is not None and self._transport.is_closing():
                return
            await asyncio.sleep(0)
        rest = squeeze.flush() if squeeze else b""
        await self._send({"type": "http.response.body", "body": rest})

    async def _one_by_one(self, data: bytes, seconds: float) -> None:
        transport = self._real()
        for i in range(len(data)):
            if transport.is_closing():
                return
            transport.write(data[i : i + 1])
            await asyncio.sleep(seconds)

    def _headers(self, response: Response) -> dict[str, str]:
        dated = {"date": self.date} if self.date is not None else {}
        return {**dated, **response.headers}

    def _head(self, response: Response, length: int | None, *, close: bool = True) -> bytes:
        lines = [f"HTTP/1.1 {response.status} -"]
        lines += [f"{name}: {value}" for name, value in self._headers(response).items()]
        if length is not None:
            lines.append(f"content-length: {length}")
        if close:
            lines.append("connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def _real(self) -> asyncio.Transport:
        if self._transport is None:
            raise Disturbed("the emulator cut the connection")
        return self._transport

    async def _gone(self) -> None:
        # The server is to learn that the client is gone before the application returns without an answer.
        while (await self._receive())["type"] != "http.disconnect":
            pass
