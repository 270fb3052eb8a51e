"""A whole hub at a desk: the real app, store, journal and worker, over vendors in memory and a clock that is
moved by hand. The vendors keep books of their own; a test compares the hub with those."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Literal

import httpx
import msgspec

from hub import hookimpl
from hub.flow import answering, orders, reading
from hub.flow.app import App, init_home
from hub.flow.history.problem_views import ProblemView
from hub.flow.history.views import PostingView
from hub.flow.sellers.declared import declare
from hub.jobs.worker import Worker
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.clock import ManualClock
from hub.plugin_api.errors import Failure, Rejected
from hub.plugin_api.labels import LabelContent, Paper
from hub.plugin_api.models import (
    Action,
    Address,
    Booking,
    BookRequest,
    Cancellation,
    CancelReason,
    Document,
    FoundShipment,
    Fulfilment,
    Item,
    Money,
    Parcel,
    Pending,
    Posting,
    Quote,
    QuoteRequest,
    Ready,
    Recipient,
    ReportResult,
    Sender,
    Service,
    Shipment,
    Stage,
    Ticket,
)
from hub.plugin_api.settings import Settings
from hub.plugin_api.sources import OrderSource, Page
from hub.plugins.config_reading import load_config
from hub.plugins.loader import load_plugins
from hub.store import Server, open_store, queue, rows
from hub.store.mapping import micros
from tests.flow.in_process import InProcess
from tests.flow.shared_children import CHILDREN

START = datetime(2026, 11, 23, 6, tzinfo=UTC)
HOME = Address(country="RU", city="Москва", postal_code="101000", street="ул. Покровка, 1")
TOML = """\
[plugins]
allow = ["market", "courier", "labels"]

[sellers.shop]
title = "Shop"
time_zone = "Asia/Shanghai"
plugins = ["market", "courier", "labels"]
language = "en"
[sellers.shop.sender]
name = "Li Wei"
address = { country = "RU", city = "Москва", postal_code = "101000", street = "ул. Покровка, 1" }
[sellers.shop.accounts.m]
plugin = "market"
[sellers.shop.accounts.c]
plugin = "courier"
"""


_OFTEN, _SOON, _SELDOM = timedelta(minutes=3), timedelta(minutes=5), timedelta(minutes=30)
"""How long the marketplace is asked as often as the hub does, what is soon then, and how often after that."""


class DeskClock(ManualClock):
    """It all but stands still while real time passes."""

    def stretch(self, real_seconds: float) -> timedelta:
        return timedelta(microseconds=max(1, round(real_seconds)))


class TickingClock(DeskClock):
    """It goes on a little whenever somebody looks: what is due at once comes without a push."""

    def now(self) -> datetime:
        self.advance(0.000_01)
        return super().now()


class Order(msgspec.Struct):
    """One order in the courier's book."""

    number: str
    reference: str
    at: datetime
    price: Money
    live: bool = True
    parcels: int = 1


