"""Single tracking, ``/rtm34``, SOAP 1.2: whole histories, one barcode a call, 100 calls a day."""

from collections.abc import Callable
from datetime import datetime, timedelta

from vendor_emulators.russian_post import soap
from vendor_emulators.russian_post.access import DailyCount
from vendor_emulators.russian_post.barcodes import looks_like_barcode
from vendor_emulators.russian_post.countries import COUNTRIES, RUSSIA, Country
from vendor_emulators.russian_post.model import Operation, Order
from vendor_emulators.russian_post.operations import attribute_name, type_name
from vendor_emulators.russian_post.orders import Orders
from vendor_emulators.russian_post.places import office_of
from vendor_emulators.russian_post.products import CATEGORIES, TYPES, has_cod
from vendor_emulators.russian_post.soap import SOAP_12, attributes, child, local, tag, text_of
from vendor_emulators.russian_post.track_access import TrackAccess
from vendor_emulators.russian_post.wsdl import DATA, DUTY, ESPP, HISTORY, SMS
from vendor_emulators.wire import Request, Response

LANGUAGES = ("RUS", "ENG")
_SPACES = f'xmlns:ns2="{SMS}" xmlns:ns3="{DATA}" xmlns:ns5="{DUTY}" xmlns:ns6="{ESPP}" xmlns:ns7="{HISTORY}"'
_MARKS = {"CAUTION_FRAGILE": (4, "Осторожно"), "NONSTANDARD": (2048, "Нестандартная")}


class Single:
    def __init__(
        self, orders: Orders, access: TrackAccess, allowed: int, now: Callable[[], datetime]
    ) -> None:
        self._orders = orders
        self._access = access
        self.quota = DailyCount(allowed, now)

    def answer(self, request: Request) -> Response:
        if request.method != "POST":
            return Response(405)
        if not soap.accepts(request, SOAP_12):
            return Response(415)
        try:
            asked = soap.read(request, SOAP_12)
        except soap.NotSoap as error:
            return soap.fault(SOAP_12, str(error), sender=True)
        methods = {
            "getOperationHistory": self._history,
            "PostalOrderEventsForMail": self._money_orders,
            "getSmsHistory": self._sms,
            "getCustomDutyEventsForMail": self._duties,
            "getLanguages": self._languages,
        }
        method = methods.get(local(asked))
        if method is None:
            return soap.fault(SOAP_12, f"Cannot find dispatch method for {local(asked)}", sender=True)
        header = child(asked, "AuthorizationHeader")
        if not self._access.fits(text_of(header, "login"), text_of(header, "password")):
            return _not_authorised(local(asked), "Ошибка авторизации: Неверный логин или пароль")
        if not self.quota.add():
            return _not_authorised(local(asked), "Ошибка авторизации: Превышен лимит количества запросов")
        return method(asked)

    def _history(self, asked: soap.Element) -> Response:
        request = child(asked, "OperationHistoryRequest")
        barcode, kind = text_of(request, "Barcode").upper(), text_of(request, "MessageType")
        language = text_of(request, "Language") or "RUS"
        if not looks_like_barcode(barcode):
            return _history_fault("Неверный формат ШПИ")
        if kind not in ("0", "1") or language not in LANGUAGES:
            return _history_fault("Неверный параметр запроса")
        order = self._orders.by_barcode.get(barcode)
        # A notice of delivery (1) has a history of its own, which nobody here sends.
        records = [_record(order, o) for o in order.history] if order is not None and kind == "0" else []
        data = f"<ns3:OperationHistoryData>{''.join(records)}</ns3:OperationHistoryData>"
        return _answer("getOperationHistory", data)

    def _money_orders(self, asked: soap.Element) -> Response:
        order = self._orders.by_barcode.get(_barcode(asked, "PostalOrderEventsForMailInput"))
        events = []
        if order is not None and has_cod(order.category):
            handed = next((o for o in order.history if o.kind == 2 and o.attribute in (1, 3, 8)), None)
            if handed is not None:
                for kind, name, days in ((1, "Прием перевода", 0), (2, "Оплата перевода", 2)):
                    at = handed.local + timedelta(days=days)
                    events.append(_event("ns6:PostalOrderEvent", order, kind, name, at, handed.index))
        data = f"<ns6:PostalOrderEventsForMaiOutput>{''.join(events)}</ns6:PostalOrderEventsForMaiOutput>"
        return _answer("PostalOrderEventsForMail", data)

    def _sms(self, _: soap.Element) -> Response:
        return _answer("getSmsHistory", "<ns2:SmsHistoryData/>")

    def _duties(self, _: soap.Element) -> Response:
        return _answer("getCustomDutyEventsForMail", "<ns5:CustomDutyEventsForMailOutput/>")

    def _languages(self, _: soap.Element) -> Response:
        names = (("Русский", "RUS"), ("English", "ENG"))
        rows = "".join(f"<ns3:Language{attributes(name=name, code=code)}/>" for name, code in names)
        return _answer("getLanguages", f"<ns3:LanguageData>{rows}</ns3:LanguageData>")


def _answer(method: str, data: str) -> Response:
    return soap.envelope(SOAP_12, f"<ns7:{method}Response {_SPACES}>{data}</ns7:{method}Response>")


def _not_authorised(method: str, reason: str) -> Response:
    if method == "PostalOrderEventsForMail":
        detail = (
            f'<ns6:PostalOrderEventsForMailFault xmlns:ns6="{ESPP}">'
            '<PostalOrderEventsForMailError ErrorID="InvalidLoginOrPassword"/>'
            "</ns6:PostalOrderEventsForMailFault>"
        )
        return soap.fault(SOAP_12, "InvalidLoginOrPassword", detail)
    return soap.fault(SOAP_12, reason, _reason("AuthorizationFaultReason", reason))


