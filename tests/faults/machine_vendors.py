"""The vendors of the state machine: they answer badly, and at every call the process can die.

The vendors keep their own account of every request (`Vendors.arrivals`), so that the machine never has to
believe the hub.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal

import httpx
import msgspec

from hub import hookimpl
from hub.plugin_api.clock import ManualClock
from hub.plugin_api.errors import Failure, Rejected
from hub.plugin_api.labels import HandoverSheet, LabelContent, LabelPage, LabelRenderer, PageRef, Paper
from hub.plugin_api.models import (
    Action,
    Assembly,
    Booking,
    BookRequest,
    Cancellation,
    CancelReason,
    Document,
    FoundShipment,
    Money,
    Parcel,
    Pending,
    Posting,
    Ready,
    ReportResult,
    Shipment,
    Stage,
    Ticket,
)
from hub.plugin_api.sources import OrderSource, Page
from hub.plugins import contained
from tests.flow.desk import START, Books, Courier, Key, Lookup, Market, Nothing, Unique

SETTLE = Courier.settle


class SimulatedCrash(BaseException):
    """The process is no more: nothing that it does from here on has an effect."""


_meant = contained._meant
# The death of a process is no doing of a plugin: nothing catches it.
contained._meant = lambda error: isinstance(error, SimulatedCrash) or _meant(error)


class Process:
    """One life of the hub's process. It passes points; it may be told to die at one of them."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.dead = False

    def point(self) -> None:
        if self.left is not None:
            self.left -= 1
            self.dead = self.dead or self.left < 0
        if self.dead:
            raise SimulatedCrash


class Arrival(msgspec.Struct):
    """One booking request that reached the courier."""

    reference: str
    at: datetime
    refused: Literal["", "refused", "taken"] = ""
    """Nothing was done: for a reason, or because the reference is taken."""


class Vendors(Books):
    """The books, and what the vendors meet and remember beside them."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(clock)
        self.process = Process()
        self.arrivals: list[Arrival] = []
        self.late: set[str] = set()
        """Numbers of orders that landed after their request had no answer."""
        self.ended: dict[str, datetime] = {}
        """When an order was cancelled at the courier, by its number."""
        self.looks_fail_until = START
        self.surcharge = Money.of(0, "RUB")
        self.market: deque[str] = deque()
        """For the next calls that change something at the marketplace: ``lost``, ``dropped``, ``refused``."""

    def calm(self) -> None:
        """Everybody behaves from here on."""
        for meets in (self.meets, self.cancels, self.labels, self.market):
            meets.clear()
        self.looks_fail_until = START
        self.surcharge = Money.of(0, "RUB")

    def landing(self, reference: str) -> bool:
        """Whether an order of this reference is on its way into the courier's books."""
        return any(one.reference == reference and one.at > self.clock.now() for one in self.orders)


