"""The hub's words as values. No I/O, no vendor.

Money is `Money`, never float. Weight is in integer grams, size in integer millimetres. Times are aware
and UTC. Ids are strings. Enum values are lower_snake.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal

import msgspec

from hub.plugin_api.goods import Action as Action  # one door for all the words
from hub.plugin_api.goods import Fulfilment as Fulfilment
from hub.plugin_api.goods import Item as Item
from hub.plugin_api.goods import Parcel as Parcel
from hub.plugin_api.goods import Party as Party
from hub.plugin_api.goods import Posting as Posting
from hub.plugin_api.goods import Product as Product
from hub.plugin_api.goods import Stage as Stage
from hub.plugin_api.money import Money as Money
from hub.plugin_api.parties import Address as Address
from hub.plugin_api.parties import CleanedAddress as CleanedAddress
from hub.plugin_api.parties import DeliveryPoint as DeliveryPoint
from hub.plugin_api.parties import IdentityDocument as IdentityDocument
from hub.plugin_api.parties import Recipient as Recipient
from hub.plugin_api.parties import Sender as Sender


class Service(msgspec.Struct, frozen=True, kw_only=True):
    """A carrier's product."""

    code: str
    """The vendor's own code: bookings name it."""
    name: str
    """For people."""


class QuoteRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a quote needs to know."""

    sender: Address
    """Where it starts."""
    recipient: Address
    """Where it goes."""
    parcels: tuple[Parcel, ...]
    """The boxes; one, unless `Carrier.multi_parcel`."""
    declared_value: Money | None = None
    """What the goods are worth, in the carrier's `Carrier.value_currency` where it names one. None: unknown,
    because a line has no price. It may be 0."""
    converted: tuple[Money, ...] = ()
    """``declared_value`` in other currencies, as far as the seller has said rates."""
    ship_on: date | None = None
    """The day of the hand-over, in the seller's time zone."""
    language: str = "en"
    """Of the seller, for words in the quotes: ``ru``, ``zh`` or ``en``."""


