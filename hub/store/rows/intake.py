"""Postings and their buyers, what vendors answered, and what happened."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from hub.plugin_api.models import Address, CleanedAddress, Money, Posting, Recipient
from hub.store.mapping import Rows
from hub.store.rows.shop import DEFAULT_WAREHOUSE


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
    is_open: bool  # work may be left: neither final nor on its way
    wanted: bool  # somebody ordered that it be shipped
    ship_by: datetime | None
    late_after: datetime | None
    provider: str
    carrier: str
    service: str
    price_minor: int | None
    currency: str
    reference: str
    tracking_number: str
    reported: str  # the last stage that the marketplace was told
    problems: int
    pieces: int
    sequence: int  # of the last history row
    document: Posting  # without the recipient
    raw_hash: bytes
    created_at: datetime
    updated_at: datetime
    erased_at: datetime | None = None  # the buyer is forgotten, and is not stored again
    warehouse: str = DEFAULT_WAREHOUSE  # where it leaves from: the slug of one of the seller's
    version: int = 0
    """As of when it was read: raised by the store with every change of the posting and of what belongs to it
    (`hub.store.versions`), whatever stands here when the row is saved."""

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
    """What carriers and people made of the recipient. Personal data."""

    by_account: dict[str, AddressCheck] = {}
    """Of the address that the recipient has now: with another one they are forgotten."""
    given: Address | None = None
    """The address as the marketplace gives it, where a person corrected it."""
    given_buyer: dict[str, str] = {}
    """The recipient's own fields as the marketplace gives them, where a person corrected them."""


class RecipientRow(msgspec.Struct, frozen=True):
    """The buyer: personal data lives here and in raw payloads, and can be erased."""

    posting_id: str
    document: Recipient
    updated_at: datetime
    checks: AddressChecks | None = None

    @property
    def given(self) -> Address | None:
        """The address as the marketplace gave it."""
        corrected = None if self.checks is None else self.checks.given
        return corrected or self.document.address

    @property
    def given_document(self) -> Recipient:
        """The recipient as the marketplace gave it."""
        if self.checks is None:
            return self.document
        return msgspec.structs.replace(self.document, address=self.given, **self.checks.given_buyer)

    def check(self, account: str) -> AddressCheck | None:
        """What the account's carrier said of the address; None where it was not asked."""
        return None if self.checks is None else self.checks.by_account.get(account)

    def to(self, account: str) -> Recipient:
        """The recipient as the account's carrier is told."""
        check = self.check(account)
        if check is None or check.use != "suggestion":
            return self.document
        return msgspec.structs.replace(self.document, address=check.answer.address)


class RawPayloadRow(msgspec.Struct, frozen=True):
    account: str
    kind: str
    external_id: str
    time: datetime
    hash: bytes
    body: bytes  # zlib


class HistoryRow(msgspec.Struct, frozen=True):
    posting_id: str
    sequence: int
    event_id: str
    time: datetime
    kind: str
    version: int
    actor: str
    operation_id: str
    data: dict[str, Any]  # codes and parameters, never sentences


class OutboxRow(msgspec.Struct, frozen=True):
    id: str
    seller: str
    kind: str
    data: dict[str, Any]
    created_at: datetime


postings = Rows(
    "postings",
    PostingRow,
    key=("id",),
    unique=(("account", "number"),),
    indexes=(
        ("seller", "ship_by", "id"),
        ("seller", "is_open", "ship_by", "id"),
        ("seller", "stage", "ship_by", "id"),
        ("seller", "warehouse", "stage", "ship_by", "id"),
        ("seller", "id"),
        ("number",),
    ),
    kept=frozenset({"document"}),  # a booking reads it a dozen times
)
recipients = Rows(
    "recipients",
    RecipientRow,
    key=("posting_id",),
    kept=frozenset({"document"}),
    raises="posting_id",
)
raw_payloads = Rows("raw_payloads", RawPayloadRow, key=("account", "kind", "external_id", "hash"))
history = Rows("history", HistoryRow, key=("posting_id", "sequence"))
outbox = Rows("outbox", OutboxRow, key=("id",))
