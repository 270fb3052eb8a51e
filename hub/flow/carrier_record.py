"""A carrier's record, from the hub's own history and from what buyers say: per seller and per direction.

The figures are read from weekly sums (``carrier_weeks``) that `hub.flow.carrier_outcomes` keeps: a week of
parcels counts half after `HALF_LIFE`, and nothing older than `HORIZON` counts. A figure of fewer than
`ENOUGH` parcels is taken from the next wider direction, and says so; where there is none, it has no value.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from hub.flow.sellers import seller_row
from hub.models import Address
from hub.store.carrier_rows import FIGURES
from hub.store.mapping import micros

if TYPE_CHECKING:
    from hub.flow.app import App

ENOUGH = 10
"""Parcels behind a figure: from fewer, no verdict."""
HALF_LIFE = timedelta(days=90)
HORIZON = 4 * HALF_LIFE
WEEK = timedelta(days=7)

_EPOCH = date(1970, 1, 1)
_NOT_NAMES = re.compile(r"\b(?:г|город|обл|область|край|респ|республика|ао|province|region|oblast)\b\.?|[.,]")
_WEEKS = f"SELECT direction, week, {', '.join(FIGURES)} FROM carrier_weeks WHERE seller = ? AND carrier = ? "
_FEEDBACK = (
    "SELECT kind, reason, source, day / 7 AS week, SUM(pieces) AS pieces, "
    "SUM(pieces * rating_hundredths) AS hundredths, MAX(day) AS day FROM carrier_feedback "
    "WHERE seller = ? AND carrier = ? AND day >= ? GROUP BY kind, reason, source, day / 7"
)


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


class CarrierRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One carrier's record with one seller, in one direction. Shares are 0 to 1."""

    carrier: str
    direction: str
    """What was asked for: ``RU/63`` (the first digits of the postal code), ``RU/`` and a region, ``RU``, or
    empty for everywhere. A figure's own ``direction`` may be wider."""
    parcels: int
    """Parcels of the last `HORIZON` in this direction."""
    on_time: Figure
    """Share that arrived within the calendar days that the quote promised, counted from the hand-over."""
    days_late: Figure
    """Mean days late of a parcel, those on time counted as 0: what a booking has to expect."""
    lost: Figure
    damaged: Figure
    """From buyers' claims and returns; without value where none were ever imported."""
    returned: Figure
    price_kept: Figure
    """Share that was charged at most the price agreed at booking."""
    surcharge: Figure
    """Mean of what was charged above the agreed price, as a share of it; negative when it was less."""
    first_scan_hours: Figure
    """Hours from the hand-over (where it was not recorded: from the booking) to the first scan."""
    feedback: tuple[ReasonFigure, ...] = ()
    """Claims and returns by reason, from everywhere."""
    ratings: tuple[RatingFigure, ...] = ()
    own_rating: float | None = None
    """What the seller thinks of it, 1 to 5."""

    @property
    def widened(self) -> bool:
        """Some figure is of a wider direction than was asked for."""
        return any(figure.value is not None and figure.direction != self.direction for figure in self.figures)

    @property
    def figures(self) -> tuple[Figure, ...]:
        return tuple(getattr(self, name) for name in _FIGURES)


class _Ratio(NamedTuple):
    top: str
    bottom: str
    scale: float = 1.0


_FIGURES = {
    "on_time": _Ratio("on_time", "timed"),
    "days_late": _Ratio("late_days", "timed"),
    "lost": _Ratio("lost", "ended"),
    "damaged": _Ratio("damaged", "ended"),
    "returned": _Ratio("returned", "ended"),
    "price_kept": _Ratio("kept", "charged"),
    "surcharge": _Ratio("over_permille", "charged", 0.001),
    "first_scan_hours": _Ratio("scan_minutes", "scanned", 1 / 60),
}


def direction_of(address: Address | None) -> str:
    """The narrowest direction of an address: country and first two digits of the postal code, or region."""
    if address is None or not address.country:
        return ""
    country = address.country.upper()
    if (digits := re.match(r"[0-9]{2}", address.postal_code.strip())) is not None:
        return f"{country}/{digits[0]}"
    region = " ".join(_NOT_NAMES.sub(" ", address.region.casefold()).split())
    return f"{country}/{region}" if region else country


def wider(direction: str) -> tuple[str, ...]:
    """The direction and all wider ones, the widest (everywhere, the empty text) last."""
    country, _, area = direction.partition("/")
    postal = (f"{country}/{area[0]}",) if re.fullmatch(r"[0-9]{2}", area) else ()
    return tuple(dict.fromkeys((direction, *postal, country, "")))


def carrier_record(app: App, seller_slug: str, carrier: str, *, direction: str) -> CarrierRecord | None:
    """The record of one carrier; None where the hub has nothing of the last `HORIZON`.

    ``direction`` as `direction_of` gives it.
    """
    connection, now = app.store.reader, app.clock.now()
    feedback = _feedback(connection, seller_slug, carrier, now)
    known: dict[str, Figure] = {}
    asked: _Sums | None = None
    for level in wider(direction):
        sums = _sums(_weeks(connection, seller_slug, carrier, level, now), now)
        asked = asked or sums
        for name, figure in _figures(sums, level, damage_known=feedback.told).items():
            if figure.value is not None or level == "" or (name == "damaged" and not feedback.told):
                known.setdefault(name, figure)
        if len(known) == len(_FIGURES) and not feedback.reasons:
            break
    assert asked is not None, "there is always one level: everywhere"
    if not sums.counts["parcels"] and not feedback:
        return None
    return _record(carrier, direction, asked.counts["parcels"], known, feedback, sums)


