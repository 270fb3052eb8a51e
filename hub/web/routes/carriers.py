"""What the hub knows of a seller's carriers: their records, and the contract prices."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import msgspec
from litestar import Controller, delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from hub.flow.choice import seller_rules
from hub.flow.choice.prices import contract_prices, price_csv
from hub.flow.choice.prices.contract_prices import ContractPriceView, PriceImport
from hub.flow.choice.records import carrier_feedback, carrier_record
from hub.flow.choice.records.carrier_record import CarrierRecord
from hub.flow.choice.seller_rules import RulesView
from hub.flow.history.results import ImportResult
from hub.flow.history.view import Listing
from hub.plugin_api.errors import NotFound, Rejected
from hub.plugin_api.rules import CarrierRules
from hub.plugin_api.tables import BYTES_MAX
from hub.web.access import HubRequest, actor_of, hub_of, seller_of
from hub.web.bodies import RatingBody
from hub.web.description import XLSX, TableOperation
from hub.web.parameters import Direction
from hub.words import in_a_row, said

_TABLE = {"accepts": ("text/csv", XLSX, "application/octet-stream")}
_TOLD = 20  # lines that one refusal names


class CarriersController(Controller):
    """A seller's carriers."""

    path = "/sellers/{slug:str}"
    tags = ("carriers",)

    @get("/carrier-records", summary="The carriers' records, with the parcels behind each figure")
    async def list_records(
        self, request: HubRequest, slug: FromPath[str], carrier: FromQuery[str] = "",
        direction: Direction = None,
    ) -> Listing[CarrierRecord]:  # fmt: skip
        """Everywhere, and each direction with enough parcels. With ``direction`` (``RU``, ``RU/63`` by the
        postal code, or ``RU/`` and a region) one record a carrier, as a choice reads it: figures of too few
        parcels are taken from a wider direction, and say so."""
        hub, seller = hub_of(request), seller_of(request, slug)
        return Listing(items=carrier_record.records(hub, seller, carrier=carrier, direction=direction or ""))

    @post(
        "/carrier-records",
        summary="What buyers say: claims, returns and ratings, as CSV or an Excel file",
        status_code=200,
        opt=_TABLE,
        request_max_body_size=BYTES_MAX,
        operation_class=TableOperation,
    )
    async def import_feedback(self, request: HubRequest, slug: FromPath[str]) -> ImportResult:
        """A line that is known already changes nothing; lines that cannot be read are told, and the others go
        on."""
        hub, seller = hub_of(request), seller_of(request, slug)
        return await carrier_feedback.import_csv(hub, seller, await request.body(), actor_of(request))

    @post(
        "/carrier-records/{carrier:str}/rating",
        operation_id="rateCarrier",
        summary="The seller's own rating, 1 to 5",
        status_code=200,
    )
    async def rate(
        self, request: HubRequest, slug: FromPath[str], carrier: FromPath[str], data: JSONBody[RatingBody]
    ) -> RatingBody:
        """Null says nothing any more."""
        hub, seller = hub_of(request), seller_of(request, slug)
        rating = None if data.rating is None else Decimal(str(data.rating))
        await carrier_feedback.rate(hub, seller, carrier, rating, actor_of(request))
        return data

    @get("/rules", summary="How the seller's carriers are chosen")
    async def show_rules(self, request: HubRequest, slug: FromPath[str]) -> RulesView:
        return seller_rules.rules_of(hub_of(request), seller_of(request, slug))

    @put("/rules", summary="Put rules in the place of the seller's")
    async def set_rules(
        self, request: HubRequest, slug: FromPath[str], data: JSONBody[CarrierRules]
    ) -> RulesView:
        """The whole of them: what is not named is as by default. 409 ``declared`` where plugins.toml declares
        the seller; 422 ``rules`` with the key for what cannot be meant."""
        hub, seller = hub_of(request), seller_of(request, slug)
        return await seller_rules.set_rules(hub, seller, data, actor_of(request))

    @get("/contract-prices", summary="The seller's contract prices")
    async def list_prices(
        self, request: HubRequest, slug: FromPath[str], carrier: FromQuery[str] = ""
    ) -> Listing[ContractPriceView]:
        hub, seller = hub_of(request), seller_of(request, slug)
        return Listing(items=contract_prices.list_prices(hub, seller, carrier))

    @post(
        "/contract-prices/{carrier:str}",
        summary="Make a table (CSV, Excel) the whole price table with a carrier",
        status_code=200,
        opt=_TABLE,
        request_max_body_size=BYTES_MAX,
        operation_class=TableOperation,
    )
    async def import_prices(
        self, request: HubRequest, slug: FromPath[str], carrier: FromPath[str]
    ) -> PriceImport:
        """A file with a line that cannot be read, or with two lines for one parcel, changes nothing."""
        hub, seller = hub_of(request), seller_of(request, slug)
        lines, problems, sheet = await asyncio.to_thread(price_csv.read_table, await request.body())
        if problems:
            told = [
                said(
                    "line {line}: {reason}",
                    code="lines.line",
                    values={"line": one.line, "reason": one.reason},
                )
                for one in problems[:_TOLD]
            ]
            if len(problems) > _TOLD:
                told.append(
                    said("and {count} more", code="lines.told", values={"count": len(problems) - _TOLD})
                )
            raise Rejected(
                "Nothing was changed. {told}",
                code="lines.nothing_changed",
                values={"told": in_a_row(told)},
            )
        done = await contract_prices.import_prices(hub, seller, carrier, lines, actor_of(request))
        return msgspec.structs.replace(done, sheet=sheet)

    @delete("/contract-prices/{carrier:str}", summary="Forget the prices: list prices count again")
    async def remove_prices(self, request: HubRequest, slug: FromPath[str], carrier: FromPath[str]) -> None:
        hub, seller = hub_of(request), seller_of(request, slug)
        if not await contract_prices.remove_prices(hub, seller, carrier, actor_of(request)):
            raise NotFound("there are no prices of this carrier", code="not_found.no_prices_carrier")
