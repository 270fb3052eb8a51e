"""Step 1 of the seller's day: the sellers, and with `hub.flow.sellers.accounts` what they are connected to.

What plugins.toml declares (`hub.flow.sellers.declared`) is read-only at the doors.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from hub.flow.history.forms import NewSeller, PackageDefaults, SellerChange
from hub.flow.history.views import SellerView
from hub.flow.runtime.unknown import meant_by, no_such_seller
from hub.flow.sellers import warehouses
from hub.flow.sellers.accounts import add_account, check_account, list_accounts, settings_form
from hub.flow.sellers.checking import check_sender, check_slug, check_title, wrong
from hub.flow.sellers.declared import declare
from hub.flow.sellers.switching_off import left_behind, told
from hub.plugin_api.errors import Conflict, Rejected
from hub.plugin_api.labels import Paper
from hub.plugins.checks import installed
from hub.plugins.time_zones import zone_problem
from hub.store import Transaction, accounts, rows, sellers
from hub.store.rows import DEFAULT_WAREHOUSE
from hub.words import said
from hub.words.texts import LANGUAGES

if TYPE_CHECKING:
    from hub.flow.app import App

__all__ = [
    "add_account",
    "add_seller",
    "change_seller",
    "check_account",
    "check_seller",
    "declare",
    "list_accounts",
    "list_sellers",
    "seller",
    "seller_row",
    "settings_form",
]

log = logging.getLogger("hub.sellers")

_PREFIX = re.compile(r"[A-Z2-7]{0,8}")


def list_sellers(app: App) -> list[SellerView]:
    """All sellers, by slug."""
    found = sellers.by_slug(app.store.reader)
    connected = accounts.every(app.store.reader)
    return [_seller_view(row, sum(a.seller == row.slug for a in connected)) for row in found]


def seller(app: App, slug: str) -> SellerView:
    """One seller. Raises NotFound."""
    row = seller_row(app, slug)
    return _seller_view(row, len(accounts.of_seller(app.store.reader, slug)))


def seller_row(app: App, slug: str) -> rows.SellerRow:
    """The stored seller. Raises NotFound."""
    row = rows.sellers.get(app.store.reader, slug)
    if row is None:
        raise no_such_seller(app.store.reader, slug)
    return row


async def add_seller(app: App, new: NewSeller, actor: str) -> SellerView:
    """Add a seller. Raises Rejected for what cannot be used, Conflict for a slug that is taken."""
    check_seller(new, app.registry.names)
    blank = rows.SellerRow(new.slug, "", "", (), rows.SellerProfile(), False, app.clock.now())
    row = _with(blank, new)

    def write(tx: Transaction) -> None:
        known = rows.sellers.get(tx, row.slug)
        if known is not None:
            where = (
                said(" in plugins.toml: change it there", code="seller.plugins_toml_change")
                if known.declared
                else ""
            )
            raise Conflict(
                "there is a seller '{slug}' already{where}",
                code="seller_exists",
                values={"slug": row.slug, "where": where},
            )
        rows.sellers.insert(tx, row)
        rows.warehouses.insert(tx, warehouses.blank(row.slug, DEFAULT_WAREHOUSE, row.created_at))

    await app.store.write(write)
    log.info("seller %s added by %s", row.slug, actor)
    return _seller_view(row, 0)


async def change_seller(app: App, slug: str, change: SellerChange, actor: str) -> SellerView:
    """Correct a seller. Raises NotFound, Rejected (of no use), Conflict (``declared`` in plugins.toml;
    ``plugin_in_use``: parcels are under way at a plugin that goes off, and ``force`` was not said)."""
    names = [name for name in change.__struct_fields__ if name != "force"]
    given = {name: value for name in names if (value := getattr(change, name)) is not None}
    if not given:
        raise Rejected(
            "say what is to change: {struct_fields}",
            code="empty.say_what_change",
            values={"struct_fields": ", ".join(names)},
        )
    check_seller(msgspec.structs.replace(_settings(seller_row(app, slug)), **given), app.registry.names)

    def write(tx: Transaction) -> None:
        known = rows.sellers.get(tx, slug)
        assert known is not None, "a seller is never deleted"
        if known.declared:
            raise Conflict(
                "'{slug}' is declared in plugins.toml: change it there",
                code="declared.plugins_toml_change",
                values={"slug": slug},
            )
        off = [] if change.plugins is None else [one for one in known.plugins if one not in change.plugins]
        busy = [one for one in left_behind(tx, slug, off) if one.parcels]
        if busy and not change.force:
            raise Conflict(
                "{left}. Leave it on, or say so with 'force'",
                code="plugin_in_use",
                values={"left": told(busy)},
            )
        rows.sellers.put(tx, _with(known, msgspec.structs.replace(_settings(known), **given)))

    await app.store.write(write)
    log.info("seller %s changed by %s: %s", slug, actor, ", ".join(given))
    return seller(app, slug)


def _settings(row: rows.SellerRow) -> NewSeller:
    """What could be said anew of a stored seller."""
    profile = row.profile
    return NewSeller(
        slug=row.slug,
        title=row.title,
        time_zone=row.time_zone,
        plugins=row.plugins,
        language=profile.language,
        paper=profile.paper,
        reference_prefix=profile.reference_prefix,
        sender=profile.sender,
        defaults=None if profile.defaults is None else _defaults(*profile.defaults),
    )


def _defaults(weight_g: int, length_mm: int, width_mm: int, height_mm: int) -> PackageDefaults:
    return PackageDefaults(weight_g=weight_g, length_mm=length_mm, width_mm=width_mm, height_mm=height_mm)


def _with(row: rows.SellerRow, new: NewSeller) -> rows.SellerRow:
    """The row as a person wants it; what only plugins.toml or other doors set stays."""
    profile = msgspec.structs.replace(
        row.profile,
        language=new.language,
        paper=new.paper,
        reference_prefix=new.reference_prefix,
        sender=new.sender,
        defaults=None if new.defaults is None else msgspec.structs.astuple(new.defaults),
    )
    return msgspec.structs.replace(
        row,
        title=new.title.strip(),
        time_zone=new.time_zone,
        plugins=tuple(dict.fromkeys(new.plugins)),
        profile=profile,
    )


def check_seller(new: NewSeller, plugins: Iterable[str]) -> None:
    """Raise Rejected, with the field and what to write, for a seller that cannot be used."""
    plugins = list(plugins)
    check_slug(new.slug)
    check_title(new.title)
    if problem := zone_problem(new.time_zone):
        raise Rejected("time_zone: {problem}", code="time_zone", values={"problem": problem})
    for plugin in new.plugins:
        if plugin not in plugins:
            near = "" if plugin in installed() else meant_by(plugin, plugins)
            raise Rejected(
                "plugins: '{plugin}' may not run here{near}: add it to 'allow' in plugins.toml, or leave it "
                "out",
                code="plugins",
                values={"plugin": plugin, "near": near},
            )
    if new.language not in LANGUAGES:
        raise wrong(
            "language",
            said(
                "one of {languages}",
                code="seller.in_plugins_toml",
                values={"languages": ", ".join(LANGUAGES)},
            ),
        )
    if new.paper not in list(Paper):
        raise wrong(
            "paper",
            said("one of {languages}", code="seller.in_plugins_toml", values={"languages": ", ".join(Paper)}),
        )
    if not _PREFIX.fullmatch(new.reference_prefix):
        raise wrong(
            "reference_prefix",
            said("up to 8 of A-Z and 2-7, which every carrier takes; permanent", code="seller.up_8_z_2"),
        )
    check_sender(new.sender)
    if new.defaults is not None and min(msgspec.structs.astuple(new.defaults)) <= 0:
        raise wrong(
            "defaults",
            said("whole grams and millimetres above 0", code="seller.whole_grams_millimetres_above"),
        )


def _seller_view(row: rows.SellerRow, accounts: int) -> SellerView:
    return SellerView(
        slug=row.slug,
        title=row.title,
        time_zone=row.time_zone,
        plugins=row.plugins,
        language=row.profile.language,
        paper=row.profile.paper,
        declared=row.declared,
        accounts=accounts,
    )