class Books:
    """What the vendors know. A test reads it as the truth, and plans what the next calls meet."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.orders: list[Order] = []
        self.sends: list[str] = []
        self.meets: deque[str] = deque()
        """For the next bookings: ``lost`` (done, no answer), ``dropped`` (not done, no answer), ``down``
        (no connection), ``refused``, ``late N`` (done after N seconds, no answer)."""
        self.look_fails = False
        self.cancels: deque[str] = deque()
        """For the next cancels: ``lost``, ``dropped``, ``refused``."""
        self.market_cancels: deque[str] = deque()
        """For the next cancels at the marketplace: ``refused``."""
        self.labels: deque[str] = deque()
        """For the next looks at a label: ``down``, ``foreign``, ``short`` (a page is missing)."""
        self.drawing = 0.0
        """CPU seconds that went into drawing the courier's labels: not the hub's."""
        self.postings: dict[str, Posting] = {}
        self.told: dict[str, list[str]] = {}

    def live(self, reference: str | None = None) -> list[Order]:
        """The live orders that are visible by now, of one reference or all."""
        return [
            order
            for order in self.orders
            if order.live and order.at <= self.clock.now() and reference in (None, order.reference)
        ]


class Courier(Carrier[Settings]):
    """A courier whose answers a test decides; the classes below differ in what protects a booking."""

    code = "courier"
    title = "Courier"
    settings_type = Settings
    settle = timedelta(seconds=60)
    multi_parcel = True
    max_batch = 10
    books: ClassVar[Books]

    def price(self, parcels: Sequence[Parcel]) -> Money:
        """What it asks for these boxes."""
        return Money.of("300.00", "RUB")

    async def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        price = self.price(request.parcels)
        return (Quote(service=Service(code="std", name="Standard"), price=price, days_min=2, days_max=4),)

    async def book(self, request: BookRequest) -> Booking:
        books = self.books
        books.sends.append(request.reference)
        meets = books.meets.popleft() if books.meets else "well"
        if meets == "down":
            raise httpx.ConnectError("refused")
        if meets == "refused":
            raise Rejected("no such street", vendor_code="street")
        if meets == "dropped":
            raise httpx.ReadTimeout("nothing came")
        known = books.live(request.reference)
        if known and self.create_safety == "unique_ref":
            raise Rejected("this reference is taken", vendor_code="duplicate", duplicate=True)
        if known and self.create_safety == "key":
            return _booking(known[0])
        delay = float(meets.split()[1]) if meets.startswith("late") else 0.0
        order = Order(
            number=f"TRK{len(books.orders) + 1}",
            reference=request.reference,
            at=books.clock.now() + timedelta(seconds=delay),
            price=self.price(request.parcels),
            parcels=len(request.parcels),
        )
        books.orders.append(order)
        if meets != "well":
            raise httpx.ReadTimeout("nothing came")
        return _booking(order)

    async def cancel(self, shipment: Shipment) -> Cancellation:
        meets = self.books.cancels.popleft() if self.books.cancels else "well"
        if meets == "refused":
            return Cancellation(state="refused", reason="on its way")
        if meets != "dropped":
            self._order(shipment).live = False
        if meets != "well":
            raise httpx.ReadTimeout("nothing came")
        return Cancellation(state="cancelled")

    async def cancellation(self, shipment: Shipment) -> Cancellation:
        if self.books.look_fails:
            raise httpx.ConnectError("refused")
        return Cancellation(state="live" if self._order(shipment).live else "cancelled")

    def _order(self, shipment: Shipment) -> Order:
        return next(one for one in self.books.orders if one.number == shipment.carrier_id)

    async def request_labels(self, shipments: Sequence[Shipment]) -> Sequence[Ticket | Failure]:
        return [Ticket(",".join(one.carrier_id for one in shipments))] * len(shipments)

    async def fetch_labels(self, ticket: Ticket) -> Pending | Ready | Failure:
        meets = self.books.labels.popleft() if self.books.labels else "well"
        if meets == "down":
            return Failure(kind="unavailable", message="come again")
        pages: list[tuple[str, int]] = []
        for number in ticket.value.split(","):
            parcels = next(one for one in self.books.orders if one.number == number).parcels
            for parcel in range(1, parcels + 1 - (meets == "short")):
                pages.append(("TRK9999" if meets == "foreign" else number, parcel))
        begun = time.thread_time()
        document = _drawn(tuple(pages[::-1]))
        self.books.drawing += time.thread_time() - begun
        return Ready(document=document)

    def expected_codes(self, shipment: Shipment) -> frozenset[str]:
        boxes = {f"{shipment.carrier_id}/{parcel.number}" for parcel in shipment.parcels}
        return super().expected_codes(shipment) | boxes


class _Asked(Courier):
    async def find(self, reference: str) -> Sequence[FoundShipment]:
        if self.books.look_fails:
            raise httpx.ConnectError("refused")
        now = self.books.clock.now()
        return [
            FoundShipment(booking=_booking(order), reference=reference, live=order.live)
            for order in self.books.orders
            if order.reference == reference and order.at <= now
        ]


class Lookup(_Asked):
    create_safety = "lookup"


class Unique(_Asked):
    create_safety = "unique_ref"


class Key(Courier):
    create_safety = "key"


class Nothing(Courier):
    create_safety = "none"


def _booking(order: Order) -> Booking:
    return Booking(
        state="confirmed",
        carrier_id=order.number,
        tracking_number=order.number,
        price=order.price,
    )


def _label(number: str, parcel: int) -> LabelContent:
    return LabelContent(
        posting_number="1001-1",
        tracking_number=number if parcel == 1 else f"{number}/{parcel}",
        carrier="Courier",
        service="Standard",
        sender=Sender(name="Li Wei", address=HOME),
        recipient=Recipient(name="Анна", address=HOME),
        weight_g=300,
    )


@cache
def _drawn(pages: tuple[tuple[str, int], ...]) -> Document:
    """Of each page the number and which parcel it is for: numbers begin anew at each desk."""
    from hub_labels import ParcelLabels

    return ParcelLabels().labels([_label(number, parcel) for number, parcel in pages], Paper.LABEL_100X150)


class Market(OrderSource[Settings]):
    """A marketplace that gives out its postings as they stand in the books."""

    code = "market"
    title = "Market"
    settings_type = Settings
    streams = ("open",)
    books: ClassVar[Books]

    async def postings(self, stream: str, cursor: str) -> Page:
        found = tuple(msgspec.json.encode(one) for one in self.books.postings.values())
        return Page(items=found, next="", complete=True)

    def decode(self, raw: bytes) -> Posting:
        return msgspec.json.decode(raw, type=Posting)

    async def posting(self, number: str) -> bytes:
        return msgspec.json.encode(self.books.postings[number])

    async def set_tracking(self, posting: Posting, tracking_number: str) -> ReportResult:
        self.books.told.setdefault(posting.number, []).append(tracking_number)
        known = self.books.postings[posting.number]
        self.books.postings[posting.number] = msgspec.structs.replace(known, tracking_number=tracking_number)
        return ReportResult(number=posting.number, state="done")

    async def cancel_reasons(self, posting: Posting) -> Sequence[CancelReason]:
        return (CancelReason(id="352", title="Out of stock"), CancelReason(id="400", title="Other"))

    async def cancel(self, posting: Posting, reason: CancelReason, message: str) -> ReportResult:
        if self.books.market_cancels and self.books.market_cancels.popleft() == "refused":
            return ReportResult(number=posting.number, state="refused", reason="too late to cancel")
        known = self.books.postings[posting.number]
        self.books.told.setdefault(posting.number, []).append(f"cancel {reason.id}")
        self.books.postings[posting.number] = msgspec.structs.replace(
            known, status="cancelled", stage=Stage.CANCELLED, actions=frozenset()
        )
        return ReportResult(number=posting.number, state="accepted")


class _MarketPlugin:
    @hookimpl
    def order_sources(self) -> Iterable[type[OrderSource[Any]]]:
        return (Market,)


class _CourierPlugin:
    def __init__(self, kind: type[Courier], boxes: int) -> None:
        self._kind = kind
        self._boxes = boxes

    @hookimpl
    def carriers(self) -> Iterable[type[Carrier[Any]]]:
        return (self._kind,)

    @hookimpl
    def plan_parcels(self, seller: str, posting: Posting) -> Sequence[Parcel]:
        size = {"weight_g": 300, "length_mm": 100, "width_mm": 100, "height_mm": 100}
        packed = [posting.items, *(() for _ in range(self._boxes))]  # one thing that takes several boxes
        numbers = range(1, self._boxes + 1)
        return [Parcel(number=number, items=packed[number - 1], **size) for number in numbers]


class _Staying(Worker):
    """A worker that is idle again and again: it keeps its lease until it leaves."""

    async def _finish(self) -> None:
        if self._running or self._over:  # it had not enough time
            await super()._finish()
            self._stopping = self._holds = False

    async def leave(self) -> None:
        await super()._finish()


class Desk:
    """The hub, its worker, and the vendors' books."""

    def __init__(self, app: App, clock: ManualClock, books: Books) -> None:
        self.app = app
        self.clock = clock
        self.books = books

    async def order(self, number: str = "1001-1", **changes: Any) -> str:
        """A buyer orders: taken in by the hub. Returns the hub's id."""
        self.books.postings[number] = posting_of(number, **changes)
        await orders.sync(self.app, "shop", "test")
        return reading.posting(self.app, number, "shop").id

    async def ship(self, posting_id: str, **chosen: str) -> None:
        await orders.ship(self.app, "shop", [posting_id], actor="test", **chosen)

    async def pass_time(self, seconds: float = 600, *, news: bool = True) -> None:
        """Work, and let so much time pass: from one due piece of work to the next.

        The marketplace is asked as the hub does it for the first minutes, and then every half hour: seven
        hundred times a day are most of a test's time, and its books change only when the test says so.
        Without ``news`` it is not asked meanwhile."""
        begun = self.clock.now()
        end = begun + timedelta(seconds=seconds)
        worker = _Staying(self.app)
        try:
            if not news:
                await worker.run_until_idle(20)
                await self._ask_later(end)
            await self._pass_until(end, worker, begun, news)
        finally:
            await worker.leave()
        self.clock.advance(max((end - self.clock.now()).total_seconds(), 0))

    async def _pass_until(self, end: datetime, worker: Worker, begun: datetime, news: bool) -> None:
        while True:
            await worker.run_until_idle(20)
            if news and self.clock.now() - begun > _OFTEN:
                await self._ask_later(min(self.clock.now() + _SELDOM, end))
            due = queue.next_due(self.app.store.reader)
            if due is None or due > end:
                break
            self.clock.advance(max((due - self.clock.now()).total_seconds(), 0.001))

    async def _ask_later(self, at: datetime) -> None:
        """Let the marketplace be asked then, where it would be sooner."""
        soon = "SELECT 1 FROM jobs WHERE kind = 'sync' AND run_at < ?"
        sooner, later = micros(min(self.clock.now() + _SOON, at)), micros(at)
        if self.app.store.reader.execute(soon, (sooner,)).fetchone() is not None:
            await self.app.store.write(
                lambda tx: tx.execute(
                    "UPDATE jobs SET run_at = ? WHERE kind = 'sync' AND run_at < ?", (later, later)
                )
            )

    def view_id(self) -> str:
        """The hub's id of the only posting."""
        (posting,) = reading.postings(self.app, seller="shop").items
        return posting.id

    def view(self, posting_id: str) -> PostingView:
        return reading.posting(self.app, posting_id, "shop")

    def problems(self) -> dict[str, ProblemView]:
        """The open problems by kind."""
        return {one.kind: one for one in reading.problems(self.app, seller="shop").items}

    def operations(self, kind: str = "book") -> list[rows.OperationRow]:
        return rows.operations.all(self.app.store.reader, "WHERE kind = ? ORDER BY id", (kind,))

    async def answer(self, kind: str, answer: str, **parameters: Any) -> None:
        await answering.answer(self.app, self.problems()[kind].id, answer, parameters, "test")


