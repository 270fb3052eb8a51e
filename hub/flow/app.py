"""Everything that a door or a worker needs, opened once a process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

import httpx
import msgspec

from hub.calls.budget import Budget
from hub.calls.children import Children
from hub.calls.connecting import numbers_of
from hub.calls.pace import Pace
from hub.calls.transport import make_client
from hub.flow.runtime.credentials import KeyRing
from hub.flow.runtime.ledger import StoredCalls
from hub.flow.runtime.on_paper import on_paper
from hub.flow.runtime.places import addresses_of
from hub.flow.runtime.stored_accounts import account_row, as_account, settings_of
from hub.flow.runtime.unknown import no_such_seller
from hub.flow.runtime.vendors_keys import know_keys
from hub.flow.runtime.warehouse import Warehouse, warehouse_of
from hub.plugin_api.carriers import Carrier
from hub.plugin_api.clock import Clock
from hub.plugin_api.errors import ConfigError, NotFound, Unsupported
from hub.plugin_api.labels import LabelRenderer
from hub.plugin_api.messengers import Messenger
from hub.plugin_api.settings import Account, Settings
from hub.plugin_api.sources import OrderSource
from hub.plugins.addresses import Addresses
from hub.plugins.config import Config
from hub.plugins.config_example import EXAMPLE
from hub.plugins.loader import Registry
from hub.store import Server, Store, accounts, make_tables, place_of, rows

T = TypeVar("T")
Connected = Carrier[Any] | OrderSource[Any] | Messenger[Any]
log = logging.getLogger("hub.store")
FORGOTTEN = "this database may have forgotten bookings (%s): carriers are asked before each"


class App:
    """Configuration, plugins, store, clock and the vendors' objects of one hub. Close it when done."""

    def __init__(
        self, home: Path, config: Config, registry: Registry, store: Store, clock: Clock, keyring: KeyRing
    ) -> None:
        self.home = home
        self.config = config
        self.registry = registry
        self.store = store
        self.clock = clock
        self.keyring = keyring
        doubted = store.examine(clock.now())
        if doubted in ("copied", "lost"):
            log.warning(FORGOTTEN, doubted)
        self._clients: dict[str, httpx.AsyncClient] = {}
        self._budgets: dict[str, Budget] = {}
        self._connected: dict[str, tuple[bytes, Connected]] = {}
        self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="render")
        self._renderers: dict[str, LabelRenderer] = {}
        self.children = Children()
        """What opens the files of vendors."""
        self._kept: dict[type, object] = {}
        self.woken = asyncio.Event()
        """Set when work was queued in this process, so that its worker does not wait for the next look."""

    async def aclose(self) -> None:
        """Close the clients, the pool and the database."""
        for budget in self._budgets.values():
            await budget.aclose()
        for client in self._clients.values():
            await client.aclose()
        await asyncio.to_thread(self.children.close)
        self._pool.shutdown(wait=True, cancel_futures=True)
        self.store.close()

    def kept(self, kind: type[T]) -> T:
        """The one object of this class in this process: what a room remembers between its turns."""
        if kind not in self._kept:
            self._kept[kind] = kind()
        return cast("T", self._kept[kind])

    def settings_of(self, row: rows.AccountRow) -> Settings:
        """The account's settings, opened. Raises ConfigError."""
        return settings_of(self.config, self.registry, self.keyring, row)

    def addresses(self, plugin: str, seller: str, account: str) -> Addresses:
        """Where an account of this name may connect."""
        return addresses_of(self.config, self.registry, plugin, seller, account)

    def connect(self, plugin: str, settings: Settings, account: Account) -> Connected:
        """The plugin's object for an account: one HTTP client an account, for the life of the process.

        Raises AddressRefused for settings with an address that neither the plugin nor the operator names.
        """
        kind = self.registry.of_accounts(plugin)
        if kind is None:
            raise ConfigError(
                "the plugin '{plugin}' brings no carrier, order source or messenger",
                code="config.plugin_brings_neither_carrier",
                values={"plugin": plugin},
            )
        addresses = self.addresses(plugin, account.seller, account.name)
        addresses.check_settings(settings)
        know_keys(settings)
        client = self._clients.get(account.id)
        if client is None:
            ledger = StoredCalls(self.store, account.id, account.seller, self.clock.now)
            budget = self._budgets[account.id] = Budget(self.clock, kind.title, kind.limits, ledger)
            pace = Pace(self.clock, kind.title, kind.limits, budget)
            client = self._clients[account.id] = make_client(pace=pace, addresses=addresses)
        folder = self.home / "files" / account.seller
        made = kind(settings, client, msgspec.structs.replace(account, folder=folder))
        if isinstance(made, Messenger):
            made.reach = partial(numbers_of, addresses)
        return made

    def budget(self, account_id: str) -> Budget:
        """The calls of the day of an account: may so many more go now (`Budget.may_go`)? It is made with the
        account's first object and stays for the life of the process. Raises NotFound."""
        known = self._budgets.get(account_id)
        if known is None:
            self._of_account(account_id)
            known = self._budgets[account_id]
        return known

    def _of_account(self, account: str | rows.AccountRow) -> Connected:
        row = account_row(self.store.reader, account) if isinstance(account, str) else account
        stamp = (row.credentials or b"declared") + row.external_id.encode()
        known = self._connected.get(row.id)
        if known is None or known[0] != stamp:
            made = self.connect(row.plugin, self.settings_of(row), as_account(row))
            known = self._connected[row.id] = (stamp, made)
        return known[1]

    def carrier(self, account: str | rows.AccountRow) -> Carrier[Any]:
        """The carrier object of an account, given by its id, or as it was read a moment ago. Raises
        NotFound."""
        found = self._of_account(account)
        if not isinstance(found, Carrier):
            raise NotFound("this account is not a carrier's", code="not_found.no_carrier_account")
        return found

    def source(self, account_id: str) -> OrderSource[Any]:
        """The order source of an account. Raises NotFound."""
        found = self._of_account(account_id)
        if not isinstance(found, OrderSource):
            raise NotFound("this account is not a marketplace's", code="not_found.no_market_account")
        return found

    def messenger(self, account: str | rows.AccountRow) -> Messenger[Any]:
        """The messenger of an account. Raises NotFound."""
        found = self._of_account(account)
        if not isinstance(found, Messenger):
            raise NotFound("this account is not a messenger's", code="not_found.no_messenger_account")
        return found

    def seller(self, slug: str) -> rows.SellerRow:
        """The seller's row. Raises NotFound."""
        row = rows.sellers.get(self.store.reader, slug)
        if row is None:
            raise no_such_seller(self.store.reader, slug)
        return row

    def warehouse(self, posting: rows.PostingRow, seller: rows.SellerRow | None = None) -> Warehouse:
        """Where the posting leaves from, with what holds there. ``seller``: its seller, where that was read
        already. Raises NotFound for an unknown seller."""
        seller = seller or self.seller(posting.seller)
        return warehouse_of(self.store.reader, seller, posting.warehouse)

    def carrier_accounts(
        self, seller: rows.SellerRow, among: Sequence[rows.AccountRow] | None = None
    ) -> list[rows.AccountRow]:
        """The seller's usable carrier accounts: the plugin is allowed, on, and brings a carrier. ``among``:
        all accounts of the seller, where they were read already."""
        found = accounts.of_seller(self.store.reader, seller.slug) if among is None else among
        return [
            row
            for row in found
            if row.plugin in seller.plugins and row.plugin in self.registry.carriers and row.status != "bad"
        ]

    def source_accounts(self, seller: rows.SellerRow) -> list[rows.AccountRow]:
        """The seller's usable marketplace accounts."""
        found = accounts.of_seller(self.store.reader, seller.slug)
        return [
            row
            for row in found
            if row.plugin in seller.plugins and row.plugin in self.registry.sources and row.status != "bad"
        ]

    def messenger_accounts(self, seller: rows.SellerRow) -> list[rows.AccountRow]:
        """The seller's usable addresses for messages, the first that was added first."""
        if not self.registry.messengers:
            return []  # nearly everywhere: no statement
        found = accounts.of_seller(self.store.reader, seller.slug)
        return [
            row
            for row in found
            if row.plugin in seller.plugins and row.plugin in self.registry.messengers and row.status != "bad"
        ]

    def renderer(self) -> LabelRenderer:
        """The renderer of labels and slips. Raises Unsupported when no plugin brings one."""
        for code, kind in self.registry.renderers.items():
            if code not in self._renderers:
                self._renderers[code] = on_paper(kind)
            return self._renderers[code]
        raise Unsupported(
            "no plugin draws labels: add 'labels' to [plugins] allow in plugins.toml",
            code="unsupported.no_plugin_draws_labels_add",
        )

    async def render(self, work: Callable[[], T]) -> T:
        """Run the drawing of the hub's own papers in a bounded pool, off the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)


def init_home(home: Path, *, database: str = "", new_key: bool = False) -> list[Path | Server]:
    """Make a home: plugins.toml with comments, the key, and the tables where the database is on a server.
    What exists stays. Returns what was made.

    Raises ConfigError for a database whose key is gone, unless ``new_key`` wants another all the same; and as
    `hub.store.open_store`, before anything is made.
    """
    place = place_of(home, database)
    fresh = isinstance(place, Server) and make_tables(place)
    there = place.exists() if isinstance(place, Path) else not fresh
    home.mkdir(parents=True, exist_ok=True)
    made: list[Path | Server] = [place] if fresh else []
    plugins = home / "plugins.toml"
    if not plugins.exists():
        plugins.write_text(EXAMPLE, encoding="utf-8")
        made.append(plugins)
    key = KeyRing.create(home, beside_database=there and not new_key)
    if key is not None:
        made.append(key)
    return made


def changed(row: T, **changes: Any) -> T:
    """The struct with some fields changed."""
    return msgspec.structs.replace(row, **changes)  # type: ignore[type-var]
