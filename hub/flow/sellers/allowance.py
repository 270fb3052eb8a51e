"""The calls of the day of one account: counted in the database, with what bookings and hand-overs need kept
back. `hub.calls.budget` decides, this knows the figures."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec

from hub.calls.budget import BLOCK, Count
from hub.calls.call import read
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import HubError
from hub.plugin_api.limits import Limit
from hub.plugin_api.models import AccountStatus
from hub.store import Store, Transaction, call_rows, rows
from hub.store.trouble import EngineError
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App

ASIDE = 30
"""Calls that are always kept for hand-overs, cancels and look-ups: closing a batch takes four, and a batch is
read in pages of hundreds."""
LABEL = 3
"""Calls that a parcel which is booked still needs until it has its label: it is read again, and a label that
is not made yet is asked for twice."""
QUESTIONS = 0.1
"""The share of the day that is for information whatever is open: else nobody could look at prices."""


_METER_REST = timedelta(minutes=10)


class Meters:
    """When the meters of this process are read again: by account and the vendor's day."""

    def __init__(self) -> None:
        self.again: dict[tuple[str, str], datetime] = {}
        self.locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)


class StoredCalls:
    """The ledger of one account (`hub.calls.budget.Ledger`)."""

    def __init__(self, store: Store, account: str, seller: str, now: Any) -> None:
        self._store = store
        self._account = account
        self._seller = seller
        self._now = now

    def read(self, limit: Limit, day: str) -> Count:
        reader = self._store.reader
        used = call_rows.used(reader, self._account, meter_of(limit), day)
        known = call_rows.allowed(reader, self._account, meter_of(limit))
        allowed = limit.requests if known is None else known
        if not limit.per_parcel:
            return Count(
                used=used, allowed=allowed, kept_for_booked=0, kept_for_open=0, told=known is not None
            )
        until = self._now() + timedelta(days=1)
        needs = call_rows.needs(reader, self._account, self._seller, until)
        booked = ASIDE + needs.booking * limit.per_parcel + needs.unlabelled * LABEL + needs.labelled
        # A quote for each that is open, and its booking.
        both = min(booked + needs.open * (limit.per_parcel + 1), int(allowed * (1 - QUESTIONS)))
        return Count(
            used=used,
            allowed=allowed,
            kept_for_booked=booked + limit.per_parcel,
            kept_for_open=max(booked, both),
            told=known is not None,
        )

    async def claim(self, limit: Limit, day: str, calls: int) -> None:
        def write(tx: Transaction) -> None:
            call_rows.claim(tx, self._account, meter_of(limit), day, calls)

        try:
            await self._store.write(write)
        except EngineError as error:
            raise OSError(str(error)) from error


def meter_of(limit: Limit) -> str:
    """The name of a limit in the table."""
    return limit.path if isinstance(limit.path, str) else " ".join(limit.path)


def day_limit(app: App, account: rows.AccountRow) -> Limit | None:
    """The limit of the day that the account's `AccountStatus` speaks of: the first that is declared."""
    kind = app.registry.carriers.get(account.plugin) or app.registry.sources.get(account.plugin)
    return None if kind is None else _of_day(kind.limits)


def _of_day(limits: Sequence[Limit]) -> Limit | None:
    return next((one for one in limits if one.time_zone), None)


def day_of(limit: Limit, now: datetime) -> str:
    """The vendor's day."""
    return now.astimezone(ZoneInfo(limit.time_zone)).date().isoformat()


def learn(app: App, tx: Transaction, account: rows.AccountRow, status: AccountStatus) -> None:
    """Keep what the vendor's own meter says."""
    limit = day_limit(app, account)
    if limit is None or status.calls_used is None or status.calls_allowed is None:
        return
    day = day_of(limit, app.clock.now())
    used, allowed = max(0, status.calls_used), max(0, status.calls_allowed)
    call_rows.learn(tx, account.id, meter_of(limit), day, used=used, allowed=allowed, slack=2 * BLOCK)


class CallsToday(msgspec.Struct, frozen=True):
    """For people. ``used`` is at most ten too many for each program that runs."""

    used: int
    allowed: int


def calls_today(app: App, account: rows.AccountRow) -> CallsToday | None:
    """None for an account without a limit of the day."""
    limit = day_limit(app, account)
    if limit is None:
        return None
    reader, meter = app.store.reader, meter_of(limit)
    known = call_rows.allowed(reader, account.id, meter)
    used = call_rows.used(reader, account.id, meter, day_of(limit, app.clock.now()))
    allowed = limit.requests if known is None else known
    return CallsToday(min(used, allowed), allowed)


async def ask_the_meter(app: App, carrier: Carrier[Any]) -> None:
    """Read the vendor's own meter, once a day and account, before the first question for a price: other
    programs may use the account too, and every contract has an allowance of its own. Who comes meanwhile
    waits for it: without it nobody knows how much is left."""
    limit = _of_day(carrier.limits)
    if limit is None or type(carrier).check is Carrier.check:
        return
    now = app.clock.now()
    key = (carrier.account.id, day_of(limit, now))
    if app.meters.again.get(key, now) > now:
        return
    async with app.meters.locks[carrier.account.id]:
        if app.meters.again.get(key, now) > now:
            return
        account = rows.accounts.get(app.store.reader, carrier.account.id)
        if account is None:
            return
        row = rows.calls.get(app.store.reader, account.id, meter_of(limit), key[1])
        if row is None or row.allowed is None:
            try:
                status = await read(
                    said("{title}: calls of today", code="call.calls_today", values={"title": carrier.title}),
                    carrier.check,
                    explain=carrier.explain,
                )
            except HubError:  # what is wrong is told by the question itself
                app.meters.again[key] = now + _METER_REST
                return
            await app.store.write(lambda tx: learn(app, tx, account, status))
        app.meters.again[key] = now + timedelta(days=2)
