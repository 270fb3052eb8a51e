"""From carriers' answers to offers that can be compared: the contract's price, one currency, days of the
calendar, and what lateness is expected to cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from hub.flow.choice import choosing
from hub.flow.choice.choosing import Deadline, Offer
from hub.flow.choice.lateness import VERDICT, day_cost, expected, habit_of
from hub.flow.choice.prices.contract_prices import PriceTables, price_tables, priced
from hub.flow.choice.quote_checks import Missing
from hub.flow.choice.quote_memory import QuoteMemory
from hub.flow.choice.records.carrier_record import CarrierRecord, carrier_record, direction_of
from hub.flow.choice.valuing import declared_value
from hub.flow.packing import parcels as packing
from hub.flow.runtime.warehouse import Warehouse
from hub.plugin_api.models import Address, Item, Money, Parcel, Quote
from hub.plugin_api.rules import CarrierRules, Facts, Rate, Ruling, amount, facts_of, ruling
from hub.store import rows

if TYPE_CHECKING:
    from hub.flow.app import App


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """A posting whose prices are asked for, with all that the questions and the choice look at: read once."""

    row: rows.PostingRow
    seller: rows.SellerRow
    warehouse: Warehouse
    """Where it leaves from."""
    accounts: Sequence[rows.AccountRow]
    """All of the seller."""
    recipient: rows.RecipientRow | None
    packed: packing.Packed

    @property
    def address(self) -> Address | None:
        """Where it goes, before any carrier's spelling."""
        return None if self.recipient is None else self.recipient.document.address

    @property
    def marketplace(self) -> str:
        """The plugin of the account that the posting came with; empty where that is gone."""
        return next((one.plugin for one in self.accounts if one.id == self.row.account), "")


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the carriers answered for one posting, and what the choice needs beside it."""

    row: rows.PostingRow
    seller: rows.SellerRow
    offers: tuple[Offer, ...]
    missing: dict[str, Missing]
    """By carrier, why it has no offer."""
    ruling: Ruling
    deadline: Deadline
    facts: Facts
    parcels: tuple[Parcel, ...]
    at: datetime
    oldest: datetime
    """When the oldest answer came; before ``at`` where a carrier says that its quotes last."""


class Answer(NamedTuple):
    account: str
    carrier: str
    quotes: Sequence[Quote]


def posting_facts(
    row: rows.PostingRow,
    parcels: Iterable[Parcel],
    items: tuple[Item, ...],
    address: Address | None,
    marketplace: str,
) -> Facts:
    """What the seller's rules look at. ``marketplace``: the plugin of the account that it came with."""
    return facts_of(
        parcels,
        items=items,
        value=declared_value(row.document),
        address=address,
        marketplace=marketplace,
        scheme=row.scheme,
        flow=row.flow,
    )


def weigh(
    app: App,
    subject: Subject,
    answers: Sequence[Answer],
    missing: dict[str, Missing],
    *,
    at: datetime,
    oldest: datetime,
) -> Asked:
    """The answers as offers that can be compared: the contract's price, one currency, days of the calendar,
    and what lateness is expected to cost."""
    row, seller, parcels = subject.row, subject.seller, subject.packed.parcels
    facts = posting_facts(row, parcels, subject.packed.items, subject.address, subject.marketplace)
    rules, there = seller.profile.carrier_rules, subject.warehouse
    decides = ruling(rules, facts)
    deadline = choosing.deadline_of(
        row.ship_by, row.document.deliver_by, at, there.zone, decides.transit_days
    )
    today = there.leaves_on(at)
    prices = price_tables(app, seller.slug, on=today)
    wanted = _currency(rules, answers, facts.value)
    offers: list[Offer] = []
    for answer in answers:
        good = [quote for quote in answer.quotes if quote.price.amount > 0]
        found = [
            offer
            for quote in good
            if (offer := _offer(answer, quote, rules, prices, facts, deadline, today, wanted)) is not None
        ]
        if not good:
            missing.setdefault(answer.carrier, Missing(code="not_served"))
        elif not found:
            data = {"currency": good[0].price.currency, "wanted": wanted}
            missing.setdefault(answer.carrier, Missing(code="currency", data=data))
        offers += found
    return Asked(
        row=row,
        seller=seller,
        offers=with_record(app, seller, offers, facts, at),
        missing=missing,
        ruling=decides,
        deadline=deadline,
        facts=facts,
        parcels=parcels,
        at=at,
        oldest=oldest,
    )


