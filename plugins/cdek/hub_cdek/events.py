"""CDEK's order statuses as the hub's events: Appendix 1 of July 2026, and older webhook names."""

from __future__ import annotations

import cdek_api
from hub import EventKind, TrackingEvent

# RETURNED_TO_* are repeated arrivals at a warehouse: a return to the sender is an order of its own.
KINDS = {
    "ACCEPTED": EventKind.REGISTERED,
    "CREATED": EventKind.REGISTERED,
    "INVALID": EventKind.CANCELLED,
    "REMOVED": EventKind.CANCELLED,
    "RECEIVED_AT_SHIPMENT_WAREHOUSE": EventKind.ACCEPTED,
    "READY_FOR_SHIPMENT_IN_SENDER_CITY": EventKind.MOVED,
    "TAKEN_BY_TRANSPORTER_FROM_SENDER_CITY": EventKind.MOVED,
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
    # Since 2026 (Appendix 1 of July 2026)
    "ENTERED_TO_TRANSIT_WAREHOUSE": EventKind.MOVED,
    "ENTERED_TO_RECIPIENT_CITY_WAREHOUSE": EventKind.MOVED,
    "ENTERED_TO_PICK_UP_POINT": EventKind.MOVED,
    # The names that webhooks used until early 2026 (Appendix 1 of January 2026)
    "READY_TO_SHIP_AT_SENDING_OFFICE": EventKind.MOVED,
    "PASSED_TO_CARRIER_AT_SENDING_OFFICE": EventKind.MOVED,
    "SEND_TO_TRANSIT_OFFICE": EventKind.MOVED,
    "MET_AT_TRANSIT_OFFICE": EventKind.MOVED,
    "READY_TO_SHIP_IN_TRANSIT_OFFICE": EventKind.MOVED,
    "PASSED_TO_CARRIER_AT_TRANSIT_OFFICE": EventKind.MOVED,
    "MET_AT_SENDING_OFFICE": EventKind.MOVED,
    "MET_AT_RECIPIENT_OFFICE": EventKind.MOVED,
    "ENTERED_TO_OFFICE_TRANSIT_WAREHOUSE": EventKind.MOVED,
    "ENTERED_TO_DELIVERY_WAREHOUSE": EventKind.MOVED,
    "ENTERED_TO_WAREHOUSE_ON_DEMAND": EventKind.MOVED,
    # Older still (CDEK China documentation; answers of 2020)
    "RECEIVED_AT_SENDER_WAREHOUSE": EventKind.ACCEPTED,
    "ARRIVED_AT_RECIPIENT_CITY": EventKind.MOVED,
}
LOST = {"26", "27"}
"""Reasons of NOT_DELIVERED that mean the parcel is gone: lost, disposed of (there is no status for it)."""


def event(status: cdek_api.Status, *, is_return: bool = False) -> TrackingEvent | None:
    """One status; an unknown code moves nothing and is shown as it came. None where it has no time."""
    if status.date_time is None:
        return None
    code = status.code.strip().upper()  # webhooks have sent trailing spaces
    kind = KINDS.get(code, EventKind.INFO)
    if code == "NOT_DELIVERED" and str(status.reason_code or "") in LOST:
        kind = EventKind.LOST
    if code == "DELIVERED" and is_return:
        kind = EventKind.RETURNED
    return TrackingEvent(
        time=status.date_time,
        kind=kind,
        code=code,
        text=status.name or "",
        place=status.city or "",
        known=code in KINDS,
    )
