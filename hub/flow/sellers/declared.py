"""Sellers and accounts that plugins.toml declares, brought into the store when the hub opens.

A declared row is read-only at the doors. Rows that the file no longer names stay, for postings refer to
them: such a seller's plugins are off, and such an account has no settings until the file names it again.
"""

from __future__ import annotations

import msgspec

from hub.plugin_api.clock import Clock
from hub.plugin_api.errors import ConfigError
from hub.plugin_api.ids import new_id
from hub.plugins import config as configuration
from hub.plugins.config import AccountConfig, Config, SellerConfig
from hub.plugins.registry import Registry
from hub.store import Store, Transaction, accounts, operations, rows, sellers


def declare(store: Store, config: Config, clock: Clock) -> None:
    """Make the store's sellers and accounts those of plugins.toml; writes only what differs.

    Raises ConfigError for a change that would pay for parcels twice, or take an account's history away.
    """
    known = {row.slug: row for row in sellers.every(store.reader)}
    connected = {(row.seller, row.name): row for row in accounts.every(store.reader)}
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
    if not changed and not added:
        return

    def write(tx: Transaction) -> None:
        for row in changed:
            rows.sellers.put(tx, row)
        for account in added:
            # another process may have opened the same home a moment ago
            if accounts.named(tx, account.seller, account.name) is None:
                rows.accounts.insert(tx, account)

    store.write_now(write)


def refuse_secrets(config: Config, registry: Registry) -> None:
    """Raise ConfigError for a credential that stands in plugins.toml, before anything is opened."""
    for seller in config.sellers.values():
        for account in seller.accounts.values():
            if account.plugin in registry.names:
                configuration.refuse_secrets(account, registry.settings_type(account.plugin))


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
