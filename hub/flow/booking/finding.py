"""Look-ups by our reference: one at a time, or many in one call where the carrier has a way for that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from hub.flow.booking import adopting
from hub.flow.journal import forgetting
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.models import FoundShipment
from hub.store import operations, rows

if TYPE_CHECKING:
    from hub.flow.app import App

AT_ONCE = 50
"""References in one call of ``find_many``."""
_FRESH = timedelta(seconds=60)
_EARLY = 0.1  # of the settle time: so much before it is due a look may take the answer to another's

Found = Mapping[str, Sequence[FoundShipment]]


class FoundMemory:
    """What one call found for several bookings, until each of them takes its own; a minute at most."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[datetime, Sequence[FoundShipment]]] = {}

    def keep(self, account: str, found: Found, now: datetime) -> None:
        """Keep the answers of one call, and drop what nobody came for."""
        self._kept = {key: one for key, one in self._kept.items() if self._fresh(one[0], now)}
        self._kept |= {(account, reference): (now, orders) for reference, orders in found.items()}

    def has(self, account: str, references: Iterable[str], now: datetime) -> bool:
        """Whether there is an answer for each of these."""
        kept = (self._kept.get((account, reference)) for reference in references)
        return all(one is not None and self._fresh(one[0], now) for one in kept)

    def take(
        self, account: str, reference: str, now: datetime, since: datetime | None
    ) -> Sequence[FoundShipment] | None:
        """The answer for this one, which is forgotten with it; None where there is none, or one that is old
        or came before ``since``."""
        asked, orders = self._kept.pop((account, reference), (None, ()))
        if asked is None or not self._fresh(asked, now) or (since is not None and asked < since):
            return None
        return orders

    @staticmethod
    def _fresh(asked: datetime, now: datetime) -> bool:
        return timedelta(0) <= now - asked <= _FRESH


def finds_many(carrier: Carrier[Any]) -> bool:
    """Whether the carrier answers for several references in one call."""
    return type(carrier).find_many is not Carrier.find_many


async def find_all(carrier: Carrier[Any], title: str, references: Iterable[str]) -> Found:
    """The orders under each of these references. What a look-up raises is raised; what ``find_many`` leaves
    out was not asked for, and is asked for alone.

    Raises BadReply where an answer has orders under another reference.
    """
    wanted = list(dict.fromkeys(references))
    found: dict[str, Sequence[FoundShipment]] = {}
    if finds_many(carrier) and len(wanted) > 1:
        for start in range(0, len(wanted), AT_ONCE):
            batch = wanted[start : start + AT_ONCE]
            answer = await carrier.find_many(batch)
            for reference in batch:
                if reference in answer:
                    found[reference] = adopting.of_reference(title, reference, answer[reference])
    for reference in wanted:
        if reference not in found:
            found[reference] = adopting.of_reference(title, reference, await carrier.find(reference))
    return found


async def look_for(
    app: App, carrier: Carrier[Any], title: str, operation: rows.OperationRow
) -> Sequence[FoundShipment]:
    """The orders under a booking's reference. Where the database may have forgotten some, a carrier that
    answers for many at once is asked for the other bookings that wait for the same too."""
    mine, now = operation.reference, app.clock.now()
    memory = app.kept(FoundMemory)
    if forgetting.ASKED_AFTER_A_RESTORE not in operation.result or not finds_many(carrier):
        return adopting.of_reference(title, mine, await carrier.find(mine))
    # Looks count only over the settle time, so each has an answer of its own; those of bookings that are due
    # at nearly the same time come in one call all the same.
    early = carrier.settle * _EARLY
    since = None if operation.look_after is None else operation.look_after - early
    known = memory.take(operation.account, mine, now, since)
    if known is not None:
        return known
    waiting = operations.waiting_for_a_look(
        app.store.reader,
        account=operation.account,
        due=now + early,
        but=operation.id,
        limit=AT_ONCE - 1,
    )
    found = await find_all(carrier, title, [mine, *(one.reference for one in waiting)])
    memory.keep(operation.account, {one.reference: found[one.reference] for one in waiting}, now)
    return found[mine]


__all__ = ["AT_ONCE", "Found", "FoundMemory", "find_all", "finds_many", "look_for"]
