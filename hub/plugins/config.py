"""plugins.toml: which plugins may run here, and which are on for which seller.

The file is read once at start. Everything in it is checked before anything is imported, and what is wrong
is refused with the file, the key path, the line where it is unambiguous, and what to do.
"""

from __future__ import annotations

import ipaddress
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from hub.plugin_api.errors import ConfigError
from hub.plugin_api.labels import Paper
from hub.plugin_api.models import Sender
from hub.plugin_api.rule_checks import problems
from hub.plugin_api.rules import CarrierRules, Rule
from hub.plugin_api.settings import Settings, load_settings, secret_fields
from hub.plugins.addresses import written_addresses, wrong_entry
from hub.plugins.checks import installed
from hub.plugins.senders import wrong_phone
from hub.plugins.time_zones import zone_problem as zone_problem
from hub.plugins.toml_keys import KeyPath, line_of, shown, unknown_key, wrong_value
from hub.plugins.warehouse_config import WarehouseConfig, wrong_warehouse
from hub.words import said

S = TypeVar("S", bound=Settings)
T = TypeVar("T")

Positive = Annotated[int, msgspec.Meta(gt=0)]

_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_PREFIX = re.compile(r"[A-Z2-7]{0,8}")
_ENV = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]*)")


class PackageDefaults(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The seller's explicit default for products whose weight or size the catalogue does not know."""

    weight_g: Positive
    length_mm: Positive
    width_mm: Positive
    height_mm: Positive


class AccountConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account that the file declares. ``settings`` are as they stand there: secrets are ``env:NAME``."""

    plugin: str
    settings: dict[str, Any] = {}
    where: str = ""
    """The file and the key path, for messages; set by the reader."""

    def __repr__(self) -> str:
        return f"AccountConfig({self.plugin!r}, ...)"


class SellerConfig(CarrierRules, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A seller that the file declares; ``slug`` is its key there, and permanent.

    How its parcels are given to carriers stands beside the rest: see `hub.plugin_api.rules.CarrierRules`.
    """

    slug: str
    title: str
    time_zone: str
    """IANA name: deadlines are shown, and days begin, in this zone."""
    plugins: tuple[str, ...] = ()
    language: Literal["ru", "zh", "en"] = "ru"
    paper: Paper = Paper.LABEL_100X150
    reference_prefix: str = ""
    """Begins every booking reference of this seller: up to 8 of A-Z and 2-7. Permanent, like the slug."""
    sender: Sender | None = None
    defaults: PackageDefaults | None = None
    accounts: dict[str, AccountConfig] = msgspec.field(default_factory=dict)
    warehouses: dict[str, WarehouseConfig] = msgspec.field(default_factory=dict)

    @property
    def carrier_rules(self) -> CarrierRules:
        """How carriers are chosen, by itself."""
        return CarrierRules(**{name: getattr(self, name) for name in CarrierRules.__struct_fields__})


class ServerConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where ``hub serve`` listens."""

    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8080
    connections: Positive = 500
    """At most so many at once, from everybody together."""
    connections_of_one: Positive = 50
    """At most so many at once from one address that is neither loopback nor a proxy."""
    proxies: tuple[str, ...] = ()
    """Addresses and networks of reverse proxies, behind each of which there are many clients."""


class RetentionConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long the hub remembers buyers. Without it: for ever."""

    personal_data: Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]{0,4}d$")] | None = None
    """Days after the parcel is over, like ``180d``."""

    @property
    def age(self) -> timedelta | None:
        """The same as a time; None: nothing is erased by itself."""
        return None if self.personal_data is None else timedelta(days=int(self.personal_data[:-1]))


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file."""

    path: Path
    allow: tuple[str, ...]
    sellers: dict[str, SellerConfig] = {}
    server: ServerConfig = ServerConfig()
    retention: RetentionConfig = RetentionConfig()
    addresses: dict[str, tuple[str, ...]] = {}
    """By plugin: where it may connect beside the vendor's own addresses; see `hub.plugins.addresses`."""

    def named(self, plugin: str, seller: str, account: str) -> tuple[str, ...]:
        """The addresses that the operator named for this account: for its plugin, and in the account itself
        where this file declares it."""
        own = self.sellers.get(seller)
        declared = None if own is None else own.accounts.get(account)
        if declared is None or declared.plugin != plugin:
            return self.addresses.get(plugin, ())
        written = {name: _peeked(value) for name, value in declared.settings.items()}
        return (*self.addresses.get(plugin, ()), *written_addresses(written))


