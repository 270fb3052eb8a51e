"""A whole carrier in one file, to be copied: it speaks to a small courier company over HTTP."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from hub import (
    AccountStatus, Booking, BookRequest, Cancellation, Carrier, Document, EventKind, FoundShipment, Money,
    Quote, QuoteRequest, Rejected, Secret, Service, Settings, Shipment, Tracking, TrackingEvent, hookimpl,
)  # fmt: skip

KINDS = {"booked": EventKind.REGISTERED, "accepted": EventKind.ACCEPTED, "in_transit": EventKind.MOVED,
         "out_for_delivery": EventKind.OUT_FOR_DELIVERY, "delivered": EventKind.HANDED_OVER,
         "cancelled": EventKind.CANCELLED}  # fmt: skip


class SampleSettings(Settings, frozen=True, kw_only=True):
    base_url: str
    key: Secret


class Sample(Carrier[SampleSettings]):
    code, title, settings_type = "sample", "Sample courier", SampleSettings
    create_safety = "unique_ref"  # the courier's docs: a repeated reference is 409, for good
    refuses_duplicates = "at_once"

    async def ask(self, method: str, path: str, **what: Any) -> Any:
        headers = {"X-Key": self.settings.key.reveal()}
        answer = await self.http.request(method, self.settings.base_url + path, headers=headers, **what)
        if answer.status_code in (409, 422):
            error = answer.json()["error"]
            raise Rejected(error["message"], vendor_code=error["code"],
                           duplicate=error["code"] == "duplicate_reference")  # fmt: skip
        return answer.raise_for_status()

    async def check(self) -> AccountStatus:
        await self.ask("GET", "/shipments", params={"reference": "check"})
        return AccountStatus(external_id=self.settings.base_url)

    async def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        box, to = request.parcels[0], request.recipient
        size = {name: getattr(box, name) for name in ("weight_g", "length_mm", "width_mm", "height_mm")}
        where = {"to_country": to.country, "to_postal_code": to.postal_code}
        offers = (await self.ask("GET", "/quotes", params=where | size)).json()["offers"]
        return [Quote(service=Service(code=o["service"], name=o["name"]), price=Money.of(**o["price"]),
                      days_min=o["days_min"], days_max=o["days_max"]) for o in offers]  # fmt: skip

    async def book(self, request: BookRequest) -> Booking:
        box, to, home = request.parcels[0], request.recipient, request.recipient.address
        assert home is not None, "the hub books only with an address"
        order = {"reference": request.reference, "service": request.service.code,
                 "recipient": {"name": to.name, "phone": to.phone, "country": home.country, "city": home.city,
                               "postal_code": home.postal_code, "street": home.street},
                 "parcel": {"weight_g": box.weight_g, "length_mm": box.length_mm, "width_mm": box.width_mm,
                            "height_mm": box.height_mm}}  # fmt: skip
        return booking((await self.ask("POST", "/shipments", json=order)).json())

    async def find(self, reference: str) -> Sequence[FoundShipment]:
        found = (await self.ask("GET", "/shipments", params={"reference": reference})).json()["shipments"]
        return [FoundShipment(booking=booking(s), reference=s["reference"], service_code=s["service"],
                              live=s["state"] != "cancelled") for s in found]  # fmt: skip

    async def cancel(self, shipment: Shipment) -> Cancellation:
        await self.ask("POST", f"/shipments/{shipment.carrier_id}/cancel")
        return Cancellation(state="cancelled")

    async def cancellation(self, shipment: Shipment) -> Cancellation:
        state = (await self.ask("GET", f"/shipments/{shipment.carrier_id}")).json()["state"]
        return Cancellation(state="cancelled" if state == "cancelled" else "pending")

    async def label(self, shipment: Shipment) -> Document:
        file = await self.ask("GET", f"/shipments/{shipment.carrier_id}/label")
        return Document(content=file.content, media_type="application/pdf")

    async def track(self, shipment: Shipment) -> Tracking:
        told = (await self.ask("GET", f"/shipments/{shipment.carrier_id}/events")).json()
        return Tracking(
            charged=Money.of(**told["charged"]) if told["charged"] else None,
            events=tuple(TrackingEvent(time=datetime.fromisoformat(e["time"]), code=e["code"], text=e["text"],
                                       place=e["place"], kind=KINDS.get(e["code"], EventKind.INFO),
                                       known=e["code"] in KINDS) for e in told["events"]))  # fmt: skip


def booking(s: Any) -> Booking:
    return Booking(state="confirmed", carrier_id=s["number"], tracking_number=s["number"],
                   price=Money.of(**s["price"]))  # fmt: skip


@hookimpl
def carriers() -> Iterable[type[Sample]]:
    return (Sample,)
