"""The CDEK emulator: routes, control endpoints, truth."""

import argparse
from collections.abc import Callable
from typing import ClassVar, Self

from vendor_emulators.app import Emulator
from vendor_emulators.cdek import borders, calculator, locations, shapes, views
from vendor_emulators.cdek.access import Access
from vendor_emulators.cdek.book import OrderBook
from vendor_emulators.cdek.checks import Invalid, body_of, integer
from vendor_emulators.cdek.control import Control, truth
from vendor_emulators.cdek.errors import Json, error, refuse
from vendor_emulators.cdek.identity import new_uuid
from vendor_emulators.cdek.intakes import Intakes
from vendor_emulators.cdek.journey import Journey
from vendor_emulators.cdek.model import Asked, Order, Status
from vendor_emulators.cdek.orders import Orders
from vendor_emulators.cdek.places import offices
from vendor_emulators.cdek.prints import Form, Prints
from vendor_emulators.cdek.refusals import GUESSED
from vendor_emulators.cdek.tariffs import all_tariffs
from vendor_emulators.cdek.webhooks import Webhooks
from vendor_emulators.clock import Clock
from vendor_emulators.refusals import Guess
from vendor_emulators.rules import Rule
from vendor_emulators.wire import Handler, Refusal, Request, Response, Router, json_response

CLIENT_ID, CLIENT_SECRET = "demo-account", "demo-secret"
_LATE = 60.0  # virtual seconds that item_late hides an order


