"""The Ozon emulator: the gateway's checks in Ozon's order, then one method."""

import argparse
import random
from collections import Counter
from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Self

from vendor_emulators.app import Emulator, read_body
from vendor_emulators.clock import Clock
from vendor_emulators.connection import Connection, Receive, Send
from vendor_emulators.ozon import cabinet, countries, delivery, lists, packing
from vendor_emulators.ozon.access import DEAD, Gate
from vendor_emulators.ozon.acts import Acts
from vendor_emulators.ozon.body import Body
from vendor_emulators.ozon.cancel_requests import CancelRequests
from vendor_emulators.ozon.carriages import Carriages
from vendor_emulators.ozon.control import Control
from vendor_emulators.ozon.errors import EXHAUSTED, INTERNAL, OBSOLETE, PRECONDITION, error
from vendor_emulators.ozon.exemplars import Exemplars
from vendor_emulators.ozon.flows import Flows
from vendor_emulators.ozon.labels import Labels
from vendor_emulators.ozon.model import Posting
from vendor_emulators.ozon.push import Pushes
from vendor_emulators.ozon.refusals import GUESSED
from vendor_emulators.ozon.shop import Company, Shop
from vendor_emulators.ozon.spelling import Spelling, respell
from vendor_emulators.ozon.spoiled import Reading, SpoiledReading
from vendor_emulators.ozon.truth import State, truth
from vendor_emulators.refusals import Guess
from vendor_emulators.serving import ASGI
from vendor_emulators.wire import Refusal, Request, Response, json_response

Json = dict[str, Any]
Method = Callable[[Shop, Request], Json | Response]

CLIENT_ID = "100001"
API_KEY = "demo-api-key"


