"""The figures behind a carrier's record: decayed sums of weeks of parcels, and of what buyers say."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

import msgspec

from hub.store.carrier_rows import FIGURES
from hub.store.mapping import micros

ENOUGH = 10
"""Parcels behind a figure: from fewer, no verdict."""
HALF_LIFE = timedelta(days=90)
HORIZON = 4 * HALF_LIFE
WEEK = timedelta(days=7)

_EPOCH = date(1970, 1, 1)
_WEEKS = f"SELECT {', '.join(FIGURES)}, week FROM carrier_weeks WHERE seller = ? AND carrier = ? "
_FEEDBACK = (
    "SELECT kind, reason, source, day / 7 AS week, SUM(pieces) AS pieces, "
    "SUM(pieces * rating_hundredths) AS hundredths, MAX(day) AS day FROM carrier_feedback "
    "WHERE seller = ? AND carrier = ? AND day >= ? AND kind <> 'own' GROUP BY kind, reason, source, day / 7"
)
_TOLD = "SELECT 1 FROM carrier_feedback WHERE seller = ? AND kind IN ('claim', 'return') LIMIT 1"
_OWN = "SELECT rating_hundredths FROM carrier_feedback WHERE seller = ? AND mark = ?"


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A decayed mean, and how many parcels are behind it, uncounted by age.

    ``value`` is None where fewer than `ENOUGH` parcels are known in any direction. ``direction`` says where
    the parcels went: wider than what was asked for where that has too few.
    """

    value: float | None
    parcels: int
    direction: str = ""


class ReasonFigure(msgspec.Struct, frozen=True, kw_only=True):
    """Claims or returns of one reason. ``share``: of the parcels that ended, decayed; None from too few."""

    kind: str
    reason: str
    pieces: int
    share: float | None


class RatingFigure(msgspec.Struct, frozen=True, kw_only=True):
    """The ratings of one source, 1 to 5: the decayed mean, their number, the date of the newest."""

    source: str
    value: float
    ratings: int
    newest: date


class Ratio(NamedTuple):
    """A figure as two of the sums, and what makes its unit of theirs."""

    top: str
    bottom: str
    scale: float = 1.0


RATIOS = {
    "on_time": Ratio("on_time", "timed"),
    "days_late": Ratio("late_days", "timed"),
    "lost": Ratio("lost", "ended"),
    "damaged": Ratio("damaged", "ended"),
    "returned": Ratio("returned", "ended"),
    "price_kept": Ratio("kept", "charged"),
    "surcharge": Ratio("over_permille", "charged", 0.001),
    "first_scan_hours": Ratio("scan_minutes", "scanned", 1 / 60),
}


class Sums(NamedTuple):
    """The sums of some weeks: plain, and with each week's weight."""

    counts: Mapping[str, int]
    decayed: Mapping[str, float]


class Feedback(NamedTuple):
    """What buyers and the seller say of a carrier."""

    told: bool
    """Claims or returns were imported: only then no damage means none."""
    reasons: tuple[tuple[str, str, int, float], ...]
    """Kind, reason, number, and the number with each week's weight."""
    ratings: tuple[RatingFigure, ...]
    own: float | None

    def __bool__(self) -> bool:
        return bool(self.reasons or self.ratings or self.own is not None)


def week_of(time: datetime) -> int:
    """Whole weeks since 1970."""
    return micros(time) // (WEEK // timedelta(microseconds=1))


def day_of(time: datetime) -> int:
    """Whole days since 1970."""
    return (time.date() - _EPOCH).days


def own_mark(carrier: str) -> str:
    """The key of the seller's own rating: there is one a carrier."""
    return f"own:{carrier}"


def _weight(week: int, now: datetime) -> float:
    return float(0.5 ** (max(0, week_of(now) - week) * (WEEK / HALF_LIFE)))


def weeks(
    connection: sqlite3.Connection, seller: str, carrier: str, direction: str, now: datetime
) -> list[sqlite3.Row]:
    """The weeks of one direction that still count."""
    return connection.execute(
        f"{_WEEKS}AND direction = ? AND week >= ?", (seller, carrier, direction, week_of(now - HORIZON))
    ).fetchall()


def sums_of(weeks: Sequence[sqlite3.Row], now: datetime) -> Sums:
    """``weeks``: `FIGURES`, then the week."""
    counts = dict.fromkeys(FIGURES, 0)
    decayed = dict.fromkeys(FIGURES, 0.0)
    for row in weeks:
        weight = _weight(row["week"], now)
        for name, value in zip(FIGURES, row[: len(FIGURES)], strict=True):
            if value:
                counts[name] += value
                decayed[name] += value * weight
    return Sums(counts, decayed)


def figures_of(sums: Sums, direction: str, *, damage_known: bool) -> dict[str, Figure]:
    """The figures of one direction alone; those of too few parcels have no value."""
    made = {}
    for name, (top, bottom, scale) in RATIOS.items():
        parcels = 0 if name == "damaged" and not damage_known else sums.counts[bottom]
        value = None
        if parcels >= ENOUGH:
            value = round(sums.decayed[top] / sums.decayed[bottom] * scale, 4)
        made[name] = Figure(value=value, parcels=parcels, direction=direction)
    return made


def feedback_of(connection: sqlite3.Connection, seller: str, carrier: str, now: datetime) -> Feedback:
    """Claims, returns and ratings of the last `HORIZON`, and the seller's own rating."""
    reasons: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0, 0.0])
    ratings: dict[str, list[float]] = defaultdict(lambda: [0, 0.0, 0.0, 0])
    for row in connection.execute(_FEEDBACK, (seller, carrier, day_of(now - HORIZON))):
        weight = _weight(row["week"], now)
        if row["kind"] == "rating":
            kept = ratings[row["source"]]
            kept[0] += row["pieces"]
            kept[1] += row["hundredths"] * weight
            kept[2] += row["pieces"] * weight
            kept[3] = max(kept[3], row["day"])
        else:
            kept = reasons[(row["kind"], row["reason"])]
            kept[0] += row["pieces"]
            kept[1] += row["pieces"] * weight
    own = connection.execute(_OWN, (seller, own_mark(carrier))).fetchone()
    told = bool(reasons) or connection.execute(_TOLD, (seller,)).fetchone() is not None
    return Feedback(
        told,
        tuple((kind, reason, int(n), w) for (kind, reason), (n, w) in sorted(reasons.items())),
        tuple(
            RatingFigure(
                source=source,
                value=round(total / weight / 100, 2),
                ratings=int(count),
                newest=_EPOCH + timedelta(days=int(newest)),
            )
            for source, (count, total, weight, newest) in sorted(ratings.items())
        ),
        None if own is None else own[0] / 100,
    )
