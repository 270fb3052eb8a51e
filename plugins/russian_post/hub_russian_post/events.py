"""The Post's operations (RTM02) as the hub's events: by type **and** attribute.

Type 2 is "handed over" to the addressee and to the sender alike, 5 is lost and delayed alike.
``operations.csv`` has the numbers of tracking, ``words.csv`` Otpravka's words for the types that mean more
than one thing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from importlib.resources import files

import russian_post_api as post
from hub import EventKind, TrackingEvent

CANCELLATION = 26
"""Takes back the operation before it."""
_MOSCOW = timezone(timedelta(hours=3))


def _rows(name: str) -> list[dict[str, str]]:
    with (files("hub_russian_post") / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


KINDS: dict[tuple[int, int], EventKind] = {
    (int(row["type"]), int(attribute)): EventKind(row["kind"])
    for row in _rows("operations.csv")
    for attribute in row["attributes"].split()
}
"""What each known pair of type and attribute means."""

_BY_WORD: dict[tuple[str, str], EventKind] = {
    (row["type"], attribute): EventKind(row["kind"])
    for row in _rows("words.csv")
    for attribute in row["attributes"].split()
}
_MIXED = {type_ for type_, _ in _BY_WORD}
_BY_TYPE_WORD = {
    row["word"]: EventKind(row["kind"])
    for row in _rows("operations.csv")
    if row["word"] and row["word"] not in _MIXED
}


def kind_of(type_: int | None, attribute: int | None) -> EventKind | None:
    """The meaning of an operation of tracking; None for a pair that nobody published."""
    return None if type_ is None else KINDS.get((type_, attribute or 0))


def kind_of_words(type_: str, attribute: str) -> EventKind | None:
    """The meaning of Otpravka's words; None for unknown ones, and for a type that is mixed without its
    attribute: whose hands it came into would be a guess."""
    if type_ in _MIXED:
        return _BY_WORD.get((type_, attribute))
    return _BY_TYPE_WORD.get(type_)


def last_event(order: post.Order) -> TrackingEvent | None:
    """The last operation as Otpravka shows it, which costs no tracking quota; None where there is none."""
    if not order.last_oper_type or order.last_oper_date is None:
        return None
    kind = kind_of_words(order.last_oper_type, order.last_oper_attr)
    return TrackingEvent(
        time=order.last_oper_date,
        kind=kind or EventKind.INFO,
        code=f"{order.last_oper_type}/{order.last_oper_attr}",
        text=order.human_operation_name,
        known=kind is not None,
    )


def history_events(records: Iterable[post.HistoryRecord]) -> tuple[TrackingEvent, ...]:
    """A whole history of single tracking, oldest first."""
    events = [
        _event(one.type.id, one.attribute.id, one.time, one.attribute.name or one.type.name, one.place)
        for one in records
        if one.time is not None
    ]
    return without_cancelled(sorted(events, key=lambda event: event.time))


def batch_events(operations: Iterable[post.BatchOperation]) -> tuple[TrackingEvent, ...]:
    """The operations of a ticket, oldest first. Their times have no offset and are read as Moscow's: in the
    order they are right, by the clock up to nine hours late."""
    events = [
        _event(
            one.type,
            one.attribute,
            one.local_time.replace(tzinfo=_MOSCOW),
            one.name,
            post.Place(index=one.index),
        )
        for one in operations
        if one.local_time is not None
    ]
    return without_cancelled(events)


def without_cancelled(events: Iterable[TrackingEvent]) -> tuple[TrackingEvent, ...]:
    """26 says that the operation before it did not happen: neither is told as having moved the parcel."""
    told: list[TrackingEvent] = []
    for event in events:
        if event.code.partition("/")[0] == str(CANCELLATION) and told:
            told.pop()
        told.append(event)
    return tuple(told)


def _event(
    type_: int | None, attribute: int | None, time: datetime, text: str, place: post.Place
) -> TrackingEvent:
    kind = kind_of(type_, attribute)
    return TrackingEvent(
        time=time,
        kind=kind or EventKind.INFO,
        code=f"{type_ if type_ is not None else '?'}/{attribute or 0}",
        text=text,
        place=" ".join(filter(None, (place.index, place.description))),
        known=kind is not None,
    )
