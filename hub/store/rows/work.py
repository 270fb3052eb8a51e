"""What is to be done and who does it: questions to people, jobs, leases, counts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from hub.store.mapping import Rows
from hub.store.table import UniqueWhile


class ProblemRow(msgspec.Struct, frozen=True):
    id: str
    seller: str
    posting_id: str
    """Of the one posting that it holds up; empty where that is none, or several: `ProblemPostingRow`."""
    account: str
    operation_id: str
    """Of the operation that it came of; empty where it came of none."""
    kind: str
    data: dict[str, Any]
    deadline: datetime | None
    state: str
    answer: str
    created_at: datetime
    closed_at: datetime | None
    subject_type: str = ""
    """What it is about, with ``subject_id`` (`hub.flow.problems.kinds.SubjectType`): unique while it is open,
    among those of its kind and account."""
    subject_id: str = ""


class ProblemPostingRow(msgspec.Struct, frozen=True):
    """What waits for the answer to an open problem that is no one posting's."""

    problem_id: str
    posting_id: str
    operation_id: str


class AskedOperationRow(msgspec.Struct, frozen=True):
    """Nothing is written here since 0.2.0: `ProblemPostingRow` took its place."""

    account: str
    kind: str
    operation_id: str
    posting_id: str


class JobRow(msgspec.Struct, frozen=True):
    key: str  # one piece of work, one row
    seller: str
    account: str
    kind: str
    subject: str
    priority: int  # smaller first: a deadline in seconds
    run_at: datetime
    state: str  # waiting for its time, ready, running, parked, dead
    again: bool  # asked for while it ran: run once more
    lease_owner: str
    lease_until: datetime
    fence: int
    attempts: int
    reason: str
    created_at: datetime
    started_at: datetime | None = None  # of the try that runs, or ran last
    lost: int = 0  # how often its worker went away in the middle of it, since it was last done
    lost_at: datetime | None = None  # when that happened first
    stuck: bool = False  # a schedule that fails again and again: it goes on, and a person is told


class LeaseRow(msgspec.Struct, frozen=True):
    name: str
    owner: str
    until: datetime
    fence: int


class CursorRow(msgspec.Struct, frozen=True):
    account: str
    stream: str
    cursor: str
    updated_at: datetime


class CallsRow(msgspec.Struct, frozen=True):
    """How often a vendor was called, by its own day. ``allowed``: what the vendor itself said that day; None
    where it was not asked."""

    account: str
    meter: str
    day: str
    used: int
    allowed: int | None


class CounterRow(msgspec.Struct, frozen=True):
    name: str
    value: int


problems = Rows(
    "problems",
    ProblemRow,
    key=("id",),
    unique_while=(
        UniqueWhile(columns=("kind", "subject_type", "subject_id", "account"), condition="state = 'open'"),
    ),
    indexes=(("seller", "state", "id"), ("seller", "state", "deadline", "id"), ("posting_id", "state")),
    raises="posting_id",
)
problem_postings = Rows(
    "problem_postings",
    ProblemPostingRow,
    key=("problem_id", "posting_id", "operation_id"),
    indexes=(("posting_id",),),
)
asked_operations = Rows(
    "asked_operations", AskedOperationRow, key=("account", "kind", "operation_id"), indexes=(("posting_id",),)
)
jobs = Rows(
    "jobs",
    JobRow,
    key=("key",),
    indexes=(("state", "run_at"), ("state", "priority", "run_at"), ("seller", "state")),
)
leases = Rows("leases", LeaseRow, key=("name",))
cursors = Rows("cursors", CursorRow, key=("account", "stream"))
calls = Rows("calls", CallsRow, key=("account", "meter", "day"))
counters = Rows("counters", CounterRow, key=("name",))
