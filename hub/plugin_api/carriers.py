"""The base class of carriers. Every method is optional: what is not overridden raises `Unsupported`,
and a carrier's capabilities are read off which methods it overrides.

A plugin subclasses `Carrier`, maps the hub's words onto its client, and lets errors fly: the core
bounds, translates, records and repeats.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar, Generic, Literal, TypeVar

import httpx

from hub.plugin_api.answers import guard
from hub.plugin_api.box_limits import BoxLimit
from hub.plugin_api.errors import Failure, Unsupported
from hub.plugin_api.lengths import TextLimit
from hub.plugin_api.limits import Limit
from hub.plugin_api.models import (
    AccountStatus,
    Address,
    Booking,
    BookRequest,
    Cancellation,
    CleanedAddress,
    DeliveryPoint,
    Document,
    FoundShipment,
    Handover,
    Pending,
    Quote,
    QuoteRequest,
    Ready,
    Recipient,
    Shipment,
    Ticket,
    Tracking,
)
from hub.plugin_api.refusals import Refusal
from hub.plugin_api.settings import Account, Settings

S = TypeVar("S", bound=Settings)

CreateSafety = Literal["key", "unique_ref", "lookup", "none"]
"""What protects a booking that is sent twice: an idempotency key, a reference that is refused, a look-up, or
nothing."""
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


class Carrier(Generic[S]):
    """One carrier account of one seller. The core makes one object per account and closes the HTTP client.

    ``http`` is the hub's shared transport: total deadlines, size limits and the guard that refuses a
    request that could cost money outside a journalled operation. A request that may be repeated without
    cost is marked ``extensions={"safe": True}``; GET and HEAD are safe by themselves.
    """

    code: ClassVar[str]
    """lower_snake, the same as the plugin's name."""
    title: ClassVar[str]
    """For people."""
    settings_type: ClassVar[type[Settings]]
    """The struct of an account's settings."""
    notice: ClassVar[str] = ""
    """What a seller should know before using it, beside its capabilities: "never verified against ..."."""
    label_note: ClassVar[str] = ""
    """Printed on labels that the hub draws for this carrier."""

    create_safety: ClassVar[CreateSafety] = "none"
    """What protects a repeated booking: ``key``, ``unique_ref`` (a repeated reference is refused),
    ``lookup`` (the carrier can be asked by reference), ``none`` (a person decides). Say where it is
    documented."""
    settle: ClassVar[timedelta] = timedelta(seconds=60)
    """After so long an order that was sent is visible to ``find``, if it exists."""
    reference_max: ClassVar[int] = 30
    """The longest reference that the vendor takes, 12 characters at least."""
    reference_alphabet: ClassVar[str] = BASE32
    """The characters that a reference may have: upper-case base32 at least."""
    refuses_duplicates: ClassVar[Literal["at_once", "late", "no"]] = "no"
    """Whether a reference that is known is refused: in the answer to the booking, later when it is read
    again, or not."""
    shows_reference: ClassVar[bool] = False
    """Every answer to a booking carries our reference, as ``Booking.reference``: one without it is another
    one's, or cut, and is looked up before it counts. Say where it is documented."""
    multi_parcel: ClassVar[bool] = False
    """A shipment may have several boxes. Without it, several boxes make no offer."""
    max_batch: ClassVar[int] = 1
    """How many shipments one label request takes."""
    addresses: ClassVar[tuple[str, ...]] = ()
    """Where the vendor is, beside the web addresses that the settings have by default:
    ``"https://api.example.com"``, ``"https://*.example.com"``. The hub connects nowhere else, unless the
    operator names it in plugins.toml."""
    refusals: ClassVar[tuple[Refusal, ...]] = ()
    """What an answer looks like that says "nothing was done, and that is final", as the vendor documents it.
    An answer to an unsafe call that is none of these proves nothing, whatever the plugin raises or returns:
    what became of the call is looked up. Without any, each refusal is looked up first."""
    limits: ClassVar[tuple[Limit, ...]] = ()
    """The vendor's documented limits on requests of one account; say where they are documented."""
    text_limits: ClassVar[tuple[TextLimit, ...]] = ()
    """How long texts may be, one line a field, as the vendor documents it. The hub sees to it before
    ``quote`` and ``book``: never cut a text yourself."""
    box_limits: ClassVar[tuple[BoxLimit, ...]] = ()
    """The largest boxes, as the vendor documents them, where its answer to ``quote`` does not say so."""
    quotes_last: ClassVar[timedelta] = timedelta(0)
    """For so long the same question has the same quotes: they are shown again without asking, and an
    offer of them that was chosen is booked. A choice itself always asks afresh. By default every question is
    asked, and what was chosen lasts as long as the seller says (`CarrierRules.choice_minutes`)."""
    for_comparison: ClassVar[bool] = False
    """Its quotes are only to be looked at, also beside an order whose carrier the marketplace fixes (the
    recipient's country is empty where it does not name it). Nothing is chosen or booked from them."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        guard(cls, Carrier, _ANSWERS)

    def __init__(self, settings: S, http: httpx.AsyncClient, account: Account) -> None:
        self.settings = settings
        self.http = http
        self.account = account

    async def check(self) -> AccountStatus:
        """Try the credentials without side effects."""
        raise Unsupported(
            "{title} cannot check credentials",
            code="unsupported.cannot_check_credentials",
            values={"title": self.title},
        )

    @property
    def collects(self) -> bool:
        """Whether the carrier's courier fetches the parcels of this account at the sender's: where nothing of
        a hand-over is scanned by the evening, the seller is told that he did not come. Otherwise the seller
        brings them. Pure."""
        return False

    def value_currency(self, sender: Address, recipient: Address) -> str:
        """In which currency it takes the goods' value on this route (ISO 4217). The declared value and the
        price of every item then come in it, by the seller's rates, with quotes and bookings alike; where a
        rate is missing the carrier is left out, and the seller is told which. Empty: as the marketplace has
        them. Pure."""
        return ""

    async def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        """Offers for these parcels; none where the carrier does not serve the address. Raise `Rejected` to
        say why there are none: a blocked country, forbidden goods, a fact that customs would miss."""
        raise Unsupported(
            "{title} gives no quotes", code="unsupported.gives_no_quotes", values={"title": self.title}
        )

    async def clean(self, recipient: Recipient) -> CleanedAddress:
        """What the carrier makes of the buyer's address. Asked once an address, before a booking is intended:
        what is not clear goes to a person. Raise `Rejected` to say in words why it can make nothing of it."""
        raise Unsupported(
            "{title} does not clean addresses",
            code="unsupported.not_clean_addresses",
            values={"title": self.title},
        )

    def needs_identity(self, sender: Address, recipient: Address) -> bool:
        """Whether it wants the recipient's identity papers before it is sent a parcel on this route. The hub
        then asks for them, late: once this carrier is chosen. Pure."""
        return False

    async def book(self, request: BookRequest) -> Booking:
        """Book. One attempt. Raise, or return ``accepted``, ``confirmed`` or ``rejected``."""
        raise Unsupported("{title} does not book", code="unsupported.not_book", values={"title": self.title})

    async def booking(self, carrier_id: str) -> Booking:
        """Read an accepted booking again: is it confirmed or rejected by now?"""
        raise Unsupported(
            "{title} has no bookings to read",
            code="unsupported.no_bookings_read",
            values={"title": self.title},
        )

    async def find(self, reference: str) -> Sequence[FoundShipment]:
        """Every order under our reference. Empty: asked, and there is none. A failed look-up raises."""
        raise Unsupported(
            "{title} cannot be asked by reference",
            code="unsupported.cannot_asked_reference",
            values={"title": self.title},
        )

    async def find_many(self, references: Sequence[str]) -> Mapping[str, Sequence[FoundShipment]]:
        """`find` for up to 50 references, where the vendor documents a way that costs less than a call for
        each; declare ``find`` too. Empty for a reference: asked, and there is none. A reference that the
        answer leaves out was not asked for: the hub asks for it alone. A failed look-up raises."""
        raise Unsupported(
            "{title} cannot be asked for many at once",
            code="unsupported.cannot_asked_many_once",
            values={"title": self.title},
        )

    async def cancel(self, shipment: Shipment) -> Cancellation:
        """Cancel in the way that the order's state allows: read the state first, for it decides the cost."""
        raise Unsupported(
            "{title} cannot cancel", code="unsupported.cannot_cancel", values={"title": self.title}
        )

    async def cancellation(self, shipment: Shipment) -> Cancellation:
        """Read whether a cancel has taken effect."""
        raise Unsupported(
            "{title} does not tell the state of a cancel",
            code="unsupported.not_tell_state_cancel",
            values={"title": self.title},
        )

    async def label(self, shipment: Shipment) -> Document:
        """The label, where one request gives it. Carriers that make labels later override the next two."""
        raise Unsupported(
            "{title} gives no labels: the hub prints its own",
            code="unsupported.gives_no_labels_prints_own",
            values={"title": self.title},
        )

    async def request_labels(self, shipments: Sequence[Shipment]) -> Sequence[Ticket | Failure]:
        """Ask for labels: one ticket or failure per shipment, in order; shipments may share a ticket."""
        raise Unsupported(
            "{title} makes labels at once", code="unsupported.makes_labels_once", values={"title": self.title}
        )

    async def fetch_labels(self, ticket: Ticket) -> Pending | Ready | Failure:
        """Read a requested document."""
        raise Unsupported(
            "{title} makes labels at once", code="unsupported.makes_labels_once", values={"title": self.title}
        )

    def expected_codes(self, shipment: Shipment) -> frozenset[str]:
        """Every barcode text that this shipment's label may show: a page is assigned by it."""
        codes = {shipment.tracking_number, shipment.carrier_id, shipment.reference}
        return frozenset(code for code in codes if code)

    async def track(self, shipment: Shipment) -> Tracking:
        """Everything that happened, oldest first, and the final charge where the carrier says it."""
        raise Unsupported(
            "{title} does not track", code="unsupported.not_track", values={"title": self.title}
        )

    async def open_handovers(self, shipments: Sequence[Shipment], day: date) -> Sequence[Handover]:
        """Tell the carrier which parcels come, where it wants to know (Russian Post: batches). One attempt.
        ``covers`` names postings; ``refused`` ones say which parcels were not taken, and why."""
        raise Unsupported(
            "{title} is not told of hand-overs",
            code="unsupported.not_told_hand_overs",
            values={"title": self.title},
        )

    async def find_handovers(self, shipments: Sequence[Shipment]) -> Sequence[Handover]:
        """The hand-overs that these parcels are in: the look-up after an ``open_handovers`` without a clear
        answer."""
        raise Unsupported(
            "{title} is not told of hand-overs",
            code="unsupported.not_told_hand_overs",
            values={"title": self.title},
        )

    async def close_handover(self, handover_id: str) -> Handover:
        """Close it: from here on nothing in it can be changed. One attempt."""
        raise Unsupported(
            "{title} is not told of hand-overs",
            code="unsupported.not_told_hand_overs",
            values={"title": self.title},
        )

    async def handover(self, handover_id: str) -> Handover:
        """Read a hand-over; with its papers, once they are made."""
        raise Unsupported(
            "{title} is not told of hand-overs",
            code="unsupported.not_told_hand_overs",
            values={"title": self.title},
        )

    async def points(self, near: Address) -> Sequence[DeliveryPoint]:
        """Delivery points near an address, all of its town: the hub puts the nearest first."""
        raise Unsupported(
            "{title} lists no delivery points",
            code="unsupported.lists_no_delivery_points",
            values={"title": self.title},
        )

    def explain(self, error: Exception) -> Failure | None:
        """What a vendor's error means, or None for the core's defaults by status. Pure."""
        return None


CARRIER_CAPABILITIES = (
    "check",
    "quote",
    "clean",
    "book",
    "booking",
    "find",
    "find_many",
    "cancel",
    "cancellation",
    "label",
    "request_labels",
    "track",
    "open_handovers",
    "points",
)


def carrier_capabilities(kind: type[Carrier[Any]]) -> tuple[str, ...]:
    """The optional methods that a carrier overrides."""
    return tuple(name for name in CARRIER_CAPABILITIES if getattr(kind, name) is not getattr(Carrier, name))


_ANSWERS: Mapping[str, object] = {
    "check": AccountStatus,
    "clean": CleanedAddress,
    "book": Booking,
    "booking": Booking,
    "find": list[FoundShipment],
    "find_many": dict[str, list[FoundShipment]],
    "cancel": Cancellation,
    "cancellation": Cancellation,
    "label": Document,
    "request_labels": list[Ticket | Failure],
    "fetch_labels": Pending | Ready | Failure,
    "open_handovers": list[Handover],
    "find_handovers": list[Handover],
    "close_handover": Handover,
    "handover": Handover,
    "points": (DeliveryPoint,),
}
"""What each method has to answer. Quotes and tracking are looked at one by one where they are used."""
