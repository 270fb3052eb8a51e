"""Sellers, their warehouses and accounts that plugins.toml declares, brought into the store when the hub
opens.

A declared row is read-only at the doors. Rows that the file no longer names stay, for postings refer to
them: such a seller's plugins are off, and such an account has no settings until the file names it again.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from hub.flow.sellers.leaving import sort_anew
from hub.flow.sellers.warehouses import blank
from hub.plugin_api.clock import Clock
from hub.plugin_api.errors import ConfigError
from hub.plugin_api.ids import new_id
from hub.plugins import config as configuration
from hub.plugins.config import AccountConfig, Config, SellerConfig
from hub.plugins.registry import Registry
from hub.plugins.warehouse_config import WarehouseConfig
from hub.store import Store, Transaction, accounts, operations, rows, sellers, warehouses
from hub.store.rows import DEFAULT_WAREHOUSE


def declare(store: Store, config: Config, clock: Clock) -> None:
    """Make the store's sellers and accounts those of plugins.toml; writes only what differs.

    Raises ConfigError for a change that would pay for parcels twice, or take an account's history away.
    """
    known = {row.slug: row for row in sellers.every(store.reader)}
    connected = {(row.seller, row.name): row for row in accounts.every(store.reader)}
    here = {(row.seller, row.slug): row for row in warehouses.every(store.reader)}
    changed: list[rows.SellerRow] = []
    for slug, declared in config.sellers.items():
        row = _seller(declared, known.get(slug), clock)
        _check_prefix(store, config, row, known.get(slug))
        if row != known.get(slug):
            changed.append(row)
    for gone in known.values():
        if gone.declared and gone.slug not in config.sellers:
            changed.append(msgspec.structs.replace(gone, declared=False, plugins=()))
    added = [
        fresh
        for slug, declared in config.sellers.items()
        for name, account in declared.accounts.items()
        if (fresh := _account(slug, name, account, connected.get((slug, name)), clock)) is not None
    ]
    places = _warehouses(config, known, here, clock)
    if not changed and not added and not places:
        return

    def write(tx: Transaction) -> None:
        for row in changed:
            rows.sellers.put(tx, row)
        for account in added:
            # another process may have opened the same home a moment ago
            if accounts.named(tx, account.seller, account.name) is None:
                rows.accounts.insert(tx, account)
        for place in places:
            there = warehouses.named(tx, place.seller, place.slug)
            rows.warehouses.put(tx, place if there is None else msgspec.structs.replace(place, id=there.id))
        for seller in sorted({place.seller for place in places if _moved(place, here)}):
            sort_anew(tx, seller, actor="plugins.toml", now=clock.now())

    store.write_now(write)


def _warehouses(
    config: Config,
    known: Mapping[str, rows.SellerRow],
    here: Mapping[tuple[str, str], rows.WarehouseRow],
    clock: Clock,
) -> list[rows.WarehouseRow]:
    """The rows of warehouses that differ from the file, and ``main`` of each seller that has none yet."""
    wanted: dict[tuple[str, str], rows.WarehouseRow] = {}
    for seller in config.sellers.values():
        for slug, declared in {DEFAULT_WAREHOUSE: None, **seller.warehouses}.items():
            row = here.get((seller.slug, slug)) or blank(seller.slug, slug, clock.now())
            wanted[seller.slug, slug] = msgspec.structs.replace(row, declared=False)
            if declared is not None:
                wanted[seller.slug, slug] = _warehouse(row, declared)
    for slug in known:
        key = (slug, DEFAULT_WAREHOUSE)
        if key not in here and key not in wanted:
            wanted[key] = blank(*key, clock.now())
    for key, row in here.items():
        if row.declared and key not in wanted:
            wanted[key] = msgspec.structs.replace(row, declared=False)
    return [row for key, row in wanted.items() if row != here.get(key)]


def _moved(row: rows.WarehouseRow, here: Mapping[tuple[str, str], rows.WarehouseRow]) -> bool:
    """Whether it is another one at the marketplaces than it was."""
    was = here.get((row.seller, row.slug))
    return row.marketplace_warehouses != ({} if was is None else was.marketplace_warehouses)


def _warehouse(row: rows.WarehouseRow, declared: WarehouseConfig) -> rows.WarehouseRow:
    return msgspec.structs.replace(
        row,
        title=declared.title.strip(),
        time_zone=declared.time_zone,
        profile=rows.WarehouseProfile(
            sender=declared.sender, paper=declared.paper or "", cut_off=declared.cut_off
        ),
        marketplace_warehouses={name: ids for name, ids in declared.marketplace_warehouses.items() if ids},
        declared=True,
    )


def refuse_secrets(config: Config, registry: Registry) -> None:
    """Raise ConfigError for a credential that stands in plugins.toml, before anything is opened."""
    for declared in (*(one.accounts for one in config.sellers.values()), config.operator.accounts):
        for account in declared.values():
            if account.plugin in registry.names:
                configuration.refuse_secrets(account, registry.settings_type(account.plugin))
    for account in config.operator.accounts.values():
        if account.plugin not in registry.messengers:
            raise ConfigError(
                "{where}: the plugin '{plugin}' sends no messages: the operator's accounts are addresses for "
                "messages",
                code="config.operator_account_no_messenger",
                values={"where": account.where, "plugin": account.plugin},
            )


def _seller(declared: SellerConfig, known: rows.SellerRow | None, clock: Clock) -> rows.SellerRow:
    profile = rows.SellerProfile() if known is None else known.profile
    return rows.SellerRow(
        slug=declared.slug,
        title=declared.title,
        time_zone=declared.time_zone,
        plugins=declared.plugins,
        profile=msgspec.structs.replace(
            profile,
            language=declared.language,
            paper=str(declared.paper),
            reference_prefix=declared.reference_prefix,
            sender=declared.sender,
            defaults=None if declared.defaults is None else msgspec.structs.astuple(declared.defaults),
            carrier_rules=declared.carrier_rules,
        ),
        declared=True,
        created_at=clock.now() if known is None else known.created_at,
    )


def _check_prefix(store: Store, config: Config, row: rows.SellerRow, known: rows.SellerRow | None) -> None:
    """The prefix is in every reference: with another one, a booking that exists is not found again."""
    if known is None or known.profile.reference_prefix == row.profile.reference_prefix:
        return
    if operations.any_of_seller(store.reader, row.slug):
        raise ConfigError(
            "{path}: sellers.{slug}.reference_prefix: it was '{reference_prefix}' when the first parcel was "
            "booked and is permanent: write that again",
            code="config.sellers_reference_prefix_when",
            values={
                "path": config.path,
                "slug": row.slug,
                "reference_prefix": known.profile.reference_prefix,
            },
        )


def _account(
    slug: str, name: str, declared: AccountConfig, known: rows.AccountRow | None, clock: Clock
) -> rows.AccountRow | None:
    if known is None:
        return rows.AccountRow(
            id=new_id("acc"),
            seller=slug,
            plugin=declared.plugin,
            name=name,
            external_id="",
            credentials=None,
            status="unchecked",
            status_data={},
            checked_at=None,
            created_at=clock.now(),
        )
    if known.credentials is not None:
        raise ConfigError(
            "{where}: an account of this name was added with 'hub account add': give this one another name, "
            "or remove it here",
            code="config.account_name_added_give",
            values={"where": declared.where},
        )
    if known.plugin != declared.plugin:
        raise ConfigError(
            "{where}.plugin: this account was of '{plugin}'; its postings refer to it. Give the new one "
            "another name",
            code="config.plugin_account_postings_refer",
            values={"where": declared.where, "plugin": known.plugin},
        )
    return None
