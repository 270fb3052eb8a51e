"""How heavy a parcel may be, product by product, out of the Post's own public dictionary
(GET /v2/dictionary/object/tariff/delivery): the weights change, so none stands in this code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import httpx
import msgspec
import russian_post_api as post
from hub import Rejected, Unavailable, now

from hub_russian_post.services import Product

_FRESH = timedelta(hours=24)
_WEIGHT = "weight"


class Limits:
    """What is read is kept for a day; what cannot be read limits nothing here: the Post says so later."""

    def __init__(self, calculator: post.Calculator) -> None:
        self._calculator = calculator
        self._heaviest: dict[int, tuple[datetime, int | None]] = {}

    async def light_enough(
        self, products: Sequence[Product], weight_g: int, *, abroad: bool
    ) -> list[Product]:
        """The products that take this weight. Raises Rejected where none does, and says what they take."""
        codes = {product: product.object_code(abroad=abroad) for product in products}
        await self._read({code for code in codes.values() if code is not None})
        most = {product: self._known(code) for product, code in codes.items()}
        fitting = [product for product in products if (limit := most[product]) is None or weight_g <= limit]
        if products and not fitting:
            heaviest = max(limit for limit in most.values() if limit is not None)
            raise Rejected(
                "Russian Post takes at most {most} kg here, and this weighs {weight} kg",
                code="too_heavy",
                values={"most": f"{heaviest / 1000:g}", "weight": f"{weight_g / 1000:g}"},
            )
        return fitting

    def _known(self, code: int | None) -> int | None:
        kept = None if code is None else self._heaviest.get(code)
        return None if kept is None else kept[1]

    async def _read(self, codes: set[int]) -> None:
        missing = {
            code for code in codes if (kept := self._heaviest.get(code)) is None or now() - kept[0] >= _FRESH
        }
        if not missing:
            return
        try:
            found = {one.id: _limit(one) for one in await self._calculator.objects(*sorted(missing))}
        except (httpx.HTTPError, post.CalculatorError, msgspec.MsgspecError, Unavailable):
            return
        for code in missing:
            self._heaviest[code] = (now(), found.get(code))


def _limit(one: post.MailObject) -> int | None:
    """Grams. The dictionary's unit is words, and weights are in grams in all of them."""
    return next((each.max for each in one.params if each.param == _WEIGHT), None)
