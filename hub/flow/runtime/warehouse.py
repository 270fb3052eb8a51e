"""A warehouse as it is worked with: what holds there, its own or the seller's."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo

import msgspec

from hub.plugin_api.clock import zone
from hub.plugin_api.models import Sender
from hub.store import Transaction, rows, warehouses


class Warehouse(msgspec.Struct, frozen=True, kw_only=True):
    """A warehouse as it is worked with: what it has not of its own is the seller's."""

    slug: str
    title: str
    time_zone: str
    sender: Sender | None
    paper: str
    cut_off: str

    @property
    def zone(self) -> tzinfo:
        """The zone that its days begin in."""
        return zone(self.time_zone)

    def today(self, now: datetime) -> date:
        """The day that it is there."""
        return now.astimezone(self.zone).date()

    def leaves_on(self, now: datetime) -> date:
        """The day on which what is packed now leaves: today, and tomorrow from the cut-off on."""
        there = now.astimezone(self.zone)
        late = bool(self.cut_off) and there.time() >= time.fromisoformat(self.cut_off)
        return there.date() + timedelta(days=late)


def warehouse_of(connection: Transaction, seller: rows.SellerRow, slug: str) -> Warehouse:
    """The seller's warehouse of this slug. One that is not there has nothing of its own."""
    return filled(seller, warehouses.named(connection, seller.slug, slug), slug)


def filled(seller: rows.SellerRow, row: rows.WarehouseRow | None, slug: str) -> Warehouse:
    """The warehouse, with what is the seller's."""
    own = rows.WarehouseProfile() if row is None else row.profile
    return Warehouse(
        slug=slug,
        title=seller.title if row is None else row.title or seller.title,
        time_zone=seller.time_zone if row is None else row.time_zone or seller.time_zone,
        sender=own.sender or seller.profile.sender,
        paper=own.paper or seller.profile.paper,
        cut_off=own.cut_off,
    )
