"""A whole carrier in one file, to be copied: it speaks to a small courier company over HTTP."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import hub
from hub import EventKind, Money, Service

KINDS = {"booked": EventKind.REGISTERED, "accepted": EventKind.ACCEPTED, "in_transit": EventKind.MOVED,
         "out_for_delivery": EventKind.OUT_FOR_DELIVERY, "delivered": EventKind.HANDED_OVER,
         "cancelled": EventKind.CANCELLED}  # fmt: skip
SIZE, HOME = ("weight_g", "length_mm", "width_mm", "height_mm"), ("country", "postal_code", "city", "street")


class SampleSettings(hub.Settings, frozen=True, kw_only=True):
    base_url: str
    key: hub.Secret


class Sample(hub.Carrier[SampleSettings]):
    code, title, settings_type = "sample", "Sample courier", SampleSettings
    create_safety = "unique_ref"  # a repeated reference is answered with 409, for good
    refusals = (hub.Refusal(statuses=(409, 422), at="error.code", source="API 1.0"),)

    async def ask(self, method: str, path: str, **what: Any) -> Any:
        key, url = {"X-Key": self.settings.key.reveal()}, self.settings.base_url + path
        answer = await self.http.request(method, url, headers=key, **what)
        if answer.status_code in (409, 422):
            e = answer.json()["error"]
            raise hub.Rejected(e["message"], vendor_code=e["code"], duplicate="duplicate" in e["code"])
        return answer.raise_for_status()

    async def check(self) -> hub.AccountStatus:
        return hub.AccountStatus(external_id=(await self.ask("GET", "/shipments?reference=check")).url.host)

    async def quote(self, request: hub.QuoteRequest) -> Sequence[hub.Quote]:
        to = {"to_country": request.recipient.country, "to_postal_code": request.recipient.postal_code}
        got = (await self.ask("GET", "/quotes", params=to | pick(request.parcels[0], SIZE))).json()
        return [hub.Quote(service=Service(code=o["service"], name=o["name"]), price=Money.of(**o["price"]),
                          days_min=o["days_min"], days_max=o["days_max"]) for o in got["offers"]]  # fmt: skip

    async def book(self, request: hub.BookRequest) -> hub.Booking:
        order = {"reference": request.reference, "service": request.service.code, "recipient":
                 pick(request.recipient, ("name", "phone")) | pick(request.recipient.address, HOME),
                 "parcel": pick(request.parcels[0], SIZE)}  # fmt: skip
        return booked((await self.ask("POST", "/shipments", json=order)).json())

    async def find(self, reference: str) -> Sequence[hub.FoundShipment]:
        found = (await self.ask("GET", "/shipments", params={"reference": reference})).json()["shipments"]
        return [hub.FoundShipment(booking=booked(s), reference=s["reference"], service_code=s["service"],
                                  live=s["state"] != "cancelled") for s in found]  # fmt: skip

    async def cancel(self, shipment: hub.Shipment) -> hub.Cancellation:
        await self.ask("POST", f"/shipments/{shipment.carrier_id}/cancel")
        return hub.Cancellation(state="cancelled")

    async def label(self, shipment: hub.Shipment) -> hub.Document:
        file = await self.ask("GET", f"/shipments/{shipment.carrier_id}/label")
        return hub.Document(content=file.content, media_type="application/pdf")

    async def track(self, shipment: hub.Shipment) -> hub.Tracking:
        told = (await self.ask("GET", f"/shipments/{shipment.carrier_id}/events")).json()
        events = (hub.TrackingEvent(time=datetime.fromisoformat(e["time"]), code=e["code"], text=e["text"],
                                    place=e["place"], kind=KINDS.get(e["code"], EventKind.INFO),
                                    known=e["code"] in KINDS) for e in told["events"])  # fmt: skip
        return hub.Tracking(events=tuple(events), charged=told["charged"] and Money.of(**told["charged"]))


def pick(source: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(source, name) for name in names}


def booked(s: Any) -> hub.Booking:
    return hub.Booking(state="confirmed", carrier_id=s["number"], tracking_number=s["number"], price=Money.of(**s["price"]), reference=s["reference"])  # noqa: E501  # fmt: skip


@hub.hookimpl
def carriers() -> Iterable[type[Sample]]:
    return (Sample,)
