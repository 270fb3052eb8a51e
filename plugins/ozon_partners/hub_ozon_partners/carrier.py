"""Ozon's cross-border partners as prices to compare. Nothing is booked: their labels come from Ozon."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Annotated

import httpx
import msgspec
from hub import (
    Account,
    AccountStatus,
    Carrier,
    Money,
    Parcel,
    Quote,
    QuoteRequest,
    Rejected,
    Service,
    Settings,
    in_a_row,
    now,
    render,
    said,
)

from hub_ozon_partners.prices import PriceLine
from hub_ozon_partners.table_file import TableFile

_USUAL_DESTINATION = "RU"


class OzonPartnersSettings(Settings, frozen=True, kw_only=True):
    """One price table."""

    table: str = "ozon-partners.csv"
    """The file's path below ``files/<seller>`` in the hub's folder."""
    old_after_days: Annotated[int, msgspec.Meta(ge=1, le=3650)] = 90
    """Prices of an older date say so. Nobody publishes how often they change: 90 days are an assumption."""


class OzonPartners(Carrier[OzonPartnersSettings]):
    """Quotes from the seller's table, read again whenever the file changes."""

    code = "ozon_partners"
    title = "Ozon partners"
    settings_type = OzonPartnersSettings
    for_comparison = True
    notice = "prices of the seller's own table, to compare: nothing is booked with it"

    def __init__(self, settings: OzonPartnersSettings, http: httpx.AsyncClient, account: Account) -> None:
        super().__init__(settings, http, account)
        self._file = TableFile(account.folder, settings.table)

    async def check(self) -> AccountStatus:
        """How many prices the table has, and of which day they are. Raises Unavailable, Rejected."""
        table = await asyncio.to_thread(self._file.read)
        today = now().date()
        newest = table.newest(today)
        note = (
            said("all prices begin later", code="note.all_prices_begin_later")
            if newest is None
            else self._age(newest, today)
        )
        return AccountStatus(
            external_id="table",
            name=said(
                "{table}, lines: {lines}",
                code="note.lines",
                values={"table": self.settings.table, "lines": len(table.lines)},
            ),
            notes=(note,),
        )

    async def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        """A price of every service whose limits this parcel keeps. Raises Unavailable where the table cannot
        be read, and Rejected where the goods' value decides and is not known."""
        on = request.ship_on or now().date()
        route = (request.sender.country, request.recipient.country or _USUAL_DESTINATION)
        (box,) = request.parcels
        best: dict[str, PriceLine] = {}
        for line in await asyncio.to_thread(lambda: self._file.read().in_force(route, on)):
            if line.takes(box) and self._takes_value(line, request):
                other = best.get(line.service)
                if other is None or line.valid_from > other.valid_from:
                    best[line.service] = line
        return [self._quote(line, request, box, on) for line in best.values()]

    def _takes_value(self, line: PriceLine, request: QuoteRequest) -> bool:
        if not line.by_value:
            return True
        value = _value(request, line.value_currency)
        if value is not None:
            return line.takes_value(value.amount)
        if request.declared_value is None:
            raise Rejected(
                "the prices depend on the goods' value, which is not known: no price, or several currencies",
                code="no_value",
            )
        raise Rejected(
            "the prices depend on the goods' value in {wanted}; it is in {currency}, and there is no rate: "
            "add it "
            "to rates",
            code="no_rate.goods",
            values={"wanted": line.value_currency, "currency": request.declared_value.currency},
        )

    def _quote(self, line: PriceLine, request: QuoteRequest, box: Parcel, on: date) -> Quote:
        name = " ".join(part for part in (line.partner, line.tier) if part)
        return Quote(
            service=Service(code=line.service, name=f"{name} ({line.group})" if line.group else name),
            price=line.price(box),
            days_min=line.days_min,
            days_max=line.days_max,
            to=line.delivery,
            estimate=True,
            note=render(in_a_row(self._notes(line, request, box, on)), request.language),
        )

    def _notes(self, line: PriceLine, request: QuoteRequest, box: Parcel, on: date) -> list[str]:
        told: list[str] = [
            said("Ozon partner, estimate", code="note.partner_estimate"),
            self._age(line.valid_from, on),
        ]
        billed = line.billed_g(box)
        if billed > box.weight_g:
            told.append(
                said("billed by volume: {billed} g", code="note.billed_volume", values={"billed": billed})
            )
        value = _value(request, line.value_currency) if line.by_value else None
        if value is not None and value != request.declared_value:
            told.append(said("the goods count as {value}", code="note.goods_count", values={"value": value}))
        if not request.recipient.country:
            told.append(
                said(
                    "the buyer's country is not known: taken as Russia",
                    code="note.buyer_country_not_known_taken",
                )
            )
        return [*told, line.note] if line.note else told

    def _age(self, valid_from: date, on: date) -> str:
        days = (on - valid_from).days
        old = days > self.settings.old_after_days
        if old:
            return said(
                "prices of {date}, {days:day} old: compare them with Ozon's",
                code="note.old",
                values={"date": valid_from, "days": days},
            )
        return said("prices of {date}", code="note.dated", values={"date": valid_from})


def _value(request: QuoteRequest, currency: str) -> Money | None:
    """What the goods are worth in a currency; None where nobody said a rate."""
    known = (request.declared_value, *request.converted)
    return next((one for one in known if one is not None and one.currency == currency), None)