class _Courier(Courier):
    """Every call passes two points of the process; every request is written down."""

    books: Vendors  # type: ignore[misc]

    def price(self, parcels: Sequence[Parcel]) -> Money:
        grams = sum(parcel.weight_g for parcel in parcels)
        return Money.of(200 + grams // 10, "RUB")

    async def book(self, request: BookRequest) -> Booking:
        books = self.books
        books.process.point()
        if books.meets and books.meets[0] == "down":
            return await super().book(request)  # nothing arrives
        arrival = Arrival(request.reference, books.clock.now())
        books.arrivals.append(arrival)
        known = [one for one in books.orders if one.reference == request.reference and one.live]
        if known and self.create_safety == "unique_ref":  # it is taken before it can be seen
            arrival.refused = "taken"
            raise Rejected("this reference is taken", vendor_code="duplicate", duplicate=True)
        if known and self.create_safety == "key":
            if books.meets and books.meets.popleft() != "refused":
                raise httpx.ReadTimeout("nothing came")
            return self._told(known[0].number)
        before = len(books.orders)
        try:
            booking = await super().book(request)
        except Rejected:
            arrival.refused = "refused"
            raise
        finally:
            for order in books.orders[before:]:
                order.price = Money.of(order.price.amount + books.surcharge.amount, "RUB")
                if order.at > arrival.at:
                    books.late.add(order.number)
        books.process.point()
        return self._told(booking.carrier_id)

    def _told(self, number: str) -> Booking:
        order = next(one for one in self.books.orders if one.number == number)
        return Booking(state="confirmed", carrier_id=number, tracking_number=number, price=order.price)

    async def cancel(self, shipment: Shipment) -> Cancellation:
        self.books.process.point()
        try:
            done = await super().cancel(shipment)
        finally:
            if not self._order(shipment).live:
                self.books.ended.setdefault(shipment.carrier_id, self.books.clock.now())
        self.books.process.point()
        return done

    async def cancellation(self, shipment: Shipment) -> Cancellation:
        self._passes_a_look()
        return await super().cancellation(shipment)

    def _passes_a_look(self) -> None:
        """A look-up of any kind: each fails or not by the time that it is made at."""
        self.books.process.point()
        self.books.look_fails = self.books.clock.now() < self.books.looks_fail_until

    async def fetch_labels(self, ticket: Ticket) -> Pending | Ready | Failure:
        self.books.process.point()
        meets = self.books.labels.popleft() if self.books.labels else "well"
        if meets == "down":
            return Failure(kind="unavailable", message="come again")
        numbers = ["TRK9999"] if meets == "foreign" else ticket.value.split(",")
        return Ready(document=Document(content="\n".join(numbers).encode(), media_type="text/plain"))


class _Asked(_Courier):
    async def find(self, reference: str) -> Sequence[FoundShipment]:
        self._passes_a_look()
        return await super().find(reference)


class MeetingCourier(_Asked, Lookup):
    pass


class _Unique(_Asked, Unique):
    pass


class _Key(_Courier, Key):
    pass


class _Nothing(_Courier, Nothing):
    pass


CARRIERS: dict[str, type[Courier]] = {
    "lookup": MeetingCourier,
    "unique_ref": _Unique,
    "key": _Key,
    "none": _Nothing,
}


class MeetingMarket(Market):
    """A marketplace whose answers are lost; a posting of several lines becomes one posting for each."""

    books: Vendors  # type: ignore[misc]

    async def postings(self, stream: str, cursor: str) -> Page:
        self.books.process.point()
        return await super().postings(stream, cursor)

    async def posting(self, number: str) -> bytes:
        self.books.process.point()
        return await super().posting(number)

    async def assemble(self, posting: Posting, parcels: Sequence[Parcel]) -> Assembly:
        meets = self._meets()
        books, known = self.books.postings, self.books.postings[posting.number]
        numbers = [posting.number]
        if meets != "dropped" and Action.ASSEMBLE in known.actions:
            done = {
                "stage": Stage.ASSEMBLED,
                "status": "awaiting_deliver",
                "actions": frozenset({Action.SET_TRACKING, Action.CANCEL}),
            }
            for ordinal, parcel in enumerate(parcels[1:], 2):
                number = f"{posting.number}-s{ordinal}"
                books[number] = msgspec.structs.replace(known, number=number, items=parcel.items, **done)
                numbers.append(number)
            books[posting.number] = msgspec.structs.replace(known, items=parcels[0].items, **done)
        self._answer(meets)
        return Assembly(numbers=tuple(numbers))

    async def set_tracking(self, posting: Posting, tracking_number: str) -> ReportResult:
        meets = self._meets()
        if meets != "dropped":
            await super().set_tracking(posting, tracking_number)
        self._answer(meets)
        return ReportResult(number=posting.number, state="done")

    async def cancel(self, posting: Posting, reason: CancelReason, message: str) -> ReportResult:
        meets = self._meets()
        if meets != "dropped":
            await super().cancel(posting, reason, message)
        self._answer(meets)
        return ReportResult(number=posting.number, state="accepted")

    def _meets(self) -> str:
        self.books.process.point()
        meets = self.books.market.popleft() if self.books.market else "well"
        if meets == "refused":
            raise Rejected("not now", vendor_code="not_now")
        return meets

    def _answer(self, meets: str) -> None:
        self.books.process.point()
        if meets != "well":
            raise httpx.ReadTimeout("nothing came")


class _Codes(LabelRenderer):
    """Labels whose pages are lines of text, each the code that it shows."""

    code = "codes"
    title = "Codes"
    media_types = ("text/plain",)

    def labels(self, labels: Sequence[LabelContent], paper: Paper) -> Document:
        lines = "\n".join(one.tracking_number for one in labels)
        return Document(content=lines.encode(), media_type="text/plain")

    def pages(self, document: Document) -> Sequence[LabelPage]:
        lines = document.content.decode().splitlines()
        return [
            LabelPage(index=index, width_mm=100, height_mm=150, codes=frozenset({line}))
            for index, line in enumerate(lines)
        ]

    def compose(self, pages: Sequence[PageRef], paper: Paper) -> Document:
        lines = [page.content.decode().splitlines()[page.index] for page in pages]
        return Document(content="\n".join(lines).encode(), media_type="text/plain")

    def handover(self, sheets: Sequence[HandoverSheet]) -> Document:
        lines = "\n".join(line.posting_number for sheet in sheets for line in sheet.lines)
        return Document(content=lines.encode(), media_type="text/plain")


class Labels:
    @hookimpl
    def label_renderers(self) -> Iterable[type[LabelRenderer]]:
        return (_Codes,)


class MarketPlugin:
    """``kind``: a marketplace that behaves otherwise."""

    def __init__(self, kind: type[MeetingMarket] = MeetingMarket) -> None:
        self.kind = kind

    @hookimpl
    def order_sources(self) -> Iterable[type[OrderSource[Any]]]:
        return (self.kind,)

    @hookimpl
    def plan_parcels(self, seller: str, posting: Posting) -> Sequence[Parcel]:
        """A posting of several lines is packed into one box for each; else the catalogue knows."""
        if len(posting.items) == 1:
            return []
        return [
            Parcel(number=number, items=(item,), weight_g=300, length_mm=100, width_mm=100, height_mm=100)
            for number, item in enumerate(posting.items, 1)
        ]


__all__ = [
    "CARRIERS",
    "SETTLE",
    "Arrival",
    "Labels",
    "MarketPlugin",
    "MeetingCourier",
    "MeetingMarket",
    "Process",
    "SimulatedCrash",
    "Vendors",
]
