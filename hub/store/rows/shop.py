"""Who sells, through which accounts, what, and who may ask over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from hub.plugin_api.models import Sender
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


DEFAULT_WAREHOUSE = "main"
"""The slug of the warehouse that every seller has: of postings whose own is not known."""


class WarehouseProfile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a warehouse has of its own: JSON in one column, so that it may grow. What is empty is as the
    seller has it."""

    sender: Sender | None = None
    """Where parcels leave from: quoted and booked from there, and printed on labels."""
    paper: str = ""
    cut_off: str = ""
    """``HH:MM`` in the warehouse's zone: what is quoted from then on leaves on the next day. Empty: none."""


class WarehouseRow(msgspec.Struct, frozen=True):
    id: str
    seller: str
    slug: str
    title: str
    """Empty: the seller's."""
    time_zone: str
    """IANA name; empty: the seller's."""
    profile: WarehouseProfile
    marketplace_warehouses: dict[str, tuple[str, ...]]
    """By the name of a marketplace's account: the ids of the warehouses there whose postings leave here."""
    declared: bool
    created_at: datetime


class AccountRow(msgspec.Struct, frozen=True):
    id: str
    seller: str
    plugin: str
    name: str
    external_id: str
    credentials: bytes | None  # AES-GCM; null where plugins.toml declares the account
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


class ApiKeyRow(msgspec.Struct, frozen=True):
    id: str
    name: str
    seller: str | None  # null: the operator's
    prefix: str
    hash: bytes
    revoked: bool
    created_at: datetime
    read_only: bool = False  # looks only: changes nothing, and has no vendor asked
    expires_at: datetime | None = None
    warehouse: str | None = None  # the one that it is limited to, by slug; null: all of the seller's


class IdempotencyRow(msgspec.Struct, frozen=True):
    key_id: str
    key: str
    fingerprint: str
    status: int | None  # null while the first request is still at work
    answer: bytes | None
    created_at: datetime


sellers = Rows("sellers", SellerRow, key=("slug",), kept=frozenset({"plugins", "profile"}))
warehouses = Rows(
    "warehouses",
    WarehouseRow,
    key=("id",),
    unique=(("seller", "slug"),),
    kept=frozenset({"profile"}),
)
accounts = Rows("accounts", AccountRow, key=("id",), unique=(("seller", "name"),))
products = Rows("products", ProductRow, key=("seller", "offer_id"), indexes=(("seller", "sku"),))
api_keys = Rows("api_keys", ApiKeyRow, key=("id",), unique=(("hash",),))
idempotency = Rows("idempotency", IdempotencyRow, key=("key_id", "key"))
