"""Somebody between the hub and a real vendor's emulator: hands requests on, and bends what comes back.

The emulator keeps the truth, as the vendor does; the hub's own plugins ask. What becomes of a door's next
answers is said by bends, as twists say it of the evil vendor.
"""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from fnmatch import fnmatchcase
from typing import Any

import httpx
import msgspec

from tests.faults.evil.wire import Answer, Request, Wire, serving

Change = Callable[[Any], Any]
"""From the honest body, JSON where it is some and bytes otherwise, to another value or to bytes."""


class Bend(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of one answer."""

    says: Change | None = None
    status: int = 0
    """Zero: the honest one."""
    headers: tuple[tuple[str, str], ...] = ()
    wire: Wire = "whole"
    does: bool = True
    """Whether the request is handed on."""
    twice: bool = False
    """Whether it is handed on two times."""
    anothers: bool = False
    """It is answered as the last one at this door was."""
    keeps: frozenset[str] = frozenset({"content-type", "retry-after"})
    """Headers of the honest answer that are given on."""
    letters: str = "utf-8"


class Between:
    """``url``: of the emulator. ``doors``: by name the method and the path, as a pattern."""

    def __init__(self, url: str, doors: dict[str, tuple[str, str]]) -> None:
        self._url = url
        self._doors = doors
        self._http = httpx.AsyncClient(trust_env=False, timeout=30, limits=httpx.Limits(max_connections=40))
        self.next: dict[str, deque[Bend]] = defaultdict(deque)
        self.always: dict[str, Bend] = {}
        self._last: dict[str, Answer] = {}
        self.bent = 0
        """How many answers were."""

    def door_of(self, request: Request) -> str:
        """The name of the first door that it fits; empty where it fits none."""
        for name, (method, path) in self._doors.items():
            if request.method == method and fnmatchcase(request.target, path):
                return name
        return ""

    async def answer(self, request: Request) -> Answer:
        """One request, handed on and bent."""
        door = self.door_of(request)
        bend = self.next[door].popleft() if self.next[door] else self.always.get(door, Bend())
        self.bent += bend is not _HONEST and bend != _HONEST
        last, honest = self._last.get(door, Answer()), Answer()
        for _ in range(bend.does + bend.twice):
            honest = self._last[door] = await self._handed_on(request)
        honest = last if bend.anothers else honest
        body = honest.body
        if bend.says is not None:
            said = bend.says(_read(body))
            body = (
                said if isinstance(said, bytes) else json.dumps(said, ensure_ascii=False).encode(bend.letters)
            )
        kept = tuple(one for one in honest.headers if one[0].lower() in bend.keeps)
        named = {name.lower() for name, _ in bend.headers}
        kept = tuple(one for one in kept if one[0].lower() not in named)
        status = bend.status or honest.status
        return Answer(b"" if status == 204 else body, status, (*kept, *bend.headers), bend.wire)

    async def _handed_on(self, request: Request) -> Answer:
        headers = {
            name: value
            for name, value in request.headers.items()
            if name
            not in ("", "host", "connection", "content-length", "accept-encoding", "transfer-encoding")
        }
        got = await self._http.request(
            request.method, self._url + request.target, content=request.content, headers=headers
        )
        return Answer(got.content, got.status_code, tuple(got.headers.items()))

    async def aclose(self) -> None:
        await self._http.aclose()


_HONEST = Bend()


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body


@asynccontextmanager
async def between(url: str, doors: dict[str, tuple[str, str]]) -> AsyncIterator[tuple[Between, str]]:
    """Serve between; yields it, and where it answers."""
    one = Between(url, doors)
    try:
        async with serving(one.answer) as address:
            yield one, address
    finally:
        await one.aclose()


__all__ = ["Bend", "Between", "Change", "between"]
