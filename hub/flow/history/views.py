"""What the doors show: flat structs made of rows, the same for HTTP and the command line.

Texts are made at the edge; a view carries codes and parameters, and money as `Money`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hub.flow.history.problem_views import ProblemView
from hub.flow.history.quote_views import ChosenView, QuoteView
from hub.flow.history.view import View
from hub.plugin_api.models import Item, Money, Parcel


class SellerView(View, frozen=True, kw_only=True):
    slug: str
    title: str
    time_zone: str
    plugins: tuple[str, ...]
    language: str
    paper: str
    declared: bool
    """Declared in plugins.toml: read-only at the other doors."""
    accounts: int


class AccountView(View, frozen=True, kw_only=True):
    id: str
    seller: str
    plugin: str
    name: str
    external_id: str
    status: str
    """``good``, ``bad`` or ``unchecked``."""
    detail: str
    notes: tuple[str, ...]
    roles: tuple[str, ...]
    expires_at: datetime | None
    checked_at: datetime | None


class PostingView(View, frozen=True, kw_only=True):
    id: str
    seller: str
    account: str
    number: str
    order_number: str
    scheme: str
    flow: str
    status: str
    substatus: str
    status_known: bool
    stage: str
    ship_by: datetime | None
    late_after: datetime | None
    provider: str
    books: str
    carrier: str
    service: str
    price: Money | None
    reference: str
    tracking_number: str
    problems: int
    items: int
    updated_at: datetime
    warehouse: str = "main"
    """The slug of the seller's warehouse that it leaves from."""


class ShipmentView(View, frozen=True, kw_only=True):
    id: str
    seller: str
    account: str
    posting_id: str
    posting_number: str
    carrier: str
    service_code: str
    service_name: str
    state: str
    reference: str
    carrier_id: str
    tracking_number: str
    quoted: Money | None
    committed: Money | None
    charged: Money | None
    why: dict[str, Any]
    """The choice as a code and its figures."""
    created_at: datetime


class OperationView(View, frozen=True, kw_only=True):
    id: str
    seller: str
    account: str
    kind: str
    subject: str
    posting_id: str
    epoch: int
    state: str
    reference: str
    reason: str
    reason_code: str
    price: Money | None
    sends: int
    created_at: datetime
    updated_at: datetime


class DocumentView(View, frozen=True, kw_only=True):
    id: str
    seller: str
    kind: str
    posting_id: str
    posting_number: str
    state: str
    media_type: str
    page: int
    codes: tuple[str, ...]
    reason: str
    printed: int
    created_at: datetime


class TrackingView(View, frozen=True, kw_only=True):
    time: datetime
    kind: str
    code: str
    text: str
    place: str
    known: bool


class HistoryView(View, frozen=True, kw_only=True):
    sequence: int
    time: datetime
    kind: str
    actor: str
    operation_id: str
    data: dict[str, Any]
    text: str


class RecipientView(View, frozen=True, kw_only=True):
    """Masked: enough to recognise, too little to leak."""

    name: str
    phone: str
    city: str
    country: str
    passport: str = ""
    """``45** ****56``; empty where nobody had to give it."""
    tax_number: str = ""


class MarketplaceWarehouse(View, frozen=True, kw_only=True):
    """Where a posting is to leave from, in the marketplace's words."""

    id: str
    title: str
    known: bool
    """Whether one of the seller's warehouses is said to be this one; the posting is in ``main`` otherwise."""


class PostingDetails(View, frozen=True, kw_only=True):
    posting: PostingView
    marketplace_warehouse: MarketplaceWarehouse | None = None
    """None where the marketplace names none."""
    items: tuple[Item, ...]
    recipient: RecipientView | None
    parcels: tuple[Parcel, ...]
    quotes: tuple[QuoteView, ...]
    choice: ChosenView | None = None
    shipment: ShipmentView | None
    operations: tuple[OperationView, ...]
    documents: tuple[DocumentView, ...]
    tracking: tuple[TrackingView, ...]
    problems: tuple[ProblemView, ...]
    history: tuple[HistoryView, ...]


class ProductView(View, frozen=True, kw_only=True):
    offer_id: str
    sku: str
    barcodes: tuple[str, ...]
    weight_g: int | None
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None
    fragile: bool
    place: str
    customs_code: str
    brand: str
    material: str
    gross_weight_g: int | None
    origin_country: str
    radio: bool
    url: str
    name_ru: str
    name_en: str
    name_zh: str


class PluginView(View, frozen=True, kw_only=True):
    name: str
    version: str
    title: str
    kinds: tuple[str, ...]
    capabilities: tuple[str, ...]
    create_safety: str
    notice: str
