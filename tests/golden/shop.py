"""A hub among emulated vendors, all in one process and at one time."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import httpx
import msgspec
from vendor_emulators.app import Emulator

from hub.calls.transport import make_client
from hub.flow import app as apps
from hub.flow.app import App, init_home
from hub.flow.history.forms import NewAccount
from hub.flow.runtime.credentials import KeyRing
from hub.flow.sellers.declared import declare
from hub.flow.sellers.sellers import add_account
from hub.jobs.worker import Worker
from hub.plugin_api.clock import ManualClock
from hub.plugins.config_reading import load_config
from hub.plugins.loader import load_plugins
from hub.store import open_store, rows
from tests.flow.desk import START, DeskClock
from tests.golden.still import Children, Vendors
from tests.golden.trace import Trace

_BY_THEMSELVES = ("sync", "cancel_requests", "deadlines")


class Shop:
    """The hub, its vendors, and what is written down of them."""

    def __init__(
        self, app: App, clock: ManualClock, emulators: dict[str, Emulator], vendors: Vendors
    ) -> None:
        self.app = app
        self.clock = clock
        self.emulators = emulators
        self._vendors = vendors

    async def control(self, name: str, path: str, body: Any) -> Any:
        """Tell an emulator something that no client could."""
        url = f"{self.emulators[name].urls['url']}/_emulator/{path}"
        async with httpx.AsyncClient(transport=self._vendors) as http:
            answer = await http.post(url, content=msgspec.json.encode(body))
        assert answer.is_success, answer.text
        return answer.json()

    async def connect(self, seller: str, accounts: Mapping[str, Mapping[str, Any]]) -> None:
        """Add accounts, each named as its plugin."""
        for name, settings in accounts.items():
            new = NewAccount(seller=seller, plugin=name, name=name, settings=dict(settings))
            await add_account(self.app, new, "golden")

    async def pass_time(self, seconds: float) -> None:
        """From one due piece of work to the next; what comes round by itself does not set the pace."""
        end = self.clock.now() + timedelta(seconds=seconds)
        while True:
            await Worker(self.app, concurrency=1, per_account=1).run_until_idle(3600)
            marks = ", ".join("?" * len(_BY_THEMSELVES))
            where = f"WHERE state IN ('ready', 'waiting') AND kind NOT IN ({marks}) ORDER BY run_at LIMIT 1"
            job = rows.jobs.first(self.app.store.reader, where, _BY_THEMSELVES)
            if job is None or job.run_at > end:
                break
            self.clock.advance(max((job.run_at - self.clock.now()).total_seconds(), 1))
        self.clock.advance(max((end - self.clock.now()).total_seconds(), 0))
        await Worker(self.app, concurrency=1, per_account=1).run_until_idle(3600)


@asynccontextmanager
async def shop(
    home: Path, trace: Trace, section: str, toml: str, emulators: dict[str, Emulator], clock: DeskClock,
    plugins: list[str], extra: Mapping[str, object],
) -> AsyncIterator[Shop]:  # fmt: skip
    """Open it; when it is closed its tables are in the trace."""

    def note(name: str, request: httpx.Request, body: bytes, status: Any) -> None:
        trace.request(f"{section}.requests", clock.now(), name, request, body, status)

    init_home(home)
    (home / "plugins.toml").write_text(toml, encoding="utf-8")
    config = load_config(home / "plugins.toml")
    registry = load_plugins(plugins, extra=dict(extra))
    store = open_store(home / "hub.sqlite")
    declare(store, config, clock)
    app = App(home, config, registry, store, clock, KeyRing.open(home))
    app.children = Children()
    vendors = Vendors(emulators, note)
    with mock.patch.object(apps, "make_client", functools.partial(make_client, inner=vendors)):
        try:
            yield Shop(app, clock, emulators, vendors)
            trace.tables(section, store)
        finally:
            await app.aclose()


__all__ = ["START", "Shop", "shop"]
