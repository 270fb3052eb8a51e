"""What the core does around a carrier's methods, as far as a contract suite needs it."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points
from typing import Any, TypeVar

import httpx
import msgspec
import pytest

from hub.calls.call import Terms, read, send
from hub.calls.sending import is_safe
from hub.plugin_api.carriers import BASE32, Carrier, carrier_capabilities
from hub.plugin_api.errors import Rejected
from hub.plugin_api.labels import LabelRenderer
from hub.plugin_api.models import (
    Booking,
    BookRequest,
    Cancellation,
    Document,
    Money,
    Pending,
    QuoteRequest,
    Ready,
    Shipment,
)
from hub.plugin_api.models import Ticket as TicketType

T = TypeVar("T")
PassTime = Callable[[float], Awaitable[None]]

_STEP = 5.0


def needs(carrier: Carrier[Any], *capabilities: str) -> None:
    """Skip a check of what this carrier does not offer."""
    if missing := set(capabilities) - set(carrier_capabilities(type(carrier))):
        pytest.skip(f"{carrier.title} does not offer {', '.join(sorted(missing))}")


def fresh(carrier: Carrier[Any], request: BookRequest) -> BookRequest:
    """The request under a reference that was never used."""
    length = min(carrier.reference_max, 20)
    reference = "".join(secrets.choice(BASE32) for _ in range(length))
    return msgspec.structs.replace(request, reference=reference)


def quote_request(request: BookRequest) -> QuoteRequest:
    """The question that leads to this booking."""
    assert request.recipient.address is not None
    return QuoteRequest(
        sender=request.sender.address,
        recipient=request.recipient.address,
        parcels=request.parcels,
        declared_value=request.declared_value,
    )


def worth_nothing(request: BookRequest) -> BookRequest:
    """The same goods, given away."""
    currency = "RUB" if request.declared_value is None else request.declared_value.currency
    nothing = Money.of(0, currency)
    replace = msgspec.structs.replace
    boxes = tuple(
        replace(box, items=tuple(replace(item, price=nothing) for item in box.items))
        for box in request.parcels
    )
    return replace(request, parcels=boxes, declared_value=nothing)


async def reading(carrier: Carrier[Any], work: Callable[[], Awaitable[T]]) -> T:
    """As the core reads: no unsafe request leaves, errors come in the hub's words."""
    return await read(carrier.title, work, explain=carrier.explain)


async def sent(carrier: Carrier[Any], work: Callable[[], Awaitable[T]], call: str = "book") -> T:
    """As the core sends: one journalled operation, one unsafe request; a refusal has to be proved."""
    terms = Terms(
        explain=carrier.explain,
        refusals=carrier.refusals,
        call=call,
        claims_refusal=lambda result: getattr(result, "state", "") in ("rejected", "refused"),
    )
    return await send(carrier.title, work, operation_id=f"op_{secrets.token_hex(4)}", terms=terms)


async def booked(carrier: Carrier[Any], request: BookRequest, pass_time: PassTime) -> Booking:
    """Book, and read again until it is decided; at most twice the settle time."""
    booking = await sent(carrier, lambda: carrier.book(request))
    return await decided(carrier, booking, pass_time)


async def decided(carrier: Carrier[Any], booking: Booking, pass_time: PassTime) -> Booking:
    """An accepted booking, once it is something else."""
    waited, key = 0.0, booking.carrier_id
    while booking.state == "accepted":
        assert key, "an accepted booking is read again by its carrier_id"
        assert waited <= 2 * carrier.settle.total_seconds() + _STEP, "still undecided after the settle time"
        await pass_time(_STEP)
        waited += _STEP
        booking = await reading(carrier, lambda: carrier.booking(key))
    return booking


async def refused_as_known(carrier: Carrier[Any], request: BookRequest, pass_time: PassTime) -> bool:
    """Whether booking is refused, at once or late, because the carrier knows the reference already."""
    try:
        booking = await booked(carrier, request, pass_time)
    except Rejected as refused:
        return refused.duplicate
    return booking.state == "rejected" and booking.duplicate


async def cancelled(carrier: Carrier[Any], shipment: Shipment, pass_time: PassTime) -> Cancellation:
    """Cancel, and read until it has taken effect or is refused; at most twice the settle time."""
    ended = await sent(carrier, lambda: carrier.cancel(shipment), "cancel")
    waited = 0.0
    while ended.state == "pending":
        assert waited <= 2 * carrier.settle.total_seconds() + _STEP, "still pending after the settle time"
        await pass_time(_STEP)
        waited += _STEP
        ended = await reading(carrier, lambda: carrier.cancellation(shipment))
    return ended


async def labelled(carrier: Carrier[Any], shipment: Shipment, pass_time: PassTime) -> Document:
    """The label, whichever way this carrier gives it."""
    if "label" in carrier_capabilities(type(carrier)):
        return await reading(carrier, lambda: carrier.label(shipment))
    (ticket,) = await reading(carrier, lambda: carrier.request_labels([shipment]))
    assert isinstance(ticket, TicketType), ticket
    for _ in range(40):
        answer = await reading(carrier, lambda: carrier.fetch_labels(ticket))
        if isinstance(answer, Ready):
            return answer.document
        assert isinstance(answer, Pending), answer
        await pass_time(answer.retry_after.total_seconds())
    raise AssertionError("the label is still not ready after forty readings")


def shipment_of(booking: Booking, request: BookRequest) -> Shipment:
    """A booking as the core gives it back to the plugin."""
    return Shipment(
        id="shp_test",
        posting_number=request.posting_number,
        reference=request.reference,
        carrier_id=booking.carrier_id,
        tracking_number=booking.tracking_number,
        service=request.service,
        parcels=request.parcels,
        recipient=request.recipient,
        sender=request.sender,
    )


def codes_on(document: Document) -> frozenset[str] | None:
    """Every barcode text that the file shows; None where no plugin that reads labels is installed."""
    for point in entry_points(group="parcelhub.plugins", name="labels"):
        (kind,) = point.load().label_renderers()
        renderer: LabelRenderer = kind()
        return frozenset(code for page in renderer.pages(document) for code in page.codes)
    return None


@contextmanager
def watched(http: httpx.AsyncClient) -> Iterator[list[httpx.Request]]:
    """The requests that leave through this client meanwhile."""
    seen: list[httpx.Request] = []

    async def see(request: httpx.Request) -> None:
        seen.append(request)

    hooks = http.event_hooks
    http.event_hooks = {**hooks, "request": [*hooks["request"], see]}
    try:
        yield seen
    finally:
        http.event_hooks = hooks


def unsafe(requests: list[httpx.Request]) -> list[str]:
    """Those that could cost money, in words."""
    return [f"{one.method} {one.url.path}" for one in requests if not is_safe(one)]
