"""Whole histories of many parcels from few requests: batch tracking by tickets.

Parcels that are asked about are collected; a ticket is opened for all of them at once and read a quarter of
an hour later. What it told is kept in memory: after a restart it is asked for again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import russian_post_api as post
from hub import TrackingEvent, now

from hub_russian_post.events import batch_events

MOST = 500
"""Barcodes a ticket: answers of 3000 fail (public clients)."""
FRESH = timedelta(hours=3)
_GIVEN_UP = post.KEPT  # a ticket that is not answered within its life is forgotten


class TicketDesk:
    """One account's tickets. Not shared between processes: each asks for what it needs."""

    def __init__(self, client: post.BatchTracking) -> None:
        self._client = client
        self._waiting: dict[str, None] = {}
        self._told: dict[str, tuple[datetime, tuple[TrackingEvent, ...]]] = {}
        self._ticket = ""
        self._asked: tuple[str, ...] = ()
        self._opened: datetime | None = None
        self._next: datetime | None = None

    async def events(self, barcode: str) -> tuple[TrackingEvent, ...]:
        """What the last ticket told of it, perhaps nothing yet; puts it on the next ticket where that is old.

        At most one request, never sooner than 15 minutes after the last.
        """
        time = now()
        at, told = self._told.get(barcode, (None, ()))
        if at is None or time - at >= FRESH:
            self._waiting.setdefault(barcode)
        if self._next is None or time >= self._next:
            if self._ticket:
                await self._read(time)
            elif self._waiting:
                await self._open(time)
            _, told = self._told.get(barcode, (None, told))
        return told

    async def _open(self, time: datetime) -> None:
        self._next = time + post.FIRST_ANSWER
        asked = tuple(self._waiting)[:MOST]
        self._ticket = await self._client.ticket(asked)
        self._asked, self._opened = asked, time

    async def _read(self, time: datetime) -> None:
        self._next = time + post.FIRST_ANSWER
        try:
            items = await self._client.response_by_ticket(self._ticket)
        except post.TicketError as error:
            late = self._opened is not None and time - self._opened > _GIVEN_UP
            if error.code != post.NOT_READY or late:
                self._ticket = ""  # its parcels still wait: the next ticket names them
            if error.code == post.NOT_AUTHORISED:
                raise
            return
        self._ticket, self._next = "", None
        for item in items:
            self._told[item.barcode] = (time, batch_events(item.operations))
        for barcode in self._asked:
            self._waiting.pop(barcode, None)
            self._told.setdefault(barcode, (time, ()))
