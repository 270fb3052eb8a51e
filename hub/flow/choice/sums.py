"""What many orders cost together: by carrier and by currency. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from hub.flow.history.total_views import CarrierTotal, TotalLine
from hub.plugin_api.models import Money


def sums(amounts: Iterable[Money | None]) -> tuple[Money, ...]:
    """One of each currency: currencies are never added up."""
    found: dict[str, Decimal] = {}
    for one in amounts:
        if one is not None:
            found[one.currency] = found.get(one.currency, Decimal(0)) + one.amount
    return tuple(Money.of(found[currency], currency) for currency in sorted(found))


def by_carrier(lines: Sequence[TotalLine], titles: Mapping[str, str]) -> tuple[CarrierTotal, ...]:
    """A sum of each carrier and currency, the largest first."""
    groups: dict[tuple[str, str], list[TotalLine]] = {}
    for line in lines:
        if line.price is not None:
            groups.setdefault((line.carrier, line.price.currency), []).append(line)
    made = [_of(group, titles) for group in groups.values()]
    return tuple(sorted(made, key=lambda one: (-one.sum.amount, one.carrier, one.sum.currency)))


def _of(lines: Sequence[TotalLine], titles: Mapping[str, str]) -> CarrierTotal:
    prices = [(line.price, line.number) for line in lines if line.price is not None]
    dearest, number = max(prices, key=lambda one: one[0].amount)
    (total,) = sums(price for price, _ in prices)
    (at_most,) = sums(line.at_most for line in lines)
    carrier = lines[0].carrier
    return CarrierTotal(
        carrier=carrier,
        title=titles.get(carrier, carrier),
        postings=len(lines),
        parcels=sum(line.parcels for line in lines),
        sum=total,
        at_most=at_most,
        dearest=dearest,
        dearest_posting=number,
    )


__all__ = ["by_carrier", "sums"]
