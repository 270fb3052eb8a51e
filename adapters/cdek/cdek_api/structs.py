"""What several methods share: base structs, the asynchronous envelope, contacts and places.

Requests are strict and leave out what is not set; answers tolerate unknown fields. Field names and units
are CDEK's: weights in grams, lengths in centimetres, money as Decimal. Source: CDEK OpenAPI, July 2026.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, TypeVar

import msgspec

from cdek_api.decoding import Date, Deciding, Time


class Sent(msgspec.Struct, frozen=True, omit_defaults=True):
    """Base of what we send."""


class Received(msgspec.Struct, frozen=True):
    """Base of what CDEK sends."""


class Private:
    """Mixed into a struct with personal data: its repr shows nothing of it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"


class ErrorInfo(Received, frozen=True, kw_only=True):
    """One error or warning of CDEK. ``additional_code`` ("0xBC236B02") is for CDEK's support."""

    code: str = ""
    message: str = ""
    additional_code: str | None = None


class Request(Received, frozen=True, kw_only=True):
    """The state of one request on an entity (order, print form).

    ``type``: CREATE, UPDATE, DELETE, AUTH, GET, CREATE_CLIENT_RETURN. ``state``: ACCEPTED (only static checks
    have passed), WAITING (depends on another request), SUCCESSFUL, INVALID.
    """

    type: Annotated[str, Deciding] = ""
    state: Annotated[str, Deciding] = ""
    request_uuid: str | None = None
    date_time: Time | None = None
    errors: tuple[ErrorInfo, ...] = ()
    warnings: tuple[ErrorInfo, ...] = ()


class RelatedEntity(Received, frozen=True, kw_only=True):
    """Something that belongs to an entity: ``type`` return_order, direct_order, client_return_order,
    client_direct_order, reverse_order, waybill, barcode or delivery."""

    type: str = ""
    uuid: str | None = None
    url: str | None = None
    create_time: Time | None = None
    cdek_number: str | None = None
    date: Date | None = None
    time_from: str | None = None
    time_to: str | None = None


class Answer(Received, frozen=True, kw_only=True):
    """The envelope of every entity: what it is, and what became of the requests on it."""

    requests: Annotated[tuple[Request, ...], Deciding] = ()
    related_entities: tuple[RelatedEntity, ...] = ()

    def request(self, type: str) -> Request | None:
        """The newest request of a type ("CREATE", "DELETE" ...); None where there is none.

        ``requests`` accumulates over an entity's life and is empty for orders that were not made by this
        account's API.
        """
        found = oldest_first([r for r in self.requests if r.type.upper() == type])
        return found[-1] if found else None

    def state(self, type: str = "CREATE") -> str | None:
        """The state of the newest request of a type, in capitals; None where there is none."""
        found = self.request(type)
        return found.state.upper() if found else None


class EntityId(Received, frozen=True, kw_only=True):
    uuid: Annotated[str | None, Deciding] = None


class Accepted(Answer, frozen=True, kw_only=True):
    """The answer to a change, mostly HTTP 202: taken for processing, and not yet done.

    Read the entity until ``state()`` is SUCCESSFUL or INVALID (usually 0.2-0.5 s, up to 60 s under load).
    """

    entity: Annotated[EntityId | None, Deciding] = None

    @property
    def uuid(self) -> str | None:
        """The new or changed entity's id."""
        return self.entity.uuid if self.entity else None


class Status(Received, frozen=True, kw_only=True):
    """One status of an order or print form. ``deleted`` marks one that CDEK has taken back."""

    code: Annotated[str, Deciding] = ""
    name: str | None = None
    date_time: Time | None = None
    reason_code: str | None = None
    city: str | None = None
    city_uuid: str | None = None
    deleted: Annotated[bool, Deciding] = False


Dated = TypeVar("Dated", Request, Status)


def oldest_first(items: Sequence[Dated], *, came_newest_first: bool = False) -> list[Dated]:
    """Sorts by ``date_time``; items of one second keep their order in time. Those without a time come first.

    Which way round CDEK lists is read off the first and last times, since it has changed: the statuses of
    orders came oldest first in 2020 and come newest first today, as those of pick-ups do, while printed forms
    list oldest first (recorded 2026-08-01). ``came_newest_first`` decides where all times are equal.
    """
    times = [item.date_time for item in items if item.date_time is not None]
    if times and times[0] != times[-1]:
        came_newest_first = times[0] > times[-1]
    return sorted(
        reversed(items) if came_newest_first else items,
        key=lambda item: item.date_time.timestamp() if item.date_time else float("-inf"),
    )


class Service(Sent, frozen=True, kw_only=True):
    """An additional service: ``code`` of CDEK's service table, ``parameter`` as that table says."""

    code: str
    parameter: str | None = None


class ServiceInfo(Received, frozen=True, kw_only=True):
    """A service as CDEK charges it. The VAT fields are absent under a contract without VAT."""

    code: str = ""
    parameter: str | None = None
    sum: Annotated[Decimal | None, Deciding] = None
    total_sum: Annotated[Decimal | None, Deciding] = None
    discount_percent: Decimal | None = None
    discount_sum: Decimal | None = None
    vat_rate: Decimal | None = None
    vat_sum: Decimal | None = None


class Phone(Private, Sent, frozen=True, kw_only=True):
    """``number`` in international form, at most 24 characters; ``additional`` is the extension."""

    number: str
    additional: str | None = None


class Contact(Private, Sent, frozen=True, kw_only=True):
    """A sender or recipient. ``name`` without "/" and not only digits; at most 10 phones.

    The passport and tax fields identify the recipient of an international order.
    """

    name: str
    company: str | None = None
    contragent_type: str | None = None
    passport_series: str | None = None
    passport_number: str | None = None
    passport_date_of_issue: Date | None = None
    passport_organization: str | None = None
    passport_date_of_birth: Date | None = None
    tin: str | None = None
    email: str | None = None
    phones: tuple[Phone, ...] = ()


class PhoneInfo(Private, Received, frozen=True, kw_only=True):
    number: str | None = None
    additional: str | None = None


class ContactInfo(Private, Received, frozen=True, kw_only=True):
    """A sender or recipient as CDEK has stored it."""

    name: str | None = None
    company: str | None = None
    contragent_type: str | None = None
    passport_series: str | None = None
    passport_number: str | None = None
    passport_date_of_issue: Date | None = None
    passport_organization: str | None = None
    passport_date_of_birth: Date | None = None
    tin: str | None = None
    email: str | None = None
    phones: tuple[PhoneInfo, ...] = ()
    passport_requirements_satisfied: bool | None = None


class Location(Private, Sent, frozen=True, kw_only=True):
    """Where an order or a courier starts or ends. CDEK finds the city by ``code`` first, then coordinates,
    FIAS, postcode with country, region and city, and last by the address text."""

    address: str
    code: int | None = None
    city_uuid: str | None = None
    city: str | None = None
    fias_guid: str | None = None
    country_code: str | None = None
    region: str | None = None
    region_code: int | None = None
    sub_region: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    postal_code: str | None = None


class LocationInfo(Private, Received, frozen=True, kw_only=True):
    """A place as CDEK has resolved it."""

    code: int | None = None
    city_uuid: str | None = None
    city: str | None = None
    fias_guid: str | None = None
    kladr_code: str | None = None
    country_code: str | None = None
    country: str | None = None
    region: str | None = None
    region_code: int | None = None
    sub_region: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    time_zone: str | None = None
    address: str | None = None
    postal_code: str | None = None
