"""The sample carrier keeps the contract, against the courier company of the emulators."""

from collections.abc import Iterator

import httpx
import pytest
from hub import Address, Secret, Shipment
from hub.testing import CarrierContract, account, book_request
from hub_sample import Sample, SampleSettings
from vendor_emulators.app import serve
from vendor_emulators.clock import ManualClock
from vendor_emulators.courier import CourierEmulator


class TestSample(CarrierContract):
    bookable = book_request("economy")
    unserved = Address(country="RU", postal_code="690000", city="Владивосток")

    @pytest.fixture
    def courier(self) -> Iterator[str]:
        self.clock = ManualClock()
        with serve(CourierEmulator(clock=self.clock)) as running:
            self.url = running.url
            yield running.url

    @pytest.fixture
    def carrier(self, courier: str, hub_http: httpx.AsyncClient) -> Sample:
        return Sample(SampleSettings(base_url=courier, key=Secret("demo-key")), hub_http, account("sample"))

    async def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)

    async def hand_in(self, shipment: Shipment) -> None:
        async with httpx.AsyncClient(trust_env=False) as http:
            url = f"{self.url}/_emulator/dropoff"
            (await http.post(url, json={"numbers": [shipment.tracking_number]})).raise_for_status()
