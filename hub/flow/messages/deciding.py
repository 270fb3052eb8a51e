"""What is told now: near deadlines and money at once, the rest in digests, again until it is seen, and never
more often than the address allows. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from hub.flow.messages.problems import FAILED
from hub.flow.problems.kinds import kind_of
from hub.plugin_api.messengers import MessageSettings
from hub.store import rows
from hub.store.messages import Waiting

HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


class Due(NamedTuple):
    """What stands in the next message, the nearest deadline first."""

    found: list[Waiting]
    urgent: frozenset[str]
    """The ids of the problems in it that are urgent."""


def due(
    waiting: Sequence[Waiting],
    settings: MessageSettings,
    zone: ZoneInfo,
    now: datetime,
    sent: Sequence[datetime],
) -> Due | None:
    """The next message; None while there is nothing to tell, or not yet. ``sent``: when messages reached the
    seller within the last hour."""
    urgent = frozenset(one.problem.id for one in waiting if is_urgent(one.problem, settings, now))
    calling = [one for one in waiting if _calls(one, one.problem.id in urgent, settings, now)]
    end = quiet_until(settings, zone, now)
    if end is not None:  # only what nobody could do anything about in the morning
        calling = [one for one in calling if _over_before(one.problem, now, end)]
    if not calling or len(sent) >= settings.hourly:
        return None
    wanted = {one.problem.id for one in calling}
    # A message is sent anyhow: what waits for the digest goes with it.
    found = [one for one in waiting if one.problem.id in wanted or one.told is None or not one.told.times]
    return Due(found, urgent & {one.problem.id for one in found})


def is_urgent(problem: rows.ProblemRow, settings: MessageSettings, now: datetime) -> bool:
    """Whether it is told at once: money is at stake, its deadline is near, or messages do not arrive."""
    if settings.at_once != "urgent":
        return settings.at_once == "all"
    if kind_of(problem.kind).money or problem.kind == FAILED:
        return True
    return problem.deadline is not None and problem.deadline - now <= settings.soon_hours * HOUR


def _calls(one: Waiting, urgent: bool, settings: MessageSettings, now: datetime) -> bool:
    """Whether a message is to be sent for it now."""
    problem, told = one
    if told is None or told.told_at is None:
        return urgent or now - problem.created_at >= timedelta(minutes=settings.digest_minutes)
    if urgent and not told.urgent:
        return True  # it was told in time, and now there is little left
    if not settings.repeat_hours:
        return False
    pause = settings.repeat_hours * HOUR
    return now - told.told_at >= (pause if urgent else max(pause, _DAY))


def quiet_until(settings: MessageSettings, zone: ZoneInfo, now: datetime) -> datetime | None:
    """When the quiet hours end in which this moment is; None outside of them."""
    times = settings.quiet_times()
    if times is None or times[0] == times[1]:
        return None
    begins, ends = times
    here = now.astimezone(zone)
    clock = here.time().replace(tzinfo=None)
    within = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    if not within:
        return None
    day = here.date() if clock < ends else here.date() + _DAY
    return datetime.combine(day, ends, tzinfo=zone)


def _over_before(problem: rows.ProblemRow, now: datetime, end: datetime) -> bool:
    return problem.deadline is not None and now < problem.deadline <= end


__all__ = ["HOUR", "Due", "due", "is_urgent", "quiet_until"]
