"""Goods and postings: what is sold, in which boxes it goes, and where it stands. No I/O, no vendor."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

import msgspec

from hub.plugin_api.money import Money
from hub.plugin_api.parties import Recipient
from hub.plugin_api.units import UnitNeeds


class Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a posting: what the marketplace says, completed from the seller's catalogue.

    ``weight_g`` (of one piece) is None until the catalogue knows it: never guessed.
    """

    sku: str
    """The marketplace's number of the product."""
    offer_id: str
    """The seller's own number of it."""
    name: str
    """As the marketplace shows it."""
    quantity: int
    """Pieces, 1 or more."""
    price: Money | None = None
    """Of one piece."""
    weight_g: int | None = None
    """Of one piece, without the packing that it is shipped in."""
    length_mm: int | None = None
    """Of one piece."""
    width_mm: int | None = None
    """Of one piece."""
    height_mm: int | None = None
    """Of one piece: pieces are stacked on this side."""
    barcodes: tuple[str, ...] = ()
    """Codes on the goods, for the scanner at the packing table."""
    fragile: bool = False
    """By the catalogue."""
    place: str = ""
    """Where it lies in the seller's store room: the pick list is ordered by it."""
    customs_code: str = ""
    """HS or TN VED code, digits: parcels that cross a border need it."""
    brand: str = ""
    """Trade mark, for customs."""
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
    """In Russian, for customs and slips."""
    name_en: str = ""
    """In English."""
    name_zh: str = ""
    """In Chinese."""


