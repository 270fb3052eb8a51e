"""A small HTTP server that may break every rule: what it answers is bytes, ended as a test says."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

import msgspec

Wire = Literal[
    "whole", "none", "headers", "reset",
    "long", "short", "two lengths", "old", "old and cut", "chunked", "chunked and cut",
    "continued", "hints", "more behind", "folded", "no reason", "bare lines",
]  # fmt: skip
"""How an answer comes and ends. ``whole``; ``none``: not a byte of it; ``headers``: closed after them;
``reset``: in the middle of the body. ``long``, ``short``: more, or less, is announced than comes;
``two lengths``: both at once. ``old``: HTTP/1.0, which ends with the connection; ``chunked``: in pieces;
``and cut``: in the middle. ``continued``, ``hints``: a 100, or a 103, comes first. ``more behind``: a second
answer in the same breath. ``folded``: a header goes on in the next line; ``no reason``: a status without its
words; ``bare lines``: they end without a carriage return."""


class Request(msgspec.Struct, frozen=True):
    """One request, its body read as JSON where it has one."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any
    target: str = ""
    content: bytes = b""


class Answer(msgspec.Struct, frozen=True):
    """Bytes, and how they end."""

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    wire: Wire = "whole"


def json_answer(value: object, status: int = 200) -> Answer:
    return Answer(json.dumps(value).encode(), status, (("Content-Type", "application/json"),))


Handler = Callable[[Request], Awaitable[Answer]]


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    """Serve on a port that the system gives; yields the address. Each connection is for one request."""
    doors: set[asyncio.Task[Any]] = set()

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        doors.add(task)
        try:
            _write(writer, await handler(await _read(reader)))
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            doors.discard(task)
            if not writer.transport.is_closing():
                writer.close()

    server = await asyncio.start_server(met, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in tuple(doors):
            task.cancel()
        await asyncio.gather(*doors, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    parts = urlsplit(target)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return Request(method, parts.path, query, headers, _json(body), target, body)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None  # a form, for one


def _write(writer: asyncio.StreamWriter, answer: Answer) -> None:
    wire, body = answer.wire, answer.body
    if wire == "none":
        return
    writer.write(_FIRST.get(wire, b""))
    writer.write(_head(answer) + _body(answer))
    match wire:
        case "reset":
            sock = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        case "more behind":
            other = Answer(b'{"number": "EV777"}' + b" " * len(body), 200)
            writer.write(_head(other) + other.body)


_FIRST: dict[str, bytes] = {
    "continued": b"HTTP/1.1 100 Continue\r\n\r\n",
    "hints": b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n",
}


def _head(answer: Answer) -> bytes:
    wire, length = answer.wire, len(answer.body)
    old = wire in ("old", "old and cut")
    reason = "" if wire == "no reason" else " What it says"
    lines = [f"HTTP/1.{0 if old else 1} {answer.status}{reason}", "Connection: close"]
    if wire in ("chunked", "chunked and cut"):
        lines.append("Transfer-Encoding: chunked")
    elif answer.status != 204 and not old:
        said = {"long": [length + 7], "short": [max(length - 7, 0)], "two lengths": [length, length + 7]}
        lines += [f"Content-Length: {one}" for one in said.get(wire, [length])]
    if wire == "folded":
        lines.append("X-Words: one\r\n two")
    lines += [f"{name}: {value}" for name, value in answer.headers]
    end = "\n" if wire == "bare lines" else "\r\n"
    return (end.join(lines) + end * 2).encode("latin-1")


def _body(answer: Answer) -> bytes:
    body = answer.body
    half = body[: len(body) // 2]
    match answer.wire:
        case "headers":
            return b""
        case "reset" | "old and cut":
            return half
        case "chunked":
            return b"%x\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n" % (
                len(half), half, len(body) - len(half), body[len(half):]
            ) if half else b"0\r\n\r\n"  # fmt: skip
        case "chunked and cut":
            return b"%x\r\n%b\r\n" % (len(half), half)
    return body
