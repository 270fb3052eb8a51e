"""Boxes within the sizes that a carrier declares: what it does not take is said, with what would fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from hub.flow.choice.quote_checks import Missing
from hub.plugin_api.box_limits import BoxLimit
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.models import Parcel, Quote
from hub.words import Sentence, in_a_row, said


class _Measure(NamedTuple):
    """One way to say how large a box is: its name in a limit, what it measures, and its words."""

    name: str
    of: Callable[[tuple[int, int, int]], int]
    told: Callable[[int, int], Sentence]


_MEASURES = (
    _Measure(
        "longest_mm",
        max,
        lambda have, most: said(
            "the longest side is {have} mm, at most {most}",
            code="box.longest",
            values={"have": have, "most": most},
        ),
    ),
    _Measure(
        "sides_mm",
        sum,
        lambda have, most: said(
            "the three sides together are {have} mm, at most {most}",
            code="box.sides",
            values={"have": have, "most": most},
        ),
    ),
    _Measure(
        "girth_mm",
        lambda sides: 2 * sum(sides) - max(sides),
        lambda have, most: said(
            "the longest side and twice both others are {have} mm, at most {most}",
            code="box.girth",
            values={"have": have, "most": most},
        ),
    ),
)


def none_taken(carrier: Carrier[Any], parcels: Iterable[Parcel]) -> Missing | None:
    """Why no service of the carrier takes these boxes, before it is asked; None where one may."""
    return _missing(carrier, [limit for limit in carrier.box_limits if not limit.services], parcels)


def taken(
    carrier: Carrier[Any], quotes: Sequence[Quote], parcels: Sequence[Parcel]
) -> Sequence[Quote] | Missing:
    """The quotes of the services that take these boxes; why not, where there is none left."""
    limits = [limit for limit in carrier.box_limits if limit.services]
    left = [
        quote
        for quote in quotes
        if not any(_over(limit, parcels) for limit in limits if limit.of(str(quote.service.code)))
    ]
    if left or not quotes:
        return left
    return _missing(carrier, limits, parcels) or left


def _missing(carrier: Carrier[Any], limits: Iterable[BoxLimit], parcels: Iterable[Parcel]) -> Missing | None:
    parcels = tuple(parcels)
    found = [told for limit in limits for told in _over(limit, parcels)]
    if not found:
        return None
    text = said(
        "{title} takes no box as large as this: {why}. Pack it smaller, correct the sizes, or take another "
        "carrier",
        code="box.too_large",
        values={"title": carrier.title, "why": in_a_row(dict.fromkeys(found))},
    )
    return Missing(code="said", data={"message": text})


def _over(limit: BoxLimit, parcels: Iterable[Parcel]) -> list[Sentence]:
    """In which measures a box is larger than this."""
    found: dict[Sentence, None] = {}
    for box in parcels:
        sides = (box.length_mm, box.width_mm, box.height_mm)
        for measure in _MEASURES:
            most: int | None = getattr(limit, measure.name)
            if most is not None and (have := measure.of(sides)) > most:
                found[measure.told(have, most)] = None
    return list(found)


__all__ = ["none_taken", "taken"]
