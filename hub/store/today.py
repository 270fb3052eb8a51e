"""What a seller's day is made of, in figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from hub.store.connection import Transaction
from hub.store.mapping import from_micros, micros


class Count(NamedTuple):
    """Postings that are alike."""

    part: int
    """Into which part of time their deadline falls: 0 is before the first bound; the last one has none."""
    stage: str
    wanted: bool
    asked: bool
    """A person is asked about them."""
    number: int
    first: datetime | None
    """The nearest deadline among them."""


def open_postings(
    connection: Transaction, seller: str, warehouse: str, *, bounds: Sequence[datetime]
) -> list[Count]:
    """The open postings of a seller's warehouse, counted by the part of time that their deadline falls into
    (``bounds``, in their order), their stage, whether they were ordered, and whether a person is asked."""
    parts = " ".join(f"WHEN ship_by < ? THEN {number}" for number in range(len(bounds)))
    part = f"CASE {parts} WHEN ship_by IS NULL THEN {len(bounds) + 1} ELSE {len(bounds)} END"
    found = connection.execute(
        f"SELECT part, stage, wanted, asked, count(*) AS count, min(ship_by) AS first FROM (SELECT {part} AS "
        "part, stage, wanted, problems > 0 AS asked, ship_by FROM postings WHERE seller = ? "
        "AND is_open = TRUE AND warehouse = ?) AS open_ones GROUP BY part, stage, wanted, asked "
        "ORDER BY part, stage",
        (*map(micros, bounds), seller, warehouse),
    )
    return [
        Count(
            record["part"],
            record["stage"],
            bool(record["wanted"]),
            bool(record["asked"]),
            record["count"],
            None if record["first"] is None else from_micros(record["first"]),
        )
        for record in found
    ]


class Asked(NamedTuple):
    """Open questions of one kind."""

    kind: str
    number: int
    deadline: datetime | None
    """The nearest."""
    first: str
    """The id of the one with that deadline; of several, the oldest."""


def open_questions(connection: Transaction, seller: str) -> list[Asked]:
    """The seller's open questions by kind, those that must be answered soonest first."""
    soonest = "CASE WHEN deadline IS NULL THEN 1 ELSE 0 END, deadline"
    found = connection.execute(
        "SELECT kind, count, deadline, id AS first FROM (SELECT kind, id, deadline, "
        "count(*) OVER (PARTITION BY kind) AS count, "
        f"row_number() OVER (PARTITION BY kind ORDER BY {soonest}, id) AS place "
        "FROM problems WHERE seller = ? AND state = 'open') AS asked WHERE place = 1 "
        f"ORDER BY {soonest}, kind",
        (seller,),
    )
    return [
        Asked(
            record["kind"],
            record["count"],
            None if record["deadline"] is None else from_micros(record["deadline"]),
            record["first"],
        )
        for record in found
    ]
