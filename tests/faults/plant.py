"""The plant of the fault runs: a hub over real HTTP, one Ozon, and four couriers that differ in what protects
a booking. Time runs sixty times as fast for everybody."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

import hub_sample
from vendor_emulators.courier.ledger import Mode

import hub
from hub import Carrier
from hub.flow.app import App
from hub.flow.runtime.credentials import KeyRing
from hub.flow.sellers.declared import declare
from hub.plugin_api.clock import VARIABLE, clock_from_environment
from hub.plugins.config_reading import load_config
from hub.plugins.loader import load_plugins
from hub.store import open_store

CLASSES: tuple[Mode, ...] = ("key", "unique_ref", "lookup", "none")
SPEED = 60.0
TOML = """\
[plugins]
allow = ["ozon", "labels", "key", "unique_ref", "lookup", "none"]

[addresses]
ozon = ["http://127.0.0.1:*"]
key = ["http://127.0.0.1:*"]
unique_ref = ["http://127.0.0.1:*"]
lookup = ["http://127.0.0.1:*"]
none = ["http://127.0.0.1:*"]

[sellers.shop]
title = "Shop"
time_zone = "Asia/Shanghai"
plugins = ["ozon", "labels", "key", "unique_ref", "lookup", "none"]
language = "en"
[sellers.shop.sender]
name = "Li Wei"
phone = "+8613800000000"
address = { country = "RU", city = "Москва", postal_code = "101000", street = "ул. Покровка, 1" }
"""


class _Courier(hub_sample.Sample):
    """The sample carrier, which sends its reference as an idempotency key too."""

    async def ask(self, method: str, path: str, **what: Any) -> Any:
        if method == "POST" and path == "/shipments":
            key = {"X-Key": self.settings.key.reveal(), "Idempotency-Key": what["json"]["reference"]}
            answer = await self.http.request(method, self.settings.base_url + path, headers=key, **what)
            if answer.status_code in (409, 422):
                error = answer.json()["error"]
                raise hub.Rejected(
                    error["message"], vendor_code=error["code"], duplicate="duplicate" in error["code"]
                )
            return answer.raise_for_status()
        return await super().ask(method, path, **what)


class KeyCourier(_Courier):
    code = title = "key"
    create_safety = "key"


class UniqueCourier(_Courier):
    code = title = "unique_ref"
    create_safety = "unique_ref"


class LookupCourier(_Courier):
    code = title = "lookup"
    create_safety = "lookup"


class BlindCourier(_Courier):
    code = title = "none"
    create_safety = "none"
    find = Carrier.find  # type: ignore[assignment]  # it cannot be asked

    async def check(self) -> hub.AccountStatus:
        return hub.AccountStatus(external_id="blind")


class _Plugin:
    kinds: ClassVar[dict[str, type[_Courier]]] = {
        kind.code: kind for kind in (KeyCourier, UniqueCourier, LookupCourier, BlindCourier)
    }

    def __init__(self, code: str) -> None:
        self._code = code

    @hub.hookimpl
    def carriers(self) -> Iterable[type[Carrier[Any]]]:
        return (self.kinds[self._code],)


def open_app(home: Path) -> App:
    """The hub at ``home``, with the four couriers as its plugins."""
    config = load_config(home / "plugins.toml")
    registry = load_plugins(["ozon", "labels"], extra={code: _Plugin(code) for code in CLASSES})
    clock = clock_from_environment()
    store = open_store(home / "hub.sqlite")
    declare(store, config, clock)
    return App(home, config, registry, store, clock, KeyRing.open(home))


def start_clock(path: Path, speed: float) -> dict[str, str]:
    """Write the clock's file; returns the environment for child processes."""
    body = {"epoch": time.time(), "start": "2026-11-23T06:00:00Z", "speed": speed}
    path.write_text(json.dumps(body))
    return {VARIABLE: str(path)}


__all__ = ["CLASSES", "SPEED", "TOML", "open_app", "start_clock"]
