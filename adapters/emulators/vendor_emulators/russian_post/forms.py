"""Documents: labels (F7p, E-1), F112EK, F103, the inspection act, and the archive of a batch."""

import csv
import io
import zipfile
from collections.abc import Callable
from functools import partial
from xml.sax.saxutils import escape

from vendor_emulators.faults import Faults
from vendor_emulators.russian_post import label_face
from vendor_emulators.russian_post.batches import Batches
from vendor_emulators.russian_post.errors import empty_400, internal_error, not_found
from vendor_emulators.russian_post.model import CREATED, Batch, Order
from vendor_emulators.russian_post.orders import Orders
from vendor_emulators.russian_post.pages import Page, pdf
from vendor_emulators.russian_post.products import TYPES, has_cod
from vendor_emulators.wire import Handler, Refusal, Request, Response, Router

PDF, ZIP = "application/pdf", "application/zip"
_COLUMNS = ("order-num", "barcode", "mail-type", "mail-category", "mass", "index-to", "recipient-name")


class Forms:
    """``GET /1.0/forms/...``"""

    def __init__(self, faults: Faults, orders: Orders, batches: Batches) -> None:
        self._faults = faults
        self._orders = orders
        self._batches = batches

    def routes(self, router: Router) -> None:
        # The literal "backlog" comes before the templates.
        for path, handler in (
            ("backlog/{id}/forms", self._backlog),
            ("{id}/forms", self._of_order(self._all_forms)),
            ("{id}/f7pdf", self._of_order(self._label)),
            ("{id}/f112pdf", self._money_order),
            ("{name}/f103pdf", self._f103),
            ("{name}/zip-all", self._archive),
            ("{name}/completeness-checking-form", self._inspection),
            ("{barcode}/easy-return-pdf", self._return_label),
        ):
            router.add("GET", f"/1.0/forms/{path}", handler)

    def _backlog(self, request: Request) -> Response:
        id_ = request.params["id"]
        order = self._orders.any(id_)
        if order is None or order.batch is not None:
            raise not_found("BacklogTuple", id_)
        return _document([_label_page(order, _size(request))])

    def _of_order(self, pages: Callable[[Order, str], list[Page]]) -> Handler:
        def handler(request: Request) -> Response:
            order = self._orders.any(request.params["id"])
            if order is None or not order.batch:
                raise not_found("ShipmentTuple", request.params["id"])
            others = [one for one in self._orders.all.values() if one.batch and one is not order]
            if others and self._faults.vendor("label_of_another", request):
                order = others[-1]
            return _document(pages(order, _size(request)))

        return handler

    def _all_forms(self, order: Order, size: str) -> list[Page]:
        pages = self._label(order, size)
        if has_cod(order.category):
            pages.append(_money_page(order))
        if order.asked.get("inventory"):
            pages.append(Page("A4", "F107", _items(order), order.barcode))
        return pages

    def _label(self, order: Order, size: str) -> list[Page]:
        return [_label_page(order, size)]

    def _money_order(self, request: Request) -> Response:
        order = self._orders.in_batch(request.params["id"])
        if not has_cod(order.category):
            raise internal_error()
        return _document([_money_page(order)])

    def _f103(self, request: Request) -> Response:
        return _document([_list_page(self._left_created(request))])

    def _inspection(self, request: Request) -> Response:
        batch = self._left_created(request)
        pages = [Page("A4", "Inspection act", _items(order), order.barcode) for order in batch.orders]
        return _document(pages)

    def _archive(self, request: Request) -> Response:
        batch = self._left_created(request)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("Export.csv", _csv(batch))
            archive.writestr("Export.xls", _xls(batch))
            archive.writestr("F103.pdf", pdf([_list_page(batch)]))
            for order in batch.orders:
                archive.writestr(f"{order.barcode}.pdf", pdf(self._all_forms(order, _size(request))))
        disposition = f'attachment; filename="{batch.name}.zip"'
        return Response(200, out.getvalue(), ZIP, {"content-disposition": disposition})

    def _return_label(self, request: Request) -> Response:
        order = self._orders.by_barcode.get(request.params["barcode"])
        if order is None or (order.direct is None and order.batch != ""):
            raise not_found("ReturnShipment", request.params["barcode"])
        return _document([_label_page(order, _size(request))])

    def _left_created(self, request: Request) -> Batch:
        """500 for an unknown batch, 400 and nothing for one in CREATED: both were observed."""
        batch = self._batches.all.get(request.params["name"])
        if batch is None:
            raise internal_error()
        if batch.status == CREATED:
            raise Refusal(empty_400())
        return batch


