"""What stands still when a plugin goes off for a seller: nobody asks its vendor any more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from hub.store import Transaction, accounts
from hub.words import Sentence, in_a_row, said


class Left(msgspec.Struct, frozen=True):
    """What the seller has at a plugin: ``accounts``, and ``parcels`` under way at them."""

    plugin: str
    accounts: int
    parcels: int

    @property
    def words(self) -> Sentence:
        """For a person who is about to switch it off."""
        return said(
            "'{plugin}' has accounts: {accounts}, parcels under way: {parcels}. "
            "They stand still while it is off",
            code="seller.plugin_off",
            values={"plugin": self.plugin, "accounts": self.accounts, "parcels": self.parcels},
        )


def left_behind(connection: Transaction, seller: str, plugins: Iterable[str]) -> list[Left]:
    """What the seller has at each of these plugins; those at which he has nothing are left out."""
    known = accounts.of_seller(connection, seller)
    found = []
    for plugin in plugins:
        own = [account for account in known if account.plugin == plugin]
        work = [accounts.under_way(connection, account) for account in own]
        if own:
            found.append(Left(plugin, len(own), sum(one.postings + one.moving for one in work)))
    return found


def told(left: Sequence[Left]) -> Sentence:
    """All of it in one text."""
    return in_a_row([one.words for one in left], " ")


__all__ = ["Left", "left_behind", "told"]
