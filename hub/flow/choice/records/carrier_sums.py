"""The figures behind a carrier's record: decayed sums of weeks of parcels, and of what buyers say."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import msgspec

from hub.store import Transaction, records
from hub.store.mapping import micros
from hub.store.rows import FIGURES, opinions

ENOUGH = 10
"""Parcels behind a figure: from fewer, no verdict."""
HALF_LIFE = timedelta(days=90)
HORIZON = 4 * HALF_LIFE
WEEK = timedelta(days=7)

_EPOCH = date(1970, 1, 1)
_PARTS = 1_000_000  # of a weight: integers add up alike everywhere
_WEEKS = -(-HORIZON // WEEK) + 1


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


NOTHING = Sums(dict.fromkeys(FIGURES, 0), dict.fromkeys(FIGURES, 0.0))


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


def _weight(age: int) -> int:
    """Of a week so many weeks ago, in millionths."""
    return round(_PARTS * math.exp2(-max(0, age) * (WEEK / HALF_LIFE)))


@lru_cache(maxsize=16)
def _weights(this_week: int) -> records.Weights:
    """The weeks that count, with their weights."""
    ages = range(-1, _WEEKS)  # a clock that was set back leaves a week that is still to come
    return tuple((this_week - age, _weight(age)) for age in ages)


def sums_in(connection: Transaction, seller: str, carrier: str, direction: str, now: datetime) -> Sums:
    """The sums of one direction."""
    return _sums(records.sums_in(connection, seller, carrier, direction, weights=_weights(week_of(now))))


def ended_everywhere(connection: Transaction, seller: str, carrier: str, now: datetime) -> tuple[int, float]:
    """How many parcels ended, plain and decayed: what claims and returns are a share of."""
    count, parts = records.ended_everywhere(connection, seller, carrier, weights=_weights(week_of(now)))
    return count, parts / _PARTS


def all_sums(connection: Transaction, seller: str, now: datetime) -> dict[str, dict[str, Sums]]:
    """The sums of every direction, by carrier and direction."""
    found: dict[str, dict[str, Sums]] = {}
    for carrier, direction, sums in records.all_sums(connection, seller, weights=_weights(week_of(now))):
        found.setdefault(carrier, {})[direction] = _sums(sums)
    return found


def _sums(found: records.WeekSums) -> Sums:
    return Sums(found.counts, {name: parts / _PARTS for name, parts in found.weighted.items()})


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


def feedback_of(connection: Transaction, seller: str, carrier: str, now: datetime) -> Feedback:
    """Claims, returns and ratings of the last `HORIZON`, and the seller's own rating."""
    reasons: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0, 0.0])
    ratings: dict[str, list[float]] = defaultdict(lambda: [0, 0.0, 0.0, 0])
    own = None
    told = records.any_claims(connection, seller)
    opinion = opinions.get(connection, seller, carrier)
    oldest, this_week = day_of(now - HORIZON), week_of(now)
    for one in () if opinion is None else opinion.weeks:
        if one.kind == "own":
            own = one.hundredths / 100
            continue
        if one.day < oldest:
            continue
        weight = _weight(this_week - one.week) / _PARTS
        if one.kind == "rating":
            kept = ratings[one.source]
            kept[0] += one.pieces
            kept[1] += one.hundredths * weight
            kept[2] += one.pieces * weight
            kept[3] = max(kept[3], one.day)
        else:
            kept = reasons[(one.kind, one.reason)]
            kept[0] += one.pieces
            kept[1] += one.pieces * weight
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
        own,
    )
