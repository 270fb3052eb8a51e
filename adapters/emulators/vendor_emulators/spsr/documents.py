"""XML of the emulated API: requests read without entities, answers that claim windows-1251 and are UTF-8."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from lxml import etree  # type: ignore[import-untyped]

from vendor_emulators.wire import Refusal, Response

Spelling = Literal["claimed", "windows-1251", "utf-8"]
"""``claimed`` (as clients saw it): windows-1251 in the prolog, UTF-8 in the body."""

ENVELOPE = "http://spsr.ru/webapi/WA/1.0"
TEXTS = {
    1: ("Ошибка", "Error"),
    2: ("Нет такой версии процедуры", "No such version of the procedure"),
    4: ("Структура xml неверна", "Wrong xml structure"),
    5: ("xml не прошёл проверку", "The xml is not valid"),
    6: ("Нет такой процедуры", "No such procedure"),
    9: ("Это не xml", "Not an xml"),
    1004: ("Логин или пароль неверны", "Wrong login or password"),
    1005: ("Клиент заблокирован", "The client is blocked"),
    1006: ("Нет такой сессии, или она истекла", "No such session, or it has expired"),
    1007: ("У логина нет доступа к этому ИКН", "The login has no access to this ICN"),
    1009: ("Такого города нет", "No such city"),
    1010: ("Такого ИКН нет", "No such ICN"),
    1018: ("Заказ уже нельзя отменить", "The order cannot be cancelled any more"),
    1017: ("Такого объекта нет", "No such object"),
    1020: ("Такой адрес уже есть", "There is such an address already"),
    1024: ("Идентификаторы адреса сбора неверны", "Wrong identifiers of the pick-up address"),
    1025: ("Дата сбора уже прошла", "The pick-up date has passed"),
    1047: ("Город не обслуживается", "The city is not served"),
    1058: ("Не хватает аргументов", "Arguments are missing"),
    1059: ("По этому номеру накладной нет", "No invoice has this number"),
}
"""Result codes (rus_spsr add-on of CS-Cart) with texts of ours: the real texts are not known."""


class Refused(Exception):
    """A result code other than 0."""

    def __init__(self, code: int, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


class Question:
    """A request: the method, its version, and the elements beside ``Params``."""

    def __init__(self, body: bytes) -> None:
        root = _parsed(body)
        params = root.find(f"{{{ENVELOPE}}}Params")
        if params is None:
            raise Refused(4, "Params")
        self.namespace = str(etree.QName(root).namespace or "")
        self.name = str(params.get("Name", ""))
        self.version = str(params.get("Ver", ""))
        self.root = root

    def element(self, name: str) -> etree._Element:
        """The first element of this name. Raises Refused(4)."""
        found = self.root.find(f"{{{self.namespace}}}{name}")
        if found is None:
            raise Refused(4, name)
        return found

    def all(self, name: str) -> list[etree._Element]:
        return list(self.root.findall(f"{{{self.namespace}}}{name}"))


def local(node: etree._Element) -> str:
    """The name without its namespace."""
    return str(etree.QName(node).localname)


Answer: TypeAlias = Any
"""An element of an answer: lxml has no types."""


def answer(namespace: str, code: int = 0) -> Answer:
    """A root with its result code."""
    root = etree.Element(f"{{{namespace}}}root", nsmap={None: namespace})
    add(root, "Result", {"RC": str(code)})
    return root


def add(parent: Answer, name: str, attributes: Mapping[str, str] | None = None) -> Answer:
    """A child in its parent's namespace."""
    return etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{name}", dict(attributes or {}))


def refusal(namespace: str, refused: Refused) -> Answer:
    root = answer(namespace, refused.code)
    russian, english = TEXTS.get(refused.code, TEXTS[1])
    detail = f": {refused.detail}" if refused.detail else ""
    add(root, "error", {"ErrorMessageRU": russian + detail, "ErrorMessageEN": english + detail})
    return root


def rendered(root: Answer, spelling: Spelling) -> Response:
    """The answer as it goes out."""
    body: bytes = etree.tostring(root, encoding="UTF-8")
    body = body.split(b"?>\n", 1)[-1]
    said = "utf-8" if spelling == "utf-8" else "windows-1251"
    if spelling == "windows-1251":
        # What cp1251 lacks stands as a character reference, as lxml writes it.
        body = etree.tostring(root, encoding="windows-1251").split(b"?>\n", 1)[-1]
    prolog = f'<?xml version="1.0" encoding="{said}"?>\n'.encode()
    return Response(200, prolog + body, f"text/xml; charset={said}")


def calculator_error(text: str) -> Refusal:
    """The calculator's own form, without a result code."""
    root = etree.Element("root")
    etree.SubElement(root, "Error").text = text
    return Refusal(rendered(root, "claimed"))


def calculator_answer(tariffs: Sequence[Mapping[str, str]]) -> Response:
    root = etree.Element("root")
    for tariff in tariffs:
        one = etree.SubElement(root, "Tariff")
        for name, value in tariff.items():
            etree.SubElement(one, name).text = value
    return rendered(root, "claimed")


def _parsed(body: bytes) -> etree._Element:
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise Refused(9, "DOCTYPE")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Refused(9) from None
