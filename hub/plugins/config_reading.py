"""Reading plugins.toml, once, at start.

Everything in it is checked before anything is imported, and what is wrong is refused with the file, the key
path, the line where it is unambiguous, and what to do.
"""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from hub.plugin_api.errors import ConfigError
from hub.plugin_api.rule_checks import problems
from hub.plugin_api.rules import CarrierRules, Rule
from hub.plugins.addresses import wrong_entry
from hub.plugins.checks import installed
from hub.plugins.config import (
    AccountConfig,
    Config,
    OperatorConfig,
    RetentionConfig,
    SellerConfig,
    ServerConfig,
)
from hub.plugins.senders import wrong_phone
from hub.plugins.store_config import StoreConfig, wrong_url
from hub.plugins.time_zones import zone_problem
from hub.plugins.toml_keys import KeyPath, line_of, shown, unknown_key, wrong_value
from hub.plugins.warehouse_config import wrong_warehouse
from hub.words import said

T = TypeVar("T")

_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_PREFIX = re.compile(r"[A-Z2-7]{0,8}")


class _Plugins(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    allow: tuple[str, ...]


class _File(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    plugins: dict[str, Any]
    sellers: dict[str, dict[str, Any]] = {}
    server: dict[str, Any] = {}
    store: dict[str, Any] = {}
    retention: dict[str, Any] = {}
    operator: dict[str, Any] = {}
    addresses: dict[str, tuple[str, ...]] = {}


def load_config(path: Path) -> Config:
    """Read and check plugins.toml. Raises ConfigError; a missing file is an error too."""
    return _Reader(path).config()


def load_rules(path: Path) -> CarrierRules:
    """Read a file that holds a seller's rules for carriers alone. Raises ConfigError."""
    return _Reader(path).carrier_rules()


class _Reader:
    """Checks one file piece by piece, so that every error knows its key path."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.text = path.read_text("utf-8-sig")
        except FileNotFoundError:
            raise ConfigError(
                "{path} does not exist: run 'hub init' to make it",
                code="config.not_exist_run_make",
                values={"path": path},
            ) from None
        except UnicodeDecodeError:
            raise ConfigError(
                "{path} is not UTF-8 text: save it as UTF-8",
                code="config.not_utf_8_text_save",
                values={"path": path},
            ) from None
        except OSError as error:
            raise ConfigError(
                "{path} cannot be read: {error}",
                code="config.cannot_read",
                values={"path": path, "error": error.strerror or error},
            ) from None

    def _document(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(
                "{path} is not TOML: {error}",
                code="config.not_toml",
                values={"path": self.path, "error": error},
            ) from None

    def carrier_rules(self) -> CarrierRules:
        document = self._document()
        known = {name: value for name, value in document.items() if name != "rules"}
        rules = self._rules(document.get("rules", []), ("rules",))
        return msgspec.structs.replace(self._convert(known, CarrierRules, ()), rules=rules)

    def config(self) -> Config:
        document = self._document()
        file = self._convert(document, _File, ())
        allow = self._names(self._convert(file.plugins, _Plugins, ("plugins",)).allow)
        return Config(
            path=self.path,
            allow=allow,
            sellers={slug: self._seller(slug, table, allow) for slug, table in file.sellers.items()},
            server=self._server(file.server),
            store=self._store(file.store),
            retention=self._convert(file.retention, RetentionConfig, ("retention",)),
            operator=self._operator(file.operator, allow),
            addresses=self._addresses(file.addresses, allow),
        )

    def _server(self, table: dict[str, Any]) -> ServerConfig:
        server = self._convert(table, ServerConfig, ("server",))
        for proxy in server.proxies:
            try:
                ipaddress.ip_network(proxy)
            except ValueError:
                problem = said(
                    '\'{proxy}\' is neither an address nor a network: write "10.0.0.2" or "10.0.0.0/24"',
                    code="config.neither_address_nor_network",
                    values={"proxy": proxy},
                )
                raise self._error(("server", "proxies"), problem) from None
        return server

    def _store(self, table: dict[str, Any]) -> StoreConfig:
        store = self._convert(table, StoreConfig, ("store",))
        if wrong := wrong_url(store.url):
            raise self._error(("store", "url"), wrong)
        return store

    def _operator(self, table: dict[str, Any], allow: tuple[str, ...]) -> OperatorConfig:
        keys: KeyPath = ("operator",)
        accounts = self._blocks(table.get("accounts", {}), keys)
        bare = {name: value for name, value in table.items() if name != "accounts"}
        operator = self._convert(bare, OperatorConfig, keys)
        if problem := zone_problem(operator.time_zone):
            raise self._error((*keys, "time_zone"), problem)
        found = {}
        for name, account in accounts.items():
            here: KeyPath = (*keys, "accounts", name)
            found[name] = self._account(name, account, here)
            if found[name].plugin not in allow:
                values = {"plugin": found[name].plugin, "off": _off(found[name].plugin, allow)}
                problem = said(
                    "the plugin '{plugin}' may not run here{off}: add it to 'allow' in [plugins], or "
                    "remove it here",
                    code="config.plugin_not_run_add_allow",
                    values=values,
                )
                raise self._error((*here, "plugin"), problem)
        return msgspec.structs.replace(operator, accounts=found)

    def _blocks(self, declared: Any, keys: KeyPath) -> dict[str, Any]:
        if not isinstance(declared, dict):
            values = {"value": f"[{shown(keys)}.accounts.<name>]"}
            problem = said("write {value} blocks", code="config.write_blocks", values=values)
            raise self._error((*keys, "accounts"), problem)
        return declared

    def _addresses(
        self, table: dict[str, tuple[str, ...]], allow: tuple[str, ...]
    ) -> dict[str, tuple[str, ...]]:
        for plugin, entries in table.items():
            keys: KeyPath = ("addresses", plugin)
            if plugin not in allow:
                raise self._error(
                    keys,
                    said(
                        "the plugin '{plugin}' may not run here{off}: add it to 'allow' in [plugins], or "
                        "remove it here",
                        code="config.plugin_not_run_add_allow",
                        values={"plugin": plugin, "off": _off(plugin, allow)},
                    ),
                )
            if problem := next(filter(None, map(wrong_entry, entries)), ""):
                raise self._error(keys, problem)
        return table

    def _seller(self, slug: str, table: dict[str, Any], allow: tuple[str, ...]) -> SellerConfig:
        keys: KeyPath = ("sellers", slug)
        if not _SLUG.fullmatch(slug):
            raise self._error(
                keys,
                said(
                    "a seller's key is up to 40 of a-z, 0-9, '-' and '_', and permanent: choose another",
                    code="config.seller_key_up_40",
                ),
            )
        if "slug" in table:
            raise self._error(
                (*keys, "slug"),
                said(
                    "the seller's key is already '{slug}': remove this line",
                    code="config.seller_key_already_remove",
                    values={"slug": slug},
                ),
            )
        declared = self._blocks(table.get("accounts", {}), keys)
        if "choice" in table:
            raise self._error(
                (*keys, "choice"),
                said(
                    'this key is called strategy: write strategy = "cheapest_in_time"',
                    code="config.key_called_strategy_write",
                ),
            )
        bare = {name: value for name, value in table.items() if name not in ("accounts", "rules")}
        self._unknown(table, SellerConfig, keys, hidden=("slug",))
        seller = self._convert({**bare, "slug": slug}, SellerConfig, keys)
        seller = msgspec.structs.replace(
            seller,
            plugins=self._names(seller.plugins),
            rules=self._rules(table.get("rules", []), (*keys, "rules")),
        )
        self._check_seller(seller, allow, keys)
        accounts = {
            name: self._of_seller(self._account(name, account, (*keys, "accounts", name)), seller, name)
            for name, account in declared.items()
        }
        return msgspec.structs.replace(seller, accounts=accounts)

    def _check_seller(self, seller: SellerConfig, allow: tuple[str, ...], keys: KeyPath) -> None:
        for plugin in seller.plugins:
            if plugin not in allow:
                raise self._error(
                    (*keys, "plugins"),
                    said(
                        "the plugin '{plugin}' is on for this seller but may not run here{off}: add it to "
                        "'allow' in [plugins], or remove it here",
                        code="config.plugin_seller_not_run_add",
                        values={"plugin": plugin, "off": _off(plugin, allow)},
                    ),
                )
        if problem := zone_problem(seller.time_zone):
            raise self._error((*keys, "time_zone"), problem)
        if not _PREFIX.fullmatch(seller.reference_prefix):
            raise self._error(
                (*keys, "reference_prefix"),
                said(
                    "'{reference_prefix}' is not up to 8 of A-Z and 2-7, which every carrier takes",
                    code="config.not_up_8_z_2",
                    values={"reference_prefix": seller.reference_prefix},
                ),
            )
        if wrong := wrong_phone(seller.sender):
            raise self._error(
                (*keys, *wrong[0]),
                said("write {wanted}", code="config.write_wanted", values={"wanted": wrong[1]}),
            )
        if wrong := wrong_warehouse(seller.warehouses, zone_problem):
            raise self._error((*keys, "warehouses", *wrong[0]), wrong[1])
        for below, what in problems(seller, seller.plugins, seller.plugins):
            raise self._error((*keys, *below), what)

    def _rules(self, tables: Any, keys: KeyPath) -> tuple[Rule, ...]:
        if not isinstance(tables, list):
            raise self._error(
                keys,
                said(
                    "write a block {value} for each rule",
                    code="config.write_block_each_rule",
                    values={"value": f"[[{shown(keys)}]]"},
                ),
            )
        return tuple(self._convert(table, Rule, (*keys, at)) for at, table in enumerate(tables, 1))

    def _account(self, name: str, table: Any, keys: KeyPath) -> AccountConfig:
        if not isinstance(table, dict):
            raise self._error(
                keys,
                said(
                    'write a block {value} with plugin = "..."',
                    code="config.write_block_plugin",
                    values={"value": f"[{shown(keys)}]"},
                ),
            )
        self._unknown(table, AccountConfig, keys, hidden=("where",))
        account = self._convert(table, AccountConfig, keys)
        return msgspec.structs.replace(account, where=f"{self.path}: {shown(keys)}")

    def _of_seller(self, account: AccountConfig, seller: SellerConfig, name: str) -> AccountConfig:
        if account.plugin not in seller.plugins:
            raise self._error(
                ("sellers", seller.slug, "accounts", name, "plugin"),
                said(
                    "the plugin '{plugin}' is not on for {slug}{suggest}: add it to 'plugins' of {value}",
                    code="config.plugin_not_add_plugins",
                    values={
                        "plugin": account.plugin,
                        "slug": seller.slug,
                        "suggest": _suggest(account.plugin, seller.plugins),
                        "value": f"[sellers.{seller.slug}]",
                    },
                ),
            )
        return account

    def _names(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(names))

    def _convert(self, table: Any, kind: type[T], keys: KeyPath) -> T:
        self._unknown(table, kind, keys)
        try:
            return msgspec.convert(table, kind)
        except msgspec.ValidationError as error:
            below, what = wrong_value(error, kind)
            raise self._error((*keys, *below), what) from None

    def _unknown(self, table: Any, kind: type, keys: KeyPath, *, hidden: tuple[str, ...] = ()) -> None:
        if found := unknown_key(table, kind, hidden=hidden):
            below, known = found
            raise self._error(
                (*keys, *below),
                said(
                    "there is no such key{suggest}",
                    code="config.no_key",
                    values={"suggest": _suggest(str(below[-1]), known)},
                ),
            )

    def _error(self, keys: KeyPath, what: str) -> ConfigError:
        line = line_of(self.text, keys)
        place = (
            said("{path}, line {line}", code="config.line", values={"path": self.path, "line": line})
            if line
            else str(self.path)
        )
        values = {"place": place, "keys": shown(keys), "what": what}
        return ConfigError("{place}[: {keys}]: {what}", code="config.wrong", values=values)


def _off(plugin: str, allow: Iterable[str]) -> str:
    """What may have been meant by a plugin that is not allowed: nothing else, where it is installed."""
    return "" if plugin in installed() else _suggest(plugin, allow)


def _suggest(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return said(" (did you mean '{near}'?)", code="config.did_you_mean", values={"near": near[0]})
    return (
        said(" (there are {names})", code="config.there_are", values={"names": ", ".join(names)})
        if 0 < len(names) <= 20
        else ""
    )
