"""Fault rules: which requests a fault hits, and how often."""

import fnmatch
import random
from typing import Literal

import msgspec

from vendor_emulators.wire import Request

# Faults that leave the answer as it is: any number of them may hit a request, before one other.
MODIFIERS = frozenset({"latency", "clock_skew"})

WIRE_FAULTS = MODIFIERS | {
    "bomb",
    "drip",
    "duplicate_answer",
    "duplicate_request",
    "error_burst",
    "error_in_200",
    "flood",
    "foreign_answer",
    "html",
    "late_commit",
    "number_as_string",
    "reset",
    "retry_after",
    "slow_headers",
    "stale_read",
    "status",
    "timeout_after",
    "timeout_before",
    "truncate",
}


class Rule(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One fault. ``path`` is a glob, ``times`` None means "until cleared", ``skip`` lets the first ones pass.

    ``burst``: so many fitting requests in a row are hit once one is. ``seed``: of this rule's own dice; the
    emulator's fault dice where there is none. ``seconds``: real seconds for latency, time-outs (how long the
    connection is held), drip and slow_headers (per byte); virtual seconds for late_commit, clock_skew,
    stale_read, item_late and a vendor's delays. ``hold``: real seconds that late_commit holds the connection.
    ``execute``: whether the request is carried out all the same. ``bytes``: size of a bomb or a flood.
    ``retry_after`` is sent as given; ``retry_date``: as an HTTP date so many virtual seconds from now.
    ``field``: the only key that number_as_string spoils. ``message`` and ``match`` are a text for the
    vendor's own kinds, and a piece of the request's body. ``change``: what list_changes does.
    """

    kind: str
    path: str = "*"
    method: str | None = None
    times: int | None = None
    skip: int = 0
    probability: float = 1.0
    burst: int = 1
    seed: int | None = None
    seconds: float | None = None
    hold: float = 0.0
    status: int | None = None
    body: str | None = None
    content_type: str | None = None
    headers: dict[str, str] = {}
    length: bool = True
    bytes: int = 400_000_000
    execute: bool | None = None
    retry_after: str | None = None
    retry_date: float | None = None
    field: str | None = None
    message: str | None = None
    match: str | None = None
    change: Literal["arrive", "leave"] = "arrive"


class RuleView(msgspec.Struct):
    """A rule with what became of it."""

    rule: Rule
    seen: int
    hits: int


class ActiveRule:
    """A rule in force: its counters and its dice."""

    def __init__(self, rule: Rule, shared: random.Random) -> None:
        self.rule = rule
        self.seen = 0
        self.hits = 0
        self._left_of_burst = 0
        self._dice = shared if rule.seed is None else random.Random(rule.seed)

    def fits(self, request: Request) -> bool:
        """Whether the rule speaks of this request and is not used up."""
        rule = self.rule
        if rule.method is not None and rule.method.upper() != request.method:
            return False
        if not fnmatch.fnmatchcase(request.path, rule.path):
            return False
        if rule.match is not None and rule.match not in request.text:
            return False
        return rule.times is None or self.hits < rule.times

    def hit(self) -> bool:
        """Throw the dice for a request that fits; counts."""
        self.seen += 1
        if self._left_of_burst > 0:
            self._left_of_burst -= 1
        elif self.seen <= self.rule.skip or self._dice.random() >= self.rule.probability:
            return False
        else:
            self._left_of_burst = self.rule.burst - 1
        self.hits += 1
        return True

    def view(self) -> RuleView:
        return RuleView(self.rule, self.seen, self.hits)
