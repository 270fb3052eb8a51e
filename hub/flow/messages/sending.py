"""Sending: by the seller's first address that works. What fails is tried again with pauses, then the next
address is taken, and a problem says so. What was told is written once it has arrived: a process that dies in
between tells it twice, never not at all."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hub.calls.call import read
from hub.flow.messages import operator
from hub.flow.messages.composing import compose, test_message
from hub.flow.messages.deciding import HOUR, Due, due
from hub.flow.messages.problems import FAILED, TRIES
from hub.flow.problems.account_problems import close_account_problem, open_account_problem
from hub.flow.runtime.stored_accounts import settings_of
from hub.flow.runtime.vendors_keys import without_keys
from hub.plugin_api.errors import AuthFailed, ConfigError, HubError, Rejected, Unsupported
from hub.plugin_api.ids import new_id
from hub.plugin_api.messengers import Message, MessageSettings
from hub.store import Transaction, messages, rows
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App

log = logging.getLogger("hub.messages")

_EVERY = timedelta(minutes=1)
_PAUSES = (timedelta(minutes=1), timedelta(minutes=3))
_AWAY = timedelta(minutes=30)
_AWAY_MOST = timedelta(hours=6)
_MOST = 1000  # problems that are looked at together
_KEPT = timedelta(days=30)


async def run(app: App, subject: str) -> datetime | None:
    """Tell a seller, or the operator, what waits; again in a minute. None where there is no address."""
    if subject and rows.sellers.get(app.store.reader, subject) is None:
        return None
    seller = operator.told(app, subject)
    addresses = operator.addresses_of(app, seller)
    if not addresses:
        return None
    await _tell(app, seller, addresses)
    now = app.clock.now()
    return max(now + _EVERY, now + app.clock.stretch(0.3))


async def _tell(app: App, seller: rows.SellerRow, addresses: list[rows.AccountRow]) -> None:
    now, reader = app.clock.now(), app.store.reader
    waiting = messages.waiting(reader, seller.slug, limit=_MOST)
    if not waiting:
        return
    sent = messages.sent_since(reader, seller.slug, now - HOUR)
    for at, address in enumerate(addresses):
        standing = rows.messengers.get(reader, address.id)
        if standing is not None and now < standing.again_at <= now + 2 * _AWAY_MOST:
            if standing.failures >= TRIES:
                continue  # the next one tells it meanwhile
            return
        next_one: Due | None = None
        try:
            settings = settings_of(app.config, app.registry, app.keyring, address)
            assert isinstance(settings, MessageSettings)
            next_one = due(waiting, settings, ZoneInfo(seller.time_zone), now, sent)
            if next_one is None:
                return
            total = messages.count_waiting(reader, seller.slug)
            longest = app.messenger(address).longest
            message = compose(reader, seller, next_one.found, total=total, longest=longest, now=now)
            await _send(app, address, message)
        except HubError as error:
            other = next((one.name for one in addresses[at + 1 :]), "")
            if await _failed(app, address, error, len(next_one.found) if next_one else 0, other) < TRIES:
                return
        else:
            await _arrived(app, seller, address, message, next_one)
            return


async def _send(app: App, address: rows.AccountRow, message: Message) -> None:
    """One try. Raises HubError."""
    messenger = app.messenger(address)
    title = said("{title}, message", code="call.message", values={"title": messenger.title})
    await read(title, lambda: messenger.send(message), explain=messenger.explain)


async def _arrived(
    app: App, seller: rows.SellerRow, address: rows.AccountRow, message: Message, told: Due
) -> None:
    now = app.clock.now()

    def write(tx: Transaction) -> None:
        messages.tell(tx, told.found, told.urgent, now=now)
        rows.messages.insert(tx, _row(address, "problems", message.title, len(told.found), now=now))
        _works(tx, address, now)
        messages.forget_over(tx, seller.slug, older=now - _KEPT)

    await app.store.write(write)


def _works(tx: Transaction, address: rows.AccountRow, now: datetime) -> None:
    messages.works(tx, address.id)
    close_account_problem(tx, address.id, FAILED, now=now)


async def _failed(
    app: App, address: rows.AccountRow, error: HubError, problems: int, other: str, kind: str = "problems"
) -> int:
    """Write down that it failed, and ask a person once it failed too often; how often in a row."""
    now, reason = app.clock.now(), without_keys(error.said)
    lasting = isinstance(error, Rejected | AuthFailed | ConfigError | Unsupported)
    log.warning("messages of %s by %s do not arrive: %s", address.seller, address.name, reason)

    def write(tx: Transaction) -> int:
        was = rows.messengers.get(tx, address.id)
        failures = 1 + (0 if was is None else was.failures)
        failures = max(failures, TRIES) if lasting else failures
        rows.messengers.put(tx, rows.MessengerRow(address.id, failures, now + _pause(failures), reason))
        rows.messages.insert(tx, _row(address, kind, "", problems, now=now, reason=reason))
        if failures >= TRIES:
            data = {"reason": reason, "other": other}
            open_account_problem(tx, address, FAILED, data, now=now)
        return failures

    return await app.store.write(write)


def _pause(failures: int) -> timedelta:
    if failures < TRIES:
        return _PAUSES[failures - 1]
    return min(_AWAY * (1 << min(failures - TRIES, 8)), _AWAY_MOST)


def _row(
    address: rows.AccountRow, kind: str, title: str, problems: int, *, now: datetime, reason: str = ""
) -> rows.MessageRow:
    return rows.MessageRow(
        id=new_id("msg"),
        seller=address.seller,
        account=address.id,
        kind=kind,
        state="failed" if reason else "sent",
        reason=reason,
        problems=problems,
        title=title,
        created_at=now,
    )


async def try_out(app: App, seller: rows.SellerRow, address: rows.AccountRow) -> HubError | None:
    """Send a test message; why it did not arrive. One that arrives ends what was wrong with the address."""
    message = test_message(seller, address.name)
    try:
        await _send(app, address, message)
    except HubError as error:
        reason = without_keys(error.said)
        row = _row(address, "test", message.title, 0, now=app.clock.now(), reason=reason)
        await app.store.write(lambda tx: rows.messages.insert(tx, row))
        return error

    def write(tx: Transaction) -> None:
        now = app.clock.now()
        rows.messages.insert(tx, _row(address, "test", message.title, 0, now=now))
        _works(tx, address, now)

    await app.store.write(write)
    return None


__all__ = ["run", "try_out"]