def _currency(rules: CarrierRules, answers: Sequence[Answer], value: Money | None) -> str:
    """In which currency the table is: the seller's, else the one in which most carriers quote."""
    if rules.currency:
        return rules.currency
    given = Counter(
        currency
        for answer in answers
        for currency in {quote.price.currency for quote in answer.quotes if quote.price.amount > 0}
    )
    goods = "" if value is None else value.currency
    return min(given, key=lambda one: (-given[one], one != goods, one), default=goods)


def _converted(money: Money, wanted: str, rules: CarrierRules) -> tuple[Money, Rate | None] | None:
    """The money in the wanted currency; None where nobody said a rate."""
    if money.currency == wanted:
        return money, None
    rate = rules.rates.get(money.currency) if wanted == rules.currency else None
    return None if rate is None else (Money.of(money.amount * rate.rate, wanted), rate)


def _offer(
    answer: Answer,
    quote: Quote,
    rules: CarrierRules,
    prices: PriceTables,
    facts: Facts,
    deadline: Deadline,
    today: date,
    wanted: str,
) -> Offer | None:
    """None where its price cannot be compared with the others."""
    contract = priced(prices, answer.carrier, quote, weight_g=facts.weight_g, on=today)
    price = quote.price if contract is None else contract.price
    converted = _converted(price, wanted, rules)
    if converted is None:
        return None
    arrives = None if quote.days_max is None else today + timedelta(days=quote.days_max)
    return Offer(
        account=answer.account,
        carrier=answer.carrier,
        quote=quote,
        price=price,
        cost=converted[0],
        contract=contract,
        rate=converted[1],
        arrives=arrives,
        spare_days=None if arrives is None else (deadline.day - arrives).days,
    )


def _record(app: App, seller: str, carrier: str, direction: str, now: datetime) -> CarrierRecord | None:
    """The carrier's record where the parcel goes, read anew every few minutes."""
    key = (seller, carrier, direction)
    known = app.kept(QuoteMemory).record(key, now)
    if known is not None:
        return known[0]
    record = carrier_record(app, seller, carrier, direction=direction)
    app.kept(QuoteMemory).keep_record(key, record, now)
    return record


def with_record(
    app: App, seller: rows.SellerRow, offers: Sequence[Offer], facts: Facts, at: datetime
) -> tuple[Offer, ...]:
    """The offers with what the carriers' records say, and what that is expected to cost."""
    if not offers:
        return ()
    rules, direction = seller.profile.carrier_rules, direction_of(facts.address)
    records = {one.carrier: _record(app, seller.slug, one.carrier, direction, at) for one in offers}
    habits = {carrier: habit_of(record) for carrier, record in records.items()}
    cheapest = min((offer.cost for offer in offers), key=lambda cost: cost.amount)
    worth = _in_table(facts.value, cheapest.currency, rules)
    said = _in_table(amount(rules.late_day_cost), cheapest.currency, rules)
    a_day = day_cost(said, worth, cheapest).money
    made = []
    for offer in offers:
        record = records[offer.carrier]
        on_time = None if record is None else record.on_time
        known = on_time is not None and on_time.parcels >= VERDICT
        made.append(
            msgspec.structs.replace(
                offer,
                on_time=on_time.value if known and on_time is not None else None,
                on_time_parcels=0 if on_time is None else on_time.parcels,
                record=record,
                expected=expected(habits[offer.carrier], offer.spare_days, a_day, worth),
            )
        )
    return tuple(made)


def _in_table(money: Money | None, wanted: str, rules: CarrierRules) -> Money | None:
    converted = None if money is None else _converted(money, wanted, rules)
    return None if converted is None else converted[0]
