"""Postings that were ordered and wait for their units: one question an account, with the postings on it, over
by itself for those whose units are known."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from hub.flow.history.recording import posting_row
from hub.flow.intake.deadlines import WORSE
from hub.flow.problems import many
from hub.flow.units.worklist import lacking
from hub.store import Transaction, alarms, rows, sellers

if TYPE_CHECKING:
    from hub.flow.app import App

WANTED = "units_wanted"
_REMEMBERED = timedelta(days=60)


async def look(app: App) -> None:
    """Bring the questions of every seller up to date."""
    for seller in sellers.every(app.store.reader):
        await _of_seller(app, seller.slug)


async def _of_seller(app: App, seller: str) -> None:
    reader, now = app.store.reader, app.clock.now()
    answered = alarms.answered_last(reader, seller, (WANTED,), since=now - _REMEMBERED)
    lists: dict[str, list[rows.PostingRow]] = defaultdict(list)
    for row in lacking(reader, seller):
        if row.wanted and _is_news(row, answered.get(row.id), now):
            lists[row.account].append(row)
    told = {one.account: one for one in alarms.open_lists(reader, seller, (WANTED,))}
    changed = [
        account
        for account in {*lists, *told}
        if {row.id for row in lists.get(account, ())}
        != (set(alarms.listed(reader, told[account].id)) if account in told else set())
    ]

    def write(tx: Transaction) -> None:
        for account in sorted(changed):
            if (of := rows.accounts.get(tx, account)) is not None:
                fresh = [posting_row(tx, row.id) for row in lists.get(account, ())]
                many.tell(tx, of, WANTED, fresh, now=now)

    if changed:
        await app.store.write(write)


def _is_news(row: rows.PostingRow, answered: datetime | None, now: datetime) -> bool:
    """What a person dismissed comes back when the deadline is near."""
    if answered is None:
        return True
    begun = many.begun(() if row.ship_by is None else (row.ship_by - one for one in WORSE), now)
    return begun is not None and answered < begun


__all__ = ["WANTED", "look"]
