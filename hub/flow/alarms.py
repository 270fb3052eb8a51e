"""What is looked at every ten minutes: whether a person has to know of something that no call has told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from hub.flow.intake import deadlines
from hub.flow.problems import ended
from hub.flow.sellers import forecast, orphans
from hub.flow.tracking import quiet
from hub.flow.units import wanted

if TYPE_CHECKING:
    from hub.flow.app import App

_EVERY = timedelta(minutes=10)


async def run(app: App, subject: str) -> datetime | None:
    """Look at deadlines, at parcels of which nothing is heard, at accounts that nobody works on any more, and
    at calls that will not last the day; again in ten minutes."""
    await ended.look(app)
    await deadlines.look(app)
    await quiet.look(app)
    await wanted.look(app)
    await orphans.tell(app)
    await forecast.tell(app)
    now = app.clock.now()
    return max(now + _EVERY, now + app.clock.stretch(0.3))


__all__ = ["run"]
