"""What the decision hooks are given: one object a question, with the hub's own answer in it.

A hook that has nothing to say about a posting returns None: the next plugin is asked, and the hub's own
answer comes last.
"""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from hub.plugin_api.models import Item, Money, Parcel, Posting, Product, Quote
from hub.plugin_api.rules import Facts, Strategy


class CarrierRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a carrier did with this seller's parcels in the direction of the buyer, as the hub saw it.

    Shares are 0 to 1. A figure is None where too few parcels are known; old parcels count less.
    """

    parcels: int = 0
    """Parcels of the last year in this direction."""
    on_time: float | None = None
    """Share that was there within the days that the quote promised."""
    on_time_parcels: int = 0
    """Parcels behind ``on_time``: the hub's own choice believes it from 20 on."""
    days_late: float | None = None
    """Mean of days late, with those on time as 0."""
    lost: float | None = None
    """Share that was lost."""
    damaged: float | None = None
    """Share that buyers complained about; None where no claims were imported."""
    returned: float | None = None
    """Share that came back."""
    price_kept: float | None = None
    """Share that was charged at most the agreed price."""
    surcharge: float | None = None
    """What was charged above the agreed price, as a share of it: mean, negative where it was less."""
    own_rating: float | None = None
    """What the seller thinks of the carrier, 1 to 5."""


class Offer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A quote as the seller has it: what it costs by the contract, when it is there, who would carry it."""

    account: str
    """The id of the seller's account with the carrier: two accounts of one carrier are two offers."""
    carrier: str
    """The name of the carrier's plugin: ``cdek``."""
    quote: Quote
    """As the carrier gave it, with its list price."""
    price: Money
    """What the seller pays: the contract's price where one is imported, else the quote's."""
    cost: Money
    """``price`` in the one currency in which offers are compared."""
    arrives: date | None = None
    """Handed over today it is there by this day; None where the carrier promises no days."""
    spare_days: int | None = None
    """Calendar days from ``arrives`` to the deadline; below 0 it is late."""
    record: CarrierRecord = CarrierRecord()
    """The carrier's record where the parcel goes."""

    @property
    def in_time(self) -> bool | None:
        """Whether it is there by the deadline; None where the carrier promises no days."""
        return None if self.spare_days is None else self.spare_days >= 0


class ChoiceRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What `choose_quote` decides about: one posting and its offers."""

    seller: str
    """The seller's slug."""
    posting: Posting
    """As the marketplace has it."""
    facts: Facts
    """What the seller's rules look at: weight, size, value, address, goods with what the catalogue knows."""
    parcels: tuple[Parcel, ...]
    """The boxes that the offers are for."""
    offers: tuple[Offer, ...]
    """Those that may be booked, in the hub's own order: the first is what it books without an answer. Never
    empty. Not here: what the seller's rules leave out, estimates, carriers that refused the posting."""
    strategy: Strategy
    """By which the hub ordered them."""
    rule: str = ""
    """The seller's rule that applies, by its name or number; empty: none does."""
    deadline: date
    """By which day it should be there."""
    promised: bool
    """The marketplace told the buyer that day; else it was reckoned from ``ship_by``."""
    margin_days: int
    """Calendar days before the deadline at which the seller wants it to be there."""
    at: datetime
    """When it was asked, aware and UTC."""


class PackingRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What `plan_parcels` decides about: one posting and its goods."""

    seller: str
    """The seller's slug."""
    posting: Posting
    """As the marketplace has it."""
    items: tuple[Item, ...]
    """Its lines, with what the seller's catalogue knows. Put them into the boxes: customs is told by them."""
    products: tuple[Product | None, ...]
    """The catalogue's entry of each line, in the same order; None where there is none."""
    built_in: tuple[Parcel, ...]
    """The hub's own plan: everything in one box. Where a weight or a size is not known it is reckoned with
    the seller's defaults. Empty without those: unless a plugin has a plan, the posting waits for a person."""
    unknown: tuple[str, ...] = ()
    """The goods whose weight or size neither the marketplace nor the catalogue knows, by ``offer_id``."""


__all__ = ["CarrierRecord", "ChoiceRequest", "Offer", "PackingRequest"]
