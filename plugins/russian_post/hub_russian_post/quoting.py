"""Prices: under the account's contract, or without an account as the public list has them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from datetime import datetime, timedelta

import russian_post_api as post
from hub import Quote, QuoteRequest, Rejected, Service, now

from hub_russian_post.addresses import index_of
from hub_russian_post.countries import NUMBERS, RUSSIA, taken
from hub_russian_post.limits import Limits
from hub_russian_post.orders import check_customs, declared, dimension, roubles
from hub_russian_post.services import DECLARED, MAIL_TYPES, ORDINARY, Product, home_point, products_of

LIST_PRICE = "public list price, without a contract"
_POINTS_FRESH = timedelta(hours=6)
_COUNTRY_FRESH = timedelta(hours=24)
_NO_KEY = {"POSTAL_PARCEL", "ONLINE_PARCEL", "ONLINE_COURIER", "PARCEL_CLASS_1", "EMS", "EMS_OPTIMAL"}
_CREDENTIALS = {401, 403}


class Quoting:
    """The quotes of one account. Its hand-in points and countries' blocks are read once and kept for hours:
    every call counts in a daily quota."""

    def __init__(self, otpravka: post.Otpravka, calculator: post.Calculator, postoffice: str) -> None:
        self._otpravka = otpravka
        self._calculator = calculator
        self._postoffice = postoffice
        self._points: tuple[datetime, list[post.ShippingPoint]] | None = None
        self._limits = Limits(calculator)
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
                f"{self._postoffice} is not one of them" if self._postoffice else "it has none switched on"
            )
            raise Rejected(
                f"Russian Post takes parcels at the account's own hand-in points, and {wanted}",
                code="no_point",
            )
        return point

    async def under_contract(self, request: QuoteRequest) -> list[Quote]:
        """One request for each mail type that the point offers, all at once."""
        home = await self.home()
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
        return await _all(self._offer(request, product, home.operator_postcode) for product in products)

    async def public(self, request: QuoteRequest) -> list[Quote]:
        """Estimates for anyone: from the sender's postcode, within Russia and to an address."""
        if request.recipient.country != "RU" or request.recipient.delivery_point:
            return []
        category = DECLARED if declared(request.declared_value) else ORDINARY
        products = [Product(kind, category) for kind in MAIL_TYPES if kind in _NO_KEY]
        products = await self._limits.light_enough(products, _weight(request), abroad=False)
        return await _all(self._estimate(request, product) for product in products)

    async def _not_blocked(
        self, request: QuoteRequest, choices: Sequence[Sequence[Product]]
    ) -> list[Product]:
        """Of each mail type the best way that the country takes now. Raises Rejected where it takes none."""
        number = NUMBERS.get(request.recipient.country)
        country = None if number is None else await self._country(number)
        if country is None:
            raise Rejected(
                f"Russian Post does not send to {request.recipient.country}", code="blocked_country"
            )
        weight = _weight(request)
        found = (next((one for one in ways if taken(country, one, weight)), None) for ways in choices)
        products = [one for one in found if one is not None]
        if choices and not products:
            raise Rejected(
                f"Russian Post takes nothing of {weight} g to {request.recipient.country} now: every kind of "
                "parcel that the account has is blocked there, or too heavy",
                code="blocked_country",
            )
        return products

    async def _country(self, number: int) -> post.Country | None:
        kept = self._countries.get(number)
        if kept is None or now() - kept[0] >= _COUNTRY_FRESH:
            rows = await self._calculator.countries(number)
            kept = (now(), next((row for row in rows if row.id == number), None))
            self._countries[number] = kept
        return kept[1]

    async def _offer(self, request: QuoteRequest, product: Product, home: str) -> Quote | str:
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
            if post.BAD_INPUT in error.codes:  # it says no more than that
                return "it cannot reckon a price: are postcode, weight and size right?"
            return "; ".join(dict.fromkeys(one.description or one.code for one in error.errors))
        if tariff.total_rate <= 0:
            return "it is not in the account's contract"
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

    async def _estimate(self, request: QuoteRequest, product: Product) -> Quote | str:
        (box,) = request.parcels
        code = product.object_code(abroad=False)
        if code is None:
            return "it has no public tariff"
        size = dimension(box)
        asked = post.CalculatorQuery(
            object=code,
            weight=box.weight_g,
            from_=self._postoffice or index_of(request.sender),
            to=index_of(request.recipient),
            size=f"{size.length}x{size.width}x{size.height}",
            sumoc=declared(request.declared_value) if product.declared else None,
            date=request.ship_on,
        )
        try:
            found = await self._calculator.tariff_delivery(asked)
        except post.CalculatorError as error:
            return "; ".join(dict.fromkeys(one.msg for one in error.problems if one.msg))
        if not found.paynds:
            return "it has no public tariff"
        days = found.delivery or post.Term()
        return Quote(
            service=Service(code=product.code, name=product.name),
            price=roubles(found.paynds),
            days_min=days.min,
            days_max=days.max,
            to=product.to,
            estimate=True,
            note=LIST_PRICE,
        )


async def _all(offers: Iterable[Coroutine[None, None, Quote | str]]) -> list[Quote]:
    """All at once; the first that fails ends the others. Raises Rejected where each has its reason not to be:
    the parcel is too heavy, the index is unknown."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one) for one in offers]
    answers = [task.result() for task in tasks]
    quotes = [one for one in answers if isinstance(one, Quote)]
    reasons = dict.fromkeys(one for one in answers if isinstance(one, str) and one)
    if reasons and not quotes:
        raise Rejected(f"Russian Post does not take this parcel: {'; '.join(reasons)}", code="not_taken")
    return quotes


def _outage(error: post.OtpravkaError) -> bool:
    return error.http_status >= 500 and post.BAD_INPUT not in error.codes


def _weight(request: QuoteRequest) -> int:
    return sum(box.weight_g for box in request.parcels)
