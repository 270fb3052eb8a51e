"""Calls that will not last the day, told before they are used up: what the postings of today will need of a
vendor's calls, against what is left of them. `hub.flow.sellers.allowance` has the figures."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from hub.flow.problems.account_problems import close_account_problem, open_account_problem, open_of
from hub.flow.runtime.ledger import ASIDE, LABEL
from hub.flow.sellers.allowance import calls_today, day_limit, day_of
from hub.plugin_api.limits import Limit
from hub.store import Transaction, alarms, call_rows, rows, sellers

if TYPE_CHECKING:
    from hub.flow.app import App

KIND = "calls_short"
_LATEST = 200
"""Bookings of a seller that say how many of the next ones go to an account."""
_MUCH_WORSE = 2
"""So many times as many parcels as somebody knows of: told again on the same day."""


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """What an account's calls of today are for. ``booked``: parcels that wait for their label or the
    hand-over. ``open``: postings that are ordered, or due within 24 hours, and will be booked there.
    ``short``: so many of all these parcels have to wait until tomorrow."""

    used: int
    allowed: int
    needed: int
    booked: int
    open: int
    short: int
    day: str
    until: datetime

    @property
    def left(self) -> int:
        """Calls."""
        return max(0, self.allowed - self.used)


def forecast(app: App, account: rows.AccountRow) -> Forecast | None:
    """None for an account without a limit of the day."""
    limit, today = day_limit(app, account), calls_today(app, account)
    if limit is None or today is None or not limit.per_parcel:
        return None
    now, reader = app.clock.now(), app.store.reader
    until = now + timedelta(days=1)
    needs = call_rows.needs(reader, account.id, account.seller, until)
    share = alarms.share_of(reader, account.seller, account.id, latest=_LATEST)
    wanted = ceil(alarms.to_book(reader, account.seller, until=until) * share)
    each = limit.per_parcel + 1  # a question for the price, and the booking with its label and hand-over
    booked = needs.booking * limit.per_parcel + needs.unlabelled * LABEL + needs.labelled
    needed = (ASIDE if booked or wanted else 0) + booked + wanted * each
    day = day_of(limit, now)
    return Forecast(
        used=today.used,
        allowed=today.allowed,
        needed=needed,
        booked=needs.booking + needs.unlabelled + needs.labelled,
        open=wanted,
        short=max(0, ceil((needed - today.allowed + today.used) / each)),
        day=day,
        until=_midnight(limit, day),
    )


def _midnight(limit: Limit, day: str) -> datetime:
    """When the vendor's next day begins."""
    next_day = date.fromisoformat(day) + timedelta(days=1)
    return datetime.combine(next_day, time(0), ZoneInfo(limit.time_zone)).astimezone(UTC)


async def tell(app: App) -> None:
    """Open a problem for each account whose calls will not last, once on a day of its vendor's, and close
    it when they do, or when the next day begins."""
    for seller in sellers.every(app.store.reader):
        for account in app.carrier_accounts(seller):
            found = forecast(app, account)
            if found is not None:
                await _tell(app, account, found)


async def _tell(app: App, account: rows.AccountRow, found: Forecast) -> None:
    reader, now = app.store.reader, app.clock.now()
    known = open_of(reader, account.id, KIND)
    over = known is not None and (not found.short or known.data.get("day") != found.day)
    answered = alarms.answered_of_account(reader, account.id, KIND)
    today = [int(one.data.get("short") or 0) for one in answered if one.data.get("day") == found.day]
    knows_of = max(today, default=0)
    new = found.short > knows_of * _MUCH_WORSE and (known is None or over)
    if not over and not new:
        return
    kind = app.registry.carriers[account.plugin]
    data = {name: getattr(found, name) for name in ("used", "allowed", "left", "needed", "short", "day")}
    data |= {"booked": found.booked, "open": found.open, "until": found.until.isoformat()}

    def write(tx: Transaction) -> None:
        if over:
            close_account_problem(tx, account.id, KIND, now=now)
        if new:
            told = open_account_problem(tx, account, KIND, data | {"carrier": kind.title}, now=now)
            rows.problems.save(tx, msgspec.structs.replace(told, deadline=None), was=told)

    await app.store.write(write)


__all__ = ["KIND", "Forecast", "forecast", "tell"]
