"""Step 4: quotes of every enabled carrier side by side. What is missing says why; `choosing` chooses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from hub.calls import Read, gather_reads
from hub.carriers import Carrier
from hub.errors import Conflict, HubError, Rejected
from hub.flow import choosing, packing, quote_table
from hub.flow.carrier_record import CarrierRecord, carrier_record, direction_of
from hub.flow.choosing import Choice, Deadline, Decision, Offer
from hub.flow.contract_prices import PriceTables, price_tables, priced
from hub.flow.lateness import VERDICT, day_cost, expected, habit_of
from hub.flow.quote_checks import Missing, nonsense
from hub.flow.views import QuoteView
from hub.models import Address, Money, Parcel, Posting, Quote, QuoteRequest
from hub.rules import CarrierRules, Facts, Rate, Ruling, amount, facts_of, ruling
from hub.store import rows

if TYPE_CHECKING:
    from hub.flow.app import App

__all__ = ["Asked", "Choice", "ask", "decide", "declared_value", "missing_of", "quote"]

_DEADLINE = 12.0  # real seconds: a slow carrier does not hide the others


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the carriers answered for one posting, and what the choice needs beside it."""

    row: rows.PostingRow
    offers: tuple[Offer, ...]
    missing: dict[str, Missing]
    """By carrier, why it has no offer."""
    ruling: Ruling
    deadline: Deadline
    at: datetime
    oldest: datetime
    """When the oldest answer came; before ``at`` where a carrier says that its quotes last."""


class _Answer(NamedTuple):
    account: str
    carrier: str
    quotes: Sequence[Quote]


def declared_value(posting: Posting) -> Money | None:
    """The goods' value: what the lines cost, where they all have one currency."""
    prices = [(item.price, item.quantity) for item in posting.items if item.price is not None]
    currencies = {price.currency for price, _ in prices}
    if len(currencies) != 1:
        return None
    return Money.of(sum(price.amount * count for price, count in prices), currencies.pop())


async def ask(app: App, row: rows.PostingRow, parcels: tuple[Parcel, ...], *, fresh: bool = True) -> Asked:
    """Ask every enabled carrier at once, each within its own deadline.

    ``fresh`` is for booking; without it, quotes that a carrier declares to last are not asked for again.
    Raises Conflict where the marketplace books, and Rejected where a fact is missing.
    """
    if row.books != "seller":
        raise Conflict(f"fixed by the marketplace: {row.provider or row.flow}", code="fixed")
    seller = app.seller(row.seller)
    recipient = rows.recipients.get(app.store.reader, row.id)
    if seller.profile.sender is None:
        raise Rejected("the seller has no sender address: add [sellers.<name>.sender]", code="no_sender")
    if recipient is None or recipient.document.address is None:
        raise Rejected("the posting has no address", code="no_address")
    now = app.clock.now()
    request = QuoteRequest(
        sender=seller.profile.sender.address,
        recipient=recipient.document.address,
        parcels=parcels,
        declared_value=declared_value(row.document),
        ship_on=now.astimezone(ZoneInfo(seller.time_zone)).date(),
    )
    answers, missing, oldest = await _answers(app, seller, request, now, fresh=fresh)
    facts = posting_facts(app, row, parcels, recipient.document.address)
    return weigh(app, seller, row, facts, answers, missing, at=now, oldest=oldest)


def posting_facts(
    app: App, row: rows.PostingRow, parcels: Iterable[Parcel], address: Address | None
) -> Facts:
    """What the seller's rules look at."""
    account = rows.accounts.get(app.store.reader, row.account)
    return facts_of(
        parcels,
        items=packing.items_of(app, row),
        value=declared_value(row.document),
        address=address,
        marketplace="" if account is None else account.plugin,
        scheme=row.scheme,
        flow=row.flow,
    )


async def _answers(
    app: App, seller: rows.SellerRow, request: QuoteRequest, now: datetime, *, fresh: bool
) -> tuple[list[_Answer], dict[str, Missing], datetime]:
    """Every carrier's quotes, why some have none, and when the oldest answer came."""
    reads: list[Read[Any]] = []
    asked: list[tuple[rows.AccountRow, Carrier[Any]]] = []
    told: list[_Answer] = []
    missing: dict[str, Missing] = {}
    oldest = now
    accounts = app.carrier_accounts(seller)
    if not accounts:
        missing["hub"] = Missing(code="no_carriers")
    for account in accounts:
        try:
            carrier = app.carrier(account.id)
        except HubError as error:
            missing[account.plugin] = _said(error)
            continue
        if len(request.parcels) > 1 and not carrier.multi_parcel:
            missing[account.plugin] = Missing(code="one_box", data={"boxes": len(request.parcels)})
            continue
        known = None if fresh else app.quote_memory.quotes(carrier, request, now)
        if known is not None:
            told.append(_Answer(account.id, carrier.code, known.quotes))
            oldest = min(oldest, known.at)
            continue
        reads.append(_read(carrier, request))
        asked.append((account, carrier))
    for (account, carrier), answer in zip(asked, await gather_reads(reads), strict=True):
        if isinstance(answer, HubError):
            missing[account.plugin] = _said(answer)
        elif (wrong := nonsense(answer)) is not None:
            missing[account.plugin] = wrong
        else:
            app.quote_memory.keep(carrier, request, answer, now)
            told.append(_Answer(account.id, carrier.code, answer))
    return told, missing, oldest


