"""From China to Russia with CDEK: what customs is told, what is forbidden, before anything is booked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import cdek_api
import httpx
import msgspec
import pytest
from hub import Address, BookRequest, IdentityDocument, Money, Rejected, Secret
from hub.testing import account, book_request
from hub.testing.driving import booked, fresh, quote_request, reading, sent
from hub_cdek import CdekCarrier, CdekSettings, abroad
from hub_cdek.orders import order_request, waits_for_identity
from vendor_emulators.app import serve
from vendor_emulators.cdek import CdekEmulator
from vendor_emulators.clock import ManualClock

SHENZHEN = Address(
    country="CN", postal_code="518000", region="Guangdong", city="Шэньчжэнь", street="Made-up Road 1"
)
FACTS: dict[str, Any] = {
    "customs_code": "6912 00 250 0",
    "brand": "Testbrand",
    "material": "Cotton",
    "gross_weight_g": 330,
    "origin_country": "CN",
    "radio": True,
    "url": "https://shop.example/cup",
    "name_ru": "Кружка",
    "name_en": "Cup",
    "name_zh": "杯子",
    "price": Money.of("45.50", "CNY"),
}


def parcel(**changes: Any) -> BookRequest:
    """A tariff 184 order from Shenzhen to Moscow."""
    request = book_request("184")
    (box,) = request.parcels
    items = tuple(msgspec.structs.replace(item, **(FACTS | changes)) for item in box.items)
    return msgspec.structs.replace(
        request,
        sender=msgspec.structs.replace(request.sender, address=SHENZHEN),
        parcels=(msgspec.structs.replace(box, items=items),),
        declared_value=Money.of("91.00", "CNY"),
    )


# --- what is sent -----------------------------------------------------------------------------------------


def test_an_address_that_no_invoice_has_room_for_is_said_and_not_cut() -> None:
    request = parcel()
    far = msgspec.structs.replace(SHENZHEN, street="Made-up Road " * 18)  # fits alone, not with its town
    sender = msgspec.structs.replace(request.sender, address=far)
    with pytest.raises(Rejected, match=r"in one line has 2[67][0-9] characters, and CDEK takes 255"):
        order_request(msgspec.structs.replace(request, sender=sender), "", currency="CNY")


def test_an_order_abroad_says_what_customs_asks() -> None:
    order = order_request(parcel(), "", currency="CNY", invoiced=date(2026, 11, 24))
    assert order.date_invoice == date(2026, 11, 24)
    assert order.shipper_name == "Test Shop"
    assert order.shipper_address == "Made-up Road 1, Шэньчжэнь, Guangdong, 518000, CN"
    assert order.seller is not None
    assert order.seller.address == order.shipper_address
    (item,) = order.packages[0].items
    assert (item.name, item.name_i18n, item.brand) == ("Кружка", "Cup", "Testbrand")
    assert (item.feacn_code, item.country_code, item.material) == ("6912002500", "CN", "4")
    assert (item.weight, item.weight_gross, item.wifi_gsm) == (300, 330, True)
    assert (item.url, str(item.cost), item.ware_key) == ("https://shop.example/cup", "45.50", "CUP-1")


def test_an_order_within_the_customs_union_is_not_international() -> None:
    for country in ("RU", "KZ"):
        order = order_request(book_request("137", to=Address(country=country, city="X")), "MSK65")
        assert (order.date_invoice, order.shipper_name, order.seller) == (None, None, None)
        assert order.packages[0].items[0].feacn_code is None


def test_chinese_characters_are_in_no_article_and_no_latin_name() -> None:
    order = order_request(parcel(offer_id="杯子"), "", currency="CNY")
    assert order.packages[0].items[0].ware_key == "1001"
    with pytest.raises(Rejected, match="name_en"):
        order_request(parcel(name_en="杯子"), "", currency="CNY")


@pytest.mark.parametrize(
    ("said", "code"), [("4", "4"), ("artificial leather", "12"), ("", None), ("porcelain", None)]
)
def test_materials(said: str, code: str | None) -> None:
    (item,) = parcel(material=said).parcels[0].items
    assert abroad.material(item) == code


def test_materials_are_those_of_cdek(table: Any) -> None:
    assert set(abroad.MATERIALS.values()) == {row["code"] for row in table("cdek-materials")}


def test_currencies_are_those_of_cdek(table: Any) -> None:
    published = {row["alpha3"]: int(row["cdek_code"]) for row in table("cdek-currencies")}
    assert {name: published[name] for name in abroad.CURRENCIES} == abroad.CURRENCIES


# --- the recipient's papers -------------------------------------------------------------------------------

PAPERS = IdentityDocument(
    holder="Test Buyer",
    series="0000",
    number="000001",
    issued_on=date(2015, 3, 21),
    issued_by="Made-up office",
    date_of_birth=date(1990, 3, 4),
    tax_number="500100732259",
)


def identified(request: BookRequest, papers: IdentityDocument | None = PAPERS) -> BookRequest:
    to = msgspec.structs.replace(request.recipient, identity=papers)
    return msgspec.structs.replace(request, recipient=to)


def test_an_order_abroad_has_the_papers() -> None:
    to = order_request(identified(parcel()), "", currency="CNY").recipient
    assert (to.passport_series, to.passport_number, to.tin) == ("0000", "000001", "500100732259")
    assert (to.passport_date_of_issue, to.passport_date_of_birth) == (date(2015, 3, 21), date(1990, 3, 4))
    assert to.passport_organization == "Made-up office"
    assert "000001" not in repr(to)


def test_no_other_order_has_them() -> None:
    to = order_request(identified(book_request("137")), "MSK65").recipient
    assert (to.passport_number, to.tin) == (None, None)


def test_a_foreign_passport_has_no_series() -> None:
    foreign = msgspec.structs.replace(PAPERS, series="", number="E12345678", tax_number="")
    order = msgspec.json.encode(order_request(identified(parcel(), foreign), "", currency="CNY").recipient)
    assert b'"passport_number":"E12345678"' in order
    assert b"passport_series" not in order
    assert b"tin" not in order


@pytest.mark.parametrize(
    ("sender", "to", "asks", "needed"),
    [
        ("CN", "RU", True, True),
        ("CN", "RU", False, False),
        ("CN", "KZ", True, False),  # what Kazakhstan asks for is not known
        ("RU", "CN", True, False),
        ("KZ", "RU", True, False),
        ("RU", "RU", True, False),
    ],
)
def test_who_is_asked_for_papers(sender: str, to: str, asks: bool, needed: bool) -> None:
    settings = CdekSettings(client_id="a", client_secret=Secret("b"), ask_identity=asks)
    carrier = CdekCarrier(settings, httpx.AsyncClient(), account("cdek"))
    assert carrier.needs_identity(Address(country=sender), Address(country=to)) is needed


@pytest.mark.parametrize(
    ("said", "invoice", "status", "waits"),
    [
        ("false", '"2026-11-24"', "CREATED", True),
        ("true", '"2026-11-24"', "CREATED", False),
        ("null", '"2026-11-24"', "CREATED", None),
        ("false", '"2026-11-24"', "CUSTOMS_COMPLETE", False),
        ("false", "null", "CREATED", False),  # within the country it says false and asks for nothing
    ],
)
def test_what_an_order_says_of_the_papers(said: str, invoice: str, status: str, waits: bool | None) -> None:
    order = cdek_api.decode_order(
        f"""{{"entity": {{"uuid": "u", "date_invoice": {invoice},
        "recipient": {{"passport_requirements_satisfied": {said}}},
        "statuses": [{{"code": "{status}", "date_time": "2026-11-24T10:00:00+0000"}}]}}}}""".encode()
    )
    assert waits_for_identity(order) is waits


async def test_an_order_that_does_not_say_is_asked_about(world: World) -> None:
    """GET /v2/passport; CDEK's answers of 2020 had no word about it in the order."""
    for request, missing in ((parcel(), True), (identified(parcel()), False)):
        booking = await booked(world.carrier, fresh(world.carrier, request), world.pass_time)
        found = await reading(
            world.carrier, lambda n=booking.carrier_id: world.carrier.client.order_passports(n)
        )
        assert found.missing("RECEIVER") is missing
        assert not found.missing("SENDER")


