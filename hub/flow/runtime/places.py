"""Where accounts are: what they may call, and what becomes of stored ones that may not call any more.

An account of an earlier release, or one whose address the operator has taken out of plugins.toml, is
switched off when the hub opens: its status is ``bad`` and says why, so that health, the doctor and the list
of accounts tell it, and nothing calls it. It works again when its address is named and the hub starts again.
"""

from __future__ import annotations

import httpx
import msgspec

from hub.flow.runtime.credentials import KeyRing
from hub.flow.runtime.stored_accounts import AccountFacts, account_facts, unsealed
from hub.plugin_api.errors import ConfigError
from hub.plugin_api.settings import load_settings
from hub.plugins.addresses import Addresses, AddressRefused, origins_of, own_addresses
from hub.plugins.config import Config
from hub.plugins.registry import Registry
from hub.store import Store, Transaction, accounts, rows


def addresses_of(config: Config, registry: Registry, plugin: str, seller: str, account: str) -> Addresses:
    """Where an account of this name may connect: the plugin's own addresses, and what the operator named."""
    kind = registry.of_accounts(plugin)
    own = () if kind is None else own_addresses(kind)
    return Addresses(
        plugin, (*own, *config.named(plugin, seller, account)), listed=plugin in config.addresses
    )


def switch_off_unnamed(store: Store, config: Config, registry: Registry, keyring: KeyRing) -> None:
    """Bring the status of stored accounts in line with what may be called; writes only what differs."""
    changed = []
    for row in accounts.with_credentials(store.reader):
        if registry.of_accounts(row.plugin) is None:
            continue
        after = _in_line(row, config, registry, keyring)
        if after != row:
            changed.append((row, after))
    if not changed:
        return

    def write(tx: Transaction) -> None:
        for before, after in changed:
            if rows.accounts.get(tx, before.id) == before:  # another process may have been faster
                rows.accounts.save(tx, after)

    store.write_now(write)


def _in_line(row: rows.AccountRow, config: Config, registry: Registry, keyring: KeyRing) -> rows.AccountRow:
    facts = account_facts(row)
    if facts.origins is None:  # stored by a release that did not keep them
        try:
            settings = load_settings(registry.settings_type(row.plugin), unsealed(keyring, row))
        except ConfigError:
            return row  # it opens nowhere, so it calls nobody; the doctor says why
        facts = msgspec.structs.replace(facts, origins=origins_of(settings))
    refusal = _refused(addresses_of(config, registry, row.plugin, row.seller, row.name), facts)
    status = row.status
    if refusal:
        facts = msgspec.structs.replace(facts, switched_off=True, detail=refusal)
        status = "bad"
    elif facts.switched_off:
        facts = msgspec.structs.replace(facts, switched_off=False, detail="")
        status = "unchecked"
    return msgspec.structs.replace(row, status=status, status_data=msgspec.to_builtins(facts))


def _refused(addresses: Addresses, facts: AccountFacts) -> str:
    for origin in facts.origins or ():
        try:
            addresses.check(httpx.URL(origin))
        except (AddressRefused, httpx.InvalidURL) as error:
            return str(error)
    return ""
