"""Easy returns: for a delivered parcel, or without one."""

from vendor_emulators.russian_post import quoting
from vendor_emulators.russian_post.account import Account
from vendor_emulators.russian_post.barcodes import looks_like_barcode
from vendor_emulators.russian_post.errors import Json, Malformed
from vendor_emulators.russian_post.fields import decode, objects, one_object, return_body, typed
from vendor_emulators.russian_post.model import Order
from vendor_emulators.russian_post.orders import Orders
from vendor_emulators.russian_post.places import City, city_of
from vendor_emulators.russian_post.products import ORDINARY, TYPES
from vendor_emulators.wire import Request, Response, Router, json_response

TEXTS = {
    "DIRECT_SHIPMENT_NOT_FOUND": "Прямое отправление не найдено",
    "RETURN_SHIPMENT_NOT_FOUND": "Возвратное отправление не найдено",
    "FREE_ER_ADDRESS_NOT_ENABLED": "Свободный ввод адреса не доступен",
    "INVALID_MAIL_TYPE": "Тип почтового отправления некорректен",
    "ALREADY_EXISTS": "Возвратное отправление уже существует",
    "INVALID_BARCODE": "ШПИ некорректен",
    "SHIPMENT_NOT_DELIVERED": "Отправление не вручено",
    "RETURN_NOT_ALLOWED": "Легкий возврат не доступен",
}


class Returns:
    def __init__(self, orders: Orders, account: Account) -> None:
        self._orders = orders
        self._account = account

    def routes(self, router: Router) -> None:
        router.add("PUT", "/1.0/returns", self._create)
        router.add("PUT", "/1.0/returns/return-without-direct", self._create_separate)
        router.add("DELETE", "/1.0/returns/delete-separate-return", self._delete)
        # Three sources name three forms of the same call.
        router.add("POST", "/1.0/returns/{barcode}", self._edit)
        router.add("PUT", "/1.0/returns/{barcode}", self._edit)
        router.add("POST", "/1.0/returns/", self._edit)

    def _create(self, request: Request) -> Response:
        """An object or an array of them: sources differ; the answer has the form of the question."""
        asked = decode(request)
        if isinstance(asked, dict):
            return json_response(self._return_of(asked))
        return json_response(
            [{**self._return_of(one), "position": position} for position, one in enumerate(objects(asked))]
        )

    def _return_of(self, asked: Json) -> Json:
        body = typed(asked, {})
        barcode, kind = body.get("direct-barcode", ""), body.get("mail-type", "")
        direct = self._orders.by_barcode.get(barcode)
        if not looks_like_barcode(barcode):
            return _errors("INVALID_BARCODE")
        if direct is None or direct.deleted or direct.abroad or direct.recipient is None:
            return _errors("DIRECT_SHIPMENT_NOT_FOUND")
        if kind not in TYPES and kind != "EASY_RETURN":
            return _errors("INVALID_MAIL_TYPE")
        if not self._account.easy_return:
            return _errors("RETURN_NOT_ALLOWED")
        if any(order.direct == barcode and not order.deleted for order in self._orders.all.values()):
            return _errors("ALREADY_EXISTS")
        if not (direct.history and direct.history[-1].kind == 2 and direct.history[-1].attribute != 2):
            return _errors("SHIPMENT_NOT_DELIVERED")
        made: Json = {
            **direct.asked,
            "mail-type": kind if kind in TYPES else direct.mail_type,
            "mail-category": ORDINARY,
            "postoffice-code": direct.destination,
            "index-to": int(direct.postoffice),
        }
        for key in ("ecom-data", "insr-value", "payment"):
            made.pop(key, None)
        return {"return-barcode": self._add(direct, made, direct.recipient, direct.sender).barcode}

    def _create_separate(self, request: Request) -> Response:
        bodies = [return_body(one) for one in objects(decode(request))]
        answers: list[Json] = []
        for position, body in enumerate(bodies):
            answers.append({**self._separate(body), "position": position})
        return json_response(answers)

    def _separate(self, body: Json) -> Json:
        if not self._account.easy_return:
            return _errors("FREE_ER_ADDRESS_NOT_ENABLED")
        if body.get("mail-type") not in TYPES:
            return _errors("INVALID_MAIL_TYPE")
        sender = city_of((body.get("address-from") or {}).get("index"))
        home = next(iter(self._account.points))
        target = (body.get("address-to") or {}).get("index") or body.get("postoffice-code") or home
        recipient = city_of(target)
        if sender is None or recipient is None:
            return _errors("FREE_ER_ADDRESS_NOT_ENABLED")
        made: Json = {key: body[key] for key in ("order-num", "recipient-name", "sender-name") if key in body}
        made |= {
            "mail-type": body["mail-type"],
            "mail-category": ORDINARY,
            "mail-direct": 643,
            "mass": 1000,
            "postoffice-code": body["address-from"]["index"],
            "index-to": int(target),
        }
        return {"return-barcode": self._add(None, made, sender, recipient).barcode}

    def _add(self, direct: Order | None, body: Json, sender: City, recipient: City) -> Order:
        rate, _ = quoting.price(body, sender, self._account.discount_percent)
        return self._orders.returning(direct, body, sender, recipient, rate)

    def _delete(self, request: Request) -> Response:
        order = self._orders.by_barcode.get(request.query_value("barcode") or "")
        if order is None or order.deleted or order.batch != "":
            return json_response(_error("RETURN_SHIPMENT_NOT_FOUND"))
        order.deleted = True
        return Response(200, b"", "application/json")

    def _edit(self, request: Request) -> Response:
        barcode = request.params.get("barcode") or request.query_value("barcode") or ""
        body = return_body(one_object(decode(request)))
        order = self._orders.by_barcode.get(barcode)
        if order is None or order.deleted or order.batch != "":
            return json_response(_errors("RETURN_SHIPMENT_NOT_FOUND"))
        if order.handed_in:
            raise Malformed
        kept: Json = {key: body[key] for key in ("order-num", "recipient-name", "sender-name") if key in body}
        order.asked = {**order.asked, **kept}
        return json_response({})


def _errors(code: str) -> Json:
    return {"errors": [_error(code)]}


def _error(code: str) -> Json:
    return {"code": code, "description": TEXTS[code]}
