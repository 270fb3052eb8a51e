"""Single tracking, SOAP 1.2: the whole history of one barcode a call, 100 calls a day without a contract.

WSDL of tracking.russianpost.ru/rtm34. The server leaves out elements that its schema calls required, so
answers are read by local name and nothing is required of them.
"""

from __future__ import annotations

from datetime import UTC, datetime

import httpx

from russian_post_api import soap
from russian_post_api.soap import SOAP_12, Element
from russian_post_api.structs import Private, Received

TRACKING = "https://tracking.russianpost.ru/rtm34"

HISTORY = "http://russianpost.org/operationhistory"
DATA = "http://russianpost.org/operationhistory/data"


class Coded(Received, frozen=True, kw_only=True):
    """A code and its name; the name of an attribute may be absent."""

    id: int | None = None
    name: str = ""


class Place(Received, frozen=True, kw_only=True):
    index: str = ""
    description: str = ""


class TrackingCountry(Received, frozen=True, kw_only=True):
    """``id`` ISO 3166 numeric, ``code`` two letters."""

    id: int | None = None
    code: str = ""
    name: str = ""


class HistoryRecord(Private, Received, frozen=True, kw_only=True):
    """One operation. ``time`` UTC. Kopecks: ``payment`` cash on delivery, ``value`` declared value, rates
    without VAT, ``custom_duty``; ``mass`` grams. ``sender`` and ``recipient`` are names, in part masked."""

    barcode: str = ""
    type: Coded = Coded()
    attribute: Coded = Coded()
    time: datetime | None = None
    place: Place = Place()
    destination: Place = Place()
    country: TrackingCountry = TrackingCountry()
    destination_country: TrackingCountry = TrackingCountry()
    origin_country: TrackingCountry = TrackingCountry()
    item_name: str = ""
    mail_type: Coded = Coded()
    mail_category: Coded = Coded()
    mail_rank: Coded = Coded()
    post_mark: Coded = Coded()
    internal_number: str = ""
    mass: int | None = None
    payment: int | None = None
    value: int | None = None
    mass_rate: int | None = None
    insurance_rate: int | None = None
    air_rate: int | None = None
    rate: int | None = None
    custom_duty: int | None = None
    sender: str = ""
    recipient: str = ""


class Tracking:
    """``Tracking(http, login, password, url=TRACKING)``. Every method sends one request, which counts in
    the daily quota, and raises httpx errors, :class:`~russian_post_api.Fault` (``AuthorizationFaultReason``
    for wrong credentials and a spent quota, ``OperationHistoryFaultReason`` …) and
    :class:`~russian_post_api.BadAnswer`. ``language`` RUS or ENG.
    """

    def __init__(self, http: httpx.AsyncClient, login: str, password: str, url: str = TRACKING) -> None:
        self._http = http
        self._login = login
        self._password = password
        self._url = url

    def __repr__(self) -> str:
        return "Tracking(...)"

    async def operation_history(
        self, barcode: str, *, language: str = "RUS", notice: bool = False
    ) -> list[HistoryRecord]:
        """getOperationHistory, of the parcel or of its notice of delivery, in the Post's order.

        A known barcode without events gives an empty list."""
        body = soap.element(HISTORY, "getOperationHistory")
        request = soap.add(body, DATA, "OperationHistoryRequest")
        soap.add(request, DATA, "Barcode", barcode)
        soap.add(request, DATA, "MessageType", "1" if notice else "0")
        soap.add(request, DATA, "Language", language)
        self._authorise(body)
        answer = await soap.call(self._http, self._url, SOAP_12, body)
        return history_of(answer)

    def _authorise(self, body: soap.Node) -> None:
        header = soap.add(body, DATA, "AuthorizationHeader")
        header.set(f"{{{soap.SOAP_11}}}mustUnderstand", "1")
        soap.add(header, DATA, "login", self._login)
        soap.add(header, DATA, "password", self._password)


def history_of(response: Element) -> list[HistoryRecord]:
    """The records of a getOperationHistoryResponse."""
    data = response.find("OperationHistoryData")
    return [_record(one) for one in data.children("historyRecord")] if data is not None else []


def _record(one: Element) -> HistoryRecord:
    item, operation = "ItemParameters", "OperationParameters"
    money, address = "FinanceParameters", "AddressParameters"
    return HistoryRecord(
        barcode=one.value(item, "Barcode"),
        type=_parameter(one.find(operation, "OperType")),
        attribute=_parameter(one.find(operation, "OperAttr")),
        time=_time(one.value(operation, "OperDate")),
        place=_place(one.find(address, "OperationAddress")),
        destination=_place(one.find(address, "DestinationAddress")),
        country=_country(one.find(address, "CountryOper")),
        destination_country=_country(one.find(address, "MailDirect")),
        origin_country=_country(one.find(address, "CountryFrom")),
        item_name=one.value(item, "ComplexItemName"),
        mail_type=_parameter(one.find(item, "MailType")),
        mail_category=_parameter(one.find(item, "MailCtg")),
        mail_rank=_parameter(one.find(item, "MailRank")),
        post_mark=_parameter(one.find(item, "PostMark")),
        internal_number=one.value(item, "Internum"),
        mass=_number(one.value(item, "Mass")),
        payment=_number(one.value(money, "Payment")),
        value=_number(one.value(money, "Value")),
        mass_rate=_number(one.value(money, "MassRate")),
        insurance_rate=_number(one.value(money, "InsrRate")),
        air_rate=_number(one.value(money, "AirRate")),
        rate=_number(one.value(money, "Rate")),
        custom_duty=_number(one.value(money, "CustomDuty")),
        sender=one.value("UserParameters", "Sndr"),
        recipient=one.value("UserParameters", "Rcpn"),
    )


def _parameter(one: Element | None) -> Coded:
    return Coded() if one is None else Coded(id=_number(one.value("Id")), name=one.value("Name"))


def _place(one: Element | None) -> Place:
    return Place() if one is None else Place(index=one.value("Index"), description=one.value("Description"))


def _country(one: Element | None) -> TrackingCountry:
    if one is None:
        return TrackingCountry()
    name = one.value("NameRU") or one.value("Name") or one.value("NameEN")
    return TrackingCountry(id=_number(one.value("Id")), code=one.value("Code2A"), name=name)


def _number(text: str) -> int | None:
    try:
        return int(text[:20])
    except ValueError:
        return None


def _time(text: str) -> datetime | None:
    """UTC. One without an offset is no moment that we know: None."""
    try:
        time = datetime.fromisoformat(text)
        return time.astimezone(UTC) if time.tzinfo else None
    except (ValueError, OverflowError):
        return None
