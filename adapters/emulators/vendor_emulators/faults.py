"""Faults on demand: what networks, gateways and vendors do to a client."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from email.utils import format_datetime

from vendor_emulators.connection import Connection
from vendor_emulators.memory import Memory
from vendor_emulators.rules import MODIFIERS, WIRE_FAULTS, ActiveRule, Rule, RuleView
from vendor_emulators.schedule import Schedule
from vendor_emulators.spoiling import BURST, HTML, numbers_as_strings, plain
from vendor_emulators.wire import Request, Response

Execute = Callable[[Request], Response]
ErrorInside = Callable[[Request, str | None], Response]


class Faults:
    """The rules in force, the wire faults themselves, and how often each kind happened.

    A vendor's own kinds (``label_not_ready``) are asked for by the emulator's handlers through ``vendor``.
    """

    def __init__(
        self,
        schedule: Schedule,
        rng: random.Random,
        vendor_kinds: Iterable[str] = (),
        error_inside: ErrorInside | None = None,
    ) -> None:
        self._schedule = schedule
        self._random = rng
        self._known = WIRE_FAULTS | frozenset(vendor_kinds)
        self._error_inside = error_inside
        self._active: list[ActiveRule] = []
        self._memory = Memory()
        self.happened: Counter[str] = Counter()

    def add(self, rules: Iterable[Rule]) -> None:
        """Put rules in force; raises ValueError for an unknown kind."""
        rules = list(rules)
        for rule in rules:
            if rule.kind not in self._known:
                raise ValueError(f"unknown kind {rule.kind!r}; known: {', '.join(sorted(self._known))}")
        self._active.extend(ActiveRule(rule, self._random) for rule in rules)

    def clear(self) -> None:
        """Put all rules out of force; what happened stays counted."""
        self._active.clear()

    def view(self) -> list[RuleView]:
        return [active.view() for active in self._active]

    def vendor(
        self, kind: str, request: Request, applies: Callable[[Rule], bool] | None = None
    ) -> Rule | None:
        """The rule of this vendor kind that hits this request, if any; counts the hit.

        ``applies``: whether the rule can show here at all; where it cannot, nothing is counted or used up.
        """
        for active in self._active:
            if active.rule.kind != kind or not active.fits(request):
                continue
            if (applies is None or applies(active.rule)) and active.hit():
                self.happened[kind] += 1
                return active.rule
        return None

    async def respond(self, request: Request, execute: Execute, connection: Connection) -> None:
        """Answer the request, as the rules in force say."""
        if connection.date is None:
            connection.date = self._date(0.0)
        rules = self._hitting(request)
        for rule in rules:
            if rule.kind != "number_as_string":  # counted where there was a number
                self.happened[rule.kind] += 1
            if rule.kind == "latency":
                await asyncio.sleep(rule.seconds or 0.0)
            elif rule.kind == "clock_skew":
                connection.date = self._date(rule.seconds or 0.0)
        if rules and rules[-1].kind not in MODIFIERS:
            await self._disturb(rules[-1], request, execute, connection)
        else:
            await connection.answer(self._carried_out(execute, request))

    def _hitting(self, request: Request) -> list[Rule]:
        """The wire faults of this request: modifiers first, then at most one other."""
        hit: list[Rule] = []
        for active in self._active:
            if active.rule.kind not in WIRE_FAULTS or not active.fits(request):
                continue
            if self._possible(active.rule, request) and active.hit():
                hit.append(active.rule)
                if active.rule.kind not in MODIFIERS:
                    break
        return hit

    def _possible(self, rule: Rule, request: Request) -> bool:
        match rule.kind:
            case "stale_read":
                return self._stale(rule, request) is not None
            case "foreign_answer":
                return self._memory.foreign(request) is not None
        return True

    def _stale(self, rule: Rule, request: Request) -> Response | None:
        return self._memory.earlier(request, self._schedule.now(), rule.seconds or 0.0)

    def _carried_out(self, execute: Execute, request: Request) -> Response:
        response = execute(request)
        self._memory.keep(request, response, self._schedule.now())
        return response

    async def _disturb(self, rule: Rule, request: Request, execute: Execute, connection: Connection) -> None:
        match rule.kind:
            case "timeout_before":
                await connection.hold(rule.seconds)
            case "timeout_after":
                self._carried_out(execute, request)
                await connection.hold(rule.seconds)
            case "late_commit":
                self._schedule.after(rule.seconds or 0.0, lambda: _discard(execute(request)))
                await connection.hold(rule.hold)
            case "reset":
                await connection.reset()
            case "bomb" | "flood":
                if rule.execute:
                    self._carried_out(execute, request)
                await connection.bomb(rule.bytes, compressed=rule.kind == "bomb")
            case "truncate":
                await connection.truncate(self._carried_out(execute, request), rule.length)
            case "drip":
                seconds = 1.0 if rule.seconds is None else rule.seconds
                await connection.drip(self._carried_out(execute, request), seconds)
            case "slow_headers":
                seconds = 1.0 if rule.seconds is None else rule.seconds
                await connection.slow_headers(self._carried_out(execute, request), seconds)
            case "duplicate_answer":
                await connection.twice(self._carried_out(execute, request))
            case _:
                await connection.answer(self._replaced(rule, request, execute))

    def _replaced(self, rule: Rule, request: Request, execute: Execute) -> Response:
        """A whole answer, but not the one that belongs there."""
        match rule.kind:
            case "duplicate_request":
                # A handler may take a key out of its request: the twin has its own.
                twin = request.copy()
                self._carried_out(execute, request)
                return self._carried_out(execute, twin)
            case "number_as_string":
                answer = self._carried_out(execute, request)
                spoilt = numbers_as_strings(answer, rule.field)
                self.happened[rule.kind] += spoilt is not None
                return spoilt or answer
            case "stale_read":
                stale = self._stale(rule, request)
                assert stale is not None
                return stale
            case "foreign_answer":
                foreign = self._memory.foreign(request)
                assert foreign is not None
                if rule.execute is not False:
                    self._carried_out(execute, request)
                return foreign
        if rule.execute:
            self._carried_out(execute, request)
        match rule.kind:
            case "html":
                return Response(rule.status or 200, HTML, "text/html")
            case "retry_after":
                value = rule.retry_after
                if rule.retry_date is not None:
                    value = self._date(rule.retry_date)
                return plain(rule, 429, {"retry-after": value} if value is not None else {})
            case "error_burst":
                status = rule.status or self._random.choice(BURST)
                return Response(status, HTML, "text/html")
            case "error_in_200":
                if rule.body is not None or self._error_inside is None:
                    return plain(rule, 200)
                return self._error_inside(request, rule.message)
        return plain(rule)

    def _date(self, seconds: float) -> str:
        return format_datetime(self._schedule.now() + timedelta(seconds=seconds), usegmt=True)


def _discard(_: Response) -> None:
    """A late answer has nobody to go to."""