def _size(request: Request) -> str:
    """PAPER where nothing is asked for; anything else that is no print type is bad input."""
    asked = request.query_value("print-type") or "PAPER"
    if asked not in ("PAPER", "THERMO"):
        raise internal_error()
    return asked


def _document(pages: list[Page]) -> Response:
    return Response(200, pdf(pages), PDF, {"content-disposition": 'attachment; filename="form.pdf"'})


def _label_page(order: Order, size: str) -> Page:
    form = "E-1" if TYPES[order.mail_type].courier else ("CN23/CP71" if order.abroad else "F7p")
    asked = order.asked
    address = (
        asked.get(key) for key in ("region-to", "area-to", "place-to", "street-to", "house-to", "room-to")
    )
    lines = [
        f"{TYPES[order.mail_type].name}, {order.mass} г, заказ {order.number}",
        f"Откуда: {order.postoffice}, {order.sender.name}",
        f"Кому: {asked.get('recipient-name', '')}",
        f"Куда: {order.destination}",
        ", ".join(str(part) for part in address if part) or str(asked.get("raw-address") or ""),
    ]
    if asked.get("insr-value"):
        lines.append(f"Объявленная ценность: {asked['insr-value'] / 100:.2f} руб")
    if asked.get("payment"):
        lines.append(f"Наложенный платеж: {asked['payment'] / 100:.2f} руб")
    face = partial(label_face.label, order=order, form=form)
    return Page(size, f"{form} ПОЧТА РОССИИ", lines, order.barcode, face)


def _money_page(order: Order) -> Page:
    return Page("A4", "F112EK", [f"Сумма: {order.asked.get('payment', 0) / 100:.2f} руб"], order.barcode)


def _items(order: Order) -> list[str]:
    items = (order.asked.get("goods") or {}).get("items") or []
    return [f"{n}. {item.get('description')} x {item.get('quantity')}" for n, item in enumerate(items, 1)]


def _list_page(batch: Batch) -> Page:
    rows = [
        f"{n}. {order.barcode}  {order.mass} г  {order.destination}  {order.rate.total / 100:.2f} руб"
        for n, order in enumerate(batch.orders, 1)
    ]
    total = sum(order.rate.total + order.rate.vat for order in batch.orders)
    head = [f"Список {batch.name} от {batch.list_date:%d.%m.%Y}", f"ОПС {batch.postoffice}"]
    return Page("A4", "F103", [*head, *rows, f"Итого с НДС: {total / 100:.2f} руб"])


def _rows(batch: Batch) -> list[list[str]]:
    def row(order: Order) -> list[str]:
        special = {"barcode": order.barcode, "index-to": order.destination}
        return [str(special.get(name, order.asked.get(name, ""))) for name in _COLUMNS]

    return [list(_COLUMNS), *map(row, batch.orders)]


def _csv(batch: Batch) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(_rows(batch))
    return out.getvalue().encode("cp1251", "replace")


def _xls(batch: Batch) -> bytes:
    """Excel's XML of 2003: opens as a table, needs no library."""
    cells = (
        "".join(f'<Cell><Data ss:Type="String">{escape(value)}</Data></Cell>' for value in row)
        for row in _rows(batch)
    )
    table = "".join(f"<Row>{row}</Row>" for row in cells)
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    return (
        f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}">'
        f'<Worksheet ss:Name="Export"><Table>{table}</Table></Worksheet></Workbook>'
    ).encode()
