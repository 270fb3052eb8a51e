"""Units of which the marketplace wants to know something, as the doors show them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from hub.flow.history.view import View
from hub.plugin_api.units import UnitFact

ScanState = Literal["taken", "shown", "refused"]
"""``taken``: it is kept. ``shown``: a posting is in hand now. ``refused``: nothing was kept."""


class MissingFact(View, frozen=True, kw_only=True):
    """Something that is wanted of a unit and not known."""

    sku: str
    offer_id: str
    name: str
    """Of the goods, as the marketplace shows it."""
    unit: int
    """From 1 within its line; 0: of the whole line."""
    fact: UnitFact


class UnitWork(View, frozen=True, kw_only=True):
    """A posting that is to be packed, and what its units lack."""

    posting_id: str
    number: str
    warehouse: str
    ship_by: datetime | None
    ordered: bool
    """Somebody has ordered that it be shipped: it waits for this."""
    units: int
    """How many units anything is wanted of."""
    refused: str
    """Why the marketplace did not take what was told; empty where nothing was refused."""
    missing: tuple[MissingFact, ...]
    """The first fifty, the next first; empty where all is known."""
    lacks: dict[UnitFact, int]
    """All of it: how many units lack what."""


class Scan(View, frozen=True, kw_only=True):
    """What a code was."""

    asked: str
    state: ScanState
    posting_id: str = ""
    """The posting that is in hand from now on: give it with the next scan."""
    number: str = ""
    sku: str = ""
    name: str = ""
    """Of the goods."""
    unit: int = 0
    fact: UnitFact | Literal[""] = ""
    code: str = ""
    """With ``refused``: why, as a code."""
    reason: str = ""
    """With ``refused``: why, and what to do."""
    missing: tuple[MissingFact, ...] = ()
    """What the posting in hand still wants, the next first: fifty at most."""
    lacks: dict[UnitFact, int] = msgspec.field(default_factory=dict)
    """All of it: how many units lack what."""
