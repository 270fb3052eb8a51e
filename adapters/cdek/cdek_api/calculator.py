"""Prices and terms: the calculator's requests and answers (CDEK OpenAPI, July 2026).

``delivery_sum`` is without VAT and without services, ``total_sum`` with both.
Periods are working days, ``calendar_*`` calendar days.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from cdek_api.decoding import Date, Deciding
from cdek_api.structs import ErrorInfo, Received, Sent, Service, ServiceInfo


class CalculatorLocation(Sent, frozen=True, kw_only=True):
    """A place for a price. CDEK takes ``code`` before the postcode before the address."""

    code: int | None = None
    postal_code: str | None = None
    country_code: str | None = None
    city: str | None = None
    address: str | None = None
    contragent_type: str | None = None
    longitude: float | None = None
    latitude: float | None = None


class CalculatorPackage(Sent, frozen=True, kw_only=True):
    """``weight`` in grams, the sides in centimetres. Without sides volumetric weight is not counted."""

    weight: int
    length: int | None = None
    width: int | None = None
    height: int | None = None


class TariffAndServiceRequest(Sent, frozen=True, kw_only=True):
    """POST /v2/calculator/tariffAndService: all tariffs with services.

    ``date`` as "2025-03-24T14:15:22+0700"; ``currency`` is CDEK's own number (1 is RUB, 6 CNY); ``type`` 1
    shop, 2 delivery; ``lang`` rus, eng or zho."""

    from_location: CalculatorLocation
    to_location: CalculatorLocation
    packages: tuple[CalculatorPackage, ...]
    services: tuple[Service, ...] = ()
    date: str | None = None
    type: int | None = None
    currency: int | None = None
    lang: str | None = None
    shipment_point: str | None = None
    delivery_point: str | None = None


class DateRange(Received, frozen=True, kw_only=True):
    min: Date | None = None
    max: Date | None = None


class TariffResult(Received, frozen=True, kw_only=True):
    """A price, or ``errors`` that say why there is none. ``currency`` is an alpha code ("RUB");
    ``weight_calc`` the charged weight in grams."""

    delivery_sum: Annotated[Decimal | None, Deciding] = None
    total_sum: Annotated[Decimal | None, Deciding] = None
    currency: Annotated[str | None, Deciding] = None
    period_min: int | None = None
    period_max: int | None = None
    calendar_min: int | None = None
    calendar_max: int | None = None
    weight_calc: int | None = None
    services: tuple[ServiceInfo, ...] = ()
    delivery_date_range: DateRange | None = None
    errors: tuple[ErrorInfo, ...] = ()


class TariffAndService(Received, frozen=True, kw_only=True):
    tariff_code: int
    status: str | None = None
    result: Annotated[TariffResult | None, Deciding] = None


class TariffAndServiceList(Received, frozen=True, kw_only=True):
    tariff_codes: tuple[TariffAndService, ...] = ()
    errors: tuple[ErrorInfo, ...] = ()
    warnings: tuple[ErrorInfo, ...] = ()
