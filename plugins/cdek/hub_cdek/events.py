"""CDEK's order statuses as the hub's events: Appendix 1 of July 2026, and older webhook names."""

from __future__ import annotations

import cdek_api
from hub import EventKind, TrackingEvent

KINDS = {
    "ACCEPTED": EventKind.REGISTERED,
    "CREATED": EventKind.REGISTERED,
    "INVALID": EventKind.CANCELLED,
    "REMOVED": EventKind.CANCELLED,
    "RECEIVED_AT_SHIPMENT_WAREHOUSE": EventKind.ACCEPTED,
    "READY_TO_SHIP_AT_SENDING_OFFICE": EventKind.MOVED,
    "READY_FOR_SHIPMENT_IN_SENDER_CITY": EventKind.MOVED,
    "TAKEN_BY_TRANSPORTER_FROM_SENDER_CITY": EventKind.MOVED,
    "PASSED_TO_CARRIER_AT_SENDING_OFFICE": EventKind.MOVED,
    "SENT_TO_TRANSIT_CITY": EventKind.MOVED,
    "ACCEPTED_IN_TRANSIT_CITY": EventKind.MOVED,
    "ACCEPTED_AT_TRANSIT_WAREHOUSE": EventKind.MOVED,
    "READY_FOR_SHIPMENT_IN_TRANSIT_CITY": EventKind.MOVED,
    "TAKEN_BY_TRANSPORTER_FROM_TRANSIT_CITY": EventKind.MOVED,
    "SENT_TO_SENDER_CITY": EventKind.MOVED,
    "SENT_TO_RECIPIENT_CITY": EventKind.MOVED,
    "ACCEPTED_IN_SENDER_CITY": EventKind.MOVED,
    "ACCEPTED_IN_RECIPIENT_CITY": EventKind.MOVED,
    "ACCEPTED_AT_RECIPIENT_CITY_WAREHOUSE": EventKind.MOVED,
    "RETURNED_TO_SENDER_CITY_WAREHOUSE": EventKind.MOVED,
    "RETURNED_TO_TRANSIT_WAREHOUSE": EventKind.MOVED,
    "RETURNED_TO_RECIPIENT_CITY_WAREHOUSE": EventKind.ATTEMPT_FAILED,
    "IN_CUSTOMS_INTERNATIONAL": EventKind.CUSTOMS,
    "IN_CUSTOMS_LOCAL": EventKind.CUSTOMS,
    "CUSTOMS_COMPLETE": EventKind.CUSTOMS,
    "SHIPPED_TO_DESTINATION": EventKind.MOVED,
    "PASSED_TO_TRANSIT_CARRIER": EventKind.MOVED,
    "ACCEPTED_AT_PICK_UP_POINT": EventKind.READY,
    "POSTOMAT_POSTED": EventKind.READY,
    "POSTOMAT_RECEIVED": EventKind.INFO,
    "POSTOMAT_SEIZED": EventKind.ATTEMPT_FAILED,
    "TAKEN_BY_COURIER": EventKind.OUT_FOR_DELIVERY,
    "DELIVERED": EventKind.HANDED_OVER,
    "NOT_DELIVERED": EventKind.RETURNING,
}
LOST = {"26", "27"}
"""Reasons of NOT_DELIVERED that mean the parcel is gone: lost, disposed of (there is no status for it)."""


def event(status: cdek_api.Status, *, is_return: bool = False) -> TrackingEvent | None:
    """One status; an unknown code moves nothing and is shown as it came. None where it has no time."""
    if status.date_time is None:
        return None
    kind = KINDS.get(status.code, EventKind.INFO)
    if status.code == "NOT_DELIVERED" and str(status.reason_code or "") in LOST:
        kind = EventKind.LOST
    if status.code == "DELIVERED" and is_return:
        kind = EventKind.RETURNED
    return TrackingEvent(
        time=status.date_time,
        kind=kind,
        code=status.code,
        text=status.name or "",
        place=status.city or "",
        known=status.code in KINDS,
    )
