"""A carrier's record, from the hub's own history and from what buyers say: per seller and per direction.

The figures are read from weekly sums (``carrier_weeks``) that `hub.flow.choice.records.carrier_outcomes`
keeps: a
week of parcels counts half after `HALF_LIFE`, and nothing older than `HORIZON` counts. A figure of fewer than
`ENOUGH` parcels is taken from the next wider direction, and says so; where there is none, it has no value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from hub.flow.choice.records.carrier_sums import (
    ENOUGH,
    HALF_LIFE,
    HORIZON,
    NOTHING,
    RATIOS,
    Feedback,
    Figure,
    RatingFigure,
    ReasonFigure,
    Sums,
    all_sums,
    ended_everywhere,
    feedback_of,
    figures_of,
    sums_in,
)
from hub.flow.choice.records.directions import direction_of, named, wider
from hub.flow.sellers.sellers import seller_row
from hub.store import records as stored

if TYPE_CHECKING:
    from hub.flow.app import App

__all__ = [
    "ENOUGH",
    "HALF_LIFE",
    "HORIZON",
    "CarrierRecord",
    "Figure",
    "RatingFigure",
    "ReasonFigure",
    "carrier_record",
    "direction_of",
    "records",
]


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
    def figures(self) -> tuple[Figure, ...]:
        return tuple(getattr(self, name) for name in RATIOS)


def carrier_record(app: App, seller_slug: str, carrier: str, *, direction: str) -> CarrierRecord | None:
    """The record of one carrier; None where the hub has nothing of the last `HORIZON`.

    ``direction`` as `direction_of` gives it.
    """
    connection, now = app.store.reader, app.clock.now()
    feedback = feedback_of(connection, seller_slug, carrier, now)
    known: dict[str, Figure] = {}
    asked: Sums | None = None
    for level in wider(direction):
        sums = sums_in(connection, seller_slug, carrier, level, now)
        asked = asked or sums
        for name, figure in figures_of(sums, level, damage_known=feedback.told).items():
            if figure.value is not None or level == "" or (name == "damaged" and not feedback.told):
                known.setdefault(name, figure)
        if len(known) == len(RATIOS):
            break
    assert asked is not None, "there is always one level: everywhere"
    if not sums.counts["parcels"] and not feedback:
        return None
    ended = ended_everywhere(connection, seller_slug, carrier, now) if feedback.reasons else (0, 0.0)
    return _record(carrier, direction, asked.counts["parcels"], known, feedback, ended)


def records(app: App, seller: str, *, carrier: str = "", direction: str = "") -> list[CarrierRecord]:
    """Every carrier's record: everywhere first, then each direction that has `ENOUGH` parcels.

    Each is of its own direction alone: no figure is taken from a wider one. With a ``direction`` (as a person
    writes it), one record a carrier as a choice reads it, with figures of wider directions. Raises NotFound,
    and Rejected for what is no direction.
    """
    connection, now = app.store.reader, app.clock.now()
    seller_row(app, seller)
    if asked := named(direction):
        codes = [one.carrier for one in records(app, seller, carrier=carrier) if not one.direction]
        made = (carrier_record(app, seller, code, direction=asked) for code in codes)
        return [record for record in made if record is not None]
    found = all_sums(connection, seller, now)
    for code in stored.carriers_with_opinions(connection, seller):
        found.setdefault(code, {})
    table = []
    for code, directions in sorted(found.items()):
        if carrier not in ("", code):
            continue
        feedback = feedback_of(connection, seller, code, now)
        whole = directions.setdefault("", NOTHING)
        ended = whole.counts["ended"], whole.decayed["ended"]
        for direction, sums in sorted(directions.items()):
            if sums.counts["parcels"] < ENOUGH and (direction or not (sums.counts["parcels"] or feedback)):
                continue
            known = figures_of(sums, direction, damage_known=feedback.told)
            told = feedback if not direction else Feedback(feedback.told, (), (), None)
            table.append(_record(code, direction, sums.counts["parcels"], known, told, ended))
    return table


def _record(
    carrier: str,
    direction: str,
    parcels: int,
    known: dict[str, Figure],
    feedback: Feedback,
    ended: tuple[int, float],
) -> CarrierRecord:
    count, decayed = ended
    figures: dict[str, Any] = {name: known[name] for name in RATIOS}
    return CarrierRecord(
        carrier=carrier,
        direction=direction,
        parcels=parcels,
        feedback=tuple(
            ReasonFigure(
                kind=kind,
                reason=reason,
                pieces=pieces,
                share=round(weight / decayed, 4) if count >= ENOUGH else None,
            )
            for kind, reason, pieces, weight in feedback.reasons
        ),
        ratings=feedback.ratings,
        own_rating=feedback.own,
        **figures,
    )
