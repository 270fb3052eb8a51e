"""Whether an order that a carrier names can be a posting's own: it has a number that can be read, and no
other live booking has it."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from hub.plugin_api.models import Booking
from hub.store import Transaction, rows, shipments
from hub.words import said

LONGEST_NUMBER = 128
_LIKE_A_REFERENCE = re.compile(r"[A-Z2-7]{12,28}")
"""What `hub.plugin_api.ids.client_reference` makes. Hardly a carrier has such numbers, so that few are looked
for."""


def flaw(booking: Booking) -> str:
    """What is wrong with the numbers of an answer, in words; empty where nothing is.

    Plugins hand on what a vendor sent: a number may be no text at all. One that is empty names no order; one
    with control or direction marks in it would be told to the marketplace and printed as something else.
    """
    number: Any = booking.carrier_id
    tracking: Any = booking.tracking_number
    if not isinstance(number, str) or not isinstance(tracking, str):
        return said("the answer has no number, or one that is no text", code="order.answer_no_number_no_text")
    if booking.state == "confirmed" and not number.strip():
        return said("the answer has no number of the order", code="order.answer_no_number")
    if tracking and not tracking.strip():
        return said("the answer has a tracking number of blanks", code="order.answer_tracking_number_blanks")
    for text in (number, tracking):
        if len(text) > LONGEST_NUMBER or not text.isprintable():
            return said(
                "the answer has a number that cannot be printed", code="order.answer_number_cannot_printed"
            )
    return ""


def plain(booking: Booking) -> Booking:
    """The same, its numbers without blanks round them."""
    numbers = {"carrier_id": booking.carrier_id.strip(), "tracking_number": booking.tracking_number.strip()}
    return msgspec.structs.replace(booking, **numbers)


def same(one: str, other: str) -> bool:
    """Whether two numbers are one: vendors write theirs in capitals here and in small letters there."""
    return one.strip().casefold() == other.strip().casefold()


def holder(connection: Transaction, account: str, booking_id: str, *numbers: str) -> str:
    """The posting, by its number, whose live booking has one of these as the carrier's key or as its tracking
    number, in whatever letters, or has one as its reference, which is given to no other; empty where none
    has. ``booking_id``: the booking that asks. Looked for in all accounts that the seller has with this
    carrier: two may be of one contract.

    Numbers come again after a while: those of parcels that have arrived, or were cancelled, are free.
    """
    spellings = [(one, one.upper(), one.lower()) for one in map(str.strip, numbers) if one]
    looked_for = list(dict.fromkeys(spelling for all_of_one in spellings for spelling in all_of_one))
    if of := shipments.holder_of_number(connection, numbers=looked_for, account=account, but=booking_id):
        return of
    for number in looked_for:
        if _LIKE_A_REFERENCE.fullmatch(number) and (
            of := _of_reference(connection, account, booking_id, number)
        ):
            return of
    return ""


def _of_reference(connection: Transaction, account: str, booking_id: str, number: str) -> str:
    """The posting whose booking has this number as its reference, where that is not the booking that asks:
    some carriers number an order as we do."""
    mine = rows.shipments.get(connection, booking_id)
    if mine is not None and same(mine.reference, number):
        return ""
    return shipments.holder_of_reference(connection, reference=number, account=account, but=booking_id)


def holder_of(connection: Transaction, operation: rows.OperationRow, *numbers: str) -> str:
    """The same, of a booking that is under way."""
    return holder(connection, operation.account, operation.subject_id, *numbers)


__all__ = ["LONGEST_NUMBER", "flaw", "holder", "holder_of", "plain", "same"]
