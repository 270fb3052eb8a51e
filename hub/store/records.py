"""Carriers' records: what each shipment says, the sums of weeks, and what buyers and sellers say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from hub.store import rows
from hub.store.connection import Transaction
from hub.store.mapping import from_micros
from hub.store.rows import FIGURES, OpinionWeek

Weights = tuple[tuple[int, int], ...]
"""The weeks that count, each with its weight: whole numbers, which add up alike everywhere."""

_SUMS = ", ".join(f"SUM({name}), SUM({name} * weight)" for name in FIGURES)
_ADD = (
    f"INSERT INTO carrier_weeks (seller, carrier, direction, week, {', '.join(FIGURES)}) "
    f"VALUES (?, ?, ?, ?, {', '.join('?' * len(FIGURES))}) "
    "ON CONFLICT (seller, carrier, direction, week) DO UPDATE SET "
    + ", ".join(f"{name} = carrier_weeks.{name} + excluded.{name}" for name in FIGURES)
)


# --- the sums of weeks ------------------------------------------------------------------------------------


class WeekSums(NamedTuple):
    """The sums of some weeks by figure: plain, and each week times its weight."""

    counts: dict[str, int]
    weighted: dict[str, int]


@lru_cache(maxsize=16)
def _of_weeks(columns: str, weights: Weights) -> str:
    """The weeks that count, joined with their weights: one text a week, so that it is prepared once."""
    pairs = ", ".join(f"({week}, {weight})" for week, weight in weights)
    return (
        f"WITH ages (age_week, weight) AS (VALUES {pairs}) SELECT {columns} FROM ages "
        "JOIN carrier_weeks ON week = age_week WHERE seller = ?"
    )


def sums_in(
    connection: Transaction, seller: str, carrier: str, direction: str, *, weights: Weights
) -> WeekSums:
    """The sums of one carrier in one direction."""
    sql = f"{_of_weeks(_SUMS, weights)} AND carrier = ? AND direction = ?"
    return _sums(connection.execute(sql, (seller, carrier, direction)).fetchone())


def all_sums(
    connection: Transaction, seller: str, *, weights: Weights
) -> Iterator[tuple[str, str, WeekSums]]:
    """The sums of each carrier and direction."""
    sql = f"{_of_weeks(f'{_SUMS}, carrier, direction', weights)} GROUP BY carrier, direction"
    for row in connection.execute(sql, (seller,)):
        yield row["carrier"], row["direction"], _sums(row)


def ended_everywhere(
    connection: Transaction, seller: str, carrier: str, *, weights: Weights
) -> tuple[int, int]:
    """How many parcels of a carrier ended, plain and weighted."""
    sql = f"{_of_weeks('SUM(ended), SUM(ended * weight)', weights)} AND carrier = ? AND direction = ''"
    count, weighted = connection.execute(sql, (seller, carrier)).fetchone()
    return count or 0, weighted or 0


def _sums(row: Sequence[int | None]) -> WeekSums:
    width = 2 * len(FIGURES)
    return WeekSums(
        {name: count or 0 for name, count in zip(FIGURES, row[:width:2], strict=True)},
        {name: total or 0 for name, total in zip(FIGURES, row[1:width:2], strict=True)},
    )


def add(
    tx: Transaction, seller: str, carrier: str, week: int, change: Sequence[int], *, directions: Iterable[str]
) -> None:
    """Add to the sums of one week in each direction; ``change`` is in the order of `FIGURES`."""
    tx.executemany(_ADD, [(seller, carrier, direction, week, *change) for direction in directions])


def forget(tx: Transaction, seller: str) -> None:
    """Delete all sums of a seller, and what each shipment said."""
    tx.execute("DELETE FROM carrier_weeks WHERE seller = ?", (seller,))
    tx.execute("DELETE FROM carrier_parcels WHERE seller = ?", (seller,))


# --- what a shipment says ---------------------------------------------------------------------------------


def events_of(connection: Transaction, shipment_id: str) -> list[tuple[datetime, str]]:
    """When what happened to the parcel: times and kinds, in no order."""
    found = connection.execute("SELECT time, kind FROM tracking_events WHERE shipment_id = ?", (shipment_id,))
    return [(from_micros(time), kind) for time, kind in found]


def stages_of(connection: Transaction, posting_id: str) -> list[rows.HistoryRow]:
    """Every change of the posting's stage, in order."""
    return rows.history.all(
        connection, "WHERE posting_id = ? AND kind = 'posting.stage' ORDER BY sequence", (posting_id,)
    )


