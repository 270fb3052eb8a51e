"""What the tables hold, as structs; see ``schema.py`` for the declaration that they mirror."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from hub.plugin_api.models import Address, CleanedAddress, Money, Parcel, Posting, Recipient, Sender
from hub.plugin_api.rules import CarrierRules
from hub.store.mapping import Rows


class SellerProfile(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a seller beyond the key: JSON in one column, so that it may grow."""

    language: str = "ru"
    paper: str = "100x150"
    reference_prefix: str = ""
    sender: Sender | None = None
    defaults: tuple[int, int, int, int] | None = None
    """Weight in grams and length, width, height in millimetres, where the seller allows a default."""
    carrier_rules: CarrierRules = CarrierRules()


class SellerRow(msgspec.Struct, frozen=True):
    slug: str
    title: str
    time_zone: str
    plugins: tuple[str, ...]
    profile: SellerProfile
    declared: bool
    created_at: datetime


class AccountRow(msgspec.Struct, frozen=True):
    id: str
    seller: str
    plugin: str
    name: str
    external_id: str
    credentials: bytes | None
    status: str
    status_data: dict[str, Any]
    checked_at: datetime | None
    created_at: datetime

    def __repr__(self) -> str:
        return f"AccountRow({self.id!r}, {self.plugin!r}, {self.name!r})"


class ProductRow(msgspec.Struct, frozen=True):
    seller: str
    offer_id: str
    sku: str
    document: dict[str, Any]
    updated_at: datetime


class PostingRow(msgspec.Struct, frozen=True):
    id: str
    seller: str
    account: str
    number: str
    order_number: str
    scheme: str
    flow: str
    books: str
    status: str
    substatus: str
    status_known: bool
    stage: str
    is_open: bool
    wanted: bool
    ship_by: datetime | None
    late_after: datetime | None
    provider: str
    carrier: str
    service: str
    price_minor: int | None
    currency: str
    reference: str
    tracking_number: str
    reported: str
    problems: int
    pieces: int
    sequence: int
    document: Posting
    raw_hash: bytes
    created_at: datetime
    updated_at: datetime
    erased_at: datetime | None = None

    @property
    def price(self) -> Money | None:
        """What the booking costs, once there is one."""
        return None if self.price_minor is None else Money.from_minor(self.price_minor, self.currency)


