"""The contract's prices out of the public list: what the contract asks beside it is learned from the
contract's own answers.

A question under the contract (POST /1.0/tariff) is one call for each mail type, and counts in the account's
day; the public calculator does not count. So the list is asked for every parcel, and the contract only until
its difference is known, and now and then to see that it still holds. Carriage and the rest (declared value,
services) have a difference each: a contract's discount is off the carriage.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from decimal import Decimal

import httpx
import msgspec
import russian_post_api as post
from hub import BadReply, Unavailable, now

from hub_russian_post.services import Product

PROVEN = 2
"""So often the reckoned price has to have been right before the contract is asked no more each time."""
CHECKED = 20
"""Once in so many uses the contract is asked all the same."""
_RIGHT = Decimal("0.01")  # of the price
_TRIES = 3  # refusals of a product of which no price is known, before the list alone is shown
_FRESH = timedelta(hours=6)
_PATIENCE = 4.0  # real seconds for the list: the contract can still be asked within the hub's deadline
_REST = timedelta(minutes=10)
_MOST = 2_000


class _Known(msgspec.Struct):
    carriage: Decimal
    rest: Decimal
    right: int = 0
    uses: int = 0


class Contract:
    """What is known of one account's contract, in this process."""

    def __init__(self) -> None:
        self._known: dict[Product, _Known] = {}
        self._absent: dict[Product, datetime] = {}
        self._refused: dict[Product, int] = {}

    def knows(self, product: Product) -> bool:
        return product in self._known

    def lacks(self, product: Product) -> bool:
        """Whether the contract said within the last hours that it does not have it."""
        told = self._absent.get(product)
        return told is not None and now() - told < _FRESH

    def worth_asking(self, product: Product) -> bool:
        """Whether a price may still be learned: it was not refused time and again."""
        return self._refused.get(product, 0) < _TRIES

    def price(self, product: Product, listed: post.Calculation) -> int | None:
        """Kopecks with VAT; None where nothing is known yet."""
        known = self._known.get(product)
        if known is None:
            return None
        carriage, rest = _parts(listed)
        return round(carriage * known.carriage + rest * known.rest)

    def due(self, product: Product) -> bool:
        """Whether the contract should be asked about it now; counts a use."""
        known = self._known[product]
        known.uses += 1
        return known.right < PROVEN or known.uses >= CHECKED

    def learn(self, product: Product, listed: post.Calculation | None, exact: post.Tariff) -> None:
        """The contract's own answer beside the list's, for the same parcel."""
        self._refused.pop(product, None)
        if exact.total_rate <= 0:
            self._absent[product] = now()
            self._known.pop(product, None)
            return
        if listed is None or not listed.paynds:
            return
        reckoned = self.price(product, listed)
        paid = exact.total_with_vat
        right = reckoned is not None and abs(reckoned - paid) <= paid * _RIGHT
        before = self._known[product].right if right else 0
        self._known[product] = _Known(*_ratios(listed, exact), right=before + right)

    def refused(self, product: Product) -> None:
        """The contract did not say a price for this parcel."""
        if product not in self._known:
            self._refused[product] = self._refused.get(product, 0) + 1


def _parts(listed: post.Calculation) -> tuple[int, int]:
    """Kopecks with VAT: the carriage, and the rest."""
    total = listed.paynds or 0
    one = listed.ground or listed.avia
    carriage = (one.valnds if one is not None else None) or total
    return carriage, total - carriage


def _ratios(listed: post.Calculation, exact: post.Tariff) -> tuple[Decimal, Decimal]:
    """Carriage to carriage and rest to rest; all to all where an answer does not tell them apart."""
    carriage, rest = _parts(listed)
    one = exact.ground_rate or exact.avia_rate
    paid = 0 if one is None else one.rate + one.vat
    whole = Decimal(exact.total_with_vat) / (carriage + rest)
    if not paid or (listed.ground or listed.avia) is None:
        return whole, whole
    others = exact.total_with_vat - paid
    return Decimal(paid) / carriage, Decimal(others) / rest if rest > 0 else Decimal(1)


class ListPrices:
    """The public list's answers, kept for hours. It does not count, and is not asked twice all the same.

    It is another host than the account's. While it does not answer the contract is asked instead: one
    question tries it, and after a failure none for some minutes.
    """

    def __init__(self, calculator: post.Calculator) -> None:
        self._calculator = calculator
        self._kept: dict[post.CalculatorQuery, tuple[datetime, post.Calculation]] = {}
        self._answers = False
        self._down_until: datetime | None = None
        self._trying = asyncio.Lock()

    async def of(self, query: post.CalculatorQuery) -> post.Calculation:
        """Raises CalculatorError for what the list refuses, and Unavailable where it does not answer."""
        kept = self._kept.get(query)
        if kept is not None and now() - kept[0] < _FRESH:
            return kept[1]
        if not self._answers:
            async with self._trying:
                self._check()
                if not self._answers:
                    return await self._ask(query)
        return await self._ask(query)

    def _check(self) -> None:
        left = timedelta(0) if self._down_until is None else self._down_until - now()
        if timedelta(0) < left <= _REST:
            raise Unavailable(
                "the Post's public list does not answer",
                retry_after=left,
                code="unavailable.public_list_not_answer",
            )

    async def _ask(self, query: post.CalculatorQuery) -> post.Calculation:
        try:
            async with asyncio.timeout(_PATIENCE):
                found = await self._calculator.tariff_delivery(query)
        except post.CalculatorError:
            self._answers = True
            raise
        except (httpx.HTTPError, OSError, ValueError, Unavailable, BadReply) as error:
            self._answers, self._down_until = False, now() + _REST
            raise Unavailable(
                "the Post's public list does not answer",
                retry_after=_REST,
                code="unavailable.public_list_not_answer",
            ) from error
        self._answers = True
        if len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[query] = (now(), found)
        return found
