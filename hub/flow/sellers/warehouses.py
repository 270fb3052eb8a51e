"""A seller's warehouses, at the doors: listed, added, changed. Every seller has ``main``; none is ever
removed, for postings refer to them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import msgspec

from hub.flow.history.warehouse_views import MarketplaceIds, NewWarehouse, WarehouseChange, WarehouseView
from hub.flow.runtime.warehouse import filled
from hub.flow.sellers.checking import check_sender, check_slug, check_title, wrong
from hub.flow.sellers.leaving import known_of, sort_anew
from hub.plugin_api.errors import Conflict, NotFound, Rejected
from hub.plugin_api.ids import new_id
from hub.plugin_api.labels import Paper
from hub.plugins.time_zones import zone_problem
from hub.plugins.warehouse_config import CUT_OFF
from hub.store import Transaction, accounts, rows
from hub.store import warehouses as stored
from hub.words import said

if TYPE_CHECKING:
    from datetime import datetime

    from hub.flow.app import App

log = logging.getLogger("hub.warehouses")


def list_warehouses(app: App, seller: str) -> list[WarehouseView]:
    """A seller's warehouses, by slug. Raises NotFound."""
    row = app.seller(seller)
    return [_view(row, one) for one in stored.of_seller(app.store.reader, row.slug)]


def warehouse(app: App, warehouse_id: str) -> WarehouseView:
    """A warehouse by its id. Raises NotFound."""
    row = rows.warehouses.get(app.store.reader, warehouse_id)
    if row is None:
        raise NotFound("no such warehouse", code="not_found.no_warehouse")
    return _view(app.seller(row.seller), row)


def named(app: App, seller: str, slug: str) -> WarehouseView:
    """A seller's warehouse by its slug. Raises NotFound."""
    row = app.seller(seller)
    found = stored.named(app.store.reader, row.slug, slug)
    if found is None:
        raise NotFound("no such warehouse", code="not_found.no_warehouse")
    return _view(row, found)


def blank(seller: str, slug: str, now: datetime) -> rows.WarehouseRow:
    """A warehouse that has nothing of its own."""
    return rows.WarehouseRow(
        id=new_id("whs"),
        seller=seller,
        slug=slug,
        title="",
        time_zone="",
        profile=rows.WarehouseProfile(),
        marketplace_warehouses={},
        declared=False,
        created_at=now,
    )


async def add_warehouse(app: App, seller: str, new: NewWarehouse, actor: str) -> WarehouseView:
    """Add a warehouse; open postings that the marketplace has there move to it. Raises NotFound for the
    seller, Rejected for what cannot be used, Conflict for a slug that is taken, or an id of a marketplace's
    warehouse that is another's."""
    owner = app.seller(seller)
    _check(new)
    row = _with(blank(owner.slug, new.slug, app.clock.now()), new)

    def write(tx: Transaction) -> None:
        if stored.named(tx, row.seller, row.slug) is not None:
            raise Conflict(
                "there is a warehouse '{slug}' already", code="warehouse_exists", values={"slug": row.slug}
            )
        _check_places(tx, row)
        rows.warehouses.insert(tx, row)
        if row.marketplace_warehouses:
            sort_anew(tx, row.seller, actor=actor, now=app.clock.now())

    await app.store.write(write)
    app.woken.set()
    log.info("warehouse %s of %s added by %s", row.slug, row.seller, actor)
    return _view(owner, row)


async def change_warehouse(app: App, warehouse_id: str, change: WarehouseChange, actor: str) -> WarehouseView:
    """Correct a warehouse; where it is another one at a marketplace now, open postings move. What is booked
    stays as it was booked. Raises NotFound, Rejected (of no use), Conflict (declared in plugins.toml, or a
    marketplace's warehouse that is another's)."""
    given = {name: value for name in change.__struct_fields__ if (value := getattr(change, name)) is not None}
    if not given:
        raise Rejected(
            "say what is to change: {struct_fields}",
            code="empty.say_what_change",
            values={"struct_fields": ", ".join(change.__struct_fields__)},
        )

    def write(tx: Transaction) -> None:
        known = rows.warehouses.get(tx, warehouse_id)
        if known is None:
            raise NotFound("no such warehouse", code="not_found.no_warehouse")
        if known.declared:
            raise Conflict(
                "'{slug}' is declared in plugins.toml: change it there",
                code="declared.plugins_toml_change",
                values={"slug": known.slug},
            )
        new = msgspec.structs.replace(_settings(known), **given)
        _check(new, titled="title" in given)
        row = _with(known, new)
        _check_places(tx, row)
        rows.warehouses.save(tx, row)
        if row.marketplace_warehouses != known.marketplace_warehouses:
            sort_anew(tx, row.seller, actor=actor, now=app.clock.now())

    await app.store.write(write)
    app.woken.set()
    log.info("warehouse %s changed by %s: %s", warehouse_id, actor, ", ".join(given))
    return warehouse(app, warehouse_id)


