"""The calls of the day of one account: counted in the database, with what bookings and hand-overs need kept
back. `hub.calls.budget` decides, this knows the figures."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hub.calls.budget import Count
from hub.plugin_api.limits import Limit
from hub.store import Store, Transaction, call_rows
from hub.store.trouble import EngineError

ASIDE = 30
"""Calls that are always kept for hand-overs, cancels and look-ups: closing a batch takes four, and a batch is
read in pages of hundreds."""
LABEL = 3
"""Calls that a parcel which is booked still needs until it has its label: it is read again, and a label that
is not made yet is asked for twice."""
QUESTIONS = 0.1
"""The share of the day that is for information whatever is open: else nobody could look at prices."""


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
