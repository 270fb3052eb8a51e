"""What the seller really pays: the contract with a carrier, as a price table with dates.

A line says a discount on the list price or a fixed price, for one service or for all that have no line of
their own, between two weights, between two days. No two lines may apply to one parcel: a file in which two
do is refused. `hub.flow.choice.prices.price_csv` reads the file.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec

from hub.flow.history.view import View
from hub.flow.sellers.sellers import seller_row
from hub.plugin_api.errors import NotFound, Rejected
from hub.plugin_api.models import Money, Quote
from hub.store import Transaction, prices
from hub.store.rows import ContractPriceRow, contract_prices
from hub.words import said

if TYPE_CHECKING:
    from hub.flow.app import App

log = logging.getLogger("hub.prices")

_HUNDRED = Decimal(100)
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


class ContractLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a carrier's price table: ``percent`` off the list price, or the fixed ``price``.

    It is for parcels of more than ``over_g`` and at most ``up_to_g`` grams, shipped on a day from
    ``valid_from`` to ``valid_to``, both included. ``service`` is the carrier's code; empty for the services
    for which no line of their own applies.
    """

    line: int
    """Its number in the file."""
    service: str = ""
    percent: Decimal | None = None
    price: Money | None = None
    over_g: int = 0
    up_to_g: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    def applies(self, weight_g: int, on: date) -> bool:
        """The weight and the day are its own."""
        return (
            self.over_g < weight_g
            and (self.up_to_g is None or weight_g <= self.up_to_g)
            and (self.valid_from is None or self.valid_from <= on)
            and (self.valid_to is None or on <= self.valid_to)
        )

    def meets(self, other: ContractLine) -> bool:
        """Some parcel of some day would be both lines'."""
        return (
            self.service == other.service
            and (self.up_to_g is None or other.over_g < self.up_to_g)
            and (other.up_to_g is None or self.over_g < other.up_to_g)
            and (self.valid_from or date.min) <= (other.valid_to or date.max)
            and (other.valid_from or date.min) <= (self.valid_to or date.max)
        )

    def common(self, other: ContractLine) -> str:
        """In words, a parcel that is both lines'."""
        days = [day for day in (self.valid_from, other.valid_from) if day is not None]
        service = f"service {self.service!r}" if self.service else "every service"
        weight = max(self.over_g, other.over_g) + 1
        return f"{service}, {weight} g" + (f", on {max(days)}" if days else "")


class PriceTables:
    """A seller's contract prices, found by carrier and service."""

    def __init__(self, lines: Mapping[str, Iterable[ContractLine]]) -> None:
        self._lines: dict[tuple[str, str], list[ContractLine]] = {}
        for carrier, table in lines.items():
            for line in table:
                self._lines.setdefault((carrier, line.service), []).append(line)

    def line(self, carrier: str, service: str, weight_g: int, on: date) -> ContractLine | None:
        """The one line that applies: the service's own, else one for all other services."""
        for code in dict.fromkeys((service, "")):
            for line in self._lines.get((carrier, code), ()):
                if line.applies(weight_g, on):
                    return line
        return None


class ContractPrice(msgspec.Struct, frozen=True, kw_only=True):
    """What the contract makes of a quote, beside what the carrier quoted."""

    price: Money
    list_price: Money
    line: int
    """The line of the seller's file that says so."""
    percent: Decimal | None = None
    """The discount, where it is one."""
    valid_to: date | None = None


def priced(
    prices: PriceTables, carrier: str, quote: Quote, *, weight_g: int, on: date
) -> ContractPrice | None:
    """The contract's price for a quote; None where no line applies, or where its currency is another.

    ``weight_g``: of all boxes together. ``on``: the day of shipping.
    """
    line = prices.line(carrier, quote.service.code, weight_g, on)
    if line is None:
        return None
    if line.percent is not None:
        left = (_HUNDRED - line.percent) / _HUNDRED
        price = Money.of(quote.price.amount * left, quote.price.currency)
    elif line.price is not None and line.price.currency == quote.price.currency:
        price = line.price
    else:
        return None
    return ContractPrice(
        price=price, list_price=quote.price, line=line.line, percent=line.percent, valid_to=line.valid_to
    )


def conflicts(lines: Iterable[ContractLine]) -> list[tuple[ContractLine, ContractLine]]:
    """Every line that would apply to a parcel of an earlier line, after the first such line."""
    earlier: dict[str, list[ContractLine]] = {}
    found = []
    for line in sorted(lines, key=lambda one: one.line):
        same = earlier.setdefault(line.service, [])
        if (first := next((one for one in same if one.meets(line)), None)) is not None:
            found.append((first, line))
        same.append(line)
    return found


# --- the store --------------------------------------------------------------------------------------------