# --- before anything is booked ----------------------------------------------------------------------------


class World:
    def __init__(self, carrier: CdekCarrier, clock: ManualClock) -> None:
        self.carrier, self.clock = carrier, clock

    async def quotes(self, request: BookRequest) -> Any:
        return await reading(self.carrier, lambda: self.carrier.quote(quote_request(request)))

    async def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)


@pytest.fixture
def server() -> Iterator[tuple[str, ManualClock]]:
    clock = ManualClock()
    with serve(CdekEmulator(clock=clock)) as running:
        yield running.url, clock


@pytest.fixture
def world(server: tuple[str, ManualClock], hub_http: httpx.AsyncClient) -> World:
    url, clock = server
    secret = Secret("demo-secret")
    settings = CdekSettings(client_id="demo-account", client_secret=secret, base_url=url, currency="CNY")
    return World(CdekCarrier(settings, hub_http, account("cdek")), clock)


async def test_from_shenzhen_to_moscow(world: World) -> None:
    quotes = await world.quotes(parcel())
    assert [one.service.code for one in quotes] == ["184"]
    booking = await booked(world.carrier, fresh(world.carrier, parcel()), world.pass_time)
    assert booking.state == "confirmed", booking.reason


async def test_the_emulated_cdek_wants_the_invoice(world: World) -> None:
    """What the order before says is needed: without it the 202 turns into a refusal."""
    order = order_request(fresh(world.carrier, parcel()), "", currency="CNY")
    bare = msgspec.structs.replace(
        order, date_invoice=None, shipper_name=None, shipper_address=None, seller=None
    )
    taken = await sent(world.carrier, lambda: world.carrier.client.order_create(bare))
    world.clock.advance(60)
    read = await reading(world.carrier, lambda: world.carrier.booking(taken.uuid or ""))
    assert read.state == "rejected"
    assert read.reason_code == "error_validate_international_shipper_address_is_required"


async def test_forbidden_goods_are_told_in_words(world: World) -> None:
    with pytest.raises(Rejected, match="9304000000") as caught:
        await world.quotes(parcel(customs_code="9304000000"))
    assert caught.value.code == "forbidden_goods"


async def test_conditions_stand_at_the_quotes(world: World) -> None:
    quotes = await world.quotes(parcel(customs_code="8507600000"))
    assert "8507600000" in quotes[0].note


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"customs_code": ""}, "customs_code"),
        ({"customs_code": "tea"}, "customs_code"),
        ({"name_en": "", "name": "杯子"}, "name_en"),
        ({"brand": ""}, "brand"),
        ({"origin_country": ""}, "origin_country"),
        ({"price": Money.of(45, "RUB")}, "CNY"),
    ],
)
async def test_what_customs_would_miss_is_told_in_words(
    world: World, changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(Rejected, match=told):
        await world.quotes(parcel(**changes))
    with pytest.raises(Rejected, match=told):
        order_request(parcel(**changes), "", currency="CNY")
