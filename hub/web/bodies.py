"""What requests carry, and the answers that are no view of the flow's. Unknown fields are refused: a
misspelt one must not be ignored where money is spent."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from hub.flow.history.forms import NewSeller, SellerChange
from hub.flow.history.key_views import KeyScope
from hub.flow.history.names import NAME
from hub.flow.history.results import LabelResult, ShipResult
from hub.flow.history.views import PostingView
from hub.flow.history.warehouse_views import NewWarehouse, WarehouseChange
from hub.plugin_api.labels import Paper
from hub.plugin_api.models import Product
from hub.plugin_api.rules import CarrierRules
from hub.plugin_api.units import UnitFact

Keys = Annotated[
    list[Annotated[str, msgspec.Meta(min_length=1, max_length=128)]],
    msgspec.Meta(min_length=1, max_length=1000),
]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of all request bodies."""


class AccountBody(Body, frozen=True, kw_only=True):
    """An account to connect; ``settings`` has the plugin's fields, secrets in clear, this once."""

    plugin: Text
    name: Text
    settings: dict[str, Any] = {}
    keep: bool = False
    """Store it even when the check fails, marked bad."""

    def __repr__(self) -> str:
        return f"AccountBody({self.plugin!r}, {self.name!r}, ...)"


class ProductBody(Product, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A product of the seller's catalogue."""


class ShipmentsBody(Body, frozen=True, kw_only=True):
    """Postings to ship, or to be told the total of, by id or number; without a carrier the hub chooses."""

    postings: Keys
    seller: str | None = None
    carrier: str | None = None
    service: str | None = None


class ShipmentsAnswer(Body, frozen=True, kw_only=True):
    """One result for each of the postings asked, in their order; ``postings`` as they stand after a
    ``Prefer: wait=N``."""

    results: tuple[ShipResult, ...]
    postings: tuple[PostingView, ...] = ()


class LabelsBody(Body, frozen=True, kw_only=True):
    """Postings whose labels are wanted, in one file."""

    postings: Keys
    paper: Paper | None = None
    dpi: Annotated[int, msgspec.Meta(ge=100, le=1200)] | None = None
    """Of the printer; 203 where it is not named, 300 on a4."""
    slips: bool = False
    """Behind each label its packing slip."""
    start: Annotated[int, msgspec.Meta(ge=1, le=4)] = 1
    """On a4: the first free place of the first sheet."""


class LabelsAnswer(Body, frozen=True, kw_only=True):
    """The file, and which postings are in it, not ready yet, or refused, each with the reason."""

    document: str | None
    results: tuple[LabelResult, ...]
    """One of each posting, in the order asked."""
    ready: tuple[str, ...]
    waiting: dict[str, str]
    refused: dict[str, str]


class MessageTestBody(Body, frozen=True, kw_only=True):
    """The address that a test message goes to, by its name; empty: to each."""

    address: Annotated[str, msgspec.Meta(max_length=500)] = ""


class SeenBody(Body, frozen=True, kw_only=True):
    """Problems that somebody has seen, by id; none: all that are open."""

    problems: Annotated[
        list[Annotated[str, msgspec.Meta(min_length=1, max_length=128)]], msgspec.Meta(max_length=1000)
    ] = []


class PostingsBody(Body, frozen=True, kw_only=True):
    """Postings, by id or number."""

    postings: Keys


class DocumentAnswer(Body, frozen=True, kw_only=True):
    """Where the file is: ``/v1/documents/{document}/content``."""

    document: str
    refused: dict[str, str] = {}
    """By what was asked: why it is no posting."""


class SellerBody(Body, frozen=True, kw_only=True):
    """The seller that an order is for; a seller's key need not say it."""

    seller: str | None = None


class HandoverBody(SellerBody, frozen=True, kw_only=True):
    """Whose parcels are handed over, and from which of the seller's warehouses; null: from all, each by
    itself."""

    warehouse: str | None = None
    only: Keys | None = None
    """Only these parcels, each by its posting's number or id, its tracking number, or what its label shows;
    null: all that are there."""


class WarehouseBody(NewWarehouse, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A warehouse to add; a seller's key need not say the seller."""

    seller: str | None = None


class TrackingBody(Body, frozen=True, kw_only=True):
    """What to track now: everything that is on its way, or the named postings."""

    seller: str | None = None
    postings: list[Text] = []


class Accepted(Body, frozen=True, kw_only=True):
    """Taken in; the work goes on by itself."""

    accepted: bool = True
    refused: dict[str, str] = {}
    """By what was asked: why it is no posting."""


class CancelBody(Body, frozen=True, kw_only=True):
    """Why, and whether the posting is to be cancelled at the marketplace as well."""

    reason: Text
    marketplace: bool = False


class AnswerBody(Body, frozen=True, kw_only=True):
    """The answer to a problem, and what it needs."""

    answer: Text
    parameters: dict[str, Any] = {}
    note: Annotated[str, msgspec.Meta(max_length=500)] = ""
    """For the history: where you looked, who said it; no personal data."""

    def __repr__(self) -> str:
        return f"AnswerBody({self.answer!r}, ...)"


class ResolveBody(Body, frozen=True, kw_only=True):
    """What became of an operation that waits for a person; ``it_exists`` takes the carrier's numbers."""

    answer: Literal["it_exists", "it_does_not_exist"]
    carrier_id: str = ""
    tracking_number: str = ""
    note: Annotated[str, msgspec.Meta(max_length=500)] = ""
    """For the history; no personal data."""


class RatingBody(Body, frozen=True, kw_only=True):
    """What the seller thinks of a carrier, 1 to 5; null for nothing."""

    rating: Annotated[float, msgspec.Meta(ge=1, le=5)] | None


class UnitFactBody(Body, frozen=True, kw_only=True):
    """Something that is known of a unit; an empty value takes it back, ``none`` says that there is none (of a
    customs number or a batch)."""

    sku: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    unit: Annotated[int, msgspec.Meta(ge=0, le=10_000)]
    """From 1 within its line; 0: every unit of the line."""
    fact: UnitFact
    value: Annotated[str, msgspec.Meta(max_length=300)]


class UnitsBody(Body, frozen=True, kw_only=True):
    """What is known of a posting's units: all of it is kept, or nothing."""

    facts: Annotated[tuple[UnitFactBody, ...], msgspec.Meta(min_length=1, max_length=10_000)]


class ScanBody(Body, frozen=True, kw_only=True):
    """What a scanner typed, as it came."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
    posting: str = ""
    """The id of the posting in hand: of the last answer."""
    seller: str | None = None
    warehouse: str | None = None


class KeyBody(Body, frozen=True, kw_only=True):
    """A new API key. ``seller`` has to be said: null makes an operator's, which may do everything."""

    name: Annotated[str, msgspec.Meta(pattern=NAME)]
    seller: str | None
    warehouse: str | None = None
    """The only one of the seller's warehouses that it opens, by its slug; null: all of them."""
    scope: KeyScope = "full"
    """``read`` for a dashboard: it changes nothing, and has no vendor asked."""
    expires_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    """From then on it opens nothing; null for one that stays until it is revoked."""


class KeyAnswer(Body, frozen=True, kw_only=True):
    """The key itself is shown this once: only its hash is stored."""

    id: str
    name: str
    prefix: str
    seller: str | None
    warehouse: str | None
    scope: KeyScope
    expires_at: datetime | None
    token: str

    def __repr__(self) -> str:
        return f"KeyAnswer({self.id!r}, ...)"


class Status(Body, frozen=True, kw_only=True):
    """What anybody may know."""

    status: str


REQUESTS: tuple[type[msgspec.Struct], ...] = (
    AccountBody,
    AnswerBody,
    CancelBody,
    CarrierRules,
    HandoverBody,
    KeyBody,
    LabelsBody,
    MessageTestBody,
    NewSeller,
    PostingsBody,
    ProductBody,
    RatingBody,
    ResolveBody,
    SeenBody,
    ScanBody,
    SellerChange,
    ShipmentsBody,
    TrackingBody,
    UnitsBody,
    WarehouseBody,
    WarehouseChange,
)
"""All that a request may carry: the OpenAPI document has their limits as they are checked."""
