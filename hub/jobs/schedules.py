"""What runs by itself: the sync of every marketplace account, the deadline watch, the tracking of every
parcel, messages to people outside the hub.

A schedule never dies: what fails for long goes on with pauses, and a person is told. One that was given up by
an older hub is taken up again by the worker that runs, and at a start all of them are tried at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.flow.marketplace import cancel_requests
from hub.flow.messages import operator
from hub.store import Transaction, jobs, queue, rows, sellers
from hub.store.queue import Work

if TYPE_CHECKING:
    from hub.flow.app import App

SCHEDULES = frozenset({"sync", "cancel_requests", "deadlines", "track", "erase", "messages"})
"""The kinds of work that are done again and again, for ever."""


def _of_source(app: App, account: rows.AccountRow) -> tuple[str, ...]:
    """What is done again and again for an account of this marketplace."""
    kind = app.registry.sources.get(account.plugin)
    asked = kind is not None and cancel_requests.are_asked(kind)
    return ("sync", "cancel_requests") if asked else ("sync",)


async def ensure_schedules(app: App, *, revive: bool = False) -> None:
    """What runs by itself is in the queue, and alive. ``revive``: what waits after a failure is tried at
    once."""
    now = app.clock.now()
    reader = app.store.reader
    missing = []
    if rows.jobs.get(reader, "deadlines:all") is None:
        missing.append(Work(kind="deadlines", subject="all", seller="", account="", run_at=now, priority=0))
    if app.config.retention.age is not None and rows.jobs.get(reader, "erase:all") is None:
        missing.append(Work(kind="erase", subject="all", seller="", account="", run_at=now))
    for seller in sellers.every(reader):
        for account in app.source_accounts(seller):
            missing += [
                Work(
                    kind=kind,
                    subject=account.id,
                    seller=seller.slug,
                    account=account.id,
                    run_at=now,
                    priority=0,
                )
                for kind in _of_source(app, account)
                if rows.jobs.get(reader, f"{kind}:{account.id}") is None
            ]
    for whose in (*sellers.every(reader), operator.told(app, operator.OPERATOR)):
        addresses = operator.addresses_of(app, whose)
        if addresses and rows.jobs.get(reader, f"messages:{whose.slug}") is None:
            missing.append(
                Work(
                    kind="messages",
                    subject=whose.slug,
                    seller=whose.slug,
                    account=addresses[0].id,  # a slow service holds up nobody else's work
                    run_at=now,
                )
            )
    if not missing and not jobs.any_given_up(reader, SCHEDULES) and not revive:
        return

    def write(tx: Transaction) -> None:
        for work in missing:
            queue.enqueue(tx, work, now=now)
        jobs.take_up_again(tx, SCHEDULES, now=now)
        if revive:
            jobs.try_failed_at_once(tx, SCHEDULES, now=now)

    await app.store.write(write)


__all__ = ["SCHEDULES", "ensure_schedules"]
