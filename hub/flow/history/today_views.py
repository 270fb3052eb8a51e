"""A seller's day at a glance, as the doors show it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from hub.flow.history.view import View

Part = Literal["past", "today", "tomorrow", "later", "no_deadline"]
"""When parcels have to leave, by the days of their warehouse."""


class LeavingView(View, frozen=True, kw_only=True):
    """Parcels of a warehouse that have to leave in one part of time, by what is to be done. Each is counted
    once."""

    warehouse: str
    part: Part
    first: datetime | None
    """The nearest deadline among them."""
    postings: int
    """All of them."""
    to_answer: int
    """A person is asked about them: see the questions."""
    to_order: int
    """Nobody has ordered that they be shipped."""
    under_way: int
    """Ordered: the hub is packing, booking or waiting for a label."""
    to_hand_over: int
    """They have their labels."""


class QuestionView(View, frozen=True, kw_only=True):
    """Open questions of one kind."""

    kind: str
    count: int
    money: bool
    """Money is at stake, or a penalty."""
    deadline: datetime | None
    """The nearest by which one has to be answered."""
    problem_id: str
    """One of them."""
    text: str
    """Its words."""


class TodayView(View, frozen=True, kw_only=True):
    """What has to be done, the most urgent first."""

    seller: str
    now: datetime
    leaving: tuple[LeavingView, ...]
    questions: tuple[QuestionView, ...]
    units_missing: int
    """Postings that cannot be packed before their pieces are known: ``hub units``."""
