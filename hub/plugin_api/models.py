"""The hub's words as values. No I/O, no vendor.

Money is `Money`, never float. Weight is in integer grams, size in integer millimetres. Times are aware
and UTC. Ids are strings. Enum values are lower_snake.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal

import msgspec

from hub.plugin_api.money import Money as Money  # one door for all the words
from hub.plugin_api.parties import Address as Address
from hub.plugin_api.parties import CleanedAddress as CleanedAddress
from hub.plugin_api.parties import DeliveryPoint as DeliveryPoint
from hub.plugin_api.parties import IdentityDocument as IdentityDocument
from hub.plugin_api.parties import Recipient as Recipient
from hub.plugin_api.parties import Sender as Sender


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a posting: what the marketplace says, completed from the seller's catalogue.

    ``weight_g`` (of one piece) is None until the catalogue knows it: never guessed.
    """

    sku: str
    offer_id: str
    name: str
    quantity: int
    price: Money | None = None
    """Of one piece."""
    weight_g: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    barcodes: tuple[str, ...] = ()
    fragile: bool = False
    place: str = ""
    """Where it lies in the seller's store room: the pick list is ordered by it."""
    customs_code: str = ""
    """HS or TN VED code, digits: parcels that cross a border need it."""
    brand: str = ""
    material: str = ""
    """An English word, or a carrier's own code."""
    gross_weight_g: int | None = None
    """Of one piece with the packing that it is shipped in, where customs is told another weight."""
    origin_country: str = ""
    """Where it was made, ISO 3166-1 alpha-2."""
    radio: bool = False
    """Has Wi-Fi or a mobile radio in it."""
    url: str = ""
    """Its page in the shop."""
    name_ru: str = ""
    name_en: str = ""
    name_zh: str = ""


