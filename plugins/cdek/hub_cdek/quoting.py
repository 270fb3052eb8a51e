"""A question for prices, and the answers, in CDEK's words and the hub's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

import cdek_api
from hub import Address, Money, Parcel, Quote, QuoteRequest, Rejected, Service

from hub_cdek import abroad
from hub_cdek.orders import centimetres
from hub_cdek.settings import CdekSettings
from hub_cdek.tariffs import TARIFFS, bookable

NO_OFFER = {"err_result_service_empty", "err_result_servicelist_empty", "v2_outdated_tariff"}
_SHOWN = 8  # tariffs that a refusal names


def calculation(
    request: QuoteRequest, settings: CdekSettings, *, customs: bool
) -> cdek_api.TariffAndServiceRequest:
    """What is asked of the calculator: all tariffs at once, insured for what the order will declare."""
    insured = _worth(request.parcels)
    return cdek_api.TariffAndServiceRequest(
        from_location=_place(request.sender),
        to_location=_place(request.recipient),
        packages=tuple(
            cdek_api.CalculatorPackage(
                weight=box.weight_g,
                length=centimetres(box.length_mm),
                width=centimetres(box.width_mm),
                height=centimetres(box.height_mm),
            )
            for box in request.parcels
        ),
        # CDEK insures every shop order for its declared value: without it the order costs more than this.
        services=(cdek_api.Service(code="INSURANCE", parameter=str(insured)),) if insured else (),
        type=1,
        currency=abroad.CURRENCIES.get(settings.currency) if customs else None,
        shipment_point=settings.shipment_point or None,
        delivery_point=request.recipient.delivery_point or None,
    )


def quotes_of(
    offers: Sequence[cdek_api.TariffAndService],
    settings: CdekSettings,
    *,
    delivery_point: bool,
    conditions: str,
) -> list[Quote]:
    """The offers that this account may book. Raises Rejected where CDEK has some, and it may book none."""
    allowed = [
        one
        for one in offers
        if one.tariff_code in settings.tariffs
        and bookable(
            one.tariff_code, shipment_point=bool(settings.shipment_point), delivery_point=delivery_point
        )
    ]
    if offers and not allowed:
        numbers = ", ".join(str(one.tariff_code) for one in offers[:_SHOWN])
        raise Rejected(
            "CDEK would take it by tariff {numbers}, and the account allows none of these here: see its "
            "settings 'tariffs' and 'shipment_point'",
            code="no_tariff",
            values={"numbers": numbers},
        )
    quotes = (_quote(one, conditions) for one in allowed)
    return [one for one in quotes if one is not None]


def _worth(parcels: Iterable[Parcel]) -> Decimal:
    """What the order will declare, piece by piece: the quote is for the same sum."""
    items = (item for box in parcels for item in box.items)
    return sum((item.price.amount * item.quantity for item in items if item.price), Decimal(0))


def _quote(offer: cdek_api.TariffAndService, conditions: str) -> Quote | None:
    """None where CDEK names no price for this tariff."""
    result, tariff = offer.result, TARIFFS.get(offer.tariff_code)
    if result is None or result.total_sum is None or not result.currency:
        return None
    return Quote(
        service=Service(code=str(offer.tariff_code), name=tariff.name if tariff else f"{offer.tariff_code}"),
        price=Money.of(result.total_sum, result.currency),
        days_min=result.calendar_min,
        days_max=result.calendar_max,
        to=tariff.to if tariff else "door",
        note=conditions,
    )


def _place(address: Address) -> cdek_api.CalculatorLocation:
    return cdek_api.CalculatorLocation(
        country_code=address.country,
        postal_code=address.postal_code or None,
        city=address.city or None,
        address=address.street or None,
    )
