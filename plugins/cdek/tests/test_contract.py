"""CDEK keeps the contract, against the emulated CDEK."""

from collections.abc import Iterator

import httpx
import pytest
from hub import Address, Secret, Shipment
from hub.testing import CarrierContract, account, book_request
from hub_cdek import CdekCarrier, CdekSettings
from vendor_emulators.app import serve
from vendor_emulators.cdek import CdekEmulator
from vendor_emulators.clock import ManualClock


class TestCdek(CarrierContract):
    bookable = book_request("137")
    unserved = Address(country="RU", postal_code="690000", city="Владивосток", street="ул. Светланская, 1")

    @pytest.fixture
    def cdek(self) -> Iterator[str]:
        self.clock = ManualClock()
        with serve(CdekEmulator(clock=self.clock)) as running:
            self.url = running.url
            yield running.url

    @pytest.fixture
    def carrier(self, cdek: str, hub_http: httpx.AsyncClient) -> CdekCarrier:
        secret = Secret("demo-secret")
        settings = CdekSettings(
            client_id="demo-account", client_secret=secret, base_url=cdek, shipment_point="MSK65"
        )
        return CdekCarrier(settings, hub_http, account("cdek"))

    async def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)

    async def hand_in(self, shipment: Shipment) -> None:
        async with httpx.AsyncClient(trust_env=False) as http:
            url = f"{self.url}/_emulator/dropoff"
            (await http.post(url, json={"cdek_numbers": [shipment.tracking_number]})).raise_for_status()
