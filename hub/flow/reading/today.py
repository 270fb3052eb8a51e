"""A seller's day at a glance: what has to leave by when, what waits for the seller, and how long."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from hub.flow.history.today_views import LeavingView, Part, QuestionView, TodayView
from hub.flow.problems.kinds import kind_of
from hub.flow.reading.problem_pages import problem
from hub.flow.runtime.warehouse import Warehouse, filled
from hub.flow.units.worklist import lacking
from hub.plugin_api.models import Stage
from hub.store import today, warehouses
from hub.store.today import Count

if TYPE_CHECKING:
    from hub.flow.app import App

_PARTS: tuple[Part, ...] = ("past", "today", "tomorrow", "later", "no_deadline")


def today_of(app: App, seller: str, warehouse: str | None = None, language: str | None = None) -> TodayView:
    """The seller's day; what leaves of one warehouse, or of all. Raises NotFound."""
    row, reader, now = app.seller(seller), app.store.reader, app.clock.now()
    there = [
        filled(row, one, one.slug)
        for one in warehouses.of_seller(reader, row.slug)
        if warehouse in (None, one.slug)
    ]
    return TodayView(
        seller=row.slug,
        now=now,
        leaving=tuple(line for one in there for line in _leaving(app, row.slug, one, now)),
        questions=tuple(
            QuestionView(
                kind=asked.kind,
                count=asked.number,
                money=kind_of(asked.kind).money,
                deadline=asked.deadline,
                problem_id=asked.first,
                text=problem(app, asked.first, language).text,
            )
            for asked in today.open_questions(reader, row.slug)
        ),
        units_missing=len(lacking(reader, row.slug, warehouse)),
    )


def _leaving(app: App, seller: str, there: Warehouse, now: datetime) -> list[LeavingView]:
    """A line for each part of time that has anything, the nearest first."""
    midnight = datetime.combine(there.today(now) + timedelta(days=1), time(), there.zone)
    bounds = (now, midnight, midnight + timedelta(days=1))
    parts: dict[int, list[Count]] = {}
    for one in today.open_postings(app.store.reader, seller, there.slug, bounds=bounds):
        parts.setdefault(one.part, []).append(one)
    return [_line(there.slug, _PARTS[part], counts) for part, counts in sorted(parts.items())]


def _line(warehouse: str, part: Part, counts: list[Count]) -> LeavingView:
    sums = dict.fromkeys(("to_answer", "to_order", "under_way", "to_hand_over"), 0)
    for one in counts:
        sums[_todo(one)] += one.number
    first = min((one.first for one in counts if one.first is not None), default=None)
    total = sum(one.number for one in counts)
    return LeavingView(warehouse=warehouse, part=part, first=first, postings=total, **sums)


def _todo(one: Count) -> str:
    """What is to be done with such postings: what a person is asked about comes before all else."""
    if one.asked:
        return "to_answer"
    if Stage(one.stage) is Stage.LABELLED:
        return "to_hand_over"
    return "under_way" if one.wanted else "to_order"


__all__ = ["today_of"]
