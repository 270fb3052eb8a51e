"""Accounts with work under way that nobody works on: the plugin does not run here any more, for it was taken
out of ``allow``, or is off for the seller, or the account itself is switched off. Nobody asks that vendor, so
a person has to know, with the parcels that it is about."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import msgspec

from hub.flow.history.recording import posting_row
from hub.flow.problems import many
from hub.flow.problems.account_problems import open_account_problem, open_of
from hub.plugins.config import Config
from hub.plugins.registry import Registry
from hub.store import Transaction, accounts, alarms, problems, rows, sellers
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App

_KIND = "plugin"
"""In the data of a `work_stopped` about an account: it stopped for want of its plugin, or of the account."""
_MOST = 2000
"""Postings that such a problem is linked to; it counts them all."""


Why = Literal["gone", "off", "removed", "bad"]


class Orphan(msgspec.Struct, frozen=True):
    """An account that nobody works on; ``postings`` open ones wait, ``unclear`` of them in the middle of a
    call."""

    account: rows.AccountRow
    postings: int
    unclear: int
    why: Why = "gone"

    @property
    def reason(self) -> str:
        """In plain words, for a problem."""
        name, count = self.account.plugin, self.postings
        match self.why:
            case "gone":
                return said(
                    "the plugin '{name}' does not run here; postings that wait for it: {count}",
                    code="work.plugin_not_run_postings_wait",
                    values={"name": name, "count": count},
                )
            case "off":
                return said(
                    "the plugin '{name}' is off for this seller; postings that wait for it: {count}. 'hub "
                    "seller change {seller} --plugin {name}' switches it on",
                    code="work.plugin_off_postings_wait",
                    values={"name": name, "count": count, "seller": self.account.seller},
                )
            case "removed":
                return said(
                    "the account '{account}' is not in plugins.toml any more; postings that wait for it: "
                    "{count}",
                    code="work.account_removed_postings_wait",
                    values={"account": self.account.name, "count": count},
                )
        return said(
            "the account '{account}' is switched off, for its check failed; postings that wait for it: "
            "{count}. 'hub account check {id}' tries it again",
            code="work.account_bad_postings_wait",
            values={"account": self.account.name, "count": count, "id": self.account.id},
        )


def orphans(reader: Transaction, registry: Registry, config: Config | None = None) -> Iterator[Orphan]:
    """The accounts whose work stands still. ``config``: what is declared now, to know what is no more."""
    on = {row.slug: row.plugins for row in sellers.every(reader)}
    for account in accounts.by_name(reader):
        why = _why(account, registry, on.get(account.seller, ())) or _removed(account, config)
        if why is None:
            continue
        postings, moving, unclear = accounts.under_way(reader, account)
        if postings or moving or unclear:
            yield Orphan(account, max(postings + moving, unclear), unclear, why)


def _why(account: rows.AccountRow, registry: Registry, on: Collection[str]) -> Why | None:
    if account.plugin not in registry.names:
        return "gone"
    if account.plugin not in on:
        return "off"
    return "bad" if account.status == "bad" else None


def _removed(account: rows.AccountRow, config: Config | None) -> Why | None:
    """A declared account has its settings in plugins.toml alone."""
    if config is None or account.credentials is not None:
        return None
    seller = config.sellers.get(account.seller)
    return "removed" if seller is None or account.name not in seller.accounts else None


async def tell(app: App) -> None:
    """Open a problem for each, with the postings under way, and close those that are worked on again."""
    reader = app.store.reader
    found = {one.account.id: one for one in orphans(reader, app.registry, app.config)}
    waiting = {name: alarms.under_way_at(reader, one.account, most=_MOST) for name, one in found.items()}
    told = {
        row.account: (row.data.get("why", "gone"), alarms.listed(reader, row.id))
        for row in problems.work_stopped_of_accounts(reader)
        if row.data.get("kind") == _KIND
    }
    if told == {name: (one.why, sorted(waiting[name])) for name, one in found.items()}:
        return
    now = app.clock.now()
    await app.store.write(lambda tx: _tell(tx, found, waiting, set(told), now))


def _tell(
    tx: Transaction, found: dict[str, Orphan], waiting: dict[str, list[str]], told: set[str], now: datetime
) -> None:
    for account_id, one in found.items():
        known = open_of(tx, account_id, "work_stopped")
        if known is not None and known.data.get("kind") != _KIND:
            continue  # it was told already that nothing is read from there
        facts = {"kind": _KIND, "why": one.why, "reason": one.reason, "unclear": one.unclear}
        postings = [posting_row(tx, posting_id) for posting_id in waiting[account_id]]
        if postings:
            many.tell(tx, one.account, "work_stopped", postings, facts, now=now)
        else:
            open_account_problem(tx, one.account, "work_stopped", facts | {"count": one.postings}, now=now)
    for account_id in told - found.keys():
        known = open_of(tx, account_id, "work_stopped")
        if known is not None and known.data.get("kind") == _KIND:
            many.close(tx, known, now=now)


__all__ = ["Orphan", "orphans", "tell"]
