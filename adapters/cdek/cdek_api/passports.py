"""Whether CDEK has the passport data that customs asks for: GET /v2/passport (CDEK OpenAPI, July 2026)."""

from __future__ import annotations

from typing import Annotated

from cdek_api.decoding import Deciding
from cdek_api.structs import ErrorInfo, Received


class ClientPassport(Received, frozen=True, kw_only=True):
    """``client`` SENDER, RECEIVER or ALL. False: the data are required and not there."""

    client: str = ""
    passport_requirements_satisfied: Annotated[bool | None, Deciding] = None


class OrderPassports(Received, frozen=True, kw_only=True):
    """Of one order."""

    order_uuid: str | None = None
    passport: Annotated[tuple[ClientPassport, ...], Deciding] = ()


class Passports(Received, frozen=True, kw_only=True):
    """The answer: what is there, never the data themselves."""

    orders: Annotated[tuple[OrderPassports, ...], Deciding] = ()
    errors: tuple[ErrorInfo, ...] = ()
    warnings: tuple[ErrorInfo, ...] = ()

    def missing(self, client: str) -> bool:
        """Whether the data of this client are required and not there."""
        return any(
            one.passport_requirements_satisfied is False
            for order in self.orders
            for one in order.passport
            if one.client in (client, "ALL")
        )