class PriceImport(View, frozen=True, kw_only=True):
    """What an import made of a carrier's table. ``removed``: lines of the table before that are gone."""

    carrier: str
    lines: int
    added: int
    removed: int
    unchanged: int
    sheet: str = ""
    """Of an Excel file, the name of the sheet that was read."""


class ContractPriceView(ContractLine, frozen=True, kw_only=True):
    """A line, and the carrier that it is for."""

    carrier: str


async def import_prices(
    app: App, seller: str, carrier: str, lines: Sequence[ContractLine], actor: str
) -> PriceImport:
    """Make ``lines`` the seller's whole table for this carrier.

    Raises NotFound for an unknown seller or carrier, and Rejected for no lines or for lines that meet.
    """
    seller_row(app, seller)
    if carrier not in app.registry.carriers:
        known = ", ".join(sorted(app.registry.carriers))
        raise NotFound(
            "no plugin brings a carrier '{carrier}': there are {known}",
            code="not_found.no_plugin_brings_carrier",
            values={"carrier": carrier, "known": known or said("none", code="word.none")},
        )
    if not lines:
        raise Rejected(
            "there is no line: to end a contract, remove its prices", code="empty.no_line_end_contract_remove"
        )
    if pairs := conflicts(lines):
        first, second = pairs[0]
        raise Rejected(
            "lines {line} and {line_2} both apply to {common}",
            code="lines.both_apply",
            values={"line": first.line, "line_2": second.line, "common": first.common(second)},
        )
    now = app.clock.now()

    def write(tx: Transaction) -> PriceImport:
        before = {_facts(row) for row in prices.of_seller(tx, seller, carrier)}
        fresh = [_row(seller, carrier, line, now) for line in lines]
        after = {_facts(row) for row in fresh}
        prices.forget(tx, seller, carrier)
        contract_prices.insert_many(tx, fresh)
        return PriceImport(
            carrier=carrier,
            lines=len(fresh),
            added=len(after - before),
            removed=len(before - after),
            unchanged=len(after & before),
        )

    done = await app.store.write(write)
    log.info("%d contract prices of %s for %s by %s", done.lines, carrier, seller, actor)
    return done


async def remove_prices(app: App, seller: str, carrier: str, actor: str) -> int:
    """Forget the seller's prices for a carrier; returns how many lines there were. Raises NotFound."""
    seller_row(app, seller)
    removed = await app.store.write(lambda tx: prices.forget(tx, seller, carrier))
    log.info("%d contract prices of %s for %s removed by %s", removed, carrier, seller, actor)
    return removed


def price_tables(app: App, seller: str, *, on: date) -> PriceTables:
    """The seller's contract prices that are valid on a day, for `priced`."""
    tables: dict[str, list[ContractLine]] = {}
    for row in prices.valid_on(app.store.reader, seller, day=on):
        tables.setdefault(row.carrier, []).append(_of_row(row))
    return PriceTables(tables)


def list_prices(app: App, seller: str, carrier: str = "") -> list[ContractPriceView]:
    """The lines of one carrier or of all, in the order of the files. Raises NotFound."""
    seller_row(app, seller)
    return [
        ContractPriceView(carrier=row.carrier, **msgspec.structs.asdict(_of_row(row)))
        for row in prices.of_seller(app.store.reader, seller, carrier)
    ]


def _row(seller: str, carrier: str, line: ContractLine, now: datetime) -> ContractPriceRow:
    return ContractPriceRow(
        seller=seller,
        carrier=carrier,
        line=line.line,
        service=line.service,
        percent_hundredths=None if line.percent is None else int(line.percent * 100),
        price_minor=None if line.price is None else line.price.minor,
        currency="" if line.price is None else line.price.currency,
        over_g=line.over_g,
        up_to_g=line.up_to_g,
        valid_from=None if line.valid_from is None else line.valid_from.isoformat(),
        valid_to=None if line.valid_to is None else line.valid_to.isoformat(),
        created_at=now,
    )


def _of_row(row: ContractPriceRow) -> ContractLine:
    percent, minor = row.percent_hundredths, row.price_minor
    return ContractLine(
        line=row.line,
        service=row.service,
        percent=None if percent is None else Decimal(percent) / 100,
        price=None if minor is None else Money.from_minor(minor, row.currency),
        over_g=row.over_g,
        up_to_g=row.up_to_g,
        valid_from=None if row.valid_from is None else date.fromisoformat(row.valid_from),
        valid_to=None if row.valid_to is None else date.fromisoformat(row.valid_to),
    )


def _facts(row: ContractPriceRow) -> tuple[object, ...]:
    """What the line says, wherever it stands and whenever it came."""
    return msgspec.structs.astuple(msgspec.structs.replace(row, line=0, created_at=_NO_TIME))
