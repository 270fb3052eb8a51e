"""Postings, their flows and what a test may ask of them."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import msgspec

from vendor_emulators.ozon.units import Requirement, Units

Mover = Literal["ozon", "seller", "carrier", "registered"]

# Who moves a posting on after the seller's ship call (Ozon swagger 2026-09-22).
MOVERS: dict[str, Mover] = {
    "ozon": "ozon",
    "non_integrated": "seller",
    "hybrid_non_integrated": "seller",
    "click_and_collect": "seller",
    "3pl_tracking": "carrier",
    "hybrid": "carrier",
    "hybrid_3pl_tracking": "carrier",
    "aggregator": "registered",
    "hybrid_aggregator": "registered",
}

# tpl_integration_type of a flow; the Russian Post scheme is misspelt so by Ozon.
TPL_TYPES = {
    "ozon": "ozon",
    "non_integrated": "non_integrated",
    "click_and_collect": "non_integrated",
    "3pl_tracking": "3pl_tracking",
    "aggregator": "aggregator",
    "hybrid": "hybryd",
    "hybrid_non_integrated": "hybryd",
    "hybrid_3pl_tracking": "hybryd",
    "hybrid_aggregator": "hybryd",
}


class Money(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An amount as Ozon spells it, ``{"amount": "300", "currency": "RUB"}``."""

    amount: Decimal
    currency: str = "RUB"


class Product(msgspec.Struct, forbid_unknown_fields=True):
    """A line of a posting. ``requires``: what Ozon wants to be told before it is packed. ``may_mark``: a
    marking code may be told. ``country``: told by the seller."""

    sku: int
    offer_id: str
    name: str
    quantity: int = 1
    price: Money = Money(Decimal(1000))
    weight_g: int = 400
    requires: tuple[Requirement, ...] = ()
    may_mark: bool = False
    country: str = ""


class Recipient(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The buyer of an rFBS posting: a substitute phone, with an extension for tone dialling."""

    name: str = "Иван Петров"
    phone: str = "+79990000001"
    pin: str = "0001"
    city: str = "Казань"
    region: str = "Республика Татарстан"
    zip_code: str = "420000"
    address_tail: str = "ул. Примерная, д. 1, кв. 2"
    country: str = "Россия"
    district: str = ""
    comment: str = ""
    pvz_code: int = 0
    provider_pvz_code: str = ""


class Label(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The size that ``available_actions`` names; a task makes both."""

    size: Literal["big", "small"] = "big"


class Behaviour(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What happens to a posting beyond the ordinary; all times are virtual.

    ship_failed_times: so many ship calls are accepted and fail silently. reject_ship: refused at once with
    this token. label_delay_seconds: added to Ozon's usual 45-60 s. registration_seconds: an aggregator's.
    registration_fails: it ends in posting_registration_error. handover_hours: from the last step that the
    seller owes (carriage, tracking number, label) to the first movement. delivery_hours: from there to
    delivered. auto_move: false leaves movement to ``POST /_emulator/postings/{number}/move``.
    cancel_at_status, cancel_after_seconds: the buyer cancels when it gets there. not_accepted: the sorting
    centre does not find it. starts_awaiting_approve: seconds in awaiting_approve before packaging.
    units_seconds: until all units have their ids. check_seconds: of the check of units (20-180). check_fails:
    the error code of each value that the check finds wrong. check_times_out: so many checks end without
    having looked. check_says_update: what passed is update_available, not ship_available. country_by: which
    number country/set knows a product by.
    """

    ship_failed_times: int = 0
    reject_ship: str | None = None
    ship_seconds: float | None = None
    label_delay_seconds: float = 0
    registration_seconds: float = 120
    registration_fails: bool = False
    handover_hours: float = 4
    delivery_hours: float = 60
    auto_move: bool = True
    cancel_at_status: str | None = None
    cancel_after_seconds: float = 0
    not_accepted: bool = False
    starts_awaiting_approve: float = 0
    express: bool = False
    units_seconds: float = 0
    check_seconds: float | None = None
    check_fails: dict[str, str] = {}
    check_times_out: int = 0
    check_says_update: bool = False
    country_by: Literal["product_id", "sku"] = "product_id"


class PostingSpec(msgspec.Struct, forbid_unknown_fields=True):
    """One element of ``POST /_emulator/postings``."""

    integration_type_flow: str
    products: list[Product]
    scheme: Literal["fbs", "rfbs"] | None = None
    ship_in_hours: float = 24
    late_in_hours: float | None = None
    in_process_hours_ago: float = 0
    warehouse_id: int | None = None
    delivery_method_id: int | None = None
    provider: str | None = None
    recipient: Recipient | None = None
    cross_border: bool = False
    label: Label = Label()
    behaviour: Behaviour = Behaviour()
    posting_number: str | None = None
    client_id: str | None = None


class Event(msgspec.Struct):
    """A line of a posting's history: what it became, when, by whom (seller, ozon, carrier, buyer)."""

    at: datetime
    status: str
    substatus: str
    by: str


class Cancellation(msgspec.Struct):
    reason_id: int
    reason: str
    type: str
    initiator: str
    after_ship: bool
    affects_rating: bool


class DeliveryMethod(msgspec.Struct):
    id: int
    name: str
    warehouse_id: int
    provider_id: int
    provider: str
    tpl_integration_type: str
    status: str = "ACTIVE"


class Posting(msgspec.Struct):
    """Everything known of one posting. Times are whole seconds, as on the wire."""

    id: int
    number: str
    order_id: int
    order_number: str
    flow: str
    mover: Mover
    scheme: str
    products: list[Product]
    method: DeliveryMethod
    in_process_at: datetime
    shipment_date: datetime
    late_after: datetime
    recipient: Recipient | None
    cross_border: bool
    label_size: str
    behaviour: Behaviour
    upper_barcode: str
    lower_barcode: str
    scanit: str
    customer_id: int
    status: str = "awaiting_packaging"
    substatus: str = "posting_created"
    previous_substatus: str = ""
    changed_at: datetime | None = None
    tracking_number: str = ""
    parent: str = ""
    related: list[str] = []
    cancellation: Cancellation | None = None
    cancelled_by: str | None = None
    carriage_id: int | None = None
    delivering_date: datetime | None = None
    delivered_at: datetime | None = None
    ship_in_process: bool = False
    ship_attempts: int = 0
    shipped_at: datetime | None = None
    label_ready_at: datetime | None = None
    label_downloads: int = 0
    label_asked: int = 0
    tracking_uploads: int = 0
    units: Units | None = None
    units_made_at: float = 0
    pending_status: str | None = None
    # Bumped whenever the course of things is broken (cancelled, moved by hand): older plans are void then.
    course: int = 0
    moving: bool = False
    provider_status: str = ""
    history: list[Event] = []
    # The v4 element as last encoded, with what it depends on (views.in_list).
    shown: tuple[Any, msgspec.Raw] | None = None

    @property
    def closed(self) -> bool:
        return self.status in ("delivered", "cancelled")

    @property
    def shipped(self) -> bool:
        return self.shipped_at is not None
