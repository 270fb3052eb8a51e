"""Batch tracking, ``/fc``, SOAP 1.1: a ticket now, the answer a quarter of an hour later, kept 32 hours."""

from datetime import datetime, timedelta, timezone

import msgspec

from vendor_emulators.faults import Faults
from vendor_emulators.russian_post import soap
from vendor_emulators.russian_post.access import DailyCount
from vendor_emulators.russian_post.barcodes import looks_like_barcode
from vendor_emulators.russian_post.operations import type_name
from vendor_emulators.russian_post.orders import Orders
from vendor_emulators.russian_post.soap import SOAP_11, attributes, child, local, tag, text_of
from vendor_emulators.russian_post.track_access import TrackAccess
from vendor_emulators.russian_post.wsdl import CLIENT, SERVER
from vendor_emulators.schedule import Schedule
from vendor_emulators.wire import Request, Response

READY, KEPT = timedelta(minutes=15), timedelta(hours=32)
MOST_ITEMS, LONGEST_BARCODE = 3000, 20
_MOSCOW = timezone(timedelta(hours=3))
_NAMES = {
    2: "Некорректный запрос",
    3: "Ошибка авторизации: Неверный логин или пароль",
    6: "Ответ по билету ещё не готов",
    12: "Отправление не найдено",
    16: "Внутренняя ошибка",
    17: "Истек срок хранения ответа",
    18: "Превышено количество идентификаторов в запросе",
    20: "Язык не поддерживается",
    21: "Слишком длинный идентификатор",
}
_LIMIT = "Ошибка авторизации: Превышен лимит количества запросов"


class Ticket(msgspec.Struct, frozen=True):
    barcodes: list[str]
    asked: datetime
    fails: bool = False


class Tickets:
    """``quota`` counts tickets a day; without a limit where it is 0."""

    def __init__(
        self, schedule: Schedule, faults: Faults, orders: Orders, access: TrackAccess, allowed: int = 0
    ) -> None:
        self._schedule = schedule
        self._faults = faults
        self._orders = orders
        self._access = access
        self.quota = DailyCount(allowed, schedule.now)
        self.all: dict[str, Ticket] = {}

    def answer(self, request: Request) -> Response:
        if request.method != "POST":
            return Response(405)
        if not soap.accepts(request, SOAP_11):
            return Response(415)
        try:
            asked = soap.read(request, SOAP_11)
        except soap.NotSoap as error:
            return soap.fault(SOAP_11, str(error), sender=True)
        if local(asked) == "ticketRequest":
            return _answer("ticketResponse", self._ticket(asked, request))
        if local(asked) == "answerByTicketRequest":
            return _answer("answerByTicketResponse", self._answer_of(asked))
        return soap.fault(SOAP_11, f"Cannot find dispatch method for {local(asked)}", sender=True)

    def _ticket(self, asked: soap.Element, request: Request) -> str:
        file = child(asked, "request")
        login, password = text_of(asked, "login"), text_of(asked, "password")
        if not self._access.fits(login, password):
            return _error(3)
        barcodes = (
            [one.get("Barcode", "").strip().upper() for one in file if local(one) == "Item"]
            if file is not None
            else []
        )
        if not barcodes or not all(barcodes):
            return _error(2)
        if len(barcodes) > MOST_ITEMS:
            return _error(18)
        if any(len(barcode) > LONGEST_BARCODE for barcode in barcodes):
            return _error(21)
        if (text_of(asked, "language") or "RUS") not in ("RUS", "ENG"):
            return _error(20)
        if self.quota.allowed and not self.quota.add():
            return _error(3, _LIMIT)
        now = self._schedule.now().astimezone(_MOSCOW)
        name = f"{now:%Y%m%d%H%M%S}{now.microsecond // 1000:03d}{login.upper()}"
        while name in self.all:  # two in one millisecond
            now += timedelta(milliseconds=1)
            name = f"{now:%Y%m%d%H%M%S}{now.microsecond // 1000:03d}{login.upper()}"
        fails = self._faults.vendor("ticket_failed", request) is not None
        self.all[name] = Ticket(barcodes, self._schedule.now(), fails)
        return tag("value", name)

    def _answer_of(self, asked: soap.Element) -> str:
        if not self._access.fits(text_of(asked, "login"), text_of(asked, "password")):
            return _error(3)
        ticket = self.all.get(text_of(asked, "ticket"))
        now = self._schedule.now()
        # An unknown ticket is "not ready" as well (recorded 2026-08).
        if ticket is None or now < ticket.asked + READY:
            return _error(6)
        if now > ticket.asked + READY + KEPT:
            return _error(17)
        if ticket.fails:
            return _error(16)
        # What the Post knew when the answer was made, not when it is fetched.
        made = ticket.asked + READY
        prepared = f"{made.astimezone(_MOSCOW):%d.%m.%Y %H:%M:%S}"
        head = attributes(FileName="", FileTypeID=2, FileNumber=1, RecipientID=1, DatePreparation=prepared)
        items = "".join(self._item(barcode, made) for barcode in ticket.barcodes)
        return f"<value{head}>{items}</value>"

    def _item(self, barcode: str, made: datetime) -> str:
        order = self._orders.by_barcode.get(barcode)
        if order is None:
            number = 12 if looks_like_barcode(barcode) else 2
            error = attributes(ErrorTypeID=number, ErrorName=_NAMES[number])
            inner = f"<ns3:Error{error}/>"
        else:
            inner = "".join(
                "<ns3:Operation"
                + attributes(
                    OperTypeID=o.kind,
                    OperCtgID=o.attribute,
                    OperName=type_name(o.kind),
                    DateOper=f"{o.local:%d.%m.%Y %H:%M:%S}",
                    IndexOper=o.index,
                )
                + "/>"
                for o in order.history
                if o.at <= made
            )
        return f"<ns3:Item{attributes(Barcode=barcode)}>{inner}</ns3:Item>"


def failed(request: Request, number: int) -> Response:
    """An error in the answer of whatever was asked."""
    name = "answerByTicketResponse" if b"answerByTicketRequest" in request.body else "ticketResponse"
    return _answer(name, _error(number, _NAMES.get(number, _NAMES[16])))


def _answer(name: str, inner: str) -> Response:
    spaces = f'xmlns:ns2="{SERVER}" xmlns:ns3="{CLIENT}"'
    return soap.envelope(SOAP_11, f"<ns2:{name} {spaces}>{inner}</ns2:{name}>")


def _error(number: int, name: str | None = None) -> str:
    return f"<error{attributes(ErrorTypeID=number, ErrorName=name or _NAMES[number])}/>"
