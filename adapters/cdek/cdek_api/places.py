"""Delivery points and cities (CDEK OpenAPI, July 2026)."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from cdek_api.decoding import Date, Deciding
from cdek_api.structs import PhoneInfo, Received, Sent


class DeliveryPointQuery(Sent, frozen=True, kw_only=True):
    """Filters of GET /v2/deliverypoints. ``type`` PVZ, POSTAMAT or ALL; weights in kg, sides in cm (a rotated
    parcel fits too). Without ``size`` and ``page`` every point comes: over 8 000, 25 MB."""

    code: str | None = None
    type: str | None = None
    postal_code: str | None = None
    city_code: int | None = None
    country_code: str | None = None
    region_code: int | None = None
    fias_guid: str | None = None
    have_cash: bool | None = None
    have_cashless: bool | None = None
    allowed_cod: bool | None = None
    is_dressing_room: bool | None = None
    is_handout: bool | None = None
    is_reception: bool | None = None
    is_marketplace: bool | None = None
    is_ltl: bool | None = None
    take_only: bool | None = None
    ltl_acceptance_partners: bool | None = None
    ltl_issuance_partners: bool | None = None
    fulfillment: bool | None = None
    weight_min: int | None = None
    weight_max: int | None = None
    length: int | None = None
    width: int | None = None
    height: int | None = None
    lang: str | None = None
    size: int | None = None
    page: int | None = None


class DeliveryPointLocation(Received, frozen=True, kw_only=True):
    country_code: str | None = None
    region_code: int | None = None
    region: str | None = None
    city_code: int | None = None
    city: str | None = None
    city_uuid: str | None = None
    fias_guid: str | None = None
    postal_code: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    address: str | None = None
    address_full: str | None = None


class WorkTime(Received, frozen=True, kw_only=True):
    """``day`` 1 is Monday; ``time`` "10:00/20:00". A day off is left out."""

    day: int
    time: str = ""


class WorkTimeException(Received, frozen=True, kw_only=True):
    date_start: Date | None = None
    date_end: Date | None = None
    time_start: str | None = None
    time_end: str | None = None
    is_working: bool | None = None


class CellDimensions(Received, frozen=True, kw_only=True):
    """The largest parcel of a postamat cell, centimetres."""

    width: Decimal | None = None
    height: Decimal | None = None
    depth: Decimal | None = None


class OfficeImage(Received, frozen=True, kw_only=True):
    number: int | None = None
    url: str | None = None


class DeliveryPoint(Received, frozen=True, kw_only=True):
    """An office or a postamat. ``weight_min``/``weight_max`` in kg, absent means unlimited; ``*_max`` in cm;
    ``status`` ACTIVE or CLOSED. ``phones`` are the office's own. ``name`` is undocumented and still sent."""

    code: str
    uuid: str | None = None
    name: str | None = None
    type: Annotated[str | None, Deciding] = None
    owner_code: str | None = None
    status: Annotated[str | None, Deciding] = None
    location: DeliveryPointLocation | None = None
    address_comment: str | None = None
    nearest_station: str | None = None
    nearest_metro_station: str | None = None
    note: str | None = None
    site: str | None = None
    email: str | None = None
    phones: tuple[PhoneInfo, ...] = ()
    work_time: str | None = None
    work_time_list: tuple[WorkTime, ...] = ()
    work_time_exception_list: tuple[WorkTimeException, ...] = ()
    office_image_list: tuple[OfficeImage, ...] = ()
    take_only: bool | None = None
    is_handout: Annotated[bool | None, Deciding] = None
    is_reception: bool | None = None
    is_dressing_room: bool | None = None
    is_marketplace: bool | None = None
    is_ltl: bool | None = None
    have_cash: bool | None = None
    have_cashless: bool | None = None
    have_fast_payment_system: bool | None = None
    allowed_cod: bool | None = None
    fulfillment: bool | None = None
    ltl_acceptance_partners: bool | None = None
    ltl_issuance_partners: bool | None = None
    weight_min: Decimal | None = None
    weight_max: Annotated[Decimal | None, Deciding] = None
    length_max: int | None = None
    width_max: int | None = None
    height_max: int | None = None
    dimensions: tuple[CellDimensions, ...] = ()
    distance: int | None = None


class CityQuery(Sent, frozen=True, kw_only=True):
    """Filters of GET /v2/location/cities. ``country_codes`` is a list with commas; ``city`` the exact name,
    which several countries may share; ``size`` (default 1000, at most 10 000) is required with ``page``."""

    country_codes: str | None = None
    region_code: int | None = None
    fias_guid: str | None = None
    postal_code: str | None = None
    code: int | None = None
    city: str | None = None
    payment_limit: Decimal | None = None
    size: int | None = None
    page: int | None = None
    lang: str | None = None


class City(Received, frozen=True, kw_only=True):
    """``payment_limit``: -1 no limit of cash on delivery, 0 none taken. Some "cities" are whole countries."""

    code: int
    city_uuid: str | None = None
    city: str | None = None
    fias_guid: str | None = None
    country_code: str | None = None
    country: str | None = None
    region: str | None = None
    region_code: int | None = None
    sub_region: str | None = None
    longitude: float | None = None
    latitude: float | None = None
    time_zone: str | None = None
    payment_limit: Decimal | None = None
