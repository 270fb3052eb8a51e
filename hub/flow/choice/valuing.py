"""What the goods are worth, as a carrier is told: in the currency in which it takes values, or not at all.

The one place where a price of the marketplace becomes a declared value. Pure. A line without a price makes
the whole unknown: neither 0 nor the sum of the others. A currency without a rate is refused in words.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import msgspec

from hub.flow.choice.quote_checks import Missing
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import Rejected
from hub.plugin_api.models import Address, Item, Money, Parcel, Posting, QuoteRequest
from hub.plugin_api.rules import CarrierRules
from hub.words import said


class NoRate(Rejected):
    """The carrier takes the value in a currency to which the seller has said no rate."""

    code = "no_rate"

    def __init__(self, given: str, wanted: str, rules: CarrierRules) -> None:
        base = rules.currency or wanted
        self.lacks = given if base != given and given not in rules.rates else wanted
        self.base = base
        self.given, self.wanted = given, wanted
        super().__init__(
            said(
                "the goods' value is in {given}, the carrier takes it in {wanted}, and there is no rate: "
                "say in "
                "the seller's rates what 1 {lacks} is in {base}",
                code="no_rate.goods",
                values={"given": given, "wanted": wanted, "lacks": self.lacks, "base": base},
            )
        )

    @property
    def missing(self) -> Missing:
        """For the table of quotes and for problems."""
        data = {"given": self.given, "wanted": self.wanted, "lacks": self.lacks, "base": self.base}
        return Missing(code="no_rate", data=data)


def declared_value(posting: Posting) -> Money | None:
    """The goods' value: what the lines cost, where each has a price and all have one currency."""
    return _sum(posting.items)


def exchanged(money: Money, wanted: str, rules: CarrierRules) -> Money:
    """The money in another currency, by the seller's rates, rounded to hundredths. Raises NoRate."""
    if money.currency == wanted:
        return money
    one, into = _rate(money.currency, rules), _rate(wanted, rules)
    if one is None or into is None:
        raise NoRate(money.currency, wanted, rules)
    return Money.of(money.amount * one / into, wanted)


def _rate(currency: str, rules: CarrierRules) -> Decimal | None:
    """What one unit is in the seller's currency."""
    if not rules.currency:
        return None
    if currency == rules.currency:
        return Decimal(1)
    known = rules.rates.get(currency)
    return None if known is None else known.rate


def in_other_currencies(value: Money | None, rules: CarrierRules) -> tuple[Money, ...]:
    """What the goods' value is in other currencies, as far as the seller has said rates."""
    if value is None or _rate(value.currency, rules) is None:
        return ()
    others = (one for one in (rules.currency, *rules.rates) if one != value.currency)
    return tuple(exchanged(value, one, rules) for one in others)


def asked_of(
    carrier: Carrier[Any], question: QuoteRequest, items: Iterable[Item], rules: CarrierRules
) -> QuoteRequest:
    """The question as this carrier is asked it. ``items``: the posting's lines. Raises NoRate."""
    currency = carrier.value_currency(question.sender, question.recipient)
    if not currency:
        return question
    value = _sum(_priced(items, currency, rules))
    known = (question.declared_value, *question.converted)
    return msgspec.structs.replace(
        question,
        parcels=in_currency(question.parcels, currency, rules),
        declared_value=value,
        converted=tuple(one for one in known if one is not None and one.currency != currency),
    )


def booked_as(
    carrier: Carrier[Any],
    sender: Address,
    recipient: Address,
    parcels: tuple[Parcel, ...],
    posting: Posting,
    rules: CarrierRules,
) -> tuple[tuple[Parcel, ...], Money | None]:
    """The boxes and the value as this carrier is told when it is booked: the same as it was asked with.
    Prices that are in its currency already stay as they are. Raises NoRate."""
    currency = carrier.value_currency(sender, recipient)
    if not currency:
        return parcels, declared_value(posting)
    return in_currency(parcels, currency, rules), _sum(_priced(posting.items, currency, rules))


def in_currency(parcels: Iterable[Parcel], currency: str, rules: CarrierRules) -> tuple[Parcel, ...]:
    """The boxes with every item's price in this currency. Raises NoRate."""
    return tuple(
        msgspec.structs.replace(box, items=tuple(_priced(box.items, currency, rules))) for box in parcels
    )


def _priced(items: Iterable[Item], currency: str, rules: CarrierRules) -> list[Item]:
    return [
        item
        if item.price is None
        else msgspec.structs.replace(item, price=exchanged(item.price, currency, rules))
        for item in items
    ]


def _sum(items: Iterable[Item]) -> Money | None:
    """None where a line has no price, or they are in several currencies."""
    prices = [(item.price, item.quantity) for item in items]
    currencies = {None if price is None else price.currency for price, _ in prices}
    if len(currencies) != 1 or None in currencies:
        return None
    (currency,) = currencies
    total = sum((price.amount * count for price, count in prices if price is not None), Decimal(0))
    return Money.of(total, str(currency))
