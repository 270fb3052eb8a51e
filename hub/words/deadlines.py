"""A deadline in words, in the zone of whoever reads it: "tomorrow 14:00", "today 16:00, 2 h left", "past
since yesterday 14:00"."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

from hub.words import filled
from hub.words.catalogue import duration, found

_SOON = timedelta(hours=12)  # from then on it is said how much time is left
_FOR_EVER = 9999  # the last moments of this year are in none, in some zones


class Moment(NamedTuple):
    """When something is read, and in which zone."""

    now: datetime
    zone: tzinfo = UTC


def deadline_text(at: datetime, moment: Moment, language: str) -> str:
    """The deadline as somebody would say it now."""
    when, left = _when(at, moment, language), at - moment.now
    if left <= timedelta(0):
        return _sentence("past", language, when=when)
    if left >= _SOON:
        return when
    seconds = max(int(left.total_seconds()), 60)
    return _sentence("left", language, when=when, left=duration(seconds - seconds % 60, language))


def time_text(at: datetime, moment: Moment, language: str) -> str:
    """A time as somebody would say it now: "yesterday 14:00"."""
    return _when(at, moment, language)


def stored_deadline(value: object) -> datetime | None:
    """A time as the data of a problem has it; None for anything else."""
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _when(at: datetime, moment: Moment, language: str) -> str:
    here = at if at.year >= _FOR_EVER else at.astimezone(moment.zone)
    days = (here.date() - moment.now.astimezone(moment.zone).date()).days
    name = {0: "today", 1: "tomorrow", -1: "yesterday"}.get(days, "day")
    return _sentence(name, language, time=f"{here:%H:%M}", day=_day(here.date(), language))


def _day(day: date, language: str) -> str:
    return filled(
        found("format.day", "", language), {"y": day.year, "m": f"{day:%m}", "d": f"{day:%d}"}, language
    )


def _sentence(name: str, language: str, **values: str) -> str:
    return filled(found(f"deadline.{name}", "", language), values, language)


__all__ = ["Moment", "deadline_text", "stored_deadline", "time_text"]
