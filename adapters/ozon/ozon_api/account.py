"""What a key may do."""

from __future__ import annotations

from typing import Annotated

from ozon_api.calls import Calls, Nothing
from ozon_api.wire import Deciding, Reply, Time


class Role(Reply, frozen=True, kw_only=True):
    name: str
    methods: Annotated[tuple[str, ...], Deciding] = ()


class Roles(Reply, frozen=True, kw_only=True):
    """Keys made since 2026-09-03 live three months: ``expires_at`` says until when."""

    roles: tuple[Role, ...]
    expires_at: Time | None = None


class Account(Calls):
    async def roles(self) -> Roles:
        """``/v1/roles``: the cheapest proof of a key, without side effects."""
        return await self._read("/v1/roles", Nothing(), Roles)
