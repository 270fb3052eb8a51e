"""Rules on trial: what they would have chosen for the last postings, and what it would have cost.

Tried are the tables of quotes that the hub has kept, with the prices of then on both sides; the deadline and
the carriers' records are those of now. Nobody is asked, and nothing is written.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

import msgspec

from hub.flow.choice import choosing, quoting
from hub.flow.choice.choosing import Offer
from hub.flow.choice.seller_rules import check_rules
from hub.flow.choice.weighing import Asked, posting_facts, with_record
from hub.flow.history.quote_views import QuoteView
from hub.flow.history.shipments import latest_shipment
from hub.flow.history.view import View
from hub.flow.packing import parcels as packing
from hub.flow.packing.plans import BadPlan
from hub.flow.sellers.sellers import seller_row
from hub.plugin_api.models import Money, Parcel, Quote, Service
from hub.plugin_api.rules import CarrierRules, asks_for_destination, ruling
from hub.store import quotes, rows

if TYPE_CHECKING:
    from hub.flow.app import App

LAST = 1_000
_BOOKED = ("booked", "checking", "cancelling", "cancelled")
_table = msgspec.json.Decoder(list[QuoteView])


class TrialLine(View, frozen=True, kw_only=True):
    """One posting for which the rules choose otherwise than was booked."""

    posting_id: str
    number: str
    booked_carrier: str
    booked_service: str
    booked_cost: Money | None
    booked_by: str
    """The code of the reason then: ``ordered`` where a person chose."""
    carrier: str
    """Empty where the rules leave no offer."""
    service: str
    cost: Money | None
    arrives: date | None
    in_time: bool | None
    reason: str
    rule: str


class TrialSum(View, frozen=True, kw_only=True):
    """What was booked and what would have been, of postings where both are known, in one currency."""

    postings: int
    booked: Money
    chosen: Money
    difference: Money
    """Below 0: the rules would have been cheaper."""


class TrialCarrier(View, frozen=True, kw_only=True):
    carrier: str
    booked: int
    chosen: int


class Trial(View, frozen=True, kw_only=True):
    """What came of it."""

    seller: str
    tables: int
    """Postings with a table of quotes that were looked at."""
    same: int
    different: int
    nothing: int
    """The rules leave no offer: these would have waited for a person."""
    not_booked: int
    """Asked for and never booked: they are in no sum."""
    left_out: int
    """The buyer's address is erased, and a rule asks for it; or the weight is not known."""
    late_booked: int
    late_chosen: int
    sums: tuple[TrialSum, ...]
    carriers: tuple[TrialCarrier, ...]
    rules: dict[str, int]
    """How often each rule decided; under the empty text, none did."""
    lines: tuple[TrialLine, ...]
    """Those that are different, the newest first."""


def tables(app: App, seller: str, last: int) -> int:
    """How many tables a trial would look at."""
    return quotes.count(app.store.reader, seller, limit=last)


def trial(
    app: App,
    seller: str,
    *,
    last: int = LAST,
    rules: CarrierRules | None = None,
    tick: Callable[[], None] = lambda: None,
) -> Trial:
    """Try the seller's rules, or others, on the last tables. ``tick`` is called after each.

    Raises NotFound, and Rejected for rules that cannot be meant.
    """
    row = seller_row(app, seller)
    if rules is not None:
        check_rules(app, row, rules)
        row = msgspec.structs.replace(row, profile=msgspec.structs.replace(row.profile, carrier_rules=rules))
    tally = _Tally(row.profile.carrier_rules)
    for kept in quotes.newest(app.store.reader, seller, limit=last):
        posting = rows.postings.get(app.store.reader, kept.posting_id)
        if posting is not None and posting.books == "seller":
            _one(app, row, posting, kept.time, _table.decode(kept.document), tally)
        tick()
    return tally.result(seller)


class _Tally:
    """What has been counted so far."""

    def __init__(self, rules: CarrierRules) -> None:
        self.by_destination = any(asks_for_destination(rule.when) for rule in rules.rules)
        self.counts: Counter[str] = Counter()
        self.rules: Counter[str] = Counter()
        self.booked: Counter[str] = Counter()
        self.chosen: Counter[str] = Counter()
        self.sums: dict[str, list[tuple[Money, Money]]] = defaultdict(list)
        self.lines: list[TrialLine] = []

    def result(self, seller: str) -> Trial:
        sums = []
        for currency, pairs in sorted(self.sums.items()):
            booked = sum(one.amount for one, _ in pairs)
            chosen = sum(one.amount for _, one in pairs)
            sums.append(
                TrialSum(
                    postings=len(pairs),
                    booked=Money.of(booked, currency),
                    chosen=Money.of(chosen, currency),
                    difference=Money.of(chosen - booked, currency),
                )
            )
        names = sorted({*self.booked, *self.chosen})
        return Trial(
            seller=seller,
            tables=self.counts["tables"],
            same=self.counts["same"],
            different=self.counts["different"],
            nothing=self.counts["nothing"],
            not_booked=self.counts["not_booked"],
            left_out=self.counts["left_out"],
            late_booked=self.counts["late_booked"],
            late_chosen=self.counts["late_chosen"],
            sums=tuple(sums),
            carriers=tuple(
                TrialCarrier(carrier=name, booked=self.booked[name], chosen=self.chosen[name])
                for name in names
            ),
            rules=dict(self.rules),
            lines=tuple(self.lines),
        )


