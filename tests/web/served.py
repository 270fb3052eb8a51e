"""A hub that is served by a process of its own, with emulators of its vendors: what a stranger meets."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
from vendor_emulators.app import serve
from vendor_emulators.clock import Clock
from vendor_emulators.courier import CourierEmulator
from vendor_emulators.ozon import OzonEmulator

from hub.flow.app import init_home
from tests.flow.world import LINE, TOML, spec

PRODUCT = {
    "offer_id": "CUP-1",
    "sku": "1001",
    "weight_g": 400,
    "length_mm": 120,
    "width_mm": 90,
    "height_mm": 90,
}


@dataclass
class Served:
    """Where the hub answers, the operator's key, and the vendors' control addresses."""

    url: str
    token: str
    home: Path
    ozon: str
    courier: str
    environment: Mapping[str, str]
    command: Sequence[str] = ()
    """How this hub's own commands begin."""

    def run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        """One of its commands, as a process of its own."""
        return subprocess.run(
            [*self.command, *arguments],
            capture_output=True,
            env=dict(self.environment),
            timeout=60,
            check=False,
        )

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def buyers_order(self, count: int = 1, *, offer_id: str = "CUP-1", sku: int = 1001) -> list[str]:
        """Buyers order at the marketplace. Returns the postings' numbers."""
        line = LINE | {"offer_id": offer_id, "sku": sku}
        orders = [spec("non_integrated", "rfbs", products=[line]) for _ in range(count)]
        with httpx.Client(trust_env=False) as client:
            answer = client.post(f"{self.ozon}/_emulator/postings", json=orders)
            assert answer.status_code < 300, answer.text
            numbers: list[str] = answer.json()["postings"]
            return numbers


@contextmanager
def served(
    folder: Path,
    *,
    speed: float = 7200.0,
    worker: bool = True,
    flags: Sequence[str] = (),
    variables: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Served]:
    """A hub of one seller, "shop", with an Ozon account and a courier's, both connected over HTTP. ``flags``:
    of the interpreter; ``variables``: of its environment."""
    folder.mkdir(parents=True, exist_ok=True)
    clock, home = folder / "clock.json", folder / "home"
    clock.write_text(json.dumps({"epoch": time.time(), "start": "2026-11-23T06:00:00Z", "speed": speed}))
    environment = {**os.environ, "PARCELHUB_CLOCK": str(clock), "PYTHONUTF8": "1", **variables}
    init_home(home)
    (home / "plugins.toml").write_text(TOML, encoding="utf-8")
    hub = [sys.executable, *flags, "-m", "hub.cli", "--home", str(home)]
    made = subprocess.run(
        [*hub, "key", "add", "--operator", "test", "--json"], capture_output=True, env=environment, check=True
    )
    token = json.loads(made.stdout)["token"]
    os.environ["PARCELHUB_CLOCK"], before = str(clock), os.environ.get("PARCELHUB_CLOCK")
    try:
        market, couriers = OzonEmulator(clock=Clock.from_env()), CourierEmulator(clock=Clock.from_env())
    finally:
        os.environ.pop("PARCELHUB_CLOCK")
        if before is not None:
            os.environ["PARCELHUB_CLOCK"] = before
    more = [] if worker else ["--no-worker"]
    with serve(market) as ozon, serve(couriers) as courier:
        process = subprocess.Popen(
            [*hub, "serve", "--port", "0", "--json", *more],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, process.stderr.read() if process.stderr else ""
            one = Served(json.loads(line)["url"], token, home, ozon.url, courier.url, environment, hub)
            _connect(one, ozon.urls["files_url"])
            yield one
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.communicate(timeout=60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()


def _connect(one: Served, files: str) -> None:
    keys = {"client_id": "100001", "api_key": "demo-api-key"}
    accounts: list[dict[str, Any]] = [
        {"plugin": "ozon", "name": "ozon", "settings": {**keys, "base_url": one.ozon, "file_hosts": [files]}},
        {"plugin": "sample", "name": "courier", "settings": {"base_url": one.courier, "key": "demo-key"}},
    ]
    with httpx.Client(base_url=one.url, headers=one.headers, trust_env=False, timeout=60) as client:
        for account in accounts:
            answer = client.post("/v1/sellers/shop/accounts", json=account)
            assert answer.status_code == 201, answer.text
        answer = client.post("/v1/sellers/shop/products", json=[PRODUCT])
        assert answer.status_code == 200, answer.text
