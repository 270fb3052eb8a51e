"""Print forms: labels with the order's barcode, and waybills."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from random import Random

import msgspec

from vendor_emulators.cdek import label_face
from vendor_emulators.cdek.book import OrderBook
from vendor_emulators.cdek.errors import Json, error, refuse
from vendor_emulators.cdek.identity import new_uuid
from vendor_emulators.cdek.model import Asked, Order, stamp
from vendor_emulators.documents import Face, LabelPage, Mark, full, label_pdf, text_pdf
from vendor_emulators.schedule import Schedule

_SIZES_MM = {"A4": (210, 297), "A5": (148, 210), "A6": (105, 148), "A7": (74, 105)}
_NAMES = {
    "ACCEPTED": "Принят",
    "PROCESSING": "Формируется",
    "READY": "Сформирован",
    "INVALID": "Некорректный",
}
LIFE = timedelta(hours=1)
READY_SECONDS = 1.0


class Form(msgspec.Struct):
    """``kind``: barcodes or orders, as in the path."""

    uuid: str
    kind: str
    asked: Json
    orders: list[Order]
    request: Asked
    statuses: list[tuple[str, datetime]]
    with_order: bool = False
    """It was asked for together with its order, and waits for it."""

    @property
    def state(self) -> str:
        return self.statuses[-1][0]


class Prints:
    """Print forms of both kinds."""

    def __init__(self, schedule: Schedule, random: Random, book: OrderBook) -> None:
        self._schedule = schedule
        self._random = random
        self._book = book
        self._forms: dict[str, Form] = {}
        self.base_url = ""
        self.on_ready: Callable[[Form, str], None] | None = None

    def beside(self, order: Order, kind: str) -> Form:
        """The form that an order asks for with ``print``: READY a second after the order is there."""
        return self._accepted(kind, {"orders": [{"order_uuid": order.uuid}]}, [order], 0.0, with_order=True)

    def create(self, kind: str, body: Json, delay: float = 0.0) -> Form:
        """Accept a form; READY a second later, INVALID where one of its orders is not there yet."""
        wanted = body.get("orders")
        if not wanted:
            raise refuse("v2_field_is_empty", message="orders is empty")
        return self._accepted(kind, body, [self._order(entry) for entry in wanted[:100]], delay)

    def _accepted(
        self, kind: str, body: Json, orders: list[Order], delay: float, *, with_order: bool = False
    ) -> Form:
        now = self._schedule.now()
        asked = Asked(new_uuid(self._random), "CREATE", now)
        form = Form(new_uuid(self._random), kind, body, orders, asked, [("ACCEPTED", now)], with_order)
        self._forms[form.uuid] = form
        self._schedule.after(0.2, lambda: self._add(form, "PROCESSING"))
        self._schedule.after(READY_SECONDS + delay, lambda: self._finish(form))
        return form

    def find(self, kind: str, uuid: str) -> Form:
        form = self._forms.get(uuid)
        if form is None or form.kind != kind:
            raise refuse("v2_entity_not_found", uuid)
        return form

    def url(self, form: Form) -> str:
        return f"{self.base_url}/v2/print/{form.kind}/{form.uuid}.pdf"

    def view(self, form: Form) -> Json:
        """``GET /v2/print/barcodes/{uuid}``; statuses oldest first, ``url`` only when READY."""
        entity: Json = {
            "uuid": form.uuid,
            "orders": form.asked["orders"],
            "copy_count": form.asked.get("copy_count") or (1 if form.kind == "barcodes" else 2),
            "statuses": [
                {"code": code, "name": _NAMES[code], "date_time": stamp(at)} for code, at in form.statuses
            ],
        }
        if form.kind == "barcodes":
            entity["format"] = form.asked.get("format") or "A4"
            entity["lang"] = form.asked.get("lang") or "RUS"
        if form.state == "READY":
            entity["url"] = self.url(form)
        return {"entity": entity, "requests": [form.request.view()], "related_entities": []}

    def pdf(self, form: Form, of: list[Order] | None = None) -> bytes:
        """The document; ``of``: of these orders instead of the form's.

        Raises v2_entity_not_ready before READY and v2_entity_not_found an hour after.
        """
        if form.state != "READY":
            raise refuse("v2_entity_not_ready")
        if self._schedule.now() - form.statuses[-1][1] > LIFE:
            raise refuse("v2_entity_not_found", form.uuid)
        orders = of or form.orders
        if form.kind == "orders":
            return self._waybills(form, orders)
        width, height = _SIZES_MM.get(str(form.asked.get("format") or "A4"), _SIZES_MM["A4"])
        copies = max(1, min(10, int(form.asked.get("copy_count") or 1)))
        english = form.asked.get("lang") == "ENG"
        pages = [
            LabelPage(width, height, [Mark(_number(one))], _lines(one), _face(one, english))
            for one in orders
            for _ in range(copies)
        ]
        return label_pdf(pages, title=f"CDEK {form.uuid}")

    def _waybills(self, form: Form, orders: list[Order]) -> bytes:
        title = f"CDEK waybill {form.uuid}"
        if full():
            pages = [LabelPage(210, 297, [], [], partial(label_face.waybill, order=one)) for one in orders]
            return label_pdf(pages, title)
        lines = [f"{order.cdek_number}  {order.number}  {order.weight} g" for order in orders]
        return text_pdf(title, lines, [Mark(_number(o)) for o in orders[:6]])

    def others(self, form: Form) -> list[Order]:
        """As many orders as the form has, none of them its own; none where there is no other."""
        others = [o for o in self._book.all.values() if o.cdek_number and o not in form.orders]
        return others[-len(form.orders) :]

    def _order(self, entry: Json) -> Order:
        if uuid := entry.get("order_uuid"):
            return self._book.find(str(uuid))
        if number := entry.get("cdek_number"):
            return self._book.by_cdek_number(str(number))
        raise refuse("v2_order_number_empty", message="Order number and order uuid are empty")

    def _finish(self, form: Form) -> None:
        if form.with_order and not form.orders[0].settled:
            self._schedule.after(READY_SECONDS, lambda: self._finish(form))
            return
        if any(order.cdek_number is None or order.state in ("REMOVED", "INVALID") for order in form.orders):
            form.request.state, form.request.errors = "INVALID", [error("v2_entity_not_ready")]
            self._add(form, "INVALID")
            return
        form.request.state = "SUCCESSFUL"
        self._add(form, "READY")
        for order in form.orders:
            order.related = [*order.related, self._link(form)]
        if self.on_ready is not None:
            self.on_ready(form, self.url(form))

    def _link(self, form: Form) -> Json:
        """What an order shows of a form that is there."""
        kind = "barcode" if form.kind == "barcodes" else "waybill"
        made = stamp(form.statuses[-1][1])
        return {"type": kind, "uuid": form.uuid, "url": self.url(form), "create_time": made}

    def _add(self, form: Form, code: str) -> None:
        form.statuses.append((code, self._schedule.now()))


def _face(order: Order, english: bool) -> Face:
    return partial(label_face.barcode, order=order, english=english)


def _number(order: Order) -> str:
    assert order.cdek_number is not None
    return order.cdek_number


def _lines(order: Order) -> list[str]:
    to = order.recipient
    return [
        f"CDEK {order.cdek_number}",
        f"No. {order.number}",
        f"tariff {order.tariff.code if order.tariff else ''}  {order.weight} g",
        f"to {to.code if to else ''} {order.delivery_point.code if order.delivery_point else ''}",
    ]
