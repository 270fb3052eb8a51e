"""plugins.toml, as it is read: which plugins may run here, and which are on for which seller."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from hub.plugin_api.errors import ConfigError
from hub.plugin_api.labels import Paper
from hub.plugin_api.models import Sender
from hub.plugin_api.rules import CarrierRules
from hub.plugin_api.settings import Settings, load_settings, secret_fields
from hub.plugins.addresses import written_addresses
from hub.plugins.environment import peeked, resolve_env
from hub.plugins.store_config import StoreConfig
from hub.plugins.warehouse_config import WarehouseConfig

S = TypeVar("S", bound=Settings)

Positive = Annotated[int, msgspec.Meta(gt=0)]


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


class OperatorConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who runs the hub, and is told of what is no seller's."""

    language: Literal["ru", "zh", "en"] = "ru"
    time_zone: str = "UTC"
    """IANA name: times are told, and quiet hours are, in this zone."""
    accounts: dict[str, AccountConfig] = msgspec.field(default_factory=dict)
    """Addresses for messages."""


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file."""

    path: Path
    allow: tuple[str, ...]
    sellers: dict[str, SellerConfig] = {}
    server: ServerConfig = ServerConfig()
    store: StoreConfig = StoreConfig()
    retention: RetentionConfig = RetentionConfig()
    operator: OperatorConfig = OperatorConfig()
    addresses: dict[str, tuple[str, ...]] = {}
    """By plugin: where it may connect beside the vendor's own addresses; see `hub.plugins.addresses`."""

    def declared(self, seller: str, account: str) -> AccountConfig | None:
        """The account of this name that the file declares for a seller, or for the operator ("")."""
        if not seller:
            return self.operator.accounts.get(account)
        own = self.sellers.get(seller)
        return None if own is None else own.accounts.get(account)

    def named(self, plugin: str, seller: str, account: str) -> tuple[str, ...]:
        """The addresses that the operator named for this account: for its plugin, and in the account itself
        where this file declares it."""
        declared = self.declared(seller, account)
        if declared is None or declared.plugin != plugin:
            return self.addresses.get(plugin, ())
        written = {name: peeked(value) for name, value in declared.settings.items()}
        return (*self.addresses.get(plugin, ()), *written_addresses(written))


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
