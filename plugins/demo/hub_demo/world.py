"""The emulators as the demonstration uses them: it plays buyers, the seller's feet, and bad luck; and reads
their truth."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

import httpx
import msgspec

from hub_demo.scenario import Scenario

COURIER_KEY = "demo-key"


class Event(msgspec.Struct):
    at: datetime
    status: str
    substatus: str
    by: str


class OzonPosting(msgspec.Struct, kw_only=True):
    """A posting as Ozon knows it (`GET /_emulator/state`)."""

    number: str
    status: str
    tracking_number: str
    label_downloads: int
    carriage: int | None
    cancelled_by: str | None
    ship_attempts: int
    tracking_uploads: int
    shipped_at: datetime | None = None
    label_ready_at: datetime | None = None
    history: list[Event] = []


class OzonTruth(msgspec.Struct):
    postings: list[OzonPosting]


class CdekOrder(msgspec.Struct, kw_only=True):
    """An order as CDEK knows it; ``number`` is our reference, ``total_sum`` has VAT and insurance in it."""

    uuid: str
    number: str
    cdek_number: str | None
    tariff_code: int | None
    state: str
    is_return: bool
    total_sum: Decimal | None
    errors: list[str] = []


class CdekTruth(msgspec.Struct):
    orders: list[CdekOrder]


class Price(msgspec.Struct):
    amount: Decimal
    currency: str


class CourierShipment(msgspec.Struct, kw_only=True):
    """A shipment as the courier knows it."""

    number: str
    reference: str
    state: str
    price: Price
    charged: Price | None = None


class CourierTruth(msgspec.Struct):
    shipments: list[CourierShipment]


class Operation(msgspec.Struct):
    """A line of a parcel's history; type 2 is "handed over"."""

    type: int


class PostOrder(msgspec.Struct, kw_only=True):
    """An order as Russian Post knows it; ``total_with_vat`` is in kopecks."""

    order_num: str
    barcode: str
    batch: str | None
    deleted: bool
    total_with_vat: int
    operations: list[Operation] = []

    @property
    def state(self) -> str:
        """``removed``, ``delivered``, or what it lacks."""
        if self.deleted:
            return "removed"
        if self.batch is None:
            return "in no batch"
        return "delivered" if self.operations and self.operations[-1].type == 2 else "on its way"

    @property
    def price(self) -> Decimal:
        return Decimal(self.total_with_vat) / 100


class PostTruth(msgspec.Struct):
    orders: list[PostOrder]


class Truth(msgspec.Struct):
    """What really happened, from those whom it happened to."""

    ozon: OzonTruth
    cdek: CdekTruth
    courier: CourierTruth
    post: PostTruth


class World:
    """The four emulators' control endpoints."""

    def __init__(self, ozon: str, cdek: str, courier: str, post: str) -> None:
        self.ozon, self.cdek, self.courier, self.post = ozon, cdek, courier, post
        self._http = httpx.Client(trust_env=False, timeout=20)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def begin(self, scenario: Scenario) -> None:
        """The buyers order; CDEK is told which order it will refuse."""
        self._post(self.ozon, "postings", [order.spec() for order in scenario.orders])
        article = scenario.of("carrier_refuses").lines[0].good.offer_id
        rule = {"path": "/v2/orders", "method": "POST", "kind": "invalid_after_accepted", "match": article}
        self._post(self.cdek, "faults", {"rules": [rule]})

    def buyer_cancels(self, number: str) -> None:
        """The buyer changes his mind."""
        self._post(self.ozon, f"postings/{number}/cancel", {"initiator": "client"})

    def drop_off(self, cdek: Sequence[str], courier: Sequence[str], post: Sequence[str]) -> None:
        """The seller brings the parcels to CDEK's office, to the courier's counter and to the post office."""
        if cdek:
            self._post(self.cdek, "dropoff", {"cdek_numbers": list(cdek)})
        if courier:
            self._post(self.courier, "dropoff", {"numbers": list(courier)})
        if post:
            self._post(self.post, "dropoff", {"parcels": list(post)})

    def truth(self) -> Truth:
        """Everything that the emulators know."""
        return Truth(
            msgspec.json.decode(self._state(self.ozon), type=OzonTruth),
            msgspec.json.decode(self._state(self.cdek), type=CdekTruth),
            msgspec.json.decode(self._state(self.courier), type=CourierTruth),
            msgspec.json.decode(self._state(self.post), type=PostTruth),
        )

    def plant_faults(self) -> list[str]:
        """Do what must not happen: book a parcel twice, lose a delivery. Returns what was done, in words."""
        order = {
            "reference": "PLANTED-SECOND-BOOKING",
            "service": "economy",
            "recipient": {
                "name": "Анна Соколова", "phone": "+79990000000", "country": "RU",
                "postal_code": "170100", "city": "Тверь", "street": "ул. Садовая, д. 1",
            },
            "parcel": {"weight_g": 500, "length_mm": 200, "width_mm": 150, "height_mm": 100},
        }  # fmt: skip
        answer = self._http.post(
            f"{self.courier}/shipments", json=order, headers={"X-Key": COURIER_KEY}
        ).raise_for_status()
        planted = [f"a parcel was booked a second time with the courier: {answer.json()['number']}"]
        delivered = [order.cdek_number for order in self.truth().cdek.orders if order.state == "DELIVERED"]
        if delivered:
            self._post(self.cdek, "undo-status", {"cdek_number": delivered[0]})
            planted.append(f"CDEK took back the delivery of {delivered[0]}")
        return planted

    def _state(self, url: str) -> bytes:
        return self._http.get(f"{url}/_emulator/state").raise_for_status().content

    def _post(self, url: str, path: str, body: Any) -> None:
        answer = self._http.post(f"{url}/_emulator/{path}", json=body)
        answer.raise_for_status()