class CdekEmulator(Emulator):
    """CDEK API v2 with one contract.

    Vendor faults, matched on the request that they spoil: ``invalid_after_accepted`` (``message`` is the
    error's code), ``office_swapped``, ``slow_order`` (``seconds``) on ``POST /v2/orders``; ``item_late``
    (``seconds``) on ``GET /v2/orders*``; ``label_not_ready`` (``seconds``) on ``POST /v2/print/*``;
    ``label_of_another`` on ``GET /v2/print/*.pdf``; ``token_expired`` (this request only) and
    ``token_revoked`` (the token, for good) on anything that needs one.
    """

    name: ClassVar[str] = "cdek"
    guesses: ClassVar[tuple[Guess, ...]] = GUESSED
    vendor_faults: ClassVar[frozenset[str]] = frozenset(
        {
            "invalid_after_accepted",
            "item_late",
            "label_not_ready",
            "label_of_another",
            "office_swapped",
            "slow_order",
            "token_expired",
            "token_revoked",
        }
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
        self.book = OrderBook(self.schedule, self.random, self._status)
        self.journey = Journey(self.book)
        self.orders = Orders(self.book, self.journey)
        self.prints = Prints(self.schedule, self.random, self.book)
        self.prints.on_ready = self._printed
        self.intakes = Intakes(self.schedule, self.random, self.book)
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
        if self.faults.vendor("token_revoked", request, lambda _: self.access.knows(request)):
            self.access.revoke(request)
        self.access.check(request)
        handler = self._router.find(request)
        if handler is None:
            return Response(405 if self._router.methods_of(request.path) else 404)
        try:
            return handler(request)
        except Invalid as invalid:
            return self._invalid(request, invalid.errors, 400)

    def error_inside(self, request: Request, code: str | None) -> Response:
        if request.path == "/v2/oauth/token":
            return json_response(
                {"error": code or "unauthorized", "error_description": "No such account secure"}
            )
        return self._invalid(request, [error(code or "v2_internal_error")], 200)

    def _invalid(self, request: Request, errors: list[Json], status: int) -> Response:
        """Form (b) where something is made or changed, else form (a)."""
        if request.method == "GET" or request.path.startswith("/v2/calculator/"):
            return json_response({"errors": errors}, status)
        kind = {"PATCH": "UPDATE", "DELETE": "DELETE"}.get(request.method, "CREATE")
        asked = Asked(new_uuid(self.random), kind, self.now(), "INVALID", errors)
        return json_response({"requests": [asked.view()], "related_entities": []}, status)

    def state(self) -> object:
        return {
            "now": self.now(),
            "orders": [truth(order) for order in self.book.all.values()],
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
                "events_resent": self.webhooks.resent,
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
        add(
            "POST",
            "/v2/international/package/restrictions",
            lambda r: json_response(borders.restrictions(body_of(r, borders.SHAPE))),
        )
        add("GET", "/v2/passport", self._passports)
        add("GET", "/v2/location/cities", locations.cities)
        add("GET", "/v2/location/regions", locations.regions)
        add("GET", "/v2/location/suggest/cities", locations.suggest)
        add("GET", "/v2/deliverypoints", locations.delivery_points)
        add("POST", "/v2/orders", self._create_order)
        add("PATCH", "/v2/orders", self._update_order)
        add("GET", "/v2/orders", self._find_order)
        add("GET", "/v2/orders/{uuid}", self._show_order)
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
        Control(self).routes(self.control)

    def _print_routes(self, kind: str) -> None:
        def create(request: Request) -> Response:
            rule = self.faults.vendor("label_not_ready", request)
            delay = (rule.seconds if rule.seconds is not None else 600.0) if rule else 0.0
            form = self.prints.create(kind, body_of(request, shapes.PRINT), delay)
            return json_response(views.accepted(form.uuid, form.request), 202)

        def show(request: Request) -> Response:
            uuid = request.params["uuid"]
            if uuid.endswith(".pdf"):
                form = self.prints.find(kind, uuid.removesuffix(".pdf"))
                others = self.prints.others(form)
                if others and self.faults.vendor("label_of_another", request):
                    return Response(200, self.prints.pdf(form, others), "application/pdf")
                return Response(200, self.prints.pdf(form), "application/pdf")
            return json_response(self.prints.view(self.prints.find(kind, uuid)))

        self._router.add("POST", f"/v2/print/{kind}", create)
        self._router.add("GET", f"/v2/print/{kind}/{{uuid}}", show)

    def _calculated(self, method: Callable[..., Json]) -> Handler:
        return lambda request: json_response(method(body_of(request, shapes.CALCULATION), self.now()))

    def _create_order(self, request: Request) -> Response:
        body = body_of(request, shapes.ORDER)
        spoilt = self.faults.vendor("invalid_after_accepted", request)
        slow = self.faults.vendor("slow_order", request)
        code = (spoilt.message or "delivery_location_is_not_recognized") if spoilt else None
        order = self.orders.create(
            body,
            seconds=slow.seconds if slow else None,
            invalid=error(code) if code else None,
            swap=body.get("delivery_point") in offices()
            and self.faults.vendor("office_swapped", request) is not None,
        )
        if wanted := str(body.get("print") or ""):
            self.prints.beside(order, "barcodes" if wanted.upper() == "BARCODE" else "orders")
        return json_response(views.accepted(order.uuid, order.requests[0]), 202)

    def _find_order(self, request: Request) -> Response:
        if number := request.query_value("cdek_number"):
            order = self.book.by_cdek_number(number)
            return self._shown(request, order, refuse("v2_entity_not_found", number))
        if number := request.query_value("im_number"):
            order = self.book.by_im_number(number)
            return self._shown(request, order, refuse("v2_entity_not_found_im_number", number))
        raise refuse("v2_parameters_empty", message="All parameters are empty")

    def _passports(self, request: Request) -> Response:
        if uuid := request.query_value("order_uuid"):
            order = self.book.find(uuid)
        elif number := request.query_value("cdek_number"):
            order = self.book.by_cdek_number(number)
        else:
            raise refuse("v2_order_number_empty", message="Order number and order uuid are empty")
        return json_response(borders.passports(order, request.query_value("client") or "ALL"))

    def _show_order(self, request: Request) -> Response:
        uuid = request.params["uuid"]
        return self._shown(request, self.book.find(uuid), refuse("v2_entity_not_found", uuid))

    def _shown(self, request: Request, order: Order, unseen: Refusal) -> Response:
        """The order, or ``unseen`` where the fault ``item_late`` hides what is so young."""
        age = (self.now() - order.statuses[0].at).total_seconds()

        def young(rule: Rule) -> bool:
            return age < (_LATE if rule.seconds is None else rule.seconds)

        if self.faults.vendor("item_late", request, young):
            raise unseen
        return json_response(views.answer(order))

    def _delete_order(self, request: Request) -> Response:
        order, asked = self.orders.delete(request.params["uuid"])
        return json_response(views.accepted(order.uuid, asked), 202)

    def _refuse_order(self, request: Request) -> Response:
        order, asked = self.orders.refuse_parcel(request.params["uuid"])
        return json_response(views.accepted(order.uuid, asked), 202)

    def _update_order(self, request: Request) -> Response:
        order, asked = self.orders.update(body_of(request, shapes.CHANGE))
        return json_response(views.accepted(order.uuid, asked), 202)

    def _client_return(self, request: Request) -> Response:
        code = integer(body_of(request, shapes.RETURN).get("tariff_code"))
        if not code:
            raise refuse("v2_field_is_empty", message="tariff_code is empty")
        order, asked = self.orders.client_return(request.params["uuid"], code)
        return json_response(views.accepted(order.uuid, asked), 202)

    def _create_webhook(self, request: Request) -> Response:
        subscription = self.webhooks.create(body_of(request, shapes.WEBHOOK))
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
        intake = self.intakes.create(body_of(request, shapes.INTAKE))
        return json_response(views.accepted(intake.uuid, intake.requests[0]), 202)

    def _delete_intake(self, request: Request) -> Response:
        intake, asked = self.intakes.delete(request.params["uuid"])
        return json_response(views.accepted(intake.uuid, asked), 202)

    def _status(self, order: Order, status: Status) -> None:
        self.webhooks.order_status(order, status)
        if status.code == "CREATED" and self.auto_dropoff_hours is not None and order.cdek_number:
            numbers = [order.cdek_number]
            self.schedule.after(self.auto_dropoff_hours * 3600, lambda: self._dropped(numbers))

    def _dropped(self, numbers: list[str]) -> None:
        self.journey.drop_off(numbers)

    def _printed(self, form: Form, url: str) -> None:
        self.webhooks.print_form(form.uuid, "BARCODE" if form.kind == "barcodes" else "WAYBILL", url)
