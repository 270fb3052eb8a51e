"""Batch tracking, SOAP 1.1: a ticket now, the answer a quarter of an hour later. Contract clients only.

WSDL of tracking.russianpost.ru/fc and its description. A ticket is asked for after 15 minutes and then at
most every 15; its answer is kept for 32 hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import httpx

from russian_post_api import soap
from russian_post_api.soap import SOAP_11, BadAnswer, Element
from russian_post_api.structs import Received

BATCH_TRACKING = "https://tracking.russianpost.ru/fc"

MOST_ITEMS = 3000
"""Barcodes that one ticket may name. Answers of that size fail: public clients stay at 500."""
FIRST_ANSWER = timedelta(minutes=15)
KEPT = timedelta(hours=32)

BAD_REQUEST, NOT_AUTHORISED, NOT_READY, NOT_FOUND, INTERNAL, EXPIRED = 2, 3, 6, 12, 16, 17
"""3 is a spent daily limit as well; 6 also what an unknown ticket is answered with (2026-08)."""

_SERVER = "http://fclient.russianpost.org/postserver"
_CLIENT = "http://fclient.russianpost.org"


class TicketError(Exception):
    """Batch tracking said no: ``code`` as above, or 18 too many items, 20 language, 21 barcode too long, 22
    file name; ``text`` the Post's own words."""

    def __init__(self, code: int | None, text: str) -> None:
        self.code = code
        self.text = text
        super().__init__(f"Russian Post's batch tracking answered with error {code}")


class BatchOperation(Received, frozen=True, kw_only=True):
    """``local_time`` is that of the place, **without an offset**: the Post sends none."""

    type: int | None = None
    attribute: int | None = None
    name: str = ""
    local_time: datetime | None = None
    index: str = ""


class BatchItem(Received, frozen=True, kw_only=True):
    """One barcode: its operations, or why there are none (12: not found)."""

    barcode: str
    operations: tuple[BatchOperation, ...] = ()
    error_code: int | None = None
    error_name: str = ""


class BatchTracking:
    """``BatchTracking(http, login, password, url=BATCH_TRACKING)``. One request per method; raises httpx
    errors, :class:`TicketError`, :class:`~russian_post_api.Fault` and :class:`~russian_post_api.BadAnswer`.
    """

    def __init__(self, http: httpx.AsyncClient, login: str, password: str, url: str = BATCH_TRACKING) -> None:
        self._http = http
        self._login = login
        self._password = password
        self._url = url

    def __repr__(self) -> str:
        return "BatchTracking(...)"

    async def ticket(self, barcodes: Sequence[str], *, language: str = "RUS") -> str:
        """getTicket: what the answer is to be asked for with. Raises ValueError for no or too many items."""
        if not 0 < len(barcodes) <= MOST_ITEMS:
            raise ValueError(f"a ticket names 1 to {MOST_ITEMS} barcodes")
        body = soap.element(_SERVER, "ticketRequest")
        request = soap.add(body, None, "request")
        for barcode in barcodes:
            soap.add(request, _CLIENT, "Item").set("Barcode", barcode)
        self._authorise(body)
        soap.add(body, None, "language", language)
        value = _value(await soap.call(self._http, self._url, SOAP_11, body))
        if not value.text:
            raise BadAnswer("a ticket without a number")
        return value.text

    async def response_by_ticket(self, ticket: str) -> list[BatchItem]:
        """getResponseByTicket, not before 15 minutes. Not ready: TicketError 6; after 32 hours: 17."""
        body = soap.element(_SERVER, "answerByTicketRequest")
        soap.add(body, None, "ticket", ticket)
        self._authorise(body)
        value = _value(await soap.call(self._http, self._url, SOAP_11, body))
        return [_item(one) for one in value.children("Item")]

    def _authorise(self, body: soap.Node) -> None:
        soap.add(body, None, "login", self._login)
        soap.add(body, None, "password", self._password)


def _value(answer: Element) -> Element:
    error = answer.find("error")
    if error is not None:
        raise TicketError(_number(error.get("ErrorTypeID")), error.get("ErrorName"))
    value = answer.find("value")
    if value is None:
        raise BadAnswer("an answer with neither a value nor an error")
    return value


def _item(one: Element) -> BatchItem:
    error = one.find("Error")
    return BatchItem(
        barcode=one.get("Barcode"),
        operations=tuple(
            BatchOperation(
                type=_number(operation.get("OperTypeID")),
                attribute=_number(operation.get("OperCtgID")),
                name=operation.get("OperName"),
                local_time=_local(operation.get("DateOper")),
                index=operation.get("IndexOper"),
            )
            for operation in one.children("Operation")
        ),
        error_code=None if error is None else _number(error.get("ErrorTypeID")),
        error_name="" if error is None else error.get("ErrorName"),
    )


def _number(text: str) -> int | None:
    try:
        return int(text[:20])
    except ValueError:
        return None


def _local(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%d.%m.%Y %H:%M:%S")  # noqa: DTZ007 - the Post names no zone
    except ValueError:
        return None
