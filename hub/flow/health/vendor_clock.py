"""How far this machine's clock is from a vendor's: one safe request an account, of which only the ``Date``
header is read, also where the answer is an error."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import msgspec

from hub.calls.call import read
from hub.calls.transport import make_client
from hub.flow.health.checks import Finding, Level
from hub.flow.runtime.stored_accounts import as_account
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.clock import Clock
from hub.plugin_api.errors import HubError, Unsupported
from hub.plugin_api.settings import Settings
from hub.plugin_api.sources import OrderSource
from hub.plugins.addresses import Addresses
from hub.store import rows
from hub.words import said

DEADLINE = 10.0
"""Real seconds for one account."""
_AT_ONCE = 8
_WARN = 30.0
_WRONG = 300.0
_HALF_A_SECOND = 0.5  # the header has whole seconds

Kind = type[Carrier[Any]] | type[OrderSource[Any]]


class Asked(msgspec.Struct, frozen=True):
    """An account that is to be asked: what its plugin makes of it, and with what."""

    row: rows.AccountRow
    kind: Kind
    settings: Settings
    addresses: Addresses


class _Heard(Exception):
    """The headers are here: nothing more is read, and nothing more is asked."""


class _Listener:
    """Lets one request out, and keeps what its answer says of the time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sent: datetime | None = None
        self.answered = False
        self.difference: float | None = None
        """Seconds that this machine's clock is ahead; None where the vendor told no time."""

    async def request(self, _: httpx.Request) -> None:
        if self._sent is not None:
            raise _Heard
        self._sent = self._clock.now()

    async def response(self, response: httpx.Response) -> None:
        self.answered = True
        now = self._clock.now()
        told = _date(response)
        if told is not None:
            middle = (self._sent or now) + (now - (self._sent or now)) / 2
            self.difference = (middle - told).total_seconds() - _HALF_A_SECOND
        raise _Heard


async def ask(accounts: Sequence[Asked], clock: Clock) -> list[Finding]:
    """Ask the vendor of each account, a few at a time."""
    slots = asyncio.Semaphore(_AT_ONCE)

    async def one(asked: Asked) -> Finding:
        async with slots:
            return await _ask(asked, clock)

    return list(await asyncio.gather(*(one(asked) for asked in accounts)))


async def _ask(asked: Asked, clock: Clock) -> Finding:
    listener = _Listener(clock)
    reason = ""
    unasked = False
    async with make_client(addresses=asked.addresses) as client:
        client.event_hooks = {"request": [listener.request], "response": [listener.response]}
        vendor = asked.kind(asked.settings, client, as_account(asked.row))
        try:
            await read(
                said("{title}, clock", code="call.clock", values={"title": vendor.title}),
                vendor.check,
                explain=vendor.explain,
                deadline=DEADLINE,
            )
        except Unsupported as error:
            unasked, reason = True, error.said
        except HubError as error:
            reason = error.said
    data: dict[str, Any] = {"vendor": vendor.title, "account": asked.row.name, "id": asked.row.id}
    if listener.difference is not None:
        off = abs(listener.difference)
        level: Level = "problem" if off > _WRONG else "warning" if off > _WARN else "ok"
        data["difference"] = round(max(off, 1.0))
        return Finding(
            check="clock", level=level, code="clock_ok" if level == "ok" else "clock_off", data=data
        )
    if listener.answered:
        return Finding(check="clock", level="ok", code="clock_undated", data=data)
    if unasked or not reason:  # it asks nobody: a plugin without a vendor, or one that cannot check
        return Finding(check="clock", level="ok", code="clock_unasked", data=data | {"reason": reason})
    return Finding(check="clock", level="warning", code="clock_silent", data=data | {"reason": reason})


def _date(response: httpx.Response) -> datetime | None:
    try:
        told = parsedate_to_datetime(response.headers.get("Date", ""))
    except ValueError:
        return None
    return told if told.tzinfo is not None else told.replace(tzinfo=UTC)