def records(app: App, seller: str, *, carrier: str = "") -> list[CarrierRecord]:
    """Every carrier's record: everywhere first, then each direction that has `ENOUGH` parcels.

    Each is of its own direction alone: no figure is taken from a wider one. Raises NotFound.
    """
    connection, now = app.store.reader, app.clock.now()
    seller_row(app, seller)
    found: dict[str, dict[str, list[sqlite3.Row]]] = defaultdict(lambda: defaultdict(list))
    for row in connection.execute(
        f"SELECT carrier, direction, week, {', '.join(FIGURES)} FROM carrier_weeks WHERE seller = ? "
        f"{'AND carrier = ? ' if carrier else ''}AND week >= ? ORDER BY carrier, direction, week",
        (seller, *((carrier,) if carrier else ()), _week(now - HORIZON)),
    ):
        found[row["carrier"]][row["direction"]].append(row)
    for row in connection.execute(
        "SELECT DISTINCT carrier FROM carrier_feedback WHERE seller = ? AND day >= ?",
        (seller, _day(now - HORIZON)),
    ):
        if carrier in ("", row["carrier"]):
            found[row["carrier"]].setdefault("", [])
    table = []
    for code, directions in sorted(found.items()):
        feedback = _feedback(connection, seller, code, now)
        whole = _sums(directions[""], now)
        for direction in sorted(directions):
            sums = _sums(directions[direction], now)
            if direction and sums.counts["parcels"] < ENOUGH:
                continue
            if not sums.counts["parcels"] and not feedback:
                continue
            known = _figures(sums, direction, damage_known=feedback.told)
            told = feedback if not direction else _Feedback(feedback.told, (), (), None)
            table.append(_record(code, direction, sums.counts["parcels"], known, told, whole))
    return table


# --- sums -------------------------------------------------------------------------------------------------


class _Sums(NamedTuple):
    counts: Mapping[str, int]
    decayed: Mapping[str, float]


class _Feedback(NamedTuple):
    told: bool
    """Claims or returns were imported: only then no damage means none."""
    reasons: tuple[tuple[str, str, int, float], ...]
    ratings: tuple[RatingFigure, ...]
    own: float | None

    def __bool__(self) -> bool:
        return bool(self.reasons or self.ratings or self.own is not None)


def _week(time: datetime) -> int:
    return micros(time) // (WEEK // timedelta(microseconds=1))


def _day(time: datetime) -> int:
    return (time.date() - _EPOCH).days


def _weight(week: int, now: datetime) -> float:
    return float(0.5 ** (max(0, _week(now) - week) * (WEEK / HALF_LIFE)))


def _weeks(
    connection: sqlite3.Connection, seller: str, carrier: str, direction: str, now: datetime
) -> list[sqlite3.Row]:
    return connection.execute(
        f"{_WEEKS}AND direction = ? AND week >= ?", (seller, carrier, direction, _week(now - HORIZON))
    ).fetchall()


def _sums(weeks: Sequence[sqlite3.Row], now: datetime) -> _Sums:
    counts = dict.fromkeys(FIGURES, 0)
    decayed = dict.fromkeys(FIGURES, 0.0)
    for row in weeks:
        _, week, *values = row
        weight = _weight(week, now)
        for name, value in zip(FIGURES, values, strict=True):
            if value:
                counts[name] += value
                decayed[name] += value * weight
    return _Sums(counts, decayed)


def _figures(sums: _Sums, direction: str, *, damage_known: bool) -> dict[str, Figure]:
    made = {}
    for name, (top, bottom, scale) in _FIGURES.items():
        parcels = 0 if name == "damaged" and not damage_known else sums.counts[bottom]
        value = None
        if parcels >= ENOUGH:
            value = round(sums.decayed[top] / sums.decayed[bottom] * scale, 4)
        made[name] = Figure(value=value, parcels=parcels, direction=direction)
    return made


def _feedback(connection: sqlite3.Connection, seller: str, carrier: str, now: datetime) -> _Feedback:
    reasons: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0, 0.0])
    ratings: dict[str, list[float]] = defaultdict(lambda: [0, 0.0, 0.0, 0])
    own: tuple[int, float] | None = None
    for row in connection.execute(_FEEDBACK, (seller, carrier, _day(now - HORIZON))):
        weight = _weight(row["week"], now)
        if row["kind"] == "own":
            own = max(own or (0, 0.0), (row["day"], row["hundredths"] / row["pieces"] / 100))
        elif row["kind"] == "rating":
            kept = ratings[row["source"]]
            kept[0] += row["pieces"]
            kept[1] += row["hundredths"] * weight
            kept[2] += row["pieces"] * weight
            kept[3] = max(kept[3], row["day"])
        else:
            kept = reasons[(row["kind"], row["reason"])]
            kept[0] += row["pieces"]
            kept[1] += row["pieces"] * weight
    told = bool(reasons) or (
        connection.execute(
            "SELECT 1 FROM carrier_feedback WHERE seller = ? AND kind IN ('claim', 'return') LIMIT 1",
            (seller,),
        ).fetchone()
        is not None
    )
    return _Feedback(
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
        None if own is None else own[1],
    )


def _record(
    carrier: str, direction: str, parcels: int, known: dict[str, Figure], feedback: _Feedback, whole: _Sums
) -> CarrierRecord:
    enough = whole.counts["ended"] >= ENOUGH
    figures: dict[str, Any] = {name: known[name] for name in _FIGURES}
    return CarrierRecord(
        carrier=carrier,
        direction=direction,
        parcels=parcels,
        feedback=tuple(
            ReasonFigure(
                kind=kind,
                reason=reason,
                pieces=pieces,
                share=round(weight / whole.decayed["ended"], 4) if enough else None,
            )
            for kind, reason, pieces, weight in feedback.reasons
        ),
        ratings=feedback.ratings,
        own_rating=feedback.own,
        **figures,
    )