def is_said_damaged(connection: Transaction, shipment_id: str) -> bool:
    """Whether a claim or a return says that the parcel was damaged."""
    found = connection.execute(
        "SELECT 1 FROM carrier_feedback WHERE shipment_id = ? AND kind IN ('claim', 'return') "
        "AND reason = 'damaged' LIMIT 1",
        (shipment_id,),
    )
    return found.fetchone() is not None


def shipments_after(
    connection: Transaction, seller: str, after: str, *, limit: int
) -> list[rows.ShipmentRow]:
    """A seller's shipments by id, those that follow ``after``."""
    return rows.shipments.all(
        connection, "WHERE seller = ? AND id > ? ORDER BY id LIMIT ?", (seller, after, limit)
    )


def booked_of_number(connection: Transaction, seller: str, number: str) -> list[rows.ShipmentRow]:
    """The booked shipments of a posting's number: of each account that knows it."""
    postings = connection.execute(
        "SELECT id FROM postings WHERE number = ? AND seller = ?", (number, seller)
    ).fetchall()
    return [
        shipment
        for (posting_id,) in postings
        for shipment in rows.shipments.all(
            connection, "WHERE posting_id = ? AND state = 'booked'", (posting_id,)
        )
    ]


# --- what buyers and sellers say --------------------------------------------------------------------------


def opinions_by_week(connection: Transaction, seller: str, carrier: str) -> tuple[OpinionWeek, ...]:
    """The feedback on a carrier, summed up by kind, reason, source and week."""
    found = connection.execute(
        "SELECT kind, reason, source, day / 7, SUM(pieces), SUM(pieces * rating_hundredths), MAX(day) "
        "FROM carrier_feedback WHERE seller = ? AND carrier = ? GROUP BY kind, reason, source, day / 7",
        (seller, carrier),
    )
    return tuple(OpinionWeek(*row) for row in found)


def carriers_with_opinions(connection: Transaction, seller: str) -> list[str]:
    """The carriers of which somebody has said something."""
    return [
        row[0]
        for row in connection.execute("SELECT carrier FROM carrier_opinions WHERE seller = ?", (seller,))
    ]


def any_claims(connection: Transaction, seller: str) -> bool:
    """Whether claims or returns were ever imported."""
    found = connection.execute(
        "SELECT 1 FROM carrier_feedback WHERE seller = ? AND kind IN ('claim', 'return') LIMIT 1", (seller,)
    )
    return found.fetchone() is not None


def said_by_buyers(
    connection: Transaction, seller: str, *, carrier: str, limit: int
) -> list[tuple[rows.FeedbackRow, str]]:
    """What buyers say, of one carrier or of all, each with the number of the posting that it is about."""
    of_carrier, values = ("AND carrier = ?", (carrier,)) if carrier else ("", ())
    found = rows.feedback.all(
        connection,
        f"WHERE seller = ? AND kind <> 'own' {of_carrier} ORDER BY day, mark LIMIT ?",
        (seller, *values, limit),
    )
    numbers: dict[str, str] = {}
    for shipment in {row.shipment_id for row in found if row.shipment_id}:
        of = connection.execute(
            "SELECT p.number FROM shipments s JOIN postings p ON p.id = s.posting_id WHERE s.id = ?",
            (shipment,),
        ).fetchone()
        numbers[shipment] = of[0] if of else ""
    return [(row, numbers.get(row.shipment_id, "")) for row in found]


def forget_feedback(tx: Transaction, seller: str, mark: str) -> None:
    """Delete one line of feedback."""
    tx.execute("DELETE FROM carrier_feedback WHERE seller = ? AND mark = ?", (seller, mark))
