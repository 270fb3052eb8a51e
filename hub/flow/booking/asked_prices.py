"""What a carrier asks, beside what was agreed: which prices are never taken without a person."""

from __future__ import annotations

from hub.plugin_api.models import Money
from hub.store import rows

ASKED = "asked_price"
"""In an operation's ``result``: a price that was not taken as the booking's, in words."""
_TIMES = 10


def odd(price: Money, agreed: Money | None) -> bool:
    """Whether an amount cannot be what was agreed on: another currency, nothing or less, or ten times as much
    or as little (hundredths for units, or the other way round). Such an amount is not written down as money:
    it would be added to amounts that it cannot be added to."""
    if price.minor <= 0:
        return True
    if agreed is None or not agreed.currency:
        return False
    if price.currency != agreed.currency:
        return True
    return agreed.minor > 0 and not agreed.minor < price.minor * _TIMES <= agreed.minor * _TIMES * _TIMES


def odd_cost(cost: Money, agreed: Money | None) -> bool:
    """Whether what a cancel costs cannot be right: nothing is; less is not, nor another currency."""
    other = agreed is not None and bool(agreed.currency) and cost.currency != agreed.currency
    return cost.minor < 0 or (cost.minor > 0 and other)


def quoted(operation: rows.OperationRow) -> Money | None:
    """What the booking was quoted at."""
    minor = operation.quoted_minor
    return None if minor is None else Money.from_minor(minor, operation.currency)


def above_cap(price: Money | None, operation: rows.OperationRow) -> bool:
    """Whether it is above what was agreed to. What nobody quoted has no cap: any price is told."""
    return price is not None and (operation.cap_minor is None or price.minor > operation.cap_minor)


__all__ = ["ASKED", "above_cap", "odd", "odd_cost", "quoted"]
