"""What costs money: operations and their attempts, shipments, quotes, tracking."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from hub.plugin_api.models import Money, Parcel, Quote
from hub.store.mapping import Rows

OperationState = Literal[
    "planned", "sending", "accepted", "confirmed", "rejected", "unknown", "human", "absent"
]
OPEN_STATES = ("planned", "sending", "accepted", "unknown")


class OperationRow(msgspec.Struct, frozen=True):
    id: str
    seller: str
    account: str
    kind: str
    subject_type: str
    subject_id: str
    posting_id: str
    epoch: int
    state: OperationState
    reference: str
    fingerprint: str
    request: dict[str, Any]
    quoted_minor: int | None
    cap_minor: int | None
    price_minor: int | None
    currency: str
    external_id: str
    result: dict[str, Any]
    reason: str
    reason_code: str
    sends: int
    looks: int
    sent_at: datetime | None
    look_after: datetime | None
    created_at: datetime
    updated_at: datetime
    doubts: int = 0
    """How many of the sends may have been acted on: not those of which no byte left, nor proved refusals."""

    @property
    def open(self) -> bool:
        """Work is left that a machine can do."""
        return self.state in OPEN_STATES

    @property
    def price(self) -> Money | None:
        return None if self.price_minor is None else Money.from_minor(self.price_minor, self.currency)


AttemptEvent = Literal["began", "ended"]
Verdict = Literal["", "not_sent", "refused", "answered", "unclear"]


class AttemptRow(msgspec.Struct, frozen=True):
    """One attempt at an operation: a row when it began, written before anything was sent, and one when it
    ended. None is ever changed; one without its end was cut short, and may have been acted on."""

    operation_id: str
    number: int  # the operation's count of sends
    event: AttemptEvent
    time: datetime
    worker: str
    fence: int  # of the worker's lease on its work
    bytes_left: bool  # a byte of the unsafe request may have gone out
    status: int | None  # HTTP, of the answer
    answer: str  # SHA-256 of its body
    verdict: Verdict


class ShipmentRow(msgspec.Struct, frozen=True):
    id: str
    seller: str
    account: str
    posting_id: str
    ordinal: int
    state: str
    """``booking``, ``booked``, ``failed``, ``cancelling``, ``cancelled``, ``unknown``; ``checking``: booked
    when the backup was made that was restored since, so the carrier is asked before anything is printed."""
    carrier: str
    service_code: str
    service_name: str
    reference: str
    carrier_id: str
    tracking_number: str
    quoted_minor: int | None
    committed_minor: int | None
    charged_minor: int | None
    currency: str
    stage: str  # what tracking says
    parcels: tuple[Parcel, ...]
    why: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    look_at: datetime | None = None
    """When the carrier is asked whether this is the one order of its reference."""

    @property
    def live(self) -> bool:
        """It may exist at the carrier."""
        return self.state in ("booking", "booked", "cancelling", "unknown", "checking")

    def money(self, minor: int | None) -> Money | None:
        """One of the amounts as money."""
        return None if minor is None else Money.from_minor(minor, self.currency)


class QuoteTableRow(msgspec.Struct, frozen=True):
    posting_id: str
    time: datetime
    document: list[dict[str, Any]]


ChosenBy = Literal["rule", "person", "plugin", "recalled"]
"""Who chose an offer: the seller's rules, an order with a carrier in it, a plugin, or a booking of ours that
a restored database had forgotten."""


class ChoiceRow(msgspec.Struct, frozen=True):
    """The offer that a posting is to be booked with, or was booked with last, and the boxes it is for."""

    posting_id: str
    seller: str
    account: str
    carrier: str
    service_code: str
    service_name: str
    offer: Quote
    """As the carrier gave it."""
    price_minor: int
    """What the carrier asks, by its quote; what the seller pays by contract is in ``why``."""
    currency: str
    cap_minor: int
    """Above this the booking's price is a question to a person."""
    parcels: tuple[Parcel, ...]
    inputs_hash: str
    """SHA-256 of what it was chosen for (`hub.flow.choice.inputs`): the choice stands while it is equal."""
    chosen_by: ChosenBy
    why: dict[str, Any]
    chosen_at: datetime
    valid_until: datetime

    @property
    def price(self) -> Money:
        """What the carrier asks."""
        return Money.from_minor(self.price_minor, self.currency)

    @property
    def cap(self) -> Money:
        """The most that is paid without asking a person."""
        return Money.from_minor(self.cap_minor, self.currency)


class TotalEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One posting of a total: what was shown of it."""

    posting_id: str
    account: str = ""
    service_code: str = ""
    agreed: Money | None = None
    """What the seller was shown to pay; None where nothing is paid here, or there is no price."""
    problem: str = ""
    """The kind of problem that says why it has no price,"""
    data: dict[str, Any] = {}
    """and its data."""


class TotalRow(msgspec.Struct, frozen=True):
    """What an order of many postings would cost, as it was shown; its id orders it, once."""

    id: str
    seller: str
    warehouse: str
    """The only one that who asked may see; empty: all."""
    carrier: str
    service: str
    actor: str
    entries: tuple[TotalEntry, ...]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


class TrackingRow(msgspec.Struct, frozen=True):
    shipment_id: str
    hash: str
    time: datetime
    kind: str
    code: str
    text: str
    place: str
    known: bool


operations = Rows(
    "operations",
    OperationRow,
    key=("id",),
    unique=(("account", "kind", "subject_type", "subject_id", "epoch"),),
    indexes=(("posting_id", "id"), ("state", "look_after"), ("seller", "id")),
    raises="posting_id",
)
attempts = Rows("attempts", AttemptRow, key=("operation_id", "number", "event"))
shipments = Rows(
    "shipments",
    ShipmentRow,
    key=("id",),
    unique=(("posting_id", "ordinal"),),
    indexes=(
        ("seller", "id"),
        ("account", "state"),
        ("account", "carrier_id"),
        ("account", "tracking_number"),
        ("account", "look_at"),
    ),
    kept=frozenset({"parcels"}),
    raises="posting_id",
)
quotes = Rows("quotes", QuoteTableRow, key=("posting_id",))
choices = Rows("choices", ChoiceRow, key=("posting_id",))
totals = Rows("totals", TotalRow, key=("id",), indexes=(("created_at",),))
tracking_events = Rows("tracking_events", TrackingRow, key=("shipment_id", "hash"))