def _settings(row: rows.WarehouseRow) -> NewWarehouse:
    """What could be said anew of a stored warehouse."""
    return NewWarehouse(
        slug=row.slug,
        title=row.title,
        time_zone=row.time_zone,
        sender=row.profile.sender,
        paper=row.profile.paper,
        cut_off=row.profile.cut_off,
        marketplace_warehouses=row.marketplace_warehouses,
    )


def _with(row: rows.WarehouseRow, new: NewWarehouse) -> rows.WarehouseRow:
    """The row as a person wants it."""
    profile = rows.WarehouseProfile(sender=new.sender, paper=new.paper, cut_off=new.cut_off)
    return msgspec.structs.replace(
        row,
        title=new.title.strip(),
        time_zone=new.time_zone,
        profile=profile,
        marketplace_warehouses=_places(new.marketplace_warehouses),
    )


def _places(given: MarketplaceIds) -> MarketplaceIds:
    """Each id once; accounts without any are left out."""
    return {account: tuple(dict.fromkeys(ids)) for account, ids in given.items() if ids}


def _check(new: NewWarehouse, *, titled: bool = True) -> None:
    """Raise Rejected, with the field and the fix, for a warehouse that cannot be used."""
    check_slug(new.slug)
    if titled:
        check_title(new.title)
    if new.time_zone and (problem := zone_problem(new.time_zone)):
        raise Rejected("time_zone: {problem}", code="time_zone", values={"problem": problem})
    if new.paper and new.paper not in list(Paper):
        raise wrong(
            "paper",
            said("one of {languages}", code="seller.in_plugins_toml", values={"languages": ", ".join(Paper)}),
        )
    if not CUT_OFF.fullmatch(new.cut_off):
        raise wrong("cut_off", said("a time of the day, like 15:30", code="warehouse.time_of_day"))
    check_sender(new.sender)


def _check_places(tx: Transaction, row: rows.WarehouseRow) -> None:
    """Raise Rejected for an account that the seller does not have, Conflict for another warehouse's id."""
    names = {account.name for account in accounts.of_seller(tx, row.seller)}
    for account in row.marketplace_warehouses:
        if account not in names:
            raise Rejected(
                "marketplace_warehouses: there is no account '{account}'; there are {names}",
                code="marketplace_warehouses",
                values={"account": account, "names": ", ".join(sorted(names)) or "-"},
            )
    others = known_of(one for one in stored.of_seller(tx, row.seller) if one.slug != row.slug)
    for account, one in known_of([row]):
        if (account, one) in others:
            raise Conflict(
                "the warehouse {id} of '{account}' is '{slug}' already: take it away there first",
                code="marketplace_warehouse_taken",
                values={"id": one, "account": account, "slug": others[account, one]},
            )


def _view(seller: rows.SellerRow, row: rows.WarehouseRow) -> WarehouseView:
    whole = filled(seller, row, row.slug)
    own = {"title": row.title, "time_zone": row.time_zone, "sender": row.profile.sender}
    own |= {"paper": row.profile.paper, "cut_off": row.profile.cut_off}
    return WarehouseView(
        id=row.id,
        seller=row.seller,
        slug=row.slug,
        title=whole.title,
        time_zone=whole.time_zone,
        paper=whole.paper,
        cut_off=whole.cut_off,
        sender=whole.sender,
        own=tuple(name for name, value in own.items() if value),
        marketplace_warehouses=row.marketplace_warehouses,
        declared=row.declared,
    )
