"""What the doors show, and take, of a seller's warehouses."""

from __future__ import annotations

from typing import Annotated

import msgspec

from hub.flow.history.forms import Slug, Title
from hub.flow.history.names import NAME
from hub.flow.history.view import View
from hub.plugin_api.labels import Paper
from hub.plugin_api.models import Sender

PaperOrNone = Annotated[str, msgspec.Meta(pattern=f"^({'|'.join(Paper)})?$")]
CutOff = Annotated[str, msgspec.Meta(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9])?$")]
"""``HH:MM``, or empty: never."""
MarketplaceIds = dict[
    Annotated[str, msgspec.Meta(pattern=NAME)],
    tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=100)], ...],
]


class NewWarehouse(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A warehouse that is added through a door; ``slug`` is permanent. What is empty is as the seller has
    it."""

    slug: Slug
    title: Title
    time_zone: str = ""
    sender: Sender | None = None
    paper: PaperOrNone = ""
    cut_off: CutOff = ""
    marketplace_warehouses: MarketplaceIds = {}
    """By the name of a marketplace's account: the ids of the warehouses there whose postings leave here."""


class WarehouseChange(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What is to be another of a warehouse; what is not given, or null, stays; what is given empty is as the
    seller has it."""

    title: Title | None = None
    time_zone: str | None = None
    sender: Sender | None = None
    paper: PaperOrNone | None = None
    cut_off: CutOff | None = None
    marketplace_warehouses: MarketplaceIds | None = None
    """All of them, from now on."""


class WarehouseView(View, frozen=True, kw_only=True):
    """A warehouse, with what it has from its seller filled in."""

    id: str
    seller: str
    slug: str
    title: str
    time_zone: str
    paper: str
    cut_off: str
    """``HH:MM`` in ``time_zone``; empty: none."""
    sender: Sender | None
    """Where its parcels leave from; None where neither it nor the seller says."""
    own: tuple[str, ...]
    """What it has of its own: the others are the seller's."""
    marketplace_warehouses: dict[str, tuple[str, ...]]
    declared: bool
    """Declared in plugins.toml: read-only at the other doors."""
