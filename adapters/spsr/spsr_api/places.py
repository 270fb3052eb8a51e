"""Cities, offices, services: WAGetCities, WAGetSpsrOffices, WAGetServices (OpenCart module of 2016)."""

from __future__ import annotations

from decimal import Decimal

from spsr_api.documents import Element
from spsr_api.structs import Key, Received
from spsr_api.values import decimal_of


class City(Received, frozen=True, kw_only=True):
    """``cash_on_delivery``: whether money is taken there (``COD``)."""

    key: Key
    name: str
    region: str = ""
    region_key: Key | None = None
    country_key: Key | None = None
    cash_on_delivery: bool = False


class Office(Received, frozen=True, kw_only=True):
    """``time_zone_msk``: hours from Moscow's time, as text; coordinates in degrees."""

    key: Key
    city: str = ""
    region: str = ""
    address: str = ""
    comment: str = ""
    phones: tuple[str, ...] = ()
    email: str = ""
    work_time: str = ""
    time_zone_msk: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None


def cities_of(root: Element) -> tuple[City, ...]:
    return tuple(
        City(
            key=key,
            name=one.get("CityName"),
            region=one.get("RegionName"),
            region_key=_key(one, "Region_ID", "Region_Owner_ID"),
            country_key=_key(one, "Country_ID", "Country_Owner_ID"),
            cash_on_delivery=one.get("COD") == "1",
        )
        for one in root.below("City", "Cities")
        if (key := _key(one, "City_ID", "City_Owner_ID")) is not None
    )


def offices_of(root: Element) -> tuple[Office, ...]:
    return tuple(
        Office(
            key=key,
            city=one.get("CityName"),
            region=one.get("Region"),
            address=one.get("Address"),
            comment=one.get("Comment"),
            phones=_phones(one),
            email=one.get("Email"),
            work_time=one.get("WorkTime"),
            time_zone_msk=one.get("TimeZoneMsk"),
            latitude=decimal_of(one.get("Latitude")),
            longitude=decimal_of(one.get("Longitude")),
        )
        for one in root.below("SPSROffices", "Office")
        if (key := _key(one, "id", "office_owner_id")) is not None
    )


def _phones(office: Element) -> tuple[str, ...]:
    """In an attribute, in elements, or in both."""
    told = [office.get("Phone"), *(phone.get("Phone") for phone in office.children("Phone"))]
    return tuple(dict.fromkeys(phone for phone in told if phone))


def _key(element: Element, name: str, owner: str) -> Key | None:
    value = element.get(name)
    return Key(value, element.get(owner) or "0") if value else None
