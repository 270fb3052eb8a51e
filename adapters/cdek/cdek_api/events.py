"""Webhook events: what CDEK posts to a subscription's url (CDEK OpenAPI, July 2026).

CDEK signs nothing and publishes no addresses: an event is a hint to read the order again, not evidence.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

from cdek_api.decoding import Date, Time, convert
from cdek_api.structs import Private, Received, RelatedEntity

CYRILLIC_ES = "\u0441"  # CDEK's table of COURIER_INFO spells a key with it


class OrderStatusEvent(Received, frozen=True, kw_only=True):
    """ORDER_STATUS. ``code`` is the status; a few old events have only the number in
    ``status_code``, which is ambiguous (1000 stands for many). A delivery with
    ``is_return`` is the shop getting its goods back.
    ``status_reason_code``: 20 partial delivery, 26 lost, 27 disposed ... of CDEK's table."""

    code: str | None = None
    status_code: str | None = None
    status_reason_code: str | None = None
    status_date_time: Time | None = None
    cdek_number: str | None = None
    number: str | None = None
    city_name: str | None = None
    city_code: str | None = None
    is_return: bool = False
    is_reverse: bool = False
    is_client_return: bool = False
    deleted: bool = False
    related_entities: tuple[RelatedEntity, ...] = ()


class ModifiedValue(Received, frozen=True, kw_only=True):
    type: str | None = None
    value: str | None = None


class OrderModifiedEvent(Received, frozen=True, kw_only=True):
    """ORDER_MODIFIED. ``modification_type`` PLANED_DELIVERY_DATE_CHANGED (spelt so) and others."""

    modification_type: str | None = None
    new_value: ModifiedValue | None = None


class PrintFormEvent(Received, frozen=True, kw_only=True):
    """PRINT_FORM: a form is ready. ``type`` BARCODE or WAYBILL; take the PDF by its uuid, not by ``url``."""

    type: str | None = None
    url: str | None = None


class PhotoEvent(Received, frozen=True, kw_only=True):
    """DOWNLOAD_PHOTO."""

    cdek_number: str | None = None
    link: str | None = None
    create_date: Time | None = None


class PrealertClosedEvent(Received, frozen=True, kw_only=True):
    """PREALERT_CLOSED."""

    prealert_number: str | None = None
    closed_date: Time | None = None
    fact_shipment_point: str | None = None


class AccompanyingWaybillEvent(Private, Received, frozen=True, kw_only=True):
    """ACCOMPANYING_WAYBILL: which flight or vehicle carries the parcel."""

    cdek_number: str | None = None
    client_name: str | None = None
    flight_number: str | None = None
    air_waybill_numbers: tuple[str, ...] = ()
    vehicle_numbers: tuple[str, ...] = ()
    vehicle_driver: str | None = None
    planned_departure_date_time: Time | None = None


class OfficeAvailabilityEvent(Received, frozen=True, kw_only=True):
    """OFFICE_AVAILABILITY. ``type`` AVAILABLE_OFFICE or UNAVAILABLE_OFFICE; ``code`` is the office."""

    type: str | None = None
    code: str | None = None


class DeliveryProblemEvent(Received, frozen=True, kw_only=True):
    """DELIV_PROBLEM. ``code`` of CDEK's table of delivery problems."""

    cdek_number: str | None = None
    number: str | None = None
    code: str | None = None
    create_date: Time | None = None


class DeliveryAgreementEvent(Received, frozen=True, kw_only=True):
    """DELIV_AGREEMENT: a day and hours were agreed with the recipient. ``type`` DOOR and others."""

    delivery_uuid: str | None = None
    cdek_number: str | None = None
    date_time: Time | None = None
    date: Date | None = None
    time_from: str | None = None
    time_to: str | None = None
    comment: str | None = None
    source: str | None = None
    type: str | None = None


class Courier(Private, Received, frozen=True, kw_only=True):
    name: str | None = None
    car_model: str | None = None
    registration_mark: str | None = None
    phone: str | None = None


class CourierInfoEvent(Received, frozen=True, kw_only=True):
    """COURIER_INFO. ``task_type`` DELIVERY and others."""

    task_type: str | None = None
    cdek_number: str | None = None
    courier: Courier | None = None


Attributes: TypeAlias = (
    OrderStatusEvent
    | OrderModifiedEvent
    | PrintFormEvent
    | PhotoEvent
    | PrealertClosedEvent
    | AccompanyingWaybillEvent
    | OfficeAvailabilityEvent
    | DeliveryProblemEvent
    | DeliveryAgreementEvent
    | CourierInfoEvent
)

ATTRIBUTES: dict[str, type[Attributes]] = {
    "ORDER_STATUS": OrderStatusEvent,
    "ORDER_MODIFIED": OrderModifiedEvent,
    "PRINT_FORM": PrintFormEvent,
    "DOWNLOAD_PHOTO": PhotoEvent,
    "PREALERT_CLOSED": PrealertClosedEvent,
    "ACCOMPANYING_WAYBILL": AccompanyingWaybillEvent,
    "OFFICE_AVAILABILITY": OfficeAvailabilityEvent,
    "DELIV_PROBLEM": DeliveryProblemEvent,
    "DELIV_AGREEMENT": DeliveryAgreementEvent,
    "COURIER_INFO": CourierInfoEvent,
}


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """``uuid`` is the entity (order, print form ...) that the event is about. ``attributes`` is None for
    a type that is not known here: RECEIPT has no documented payload, and CDEK adds types."""

    type: str
    uuid: str | None
    date_time: Time | None
    attributes: Attributes | None


class _Head(Received, frozen=True, kw_only=True):
    type: str
    uuid: str | None = None
    date_time: Time | None = None


def decode_event(raw: bytes) -> Event:
    """Reads one webhook event. Raises ``msgspec.DecodeError`` where it is none.

    Takes the oddities seen in the wild: ``city`` for city_name, spaces around codes, a print type in lower
    case, three time formats in one event, a Cyrillic letter in ``cdek_number``.
    """
    body = _tidy(msgspec.json.decode(raw))
    head = convert(body, _Head)
    type_ = head.type.upper()
    struct = ATTRIBUTES.get(type_)
    attributes = None
    if struct is not None:
        given = body.get("attributes") or {}
        if struct is OrderStatusEvent and "city" in given:
            given.setdefault("city_name", given["city"])
        if struct is PrintFormEvent and isinstance(given.get("type"), str):
            given["type"] = given["type"].upper()
        attributes = convert(given, struct)
    return Event(type=type_, uuid=head.uuid, date_time=head.date_time, attributes=attributes)


def _tidy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key.strip().replace(CYRILLIC_ES, "c"): _tidy(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_tidy(member) for member in value]
    return value.strip() if isinstance(value, str) else value
