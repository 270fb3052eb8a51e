"""The account, quotes, and cleaning: everything that changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from russian_post_api.account import Limit, ShippingPoint, UserSettings
from russian_post_api.cleaning import (
    AddressToClean,
    CleanAddress,
    CleanName,
    NameToClean,
)
from russian_post_api.quotes import Tariff, TariffRequest
from russian_post_api.sending import Calls, read


class AccountCalls(Calls):
    async def settings_limit(self) -> Limit:
        """GET /1.0/settings/limit: the daily quota. Small and read-only, the best test of credentials."""
        return await self._get("/1.0/settings/limit", Limit)

    async def settings(self) -> UserSettings:
        """GET /1.0/settings: 100 kB."""
        return await self._get("/1.0/settings", UserSettings)

    async def user_shipping_points(self) -> list[ShippingPoint]:
        """GET /1.0/user-shipping-points: own hand-in points and the products that each offers."""
        return await self._get("/1.0/user-shipping-points", list[ShippingPoint])

    async def tariff(self, request: TariffRequest) -> Tariff:
        """POST /1.0/tariff: a quote. A total of 0 is no offer; CODE_1372: the route is not served."""
        return read(await self._send("POST", "/1.0/tariff", request, safe=True), Tariff)

    async def clean_address(self, addresses: Sequence[AddressToClean]) -> list[CleanAddress]:
        """POST /1.0/clean/address. Join on ``id``: the order is not kept."""
        return read(await self._send("POST", "/1.0/clean/address", addresses, safe=True), list[CleanAddress])

    async def clean_physical(self, names: Sequence[NameToClean]) -> list[CleanName]:
        """POST /1.0/clean/physical. Join on ``id``."""
        return read(await self._send("POST", "/1.0/clean/physical", names, safe=True), list[CleanName])