def _history_fault(reason: str) -> Response:
    return soap.fault(SOAP_12, reason, _reason("OperationHistoryFaultReason", reason))


def _reason(name: str, reason: str) -> str:
    return tag(f"ns3:{name}", reason).replace(f"<ns3:{name}>", f'<ns3:{name} xmlns:ns3="{DATA}">', 1)


def _barcode(asked: soap.Element, name: str) -> str:
    found = child(asked, name)
    return found.get("Barcode", "").upper() if found is not None else ""


def _event(name: str, order: Order, kind: int, text: str, at: datetime, index: str) -> str:
    values = attributes(
        Number=order.barcode,
        EventDateTime=at.isoformat(timespec="milliseconds"),
        EventType=kind,
        EventName=text,
        IndexTo=order.postoffice,
        IndexEvent=index,
        SumPaymentForward=order.asked.get("payment", 0),
        CountryEventCode="RU",
        CountryToCode="RU",
    )
    return f"<{name}{values}/>"


def _record(order: Order, operation: Operation) -> str:
    """One operation. The server leaves out elements that its schema calls required, as the real one does."""
    first = operation.kind == 28
    parts = (
        _group("AddressParameters", _addresses(order, operation, first)),
        _group("FinanceParameters", _finances(order, first)),
        _group("ItemParameters", _item(order)),
        _group("OperationParameters", _operation(operation)),
        _group("UserParameters", _users(order)),
    )
    return _group("historyRecord", "".join(parts))


def _addresses(order: Order, operation: Operation, first: bool) -> str:
    direct = COUNTRIES.get(int(order.asked.get("mail-direct") or 643), RUSSIA)
    here = COUNTRIES.get(operation.country, RUSSIA)
    place = operation.index if operation.city is None else _office_name(operation.index)
    destination = (
        "" if first else _address("DestinationAddress", order.destination, order.recipient is not None)
    )
    return (
        destination
        + _group("OperationAddress", tag("ns3:Index", operation.index) + tag("ns3:Description", place))
        + _country("MailDirect", direct)
        + _country("CountryOper", here)
    )


def _address(name: str, index: str, inland: bool) -> str:
    shown = _office_name(index) if inland else index
    return _group(name, tag("ns3:Index", index) + tag("ns3:Description", shown))


def _office_name(index: str) -> str:
    office = office_of(index)
    return index if office is None else f"{office.city.name} {int(index[3:])}"


def _country(name: str, country: Country) -> str:
    inner = (
        tag("ns3:Id", country.number)
        + tag("ns3:Code2A", country.alpha2 or None)
        + tag("ns3:Code3A", country.alpha3 or None)
        + tag("ns3:NameRU", country.name)
        + tag("ns3:NameEN", country.english)
    )
    return _group(name, inner)


def _finances(order: Order, first: bool) -> str:
    if first:
        return tag("ns3:CustomDuty", 0)
    parts = order.rate.parts
    return "".join(
        tag(f"ns3:{name}", value)
        for name, value in (
            ("Payment", order.asked.get("payment", 0)),
            ("Value", order.asked.get("insr-value", 0)),
            ("MassRate", parts.get("ground-rate", 0)),
            ("InsrRate", parts.get("insurance-rate", 0)),
            ("AirRate", parts.get("avia-rate", 0)),
            ("Rate", 0),
            ("CustomDuty", 0),
        )
    )


def _item(order: Order) -> str:
    kind = TYPES[order.mail_type]
    number, category = CATEGORIES[order.category]
    mark = (
        _MARKS["CAUTION_FRAGILE"]
        if order.asked.get("fragile")
        else _MARKS["NONSTANDARD"]
        if order.mail_type == "POSTAL_PARCEL"
        else (0, "Без отметки")
    )
    return (
        tag("ns3:Barcode", order.barcode)
        + tag("ns3:ValidRuType", True)
        + tag("ns3:ValidEnType", order.abroad)
        + tag("ns3:ComplexItemName", _complex_name(kind.name, category.lower()))
        + _parameter("MailRank", 0, "Без разряда")
        + _parameter("PostMark", *mark)
        + _parameter("MailType", kind.number, kind.name)
        + _parameter("MailCtg", number, category)
        + tag("ns3:Mass", order.mass)
    )


def _complex_name(name: str, category: str) -> str:
    feminine = name.startswith(("Посылка", "Бандероль"))
    return f"{name} {category[:-2]}ая" if feminine and category.endswith("ое") else f"{name} {category}"


def _operation(operation: Operation) -> str:
    return (
        _parameter("OperType", operation.kind, type_name(operation.kind))
        + _parameter("OperAttr", operation.attribute, attribute_name(operation.kind, operation.attribute))
        + tag("ns3:OperDate", operation.local.isoformat(timespec="milliseconds"))
    )


def _users(order: Order) -> str:
    names = str(order.asked.get("recipient-name") or "").upper().split()
    recipient = " ".join([*names[:1], *(name[0] for name in names[1:])])
    return _group("SendCtg", tag("ns3:Id", 0)) + tag("ns3:Sndr", "ООО ПРИМЕР") + tag("ns3:Rcpn", recipient)


def _parameter(name: str, number: int, text: str | None) -> str:
    return _group(name, tag("ns3:Id", number) + tag("ns3:Name", text))


def _group(name: str, inner: str) -> str:
    return f"<ns3:{name}>{inner}</ns3:{name}>"
