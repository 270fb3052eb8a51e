"""Russian Post keeps the contract, against the emulated Post."""

from collections.abc import Iterator

import httpx
import pytest
from hub import Address, Secret, Shipment
from hub.testing import CarrierContract, account, book_request
from hub_russian_post import RussianPostCarrier, RussianPostSettings
from vendor_emulators.app import serve
from vendor_emulators.clock import ManualClock
from vendor_emulators.russian_post import RussianPostEmulator


class TestRussianPost(CarrierContract):
    bookable = book_request("ONLINE_PARCEL:WITH_DECLARED_VALUE")
    unclear = Address(country="RU", city="Саратов", postal_code="630000", street="ул. Мира, 5")
    unserved = Address(country="AQ", postal_code="000000", city="Vostok", street="1")

    @pytest.fixture
    def russian_post(self) -> Iterator[str]:
        self.clock = ManualClock()
        with serve(RussianPostEmulator(clock=self.clock)) as running:
            self.url = running.url
            yield running.url

    @pytest.fixture
    def carrier(self, russian_post: str, hub_http: httpx.AsyncClient) -> RussianPostCarrier:
        settings = RussianPostSettings(
            token=Secret("demo-token"),
            login="demo@example.com",
            password=Secret("demo-password"),
            tracking_login="demo-tracking",
            tracking_password=Secret("demo-tracking-password"),
            base_url=russian_post,
            tariff_url=russian_post,
            single_url=f"{russian_post}/rtm34",
            batch_url=f"{russian_post}/fc",
        )
        return RussianPostCarrier(settings, hub_http, account("russian_post"))

    async def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)

    async def hand_in(self, shipment: Shipment) -> None:
        async with httpx.AsyncClient(trust_env=False, auth=_headers) as http:
            made = await http.post(f"{self.url}/1.0/user/shipment", json=[int(shipment.carrier_id)])
            name = made.raise_for_status().json()["batches"][0]["batch-name"]
            (await http.post(f"{self.url}/1.0/batch/{name}/checkin")).raise_for_status()
            url = f"{self.url}/_emulator/dropoff"
            (await http.post(url, json={"parcels": [shipment.tracking_number]})).raise_for_status()


def _headers(request: httpx.Request) -> httpx.Request:
    request.headers["Authorization"] = "AccessToken demo-token"
    request.headers["X-User-Authorization"] = "Basic ZGVtb0BleGFtcGxlLmNvbTpkZW1vLXBhc3N3b3Jk"
    return request
