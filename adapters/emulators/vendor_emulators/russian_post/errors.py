"""Otpravka's error bodies: at least six shapes, some of them under HTTP 200.

Sources: recorded answers of 2018-2026 in public SDK repositories, the error table of the documentation.
"""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from vendor_emulators.wire import JSON, Refusal, Response, json_response

Json = dict[str, Any]

# The texts are the Post's own (error table of the documentation, live answers of 2022).
ORDER_TEXTS = {
    "BARCODE_ERROR": "Ошибка при получении ШПИ",
    "DIMENSION_NOT_SUPPORTED": "Указание размеров для данного вида РПО не предусмотрено.",
    "EMPTY_ADDRESS_TYPE_TO": "Тип адреса не указан",
    "EMPTY_CUSTOMS_ENTRIES": "Не заданы вложения для таможенной декларации.",
    "EMPTY_DELIVERY_POINT_INDEX": "Не указан Идентификатор пункта выдачи заказов.",
    "EMPTY_DIMENSION_TYPE": "Не указан типоразмер.",
    "EMPTY_INDEX_TO": "Почтовый индекс не указан",
    "EMPTY_INSR_VALUE": "Объявленная сумма не указана",
    "EMPTY_MAIL_CATEGORY": "Категория почтового отправления не указана",
    "EMPTY_MAIL_DIRECT": "Почтовое направление не указано",
    "EMPTY_MAIL_TYPE": "Тип почтового отправления не указан",
    "EMPTY_MASS": "Масса не указана",
    "EMPTY_NUM_ADDRESS_TYPE": "Не задан номер для соответствующего типа адреса",
    "EMPTY_PAYMENT": "Наложенный платеж не указан",
    "EMPTY_PLACE_TO": "Населенный пункт не указан",
    "EMPTY_POSTOFFICE_CODE": "Индекс приемного почтового отделения не задан",
    "EMPTY_REGION_TO": "Регион не заполнен",
    "EMPTY_STREET_TO": "Не задан адрес (Улица, дом, квартира).",
    "EMPTY_TELADDRESS": "Телефон получателя является обязательным для данного вида отправления",
    "ILLEGAL_ADDRESS_TYPE_TO": "Тип адреса некорректен",
    "ILLEGAL_INDEX_TO": "Почтовый индекс некорректен",
    "ILLEGAL_INITIALS": "ФИО некорректно",
    "ILLEGAL_INSR_VALUE": "Объявленная сумма некорректна",
    "ILLEGAL_MAIL_DIRECT": "Почтовое направление некорректно",
    "ILLEGAL_MAIL_TYPE": "Тип почтового отправления некорректен",
    "ILLEGAL_MASS": "Масса некорректна",
    "ILLEGAL_MASS_EXCESS": "Превышение максимальной массы",
    "ILLEGAL_PAYMENT": "Наложенный платеж некорректен",
    "ILLEGAL_POSTOFFICE_CODE": "Индекс приемного почтового отделения некорректен",
    "ILLEGAL_RECIPIENT_NAME": 'Недопустимое значение поля "Имя получателя".',
    "ILLEGAL_RECIPIENT_NAME_INTL": 'Недопустимое значение поля "Имя получателя". '
    "(Разрешается использовать только латинские буквы).",
    "NOT_INSURED_PAYMENT": "Наложенный платеж превышает объявленную ценность",
    "RESTRICTED_MAIL_CATEGORY": "Для создания отправлений с наложенным платежом необходимо указать номер "
    "ЕСПП в настройках сервиса.",
    "TARIFF_ERROR": "Ошибка тарификации(дополнительно поле см. Details)",
    "UNAVAILABLE_MAIL_TYPE": "Тип отправления для данного направления не подключен в настройках "
    "пользователя.",
}


class Malformed(Exception):
    """A body that the Post's own parser cannot read: HTTP 500 with code 1002."""


def refuse(code: str, desc: str | None = None, sub_code: str | None = None, status: int = 400) -> Refusal:
    """``{"code", "desc", "sub-code"}``; what is None is left out."""
    body = {"code": code, "desc": desc, "sub-code": sub_code}
    return Refusal(json_response({k: v for k, v in body.items() if v is not None}, status))


def not_found(kind: str, params: object) -> Refusal:
    """404 with code 1001."""
    desc = f"Instance {kind} not found for params: {params}"
    return refuse("1001", desc, "RESOURCE_NOT_FOUND", 404)


def internal_error() -> Refusal:
    """500 with code 1002: what the Post says to input that it does not expect."""
    return refuse("1002", None, "INTERNAL_ERROR", 500)


def spring(path: str, now: datetime, status: int = 404) -> Response:
    """The page of the web framework beneath; ``status`` is HTTP's, and under 200 the body says 404."""
    said = 404 if status == 200 else status
    text = HTTPStatus(said).phrase
    body = {
        "timestamp": f"{now:%Y-%m-%dT%H:%M:%S}+0000",
        "status": said,
        "error": text,
        "message": text,
        "path": path,
    }
    return json_response(body, status)


def order_error(code: str, details: str | None = None, description: str | None = None) -> Json:
    """An element of ``error-codes`` of an order that was refused."""
    error = {"code": code, "description": description or ORDER_TEXTS.get(code, code)}
    return error if details is None else {**error, "details": details}


def position_error(code: str, position: int, description: str | None = None) -> Json:
    """An element of ``errors`` of a call over ids."""
    error: Json = {"error-code": code, "position": position}
    return error if description is None else {**error, "error-description": description}


def results(ids: list[int], errors: list[Json]) -> Response:
    """``{"errors", "result-ids"}``, HTTP 200; what is empty is left out."""
    body: Json = {}
    if errors:
        body["errors"] = errors
    if ids:
        body["result-ids"] = ids
    return json_response(body)


def empty_400() -> Response:
    """What forms of a batch in CREATED are answered with."""
    return Response(400, b"", JSON)
