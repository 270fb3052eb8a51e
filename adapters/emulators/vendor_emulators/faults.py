"""Faults on demand: what networks, gateways and vendors do to a client."""

import asyncio
import fnmatch
import random
from collections.abc import Callable, Iterable

import msgspec

from vendor_emulators.connection import Connection
from vendor_emulators.schedule import Schedule
from vendor_emulators.wire import Request, Response

Execute = Callable[[Request], Response]

WIRE_FAULTS = frozenset(
    {
        "latency",
        "status",
        "timeout_before",
        "timeout_after",
        "late_commit",
        "reset",
        "truncate",
        "drip",
        "slow_headers",
        "bomb",
        "flood",
        "html",
        "retry_after",
    }
)

_HTML = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)


class Rule(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One fault. ``path`` is a glob, ``times`` None means "until cleared", ``skip`` lets the first ones pass.

    ``seconds``: real seconds for latency, time-outs (how long the connection is held), drip and
    slow_headers (per byte); virtual seconds for late_commit. ``execute`` (truncate, drip, html, bomb, flood,
    status): whether the request is carried out all the same. ``bytes``: size of a bomb or a flood.
    ``message`` and ``match`` are for the vendor's own kinds: a text, and a piece of the request's body.
    """

    kind: str
    path: str = "*"
    method: str | None = None
    times: int | None = None
    skip: int = 0
    probability: float = 1.0
    seconds: float | None = None
    status: int | None = None
    body: str | None = None
    content_type: str | None = None
    headers: dict[str, str] = {}
    length: bool = True
    bytes: int = 400_000_000
    execute: bool | None = None
    retry_after: str | None = None
    message: str | None = None
    match: str | None = None


class RuleView(msgspec.Struct):
    """A rule with what became of it."""

    rule: Rule
    seen: int
    hits: int


class _Active(msgspec.Struct):
    rule: Rule
    seen: int = 0
    hits: int = 0

    def fits(self, request: Request, rng: random.Random) -> bool:
        rule = self.rule
        if rule.method is not None and rule.method.upper() != request.method:
            return False
        if not fnmatch.fnmatchcase(request.path, rule.path):
            return False
        if rule.match is not None and rule.match not in request.text:
            return False
        if rule.times is not None and self.hits >= rule.times:
            return False
        self.seen += 1
        if self.seen <= rule.skip or rng.random() >= rule.probability:
            return False
        self.hits += 1
        return True


class Faults:
    """The rules in force, and the wire faults themselves.

    A vendor's own kinds (``label_not_ready``) are asked for by the emulator's handlers through ``vendor``.
    """

    def __init__(self, schedule: Schedule, rng: random.Random, vendor_kinds: Iterable[str] = ()) -> None:
        self._schedule = schedule
        self._random = rng
        self._vendor_kinds = frozenset(vendor_kinds)
        self._active: list[_Active] = []

    def add(self, rules: Iterable[Rule]) -> None:
        """Put rules in force; raises ValueError for an unknown kind."""
        rules = list(rules)
        known = WIRE_FAULTS | self._vendor_kinds
        for rule in rules:
            if rule.kind not in known:
                raise ValueError(f"unknown kind {rule.kind!r}; known: {', '.join(sorted(known))}")
        self._active.extend(_Active(rule) for rule in rules)

    def clear(self) -> None:
        self._active.clear()

    def view(self) -> list[RuleView]:
        return [RuleView(a.rule, a.seen, a.hits) for a in self._active]

    def vendor(self, kind: str, request: Request) -> Rule | None:
        """The rule of this vendor kind that hits this request, if any; counts the hit."""
        for active in self._active:
            if active.rule.kind == kind and active.fits(request, self._random):
                return active.rule
        return None

    def wire(self, request: Request) -> list[Rule]:
        """The wire faults of this request: latencies first, then at most one other."""
        if not self._active:
            return []
        hit: list[Rule] = []
        for active in self._active:
            if active.rule.kind in WIRE_FAULTS and active.fits(request, self._random):
                hit.append(active.rule)
                if active.rule.kind != "latency":
                    break
        return hit

    async def disturb(
        self, rules: list[Rule], request: Request, execute: Execute, connection: Connection
    ) -> None:
        """Answer the request as the rules say."""
        for rule in rules:
            if rule.kind == "latency":
                await asyncio.sleep(rule.seconds or 0.0)
        rule = rules[-1]
        match rule.kind:
            case "latency":
                await connection.answer(execute(request))
            case "status":
                if rule.execute:
                    execute(request)
                await connection.answer(_status(rule))
            case "retry_after":
                headers = {"retry-after": rule.retry_after} if rule.retry_after is not None else {}
                await connection.answer(_status(rule, 429, headers))
            case "html":
                if rule.execute:
                    execute(request)
                await connection.answer(Response(rule.status or 200, _HTML, "text/html"))
            case "timeout_before":
                await connection.hold(rule.seconds)
            case "timeout_after":
                execute(request)
                await connection.hold(rule.seconds)
            case "late_commit":
                self._schedule.after(rule.seconds or 0.0, lambda: _discard(execute(request)))
                await connection.reset()
            case "reset":
                await connection.reset()
            case "truncate":
                await connection.truncate(execute(request), rule.length)
            case "drip":
                await connection.drip(execute(request), rule.seconds or 1.0)
            case "slow_headers":
                await connection.slow_headers(execute(request), rule.seconds or 1.0)
            case "bomb":
                if rule.execute:
                    execute(request)
                await connection.bomb(rule.bytes, compressed=True)
            case "flood":
                if rule.execute:
                    execute(request)
                await connection.bomb(rule.bytes, compressed=False)


def _status(rule: Rule, default: int = 500, headers: dict[str, str] | None = None) -> Response:
    body = (rule.body if rule.body is not None else "").encode()
    return Response(
        rule.status or default,
        body,
        rule.content_type or "application/json",
        {**rule.headers, **(headers or {})},
    )


def _discard(_: Response) -> None:
    """A late answer has nobody to go to."""
