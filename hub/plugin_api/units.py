"""What a marketplace wants to know of each physical unit before a posting is packed: marking codes, customs
numbers, serial numbers. No I/O, no vendor."""

from __future__ import annotations

from typing import Literal

import msgspec

UnitFact = Literal["marking", "imei", "uin", "customs_number", "rnpt", "weight", "country"]
"""``marking``: the code of the state's marking system (Chestny ZNAK), with its crypto tail. ``imei``,
``uin``: the number of a device, of a piece of jewellery. ``customs_number``: of the customs declaration.
``rnpt``: the number of a traceable batch. ``weight``: of goods that are sold by weight. ``country``: where it
was made, the same for all units of a line."""


class UnitNeeds(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is wanted of the units of one line."""

    sku: str
    """The marketplace's number of the product, as in the posting's items."""
    facts: frozenset[UnitFact]
    """The posting cannot be packed without these."""
    may: frozenset[UnitFact] = frozenset()
    """These may be given, and need not be."""


class Unit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One physical unit of a posting, with what is known of it."""

    sku: str
    """The marketplace's number of the product."""
    unit_id: str = ""
    """The marketplace's own number of the unit."""
    marking: str = ""
    """The whole code, with the separator GS (U+001D) before its tail."""
    imei: str = ""
    """Fifteen digits."""
    uin: str = ""
    """Sixteen digits."""
    customs_number: str = ""
    """As it stands in the declaration."""
    no_customs_number: bool = False
    """A person has said that there is none: never assumed."""
    rnpt: str = ""
    """As it stands in the papers."""
    no_rnpt: bool = False
    """A person has said that there is none: never assumed."""
    weight_g: int | None = None
    """Grams."""


class UnitFault(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the marketplace does not take."""

    sku: str
    """The marketplace's number of the product."""
    unit_id: str = ""
    """The marketplace's own number of the unit."""
    fact: UnitFact | Literal[""] = ""
    """What of it; empty where it does not say."""
    reason: str = ""
    """Why, in the marketplace's words."""


class UnitsCheck(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How the marketplace's check of the units stands."""

    state: Literal["wanted", "checking", "passed", "failed"]
    """``wanted``: it has not been told everything. ``checking``: ask again in some minutes. ``passed``: the
    posting may be packed. ``failed``: ``faults`` says what is wrong."""
    faults: tuple[UnitFault, ...] = ()
    """With ``failed``."""
