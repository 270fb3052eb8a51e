"""Where a line's goods were made; asked where the buyer is a firm."""

from __future__ import annotations

from datetime import timedelta

import ozon_api
from hub import Posting, Rejected, ReportResult, Unavailable, said
from ozon_api import ErrorReason, OzonError

_UNKNOWN = ("UNKNOWN_PRODUCT_DEFINED", "UNKNOW_PRODUCT", "INVALID_ARGUMENT")
"""What Ozon says of a product that it does not find; which of them here, nobody has published."""


_AGAIN = timedelta(seconds=30)


class CountryTeller:
    """Tells countries of one account. By the documentation's text a product is named by its own number and
    not by its SKU, as it is everywhere else near packing; nobody has published an answer. One call is one
    request that changes something: where one number was refused, the next call takes the other, which is
    kept to while it is taken."""

    def __init__(self) -> None:
        self._by_sku = False
        self._refused: set[tuple[str, str]] = set()
        """Postings and SKUs of which one number was refused."""

    async def tell(self, client: ozon_api.Client, posting: Posting, sku: str, country: str) -> ReportResult:
        """Raises Unavailable where the other number is to be tried, Rejected where there is none left."""
        number = None if self._by_sku else await _product_id(client, sku)
        known = (await client.posting_fbs_product_country_list()).result
        if known and country not in {one.country_iso_code for one in known}:
            reason = said(
                "Ozon knows no country {country}.", code="ozon.country_unknown", values={"country": country}
            )
            return ReportResult(number=posting.number, state="refused", reason=reason)
        try:
            await client.posting_fbs_product_country_set(posting.number, number or int(sku), country)
        except OzonError as error:
            if error.token not in _UNKNOWN:
                raise
            raise self._of_another((posting.number, sku), number, error.token) from error
        self._refused.discard((posting.number, sku))
        return ReportResult(number=posting.number, state="done")

    def _of_another(self, line: tuple[str, str], number: int | None, token: str) -> Rejected | Unavailable:
        if number is None and not self._by_sku:
            return Rejected(
                "Ozon does not know the product by its SKU, and this Api-Key may not ask for the product's "
                "own number: make one with 'Product read-only' or 'Admin' as well.",
                code="rejected.ozon_country_by_sku",
                vendor_code=token,
            )
        self._by_sku = not self._by_sku
        if line in self._refused:
            self._refused.discard(line)
            return Rejected(
                "Ozon knows this product neither by its own number nor by its SKU.",
                code="rejected.ozon_country_by_neither",
                vendor_code=token,
            )
        self._refused.add(line)
        return Unavailable(
            "Ozon does not know the product by the one of its numbers: it is told the other next.",
            code="unavailable.ozon_country_by_other",
            retry_after=_AGAIN,
        )


async def _product_id(client: ozon_api.Client, sku: str) -> int | None:
    """The product's own number; None where Ozon does not say it, or the key may not ask."""
    try:
        found = (await client.product_info_stocks_by_warehouse_fbs(sku=[sku])).products
    except OzonError as error:
        if error.reason is ErrorReason.RATE_LIMITED:
            raise
        return None
    return next((one.product_id for one in found if str(one.sku) == sku), None)
