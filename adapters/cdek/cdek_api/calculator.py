"""Prices and terms: the calculator's requests and answers (CDEK OpenAPI, July 2026).

``delivery_sum`` is without VAT and without services, ``total_sum`` with both. The list (tarifflist) has only
the former and no currency: choose from the list, show the price of tariff or tariffAndService.
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


class TariffListRequest(Sent, frozen=True, kw_only=True):
    """POST /v2/calculator/tarifflist. ``date`` as "2025-03-24T14:15:22+0700"; ``currency`` is CDEK's own
    number (1 is RUB, 6 CNY); ``type`` 1 shop, 2 delivery; ``lang`` rus, eng or zho."""

    from_location: CalculatorLocation
    to_location: CalculatorLocation
    packages: tuple[CalculatorPackage, ...]
    date: str | None = None
    type: int | None = None
    additional_order_types: tuple[int, ...] = ()
    currency: int | None = None
    lang: str | None = None
    shipment_point: str | None = None
    delivery_point: str | None = None


class TariffRequest(Sent, frozen=True, kw_only=True):
    """POST /v2/calculator/tariff: one tariff with services. Fields as in :class:`TariffListRequest`."""

    tariff_code: int
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


class TariffAndServiceRequest(Sent, frozen=True, kw_only=True):
    """POST /v2/calculator/tariffAndService: all tariffs with services. Fields as in
    :class:`TariffRequest`."""

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


class TariffCode(Received, frozen=True, kw_only=True):
    """One line of the list. ``delivery_mode``: 1 door-door, 2 door-warehouse, 3 warehouse-door,
    4 warehouse-warehouse, 6 door-postamat, 7 warehouse-postamat, 8-10 from a postamat."""

    tariff_code: int
    tariff_name: str = ""
    tariff_description: str | None = None
    delivery_mode: Annotated[int | None, Deciding] = None
    delivery_sum: Decimal
    period_min: int | None = None
    period_max: int | None = None
    calendar_min: int | None = None
    calendar_max: int | None = None
    delivery_date_range: DateRange | None = None


class TariffList(Received, frozen=True, kw_only=True):
    tariff_codes: tuple[TariffCode, ...] = ()
    errors: tuple[ErrorInfo, ...] = ()
    warnings: tuple[ErrorInfo, ...] = ()


class Tariff(Received, frozen=True, kw_only=True):
    """A price. ``currency`` is an alpha code ("RUB"); ``weight_calc`` the charged weight in grams."""

    delivery_sum: Decimal
    total_sum: Decimal
    currency: str
    period_min: int | None = None
    period_max: int | None = None
    calendar_min: int | None = None
    calendar_max: int | None = None
    weight_calc: int | None = None
    services: tuple[ServiceInfo, ...] = ()
    delivery_date_range: DateRange | None = None
    errors: tuple[ErrorInfo, ...] = ()
    warnings: tuple[ErrorInfo, ...] = ()


class TariffResult(Received, frozen=True, kw_only=True):
    """As :class:`Tariff`, but the sums are absent where ``errors`` says why there is no price."""

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


class TariffMode(Received, frozen=True, kw_only=True):
    delivery_mode: int | None = None
    delivery_mode_name: str | None = None
    tariff_code: int | None = None


class TariffOrderTypes(Received, frozen=True, kw_only=True):
    without_additional_order_type: bool | None = None
    additional_order_types: tuple[str, ...] = ()


class AvailableTariff(Received, frozen=True, kw_only=True):
    """A tariff of the contract, with limits as CDEK publishes them (units not documented: kg and
    cm, it seems)."""

    tariff_name: str = ""
    weight_min: Decimal | None = None
    weight_max: Decimal | None = None
    weight_calc_max: Decimal | None = None
    length_min: int | None = None
    length_max: int | None = None
    width_min: int | None = None
    width_max: int | None = None
    height_min: int | None = None
    height_max: int | None = None
    order_types: tuple[str, ...] = ()
    payer_contragent_type: tuple[str, ...] = ()
    sender_contragent_type: tuple[str, ...] = ()
    recipient_contragent_type: tuple[str, ...] = ()
    delivery_modes: tuple[TariffMode, ...] = ()
    additional_order_types_param: TariffOrderTypes | None = None


class AvailableTariffs(Received, frozen=True, kw_only=True):
    tariff_codes: tuple[AvailableTariff, ...] = ()
