"""Prices: under the account's contract, or without an account as the public list has them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import russian_post_api as post
from hub import Quote, QuoteRequest, Rejected, Service, Unavailable, in_a_row, now, render, said

from hub_russian_post.addresses import index_of
from hub_russian_post.contract import Contract, ListPrices
from hub_russian_post.countries import NUMBERS, RUSSIA, taken
from hub_russian_post.limits import Limits
from hub_russian_post.orders import check_customs, declared, dimension, roubles
from hub_russian_post.services import DECLARED, MAIL_TYPES, ORDINARY, Product, home_point, products_of

LIST_PRICE = said("public list price, without a contract", code="post.public_list_price_without")
RECKONED = said(
    "reckoned from the list and the contract's discount", code="post.reckoned_list_contract_discount"
)
LISTED = said("the list price: the contract said none", code="post.list_price_contract_said")
ONLY_LISTED = said(
    "only the list price: the day's calls are kept for booking", code="post.list_price_day_calls"
)
NOT_IN_IT = said("it is not in the account's contract", code="post.not_account_contract")
_REFUSALS = {1372, 1375, 1377, 1378, 2003, 2004, 2005}
"""The calculator's ways to say that this parcel does not go there: the contract would say the same."""
_POINTS_FRESH = timedelta(hours=6)
_COUNTRY_FRESH = timedelta(hours=24)
_NO_KEY = {"POSTAL_PARCEL", "ONLINE_PARCEL", "ONLINE_COURIER", "PARCEL_CLASS_1", "EMS", "EMS_OPTIMAL"}
_CREDENTIALS = {401, 403}
_FRAGILE = 4  # the calculator's service "careful"

T = TypeVar("T")


