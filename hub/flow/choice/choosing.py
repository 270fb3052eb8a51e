"""Step 4: which offer is booked, and why, in figures. Pure: `hub.flow.choice.quoting` asks, this chooses.

A person's order goes before a plugin's choice, a plugin's before the seller's rules. An estimate is a price
that nobody has promised to book at: the hub never chooses one by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, Literal

import msgspec

from hub.flow.choice.lateness import Expected
from hub.flow.choice.prices.contract_prices import ContractPrice
from hub.flow.choice.records.carrier_record import CarrierRecord
from hub.plugin_api.models import Money, Quote
from hub.plugin_api.rules import Rate, Ruling

Aside = Literal["", "estimate", "rule", "refused", "ordered", "comparison"]
"""Why an offer cannot be chosen; empty where it can."""

_NO_DAYS = 999
_Key = Callable[["Offer"], tuple[Any, ...]]


class Deadline(msgspec.Struct, frozen=True, kw_only=True):
    """By which day the parcel should be there. ``promised``: the marketplace told the buyer so."""

    day: date
    promised: bool


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A quote as the seller has it: what it costs, and when the parcel is there."""

    account: str
    carrier: str
    quote: Quote
    price: Money
    """What the seller pays: the contract's price, else the quote's."""
    cost: Money
    """The same in the currency of the table: offers are compared by it."""
    contract: ContractPrice | None = None
    rate: Rate | None = None
    """Where ``cost`` was converted."""
    arrives: date | None = None
    """Handed over on the day of the question; None where the carrier promises no days."""
    spare_days: int | None = None
    """From ``arrives`` to the deadline; below 0 it is late."""
    on_time: float | None = None
    """The carrier's record in this direction, where enough parcels are known."""
    on_time_parcels: int = 0
    record: CarrierRecord | None = None
    """All of it, for plugins."""
    expected: Expected | None = None

    @property
    def in_time(self) -> bool | None:
        """Whether it is there by the deadline; None where the carrier promises no days."""
        return None if self.spare_days is None else self.spare_days >= 0

    @property
    def value(self) -> Money:
        """The price, and what lateness and loss are expected to cost."""
        if self.expected is None:
            return self.cost
        more = self.expected.late_cost.amount + self.expected.loss_cost.amount
        return Money.of(self.cost.amount + more, self.cost.currency)


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """The offer to book, and why: a code and its figures, for the history."""

    offer: Offer
    why: dict[str, Any]


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """The choice, and for every offer, in their order, why it could not be chosen."""

    choice: Choice | None
    aside: tuple[Aside, ...]


def deadline_of(
    ship_by: datetime | None, deliver_by: datetime | None, now: datetime, zone: tzinfo, transit_days: int
) -> Deadline:
    """The day that the buyer was promised, else so many days after ``ship_by`` (without one, after today)."""
    if deliver_by is not None:
        return Deadline(day=deliver_by.astimezone(zone).date(), promised=True)
    start = (ship_by or now).astimezone(zone).date()
    return Deadline(day=start + timedelta(days=transit_days), promised=False)


def choose(
    offers: Sequence[Offer],
    rules: Ruling,
    deadline: Deadline,
    *,
    carrier: str = "",
    service: str = "",
    refused: frozenset[str] = frozenset(),
    wanted: Callable[[Sequence[Offer]], Offer | None] = lambda ranked: None,
) -> Decision:
    """The offer to book: the ordered one, a plugin's, or the best by the strategy.

    ``refused``: carriers that refused this posting. ``wanted``: asks the plugins, which answer one of the
    offers that they are given in the strategy's order, or nothing.
    """
    aside = tuple(_aside(offer, rules, carrier, service, refused) for offer in offers)
    usable = [offer for offer, why in zip(offers, aside, strict=True) if not why]
    if not usable:
        return Decision(choice=None, aside=aside)
    reason, key = _by_strategy(rules, usable)
    ranked = sorted(usable, key=key)
    picked = wanted(ranked)
    if picked is not None:
        reason = "plugin"
    elif len(ranked) == 1:
        reason = "only"
    if carrier or service:
        reason = "ordered"
    picked = picked or ranked[0]
    why = _why(picked, reason, ranked, rules, deadline, len(offers))
    return Decision(choice=Choice(offer=picked, why=why), aside=aside)


def _aside(offer: Offer, rules: Ruling, carrier: str, service: str, refused: frozenset[str]) -> Aside:
    if carrier or service:  # a person overrules everything
        fits = carrier in ("", offer.carrier) and service in ("", offer.quote.service.code)
        return "" if fits and (carrier or not offer.quote.estimate) else "ordered"
    if offer.carrier in refused:
        return "refused"
    if not rules.allows(offer.carrier, offer.quote.service.code):
        return "rule"
    return "estimate" if offer.quote.estimate else ""


