"""Emulators on loopback with a clock that the test moves."""

from collections.abc import Iterator

import httpx
import pytest
from adapters.emulators.tests.ozon_conformance import departures
from adapters.emulators.tests.ozon_world import KEYS, Ozon
from vendor_emulators.app import serve
from vendor_emulators.clock import ManualClock
from vendor_emulators.ozon import OzonEmulator


@pytest.fixture
def ozon() -> Iterator[Ozon]:
    """Every exchange of every test that uses it is held against what Ozon published."""
    clock = ManualClock()
    with (
        serve(OzonEmulator(clock=clock)) as running,
        httpx.Client(base_url=running.url, headers=KEYS, trust_env=False, timeout=5) as http,
    ):
        world = Ozon(running.url, clock, http)
        world.control("log", {"answers": True})
        world.control("settings", {"rate_limit": "off"})
        yield world
        assert departures(world.log())[0] == []
