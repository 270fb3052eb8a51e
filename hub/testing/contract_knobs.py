"""What a carrier's tests give to the contract suite."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

import pytest

from hub.plugin_api.carriers import Carrier
from hub.plugin_api.models import Address, BookRequest, Shipment

AnyCarrier = Carrier[Any]
_LONGEST_WAIT = 60.0
"""Seconds that the suite really waits, where a server's clock cannot be moved."""


class Knobs:
    """A fixture ``carrier`` (a fresh one per test), and what stands here."""

    bookable: ClassVar[BookRequest]
    """A request that the carrier takes; each test puts in a reference of its own."""
    unserved: ClassVar[Address]
    """An address that the carrier does not deliver to."""
    unclear: ClassVar[Address]
    """An address that the carrier does not vouch for; only of a carrier that cleans addresses."""

    @pytest.fixture
    def carrier(self) -> AnyCarrier:
        """An object of the plugin's class, made with `hub_http` and `account`: override it."""
        raise NotImplementedError("give a fixture `carrier`: an object of the plugin's class")

    async def pass_time(self, seconds: float) -> None:
        """Let the vendor's time pass: move the clock of your test server. Without that the suite waits
        for a minute at most; tracking asks for ten days."""
        if seconds > _LONGEST_WAIT:
            pytest.fail(
                f"this check needs {seconds:g} s of the vendor's time, too long to wait for: override "
                "pass_time(seconds) to move your server's clock, or to do nothing where it has none",
                pytrace=False,
            )
        await asyncio.sleep(seconds)

    async def hand_in(self, shipment: Shipment) -> None:
        """Bring the parcel to the carrier, so that tracking has something to tell."""
