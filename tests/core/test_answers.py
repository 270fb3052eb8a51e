"""What a plugin gives is believed only where every part of it can be kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.plugin_api.answers import fault
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.errors import BadReply
from hub.plugin_api.models import (
    Address,
    Booking,
    Cancellation,
    DeliveryPoint,
    Document,
    EventKind,
    FoundShipment,
    Handover,
    Item,
    Money,
    Posting,
    Recipient,
    Shipment,
    Stage,
    Tracking,
    TrackingEvent,
)
from hub.plugin_api.settings import Account, Settings
from tests.flow.desk import posting_of

NAIVE = datetime(2026, 1, 1)  # noqa: DTZ001 - that is the point
PLAIN = posting_of("1001-1")
ITEM = PLAIN.items[0]


def _with_item(**changes: Any) -> Posting:
    return msgspec.structs.replace(PLAIN, items=(msgspec.structs.replace(ITEM, **changes),))


@pytest.mark.parametrize(
    ("posting", "code", "place"),
    [
        (msgspec.structs.replace(PLAIN, ship_by=NAIVE), "no_zone", "ship_by"),
        (msgspec.structs.replace(PLAIN, ship_by="tomorrow"), "wrong_type", "ship_by"),
        (msgspec.structs.replace(PLAIN, ship_by=datetime(1, 1, 1, tzinfo=UTC)), "out_of_range", "ship_by"),
        (msgspec.structs.replace(PLAIN, items=None), "wrong_type", "items"),
        (msgspec.structs.replace(PLAIN, items=(None,)), "wrong_type", "items[0]"),
        (msgspec.structs.replace(PLAIN, items="A"), "wrong_type", "items"),
        (msgspec.structs.replace(PLAIN, number=1001), "wrong_type", "number"),
        (msgspec.structs.replace(PLAIN, number="1" * 301), "too_long", "number"),
        (msgspec.structs.replace(PLAIN, status="\ud800"), "no_text", "status"),
        (msgspec.structs.replace(PLAIN, stage="new one"), "wrong_type", "stage"),
        (msgspec.structs.replace(PLAIN, fulfilment={}), "wrong_type", "fulfilment"),
        (
            msgspec.structs.replace(PLAIN, recipient=Recipient(name=cast(str, None))),
            "wrong_type",
            "recipient.name",
        ),
        (_with_item(quantity=-1), "out_of_range", "items[0].quantity"),
        (_with_item(quantity=0), "out_of_range", "items[0].quantity"),
        (_with_item(quantity=True), "wrong_type", "items[0].quantity"),
        (_with_item(quantity=1 << 70), "out_of_range", "items[0].quantity"),
        (_with_item(name="x" * 10_001), "too_long", "items[0].name"),
        (_with_item(price="8.50"), "wrong_type", "items[0].price"),
        (_with_item(price=Money(Decimal("1e13"), "RUB")), "out_of_range", "items[0].price.amount"),
        (_with_item(price=Money(Decimal(1), cast(str, None))), "wrong_type", "items[0].price.currency"),
        (
            msgspec.structs.replace(
                PLAIN, recipient=Recipient(name="x", address=Address(country="RU", latitude=float("nan")))
            ),
            "no_number",
            "recipient.address.latitude",
        ),
        (None, "wrong_type", ""),
        ({"number": "1001-1"}, "wrong_type", ""),
    ],
)
def test_what_is_wrong_and_where(posting: object, code: str, place: str) -> None:
    found = fault(posting, Posting)
    assert found is not None
    assert (found.code, found.place) == (code, place)
    assert "1001" not in str(found)


def test_what_is_right() -> None:
    assert fault(PLAIN, Posting) is None
    assert fault(_with_item(name="Кружка ☕", weight_g=0), Posting) is None


GARBAGE: Sequence[Any] = [
    *(None, True, -1, 1 << 80, 1.5, float("nan"), "", "x" * 20_000, "\ud800", b"x", (), ("x",), {}, NAIVE),
    *(
        Decimal("NaN"),
        datetime.max.replace(tzinfo=UTC),
        Stage.NEW,
        frozenset({1}),
        ITEM,
        Money(Decimal(1), "RUB"),
        object(),
    ),
]
PLACES = [(Posting, name) for name in Posting.__struct_fields__] + [(Item, n) for n in Item.__struct_fields__]


@given(st.sampled_from(PLACES), st.sampled_from(GARBAGE))
def test_what_is_believed_can_be_kept(place: tuple[type, str], garbage: Any) -> None:
    kind, name = place
    changed = {name: garbage}
    posting = _with_item(**changed) if kind is Item else msgspec.structs.replace(PLAIN, **changed)
    if fault(posting, Posting) is None:
        assert msgspec.json.decode(msgspec.json.encode(posting), type=Posting) == posting


# --- behind every method of a carrier ---------------------------------------------------------------------

SHIPMENT = cast(Shipment, None)
CALLS: dict[str, Callable[[Any], Any]] = {
    "book": lambda c: c.book(None),
    "booking": lambda c: c.booking("1"),
    "find": lambda c: c.find("1"),
    "cancel": lambda c: c.cancel(SHIPMENT),
    "label": lambda c: c.label(SHIPMENT),
    "close_handover": lambda c: c.close_handover("1"),
    "request_labels": lambda c: c.request_labels([]),
}
BOOKING = Booking(state="confirmed", carrier_id="1", tracking_number="T")


class Answering(Carrier[Settings]):
    """Answers every question with what a test wants."""

    code = "answering"
    title = "Answering"
    settings_type = Settings
    answer: Any = None

    async def book(self, request: Any) -> Booking:
        return cast(Booking, self.answer)

    async def booking(self, carrier_id: str) -> Booking:
        return cast(Booking, self.answer)

    async def find(self, reference: str) -> Sequence[FoundShipment]:
        return cast(Sequence[FoundShipment], self.answer)

    async def cancel(self, shipment: Shipment) -> Cancellation:
        return cast(Cancellation, self.answer)

    async def label(self, shipment: Shipment) -> Document:
        return cast(Document, self.answer)

    async def close_handover(self, handover_id: str) -> Handover:
        return cast(Handover, self.answer)

    async def request_labels(self, shipments: Sequence[Shipment]) -> Any:
        return self.answer

    async def points(self, near: Address) -> Sequence[DeliveryPoint]:
        return cast(Sequence[DeliveryPoint], self.answer)

    async def track(self, shipment: Shipment) -> Tracking:
        return cast(Tracking, self.answer)


@pytest.fixture
def carrier() -> Answering:
    account = Account(id="acc_1", seller="shop", plugin="answering", name="")
    return Answering(Settings(), httpx.AsyncClient(), account)


@pytest.mark.parametrize("answer", ["", 1, {}, [1], ["x"], b"x", NAIVE, object()])
@pytest.mark.parametrize("method", CALLS)
async def test_an_answer_of_another_shape_is_no_answer(carrier: Answering, method: str, answer: Any) -> None:
    carrier.answer = answer
    with pytest.raises(BadReply, match="the plugin's answer cannot be used"):
        await CALLS[method](carrier)


@pytest.mark.parametrize(
    "changes",
    [
        *({"state": "done"}, {"carrier_id": 7}, {"tracking_number": None}, {"notes": "x"}),
        *({"price": 8.5}, {"price": Money(Decimal(1), cast(str, 7))}),
    ],
)
async def test_a_booking_that_cannot_be_kept_is_none(carrier: Answering, changes: dict[str, Any]) -> None:
    carrier.answer = msgspec.structs.replace(BOOKING, **changes)
    for method in ("book", "booking"):
        with pytest.raises(BadReply):
            await CALLS[method](carrier)
    carrier.answer = [FoundShipment(booking=carrier.answer, reference="R")]
    with pytest.raises(BadReply):  # a look-up that cannot be read is no look-up
        await carrier.find("R")


async def test_what_can_be_kept_is_passed_on(carrier: Answering) -> None:
    carrier.answer = BOOKING
    assert await CALLS["book"](carrier) is BOOKING
    carrier.answer = ()
    assert await carrier.find("R") == ()
    carrier.answer = Tracking(events=(TrackingEvent(time=NAIVE, kind=EventKind.INFO, code="x"),))
    assert await carrier.track(SHIPMENT) is carrier.answer, "tracking is looked at event by event"


async def test_a_delivery_point_costs_itself_only(carrier: Answering) -> None:
    good = DeliveryPoint(code="A1", address=Address(country="RU"))
    carrier.answer = [good, None, DeliveryPoint(code=cast(str, 7), address=Address(country="RU")), "x"]
    assert await carrier.points(Address(country="RU")) == [good]
    carrier.answer = None
    with pytest.raises(BadReply):
        await carrier.points(Address(country="RU"))
