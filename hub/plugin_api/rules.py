"""How a seller's parcels are given to carriers: the strategy, and the rules that change it for some.

The same words in plugins.toml, over HTTP and in the store. Rules are tried in order; the first whose
conditions are all true decides, and none after it. Pure: no I/O, no vendor.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Annotated, Literal

import msgspec

from hub.plugin_api.models import Address, Item, Money, Parcel

Strategy = Literal["cheapest", "fastest", "cheapest_in_time", "best_value"]
"""``cheapest_in_time``: the cheapest that meets the deadline with the margin. ``best_value``: price and what
lateness and loss are expected to cost, from the carrier's record."""

CancelRequests = Literal["ask", "agree_unbooked"]
"""``ask``: a person answers. ``agree_unbooked``: the hub agrees by itself where no carrier is booked."""

Words = str | Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
"""One text or several, of which any may fit. An empty list is refused: it could mean nothing or all."""
Count = Annotated[int, msgspec.Meta(ge=0)]
MarginDays = Annotated[int, msgspec.Meta(ge=0, le=60)]
TransitDays = Annotated[int, msgspec.Meta(ge=1, le=365)]
ChoiceMinutes = Annotated[int, msgspec.Meta(ge=1, le=24 * 60)]
ScanHours = Annotated[int, msgspec.Meta(ge=1, le=24 * 14)]
TimeOfDay = Annotated[str, msgspec.Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]

MARGIN_DAYS = 1
TRANSIT_DAYS = 14
CHOICE_MINUTES = 60
"""An assumption: no carrier here says how long a price stands, and tariffs are changed by the day."""
SCAN_HOURS = 24
COURIER_BY = "20:00"
"""Assumptions both: no carrier here says how soon after the hand-over it scans, or until when its courier
comes."""

_AMOUNT = re.compile(r"([0-9][0-9_]*(?:\.[0-9]{1,2})?) ([A-Z]{3})")
_NOT_NAMES = re.compile(
    r"\b(?:г|гор|город|обл|область|край|респ|республика|ао|province|region|oblast|city)\b\.?|[.,]"
)


