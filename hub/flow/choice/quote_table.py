"""The table of quotes as it is shown and kept: codes and figures; words are put in at the door."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from hub.flow.choice.choosing import Aside, Decision, Offer
from hub.flow.history.echoes import heard_all
from hub.flow.history.quote_views import QuoteView
from hub.flow.history.views import PostingView
from hub.store import Transaction, rows
from hub.words import for_json
from hub.words.texts import choice_text, missing_text

if TYPE_CHECKING:
    from hub.flow.app import App
    from hub.flow.choice.weighing import Asked


def table(asked: Asked, decision: Decision) -> list[QuoteView]:
    """The cheapest first; what is missing at the end."""
    choice = decision.choice
    lines = [
        _line(asked, offer, aside, chosen=choice is not None and offer is choice.offer)
        for offer, aside in zip(asked.offers, decision.aside, strict=True)
    ]
    lines.sort(key=lambda one: (one[0], one[1].carrier, one[1].service_code))
    shown = [line for _, line in lines]
    if choice is not None:
        shown = [
            msgspec.structs.replace(one, why=choice.why, rule=choice.why.get("rule", ""))
            if one.chosen
            else one
            for one in shown
        ]
    return shown + [
        QuoteView(carrier=carrier, account="", missing_code=why.code, missing_data=why.data)
        for carrier, why in asked.missing.items()
    ]


def _line(asked: Asked, offer: Offer, aside: str, *, chosen: bool) -> tuple[object, QuoteView]:
    quote, expected = offer.quote, offer.expected
    return offer.cost.amount, QuoteView(
        carrier=offer.carrier,
        account=offer.account,
        service_code=quote.service.code,
        service_name=quote.service.name,
        price=offer.price,
        list_price=None if offer.contract is None else offer.contract.list_price,
        cost=None if offer.rate is None else offer.cost,
        rate=None if offer.rate is None else offer.rate.rate,
        rate_date=None if offer.rate is None else offer.rate.date,
        days_min=quote.days_min,
        days_max=quote.days_max,
        arrives=offer.arrives,
        deadline=asked.deadline.day,
        promised=asked.deadline.promised,
        in_time=offer.in_time,
        to=quote.to,
        on_time=offer.on_time,
        on_time_parcels=offer.on_time_parcels,
        days_late=None if expected is None else expected.days_late,
        late_cost=None if expected is None else expected.late_cost,
        loss_cost=None if expected is None else expected.loss_cost,
        estimate=quote.estimate or aside == "comparison",
        note=quote.note,
        chosen=chosen,
        aside=aside,
        rule=asked.ruling.label if aside == "rule" else "",
        asked_at=asked.oldest,
    )


def compared(asked: Asked) -> list[QuoteView]:
    """The lines of carriers that are only to be looked at."""
    why: Aside = "comparison"
    return table(asked, Decision(choice=None, aside=(why,) * len(asked.offers)))


def fixed(app: App, posting: PostingView | rows.PostingRow) -> QuoteView:
    """The only line where the marketplace books: who delivers is its choice."""
    account = rows.accounts.get(app.store.reader, posting.account)
    source = None if account is None else app.registry.sources.get(account.plugin)
    provider = posting.provider or posting.flow
    data = {"marketplace": "the marketplace" if source is None else source.title, "provider": provider}
    line = QuoteView(carrier=provider, account="", missing_code="fixed", missing_data=data)
    return spoken([line], app.seller(posting.seller).profile.language)[0]


def spoken(quotes: Sequence[QuoteView], language: str) -> list[QuoteView]:
    """The same with its sentences in a language."""
    return [
        msgspec.structs.replace(
            one,
            reason=choice_text(one.why, language) if one.why else "",
            missing=missing_text({"code": one.missing_code, **one.missing_data}, language)
            if one.missing_code
            else one.missing,
        )
        for one in quotes
    ]


def keep(tx: Transaction, row: rows.PostingRow, quotes: Sequence[QuoteView], now: datetime) -> None:
    """Remember the table, so that the choice can be looked at, and rules tried on it, later."""
    document = heard_all(tx, row.id, msgspec.to_builtins(quotes, enc_hook=for_json))
    rows.quotes.put(tx, rows.QuoteTableRow(posting_id=row.id, time=now, document=document))
