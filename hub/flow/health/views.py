"""What the doors show of the hub's own condition: its work, what went wrong, and what a check found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hub.flow.history.view import View
from hub.flow.history.views import OperationView
from hub.plugin_api.models import Money


class JobView(View, frozen=True, kw_only=True):
    """A piece of the hub's own work."""

    key: str
    kind: str
    subject: str
    seller: str
    account: str
    account_name: str
    posting_number: str
    state: str
    """``running``, ``due``, ``waiting`` (for its time), ``dead`` (given up) or ``parked``."""
    run_at: datetime
    """When it was or will be due."""
    started_at: datetime | None
    """When the last try began: the one that runs, of ``running`` work."""
    deadline: datetime | None
    tries: int
    reason: str
    """Why the last try failed; of dead work, why it was given up."""
    worker: str
    silent: bool
    """It runs, and its worker has not been heard of in time: another one will take it over."""
    created_at: datetime


class ChoiceView(View, frozen=True, kw_only=True):
    """An answer to an incident, with what it does and the command that gives it."""

    answer: str
    title: str
    effect: str
    command: str
    parameters: tuple[str, ...] = ()
    may_pay_twice: bool = False


class IncidentView(View, frozen=True, kw_only=True):
    """Something that went wrong with money at stake. ``id`` is the problem's, else the operation's or the
    work's."""

    id: str
    kind: str
    """The kind of the problem: ``operation_unknown``, ``booked_twice``, ``report_refused`` ..."""
    seller: str
    posting_id: str
    posting_number: str
    operation: OperationView | None
    problem_id: str
    job: str
    amount: Money | None
    since: datetime
    deadline: datetime | None
    text: str
    reason: str
    """What the vendor or the last look said."""
    facts: dict[str, Any]
    choices: tuple[ChoiceView, ...]


class CheckView(View, frozen=True, kw_only=True):
    """One thing that was looked at: in words, and as a code with its parameters."""

    check: str
    title: str
    level: str
    """``ok``, ``warning`` or ``problem``."""
    code: str
    text: str
    advice: str
    """What to do; empty where nothing is to do."""
    data: dict[str, Any]


class DoctorView(View, frozen=True, kw_only=True):
    status: str
    """The worst level of all checks."""
    version: str
    checks: tuple[CheckView, ...]


class HealthView(View, frozen=True, kw_only=True):
    status: str
    """``ok``; ``stalled``: work is due and nobody does it; ``failing``: it cannot work."""
    reasons: tuple[str, ...] = ()
    """Why it is not ``ok``: codes of `hub.flow.health.readiness`."""
    version: str
    sqlite: str
    """Its version; empty on another engine."""
    engine: str = ""
    """The database's engine and its version."""
    worker: bool
    queue: int
    oldest_due_seconds: float
    operations_unknown: int
    problems_open: int
    counters: dict[str, int]
    level: str = ""
    """The worst level of ``checks``."""
    checks: tuple[CheckView, ...] = ()
    """What `hub doctor` looks at."""
    left_out: tuple[str, ...] = ()
    """Checks that take too long to be made here: only the doctor makes them."""