class Quoting:
    """The quotes of one account. Its hand-in points and countries' blocks are read once and kept for hours:
    every call counts in a daily quota."""

    def __init__(self, otpravka: post.Otpravka, calculator: post.Calculator, postoffice: str) -> None:
        self._otpravka = otpravka
        self._calculator = calculator
        self._postoffice = postoffice
        self._points: tuple[datetime, list[post.ShippingPoint]] | None = None
        self._limits = Limits(calculator)
        self._contract = Contract()
        self._lists = ListPrices(calculator)
        self._learning = asyncio.Lock()
        self._countries: dict[int, tuple[datetime, post.Country | None]] = {}

    async def points(self) -> list[post.ShippingPoint]:
        """The account's own hand-in points."""
        if self._points is None or now() - self._points[0] >= _POINTS_FRESH:
            self._points = (now(), await self._otpravka.user_shipping_points())
        return self._points[1]

    async def home(self) -> post.ShippingPoint:
        """The hand-in point of this account. Raises Rejected where the settings name one that it has not."""
        point = home_point(await self.points(), self._postoffice)
        if point is None:
            wanted = (
                said(
                    "{postoffice} is not one of them",
                    code="post.not_them",
                    values={"postoffice": self._postoffice},
                )
                if self._postoffice
                else said("it has none switched on", code="post.none_switched")
            )
            raise Rejected(
                "Russian Post takes parcels at the account's own hand-in points, and {wanted}",
                code="no_point.takes_parcels_account_own",
                values={"wanted": wanted},
            )
        return point

    async def under_contract(self, request: QuoteRequest) -> list[Quote]:
        """A price for each mail type that the point offers. Within Russia and to an address they are reckoned
        from the public list, as soon as the contract's difference is known: at most one call each time."""
        try:
            home = await self.home()
        except Unavailable as error:
            if error.code != "calls_kept":
                raise
            return await self.public(request, ONLY_LISTED)
        abroad = request.recipient.country != "RU"
        if not abroad and not request.recipient.delivery_point:
            index_of(request.recipient)  # without one every single question would be refused
        choices = products_of(
            home,
            abroad=abroad,
            to_point=bool(request.recipient.delivery_point),
            declared=bool(declared(request.declared_value)),
        )
        if abroad:
            check_customs(request.parcels)
            products = await self._not_blocked(request, choices)
        else:
            products = [ways[0] for ways in choices]
        products = await self._limits.light_enough(products, _weight(request), abroad=abroad)
        index = home.operator_postcode
        if abroad or request.recipient.delivery_point:
            return await _all(self._exact(request, product, index) for product in products)
        return _offered(await self._reckoned(request, products, index))

    async def _reckoned(
        self, request: QuoteRequest, products: Sequence[Product], home: str
    ) -> list[Quote | str]:
        """For each product a quote, or why there is none."""
        contract = self._contract
        found: dict[Product, Quote | str] = {one: NOT_IN_IT for one in products if contract.lacks(one)}
        asked = [one for one in products if one not in found]
        told = await _gathered(self._listed(request, one, home) for one in asked)
        lists = {
            one: each for one, each in zip(asked, told, strict=True) if isinstance(each, post.Calculation)
        }
        found |= {
            one: each
            for one, each in zip(asked, told, strict=True)
            if isinstance(each, str) and contract.knows(one)
        }
        blind = [one for one in asked if one not in found and one not in lists]
        found |= await self._ask_each(request, blind, home, lists)
        if any(map(self._asks, lists)):
            # Of parcels that come at once, the first learns what is not known, and the others wait for it.
            async with self._learning:
                new = [one for one in lists if self._asks(one)]
                found |= await self._ask_each(request, new, home, lists)
        rest = [one for one in lists if one not in found]
        prices = {one: self._from_list(request, one, lists[one]) for one in rest}
        due = [one for one in rest if contract.knows(one) and contract.due(one)]
        if due and len(rest) == len(asked):
            cheapest = min(due, key=lambda one: prices[one].price.amount)
            found |= await self._ask_each(request, [cheapest], home, lists)
        found = {**prices, **found}
        return [found[one] for one in products]

    async def _ask_each(
        self,
        request: QuoteRequest,
        products: Sequence[Product],
        home: str,
        lists: dict[Product, post.Calculation],
    ) -> dict[Product, Quote | str]:
        told = await _gathered(self._one(request, one, home, lists.get(one)) for one in products)
        return dict(zip(products, told, strict=True))

    def _asks(self, product: Product) -> bool:
        """Whether a price is still to be learned."""
        return not self._contract.knows(product) and self._contract.worth_asking(product)

    async def _one(
        self, request: QuoteRequest, product: Product, home: str, listed: post.Calculation | None
    ) -> Quote | str:
        """The contract's own price; the list's where the day's calls are kept for something else."""
        try:
            return await self._exact(request, product, home, listed)
        except Unavailable as error:
            if error.code != "calls_kept" or listed is None:
                raise
            return self._from_list(request, product, listed, kept=True)

    def _from_list(
        self,
        request: QuoteRequest,
        product: Product,
        listed: post.Calculation,
        *,
        kept: bool = False,
    ) -> Quote:
        """With the contract's difference; without one it is an estimate, which nobody books by itself."""
        reckoned = self._contract.price(product, listed)
        words = ONLY_LISTED if kept and reckoned is None else LISTED if reckoned is None else RECKONED
        note = render(words, request.language)
        days = listed.delivery or post.Term()
        return Quote(
            service=Service(code=product.code, name=product.name),
            price=roubles(listed.paynds or 0 if reckoned is None else reckoned),
            days_min=days.min,
            days_max=days.max,
            to=product.to,
            estimate=reckoned is None,
            note=note,
        )

    async def _listed(
        self, request: QuoteRequest, product: Product, home: str
    ) -> post.Calculation | str | None:
        """The list price; words where the parcel does not go there; None where the list says nothing."""
        code = product.object_code(abroad=False)
        if code is None:
            return None
        try:
            found = await self._lists.of(_list_query(request, product, code, home))
        except post.CalculatorError as error:
            reasons = [one.msg for one in error.problems if one.code in _REFUSALS and one.msg]
            return "; ".join(dict.fromkeys(reasons)) or None
        except Unavailable:
            return None
        return found if found.paynds else None

    async def public(self, request: QuoteRequest, note: str = LIST_PRICE) -> list[Quote]:
        """Estimates for anyone: from the sender's postcode, within Russia and to an address."""
        if request.recipient.country != "RU" or request.recipient.delivery_point:
            return []
        category = DECLARED if declared(request.declared_value) else ORDINARY
        products = [Product(kind, category) for kind in MAIL_TYPES if kind in _NO_KEY]
        products = await self._limits.light_enough(products, _weight(request), abroad=False)
        return await _all(self._estimate(request, product, note) for product in products)

    async def _not_blocked(
        self, request: QuoteRequest, choices: Sequence[Sequence[Product]]
    ) -> list[Product]:
        """Of each mail type the best way that the country takes now. Raises Rejected where it takes none."""
        number = NUMBERS.get(request.recipient.country)
        country = None if number is None else await self._country(number)
        if country is None:
            raise Rejected(
                "Russian Post does not send to {country}",
                code="blocked_country.not_send",
                values={"country": request.recipient.country},
            )
        weight = _weight(request)
        found = (next((one for one in ways if taken(country, one, weight)), None) for ways in choices)
        products = [one for one in found if one is not None]
        if choices and not products:
            raise Rejected(
                "Russian Post takes nothing of {weight} g to {country} now: every kind of parcel that the "
                "account has is blocked there, or too heavy",
                code="blocked_country.takes_nothing_now_every",
                values={"weight": weight, "country": request.recipient.country},
            )
        return products

    async def _country(self, number: int) -> post.Country | None:
        kept = self._countries.get(number)
        if kept is None or now() - kept[0] >= _COUNTRY_FRESH:
            rows = await self._calculator.countries(number)
            kept = (now(), next((row for row in rows if row.id == number), None))
            self._countries[number] = kept
        return kept[1]

    async def _exact(
        self,
        request: QuoteRequest,
        product: Product,
        home: str,
        listed: post.Calculation | None = None,
    ) -> Quote | str:
        """Or why there is none: the Post refuses this product here, or asks nothing: it is not in the
        contract."""
        abroad = request.recipient.country != "RU"
        (box,) = request.parcels
        point = request.recipient.delivery_point
        asked = post.TariffRequest(
            mail_type=product.mail_type,
            mail_category=product.category,
            mass=box.weight_g,
            dimension=dimension(box),
            index_from=home,
            index_to=None if abroad or product.ecom else index_of(request.recipient),
            mail_direct=NUMBERS[request.recipient.country] if abroad else RUSSIA,
            delivery_point_index=point if product.ecom else None,
            declared_value=declared(request.declared_value) if product.declared else None,
            fragile=any(item.fragile for item in box.items),
            entries_type="SALE_OF_GOODS",
            inventory=False,
            with_order_of_notice=False,
            with_simple_notice=False,
        )
        try:
            tariff = await self._tariff(asked)
        except post.OtpravkaError as error:
            if error.http_status in _CREDENTIALS or error.http_status == 429 or _outage(error):
                raise
            self._contract.refused(product)
            if post.BAD_INPUT in error.codes:  # it says no more than that
                return "it cannot reckon a price: are postcode, weight and size right?"
            return "; ".join(dict.fromkeys(one.description or one.code for one in error.errors))
        self._contract.learn(product, listed, tariff)
        if tariff.total_rate <= 0:
            return NOT_IN_IT
        days = tariff.delivery_time or post.DeliveryTime()
        return Quote(
            service=Service(code=product.code, name=product.name),
            price=roubles(tariff.total_with_vat),
            days_min=days.min_days,
            days_max=days.max_days,
            to=product.to,
        )

    async def _tariff(self, asked: post.TariffRequest) -> post.Tariff:
        """A 500 with 1002 is what bad input gets and what a true fault gets: asked once more only."""
        try:
            return await self._otpravka.tariff(asked)
        except post.OtpravkaError as error:
            if post.BAD_INPUT not in error.codes:
                raise
        return await self._otpravka.tariff(asked)

    async def _estimate(self, request: QuoteRequest, product: Product, note: str) -> Quote | str:
        code = product.object_code(abroad=False)
        if code is None:
            return said("it has no public tariff", code="post.no_public_tariff")
        asked = _list_query(request, product, code, self._postoffice or index_of(request.sender))
        try:
            found = await self._lists.of(asked)
        except post.CalculatorError as error:
            return "; ".join(dict.fromkeys(one.msg for one in error.problems if one.msg))
        if not found.paynds:
            return said("it has no public tariff", code="post.no_public_tariff")
        days = found.delivery or post.Term()
        return Quote(
            service=Service(code=product.code, name=product.name),
            price=roubles(found.paynds),
            days_min=days.min,
            days_max=days.max,
            to=product.to,
            estimate=True,
            note=render(note, request.language),
        )


