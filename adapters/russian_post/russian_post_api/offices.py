"""Post offices, and the bulk list of offices, pick-up points and lockers (the "unloading passport")."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import msgspec

from russian_post_api.decoding import Date, Deciding
from russian_post_api.structs import Received, Sent


class OfficeQuery(Sent, frozen=True, kw_only=True):
    """``filter_by_office_type`` (the Post takes it as true) hides all but town and village offices and
    lockers; with coordinates the answer has distances."""

    latitude: float | None = None
    longitude: float | None = None
    current_date_time: str | None = None
    filter_by_office_type: bool | None = None
    ufps_postal_code: bool | None = None


class Lunch(Received, frozen=True, kw_only=True):
    begin_lunchtime: str = ""
    end_lunchtime: str = ""


class WorkingHours(Received, frozen=True, kw_only=True):
    """``weekday_id`` 1 is Monday; a day off has no times. "08:00:00.000"."""

    weekday_id: int | None = None
    weekday_name: str = ""
    begin_worktime: str = ""
    end_worktime: str = ""
    lunches: tuple[Lunch, ...] = ()


class Holiday(Received, frozen=True, kw_only=True):
    date: Date | None = None
    schedule: WorkingHours | None = None


class OfficePhone(Received, frozen=True, kw_only=True):
    phone_town_code: str = ""
    phone_number: str = ""
    phone_type_name: str = ""
    is_fax: bool = False


class ServiceGroup(Received, frozen=True, kw_only=True):
    group_id: int
    group_name: str = ""


class PostOffice(Received, frozen=True, kw_only=True):
    """``type_code`` ГОПС, СОПС (town, village), АПС (locker), ПВЗ …; ``distance`` in metres."""

    postal_code: str
    type_code: str = ""
    type_id: int | None = None
    address_source: str = ""
    region: str = ""
    district: str = ""
    settlement: str = ""
    latitude: float | None = None
    longitude: float | None = None
    distance: float | None = None
    is_closed: Annotated[bool, Deciding] = False
    is_temporary_closed: Annotated[bool, Deciding] = False
    temporary_closed_reason: str = ""
    is_private_category: bool = False
    nearest_office_postalcode: str = ""
    works_on_saturdays: bool | None = None
    works_on_sundays: bool | None = None
    working_hours: tuple[WorkingHours, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    phones: tuple[OfficePhone, ...] = ()
    service_groups: tuple[ServiceGroup, ...] = ()


class PassportAddress(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    address_type: str = ""
    index: Annotated[str, Deciding] = ""
    region: str = ""
    area: str = ""
    place: str = ""
    location: str = ""
    street: str = ""
    house: str = ""
    corpus: str = ""
    building: str = ""
    letter: str = ""
    slash: str = ""
    manual_address_input: bool | None = None


class PassportAddressCodes(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Objects of the state address register (GAR)."""

    add_gar_code: str = ""
    location_gar_code: str = ""
    reg_gar_id: str = ""


class EcomOptions(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a point does for ECOM parcels; ``weight_limit`` in kilograms."""

    weight_limit: Annotated[Decimal | None, Deciding] = None
    card_payment: bool | None = None
    cash_payment: bool | None = None
    contents_checking: bool | None = None
    functionality_checking: bool | None = None
    partial_redemption: bool | None = None
    return_available: bool | None = None
    with_fitting: bool | None = None


class PassportElement(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One office, pick-up point or locker. ``work_time`` is Russian text, a day each."""

    address: Annotated[PassportAddress, Deciding] = PassportAddress()
    address_fias: PassportAddressCodes | None = None
    type: str = ""
    latitude: float | None = None
    longitude: float | None = None
    work_time: tuple[str, ...] = ()
    ecom: Annotated[bool, Deciding] = False
    online_parcel: bool = False
    ecom_options: Annotated[EcomOptions | None, Deciding] = None

    @property
    def index(self) -> str:
        return self.address.index
