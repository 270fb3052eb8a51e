"""Acts of carriages: waybill, shipping list, barcode, all made some seconds after approval."""

from datetime import timedelta
from typing import Any

from vendor_emulators.ozon.body import Body
from vendor_emulators.ozon.carriages import ACT_TYPE, Carriage, Carriages, day_of, loose_postings
from vendor_emulators.ozon.charges import stamp
from vendor_emulators.ozon.errors import PRECONDITION, refuse
from vendor_emulators.ozon.shop import Shop
from vendor_emulators.wire import Response

Json = dict[str, Any]

_DOCUMENTS = 20.0  # virtual seconds until waybill and list are made


class Acts:
    """``/v2/posting/fbs/act/*``; an act's id is its carriage's."""

    def __init__(self, carriages: Carriages) -> None:
        self._carriages = carriages

    def check_status(self, shop: Shop, body: Body) -> Json:
        carriage = self._carriages.require(shop, body, "id")
        if carriage.status == "cancelled":
            status = "cancelled"
        else:
            status = "ready" if self._documented(carriage) else "in_process"
        return {
            "result": {
                "status": status,
                "added_to_act": [posting.number for posting in carriage.postings],
                "removed_from_act": carriage.removed,
                "act_type": ACT_TYPE,
                "is_partial": carriage.number_of_day > 1,
                "has_postings_for_next_carriage": bool(loose_postings(shop, carriage.method.id)),
                "partial_num": carriage.number_of_day,
            }
        }

    def act_list(self, shop: Shop, body: Body) -> Json:
        limit = body.integer("limit", low=1, high=50)
        filters = body.part("filter")
        begin, end = day_of(filters, "date_from"), day_of(filters, "date_to")
        if begin is None or end is None:
            raise filters.wrong("date_from" if begin is None else "date_to", "value is required")
        statuses = set(filters.texts("status"))
        found = [
            carriage
            for carriage in self._carriages.all.values()
            if carriage.shop is shop
            and begin <= carriage.created_at.date() <= end
            and (not statuses or carriage.status in statuses)
        ]
        document = {"created_at": None, "document_status": ""}
        return {
            "result": [
                {
                    "id": carriage.id,
                    "delivery_method_id": carriage.method.id,
                    "delivery_method_name": carriage.method.name,
                    "integration_type": "ozon",
                    "containers_count": carriage.containers_count,
                    "status": carriage.status,
                    "departure_date": carriage.departure_date.isoformat(),
                    "created_at": stamp(carriage.created_at),
                    "updated_at": stamp(carriage.updated_at),
                    "act_type": ACT_TYPE,
                    "is_partial": carriage.number_of_day > 1,
                    "has_postings_for_next_carriage": bool(loose_postings(shop, carriage.method.id)),
                    "partial_num": carriage.number_of_day,
                    "related_docs": {
                        "act_of_acceptance": document,
                        "act_of_mismatch": document,
                        "act_of_excess": document,
                    },
                }
                for carriage in found[:limit]
            ]
        }

    def act_postings(self, shop: Shop, body: Body) -> Json:
        carriage = self._carriages.require(shop, body, "id")
        return {
            "result": [
                {
                    "id": posting.id,
                    "multi_box_qty": 1,
                    "posting_number": posting.number,
                    "status": posting.status,
                    "seller_error": "",
                    "updated_at": stamp(posting.changed_at),
                    "created_at": stamp(posting.in_process_at),
                    "products": [
                        {
                            "name": product.name,
                            "offer_id": product.offer_id,
                            "price": str(product.price.amount),
                            "quantity": product.quantity,
                            "sku": product.sku,
                        }
                        for product in posting.products
                    ],
                }
                for posting in carriage.postings
            ]
        }

    def barcode_text(self, shop: Shop, body: Body) -> Json:
        return {"result": _barcode(self._documents_of(shop, body))}

    def barcode_picture(self, shop: Shop, body: Body) -> Response:
        from vendor_emulators.documents import barcode_png

        return Response(200, barcode_png(_barcode(self._documents_of(shop, body))), "image/png")

    def pdf(self, shop: Shop, body: Body) -> Response:
        from vendor_emulators.documents import Mark, text_pdf

        carriage = self._documents_of(shop, body)
        lines = [f"carriage {carriage.id}", f"departure {carriage.departure_date.isoformat()}", ""]
        lines += [f"{i}. {posting.number}" for i, posting in enumerate(carriage.postings, 1)]
        document = text_pdf("Waybill and shipping list", lines, [Mark(_barcode(carriage))])
        return Response(200, document, "application/pdf")

    def _documents_of(self, shop: Shop, body: Body) -> Carriage:
        carriage = self._carriages.require(shop, body, "id")
        if not self._documented(carriage):
            raise refuse(409, PRECONDITION, "DOCUMENT_NOT_READY")
        return carriage

    def _documented(self, carriage: Carriage) -> bool:
        if carriage.approved_at is None or carriage.status == "cancelled":
            return False
        return self._carriages.now() >= carriage.approved_at + timedelta(seconds=_DOCUMENTS)


def _barcode(carriage: Carriage) -> str:
    return f"%303%{carriage.id:011d}"