class Product(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An entry of the seller's own catalogue. Postings are matched by ``sku``, then by ``offer_id``."""

    offer_id: str
    """The seller's own number: one product has one."""
    sku: str = ""
    """The marketplace's number, where it is known."""
    barcodes: tuple[str, ...] = ()
    """Codes on the goods."""
    weight_g: int | None = None
    """Of one piece."""
    length_mm: int | None = None
    """Of one piece."""
    width_mm: int | None = None
    """Of one piece."""
    height_mm: int | None = None
    """Of one piece."""
    fragile: bool = False
    """Handled with care; rules can ask for it."""
    place: str = ""
    """Where it lies in the store room."""
    customs_code: str = ""
    """HS or TN VED code, digits."""
    brand: str = ""
    """Trade mark."""
    material: str = ""
    """An English word, or a carrier's own code."""
    gross_weight_g: int | None = None
    """Of one piece with its packing, where customs is told another weight."""
    origin_country: str = ""
    """Where it was made, ISO 3166-1 alpha-2."""
    radio: bool = False
    """Has Wi-Fi or a mobile radio in it."""
    url: str = ""
    """Its page in the shop."""
    name_ru: str = ""
    """In Russian."""
    name_en: str = ""
    """In English."""
    name_zh: str = ""
    """In Chinese."""


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """One box. ``number`` counts from 1 within the shipment."""

    number: int
    """From 1 within the shipment."""
    weight_g: int
    """Of the whole box, above 0."""
    length_mm: int
    """Outside, the longest side first where the hub packs."""
    width_mm: int
    """Outside."""
    height_mm: int
    """Outside."""
    items: tuple[Item, ...] = ()
    """What lies in it."""


class Stage(StrEnum):
    """Our normalised position of a posting, in the order of its way (docs/explanation/house.md)."""

    NEW = "new"
    """To be packed by the seller."""
    WAITING = "waiting"
    """The marketplace is not ready for it: a check, an approval, the papers of the buyer."""
    PLANNED = "planned"
    """Its boxes are planned."""
    PACKED = "packed"
    """It lies in its boxes."""
    REGISTERING = "registering"
    """Said to be packed; the marketplace is working on it."""
    ASSEMBLED = "assembled"
    """The marketplace knows that it is packed."""
    BOOKED = "booked"
    """A carrier has taken the order."""
    LABELLED = "labelled"
    """The label is there."""
    HANDED_OVER = "handed_over"
    """The seller has given it away."""
    IN_TRANSIT = "in_transit"
    """On its way."""
    READY_FOR_PICKUP = "ready_for_pickup"
    """At the point, or out with the courier."""
    DELIVERED = "delivered"
    """The buyer has it."""
    CANCELLED = "cancelled"
    """Nobody sends it."""
    RETURNING = "returning"
    """On its way back."""
    RETURNED = "returned"
    """The seller has it again."""
    LOST = "lost"
    """The carrier says that it is gone."""

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
    """Say that it is packed."""
    LABEL = "label"
    """Ask for its label."""
    SET_TRACKING = "set_tracking"
    """Give it a tracking number."""
    REPORT_IN_TRANSIT = "report_in_transit"
    """Say that it is on its way."""
    REPORT_LAST_MILE = "report_last_mile"
    """Say that it is at the point or with the courier."""
    REPORT_DELIVERED = "report_delivered"
    """Say that the buyer has it."""
    CANCEL = "cancel"
    """Cancel all of it."""
    CANCEL_ITEMS = "cancel_items"
    """Cancel some of its goods."""


Party = Literal["seller", "marketplace", "carrier"]


class Fulfilment(msgspec.Struct, frozen=True, kw_only=True):
    """Who does what for this posting: the row of the flow's table that applies to it."""

    books: Literal["seller", "marketplace"]
    """Who books the carrier."""
    label: Literal["carrier", "marketplace"]
    """Whose label is on the box."""
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
    """The marketplace's number of the posting: one parcel to the buyer."""
    order_number: str = ""
    """Of the buyer's order, which may have several postings."""
    parent_number: str = ""
    """Of the posting that this one was split off."""
    scheme: str
    """``fbs`` or ``rfbs``."""
    flow: str
    """The marketplace's own word (Ozon: ``integration_type_flow``)."""
    fulfilment: Fulfilment
    """Who books, labels, gives the number and reports."""
    status: str
    """The marketplace's own word."""
    substatus: str = ""
    """A second word of it, where it has two."""
    stage: Stage | None
    """What the status says; None where the plugin does not know it."""
    actions: frozenset[Action] = frozenset()
    """What the marketplace allows now."""
    raw_actions: tuple[str, ...] = ()
    """The same in the marketplace's words, for the reader."""
    items: tuple[Item, ...]
    """Its lines, one at least."""
    ship_by: datetime | None = None
    """Until when it has to be handed over, aware."""
    late_after: datetime | None = None
    """From when on the marketplace counts it as late, aware."""
    deliver_by: datetime | None = None
    """The end of the time that the marketplace promised the buyer, where it says one."""
    created_at: datetime | None = None
    """When the buyer ordered, aware."""
    recipient: Recipient | None = None
    """The buyer, where the marketplace tells; only of those that the seller books."""
    recipient_complete: bool = True
    """False where only the single read gives the phone and its extension."""
    provider: str = ""
    """Who delivers, in the marketplace's words."""
    delivery_method: str = ""
    """The marketplace's name of the way of delivery."""
    warehouse: str = ""
    """The marketplace's name of the seller's warehouse."""
    warehouse_id: str = ""
    """The marketplace's id of it: what a seller's own warehouse is found by."""
    tracking_number: str = ""
    """As the marketplace shows it to the buyer."""
    barcodes: tuple[str, ...] = ()
    """Every code that this posting's marketplace label may show."""
    cancel_reason: str = ""
    """Why it was cancelled, in the marketplace's words."""
    handover_group: str = ""
    """Opaque to the hub: postings of one group are handed over together (Ozon: the delivery method)."""
    waits_for_papers: bool = False
    """The marketplace waits for the buyer's identity papers: nothing is assembled or booked before."""
    unit_needs: tuple[UnitNeeds, ...] = ()
    """What the marketplace wants to know of each unit before the posting is packed, by line; lines of which
    it wants nothing are not here."""
    assembly_failed: bool = False
    """The marketplace accepted the assembly and then dropped it (Ozon: ``ship_failed``): say it again."""