class AddressCheck(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the carrier of one account makes of the buyer's address. Personal data."""

    answer: CleanedAddress
    use: Literal["", "suggestion", "as_written"] = ""
    """What is booked: the carrier's spelling (by itself where it is clear), or the buyer's words because a
    person wants them; empty while nobody has said."""


class AddressChecks(msgspec.Struct, frozen=True, omit_defaults=True):
    """Of the address that the recipient has now: with another one they are forgotten. Personal data."""

    by_account: dict[str, AddressCheck] = {}
    given: Address | None = None
    """What the marketplace says, where a person corrected it."""


class RecipientRow(msgspec.Struct, frozen=True):
    posting_id: str
    document: Recipient
    updated_at: datetime
    checks: AddressChecks | None = None

    @property
    def given(self) -> Address | None:
        """The address as the marketplace gave it."""
        corrected = None if self.checks is None else self.checks.given
        return corrected or self.document.address

    def check(self, account: str) -> AddressCheck | None:
        """What the account's carrier said of the address; None where it was not asked."""
        return None if self.checks is None else self.checks.by_account.get(account)

    def to(self, account: str) -> Recipient:
        """The recipient as the account's carrier is told."""
        check = self.check(account)
        if check is None or check.use != "suggestion":
            return self.document
        return msgspec.structs.replace(self.document, address=check.answer.address)


class HistoryRow(msgspec.Struct, frozen=True):
    posting_id: str
    sequence: int
    event_id: str
    time: datetime
    kind: str
    version: int
    actor: str
    operation_id: str
    data: dict[str, Any]


class OutboxRow(msgspec.Struct, frozen=True):
    id: str
    seller: str
    kind: str
    data: dict[str, Any]
    created_at: datetime


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
    number: int
    event: AttemptEvent
    time: datetime
    worker: str
    fence: int
    bytes_left: bool
    status: int | None
    answer: str
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
    stage: str
    parcels: tuple[Parcel, ...]
    why: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    look_at: datetime | None = None

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


class FileRow(msgspec.Struct, frozen=True):
    id: str
    media_type: str
    content: bytes
    created_at: datetime


class RefusedFileRow(msgspec.Struct, frozen=True):
    id: str
    """The SHA-256 of the content, as of a stored file."""
    reason: str
    created_at: datetime


class DocumentRow(msgspec.Struct, frozen=True):
    id: str
    seller: str
    account: str
    kind: str
    posting_id: str
    shipment_id: str
    state: str
    """``requested``, ``ready``, ``failed``, ``superseded``, ``erased``."""
    ticket: str
    file_id: str
    media_type: str
    page: int
    codes: tuple[str, ...]
    reason: str
    printed: int
    retry_at: datetime | None
    created_at: datetime
    updated_at: datetime
    covers: tuple[str, ...] | None = None
    leaving: bool = False
    """The ids of the postings whose papers are in the file; None for what is one posting's."""
    attempts: int = 0
    alone: bool = False


class HandoverRow(msgspec.Struct, frozen=True):
    id: str
    seller: str
    account: str
    carrier: str
    grouping: str
    day: str
    external_id: str
    state: str
    postings: tuple[str, ...]
    code: str
    document_id: str
    reason: str
    created_at: datetime
    updated_at: datetime


class TrackingRow(msgspec.Struct, frozen=True):
    shipment_id: str
    hash: str
    time: datetime
    kind: str
    code: str
    text: str
    place: str
    known: bool


class ProblemRow(msgspec.Struct, frozen=True):
    id: str
    seller: str
    posting_id: str
    account: str
    operation_id: str
    kind: str
    data: dict[str, Any]
    deadline: datetime | None
    state: str
    answer: str
    created_at: datetime
    closed_at: datetime | None


class JobRow(msgspec.Struct, frozen=True):
    key: str
    seller: str
    account: str
    kind: str
    subject: str
    priority: int
    run_at: datetime
    state: str
    again: bool
    lease_owner: str
    lease_until: datetime
    fence: int
    attempts: int
    reason: str
    created_at: datetime
    started_at: datetime | None = None
    lost: int = 0
    lost_at: datetime | None = None
    stuck: bool = False


class ApiKeyRow(msgspec.Struct, frozen=True):
    id: str
    name: str
    seller: str | None
    prefix: str
    hash: bytes
    revoked: bool
    created_at: datetime
    read_only: bool = False
    expires_at: datetime | None = None


class IdempotencyRow(msgspec.Struct, frozen=True):
    key_id: str
    key: str
    fingerprint: str
    status: int | None
    answer: bytes | None
    created_at: datetime


sellers = Rows("sellers", SellerRow)
accounts = Rows("accounts", AccountRow)
products = Rows("products", ProductRow)
postings = Rows("postings", PostingRow)
recipients = Rows("recipients", RecipientRow)
history = Rows("history", HistoryRow)
outbox = Rows("outbox", OutboxRow)
operations = Rows("operations", OperationRow)
attempts = Rows("attempts", AttemptRow)
shipments = Rows("shipments", ShipmentRow)
quotes = Rows("quotes", QuoteTableRow)
files = Rows("files", FileRow)
refused_files = Rows("refused_files", RefusedFileRow)
documents = Rows("documents", DocumentRow)
handovers = Rows("handovers", HandoverRow)
tracking_events = Rows("tracking_events", TrackingRow)
problems = Rows("problems", ProblemRow)
jobs = Rows("jobs", JobRow)
api_keys = Rows("api_keys", ApiKeyRow)
idempotency = Rows("idempotency", IdempotencyRow)