class Quote(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An offer: total price with VAT and services, and calendar days from hand-over to the buyer."""

    service: Service
    """What is offered; one quote for each code."""
    price: Money
    """For all boxes, with VAT and all services that the booking will have; above 0."""
    days_min: int | None = None
    """Calendar days from the hand-over, at best."""
    days_max: int | None = None
    """Calendar days from the hand-over, at worst; None: nothing is promised."""
    to: Literal["door", "point", "locker"] = "door"
    """Where the buyer gets it."""
    estimate: bool = False
    """Nobody promises to book at this price: it is shown, and never booked by itself."""
    note: str = ""
    """A sentence for the reader, in the request's language."""


class BookRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a booking needs. ``reference`` is our key for it: the carrier must be given exactly this text."""

    reference: str
    """Send exactly this; it is looked up by `Carrier.find`."""
    service: Service
    """Which of the quoted products."""
    posting_number: str
    """The marketplace's number, for people to read on papers."""
    sender: Sender
    """The seller."""
    recipient: Recipient
    """The buyer, with the address as it was cleaned."""
    parcels: tuple[Parcel, ...]
    """The boxes; one, unless `Carrier.multi_parcel`."""
    declared_value: Money | None = None
    """The same as the quote was asked for with."""
    quoted: Money | None = None
    """What it was offered for."""
    cleaned: CleanedAddress | None = None
    """What the carrier's ``clean`` gave, clear or confirmed by a person; the recipient has that address."""
    as_written: bool = False
    """A person wants the buyer's own words to be used, though ``clean`` did not find them clear."""


BookingState = Literal["accepted", "confirmed", "rejected", "cancelled"]
"""``accepted``: taken in, may still fail. ``confirmed``: it is booked. ``rejected``: a documented refusal.
``cancelled``: it was, and is no more."""


class Booking(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A carrier's answer to a booking.

    ``accepted``: taken in, may still fail; the hub reads it again with ``Carrier.booking``.
    ``rejected``: a documented business refusal, with ``reason`` in words and ``reason_code`` as it came.
    """

    state: BookingState
    """What became of it: see `BookingState`."""
    carrier_id: str
    """The carrier's own key of the order (CDEK: uuid)."""
    tracking_number: str = ""
    """What the buyer can follow it by; may come later with ``accepted``."""
    price: Money | None = None
    """Total with VAT, where the carrier says it; else the quoted price counts as committed."""
    reason: str = ""
    """With ``rejected``: why, in the vendor's words."""
    reason_code: str = ""
    """With ``rejected``: the vendor's code."""
    duplicate: bool = False
    """With ``rejected``: our reference is known there."""
    reference: str = ""
    """Our reference as the answer shows it, where it does: another one's answer is not taken for ours."""
    notes: tuple[str, ...] = ()
    """What the carrier changed by itself, for the history (another office, for example)."""


class FoundShipment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One carrier-side order under our reference, with the fields that the vendor returns."""

    booking: Booking
    """What booking it would have answered."""
    reference: str
    """As the vendor has it."""
    weight_g: int | None = None
    """Of all boxes, where the vendor tells."""
    recipient_country: str = ""
    """Where the vendor tells."""
    recipient_city: str = ""
    """Where the vendor tells."""
    recipient_postal_code: str = ""
    """Where the vendor tells."""
    service_code: str = ""
    """Where the vendor tells."""
    live: bool = True
    """False for an order that the carrier refused, removed or closed: it costs nothing."""


class Shipment(msgspec.Struct, frozen=True, kw_only=True):
    """A booking as a plugin sees it."""

    id: str
    """The hub's id."""
    posting_number: str
    """The marketplace's number."""
    reference: str
    """Ours, as it was booked."""
    carrier_id: str
    """The carrier's own key of the order."""
    tracking_number: str
    """What the buyer follows it by."""
    service: Service
    """As it was booked."""
    parcels: tuple[Parcel, ...]
    """As they were booked."""
    recipient: Recipient | None = None
    """The buyer; None once the hub has forgotten them."""
    sender: Sender | None = None
    """The seller."""


class Cancellation(msgspec.Struct, frozen=True, kw_only=True):
    """The state of a cancel: ``pending`` is read again until it is one of the others; ``live`` says that the
    carrier has not heard of a cancel: it is sent again."""

    state: Literal["cancelled", "pending", "refused", "live"]
    """What became of it."""
    reason: str = ""
    """With ``refused``: why, in the vendor's words."""
    cost: Money | None = None
    """What the carrier keeps; None where it does not say."""


class EventKind(StrEnum):
    """What a tracking event says; many leave the stage as it is."""

    REGISTERED = "registered"
    """The carrier knows of the parcel and does not have it."""
    ACCEPTED = "accepted"
    """The carrier has taken it."""
    MOVED = "moved"
    """It came to a place or left one."""
    CUSTOMS = "customs"
    """Customs has it."""
    OUT_FOR_DELIVERY = "out_for_delivery"
    """With the courier."""
    ATTEMPT_FAILED = "attempt_failed"
    """The courier met nobody."""
    READY = "ready"
    """Waits at the point."""
    HANDED_OVER = "handed_over"
    """The buyer has it."""
    RETURNING = "returning"
    """On its way back."""
    RETURNED = "returned"
    """Given back to the seller."""
    LOST = "lost"
    """Said to be lost."""
    CANCELLED = "cancelled"
    """The carrier's order was cancelled."""
    INFO = "info"
    """Anything else: the stage stays."""


class TrackingEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened to a parcel. ``code`` and ``text`` are the vendor's own."""

    time: datetime
    """When, aware."""
    kind: EventKind
    """What it means; ``info`` where nothing fits."""
    code: str
    """The vendor's code; its text, where it has no codes."""
    text: str = ""
    """The vendor's words."""
    place: str = ""
    """Where, in the vendor's words."""
    known: bool = True
    """False when the vendor's code is in no table: shown as it came, and counted."""


class Tracking(msgspec.Struct, frozen=True, kw_only=True):
    """All events of a shipment, oldest first, and what the carrier finally asks, once it says so."""

    events: tuple[TrackingEvent, ...]
    """Everything that happened, oldest first."""
    charged: Money | None = None
    """What the carrier finally asks, with VAT."""
    charged_weight_g: int | None = None
    """The weight that it asks it for."""
    waits_for_identity: bool = False
    """Customs does not let it pass before the carrier has the recipient's identity papers."""
    unread: tuple[str, ...] = ()
    """The vendor's codes of events that are there and cannot be told, because their time cannot be read: the
    history says so. Never give an event a guessed time."""


class Document(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file. ``covers`` names the subjects that it is for (posting numbers), one entry a page where
    the maker knows it; pages of labels are assigned by what they show all the same."""

    content: bytes
    """The file."""
    media_type: str
    """``application/pdf``, ``image/png``."""
    covers: tuple[str, ...] = ()
    """Which postings, one entry a page where the maker knows it."""

    def __repr__(self) -> str:
        return f"Document({self.media_type}, {len(self.content)} bytes)"


class Ticket(msgspec.Struct, frozen=True):
    """A document that was asked for; ``value`` is opaque text of the plugin."""

    value: str
    """Whatever the plugin needs to ask again; stored as it is."""


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """Not ready yet: a wait, not an error."""

    retry_after: timedelta = timedelta(seconds=15)
    """When to look again."""
    reason: str = ""
    """What it waits for, for the reader."""


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """A document that came; ``unprinted`` are subjects that it does not cover, with the vendor's reason."""

    document: Document
    """The file."""
    unprinted: dict[str, str] = {}
    """By posting number, why it is not in the file."""


class AccountStatus(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What ``check`` found: the credentials work, who they belong to, until when."""

    name: str = ""
    """Who the credentials belong to, in the vendor's words."""
    expires_at: datetime | None = None
    """Until when they are good, aware; None where the vendor does not say."""
    roles: tuple[str, ...] = ()
    """What they may do, in the vendor's words."""
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
    """The posting's number."""
    state: Literal["accepted", "done", "refused"]
    """What became of it."""
    reason: str = ""
    """With ``refused``: why, in the vendor's words."""
    reason_code: str = ""
    """With ``refused``: the vendor's code."""


class Assembly(msgspec.Struct, frozen=True, kw_only=True):
    """An assembly that the marketplace took in; ``numbers`` are the postings it became (splits)."""

    numbers: tuple[str, ...]
    """The postings that it became."""


class Handover(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A declared hand-over: ``open`` until it is closed, ``pending`` until its papers are made."""

    handover_id: str
    """The vendor's own."""
    state: Literal["open", "pending", "ready", "refused"]
    """``open``: parcels may come in. ``pending``: closed, its papers are being made. ``ready``: they are
    there. ``refused``: it was not taken."""
    covers: tuple[str, ...] = ()
    """Its postings, by number."""
    document: Document | None = None
    """Its papers, once they are made."""
    code: str = ""
    """The text of the barcode that is shown at the drop-off."""
    reason: str = ""
    """With ``refused``, or where something is left out: why, in the vendor's words."""


class CancelRequest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody asks that a posting be cancelled. The seller agrees or refuses; silence agrees."""

    request_id: str
    """The marketplace's own."""
    number: str
    """Of the posting."""
    state: Literal["open", "agreed", "refused"]
    """``open``: it waits for the seller. ``agreed``: the posting is cancelled. ``refused``: it goes on."""
    asked_by: Literal["buyer", "marketplace", "carrier", "other"] = "buyer"
    """Who asks."""
    reason: str = ""
    """Why, in the marketplace's words."""
    message: str = ""
    """What whoever asks wrote."""
    until: datetime | None = None
    """When it is agreed to by itself, aware."""


class CancelReason(msgspec.Struct, frozen=True, kw_only=True):
    """A reason that the marketplace takes for a cancel."""

    id: str
    """The marketplace's own."""
    title: str
    """In the marketplace's words."""
    needs_message: bool = False
    """A text of the seller's has to come with it."""
