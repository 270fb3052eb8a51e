"""SPSR's event codes as the hub's events: the four buckets of Bitrix' SPSR handler, 147 codes.

No public source says what a single code means, so a bucket is all that is mapped.
"""

from __future__ import annotations

import spsr_api
from hub import EventKind, TrackingEvent

DELIVERED = frozenset({15, 16, 27, 37, *range(55, 63), 92, 93, 112, 114, 116})
ARRIVED = frozenset({1, 8, 26, 31})
ON_THE_WAY = frozenset(
    {2, 4, 6, 12, 13, 14, 17, 29, 30, 32, 33, 34, 35, *range(39, 52), 53, 54, 63, 64, 66, 67, 74, 75, 76}
    | {78, 79, 81, 84, 85, 86, 96, 100, *range(105, 112), 115, 119, 120, 122}
)
PROBLEM = frozenset(
    {5, 7, 9, 10, 11, *range(18, 26), 28, 36, 38, 52, 65, *range(68, 74), 77, 80, 82, 83, *range(87, 92)}
    | {94, 95, 97, 98, 99, *range(101, 105), 113, 117, *range(123, 149), 150, 175}
)
DELIVERED_LETTERS = frozenset({"_CLCDR", "INDSS", "IN3DL", "INDLV"})
"""Letter codes that a client of 2017 took for "delivered"."""

KINDS = {
    **dict.fromkeys(ON_THE_WAY, EventKind.MOVED),
    # "Arrived" may be a city as well as an office: nothing tells the buyer to fetch the parcel.
    **dict.fromkeys(ARRIVED, EventKind.MOVED),
    **dict.fromkeys(DELIVERED, EventKind.HANDED_OVER),
    # From a wrong address to a refusal; which one it is only the text says.
    **dict.fromkeys(PROBLEM, EventKind.ATTEMPT_FAILED),
}


def kind_of(number_code: str, letter_code: str = "") -> EventKind | None:
    """What an event says; None for codes that are in no table."""
    number = number_code.strip()
    known = KINDS.get(int(number)) if number.isascii() and number.isdecimal() and len(number) < 6 else None
    if known is None and letter_code.strip().upper() in DELIVERED_LETTERS:
        return EventKind.HANDED_OVER
    return known


def event(told: spsr_api.Event) -> TrackingEvent | None:
    """One event; an unknown code moves nothing and is shown as it came. None where it has no time."""
    if told.time is None:
        return None
    kind = kind_of(told.number_code, told.letter_code)
    return TrackingEvent(
        time=told.time,
        kind=kind or EventKind.INFO,
        code=told.number_code or told.letter_code,
        text=told.name,
        place=told.city,
        known=kind is not None,
    )


def events(told: tuple[spsr_api.Event, ...]) -> tuple[TrackingEvent, ...]:
    """All that have a time, oldest first."""
    known = (one for one in map(event, told) if one is not None)
    return tuple(sorted(known, key=lambda one: one.time))
