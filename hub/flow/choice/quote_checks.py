"""What a carrier answered, before it becomes an offer: nonsense costs it its place in the table.

A carrier whose answer holds nonsense is left out whole, with the reason; the others stay. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec

from hub.plugin_api.models import Money, Quote, Service

MOST_QUOTES = 200
"""Of one carrier for one posting. The largest list that a carrier documents has some 90 tariffs."""
MOST_DAYS = 365
MOST_MONEY = Decimal(100_000_000)
_NAME_MAX = 200
_CURRENCY = re.compile(r"[A-Z]{3}")


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """Why a carrier has no offer: a code and its parameters; `hub.words.texts` has the words."""

    code: str
    data: dict[str, Any] = {}
    later: bool = False
    """It did not answer now: it may have an offer when it is asked again."""

    @property
    def stored(self) -> dict[str, Any]:
        """For the history and for problems."""
        return {"code": self.code, **self.data}


def nonsense(answer: object) -> Missing | None:
    """What is wrong with a carrier's answer; None where every quote can be believed."""
    if not isinstance(answer, Sequence) or isinstance(answer, str | bytes):
        return Missing(code="no_quotes_at_all")
    if len(answer) > MOST_QUOTES:
        return Missing(code="too_many_quotes", data={"count": len(answer), "most": MOST_QUOTES})
    for quote in answer:
        if found := _of_one(quote):
            return found
    return None


def _of_one(quote: Any) -> Missing | None:
    if not _is(quote, Quote) or not _named(quote.service):
        return Missing(code="no_quotes_at_all")
    name = quote.service.name or quote.service.code
    if not _is_money(quote.price):
        return Missing(code="no_price", data={"offer": name})
    if quote.price.amount < 0:
        return Missing(code="negative_price", data={"offer": name, "price": str(quote.price)})
    if quote.price.amount > MOST_MONEY:
        return Missing(code="no_price", data={"offer": name})
    days = (quote.days_min, quote.days_max)
    # Within a town a parcel may be there the same day; at most no day at all is nonsense.
    if not (_is_days(quote.days_min, 0) and _is_days(quote.days_max, 1)):
        return Missing(code="odd_days", data={"offer": name, "days": _shown(days)})
    low, high = days
    if low is not None and high is not None and low > high:
        return Missing(code="odd_days", data={"offer": name, "days": _shown(days)})
    return None


def _named(service: Any) -> bool:
    return (
        _is(service, Service)
        and _is(service.code, str)
        and _is(service.name, str)
        and 0 < len(service.code) <= _NAME_MAX
        and len(service.name) <= _NAME_MAX
    )


def _is_money(price: Any) -> bool:
    return (
        _is(price, Money)
        and _is(price.amount, Decimal)
        and price.amount.is_finite()
        and _is(price.currency, str)
        and _CURRENCY.fullmatch(price.currency) is not None
    )


def _is(value: object, kind: type) -> bool:
    """A struct does not check what a plugin puts into it."""
    return isinstance(value, kind)


def _is_days(value: object, least: int) -> bool:
    if value is None:
        return True
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= MOST_DAYS


def _shown(days: tuple[object, object]) -> str:
    return "–".join(str(one)[:20] for one in days if one is not None)
