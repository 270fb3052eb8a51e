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

Wire = Literal["whole", "none", "headers", "reset"]
"""How an answer ends: whole; not a byte of it; closed after the headers; reset in the middle of the body."""


class Request(msgspec.Struct, frozen=True):
    """One request, its body read as JSON where it has one."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


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
    return Request(method, parts.path, query, headers, json.loads(body) if body else None)


def _write(writer: asyncio.StreamWriter, answer: Answer) -> None:
    if answer.wire == "none":
        return
    lines = [f"HTTP/1.1 {answer.status} What it says", "Connection: close"]
    lines += [f"Content-Length: {len(answer.body)}"] * (answer.status != 204)
    lines += [f"{name}: {value}" for name, value in answer.headers]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
    match answer.wire:
        case "whole":
            writer.write(answer.body)
        case "reset":
            writer.write(answer.body[: len(answer.body) // 2])
            sock = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