class OzonEmulator(Emulator):
    """An Ozon for one or more sellers; ``files_app`` is the host of label files.

    Vendor faults: ``ship_failed`` (an accepted ship call fails), ``label_not_ready``, ``circle_open``,
    ``business`` (400/3 with the rule's ``message``); ``item_late`` and ``list_changes`` (see spoiled.py) on
    lists and get; ``label_pages_shuffled`` (no page in its place) on label create; ``label_of_another`` on
    ``/s3/*``.
    """

    name = "ozon"
    guesses: ClassVar[tuple[Guess, ...]] = GUESSED
    vendor_faults = frozenset(
        {
            "business",
            "circle_open",
            "item_late",
            "label_not_ready",
            "label_of_another",
            "label_pages_shuffled",
            "list_changes",
            "ship_failed",
        }
    )

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        seed: int = 1,
        client_id: str = CLIENT_ID,
        api_key: str = API_KEY,
    ) -> None:
        super().__init__(clock=clock, seed=seed)
        self.shops: dict[str, Shop] = {}
        self.stocks: dict[str, cabinet.Stocks] = {}
        self.gate = Gate(lambda: (self.now() - datetime(2026, 1, 1, tzinfo=UTC)).total_seconds())
        self.flows = Flows(self.schedule, self.random.uniform)
        self.labels = Labels(self.flows, random.Random(f"labels-{seed}"))
        self.carriages = Carriages(self.schedule, self.flows, random.Random(f"carriages-{seed}"))
        self.cancel_requests = CancelRequests(self.schedule, self.flows)
        self.exemplars = Exemplars(self.schedule, self.flows, random.Random(f"exemplars-{seed}"))
        self.reading = SpoiledReading(self.faults, self.flows, self.arrived)
        self.pushes = Pushes(self.schedule, self.outbox)
        self.flows.listeners.append(self.pushes.changed)
        self.spelling: Spelling = "schema"
        self.revived: set[str] = set()
        self.requests: Counter[str] = Counter()
        self._methods = self._live() | self._undead()
        self.add_company(Company(client_id, api_key))
        Control(self).routes(self.control)

    @classmethod
    def add_options(cls, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--files-port", type=int, default=0, help="of the label files' host")
        parser.add_argument("--client-id", default=CLIENT_ID)
        parser.add_argument("--api-key", default=API_KEY)

    @classmethod
    def from_options(cls, options: argparse.Namespace, *, clock: Clock) -> Self:
        return cls(clock=clock, seed=options.seed, client_id=options.client_id, api_key=options.api_key)

    @property
    def listeners(self) -> dict[str, ASGI]:
        return {"url": self.app, "files_url": self.files_app}

    def bound(self, urls: dict[str, str]) -> None:
        super().bound(urls)
        self.labels.files_url = urls["files_url"]

    def add_company(self, company: Company) -> Shop:
        """Open a shop, or change the company of one that is open."""
        shop = self.shops.get(company.client_id)
        if shop is not None:
            shop.company = company
            return shop
        shop = Shop(company, self.random)
        self.shops[company.client_id] = shop
        self.stocks[company.client_id] = cabinet.Stocks(self.gate.seconds)
        return shop

    def arrived(self, shop: Shop, posting: Posting) -> None:
        """An order that was made comes into the shop."""
        for product in posting.products:
            self.stocks[shop.company.client_id].learn(product.offer_id, product.sku)
        self.flows.created(shop, posting)

    def error_inside(self, request: Request, code: str | None) -> Response:
        return error(200, INTERNAL, code or "internal error")

    def state(self) -> State:
        return truth(self)

    def live(self) -> set[str]:
        """The paths of the methods that answer without being revived."""
        return set(self._live())

    def revivable(self) -> set[str]:
        return set(self._undead())

    def answer(self, request: Request) -> Response:
        path = request.path
        self.requests[path] += 1
        method = self._methods.get(path)
        if method is None and path not in DEAD:
            return Response(404, b"404 page not found\n", "text/plain; charset=utf-8")
        if request.method != "POST":
            return Response(405)
        shop = self.gate.identify(request, self.shops)
        left, refusal = self.gate.pass_rate(shop.company.client_id, path)
        response = refusal if refusal is not None else self._called(shop, path, method, request)
        response.headers["ratelimit-remaining"] = str(left)
        return response

    async def files_app(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """The file host: an application of its own, on a port of its own; faults by path ``/s3/*``."""
        if scope["type"] != "http":
            return
        body = await read_body(receive)
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        request = Request(scope["method"], scope["path"], headers=headers, body=body or b"")
        connection = Connection(scope, receive, send)
        await self.faults.respond(request, self._file, connection)

    def _file(self, request: Request) -> Response:
        self.schedule.drain()
        return self.labels.file(request, lambda: self.faults.vendor("label_of_another", request) is not None)

    def _called(self, shop: Shop, path: str, method: Method | None, request: Request) -> Response:
        try:
            self.gate.admit(shop.company)
            if path in DEAD and path not in self.revived:
                return error(400, PRECONDITION, OBSOLETE)
            assert method is not None
            if path != "/v1/roles":
                self.gate.authorize(shop.company, path)
            if rule := self.faults.vendor("business", request):
                return error(rule.status or 400, 3, rule.message or "HAS_INCORRECT_STATUS")
            if self.faults.vendor("circle_open", request):
                return error(429, EXHAUSTED, "Circle is open")
            answer = method(shop, request)
        except Refusal as refused:
            return refused.response
        if isinstance(answer, Response):
            return answer
        return json_response(respell(path, answer) if self.spelling == "examples" else answer)

    def _body(self, handler: Callable[[Shop, Body], Json | Response], name: str) -> Method:
        return lambda shop, request: handler(shop, Body.of(request, name))

    def _flow(self, handler: Callable[[Shop, Flows, Body], Json], name: str) -> Method:
        return lambda shop, request: handler(shop, self.flows, Body.of(request, name))

    def _label(self, handler: Callable[..., Json | Response], name: str) -> Method:
        def call(shop: Shop, request: Request) -> Json | Response:
            late = self.faults.vendor("label_not_ready", request) is not None
            return handler(shop, Body.of(request, name), ready=not late)

        return call

    def _create_labels(self, shop: Shop, request: Request) -> Json:
        late = self.faults.vendor("label_not_ready", request) is not None
        return self.labels.create(
            shop,
            Body.of(request, "PackageLabelCreateV3Request"),
            ready=not late,
            displaced=lambda: self.faults.vendor("label_pages_shuffled", request) is not None,
        )

    def _read(self, reading: Reading, name: str) -> Method:
        return lambda shop, request: self.reading.read(reading, shop, request, Body.of(request, name))

    def _ship(self, shop: Shop, request: Request) -> Json:
        fails = self.faults.vendor("ship_failed", request) is not None
        return packing.ship(shop, self.flows, Body.of(request, "PostingFbsShipV4Request"), fails=fails)

    def _update_stocks(self, shop: Shop, body: Body) -> Json:
        return self.stocks[shop.company.client_id].update(shop, body, self.now())

    def _stock_levels(self, shop: Shop, body: Body) -> Json:
        return self.stocks[shop.company.client_id].by_warehouse(shop, body)

    def _set_country(self, shop: Shop, body: Body) -> Json:
        known = self.stocks[shop.company.client_id].by_product_id
        return countries.set_v2(shop, lambda number: known[number].sku if number in known else 0, body)

    def _status_call(self, call: str) -> Method:
        return lambda shop, request: delivery.set_status(
            shop, self.flows, call, Body.of(request, "FbsPostingStatusRequest")
        )

    def _live(self) -> dict[str, Method]:
        carriages, acts = self.carriages, Acts(self.carriages)
        body, flow, read = self._body, self._flow, self._read
        return {
            "/v1/roles": lambda shop, _: cabinet.roles(shop, self.now()),
            "/v2/warehouse/list": body(cabinet.warehouses, "WarehouseListV2Request"),
            "/v2/delivery-method/list": body(cabinet.delivery_methods, "DeliveryMethodListV2Request"),
            "/v2/products/stocks": body(self._update_stocks, "ProductsStocksV2Request"),
            "/v4/posting/fbs/unfulfilled/list": read(lists.unfulfilled, "PostingFbsUnfulfilledListRequest"),
            "/v4/posting/fbs/list": read(lists.history, "PostingFbsListRequest"),
            "/v3/posting/fbs/get": read(lists.get, "PostingFbsGetRequest"),
            "/v2/posting/fbs/get-by-barcode": read(lists.get_by_barcode, "PostingFbsGetByBarcodeRequest"),
            "/v4/posting/fbs/ship": self._ship,
            "/v3/posting/fbs/package-label/create": self._create_labels,
            "/v2/posting/fbs/package-label/get": body(self.labels.get, "PackageLabelGetV2Request"),
            **self._of_units(),
            "/v1/posting/fbs/cancel-reason": body(packing.cancel_reasons, "CancelReasonRequest"),
            "/v2/posting/fbs/cancel-reason/list": body(packing.cancel_reason_list, "CancelReasonListRequest"),
            "/v2/posting/fbs/cancel": flow(packing.cancel, "CancelFbsPostingRequest"),
            "/v2/posting/fbs/product/cancel": flow(packing.product_cancel, "CancelFbsPostingProductRequest"),
            "/v2/posting/fbs/arbitration": flow(packing.arbitration, "MovePostingToArbitrationRequest"),
            "/v2/posting/fbs/awaiting-delivery": flow(
                packing.awaiting_delivery, "MovePostingToAwaitingDeliveryRequest"
            ),
            "/v2/conditional-cancellation/list": body(
                self.cancel_requests.list_v2, "GetConditionalCancellationListV2Request"
            ),
            "/v2/conditional-cancellation/approve": body(
                self.cancel_requests.approve, "ConditionalCancellationMoveV2Request"
            ),
            "/v2/conditional-cancellation/reject": body(
                self.cancel_requests.reject, "ConditionalCancellationMoveV2Request"
            ),
            "/v2/fbs/posting/tracking-number/set": flow(
                delivery.set_tracking_numbers, "FbsPostingTrackingNumberSetRequest"
            ),
            "/v2/fbs/posting/delivering": self._status_call("delivering"),
            "/v2/fbs/posting/last-mile": self._status_call("last-mile"),
            "/v2/fbs/posting/delivered": self._status_call("delivered"),
            "/v2/carriage/delivery/list": body(carriages.delivery_list, "CarriageDeliveryListV2Request"),
            "/v1/carriage/create": body(carriages.create, "CarriageCreateRequest"),
            "/v1/carriage/approve": body(carriages.approve, "CarriageApproveRequest"),
            "/v1/carriage/get": body(carriages.get, "CarriageGetRequest"),
            "/v1/carriage/cancel": body(carriages.cancel, "CarriageCancelRequest"),
            "/v1/carriage/set-postings": body(carriages.set_postings, "CarriageSetPostingsRequest"),
            "/v2/posting/fbs/act/check-status": body(acts.check_status, "ActCheckStatusRequest"),
            "/v2/posting/fbs/act/list": body(acts.act_list, "ActListRequest"),
            "/v2/posting/fbs/act/get-postings": body(acts.act_postings, "ActPostingsRequest"),
            "/v2/posting/fbs/act/get-pdf": body(acts.pdf, "ActGetPdfRequest"),
            "/v2/posting/fbs/act/get-barcode": body(acts.barcode_picture, "ActGetBarcodeRequest"),
            "/v2/posting/fbs/act/get-barcode/text": body(acts.barcode_text, "ActGetBarcodeTextRequest"),
        }

    def _of_units(self) -> dict[str, Method]:
        """What is asked and told of the units of a posting before it is packed."""
        body, exemplars = self._body, self.exemplars
        return {
            "/v6/fbs/posting/product/exemplar/create-or-get": body(
                exemplars.create_or_get, "ExemplarCreateOrGetV6Request"
            ),
            "/v5/fbs/posting/product/exemplar/validate": body(
                exemplars.validate, "ExemplarValidateV5Request"
            ),
            "/v6/fbs/posting/product/exemplar/set": body(exemplars.set, "ExemplarSetV6Request"),
            "/v5/fbs/posting/product/exemplar/status": body(exemplars.status, "ExemplarStatusV5Request"),
            "/v1/fbs/posting/product/exemplar/update": body(exemplars.update, "ExemplarUpdateRequest"),
            "/v2/posting/fbs/product/country/list": body(countries.list_v2, "ListCountryV2Request"),
            "/v2/posting/fbs/product/country/set": body(self._set_country, "SetCountryV2Request"),
            "/v2/product/info/stocks-by-warehouse/fbs": body(
                self._stock_levels, "StocksByWarehouseFbsV2Request"
            ),
        }

    def _undead(self) -> dict[str, Method]:
        """Dead methods that can be revived for clients who know no others."""
        labels = self.labels
        return {
            "/v2/posting/fbs/package-label": self._label(labels.sync_v2, "PackageLabelRequest"),
            "/v1/posting/fbs/package-label/create": self._label(
                labels.create_v1, "PackageLabelCreateRequest"
            ),
            "/v2/posting/fbs/package-label/create": self._label(
                labels.create_v2, "PackageLabelCreateV2Request"
            ),
            "/v1/posting/fbs/package-label/get": self._body(labels.get_v1, "PackageLabelGetRequest"),
        }
