"""The calls of the day of one account: what the vendor's own meter says, and what people are told."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec

from hub.calls.budget import BLOCK
from hub.calls.call import read
from hub.flow.runtime.ledger import meter_of
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import HubError
from hub.plugin_api.limits import Limit
from hub.plugin_api.models import AccountStatus
from hub.store import Transaction, call_rows, rows
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App

_METER_REST = timedelta(minutes=10)


class Meters:
    """When the meters of this process are read again: by account and the vendor's day."""

    def __init__(self) -> None:
        self.again: dict[tuple[str, str], datetime] = {}
        self.locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)


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
    now, meters = app.clock.now(), app.kept(Meters)
    key = (carrier.account.id, day_of(limit, now))
    if meters.again.get(key, now) > now:
        return
    async with meters.locks[carrier.account.id]:
        if meters.again.get(key, now) > now:
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
                meters.again[key] = now + _METER_REST
                return
            await app.store.write(lambda tx: learn(app, tx, account, status))
        meters.again[key] = now + timedelta(days=2)
