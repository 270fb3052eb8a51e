"""Where a product of a posting was made; asked where the buyer is a firm."""

from __future__ import annotations

from typing import Annotated

from ozon_api.calls import Calls
from ozon_api.wire import Body, Deciding, Reply


class _ListRequest(Body, frozen=True, kw_only=True):
    name_search: str = ""


class _SetRequest(Body, frozen=True, kw_only=True):
    posting_number: str
    product_id: int
    country_iso_code: str


class Country(Reply, frozen=True, kw_only=True):
    """``name`` is Russian, ``country_iso_code`` ISO 3166-1 alpha-2."""

    country_iso_code: str
    name: str = ""


class CountryList(Reply, frozen=True, kw_only=True):
    result: tuple[Country, ...]


class CountrySet(Reply, frozen=True, kw_only=True):
    """``is_gtd_needed``: a customs number is wanted from now on."""

    product_id: int
    is_gtd_needed: Annotated[bool, Deciding] = False


class Countries(Calls):
    async def posting_fbs_product_country_list(self, name_search: str = "") -> CountryList:
        """``/v2/posting/fbs/product/country/list``: the countries that can be set, by a part of the Russian
        name."""
        body = _ListRequest(name_search=name_search)
        return await self._read("/v2/posting/fbs/product/country/list", body, CountryList)

    async def posting_fbs_product_country_set(
        self, posting_number: str, product_id: int, country_iso_code: str
    ) -> CountrySet:
        """``/v2/posting/fbs/product/country/set``: ``product_id`` is, by the documentation's text, the
        product's own number, not its SKU."""
        body = _SetRequest(
            posting_number=posting_number, product_id=product_id, country_iso_code=country_iso_code
        )
        path = "/v2/posting/fbs/product/country/set"
        return await self._write(path, body, CountrySet, lambda made: made.product_id)
