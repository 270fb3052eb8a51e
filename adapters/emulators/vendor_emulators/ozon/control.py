"""Ozon's own control endpoints: orders, the buyer's and the carrier's feet, companies, switches."""

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from vendor_emulators.ozon.access import Pace
from vendor_emulators.ozon.cabinet import Item
from vendor_emulators.ozon.cancel_requests import Asked
from vendor_emulators.ozon.model import Posting, PostingSpec
from vendor_emulators.ozon.shop import ROLES, Company, Shop
from vendor_emulators.ozon.spelling import Spelling
from vendor_emulators.wire import Refusal, Request, Response, Router, json_response

if TYPE_CHECKING:
    from vendor_emulators.ozon.emulator import OzonEmulator


class Cancel(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/postings/{number}/cancel``."""

    initiator: str = "client"
    reason: str = ""


class Move(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/postings/{number}/move``: any status, also one that nobody knows."""

    status: str
    substatus: str
    by: str = "carrier"


class Dates(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/postings/{number}/dates``: the shipping date moves."""

    shipment_date: datetime
    late_after: datetime | None = None


class CompanyBody(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/companies``; what is absent stays as it is."""

    client_id: str
    api_key: str | None = None
    roles: list[str] | None = None
    blocked: bool | None = None
    deactivated: bool | None = None
    offer_unsigned: bool | None = None
    restricted_ip: bool | None = None
    expires_at: datetime | None = None


class Revive(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/revive``."""

    paths: list[str]


class Settings(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/settings``; what is absent stays as it is."""

    spelling: Spelling | None = None
    rate_limit: Pace | None = None
    requests_per_second: int | None = None


class Push(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/push``."""

    url: str


class Products(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/products``."""

    products: list[Item]
    client_id: str | None = None


class Control:
    """The handlers; see README.md for a table of them."""

    def __init__(self, emulator: "OzonEmulator") -> None:
        self._emulator = emulator

    def routes(self, router: Router) -> None:
        router.add("POST", "/_emulator/postings", self._create)
        router.add("POST", "/_emulator/postings/{number}/cancel", self._cancel)
        router.add("POST", "/_emulator/postings/{number}/cancel-request", self._ask_to_cancel)
        router.add("POST", "/_emulator/postings/{number}/move", self._move)
        router.add("POST", "/_emulator/postings/{number}/hand-over", self._hand_over)
        router.add("POST", "/_emulator/postings/{number}/dates", self._dates)
        router.add("POST", "/_emulator/companies", self._company)
        router.add("POST", "/_emulator/products", self._products)
        router.add("POST", "/_emulator/revive", self._revive)
        router.add("POST", "/_emulator/settings", self._settings)
        router.add("POST", "/_emulator/push", self._push)

    def _create(self, request: Request) -> Response:
        emulator = self._emulator
        specs = msgspec.json.decode(request.body, type=list[PostingSpec])
        shops = [self._shop(spec.client_id) for spec in specs]
        numbers = []
        for shop, spec in zip(shops, specs, strict=True):
            posting = shop.create(spec, emulator.now())
            emulator.arrived(shop, posting)
            numbers.append(posting.number)
        return json_response({"postings": numbers})

    def _cancel(self, request: Request) -> Response:
        shop, posting = self._posting(request)
        body = msgspec.json.decode(request.body or b"{}", type=Cancel)
        if not self._emulator.flows.cancel_by_buyer(shop, posting, body.initiator, body.reason):
            return json_response({"error": f"the posting is {posting.status}"}, 409)
        return json_response({"ok": True})

    def _ask_to_cancel(self, request: Request) -> Response:
        shop, posting = self._posting(request)
        body = msgspec.json.decode(request.body or b"{}", type=Asked)
        made = self._emulator.cancel_requests.ask(shop, posting, body)
        if made is None:
            return json_response({"error": f"the posting is {posting.status} of {posting.scheme}"}, 409)
        return json_response({"cancellation_id": made.id})

    def _move(self, request: Request) -> Response:
        shop, posting = self._posting(request)
        body = msgspec.json.decode(request.body, type=Move)
        self._emulator.flows.move(shop, posting, body.status, body.substatus, body.by)
        return json_response({"ok": True})

    def _hand_over(self, request: Request) -> Response:
        shop, posting = self._posting(request)
        if posting.status != "awaiting_deliver":
            return json_response({"error": f"the posting is {posting.status}"}, 409)
        self._emulator.flows.hand_over(shop, posting)
        return json_response({"ok": True})

    def _dates(self, request: Request) -> Response:
        shop, posting = self._posting(request)
        body = msgspec.json.decode(request.body, type=Dates)
        shop.move_dates(posting, body.shipment_date, body.late_after or posting.late_after)
        return json_response({"ok": True})

    def _company(self, request: Request) -> Response:
        body = msgspec.json.decode(request.body, type=CompanyBody)
        if unknown := [name for name in body.roles or () if name not in ROLES]:
            raise ValueError(f"unknown roles {unknown}; known: {sorted(ROLES)}")
        known = self._emulator.shops.get(body.client_id)
        if known is None:
            if not body.client_id.isdecimal() or body.api_key is None:
                raise ValueError("a new company has a numeric client_id and an api_key")
            company = Company(body.client_id, body.api_key)
        else:
            company = known.company
        changes = {
            name: value
            for name in CompanyBody.__struct_fields__
            if (value := getattr(body, name)) is not None
        }
        self._emulator.add_company(msgspec.structs.replace(company, **changes))
        return json_response({"ok": True})

    def _products(self, request: Request) -> Response:
        body = msgspec.json.decode(request.body, type=Products)
        stocks = self._emulator.stocks[self._shop(body.client_id).company.client_id]
        for item in body.products:
            stocks.add(item)
        return json_response({"products": len(stocks.items)})

    def _revive(self, request: Request) -> Response:
        paths = set(msgspec.json.decode(request.body, type=Revive).paths)
        known = self._emulator.revivable()
        if unknown := paths - known:
            raise ValueError(f"cannot be revived: {sorted(unknown)}; can: {sorted(known)}")
        self._emulator.revived = paths
        return json_response({"revived": sorted(paths)})

    def _settings(self, request: Request) -> Response:
        emulator = self._emulator
        body = msgspec.json.decode(request.body, type=Settings)
        if body.spelling is not None:
            emulator.spelling = body.spelling
        if body.rate_limit is not None:
            emulator.gate.pace = body.rate_limit
        if body.requests_per_second is not None:
            emulator.gate.per_second = body.requests_per_second
        return json_response(
            {
                "spelling": emulator.spelling,
                "rate_limit": emulator.gate.pace,
                "requests_per_second": emulator.gate.per_second,
            }
        )

    def _push(self, request: Request) -> Response:
        self._emulator.pushes.register(msgspec.json.decode(request.body, type=Push).url)
        return json_response({"urls": self._emulator.pushes.urls})

    def _shop(self, client_id: str | None) -> Shop:
        shops = self._emulator.shops
        if client_id is None:
            return next(iter(shops.values()))
        if client_id not in shops:
            raise ValueError(f"no company {client_id}")
        return shops[client_id]

    def _posting(self, request: Request) -> tuple[Shop, Posting]:
        for shop in self._emulator.shops.values():
            if (posting := shop.postings.get(request.params["number"])) is not None:
                return shop, posting
        raise Refusal(json_response({"error": "no such posting"}, 404))
