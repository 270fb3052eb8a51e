"""Step 4: quotes of every enabled carrier side by side, and the choice, explained in figures."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from hub.calls import Read, gather_reads
from hub.carriers import Carrier
from hub.errors import Conflict, HubError, Rejected
from hub.flow import packing
from hub.flow.views import QuoteView
from hub.models import Money, Parcel, Posting, Quote, QuoteRequest
from hub.store import Transaction, rows

if TYPE_CHECKING:
    from hub.flow.app import App

_DEADLINE = 12.0  # real seconds: a slow carrier does not hide the others
_TRANSIT_TARGET = timedelta(days=14)


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A quote and the account that gave it."""

    account: str
    carrier: str
    quote: Quote
    in_time: bool | None


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """The offer to book, and why: a code and its figures, for the history."""

    offer: Offer
    why: dict[str, Any]


def declared_value(posting: Posting) -> Money | None:
    """The goods' value: what the lines cost, where they all have one currency."""
    prices = [(item.price, item.quantity) for item in posting.items if item.price is not None]
    currencies = {price.currency for price, _ in prices}
    if len(currencies) != 1:
        return None
    return Money.of(sum(price.amount * count for price, count in prices), currencies.pop())


async def ask(
    app: App, row: rows.PostingRow, parcels: tuple[Parcel, ...]
) -> tuple[list[Offer], dict[str, str]]:
    """Ask every enabled carrier at once. Returns the offers, and per carrier why there is none.

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
    request = QuoteRequest(
        sender=seller.profile.sender.address,
        recipient=recipient.document.address,
        parcels=parcels,
        declared_value=declared_value(row.document),
        ship_on=app.clock.now().date(),
    )
    reads, who = [], []
    missing: dict[str, str] = {}
    for account in app.carrier_accounts(seller):
        try:
            carrier = app.carrier(account.id)
        except HubError as error:
            missing[account.plugin] = error.message
            continue
        if len(parcels) > 1 and not carrier.multi_parcel:
            missing[account.plugin] = f"it takes one box an order, and this is {len(parcels)}"
            continue
        reads.append(_read(carrier, request))
        who.append((account, carrier))
    answers = await gather_reads(reads)
    offers = []
    for (account, carrier), answer in zip(who, answers, strict=True):
        if isinstance(answer, HubError):
            missing[account.plugin] = answer.message
            continue
        good = [quote for quote in answer if quote.price.amount > 0]
        if not good:
            missing[account.plugin] = "does not serve this address"
        offers += [
            Offer(account=account.id, carrier=carrier.code, quote=quote, in_time=_in_time(app, row, quote))
            for quote in good
        ]
    return offers, missing


def _read(carrier: Carrier[Any], request: QuoteRequest) -> Read[Any]:
    return Read(
        title=f"{carrier.title}: quotes",
        work=lambda: carrier.quote(request),
        explain=carrier.explain,
        deadline=_DEADLINE,
    )


def _in_time(app: App, row: rows.PostingRow, quote: Quote) -> bool | None:
    """Whether the parcel reaches the buyer within the time that the marketplace promised."""
    if quote.days_max is None:
        return None
    promised = (row.ship_by or app.clock.now()) + _TRANSIT_TARGET
    return app.clock.now() + timedelta(days=quote.days_max) <= promised


def choose(
    app: App, row: rows.PostingRow, offers: list[Offer], *, carrier: str = "", service: str = ""
) -> Choice | None:
    """The cheapest offer that arrives in time; or the one that was ordered; or a plugin's choice.

    An estimate is a price that nobody has promised to book at: the hub never chooses one by itself.
    """
    if not carrier:
        offers = [o for o in offers if not o.quote.estimate]
    if carrier:
        offers = [o for o in offers if o.carrier == carrier]
    if service:
        offers = [o for o in offers if o.quote.service.code == service]
    if not offers:
        return None
    seller = app.seller(row.seller)
    hook = app.registry.hooks_for(seller.plugins).choose_quote
    wanted = hook(seller=row.seller, posting=row.document, quotes=[o.quote for o in offers])
    picked = next((o for o in offers if o.quote == wanted), None) if wanted is not None else None
    reason = "plugin"
    if picked is None:
        declared = app.config.sellers.get(row.seller)
        fastest = declared is not None and declared.choice == "fastest"
        in_time = [o for o in offers if o.in_time is not False]
        reason = "only" if len(offers) == 1 else "cheapest_in_time" if in_time else "cheapest"
        if fastest:
            reason = "fastest"
            picked = min(offers, key=lambda o: (o.quote.days_max or 999, o.quote.price.amount))
        else:
            picked = min(in_time or offers, key=lambda o: (o.quote.price.amount, o.quote.days_max or 999))
    if carrier or service:
        reason = "ordered"
    quote = picked.quote
    return Choice(
        offer=picked,
        why={
            "reason": reason,
            "carrier": picked.carrier,
            "service": quote.service.name,
            "price": str(quote.price.amount),
            "currency": quote.price.currency,
            "days": quote.days_max,
            "offers": len(offers),
        },
    )


def views(offers: list[Offer], missing: dict[str, str], chosen: Choice | None) -> list[QuoteView]:
    """The table: the cheapest first, what is missing at the end."""
    table = [
        QuoteView(
            carrier=o.carrier,
            account=o.account,
            service_code=o.quote.service.code,
            service_name=o.quote.service.name,
            price=o.quote.price,
            days_min=o.quote.days_min,
            days_max=o.quote.days_max,
            to=o.quote.to,
            in_time=o.in_time,
            chosen=chosen is not None and o == chosen.offer,
            estimate=o.quote.estimate,
            note=o.quote.note,
        )
        for o in sorted(offers, key=lambda o: o.quote.price.amount)
    ]
    return table + [QuoteView(carrier=name, account="", missing=why) for name, why in missing.items()]


def keep(tx: Transaction, row: rows.PostingRow, table: list[QuoteView], app: App) -> None:
    """Remember the table, so that the choice can be looked at later."""
    document = msgspec.to_builtins(table)
    rows.quotes.put(tx, rows.QuoteTableRow(posting_id=row.id, time=app.clock.now(), document=document))


async def quote(app: App, posting_id: str, actor: str) -> list[QuoteView]:
    """Live quotes of a posting; nothing is booked."""
    row = rows.postings.get(app.store.reader, posting_id)
    if row is None:
        raise Conflict("no such posting")
    offers, missing = await ask(app, row, packing.plan(app, row))
    table = views(offers, missing, choose(app, row, offers))
    await app.store.write(lambda tx: keep(tx, row, table, app))
    return table
