"""Emulators on loopback with a clock that the test moves."""

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from adapters.emulators.tests.ozon_conformance import departures
from adapters.emulators.tests.ozon_world import KEYS, Ozon
from vendor_emulators.app import serve
from vendor_emulators.clock import ManualClock
from vendor_emulators.ozon import OzonEmulator


def shared_folder() -> Path:
    """The vendors' material: PARCELHUB_SHARED, else ``../shared`` beside the repository."""
    return Path(os.environ.get("PARCELHUB_SHARED") or Path(__file__).resolve().parents[4] / "shared")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Skips where the folder is absent, unless PARCELHUB_REQUIRE_SHARED=1 makes that a failure."""
    folder = shared_folder()
    if not (folder / "specs").is_dir():
        message = f"no vendor specs at {folder}: set PARCELHUB_SHARED"
        if os.environ.get("PARCELHUB_REQUIRE_SHARED") == "1":
            pytest.fail(message, pytrace=False)
        pytest.skip(message)
    return folder


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
