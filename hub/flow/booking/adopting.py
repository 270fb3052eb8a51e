"""Whether an order that a look-up found under our reference is the one that was sent."""

from __future__ import annotations

from collections.abc import Sequence

from hub.flow.history.shipments import shipment_of
from hub.plugin_api.errors import BadReply
from hub.plugin_api.models import FoundShipment
from hub.store import Transaction, rows


def of_reference(title: str, reference: str, found: Sequence[FoundShipment]) -> Sequence[FoundShipment]:
    """The orders of a look-up. Raises BadReply where one is of another reference: such an answer says nothing
    about ours, not even that it is absent."""
    if any(one.reference.strip().casefold() != reference.casefold() for one in found):
        raise BadReply(f"{title}: the answer is about orders under another reference")
    return found


def differences(connection: Transaction, operation: rows.OperationRow, found: FoundShipment) -> list[str]:
    """What the carrier has otherwise than it was asked for: only what carriers give back as it was sent."""
    shipment = shipment_of(connection, operation)
    recipient = rows.recipients.get(connection, operation.posting_id)
    address = None if recipient is None else recipient.document.address
    weight = sum(parcel.weight_g for parcel in shipment.parcels)
    odd = []
    if found.service_code not in ("", shipment.service_code):
        odd.append(f"service {found.service_code} instead of {shipment.service_code}")
    if address is not None and found.recipient_country not in ("", address.country):
        odd.append(f"country {found.recipient_country} instead of {address.country}")
    if found.weight_g and not weight <= 2 * found.weight_g <= 4 * weight:
        odd.append(f"{found.weight_g} g instead of {weight} g")  # it weighs again
    return odd


__all__ = ["differences", "of_reference"]
