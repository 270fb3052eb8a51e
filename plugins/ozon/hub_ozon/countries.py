"""Where a line's goods were made; asked where the buyer is a firm."""

from __future__ import annotations

import ozon_api
from hub import Posting, Rejected, ReportResult, said
from ozon_api import ErrorReason, OzonError

_UNKNOWN = ("UNKNOWN_PRODUCT_DEFINED", "UNKNOW_PRODUCT", "INVALID_ARGUMENT")
"""What Ozon says of a product that it does not find; which of them here, nobody has published."""


class CountryTeller:
    """Tells countries of one account. By the documentation's text a product is named by its own number and
    not by its SKU, as it is everywhere else near packing; nobody has published an answer. One call is one
    request that changes something: where one number was refused, the next call takes the other."""

    def __init__(self) -> None:
        self._by_sku = False

    async def tell(self, client: ozon_api.Client, posting: Posting, sku: str, country: str) -> ReportResult:
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
            self._by_sku = number is not None
            raise _unknown(number, error.token) from error
        return ReportResult(number=posting.number, state="done")


def _unknown(number: int | None, token: str) -> Rejected:
    if number is None:
        return Rejected(
            "Ozon does not know the product by its SKU, and this Api-Key may not ask for the product's own "
            "number: make one with 'Product read-only' or 'Admin' as well.",
            code="rejected.ozon_country_by_sku",
            vendor_code=token,
        )
    return Rejected(
        "Ozon does not know the product by its own number: once more, and it is told by its SKU.",
        code="rejected.ozon_country_by_number",
        vendor_code=token,
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
