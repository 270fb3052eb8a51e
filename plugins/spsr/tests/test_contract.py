"""SPSR keeps the contract, against the emulated SPSR: of the real one no answer is public."""

from collections.abc import Iterator

import httpx
import pytest
from hub import Address, Secret, Shipment
from hub.testing import CarrierContract, account, book_request
from hub_spsr import SpsrCarrier, SpsrSettings
from vendor_emulators.app import serve
from vendor_emulators.clock import ManualClock
from vendor_emulators.spsr import SpsrEmulator


class TestSpsr(CarrierContract):
    bookable = book_request("PelSt")
    unserved = Address(country="RU", postal_code="647340", city="Диксон", street="ул. Водопьянова, 1")

    @pytest.fixture
    def spsr(self) -> Iterator[str]:
        self.clock = ManualClock()
        with serve(SpsrEmulator(clock=self.clock, password="demo-secret")) as running:
            self.url = running.url
            yield running.url

    @pytest.fixture
    def carrier(self, spsr: str, hub_http: httpx.AsyncClient) -> SpsrCarrier:
        settings = SpsrSettings(
            login="test",
            password=Secret("demo-secret"),
            contract="7600010711",
            base_url=f"{spsr}/waExec/WAExec",
            tariff_url=f"{spsr}/cgi-bin/postxml.pl?TARIFFCOMPUTE_2",
            quotes=True,
        )
        return SpsrCarrier(settings, hub_http, account("spsr"))

    async def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)

    async def hand_in(self, shipment: Shipment) -> None:
        async with httpx.AsyncClient(trust_env=False) as http:
            body = {"numbers": [shipment.tracking_number]}
            (await http.post(f"{self.url}/_emulator/dropoff", json=body)).raise_for_status()