def _said(error: HubError) -> Missing:
    return Missing(code="said", data={"message": error.message})


def _read(carrier: Carrier[Any], request: QuoteRequest) -> Read[Any]:
    return Read(
        title=f"{carrier.title}: quotes",
        work=lambda: carrier.quote(request),
        explain=carrier.explain,
        deadline=_DEADLINE,
    )


# --- from answers to offers -------------------------------------------------------------------------------


def weigh(
    app: App,
    seller: rows.SellerRow,
    row: rows.PostingRow,
    facts: Facts,
    answers: Sequence[_Answer],
    missing: dict[str, Missing],
    *,
    at: datetime,
    oldest: datetime,
) -> Asked:
    """The answers as offers that can be compared: the contract's price, one currency, days of the calendar,
    and what lateness is expected to cost."""
    rules, zone = seller.profile.carrier_rules, ZoneInfo(seller.time_zone)
    decides = ruling(rules, facts)
    deadline = choosing.deadline_of(row.ship_by, row.document.deliver_by, at, zone, decides.transit_days)
    today = at.astimezone(zone).date()
    prices = price_tables(app, seller.slug, on=today)
    wanted = _currency(rules, answers, facts.value)
    direction = direction_of(facts.address)
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
        elif found:
            record = _record(app, seller.slug, answer.carrier, direction, at)
            offers += [_with_record(offer, record) for offer in found]
    records = {one.carrier: _record(app, seller.slug, one.carrier, direction, at) for one in offers}
    return Asked(
        row=row,
        offers=_with_lateness(offers, records, rules, facts.value),
        missing=missing,
        ruling=decides,
        deadline=deadline,
        at=at,
        oldest=oldest,
    )


def _currency(rules: CarrierRules, answers: Sequence[_Answer], value: Money | None) -> str:
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
    answer: _Answer,
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
    known = app.quote_memory.record(key, now)
    if known is not None:
        return known[0]
    record = carrier_record(app, seller, carrier, direction=direction)
    app.quote_memory.keep_record(key, record, now)
    return record


def _with_record(offer: Offer, record: CarrierRecord | None) -> Offer:
    if record is None or record.on_time.value is None or record.on_time.parcels < VERDICT:
        return offer
    return msgspec.structs.replace(
        offer, on_time=record.on_time.value, on_time_parcels=record.on_time.parcels
    )


def _with_lateness(
    offers: Sequence[Offer],
    records: dict[str, CarrierRecord | None],
    rules: CarrierRules,
    value: Money | None,
) -> tuple[Offer, ...]:
    if not offers:
        return ()
    cheapest = min((offer.cost for offer in offers), key=lambda cost: cost.amount)
    said = amount(rules.late_day_cost) if rules.late_day_cost else None
    said_here = None if said is None else _converted(said, cheapest.currency, rules)
    goods = None if value is None else _converted(value, cheapest.currency, rules)
    worth = None if goods is None else goods[0]
    a_day = day_cost(None if said_here is None else said_here[0], worth, cheapest)
    habits = {carrier: habit_of(record) for carrier, record in records.items()}
    return tuple(
        msgspec.structs.replace(
            offer, expected=expected(habits[offer.carrier], offer.spare_days, a_day.money, worth)
        )
        for offer in offers
    )


# --- the choice -------------------------------------------------------------------------------------------


def decide(
    app: App, asked: Asked, *, carrier: str = "", service: str = "", refused: Iterable[str] = ()
) -> Decision:
    """The offer to book, by a person's order, a plugin or the rules. ``refused``: carriers that refused."""
    row = asked.row
    hook = app.registry.hooks_for(app.seller(row.seller).plugins).choose_quote
    return choosing.choose(
        asked.offers,
        asked.ruling,
        asked.deadline,
        carrier=carrier,
        service=service,
        refused=frozenset(refused),
        wanted=lambda quotes: hook(seller=row.seller, posting=row.document, quotes=quotes),
    )


def missing_of(asked: Asked, decision: Decision) -> dict[str, dict[str, Any]]:
    """By carrier, why nothing of it was chosen, for the problem that a person reads."""
    codes = {
        "estimate": "only_estimate",
        "rule": "by_rule",
        "refused": "refused_before",
        "ordered": "not_ordered",
    }
    found = {carrier: why.stored for carrier, why in asked.missing.items()}
    for offer, aside in zip(asked.offers, decision.aside, strict=True):
        if aside and offer.carrier not in found:
            rule = {"rule": asked.ruling.label} if aside == "rule" else {}
            found[offer.carrier] = {"code": codes[aside], **rule}
    return found


async def quote(app: App, posting_id: str, actor: str) -> list[QuoteView]:
    """Live quotes of a posting; nothing is booked. Where the marketplace books, one line that says so."""
    row = rows.postings.get(app.store.reader, posting_id)
    if row is None:
        raise Conflict("no such posting")
    if row.books != "seller":
        return [quote_table.fixed(app, row)]
    asked = await ask(app, row, packing.plan(app, row), fresh=False)
    table = quote_table.table(asked, decide(app, asked))
    await app.store.write(lambda tx: quote_table.keep(tx, row, table, asked.at))
    return quote_table.spoken(table, app.seller(row.seller).profile.language)
