"""An account as it is stored, and its settings as its plugin wants them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from hub.flow.runtime.credentials import KeyRing
from hub.plugin_api.errors import ConfigError, NotFound
from hub.plugin_api.settings import Account, Settings, load_settings
from hub.plugins import config as configuration
from hub.plugins.registry import Registry
from hub.store import Transaction, rows

SEALED = "credentials"
"""The column that is sealed."""


class AccountFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the last check found: the JSON of the column ``status_data``."""

    detail: str = ""
    notes: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    expires_at: datetime | None = None
    checked_by: str = ""
    origins: tuple[str, ...] | None = None
    """The origins of the web addresses in its settings; None where an earlier release stored it."""
    answered: tuple[str, ...] = ()
    """The origins that answered the check: the external id is their word."""
    switched_off: bool = False
    """It is ``bad`` because neither the plugin nor the operator names its address."""


def account_facts(row: rows.AccountRow) -> AccountFacts:
    """What the last check found."""
    return msgspec.convert(row.status_data, AccountFacts)


def account_row(connection: Transaction, account_id: str) -> rows.AccountRow:
    """The stored account. Raises NotFound."""
    row = rows.accounts.get(connection, account_id)
    if row is None:
        raise NotFound("no such account", code="not_found.no_account")
    return row


def settings_of(
    config: configuration.Config, registry: Registry, keyring: KeyRing, row: rows.AccountRow
) -> Settings:
    """The settings of an account: opened, or those of plugins.toml with its variables filled in.

    Raises ConfigError: the key is another one, a variable is missing, the file does not declare it any more.
    """
    kind = registry.settings_type(row.plugin)
    if row.credentials is not None:
        return load_settings(kind, unsealed(keyring, row))
    return declared_settings(config, kind, row)


def unsealed(keyring: KeyRing, row: rows.AccountRow) -> dict[str, Any]:
    """The values that an account was stored with; none where plugins.toml declares it.

    Raises ConfigError: the key is another one, or what is stored was changed.
    """
    if row.credentials is None:
        return {}
    plain = keyring.unseal(row.credentials, table="accounts", row_id=row.id, field=SEALED)
    values: dict[str, Any] = msgspec.json.decode(plain)
    return values


def declared_settings(config: configuration.Config, kind: type[Settings], row: rows.AccountRow) -> Settings:
    """The settings of an account that plugins.toml declares. Raises ConfigError."""
    account = config.declared(row.seller, row.name)
    if account is None or account.plugin != row.plugin:
        raise ConfigError(
            "plugins.toml does not declare the account '{name}' of {seller} any more: put it back, or add "
            "it with 'hub account add'",
            code="config.plugins_toml_not_declare_account",
            values={"name": row.name, "seller": row.seller},
        )
    return configuration.load_account_settings(account, kind)


def as_account(row: rows.AccountRow) -> Account:
    """The account as its plugin sees it."""
    return Account(
        id=row.id, seller=row.seller, plugin=row.plugin, name=row.name, external_id=row.external_id
    )
