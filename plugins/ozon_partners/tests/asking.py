"""What the hub asks a carrier, in a line."""

from __future__ import annotations

from datetime import date

from hub import Address, Money, Parcel, QuoteRequest

YIWU = Address(country="CN", city="Yiwu", postal_code="322000")
KAZAN = Address(country="RU", city="Казань", postal_code="420000")
ON = date(2026, 11, 23)


def box(weight_g: int, *sides: int) -> Parcel:
    length, width, height = sides or (200, 150, 100)
    return Parcel(number=1, weight_g=weight_g, length_mm=length, width_mm=width, height_mm=height)


def request(
    parcel: Parcel,
    value: str = "1000 RUB",
    *,
    converted: tuple[str, ...] = (),
    to: Address = KAZAN,
    sender: Address = YIWU,
    on: date = ON,
    language: str = "en",
) -> QuoteRequest:
    """What the hub asks; money as ``1000 RUB``, none as an empty text."""
    return QuoteRequest(
        sender=sender,
        recipient=to,
        parcels=(parcel,),
        declared_value=money(value) if value else None,
        converted=tuple(money(one) for one in converted),
        ship_on=on,
        language=language,
    )


def money(text: str) -> Money:
    amount, currency = text.split()
    return Money.of(amount, currency)