class When(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The conditions of a rule: all that are given must be true. ``over`` is more than, ``up_to`` at most.

    Texts are compared without regard to case, and ``*`` in them stands for anything.
    """

    weight_over_g: Count | None = None
    """Grams of all boxes together."""
    weight_up_to_g: Count | None = None
    longest_over_mm: Count | None = None
    """The longest side of any box."""
    longest_up_to_mm: Count | None = None
    sides_over_mm: Count | None = None
    """Length, width and height of the largest box, added."""
    sides_up_to_mm: Count | None = None
    value_over: str | None = None
    """What the goods cost the buyer: ``"20000 RUB"``. Goods priced in another currency do not fit."""
    value_up_to: str | None = None
    country: Words = ()
    """Of the buyer, ISO 3166-1: ``"RU"``."""
    region: Words = ()
    city: Words = ()
    postal_prefix: Words = ()
    """How the buyer's postal code begins."""
    marketplace: Words = ()
    """The plugin that the posting came from: ``"ozon"``."""
    scheme: Words = ()
    """``fbs`` or ``rfbs``."""
    flow: Words = ()
    """The marketplace's own word for who delivers."""
    sku: Words = ()
    """Any of the posting's goods."""
    offer_id: Words = ()
    fragile: bool | None = None
    """Whether any of the goods is fragile, by the catalogue."""


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What holds for the parcels of ``when``; what is not given stays as the seller has it."""

    name: str = ""
    """For people: explanations quote it."""
    when: When = When()
    strategy: Strategy | None = None
    carriers: Words = ()
    """Only these, by the names of their plugins."""
    not_carriers: Words = ()
    services: Words = ()
    """Only these, by the carriers' codes."""
    margin_days: MarginDays | None = None
    transit_days: TransitDays | None = None


class Rate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one unit of a currency is in the seller's, and of which day that is."""

    rate: Decimal
    date: date


class CarrierRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """All that a seller says about choosing a carrier."""

    strategy: Strategy = "cheapest_in_time"
    margin_days: MarginDays = MARGIN_DAYS
    """How many days before the deadline a parcel should be there."""
    transit_days: TransitDays = TRANSIT_DAYS
    """The deadline where the marketplace promised the buyer no day: so long after ``ship_by``."""
    late_day_cost: str = ""
    """What a day late costs the seller: ``"100 RUB"``; for ``best_value``."""
    choice_minutes: ChoiceMinutes = CHOICE_MINUTES
    """So long what was chosen is booked without asking for prices again, where the carrier does not say how
    long its quotes last (`Carrier.quotes_last`)."""
    scan_hours: ScanHours = SCAN_HOURS
    """So long after the hand-over a parcel is to be scanned by its carrier: then a person is told."""
    courier_by: TimeOfDay = COURIER_BY
    """Where the carrier's courier fetches the parcels (`Carrier.collects`): by then he has been there, on the
    day of the hand-over."""
    cancel_requests: CancelRequests = "ask"
    """What becomes of a buyer's request to cancel, where the marketplace asks the seller."""
    currency: str = ""
    """In which prices are compared. Empty: the one in which most carriers quote."""
    rates: dict[str, Rate] = {}
    """By currency; they need ``currency``."""
    rules: tuple[Rule, ...] = ()


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What conditions look at."""

    weight_g: int = 0
    """Of all boxes together."""
    longest_mm: int = 0
    """The longest side of any box."""
    sides_mm: int = 0
    """Length, width and height of the largest box, added."""
    value: Money | None = None
    """What the goods cost the buyer; None: a line has no price, or currencies differ."""
    address: Address | None = None
    """The buyer's, as far as it is known."""
    marketplace: str = ""
    """The plugin that the posting came from."""
    scheme: str = ""
    """``fbs`` or ``rfbs``."""
    flow: str = ""
    """The marketplace's own word for who delivers."""
    items: tuple[Item, ...] = ()
    """The posting's lines, with what the catalogue knows."""


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules make of one posting."""

    strategy: Strategy
    margin_days: int
    transit_days: int
    carriers: tuple[str, ...] = ()
    not_carriers: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    number: int = 0
    """Of the rule that decided, from 1; 0: none did."""
    name: str = ""

    def allows(self, carrier: str, service: str) -> bool:
        """Whether an offer may be chosen."""
        return (
            (not self.carriers or carrier in self.carriers)
            and carrier not in self.not_carriers
            and (not self.services or service in self.services)
        )

    @property
    def label(self) -> str:
        """The rule's name, else its number; empty where none decided."""
        return self.name or (str(self.number) if self.number else "")


def facts_of(
    parcels: Iterable[Parcel],
    *,
    items: tuple[Item, ...],
    value: Money | None,
    address: Address | None,
    marketplace: str = "",
    scheme: str = "",
    flow: str = "",
) -> Facts:
    """The facts of a posting in these boxes."""
    boxes = list(parcels)
    sizes = [(box.length_mm, box.width_mm, box.height_mm) for box in boxes]
    return Facts(
        weight_g=sum(box.weight_g for box in boxes),
        longest_mm=max((max(size) for size in sizes), default=0),
        sides_mm=max((sum(size) for size in sizes), default=0),
        value=value,
        address=address,
        marketplace=marketplace,
        scheme=scheme,
        flow=flow,
        items=items,
    )


def ruling(rules: CarrierRules, facts: Facts) -> Ruling:
    """The first rule that applies, over what the seller says in general."""
    for number, rule in enumerate(rules.rules, 1):
        if applies(rule.when, facts):
            return Ruling(
                strategy=rule.strategy or rules.strategy,
                margin_days=rules.margin_days if rule.margin_days is None else rule.margin_days,
                transit_days=rules.transit_days if rule.transit_days is None else rule.transit_days,
                carriers=words(rule.carriers),
                not_carriers=words(rule.not_carriers),
                services=words(rule.services),
                number=number,
                name=rule.name,
            )
    return Ruling(strategy=rules.strategy, margin_days=rules.margin_days, transit_days=rules.transit_days)


def applies(when: When, facts: Facts) -> bool:
    """Whether all conditions are true."""
    address = facts.address or Address(country="")
    return (
        _between(facts.weight_g, when.weight_over_g, when.weight_up_to_g)
        and _between(facts.longest_mm, when.longest_over_mm, when.longest_up_to_mm)
        and _between(facts.sides_mm, when.sides_over_mm, when.sides_up_to_mm)
        and _worth(facts.value, when.value_over, when.value_up_to)
        and _fits(when.country, address.country)
        and _fits_name(when.region, address.region)
        and _fits_name(when.city, address.city)
        and _begins(when.postal_prefix, address.postal_code)
        and _fits(when.marketplace, facts.marketplace)
        and _fits(when.scheme, facts.scheme)
        and _fits(when.flow, facts.flow)
        and (not when.sku or any(_fits(when.sku, item.sku) for item in facts.items))
        and (not when.offer_id or any(_fits(when.offer_id, item.offer_id) for item in facts.items))
        and (when.fragile is None or when.fragile is any(item.fragile for item in facts.items))
    )


def asks_for_destination(when: When) -> bool:
    """Whether a condition needs the buyer's address."""
    return bool(when.country or when.region or when.city or when.postal_prefix)


def words(given: Words) -> tuple[str, ...]:
    """One text or several, as several."""
    return (given,) if isinstance(given, str) else given


@lru_cache(maxsize=256)
def amount(text: str) -> Money | None:
    """``"20000 RUB"`` as money; None where it is not written like this."""
    match = _AMOUNT.fullmatch(text)
    return None if match is None else Money.of(match[1].replace("_", ""), match[2])


@lru_cache(maxsize=4096)
def plain_name(text: str) -> str:
    """A region's or town's name for comparing: ``г. Москва`` and ``Москва`` are one."""
    return " ".join(_NOT_NAMES.sub(" ", text.casefold().replace("ё", "е")).split())


# --- conditions -----------------------------------------------------------------------------------------


def _between(value: int, over: int | None, up_to: int | None) -> bool:
    return (over is None or value > over) and (up_to is None or value <= up_to)


def _worth(value: Money | None, over: str | None, up_to: str | None) -> bool:
    for text, wanted in ((over, True), (up_to, False)):
        limit = None if text is None else amount(text)
        if limit is None:
            continue
        if value is None or value.currency != limit.currency or (value.amount > limit.amount) is not wanted:
            return False
    return True


def _fits(wanted: Words, text: str) -> bool:
    return not wanted or any(fnmatchcase(text.casefold(), one.casefold()) for one in words(wanted))


def _fits_name(wanted: Words, text: str) -> bool:
    return not wanted or any(fnmatchcase(plain_name(text), plain_name(one)) for one in words(wanted))


def _begins(wanted: Words, text: str) -> bool:
    return not wanted or any(text.strip().casefold().startswith(one.casefold()) for one in words(wanted))
