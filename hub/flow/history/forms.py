"""What is given to a door: a seller, an account, and what is to be another of a seller."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from hub.flow.history.names import NAME
from hub.plugin_api.labels import Paper
from hub.plugin_api.models import Sender
from hub.plugins.config import PackageDefaults as PackageDefaults  # the same words at every door

Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]


Title = Annotated[str, msgspec.Meta(pattern=NAME)]


Language = Annotated[str, msgspec.Meta(pattern=r"^(en|ru|zh)$")]


PaperName = Annotated[str, msgspec.Meta(pattern=f"^({'|'.join(Paper)})$")]


class NewSeller(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A seller that is added through a door; ``slug`` is permanent."""

    slug: Slug
    title: Title
    time_zone: str
    plugins: tuple[str, ...] = ()
    language: Language = "ru"
    paper: PaperName = "100x150"
    reference_prefix: Annotated[str, msgspec.Meta(pattern=r"^[A-Z2-7]{0,8}$")] = ""
    sender: Sender | None = None
    defaults: PackageDefaults | None = None


class SellerChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is to be another of a seller; what is not given, or null, stays. ``slug`` and the prefix of its
    references are for ever."""

    title: Title | None = None
    time_zone: str | None = None
    plugins: tuple[str, ...] | None = None
    """All that are on from now on."""
    language: Language | None = None
    paper: PaperName | None = None
    sender: Sender | None = None
    defaults: PackageDefaults | None = None
    force: bool = False
    """Switch plugins off although parcels are under way at them."""


class NewAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account that is added through a door. ``settings`` has the secrets in clear, once."""

    seller: str
    plugin: str
    name: str
    settings: dict[str, Any]
    keep: bool = False
    """Store it even when the check fails, marked bad."""

    def __repr__(self) -> str:
        return f"NewAccount({self.seller!r}, {self.plugin!r}, {self.name!r}, ...)"
