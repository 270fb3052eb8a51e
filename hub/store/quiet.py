"""Parcels that nobody has scanned, some at a time: there may be tens of thousands under way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from hub.store.connection import Transaction
from hub.store.mapping import from_micros, micros

AT_ONCE = 200
"""So many ids one statement takes here: a few milliseconds."""
_UNDER_WAY = ("handed_over", "in_transit", "ready_for_pickup")
_data = msgspec.json.Decoder(dict[str, Any])


class Quiet(NamedTuple):
    """A parcel under way, by what the marketplace or we say, of which its carrier has told nothing."""

    posting: str
    number: str
    stage: str
    warehouse: str
    ship_by: datetime | None
    market: str
    """The marketplace's account."""
    account: str
    """Of the carrier that it is booked with; else the marketplace's."""
    shipment: str
    """Of the booking that stands; empty where the marketplace books."""
    booked_at: datetime | None


class Way(NamedTuple):
    """An event of a posting's history that says where its parcel is."""

    time: datetime
    kind: str
    stage: str
    """Which stage it came to; empty for a hand-over."""


def under_way(connection: Transaction, seller: str, *, since: datetime) -> list[str]:
    """The ids of the seller's postings that count as under way, or were delivered though they were to be
    shipped after ``since``."""
    marks = ", ".join("?" * len(_UNDER_WAY))
    found = connection.execute(
        f"SELECT id FROM postings WHERE seller = ? AND stage IN ({marks}) UNION ALL "
        "SELECT id FROM postings WHERE seller = ? AND stage = 'delivered' AND ship_by > ?",
        (seller, *_UNDER_WAY, seller, micros(since)),
    )
    return [row[0] for row in found.fetchall()]


def among(connection: Transaction, ids: Sequence[str]) -> list[Quiet]:
    """Those of these postings whose booking stands and was moved by no event of the carrier's, and those that
    the marketplace carries and has not seen since they were handed over."""
    marks = ", ".join("?" * len(ids))
    fields = "p.id, p.number, p.stage, p.warehouse, p.ship_by, p.account"
    found = connection.execute(
        f"SELECT {fields}, s.account, s.id, s.created_at FROM postings p JOIN shipments s "
        f"ON s.posting_id = p.id WHERE p.id IN ({marks}) AND s.state = 'booked' AND s.stage = '' "
        f"UNION ALL SELECT {fields}, p.account, '', NULL FROM postings p WHERE p.id IN ({marks}) "
        "AND p.stage = 'handed_over' AND p.books = 'marketplace'",
        (*ids, *ids),
    )
    return [
        Quiet(posting, number, stage, place, _time(ship_by), market, account, shipment, _time(booked))
        for posting, number, stage, place, ship_by, market, account, shipment, booked in found.fetchall()
    ]


def ways(connection: Transaction, ids: Sequence[str]) -> dict[str, list[Way]]:
    """What the histories of these postings have of their stages and hand-overs, each in its order."""
    marks = ", ".join("?" * len(ids))
    found = connection.execute(
        f"SELECT posting_id, time, kind, data FROM history WHERE posting_id IN ({marks}) AND kind IN "
        "('posting.imported', 'posting.stage', 'posting.corrected', 'handover.declared', 'handover.undone') "
        "ORDER BY posting_id, sequence",
        tuple(ids),
    )
    by_posting: dict[str, list[Way]] = {}
    for posting, time, kind, data in found.fetchall():
        stage = ""
        if kind.startswith("posting."):
            known = _data.decode(data)
            stage = str(known.get("to") or known.get("stage") or "new")
        by_posting.setdefault(posting, []).append(Way(from_micros(time), kind, stage))
    return by_posting


def any_scanned(connection: Transaction, account: str, ids: Sequence[str]) -> bool:
    """Whether the carrier of this account has moved one of these postings."""
    marks = ", ".join("?" * len(ids))
    found = connection.execute(
        f"SELECT 1 FROM shipments WHERE posting_id IN ({marks}) AND account = ? AND stage <> '' LIMIT 1",
        (*ids, account),
    ).fetchone()
    return found is not None


def _time(value: int | None) -> datetime | None:
    return None if value is None else from_micros(value)


__all__ = ["AT_ONCE", "Quiet", "Way", "among", "any_scanned", "under_way", "ways"]