def _one(
    app: App,
    seller: rows.SellerRow,
    posting: rows.PostingRow,
    at: datetime,
    table: Sequence[QuoteView],
    tally: _Tally,
) -> None:
    tally.counts["tables"] += 1
    shipment = latest_shipment(app.store.reader, posting.id)
    asked = _asked(app, seller, posting, shipment, at, table, tally)
    if asked is None:
        tally.counts["left_out"] += 1
        return
    choice = quoting.decide(app, asked).choice
    chosen = None if choice is None else choice.offer
    tally.rules[asked.ruling.label] += 1
    if chosen is None:
        tally.counts["nothing"] += 1
    if shipment is None or shipment.state not in _BOOKED:
        tally.counts["not_booked"] += 1
        return
    booked = _booked(asked.offers, shipment)
    tally.booked[shipment.carrier] += 1
    tally.counts["late_booked"] += booked is not None and booked.in_time is False
    if chosen is not None:
        tally.chosen[chosen.carrier] += 1
        tally.counts["late_chosen"] += chosen.in_time is False
    cost = booked.cost if booked is not None else shipment.money(shipment.quoted_minor)
    if chosen is not None and cost is not None and cost.currency == chosen.cost.currency:
        tally.sums[cost.currency].append((cost, chosen.cost))
    if chosen is not None and chosen is booked:
        tally.counts["same"] += 1
        return
    tally.counts["different"] += 1
    tally.lines.append(
        TrialLine(
            posting_id=posting.id,
            number=posting.number,
            booked_carrier=shipment.carrier,
            booked_service=shipment.service_name or shipment.service_code,
            booked_cost=cost,
            booked_by=str(shipment.why.get("reason", "")),
            carrier="" if chosen is None else chosen.carrier,
            service="" if chosen is None else chosen.quote.service.name or chosen.quote.service.code,
            cost=None if chosen is None else chosen.cost,
            arrives=None if chosen is None else chosen.arrives,
            in_time=None if chosen is None else chosen.in_time,
            reason="" if choice is None else str(choice.why["reason"]),
            rule=asked.ruling.label,
        )
    )


def _asked(
    app: App,
    seller: rows.SellerRow,
    posting: rows.PostingRow,
    shipment: rows.ShipmentRow | None,
    at: datetime,
    table: Sequence[QuoteView],
    tally: _Tally,
) -> Asked | None:
    """The table as it would be under these rules; None where they ask for what is not known any more."""
    recipient = rows.recipients.get(app.store.reader, posting.id)
    address = None if recipient is None else recipient.document.address
    parcels = _parcels(app, posting, shipment)
    if (address is None and tally.by_destination) or not parcels:
        return None
    account = rows.accounts.get(app.store.reader, posting.account)
    marketplace = "" if account is None else account.plugin
    facts = posting_facts(posting, parcels, packing.items_of(app, posting), address, marketplace)
    decides = ruling(seller.profile.carrier_rules, facts)
    zone = app.warehouse(posting, seller).zone
    deadline = choosing.deadline_of(
        posting.ship_by, posting.document.deliver_by, at, zone, decides.transit_days
    )
    offers = [
        _offer(line, line.price, deadline.day)
        for line in table
        if line.price is not None and line.aside != "comparison"
    ]
    return Asked(
        row=posting,
        seller=seller,
        offers=with_record(app, seller, offers, facts, app.clock.now()),
        missing={},
        ruling=decides,
        deadline=deadline,
        facts=facts,
        parcels=parcels,
        at=at,
        oldest=at,
    )


def _parcels(app: App, posting: rows.PostingRow, shipment: rows.ShipmentRow | None) -> tuple[Parcel, ...]:
    """The boxes that were booked, else those that would be packed now; none where no weight is known."""
    if shipment is not None and shipment.parcels:
        return shipment.parcels
    try:
        return packing.plan(app, posting)
    except (packing.NoWeight, BadPlan):
        return ()


def _offer(line: QuoteView, price: Money, deadline: date) -> Offer:
    quote = Quote(
        service=Service(code=line.service_code, name=line.service_name),
        price=line.list_price or price,
        days_min=line.days_min,
        days_max=line.days_max,
        to=line.to if line.to in ("point", "locker") else "door",  # type: ignore[arg-type]
        estimate=line.estimate,
        note=line.note,
    )
    return Offer(
        account=line.account,
        carrier=line.carrier,
        quote=quote,
        price=price,
        cost=line.cost or price,
        arrives=line.arrives,
        spare_days=None if line.arrives is None else (deadline - line.arrives).days,
    )


def _booked(offers: Sequence[Offer], shipment: rows.ShipmentRow) -> Offer | None:
    """The offer of the table that was booked."""
    same = [
        one
        for one in offers
        if one.carrier == shipment.carrier and one.quote.service.code == shipment.service_code
    ]
    return next((one for one in same if one.account == shipment.account), same[0] if same else None)
