"""Whether an order that a look-up found under our reference is the one that was sent."""

from __future__ import annotations

from collections.abc import Sequence

from hub.flow.history.shipments import shipment_of
from hub.plugin_api.errors import BadReply
from hub.plugin_api.models import FoundShipment
from hub.store import Transaction, rows
from hub.words import in_a_row, said


def of_reference(title: str, reference: str, found: Sequence[FoundShipment]) -> Sequence[FoundShipment]:
    """The orders of a look-up. Raises BadReply where one is of another reference: such an answer says nothing
    about ours, not even that it is absent."""
    if any(one.reference.strip().casefold() != reference.casefold() for one in found):
        raise BadReply(
            "{title}: the answer is about orders under another reference",
            code="bad_reply.answer_about_orders_under",
            values={"title": title},
        )
    return found


def differences(connection: Transaction, operation: rows.OperationRow, found: FoundShipment) -> list[str]:
    """What the carrier has otherwise than it was asked for: only what carriers give back as it was sent."""
    shipment = shipment_of(connection, operation)
    recipient = rows.recipients.get(connection, operation.posting_id)
    address = None if recipient is None else recipient.document.address
    weight = sum(parcel.weight_g for parcel in shipment.parcels)
    odd: list[str] = []
    if found.service_code not in ("", shipment.service_code):
        odd.append(
            said(
                "service {service_code} instead of {service_code_2}",
                code="order.service_instead",
                values={"service_code": found.service_code, "service_code_2": shipment.service_code},
            )
        )
    if address is not None and found.recipient_country not in ("", address.country):
        odd.append(
            said(
                "country {recipient_country} instead of {country}",
                code="order.country_instead",
                values={"recipient_country": found.recipient_country, "country": address.country},
            )
        )
    if found.weight_g and not weight <= 2 * found.weight_g <= 4 * weight:
        odd.append(
            said(
                "{weight_g} g instead of {weight} g",
                code="order.weight_differs",
                values={"weight_g": found.weight_g, "weight": weight},
            )
        )  # it weighs again
    return odd


def another(number: str, odd: Sequence[str]) -> str:
    """That an order is not the one that was sent."""
    return said(
        "the order {number} under our reference is another one: {odd}",
        code="book.another_one",
        values={"number": number, "odd": in_a_row(odd)},
    )


def of_another(number: str, holder: str) -> str:
    """That an order belongs to another posting."""
    return said(
        "the order {number} under our reference is booked for posting {holder} here",
        code="book.of_another_posting",
        values={"number": number, "holder": holder},
    )


def ended(number: str, *, forgot: bool) -> str:
    """That an order was cancelled by somebody else, or before a restore."""
    values = {"number": number}
    if forgot:
        return said(
            "the order {number} under our reference was cancelled, and that was forgotten here",
            code="book.ended_and_forgotten",
            values=values,
        )
    return said(
        "the order {number} under our reference was cancelled, and nobody here did it",
        code="book.ended_elsewhere",
        values=values,
    )


__all__ = ["another", "differences", "ended", "of_another", "of_reference"]