class Product(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An entry of the seller's own catalogue. Postings are matched by ``sku``, then by ``offer_id``."""

    offer_id: str
    sku: str = ""
    barcodes: tuple[str, ...] = ()
    weight_g: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    fragile: bool = False
    place: str = ""
    customs_code: str = ""
    brand: str = ""
    material: str = ""
    gross_weight_g: int | None = None
    origin_country: str = ""
    radio: bool = False
    url: str = ""
    name_ru: str = ""
    name_en: str = ""
    name_zh: str = ""


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """One box. ``number`` counts from 1 within the shipment."""

    number: int
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    items: tuple[Item, ...] = ()


class Stage(StrEnum):
    """Our normalised position of a posting, in the order of its way (docs/explanation/house.md)."""

    NEW = "new"
    WAITING = "waiting"
    PLANNED = "planned"
    PACKED = "packed"
    REGISTERING = "registering"
    ASSEMBLED = "assembled"
    BOOKED = "booked"
    LABELLED = "labelled"
    HANDED_OVER = "handed_over"
    IN_TRANSIT = "in_transit"
    READY_FOR_PICKUP = "ready_for_pickup"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURNING = "returning"
    RETURNED = "returned"
    LOST = "lost"

    @property
    def rank(self) -> int:
        """How far along: a posting never moves to a lower rank except by a recorded correction."""
        return _RANKS[self]

    @property
    def final(self) -> bool:
        """No work is left."""
        return self in _FINAL


_RANKS = {stage: rank for rank, stage in enumerate(Stage)}
_FINAL = frozenset({Stage.DELIVERED, Stage.CANCELLED, Stage.RETURNED, Stage.LOST})


class Action(StrEnum):
    """What the marketplace allows on this posting right now."""

    ASSEMBLE = "assemble"
    LABEL = "label"
    SET_TRACKING = "set_tracking"
    REPORT_IN_TRANSIT = "report_in_transit"
    REPORT_LAST_MILE = "report_last_mile"
    REPORT_DELIVERED = "report_delivered"
    CANCEL = "cancel"
    CANCEL_ITEMS = "cancel_items"


Party = Literal["seller", "marketplace", "carrier"]


class Fulfilment(msgspec.Struct, frozen=True, kw_only=True):
    """Who does what for this posting: the row of the flow's table that applies to it."""

    books: Literal["seller", "marketplace"]
    label: Literal["carrier", "marketplace"]
    tracking: Literal["seller", "marketplace"]
    """Who gives the tracking number; ``seller``: it is uploaded by the hub."""
    statuses: Literal["seller", "marketplace"]
    """Who reports movement to the buyer; ``seller``: the hub does."""
    handover: bool = False
    """The marketplace wants the hand-over declared (Ozon: carriage)."""


class Posting(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a source's ``decode`` makes of one raw posting.

    ``stage`` is what the marketplace's status says, or None for a status that the plugin does not know:
    the hub then keeps the last stage, shows the status as it came, and counts it.
    """

    number: str
    order_number: str = ""
    parent_number: str = ""
    scheme: str
    """``fbs`` or ``rfbs``."""
    flow: str
    """The marketplace's own word (Ozon: ``integration_type_flow``)."""
    fulfilment: Fulfilment
    status: str
    substatus: str = ""
    stage: Stage | None
    actions: frozenset[Action] = frozenset()
    raw_actions: tuple[str, ...] = ()
    items: tuple[Item, ...]
    ship_by: datetime | None = None
    late_after: datetime | None = None
    deliver_by: datetime | None = None
    """The end of the time that the marketplace promised the buyer, where it says one."""
    created_at: datetime | None = None
    recipient: Recipient | None = None
    recipient_complete: bool = True
    """False where only the single read gives the phone and its extension."""
    provider: str = ""
    """Who delivers, in the marketplace's words."""
    delivery_method: str = ""
    warehouse: str = ""
    tracking_number: str = ""
    barcodes: tuple[str, ...] = ()
    """Every code that this posting's marketplace label may show."""
    cancel_reason: str = ""
    handover_group: str = ""
    """Opaque to the hub: postings of one group are handed over together (Ozon: the delivery method)."""
    waits_for_papers: bool = False
    """The marketplace waits for the buyer's identity papers: nothing is assembled or booked before."""
    assembly_failed: bool = False
    """The marketplace accepted the assembly and then dropped it (Ozon: ``ship_failed``): say it again."""


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """A carrier's product."""

    code: str
    name: str


class QuoteRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a quote needs to know."""

    sender: Address
    recipient: Address
    parcels: tuple[Parcel, ...]
    declared_value: Money | None = None
    """What the goods are worth, in the carrier's `Carrier.value_currency` where it names one. None: unknown,
    because a line has no price. It may be 0."""
    converted: tuple[Money, ...] = ()
    """``declared_value`` in other currencies, as far as the seller has said rates."""
    ship_on: date | None = None
    language: str = "en"
    """Of the seller, for words in the quotes: ``ru``, ``zh`` or ``en``."""


class Quote(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An offer: total price with VAT and services, and calendar days from hand-over to the buyer."""

    service: Service
    price: Money
    days_min: int | None = None
    days_max: int | None = None
    to: Literal["door", "point", "locker"] = "door"
    estimate: bool = False
    note: str = ""


class BookRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a booking needs. ``reference`` is our key for it: the carrier must be given exactly this text."""

    reference: str
    service: Service
    posting_number: str
    sender: Sender
    recipient: Recipient
    parcels: tuple[Parcel, ...]
    declared_value: Money | None = None
    """The same as the quote was asked for with."""
    quoted: Money | None = None
    cleaned: CleanedAddress | None = None
    """What the carrier's ``clean`` gave, clear or confirmed by a person; the recipient has that address."""
    as_written: bool = False
    """A person wants the buyer's own words to be used, though ``clean`` did not find them clear."""


BookingState = Literal["accepted", "confirmed", "rejected", "cancelled"]


class Booking(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A carrier's answer to a booking.

    ``accepted``: taken in, may still fail; the hub reads it again with ``Carrier.booking``.
    ``rejected``: a documented business refusal, with ``reason`` in words and ``reason_code`` as it came.
    """

    state: BookingState
    carrier_id: str
    """The carrier's own key of the order (CDEK: uuid)."""
    tracking_number: str = ""
    price: Money | None = None
    """Total with VAT, where the carrier says it; else the quoted price counts as committed."""
    reason: str = ""
    reason_code: str = ""
    duplicate: bool = False
    reference: str = ""
    """Our reference as the answer shows it, where it does: another one's answer is not taken for ours."""
    notes: tuple[str, ...] = ()
    """What the carrier changed by itself, for the history (another office, for example)."""


class FoundShipment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One carrier-side order under our reference, with the fields that the vendor returns."""

    booking: Booking
    reference: str
    weight_g: int | None = None
    recipient_country: str = ""
    recipient_city: str = ""
    recipient_postal_code: str = ""
    service_code: str = ""
    live: bool = True
    """False for an order that the carrier refused, removed or closed: it costs nothing."""


class Shipment(msgspec.Struct, frozen=True, kw_only=True):
    """A booking as a plugin sees it."""

    id: str
    posting_number: str
    reference: str
    carrier_id: str
    tracking_number: str
    service: Service
    parcels: tuple[Parcel, ...]
    recipient: Recipient | None = None
    sender: Sender | None = None


class Cancellation(msgspec.Struct, frozen=True, kw_only=True):
    """The state of a cancel: ``pending`` is read again until it is one of the others; ``live`` says that the
    carrier has not heard of a cancel: it is sent again."""

    state: Literal["cancelled", "pending", "refused", "live"]
    reason: str = ""
    cost: Money | None = None


class EventKind(StrEnum):
    """What a tracking event says; many leave the stage as it is."""

    REGISTERED = "registered"
    ACCEPTED = "accepted"
    MOVED = "moved"
    CUSTOMS = "customs"
    OUT_FOR_DELIVERY = "out_for_delivery"
    ATTEMPT_FAILED = "attempt_failed"
    READY = "ready"
    HANDED_OVER = "handed_over"
    RETURNING = "returning"
    RETURNED = "returned"
    LOST = "lost"
    CANCELLED = "cancelled"
    INFO = "info"


class TrackingEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened to a parcel. ``code`` and ``text`` are the vendor's own."""

    time: datetime
    kind: EventKind
    code: str
    text: str = ""
    place: str = ""
    known: bool = True
    """False when the vendor's code is in no table: shown as it came, and counted."""


class Tracking(msgspec.Struct, frozen=True, kw_only=True):
    """All events of a shipment, oldest first, and what the carrier finally asks, once it says so."""

    events: tuple[TrackingEvent, ...]
    charged: Money | None = None
    charged_weight_g: int | None = None
    waits_for_identity: bool = False
    """Customs does not let it pass before the carrier has the recipient's identity papers."""
    unread: tuple[str, ...] = ()
    """The vendor's codes of events that are there and cannot be told, because their time cannot be read: the
    history says so. Never give an event a guessed time."""


class Document(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file. ``covers`` names the subjects that it is for (posting numbers), one entry a page where
    the maker knows it; pages of labels are assigned by what they show all the same."""

    content: bytes
    media_type: str
    covers: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Document({self.media_type}, {len(self.content)} bytes)"


class Ticket(msgspec.Struct, frozen=True):
    """A document that was asked for; ``value`` is opaque text of the plugin."""

    value: str


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """Not ready yet: a wait, not an error."""

    retry_after: timedelta = timedelta(seconds=15)
    reason: str = ""


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """A document that came; ``unprinted`` are subjects that it does not cover, with the vendor's reason."""

    document: Document
    unprinted: dict[str, str] = {}


class AccountStatus(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What ``check`` found: the credentials work, who they belong to, until when."""

    name: str = ""
    expires_at: datetime | None = None
    roles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """Things a person should know: a missing role, a key about to expire."""
    external_id: str = ""
    """The account's own id at the vendor: part of the booking references, so it must never change."""
    calls_used: int | None = None
    """Of today, as the vendor's own meter says, where it has one."""
    calls_allowed: int | None = None
    """A day."""


class ReportResult(msgspec.Struct, frozen=True, kw_only=True):
    """Per-posting result of a report, an assembly or a hand-over.

    ``accepted`` means taken in; the posting is read back until it shows. ``refused`` carries the
    vendor's word.
    """

    number: str
    state: Literal["accepted", "done", "refused"]
    reason: str = ""
    reason_code: str = ""


class Assembly(msgspec.Struct, frozen=True, kw_only=True):
    """An assembly that the marketplace took in; ``numbers`` are the postings it became (splits)."""

    numbers: tuple[str, ...]


class Handover(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A declared hand-over: ``open`` until it is closed, ``pending`` until its papers are made."""

    handover_id: str
    state: Literal["open", "pending", "ready", "refused"]
    covers: tuple[str, ...] = ()
    document: Document | None = None
    code: str = ""
    """The text of the barcode that is shown at the drop-off."""
    reason: str = ""


class CancelReason(msgspec.Struct, frozen=True, kw_only=True):
    """A reason that the marketplace takes for a cancel."""

    id: str
    title: str
    needs_message: bool = False
