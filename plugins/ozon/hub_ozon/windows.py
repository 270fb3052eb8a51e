"""Where a walk through Ozon's lists stands: the hub's cursor, as JSON text that only this plugin reads.

``open`` is walked from its start every time. ``changed`` is walked by the date of the last change: each walk
begins ten minutes before the one before it began, because clocks differ and a list changes while it is read.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import ozon_api

OVERLAP = timedelta(minutes=10)
_DAY = timedelta(days=1)
_CUTOFF = 180 * _DAY
_FIRST = 30 * _DAY
_AGE = 360 * _DAY
"""Both lists take a period of a year at most (Ozon swagger 2026-09-22)."""


class Walk(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``began`` is None between two walks; ``cursor`` is Ozon's, "" at the start of a list."""

    began: datetime | None = None
    changed_from: datetime | None = None
    cursor: str = ""


def parse(text: str) -> Walk:
    """The walk that a cursor holds; a new one where it holds none that this version wrote."""
    try:
        return msgspec.json.decode(text, type=Walk) if text else Walk()
    except msgspec.MsgspecError:
        return Walk()


def begun(walk: Walk, now: datetime) -> Walk:
    """The walk with its start, which all its pages share."""
    return walk if walk.began is not None else msgspec.structs.replace(walk, began=now, cursor="")


def going_on(walk: Walk, cursor: str) -> str:
    """The hub's cursor of the next page."""
    return msgspec.json.encode(msgspec.structs.replace(walk, cursor=cursor)).decode()


def after_changed(walk: Walk) -> str:
    """The hub's cursor of the next walk through ``changed``."""
    assert walk.began is not None
    return msgspec.json.encode(Walk(changed_from=walk.began - OVERLAP)).decode()


def open_filter(walk: Walk) -> ozon_api.UnfulfilledFilter:
    """All that can still be shipped. Ozon refuses an empty filter, whatever its schema says."""
    assert walk.began is not None
    return ozon_api.UnfulfilledFilter(cutoff_from=walk.began - _CUTOFF, cutoff_to=walk.began + _CUTOFF)


def changed_filter(walk: Walk) -> ozon_api.PostingFilter:
    """What changed since the walk before; without one, all postings of the last thirty days."""
    assert walk.began is not None
    end = walk.began + _DAY
    if walk.changed_from is None:
        return ozon_api.PostingFilter(since=walk.began - _FIRST, to=end)
    return ozon_api.PostingFilter(
        since=walk.began - _AGE,
        to=end,
        last_changed_status_date=ozon_api.Period(
            from_=max(walk.changed_from, walk.began - _AGE),  # a hub that slept for longer
            to=end,
        ),
    )
