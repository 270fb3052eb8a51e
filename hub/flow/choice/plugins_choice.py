"""What plugins are asked when an offer is chosen, and which offer their answer is."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hub.flow.choice.choosing import Offer
from hub.flow.choice.records.carrier_record import CarrierRecord
from hub.plugin_api import decisions
from hub.plugin_api.decisions import ChoiceRequest

if TYPE_CHECKING:
    from hub.flow.app import App
    from hub.flow.choice.weighing import Asked

log = logging.getLogger("hub.choice")


def wanted_by_plugins(app: App, asked: Asked, ranked: Sequence[Offer]) -> Offer | None:
    """The offer that a plugin of this seller wants; None where they leave it to the rules.

    ``ranked``: the offers that may be booked, in the order of the seller's strategy.
    """
    row, rules = asked.row, asked.ruling
    given = tuple(_given(offer) for offer in ranked)
    request = ChoiceRequest(
        seller=row.seller,
        posting=row.document,
        facts=asked.facts,
        parcels=asked.parcels,
        offers=given,
        strategy=rules.strategy,
        rule=rules.label,
        deadline=asked.deadline.day,
        promised=asked.deadline.promised,
        margin_days=rules.margin_days,
        at=asked.at,
    )
    answer, by_plugin = app.registry.hooks_for(asked.seller.plugins).decide(
        "choose_quote",
        request=request,
        seller=row.seller,
        posting=row.document,
        quotes=[offer.quote for offer in ranked],
    )
    if not by_plugin:
        return None
    for offer, shown in zip(ranked, given, strict=True):
        if answer in (shown, offer.quote):  # plugins of 0.1.0 answer with a quote
            return offer
    log.warning("%s: a plugin chose what is none of the offers: the rules decide", row.number)
    return None


def _given(offer: Offer) -> decisions.Offer:
    return decisions.Offer(
        account=offer.account,
        carrier=offer.carrier,
        quote=offer.quote,
        price=offer.price,
        cost=offer.cost,
        arrives=offer.arrives,
        spare_days=offer.spare_days,
        record=decisions.CarrierRecord() if offer.record is None else _record(offer.record),
    )


def _record(record: CarrierRecord) -> decisions.CarrierRecord:
    return decisions.CarrierRecord(
        parcels=record.parcels,
        on_time=record.on_time.value,
        on_time_parcels=record.on_time.parcels,
        days_late=record.days_late.value,
        lost=record.lost.value,
        damaged=record.damaged.value,
        returned=record.returned.value,
        price_kept=record.price_kept.value,
        surcharge=record.surcharge.value,
        own_rating=record.own_rating,
    )
