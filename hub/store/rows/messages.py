"""What was told to people outside the hub, and how the addresses do."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hub.store.mapping import Rows


class ToldRow(msgspec.Struct, frozen=True):
    """How far a problem has been told. Kept while the problem is open."""

    problem_id: str
    seller: str
    told_at: datetime | None
    """When it stood in a message last; None where it was only looked at."""
    times: int
    urgent: bool
    """It was told as urgent: where it becomes so later, it is told at once, once more."""
    seen_at: datetime | None
    """When somebody said that they have seen it: it is told no more."""
    seen_by: str


class MessengerRow(msgspec.Struct, frozen=True):
    """How an address does that could not be sent to; none where the last message went well."""

    account: str
    failures: int  # in a row
    again_at: datetime  # not before
    reason: str


class MessageRow(msgspec.Struct, frozen=True):
    """One try to send a message: the list that people look at, and what the hourly limit counts."""

    id: str
    seller: str
    account: str
    kind: str  # problems, test
    state: str  # sent, failed
    reason: str
    problems: int
    title: str
    created_at: datetime


told = Rows("told", ToldRow, key=("problem_id",), indexes=(("seller",),))
messengers = Rows("messengers", MessengerRow, key=("account",))
messages = Rows(
    "messages", MessageRow, key=("id",), indexes=(("seller", "id"), ("seller", "state", "created_at"))
)