# --- the strategies ---------------------------------------------------------------------------------------


def _by_strategy(rules: Ruling, usable: Sequence[Offer]) -> tuple[str, _Key]:
    """The code of the reason, and the order of the offers, the best first."""
    if rules.strategy == "cheapest":
        return "cheapest", lambda one: (*_price(one), *_days(one), *_name(one))
    if rules.strategy == "fastest":
        return "fastest", lambda one: (*_days(one), *_price(one), *_name(one))
    if rules.strategy == "best_value":
        return "best_value", lambda one: (one.value.amount, *_price(one), *_days(one), *_name(one))
    reasons = ("cheapest_in_time", "cheapest_without_margin", "cheapest_without_days", "cheapest_late")
    tiers = [_tier(one, rules.margin_days) for one in usable]
    return reasons[min(tiers)], lambda one: (
        _tier(one, rules.margin_days),
        *_price(one),
        *_days(one),
        *_name(one),
    )


def _tier(offer: Offer, margin_days: int) -> int:
    """In time with the margin, in time, nobody knows, late."""
    if offer.spare_days is None:
        return 2
    return 0 if offer.spare_days >= margin_days else 1 if offer.spare_days >= 0 else 3


def _price(offer: Offer) -> tuple[Any, ...]:
    return (offer.cost.amount,)


def _days(offer: Offer) -> tuple[Any, ...]:
    return (offer.quote.days_max or _NO_DAYS, offer.quote.days_min or _NO_DAYS)


def _name(offer: Offer) -> tuple[Any, ...]:
    return (offer.carrier, offer.quote.service.code, offer.account)


# --- why --------------------------------------------------------------------------------------------------


def _why(
    picked: Offer, reason: str, ranked: Sequence[Offer], rules: Ruling, deadline: Deadline, offers: int
) -> dict[str, Any]:
    """The figures behind the choice; ``days``, ``price`` and ``currency`` are what the record reads."""
    quote = picked.quote
    rivals = ranked
    if reason in ("cheapest_in_time", "cheapest_without_margin"):
        rivals = [one for one in ranked if _tier(one, rules.margin_days) == _tier(picked, rules.margin_days)]
    why: dict[str, Any] = {
        "reason": reason,
        "carrier": picked.carrier,
        "service": quote.service.name or quote.service.code,
        "price": str(picked.price.amount),
        "currency": picked.price.currency,
        "days": quote.days_max,
        "offers": offers,
        "rivals": len(rivals),
        "strategy": rules.strategy,
        "deadline": deadline.day.isoformat(),
        "promised": deadline.promised,
    }
    if picked.arrives is not None:
        why |= {"arrives": picked.arrives.isoformat(), "spare_days": picked.spare_days}
    if picked.contract is not None:
        why["list_price"] = _money(picked.contract.list_price)
    if picked.rate is not None:
        why |= {"cost": _money(picked.cost), "rate_date": picked.rate.date.isoformat()}
    if rules.number:
        why |= {"rule": rules.label, "rule_number": rules.number}
    if rules.strategy == "best_value" and picked.expected is not None:
        why |= {
            "value": _money(picked.value),
            "days_late": str(picked.expected.days_late),
            "late_cost": _money(picked.expected.late_cost),
            "parcels": picked.expected.parcels,
        }
        if picked.expected.loss_cost.amount:
            why["loss_cost"] = _money(picked.expected.loss_cost)
    return why | _next(picked, reason, ranked)


def _next(picked: Offer, reason: str, ranked: Sequence[Offer]) -> dict[str, Any]:
    """The runner-up, and what it would have cost or taken more."""
    other = next((one for one in ranked if one is not picked), None)
    if other is None or reason in ("only", "ordered", "plugin"):
        return {}
    by_value = reason == "best_value"
    more = (other.value if by_value else other.cost).amount - (
        picked.value if by_value else picked.cost
    ).amount
    found: dict[str, Any] = {
        "next_carrier": other.carrier,
        "next_service": other.quote.service.name or other.quote.service.code,
        "next_cost": _money(other.value if by_value else other.cost),
        "next_more": _money(Money.of(abs(more), picked.cost.currency)),
        "next_dearer": more >= 0,
    }
    if other.arrives is not None:
        found["next_arrives"] = other.arrives.isoformat()
    return found


def _money(money: Money) -> dict[str, str]:
    return {"amount": str(money.amount), "currency": money.currency}
