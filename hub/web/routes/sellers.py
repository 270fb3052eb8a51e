"""Sellers, their accounts and their product catalogue."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import msgspec
from litestar import Controller, Response, get, patch, post
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, Operation, Reference, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType
from litestar.params import FromPath, JSONBody

from hub.flow import orders
from hub.flow.history.forms import NewAccount, NewSeller, SellerChange
from hub.flow.history.results import ImportResult, LineProblem, SyncResult
from hub.flow.history.view import Listing
from hub.flow.history.views import AccountView, ProductView, SellerView
from hub.flow.sellers import catalogue, sellers
from hub.plugin_api.errors import NotFound, Rejected
from hub.plugin_api.models import Product
from hub.web.access import OPERATOR, HubRequest, actor_of, hub_of, seller_of
from hub.web.bodies import AccountBody, ProductBody
from hub.web.description import XLSX
from hub.web.parameters import Cursor, Limit
from hub.web.problems import SyncFailed
from hub.web.strict_json import checked
from hub.words import said

_PARTLY = {
    207: ResponseSpec(
        data_container=Listing[SyncResult],
        description="Some accounts could not be read",
        generate_examples=False,
    )
}
_TABLES = ("text/csv", XLSX)
CATALOGUE_MAX = 32 * 1024 * 1024


@dataclass
class ProductsOperation(Operation):
    """Tells the schema that the catalogue is taken as JSON or as a table."""

    def __post_init__(self) -> None:
        item = Reference(ref="#/components/schemas/ProductBody")
        self.request_body = RequestBody(
            required=True,
            description="A JSON list of products, or a CSV or Excel file whose header names their fields.",
            content={
                "application/json": OpenAPIMediaType(
                    schema=Schema(type=OpenAPIType.ARRAY, items=item, min_items=1)
                ),
                "text/csv": OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING)),
                XLSX: OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)),
            },
        )


class SellersController(Controller):
    """Sellers and what belongs to them."""

    path = "/sellers"
    tags = ("sellers",)

    @get(summary="The sellers that this key may see")
    async def list_sellers(self, request: HubRequest) -> Listing[SellerView]:
        hub, bound = hub_of(request), request.user.seller
        found = sellers.list_sellers(hub) if bound is None else [sellers.seller(hub, bound)]
        return Listing(items=list(found))

    @post(summary="Add a seller", opt=OPERATOR)
    async def add_seller(self, request: HubRequest, data: JSONBody[NewSeller]) -> SellerView:
        return await sellers.add_seller(hub_of(request), data, actor_of(request))

    @patch("/{slug:str}", summary="Correct a seller: what is given changes, the rest stays", opt=OPERATOR)
    async def change_seller(
        self, request: HubRequest, slug: FromPath[str], data: JSONBody[SellerChange]
    ) -> SellerView:
        if data in (SellerChange(), SellerChange(force=True)):
            return sellers.seller(hub_of(request), slug)
        return await sellers.change_seller(hub_of(request), slug, data, actor_of(request))

    @get("/{slug:str}/accounts", summary="A seller's accounts, without their credentials")
    async def list_accounts(self, request: HubRequest, slug: FromPath[str]) -> Listing[AccountView]:
        hub, seller = hub_of(request), seller_of(request, slug)
        sellers.seller(hub, seller)
        return Listing(items=list(sellers.list_accounts(hub, seller)))

    @post("/{slug:str}/accounts", summary="Connect an account; its credentials are checked first")
    async def add_account(
        self, request: HubRequest, slug: FromPath[str], data: JSONBody[AccountBody]
    ) -> AccountView:
        new = NewAccount(
            seller=seller_of(request, slug),
            plugin=data.plugin,
            name=data.name,
            settings=data.settings,
            keep=data.keep,
        )
        return await sellers.add_account(hub_of(request), new, actor_of(request))

    @post(
        "/{slug:str}/sync",
        operation_id="syncPostings",
        summary="Fetch the seller's postings now",
        status_code=200,
        responses=_PARTLY,
    )
    async def sync(self, request: HubRequest, slug: FromPath[str]) -> Response[Listing[SyncResult]]:
        """200 where every account was read to its end, 207 where some were not, each with its ``code``; where
        none was, a problem ``sync_failed`` with the same results in ``accounts``."""
        hub, seller = hub_of(request), seller_of(request, slug)
        sellers.seller(hub, seller)
        results = await orders.sync(hub, seller, actor_of(request))
        failed = [one for one in results if one.code]
        if failed and len(failed) == len(results):
            raise SyncFailed(results)
        return Response(Listing(items=results), status_code=207 if failed else 200)

    @get("/{slug:str}/products", summary="The seller's product catalogue")
    async def list_products(
        self, request: HubRequest, slug: FromPath[str], cursor: Cursor = "", limit: Limit = 50
    ) -> Listing[ProductView]:
        return catalogue.list_products(hub_of(request), seller_of(request, slug), cursor, limit)

    @post(
        "/{slug:str}/products",
        summary="Add or change products, as a JSON list or as a table (CSV, Excel)",
        status_code=200,
        opt={"accepts": ("application/json", *_TABLES)},
        request_max_body_size=CATALOGUE_MAX,
        operation_class=ProductsOperation,
    )
    async def import_products(self, request: HubRequest, slug: FromPath[str]) -> ImportResult:
        hub, seller = hub_of(request), seller_of(request, slug)
        sellers.seller(hub, seller)
        body = await request.body()
        unread: tuple[LineProblem, ...] = ()
        products: list[Product]
        sheet = ""
        if request.headers.get("content-type", "").lower().startswith(_TABLES):
            products, lines, sheet = await asyncio.to_thread(catalogue.read_table, body)
            unread = tuple(lines)
        else:
            products = _products(await checked(body))
        if not products and not unread:
            raise Rejected("There is no product in the body.", code="empty.no_product_body")
        result = await catalogue.import_products(hub, seller, products, actor_of(request))
        return msgspec.structs.replace(result, problems=(*unread, *result.problems), sheet=sheet)


def _products(body: bytes) -> list[Product]:
    try:
        return list(msgspec.json.decode(body, type=list[ProductBody]))
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at ")
        raise HTTPException(
            status_code=400, extra=[{"key": path.strip("`").removeprefix("$") or "body", "message": message}]
        ) from None
    except msgspec.DecodeError as error:
        raise HTTPException(
            status_code=400,
            detail=said("The body is no JSON: {error}", code="http.body_no_json", values={"error": error}),
        ) from None


class AccountsController(Controller):
    """An account by its id."""

    path = "/accounts"
    tags = ("sellers",)

    @post("/{account_id:str}/check", summary="Try the credentials now", status_code=200)
    async def check_account(self, request: HubRequest, account_id: FromPath[str]) -> AccountView:
        hub, bound = hub_of(request), request.user.seller
        if bound is not None and all(a.id != account_id for a in sellers.list_accounts(hub, bound)):
            raise NotFound("no such account", code="not_found.no_account")
        return await sellers.check_account(hub, account_id, actor_of(request))