def posting_of(
    number: str, *, label: Literal["carrier", "marketplace"] = "carrier", **changes: Any
) -> Posting:
    """A posting that the seller books: one cup for Moscow."""
    plain = Posting(
        number=number,
        scheme="rfbs",
        flow="non_integrated",
        fulfilment=Fulfilment(books="seller", label=label, tracking="seller", statuses="marketplace"),
        status="awaiting_deliver",
        stage=Stage.ASSEMBLED,
        actions=frozenset({Action.SET_TRACKING, Action.CANCEL}),
        items=(Item(sku="1", offer_id="CUP", name="Кружка", quantity=1, price=Money.of("500.00", "RUB")),),
        ship_by=START + timedelta(days=2),
        created_at=START,
        recipient=Recipient(name="Анна Петрова", phone="+79990000001", address=HOME),
    )
    return msgspec.structs.replace(plain, **changes)


@asynccontextmanager
async def desk(
    home: Path,
    carrier: type[Courier] = Lookup,
    *,
    boxes: int = 1,
    books: Books | None = None,
    clock: ManualClock | None = None,
    extra: Mapping[str, object] | None = None,
    toml: str = TOML,
    database: str = "",
) -> AsyncIterator[Desk]:
    """A hub with one seller, one market and one courier of this class.

    ``books``: vendors who know more. ``clock``: one that went on meanwhile. ``extra``: plugins by name, in
    the place of the desk's own and of the one that draws labels. ``toml``: another plugins.toml.
    ``database``: the URL of one on a server.
    """
    init_home(home)
    (home / "plugins.toml").write_text(toml, encoding="utf-8")
    clock = DeskClock(START) if clock is None else clock
    books = Books(clock) if books is None else books
    books.clock = clock
    Courier.books = Market.books = books
    config = load_config(home / "plugins.toml")
    plugins = {"market": _MarketPlugin(), "courier": _CourierPlugin(carrier, boxes), **(extra or {})}
    registry = load_plugins([] if "labels" in plugins else ["labels"], extra=plugins)
    from hub.flow.runtime.credentials import KeyRing

    store = open_store(Server(database) if database else home / "hub.sqlite")
    declare(store, config, clock)
    app = App(home, config, registry, store, clock, KeyRing.open(home))
    app.children = InProcess() if "labels" in plugins else CHILDREN
    try:
        yield Desk(app, clock, books)
    finally:
        await app.aclose()
