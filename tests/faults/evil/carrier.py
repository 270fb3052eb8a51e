"""The evil vendor's plugin, as somebody would write it. Its variants differ in what they have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx

import hub
from hub import Booking, Carrier, EventKind, Failure, FoundShipment, Money, Quote, Service

KINDS = {"accepted": EventKind.ACCEPTED, "moved": EventKind.MOVED, "delivered": EventKind.HANDED_OVER}


class EvilSettings(hub.Settings, frozen=True, kw_only=True):
    base_url: str


class Simple(Carrier[EvilSettings]):
    """It can be asked by reference, cancels at once, and has a label for each order: like the sample."""

    code, title, settings_type = "courier", "Evil courier", EvilSettings
    create_safety = "lookup"
    settle = timedelta(seconds=60)

    async def ask(self, method: str, path: str, **what: Any) -> httpx.Response:
        answer = await self.http.request(method, self.settings.base_url + path, **what)
        return answer.raise_for_status()

    async def quote(self, request: hub.QuoteRequest) -> Sequence[Quote]:
        price = Money.of(**(await self.ask("GET", "/quotes")).json())
        return [Quote(service=Service(code="std", name="Standard"), price=price, days_min=2, days_max=4)]

    async def book(self, request: hub.BookRequest) -> Booking:
        order = {"reference": request.reference, "posting": request.posting_number}
        return booked((await self.ask("POST", "/orders", json=order)).json())

    async def find(self, reference: str) -> Sequence[FoundShipment]:
        found = (await self.ask("GET", "/orders", params={"reference": reference})).json()["orders"]
        return [
            FoundShipment(booking=booked(one), reference=one["reference"], live=one["state"] == "booked")
            for one in found
        ]

    async def cancel(self, shipment: hub.Shipment) -> hub.Cancellation:
        await self.ask("POST", f"/orders/{shipment.carrier_id}/cancel")
        return hub.Cancellation(state="cancelled")

    async def label(self, shipment: hub.Shipment) -> hub.Document:
        file = await self.ask("GET", f"/orders/{shipment.carrier_id}/label")
        return hub.Document(content=file.content, media_type="application/pdf")

    async def track(self, shipment: hub.Shipment) -> hub.Tracking:
        told = (await self.ask("GET", f"/orders/{shipment.carrier_id}/events")).json()
        events = tuple(
            hub.TrackingEvent(
                time=datetime.fromisoformat(one["time"]),
                kind=KINDS.get(one["code"], EventKind.INFO),
                code=one["code"],
                text=one.get("text", ""),
                known=one["code"] in KINDS,
            )
            for one in told["events"]
        )
        return hub.Tracking(events=events, charged=told["charged"] and Money.of(**told["charged"]))

    def explain(self, error: Exception) -> Failure | None:
        if isinstance(error, httpx.HTTPStatusError) and error.response.status_code == 422:
            said = error.response.json()["error"]
            return Failure(
                kind="rejected",
                message=said["message"],
                vendor_code=said["code"],
                duplicate=said["code"] == "duplicate",
            )
        return None


class Unique(Simple):
    create_safety = "unique_ref"


class Key(Simple):
    """The reference is the key of idempotency; it cannot be asked."""

    create_safety = "key"
    find = Carrier.find  # type: ignore[assignment]


class Nothing(Simple):
    create_safety = "none"
    find = Carrier.find  # type: ignore[assignment]


class Telling(Simple):
    """It tells the state of a cancel, and of an order by its number."""

    async def booking(self, carrier_id: str) -> Booking:
        return booked((await self.ask("GET", f"/orders/{carrier_id}")).json())

    async def cancellation(self, shipment: hub.Shipment) -> hub.Cancellation:
        state = (await self.ask("GET", f"/orders/{shipment.carrier_id}")).json()["state"]
        return hub.Cancellation(state="cancelled" if state == "cancelled" else "live")


class Naive(Simple):
    """It takes every error for a refusal. What the vendor documents as one, it has declared."""

    refusals = (hub.Refusal(statuses=(422,), at="error.code", source="the evil vendor's own word"),)

    async def ask(self, method: str, path: str, **what: Any) -> httpx.Response:
        try:
            return await super().ask(method, path, **what)
        except httpx.HTTPError as error:
            raise hub.Rejected("it was refused") from error

    async def book(self, request: hub.BookRequest) -> Booking:
        try:
            return await super().book(request)
        except (KeyError, ValueError) as error:
            raise hub.Rejected("it said nothing that I know") from error


class NaiveNothing(Naive):
    create_safety = "none"
    find = Carrier.find  # type: ignore[assignment]


KINDS_OF_CARRIERS: dict[str, type[Simple]] = {
    "lookup": Simple,
    "unique_ref": Unique,
    "key": Key,
    "none": Nothing,
    "telling": Telling,
    "naive": Naive,
    "naive_none": NaiveNothing,
}


def booked(said: Any) -> Booking:
    return Booking(
        state="confirmed",
        carrier_id=said["number"],
        tracking_number=said["number"],
        price=Money.of(**said["price"]),
        reference=said.get("reference", ""),
    )


class EvilPlugin:
    def __init__(self, kind: type[Simple]) -> None:
        self._kind = kind

    @hub.hookimpl
    def carriers(self) -> Iterable[type[Carrier[Any]]]:
        return (self._kind,)

    @hub.hookimpl
    def plan_parcels(self, seller: str, posting: hub.Posting) -> Sequence[hub.Parcel]:
        size = {"weight_g": 300, "length_mm": 100, "width_mm": 100, "height_mm": 100}
        return [hub.Parcel(number=1, items=posting.items, **size)]
