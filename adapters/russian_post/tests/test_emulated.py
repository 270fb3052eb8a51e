"""All four clients against the emulated Post, from the first order to the last operation."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import msgspec
import pytest
import russian_post_api as post
from vendor_emulators.app import serve
from vendor_emulators.clock import ManualClock
from vendor_emulators.russian_post import RussianPostEmulator

ORDER = post.OrderRequest(
    order_num="OZ-0001",
    mail_type="POSTAL_PARCEL",
    mail_category="ORDINARY",
    mass=1000,
    recipient_name="Тестов Тест",
    surname="Тестов",
    given_name="Тест",
    address_type_to="DEFAULT",
    region_to="обл. Саратовская",
    place_to="г. Саратов",
    street_to="ул. Московская",
    house_to="1",
    postoffice_code="109012",
    mail_direct=643,
    fragile=False,
    tariff_count=1,
    index_to=410012,
    tel_address=79000000001,
)


class World:
    def __init__(self, http: httpx.AsyncClient, url: str, clock: ManualClock) -> None:
        self.http, self.url, self.clock = http, url, clock
        auth = post.OtpravkaAuth("demo-token", "demo@example.com", "demo-password")
        self.otpravka = post.Otpravka(http, auth, url)
        self.calculator = post.Calculator(http, url)
        tracker = ("demo-tracking", "demo-tracking-password")
        self.tracking = post.Tracking(http, *tracker, f"{url}/rtm34")
        self.tickets = post.BatchTracking(http, *tracker, f"{url}/fc")

    async def order(self, number: str = "OZ-0001") -> post.CreatedOrder:
        made = await self.otpravka.backlog_create([msgspec.structs.replace(ORDER, order_num=number)])
        assert made.errors == ()
        return made.orders[0]

    async def delivered(self) -> post.CreatedOrder:
        order = await self.order()
        (batch,) = (await self.otpravka.batch_create([order.result_id])).batches
        assert (await self.otpravka.batch_checkin(batch.batch_name)).f103_sent
        body = {"parcels": [order.barcode]}
        (await self.http.post(f"{self.url}/_emulator/dropoff", json=body)).raise_for_status()
        self.clock.advance(30 * 86_400)
        return order


@pytest.fixture
def server() -> Iterator[tuple[str, ManualClock]]:
    clock = ManualClock()
    with serve(RussianPostEmulator(clock=clock)) as running:
        yield running.url, clock


@pytest.fixture
async def world(server: tuple[str, ManualClock]) -> AsyncIterator[World]:
    async with httpx.AsyncClient(trust_env=False) as http:
        yield World(http, *server)


async def test_an_order_from_the_backlog_to_the_form_103(world: World) -> None:
    client = world.otpravka
    wrong = msgspec.structs.replace(ORDER, order_num="OZ-0002", mass=90_000)
    made = await client.backlog_create([ORDER, wrong])
    assert [(one.code, one.position) for one in made.errors] == [("ILLEGAL_MASS_EXCESS", 1)]
    (order,) = made.orders
    assert post.is_domestic(order.barcode)
    assert [one.id for one in await client.backlog_search("OZ-0001")] == [order.result_id]
    assert (await client.backlog_get(order.result_id)).mass == 1000
    created = await client.batch_create([order.result_id, 1])
    assert [(one.code, one.position) for one in created.errors] == [("NOT_FOUND", 1)]
    name = created.batches[0].batch_name
    with pytest.raises(httpx.HTTPStatusError):
        await client.form_f103(name)
    assert (await client.batch_checkin(name)).f103_sent
    assert (await client.batch_get(name)).batch_status == "FROZEN"
    assert [one.barcode for one in await client.batch_orders(name)] == [order.barcode]
    assert (await client.form_f103(name)).startswith(b"%PDF")
    assert (await client.forms(order.result_id, print_type="PAPER")).startswith(b"%PDF")


async def test_deleting_and_what_is_not_there(world: World) -> None:
    order = await world.order()
    gone = await world.otpravka.backlog_delete([order.result_id, 7])
    assert gone.result_ids == (order.result_id,)
    assert [(one.code, one.position) for one in gone.errors] == [("NOT_FOUND", 1)]
    for read in (world.otpravka.backlog_get, world.otpravka.shipment_get, world.otpravka.forms_backlog):
        with pytest.raises(post.OtpravkaError) as caught:
            await read(order.result_id)
        assert "1001" in caught.value.codes


async def test_wrong_credentials(world: World) -> None:
    for auth in (("wrong", "demo@example.com", "demo-password"), ("demo-token", "x", "y")):
        client = post.Otpravka(world.http, post.OtpravkaAuth(*auth), world.url)
        with pytest.raises(post.OtpravkaError) as caught:
            await client.settings_limit()
        assert caught.value.codes & post.CREDENTIAL_ERRORS
    with pytest.raises(post.Fault) as fault:
        await post.Tracking(world.http, "x", "y", f"{world.url}/rtm34").operation_history("80092578900475")
    assert fault.value.kind == "AuthorizationFaultReason"
    with pytest.raises(post.TicketError) as refused:
        await post.BatchTracking(world.http, "x", "y", f"{world.url}/fc").ticket(["80092578900475"])
    assert refused.value.code == post.NOT_AUTHORISED


async def test_cleaning_is_joined_by_id(world: World) -> None:
    asked = [
        post.AddressToClean(id="a", original_address="410012, г. Саратов, ул. Московская, 1"),
        post.AddressToClean(id="b", original_address="нигде"),
    ]
    answers = {one.id: one for one in await world.otpravka.clean_address(asked)}
    assert answers["a"].good
    assert answers["a"].index == "410012"
    assert not answers["b"].good
    (name,) = await world.otpravka.clean_physical(
        [post.NameToClean(id="a", original_fio="Иван Иванович Иванов")]
    )
    assert (name.surname, name.name, name.middle_name, name.good) == ("Иванов", "Иван", "Иванович", True)


async def test_the_calculator(world: World) -> None:
    asked = post.CalculatorQuery(object=23030, weight=1000, from_="101000", to="410012")
    found = await world.calculator.tariff_delivery(asked)
    assert found.paynds
    assert found.delivery is not None
    with pytest.raises(post.CalculatorError) as caught:
        await world.calculator.tariff(msgspec.structs.replace(asked, from_=None))
    assert caught.value.codes == {1301}
    (product,) = await world.calculator.objects(23030)
    assert next(one for one in product.params if one.param == "weight").max == 20_000
    assert {one.id for one in await world.calculator.countries(112)} == {112}
    assert await world.calculator.services()


async def test_offices_and_the_list_of_them_all(world: World) -> None:
    assert (await world.otpravka.postoffice("410012")).settlement == "Саратов"
    with pytest.raises(post.OtpravkaError) as caught:
        await world.otpravka.postoffice("000000")
    assert caught.value.codes == {"1004"}
    lockers = [one async for one in world.otpravka.unloading_passport("APS")]
    assert len({one.index for one in lockers}) == len(lockers) > 10


async def test_the_same_history_three_ways(world: World) -> None:
    order = await world.delivered()
    shown = await world.otpravka.shipment_get(order.result_id)
    assert (shown.last_oper_type, shown.last_oper_attr) == ("GIVING", "GIVING_RECIPIENT")
    records = await world.tracking.operation_history(order.barcode)
    ticket = await world.tickets.ticket([order.barcode, "80092578900475"])
    with pytest.raises(post.TicketError) as caught:
        await world.tickets.response_by_ticket(ticket)
    assert caught.value.code == post.NOT_READY
    world.clock.advance(post.FIRST_ANSWER.total_seconds())
    item, unknown = await world.tickets.response_by_ticket(ticket)
    assert [(one.type.id, one.attribute.id) for one in records] == [
        (one.type, one.attribute) for one in item.operations
    ]
    assert (records[-1].type.id, records[-1].attribute.id) == (2, 1)
    assert unknown.error_code == post.NOT_FOUND
