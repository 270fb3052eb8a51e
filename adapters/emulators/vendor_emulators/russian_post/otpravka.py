"""Otpravka REST: the routes, in every verb and path that one of the sources uses."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeVar

from vendor_emulators.faults import Faults
from vendor_emulators.rules import Rule
from vendor_emulators.russian_post import cleaning, offices, quoting
from vendor_emulators.russian_post.access import Access
from vendor_emulators.russian_post.account import Account
from vendor_emulators.russian_post.batches import Batches
from vendor_emulators.russian_post.errors import (
    Json,
    Malformed,
    internal_error,
    not_found,
    refuse,
    results,
    spring,
)
from vendor_emulators.russian_post.fields import (
    decode,
    names,
    numbers,
    objects,
    one_object,
    tariff_body,
    typed,
)
from vendor_emulators.russian_post.forms import Forms
from vendor_emulators.russian_post.model import Order
from vendor_emulators.russian_post.orders import Orders
from vendor_emulators.russian_post.returns import Returns
from vendor_emulators.russian_post.views import batch_view, order_view
from vendor_emulators.schedule import Schedule
from vendor_emulators.wire import Request, Response, Router, json_response

_MAX_PAGE = 1000
_LATE = 60.0  # virtual seconds that item_late hides an order
T = TypeVar("T")


class Otpravka:
    def __init__(
        self,
        schedule: Schedule,
        faults: Faults,
        access: Access,
        account: Account,
        orders: Orders,
        batches: Batches,
    ) -> None:
        self._schedule = schedule
        self._faults = faults
        self._access = access
        self._account = account
        self._orders = orders
        self._batches = batches
        self._router = Router()
        self._routes()
        Forms(faults, orders, batches).routes(self._router)
        Returns(orders, account).routes(self._router)
        offices.Offices().routes(self._router)

    def answer(self, request: Request) -> Response:
        """Raises Refusal."""
        now = self._schedule.now()
        if self._faults.vendor("spring_404", request):
            return spring(request.path, now, 200)
        self._access.check(request)
        if self._faults.vendor("internal_error", request):
            raise internal_error()
        handler = self._router.find(request)
        if handler is None:
            return spring(request.path, now, 405 if self._router.methods_of(request.path) else 404)
        try:
            return handler(request)
        except Malformed:
            raise internal_error() from None

    def _routes(self) -> None:
        add = self._router.add
        add("GET", "/1.0/settings/limit", self._limit)
        add("GET", "/1.0/settings", lambda _: json_response(self._account.settings()))
        add("GET", "/1.0/user-shipping-points", lambda _: json_response(self._account.shipping_points()))
        add("GET", "/1.0/counterpart/balance", self._balance)
        add(
            "POST",
            "/1.0/clean/address",
            self._clean("original-address", lambda i, o, _: cleaning.address(i, o)),
        )
        add("POST", "/1.0/clean/physical", self._clean("original-fio", lambda i, o, _: cleaning.name(i, o)))
        add(
            "POST",
            "/1.0/clean/phone",
            self._clean(
                "original-phone", lambda i, o, b: cleaning.phone(i, o, b.get("place"), b.get("region"))
            ),
        )
        add("POST", "/1.0/unreliable-recipient", self._unreliable)
        add("POST", "/1.0/tariff", self._tariff)
        add(
            "GET",
            "/1.0/unloading-passport/zip",
            lambda r: offices.passport(r.query_value("type") or "ALL", self._schedule.now()),
        )
        self._order_routes()
        self._batch_routes()

    def _order_routes(self) -> None:
        add = self._router.add
        add("PUT", "/1.0/user/backlog", self._create)
        add("PUT", "/2.0/user/backlog", self._create_v2)
        add(
            "POST",
            "/1.0/user/backlog",
            lambda r: results(*self._batches.take_out(numbers(decode(r)), back=True)),
        )
        for path in ("/1.0/backlog", "/1.0/user/backlog"):
            add("DELETE", path, lambda r: results(*self._orders.delete(numbers(decode(r)))))
        add("GET", "/1.0/backlog/search", self._search)
        add("GET", "/1.0/backlog/by-group-name/{group}", self._group)
        add("GET", "/1.0/backlog/{id}", self._show)
        for path in ("/1.0/backlog/{id}", "/1.0/user/backlog/{id}"):
            add("PUT", path, self._edit)
        add("GET", "/1.0/shipment/search", self._search_shipments)
        add("GET", "/1.0/shipment/by-group-name/{group}", self._group_shipments)
        add("GET", "/1.0/shipment/{id}", self._show_shipment)
        add(
            "DELETE",
            "/1.0/shipment",
            lambda r: results(*self._batches.take_out(numbers(decode(r)), back=False)),
        )
        # "Does not work on the Post's side" (a client's documentation): finds nothing, ever.
        add("GET", "/1.0/long-term-archive/shipment/search", lambda _: json_response([]))

    def _batch_routes(self) -> None:
        add = self._router.add
        add("POST", "/1.0/user/shipment", self._create_batches)
        add("GET", "/1.0/batch", self._list_batches)
        add(
            "GET",
            "/1.0/batch/{name}",
            lambda r: json_response(batch_view(self._batches.find(r.params["name"]))),
        )
        add("GET", "/1.0/batch/{name}/shipment", self._batch_orders)
        add(
            "POST",
            "/1.0/batch/{name}/shipment",
            lambda r: results(*self._batches.move_in(r.params["name"], numbers(decode(r)))),
        )
        add(
            "PUT",
            "/1.0/batch/{name}/shipment",
            lambda r: results(*self._batches.put_new(r.params["name"], objects(decode(r)))),
        )
        add("POST", "/1.0/batch/{name}/sending/{year}/{month}/{day}", self._reschedule)
        for method in ("POST", "GET"):
            add(method, "/1.0/batch/{name}/checkin", self._checkin)
        add("PUT", "/1.0/archive", lambda r: json_response(self._batches.archive(names(decode(r)))))
        add("POST", "/1.0/archive/revert", lambda r: json_response(self._batches.revert(names(decode(r)))))
        add(
            "GET",
            "/1.0/archive",
            lambda _: json_response([batch_view(b) for b in self._batches.live(archived=True)]),
        )

    def _limit(self, _: Request) -> Response:
        quota = self._access.quota
        return json_response({"allowed-count": quota.allowed, "current-count": quota.current})

    def _balance(self, _: Request) -> Response:
        day = f"{self._schedule.now():%Y-%m-%d}"
        return json_response(
            {"balance": self._account.balance, "balance-date": day, "work-with-balance": True}
        )

    def _clean(self, field: str, clean: Callable[[str, str, Json], Json]) -> Callable[[Request], Response]:
        def handler(request: Request) -> Response:
            bodies = [typed(one, {}) for one in objects(decode(request))]
            if any(field not in body for body in bodies):
                raise Malformed
            # The order is not kept: callers are to join on the id.
            return json_response([clean(str(b.get("id", "")), b[field], b) for b in reversed(bodies)])

        return handler

    def _unreliable(self, request: Request) -> Response:
        bodies = [typed(one, {}) for one in objects(decode(request))]
        return json_response(
            [
                {**body, "unreliability": "FRAUD" if "FRAUD" in body.get("raw-full-name", "") else "RELIABLE"}
                for body in bodies
            ]
        )

    def _tariff(self, request: Request) -> Response:
        body = tariff_body(decode(request))
        points = self._account.points
        return json_response(quoting.tariff(body, points, self._account.discount_percent))

    def _create(self, request: Request) -> Response:
        made, errors = self._orders.create(objects(decode(request)), self._no_barcodes(request))
        return results([order.id for order in made], errors)

    def _create_v2(self, request: Request) -> Response:
        made, errors = self._orders.create(objects(decode(request)), self._no_barcodes(request))
        body: Json = {"errors": errors} if errors else {}
        if made:
            body["orders"] = [
                {"barcode": order.barcode, "order-num": order.number, "result-id": order.id} for order in made
            ]
        return json_response(body)

    def _no_barcodes(self, request: Request) -> bool:
        return self._faults.vendor("barcode_error", request) is not None

    def _edit(self, request: Request) -> Response:
        errors = self._orders.edit(request.params["id"], one_object(decode(request)))
        return json_response({"errors": errors} if errors else [])

    def _search(self, request: Request) -> Response:
        found = self._seen(request, self._orders.search(_query(request), in_batch=False))
        return json_response([order_view(order) for order in found])

    def _seen(self, request: Request, found: list[Order]) -> list[Order]:
        """Without what the fault ``item_late`` hides because it is so young."""
        now = self._schedule.now()

        def young(rule: Rule) -> list[Order]:
            age = timedelta(seconds=_LATE if rule.seconds is None else rule.seconds)
            return [order for order in found if now - order.created < age]

        rule = self._faults.vendor("item_late", request, lambda rule: bool(young(rule)))
        if rule is None:
            return found
        hidden = young(rule)
        return [order for order in found if order not in hidden]

    def _show(self, request: Request) -> Response:
        return json_response(order_view(self._orders.in_backlog(request.params["id"])))

    def _group(self, request: Request) -> Response:
        found = self._orders.group(request.params["group"], in_batch=False)
        return json_response([order_view(order) for order in found])

    def _search_shipments(self, request: Request) -> Response:
        found = self._seen(request, self._orders.search(_query(request), in_batch=True))
        return json_response([order_view(o, self._batches.all.get(o.batch or "")) for o in found if o.batch])

    def _group_shipments(self, request: Request) -> Response:
        found = self._orders.group(request.params["group"], in_batch=True)
        return json_response([order_view(o, self._batches.all.get(o.batch or "")) for o in found if o.batch])

    def _show_shipment(self, request: Request) -> Response:
        order = self._orders.in_batch(request.params["id"])
        if not order.batch:
            raise not_found("ShipmentTuple", order.id)
        return json_response(order_view(order, self._batches.find(order.batch)))

    def _create_batches(self, request: Request) -> Response:
        text = request.query_value("sending-date")
        balance = request.query_value("use-online-balance") == "true"
        day = _day(*text.split("-")) if text else None
        batches, ids, errors = self._batches.create(numbers(decode(request)), day, balance)
        body: Json = {"batches": [batch_view(batch) for batch in batches]} if batches else {}
        if errors:
            body["errors"] = errors
        return json_response(body | ({"result-ids": ids} if ids else {}))

    def _list_batches(self, request: Request) -> Response:
        kind, category = request.query_value("mailType"), request.query_value("mailCategory")
        found = [
            batch
            for batch in self._batches.live()
            if kind in (None, batch.mail_type) and category in (None, batch.category)
        ]
        return json_response([batch_view(batch) for batch in _page(request, found)])

    def _batch_orders(self, request: Request) -> Response:
        batch = self._batches.find(request.params["name"])
        return json_response([order_view(order, batch) for order in _page(request, batch.orders)])

    def _reschedule(self, request: Request) -> Response:
        params = request.params
        day = _day(params["year"], params["month"], params["day"])
        return json_response(self._batches.reschedule(params["name"], day))

    def _checkin(self, request: Request) -> Response:
        balance = request.query_value("useOnlineBalance") == "true"
        return json_response(self._batches.checkin(request.params["name"], balance))


def _query(request: Request) -> str:
    query = request.query_value("query")
    if not query:
        raise refuse("1002", None, "INTERNAL_ERROR", 500)
    return query


def _day(*parts: str) -> date:
    """Raises Malformed."""
    try:
        year, month, day = (int(part) for part in parts)
        return date(year, month, day)
    except (ValueError, OverflowError):
        raise Malformed from None


def _page(request: Request, rows: list[T]) -> list[T]:
    """``size``, ``page`` from 0, ``sort`` asc or desc."""
    numbers_: list[int] = []
    for key, default in (("size", _MAX_PAGE), ("page", 0)):
        text = request.query_value(key)
        if text is not None and not (text.isascii() and text.isdecimal() and len(text) < 9):
            raise Malformed
        numbers_.append(int(text) if text is not None else default)
    size, page = numbers_
    ordered = rows[::-1] if request.query_value("sort") == "desc" else rows
    return ordered[page * size : (page + 1) * size]
