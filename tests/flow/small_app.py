"""As much of the hub as these rooms need: a store, plugins of this test, a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import httpx

from hub import hookimpl
from hub.flow.runtime.credentials import KeyRing
from hub.flow.runtime.places import addresses_of
from hub.flow.runtime.stored_accounts import settings_of
from hub.flow.sellers.declared import declare
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.clock import ManualClock
from hub.plugin_api.errors import Failure
from hub.plugin_api.models import AccountStatus, Quote, QuoteRequest
from hub.plugin_api.settings import Account, Secret, Settings
from hub.plugin_api.sources import OrderSource
from hub.plugins.addresses import Addresses
from hub.plugins.config import Config
from hub.plugins.config_reading import load_config
from hub.plugins.loader import Registry, load_plugins
from hub.store import Store, open_store, rows

if TYPE_CHECKING:
    from hub.flow.app import App

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
TOML = """\
[plugins]
allow = ["market", "courier"]

[sellers.alpha]
title = "Alpha"
time_zone = "Europe/Moscow"
plugins = ["market", "courier"]
language = "en"
[sellers.alpha.accounts.declared]
plugin = "courier"
settings = { token = "env:TEST_COURIER_TOKEN" }

[sellers.beta]
title = "Beta"
time_zone = "Asia/Shanghai"
plugins = ["market"]
language = "zh"
"""


class ShopSettings(Settings, frozen=True, kw_only=True):
    """Of both plugins: a client id and a token."""

    client_id: str = ""
    token: Secret


Check = Callable[[ShopSettings], AccountStatus]


def good(settings: ShopSettings) -> AccountStatus:
    """The vendor knows the token."""
    return AccountStatus(name="Shop", external_id=settings.client_id, roles=("admin",))


class Vendor:
    """What the two vendors of this test answer; a test replaces ``check``."""

    check: Check = staticmethod(good)


class Market(OrderSource[ShopSettings]):
    code = "market"
    title = "Market"
    settings_type = ShopSettings

    async def check(self) -> AccountStatus:
        return Vendor.check(self.settings)

    def explain(self, error: Exception) -> Failure | None:
        return error.args[0] if isinstance(error, LookupError) else None


class Courier(Carrier[ShopSettings]):
    code = "courier"
    title = "Courier"
    settings_type = ShopSettings

    async def quote(self, request: QuoteRequest) -> Sequence[Quote]:
        return ()


class _MarketPlugin:
    @hookimpl
    def order_sources(self) -> Iterable[type[OrderSource[Any]]]:
        return (Market,)


class _CourierPlugin:
    @hookimpl
    def carriers(self) -> Iterable[type[Carrier[Any]]]:
        return (Courier,)


@dataclass
class SmallApp:
    """The attributes of `hub.flow.app.App` that these rooms use."""

    home: Path
    config: Config
    registry: Registry
    store: Store
    clock: ManualClock
    keyring: KeyRing
    http: httpx.AsyncClient = field(default_factory=httpx.AsyncClient)

    def seller(self, slug: str) -> rows.SellerRow:
        row = rows.sellers.get(self.store.reader, slug)
        assert row is not None
        return row

    def settings_of(self, row: rows.AccountRow) -> Settings:
        return settings_of(self.config, self.registry, self.keyring, row)

    def addresses(self, plugin: str, seller: str, account: str) -> Addresses:
        return addresses_of(self.config, self.registry, plugin, seller, account)

    def connect(
        self, plugin: str, settings: Settings, account: Account
    ) -> Carrier[ShopSettings] | OrderSource[ShopSettings]:
        assert isinstance(settings, ShopSettings)
        kind = Market if plugin == "market" else Courier
        return kind(settings, self.http, account)


def load(home: Path) -> tuple[Config, Registry]:
    """plugins.toml of ``home``, and this test's plugins."""
    config = load_config(home / "plugins.toml")
    return config, load_plugins([], extra={"market": _MarketPlugin(), "courier": _CourierPlugin()})


@contextmanager
def small_app(home: Path, toml: str = TOML) -> Iterator[App]:
    """An app over a new home."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "plugins.toml").write_text(toml, encoding="utf-8")
    KeyRing.create(home)
    config, registry = load(home)
    store = open_store(home / "hub.sqlite")
    app = SmallApp(home, config, registry, store, ManualClock(NOON), KeyRing.open(home))
    try:
        declare(store, config, app.clock)
        yield cast("App", app)
    finally:
        store.close()