def _list_query(request: QuoteRequest, product: Product, code: int, home: str) -> post.CalculatorQuery:
    (box,) = request.parcels
    size = dimension(box)
    return post.CalculatorQuery(
        object=code,
        weight=box.weight_g,
        from_=home,
        to=index_of(request.recipient),
        size=f"{size.length}x{size.width}x{size.height}",
        sumoc=declared(request.declared_value) if product.declared else None,
        date=request.ship_on,
        service=(_FRAGILE,) if any(item.fragile for item in box.items) else (),
    )


async def _gathered(work: Iterable[Coroutine[None, None, T]]) -> list[T]:
    """All at once; the first that fails ends the others."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one) for one in work]
    return [task.result() for task in tasks]


async def _all(offers: Iterable[Coroutine[None, None, Quote | str]]) -> list[Quote]:
    return _offered(await _gathered(offers))


def _offered(answers: Sequence[Quote | str]) -> list[Quote]:
    """Raises Rejected where each has its reason not to be: the parcel is too heavy, the index is unknown."""
    quotes = [one for one in answers if isinstance(one, Quote)]
    reasons = dict.fromkeys(one for one in answers if isinstance(one, str) and one)
    if reasons and not quotes:
        raise Rejected(
            "Russian Post does not take this parcel: {in_a_row}",
            code="not_taken",
            values={"in_a_row": in_a_row(reasons)},
        )
    return quotes


def _outage(error: post.OtpravkaError) -> bool:
    return error.http_status >= 500 and post.BAD_INPUT not in error.codes


def _weight(request: QuoteRequest) -> int:
    return sum(box.weight_g for box in request.parcels)