class _Plugins(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    allow: tuple[str, ...]


class _File(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    plugins: dict[str, Any]
    sellers: dict[str, dict[str, Any]] = {}
    server: dict[str, Any] = {}
    retention: dict[str, Any] = {}
    addresses: dict[str, tuple[str, ...]] = {}


def load_config(path: Path) -> Config:
    """Read and check plugins.toml. Raises ConfigError; a missing file is an error too."""
    return _Reader(path).config()


def load_rules(path: Path) -> CarrierRules:
    """Read a file that holds a seller's rules for carriers alone. Raises ConfigError."""
    return _Reader(path).carrier_rules()


def resolve_env(settings: Mapping[str, Any], *, where: str = "settings") -> dict[str, Any]:
    """The settings with every ``env:NAME`` replaced by that variable's value.

    Raises ConfigError that names the variable when it is missing or empty.
    """
    return {name: _resolved(value, f"{where}.{name}") for name, value in settings.items()}


def refuse_secrets(account: AccountConfig, kind: type[Settings]) -> None:
    """Raise ConfigError for a secret that stands in the file itself: it is read by more than this hub."""
    for name in sorted(secret_fields(kind)):
        value = account.settings.get(name)
        if value is not None and not (isinstance(value, str) and value.startswith("env:")):
            raise ConfigError(
                "{where}.settings.{name}: a secret does not belong into this file. Write {name} = "
                "\"env:SOME_NAME\" and set that variable, or use 'hub account add'",
                code="config.settings_secret_not_belong_into",
                values={"where": account.where, "name": name},
            )


def load_account_settings(account: AccountConfig, kind: type[S]) -> S:
    """An account's settings as its plugin wants them.

    Raises ConfigError for a secret that stands in the file, a missing variable, or a wrong field.
    """
    refuse_secrets(account, kind)
    values = resolve_env(account.settings, where=f"{account.where}.settings")
    try:
        return load_settings(kind, values)
    except ConfigError as error:
        raise ConfigError(
            "{where}: {said}", code="config.place", values={"where": account.where, "said": error.said}
        ) from None


def _peeked(value: Any) -> Any:
    """A setting with its variable filled in; one that is missing is told when the account is opened."""
    match = _ENV.fullmatch(value) if isinstance(value, str) else None
    return value if match is None else os.environ.get(match[1], "")


def _resolved(value: Any, where: str) -> Any:
    if not isinstance(value, str) or not value.startswith("env:"):
        return value
    match = _ENV.fullmatch(value)
    if match is None:
        raise ConfigError(
            "{where}: write env:NAME, where NAME is an environment variable's name",
            code="config.write_env_name_where",
            values={"where": where},
        )
    found = os.environ.get(match[1])
    if not found:
        raise ConfigError(
            "{where}: the environment variable {match} is not set. Set it and start again",
            code="config.environment_variable_not_set_set",
            values={"where": where, "match": match[1]},
        )
    return found


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
            retention=self._convert(file.retention, RetentionConfig, ("retention",)),
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
        declared = table.get("accounts", {})
        if not isinstance(declared, dict):
            raise self._error(
                (*keys, "accounts"),
                said(
                    "write {value} blocks",
                    code="config.write_blocks",
                    values={"value": f"[sellers.{slug}.accounts.<name>]"},
                ),
            )
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
            name: self._account(name, account, seller, (*keys, "accounts", name))
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

    def _account(self, name: str, table: Any, seller: SellerConfig, keys: KeyPath) -> AccountConfig:
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
        if account.plugin not in seller.plugins:
            raise self._error(
                (*keys, "plugin"),
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
        return msgspec.structs.replace(account, where=f"{self.path}: {shown(keys)}")

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
