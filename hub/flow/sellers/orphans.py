"""Accounts with work under way whose plugin does not run here any more: it was taken out of ``allow``, or
is off for the seller. Nobody asks that vendor, so a person has to know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from hub.flow.problems.account_problems import close_account_problem, open_account_problem, open_of
from hub.plugins.registry import Registry
from hub.store import Transaction, accounts, problems, rows, sellers
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App

_KIND = "plugin"
"""In the data of a `work_stopped` about an account: it stopped for want of its plugin."""


class Orphan(msgspec.Struct, frozen=True):
    """An account without its plugin; ``postings`` open ones wait, ``unclear`` of them in the middle of a
    call."""

    account: rows.AccountRow
    postings: int
    unclear: int

    @property
    def reason(self) -> str:
        """In plain words, for a problem."""
        name, count = self.account.plugin, self.postings
        return said(
            "the plugin '{name}' does not run here; postings that wait for it: {count}",
            code="work.plugin_not_run_postings_wait",
            values={"name": name, "count": count},
        )


def orphans(reader: Transaction, registry: Registry) -> Iterator[Orphan]:
    """The accounts whose work stands still."""
    on = {row.slug: row.plugins for row in sellers.every(reader)}
    for account in accounts.by_name(reader):
        if account.plugin in registry.names and account.plugin in on.get(account.seller, ()):
            continue
        postings, moving, unclear = accounts.under_way(reader, account)
        if postings or moving or unclear:
            yield Orphan(account, max(postings + moving, unclear), unclear)


async def tell(app: App) -> None:
    """Open a problem for each, and close those whose plugin is back."""
    found = {one.account.id: one for one in orphans(app.store.reader, app.registry)}
    told = {
        row.account
        for row in problems.work_stopped_of_accounts(app.store.reader)
        if row.data.get("kind") == _KIND
    }
    if found.keys() == told:
        return
    now = app.clock.now()
    await app.store.write(lambda tx: _tell(tx, found, told, now))


def _tell(tx: Transaction, found: dict[str, Orphan], told: set[str], now: datetime) -> None:
    for account_id, one in found.items():
        if account_id not in told and open_of(tx, account_id, "work_stopped") is None:
            data = {"kind": _KIND, "reason": one.reason, "count": one.postings, "unclear": one.unclear}
            open_account_problem(tx, one.account, "work_stopped", data, now=now)
    for account_id in told - found.keys():
        known = open_of(tx, account_id, "work_stopped")
        if known is not None and known.data.get("kind") == _KIND:
            close_account_problem(tx, account_id, "work_stopped", now=now)


__all__ = ["Orphan", "orphans", "tell"]
