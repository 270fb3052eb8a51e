"""The CDEK emulator: routes, control endpoints, truth."""

import argparse
from collections.abc import Callable
from typing import ClassVar, Self

import msgspec

from vendor_emulators.app import Emulator
from vendor_emulators.cdek import calculator, locations, views
from vendor_emulators.cdek.access import Access
from vendor_emulators.cdek.checks import Invalid
from vendor_emulators.cdek.errors import Json, error, refuse
from vendor_emulators.cdek.identity import new_uuid
from vendor_emulators.cdek.intakes import Intakes
from vendor_emulators.cdek.model import Asked, Order, Status
from vendor_emulators.cdek.orders import Orders
from vendor_emulators.cdek.prints import Form, Prints
from vendor_emulators.cdek.tariffs import all_tariffs, money
from vendor_emulators.cdek.webhooks import Webhooks
from vendor_emulators.clock import Clock
from vendor_emulators.wire import Handler, Request, Response, Router, json_response

CLIENT_ID, CLIENT_SECRET = "demo-account", "demo-secret"


class DropOff(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/dropoff``: CDEK's numbers, uuids or the shop's numbers."""

    cdek_numbers: list[str]


class Reweigh(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/reweigh``: grams that CDEK's scales show."""

    cdek_number: str
    weight: int


class Parcel(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/undo-status``."""

    cdek_number: str


class FailedDelivery(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/fail-delivery``: the code of CDEK's additional status (11 is a refusal)."""

    cdek_number: str
    reason: str = "11"


class Account(msgspec.Struct, forbid_unknown_fields=True):
    """Body of ``POST /_emulator/account``; what is absent stays."""

    client_id: str | None = None
    client_secret: str | None = None
    active: bool | None = None


class CdekEmulator(Emulator):
    """CDEK API v2 with one contract. Vendor faults, matched on the request that they spoil:

    ``invalid_after_accepted`` (``message`` is the error's code), ``office_swapped`` and ``slow_order``
    (``seconds``) on ``POST /v2/orders``; ``label_not_ready`` (``seconds``) on ``POST /v2/print/*``;
    ``token_expired`` on anything that needs a token.
    """

    name: ClassVar[str] = "cdek"
    vendor_faults: ClassVar[frozenset[str]] = frozenset(
        {"invalid_after_accepted", "office_swapped", "slow_order", "label_not_ready", "token_expired"}
    )

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        seed: int = 1,
        client_id: str = CLIENT_ID,
        client_secret: str = CLIENT_SECRET,
        auto_dropoff_hours: float | None = None,
    ) -> None:
        super().__init__(clock=clock, seed=seed)
        self.access = Access(self.random, client_id, client_secret)
        self.webhooks = Webhooks(self.schedule, self.random, self.outbox)
        self.orders = Orders(self.schedule, self.random, self._status)
        self.prints = Prints(self.schedule, self.random, self.orders)
        self.prints.on_ready = self._printed
        self.intakes = Intakes(self.schedule, self.random, self.orders)
        self.auto_dropoff_hours = auto_dropoff_hours
        self._requests = 0
        self._router = Router()
        self._routes()

    @classmethod
    def add_options(cls, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--client-id", default=CLIENT_ID, help="the contract's account")
        parser.add_argument("--api-key", "--client-secret", dest="client_secret", default=CLIENT_SECRET)
        parser.add_argument(
            "--auto-dropoff", type=float, metavar="HOURS", help="parcels are handed in so long after CREATED"
        )

    @classmethod
    def from_options(cls, options: argparse.Namespace, *, clock: Clock) -> Self:
        return cls(
            clock=clock,
            seed=options.seed,
            client_id=options.client_id,
            client_secret=options.client_secret,
            auto_dropoff_hours=options.auto_dropoff,
        )

    def bound(self, urls: dict[str, str]) -> None:
        super().bound(urls)
        self.prints.base_url = urls.get("url", "")

    def answer(self, request: Request) -> Response:
        self._requests += 1
        if request.path == "/v2/oauth/token":
            return self.access.token(request) if request.method == "POST" else Response(405)
        if self.faults.vendor("token_expired", request):
            raise refuse("v2_token_expired", "token", status=401)
        self.access.check(request)
        handler = self._router.find(request)
        if handler is None:
            return Response(405 if self._router.methods_of(request.path) else 404)
        try:
            return handler(request)
        except Invalid as invalid:
            asked = Asked(new_uuid(self.random), "CREATE", self.now(), "INVALID", invalid.errors)
            return json_response({"requests": [asked.view()], "related_entities": []}, 400)

    def state(self) -> object:
        return {
            "now": self.now(),
            "orders": [_truth(order) for order in self.orders.all.values()],
            "intakes": [
                {"uuid": i.uuid, "state": i.state, "intake_number": i.number}
                for i in self.intakes.all.values()
            ],
            "webhooks": [subscription.view() for subscription in self.webhooks.all.values()],
            "counts": {
                "requests": self._requests,
                "orders_posted": self.orders.posted,
                "duplicates_refused": self.orders.duplicates_refused,
                "tokens": self.access.issued,
                "events": self.outbox.sent,
            },
        }

    def _routes(self) -> None:
        add = self._router.add
        for path, method in (
            ("tariff", calculator.tariff),
            ("tarifflist", calculator.tariff_list),
            ("tariffAndService", calculator.tariff_and_service),
        ):
            add("POST", f"/v2/calculator/{path}", self._calculated(method))
        add("GET", "/v2/calculator/alltariffs", lambda _: json_response(all_tariffs()))
        add("GET", "/v2/location/cities", locations.cities)
        add("GET", "/v2/location/regions", locations.regions)
        add("GET", "/v2/location/suggest/cities", locations.suggest)
        add("GET", "/v2/deliverypoints", locations.delivery_points)
        add("POST", "/v2/orders", self._create_order)
        add("PATCH", "/v2/orders", self._update_order)
        add("GET", "/v2/orders", self._find_order)
        add(
            "GET",
            "/v2/orders/{uuid}",
            lambda r: json_response(views.answer(self.orders.find(r.params["uuid"]))),
        )
        add("DELETE", "/v2/orders/{uuid}", self._delete_order)
        add("POST", "/v2/orders/{uuid}/refusal", self._refuse_order)
        add("POST", "/v2/orders/{uuid}/clientReturn", self._client_return)
        for kind in ("barcodes", "orders"):
            self._print_routes(kind)
        add("POST", "/v2/webhooks", self._create_webhook)
        add("GET", "/v2/webhooks", lambda _: json_response([s.view() for s in self.webhooks.all.values()]))
        add("GET", "/v2/webhooks/{uuid}", self._show_webhook)
        add("DELETE", "/v2/webhooks/{uuid}", self._delete_webhook)
        add("POST", "/v2/intakes", self._create_intake)
        add(
            "GET",
            "/v2/intakes/{uuid}",
            lambda r: json_response(self.intakes.view(self.intakes.find(r.params["uuid"]))),
        )
        add("DELETE", "/v2/intakes/{uuid}", self._delete_intake)
        self.control.add("POST", "/_emulator/dropoff", self._drop_off)
        self.control.add("POST", "/_emulator/reweigh", self._reweigh)
        self.control.add("POST", "/_emulator/undo-status", self._undo_status)
        self.control.add("POST", "/_emulator/fail-delivery", self._fail_delivery)
        self.control.add("POST", "/_emulator/account", self._account)
        self.control.add(
            "POST", "/_emulator/tokens/expire", lambda _: json_response({"expired": self.access.expire_all()})
        )

    def _print_routes(self, kind: str) -> None:
        def create(request: Request) -> Response:
            rule = self.faults.vendor("label_not_ready", request)
            delay = (rule.seconds if rule.seconds is not None else 600.0) if rule else 0.0
            form = self.prints.create(kind, _body(request), delay)
            return json_response(views.accepted(form.uuid, form.request), 202)

        def show(request: Request) -> Response:
            uuid = request.params["uuid"]
            if uuid.endswith(".pdf"):
                form = self.prints.find(kind, uuid.removesuffix(".pdf"))
                return Response(200, self.prints.pdf(form), "application/pdf")
            return json_response(self.prints.view(self.prints.find(kind, uuid)))

        self._router.add("POST", f"/v2/print/{kind}", create)
        self._router.add("GET", f"/v2/print/{kind}/{{uuid}}", show)

    def _calculated(self, method: Callable[..., Json]) -> Handler:
        return lambda request: json_response(method(_body(request), self.now()))

    def _create_order(self, request: Request) -> Response:
        body = _body(request)
        spoilt = self.faults.vendor("invalid_after_accepted", request)
        slow = self.faults.vendor("slow_order", request)
        code = (spoilt.message or "delivery_location_is_not_recognized") if spoilt else None
        order = self.orders.create(
            body,
            seconds=slow.seconds if slow else None,
            invalid=error(code) if code else None,
            swap=self.faults.vendor("office_swapped", request) is not None,
        )
        return json_response(views.accepted(order.uuid, order.requests[0]), 202)

    def _find_order(self, request: Request) -> Response:
        if number := request.query_value("cdek_number"):
            return json_response(views.answer(self.orders.by_cdek_number(number)))
        if number := request.query_value("im_number"):
            return json_response(views.answer(self.orders.by_im_number(number)))
        raise refuse("v2_parameters_empty", message="All parameters are empty")

    def _delete_order(self, request: Request) -> Response:
        order, asked = self.orders.delete(request.params["uuid"])
        return json_response(views.accepted(order.uuid, asked), 202)

    def _refuse_order(self, request: Request) -> Response:
        order, asked = self.orders.refuse_parcel(request.params["uuid"])
        return json_response(views.accepted(order.uuid, asked), 202)

    def _update_order(self, request: Request) -> Response:
        order, asked = self.orders.update(_body(request))
        return json_response(views.accepted(order.uuid, asked), 202)

    def _client_return(self, request: Request) -> Response:
        code = str(_body(request).get("tariff_code") or "")
        if not code.isdigit():
            raise refuse("v2_field_is_empty", message="tariff_code is empty")
        order, asked = self.orders.client_return(request.params["uuid"], int(code))
        return json_response(views.accepted(order.uuid, asked), 202)

    def _create_webhook(self, request: Request) -> Response:
        subscription = self.webhooks.create(_body(request))
        return json_response(
            {"entity": {"uuid": subscription.uuid}, "requests": [subscription.request.view()]}
        )

    def _show_webhook(self, request: Request) -> Response:
        subscription = self.webhooks.find(request.params["uuid"])
        return json_response({"entity": subscription.view(), "requests": [subscription.request.view()]})

    def _delete_webhook(self, request: Request) -> Response:
        asked = self.webhooks.delete(request.params["uuid"])
        return json_response({"entity": {"uuid": request.params["uuid"]}, "requests": [asked.view()]})

    def _create_intake(self, request: Request) -> Response:
        intake = self.intakes.create(_body(request))
        return json_response(views.accepted(intake.uuid, intake.requests[0]), 202)

    def _delete_intake(self, request: Request) -> Response:
        intake, asked = self.intakes.delete(request.params["uuid"])
        return json_response(views.accepted(intake.uuid, asked), 202)

    def _drop_off(self, request: Request) -> Response:
        wanted = msgspec.json.decode(request.body, type=DropOff)
        moving, refused = self.orders.drop_off(wanted.cdek_numbers)
        return json_response({"accepted": moving, "refused": refused})

    def _reweigh(self, request: Request) -> Response:
        wanted = msgspec.json.decode(request.body, type=Reweigh)
        order = self.orders.by_cdek_number(wanted.cdek_number)
        self.orders.reweigh(order, wanted.weight)
        return json_response(_truth(order))

    def _undo_status(self, request: Request) -> Response:
        order = self.orders.by_cdek_number(msgspec.json.decode(request.body, type=Parcel).cdek_number)
        self.orders.undo_status(order)
        return json_response(_truth(order))

    def _fail_delivery(self, request: Request) -> Response:
        wanted = msgspec.json.decode(request.body, type=FailedDelivery)
        order = self.orders.by_cdek_number(wanted.cdek_number)
        self.orders.fail_delivery(order, wanted.reason)
        return json_response(_truth(order))

    def _account(self, request: Request) -> Response:
        wanted = msgspec.json.decode(request.body, type=Account)
        access = self.access
        access.client_id = wanted.client_id or access.client_id
        access.client_secret = wanted.client_secret or access.client_secret
        access.active = access.active if wanted.active is None else wanted.active
        return json_response({"client_id": access.client_id, "active": access.active})

    def _status(self, order: Order, status: Status) -> None:
        self.webhooks.order_status(order, status)
        if status.code == "CREATED" and self.auto_dropoff_hours is not None and order.cdek_number:
            numbers = [order.cdek_number]
            self.schedule.after(self.auto_dropoff_hours * 3600, lambda: self._dropped(numbers))

    def _dropped(self, numbers: list[str]) -> None:
        self.orders.drop_off(numbers)

    def _printed(self, form: Form, url: str) -> None:
        self.webhooks.print_form(form.uuid, "BARCODE" if form.kind == "barcodes" else "WAYBILL", url)


def _body(request: Request) -> Json:
    try:
        body = request.json()
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise refuse("v2_bad_request", message="Bad request") from None
    if not isinstance(body, dict):
        raise refuse("v2_bad_request", message="Bad request")
    return body


def _truth(order: Order) -> Json:
    return {
        "uuid": order.uuid,
        "number": order.number,
        "cdek_number": order.cdek_number,
        "tariff_code": order.asked.get("tariff_code"),
        "state": order.state,
        "live": order.live,
        "removed": order.state == "REMOVED",
        "is_return": order.is_return,
        "statuses": [{"code": s.code, "at": s.at, "deleted": s.deleted} for s in order.statuses],
        "delivery_sum": money(order.price.delivery_sum) if order.price else None,
        "total_sum": money(order.price.total_sum) if order.price else None,
        "weight_g": order.weight,
        "recipient_city": order.recipient.name if order.recipient else None,
        "delivery_point": order.delivery_point.code if order.delivery_point else None,
        "errors": [problem["code"] for asked in order.requests for problem in asked.errors],
    }
