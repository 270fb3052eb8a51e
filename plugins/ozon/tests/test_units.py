"""Units before packing against the emulator: what is wanted, told, checked, refused."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import ozon_api
import pytest
from hub import BadReply, Posting, Rejected, Unavailable, Unit, UnitNeeds, UnitsCheck
from hub_ozon.errors import explain
from hub_ozon.exemplar_checks import judged
from msgspec.structs import replace
from ozon_api import OzonError
from plugins.ozon.tests.conftest import LINE, account

if TYPE_CHECKING:
    from plugins.ozon.tests.conftest import World

SKU = str(LINE["sku"])
CODES = ("010460393400079321AAAAAA\x1d93dGVz", "010460393400079321AAAAAB\x1d93dGVz")
GTD = "10702030/120926/0001234"
CHECKED = 200
"""Virtual seconds after which the emulator's check is over."""


async def wanted(
    world: World, *requires: str, flow: str = "ozon", may_mark: bool = False, **more: Any
) -> Posting:
    """A posting of two pieces of which this is wanted."""
    line = {**LINE, "requires": requires, "may_mark": may_mark}
    (number,) = await world.order(flow, products=[line], **more)
    return await world.read(number)


async def with_codes(world: World, posting: Posting) -> list[Unit]:
    units = await world.source.units(posting)
    return [replace(unit, marking=code) for unit, code in zip(units, CODES, strict=True)]


async def told(world: World, posting: Posting, units: list[Unit]) -> UnitsCheck:
    """Tell, and look when the check is over."""
    assert (await world.source.tell_units(posting, units)).state == "accepted"
    assert (await world.source.units_check(posting)).state == "checking"
    world.clock.advance(CHECKED)
    return await world.source.units_check(posting)


async def test_what_is_wanted_stands_in_the_posting_by_line(world: World) -> None:
    posting = await wanted(
        world, "marking", "gtd", "country", "change_country", "rnpt", "imei", "uin", "weight"
    )
    facts = {"marking", "customs_number", "country", "rnpt", "imei", "uin", "weight"}
    assert posting.unit_needs == (UnitNeeds(sku=SKU, facts=frozenset(facts)),)  # type: ignore[arg-type]
    optional = await wanted(world, may_mark=True)
    assert optional.unit_needs == (UnitNeeds(sku=SKU, facts=frozenset(), may=frozenset({"marking"})),)
    assert (await wanted(world)).unit_needs == ()
    listed, _ = await world.walk("open")
    assert [bool(one.unit_needs) for one in listed] == [True, True, False]


async def test_from_the_order_to_the_assembly(world: World) -> None:
    posting = await wanted(world, "marking")
    assert (await world.source.units_check(posting)).state == "checking", "nobody has made units yet"
    units = await world.source.units(posting)
    assert [(unit.sku, unit.marking) for unit in units] == [(SKU, ""), (SKU, "")]
    assert len({unit.unit_id for unit in units}) == 2
    assert (await world.source.units_check(posting)).state == "wanted"
    with pytest.raises(OzonError, match="INVALID_ARGUMENT"):
        await world.source.assemble(posting, ())
    assert (await told(world, posting, await with_codes(world, posting))).state == "passed"
    assert [unit.marking for unit in await world.source.units(posting)] == list(CODES)
    assert (await world.source.assemble(posting, ())).numbers == (posting.number,)


async def test_everything_of_a_unit_is_told(world: World) -> None:
    posting = await wanted(world, "imei", "uin", "gtd", "rnpt", "weight", flow="non_integrated")
    first, second = await world.source.units(posting)
    units = [
        replace(
            first,
            imei="490154203237518",
            uin="6430123456789012",
            weight_g=410,
            customs_number=GTD,
            no_rnpt=True,
        ),
        replace(
            second,
            imei="356938035643809",
            uin="6430123456789013",
            weight_g=395,
            no_customs_number=True,
            rnpt="10702030/120926/0001234/1",
        ),
    ]
    assert (await told(world, posting, units)).state == "passed"
    assert await world.source.units(posting) == units
    truth = (await world.truth(posting.number))["units"]
    kept = [(one["gtd"], one["no_gtd"], one["weight"]) for one in truth]
    assert kept == [(GTD, False, 0.41), ("", True, 0.395)]


async def test_what_is_wrong_is_a_fault_of_its_unit(world: World) -> None:
    fails = {CODES[1]: "CIS_NOT_FOUND"}
    posting = await wanted(world, "marking", behaviour={"check_fails": fails})
    units = await with_codes(world, posting)
    check = await told(world, posting, units)
    (fault,) = check.faults
    assert check.state == "failed"
    assert (fault.sku, fault.unit_id, fault.fact) == (SKU, units[1].unit_id, "marking")
    assert fault.reason == "CIS_NOT_FOUND"
    better = [units[0], replace(units[1], marking=CODES[1].replace("AAAAAB", "AAAAAC"))]
    assert (await told(world, posting, better)).state == "passed"


async def test_what_was_found_wrong_and_is_taken_back_is_told_no_more(world: World) -> None:
    """A code that nobody has to give: without it the posting may be packed."""
    posting = await wanted(world, may_mark=True, behaviour={"check_fails": {CODES[1]: "CIS_NOT_FOUND"}})
    units = await with_codes(world, posting)
    assert (await told(world, posting, units)).state == "failed"
    assert (await told(world, posting, [replace(units[1], marking="")])).state == "passed"
    assert [unit.marking for unit in await world.source.units(posting)] == [CODES[0], ""]


async def test_what_ozon_has_already_is_not_told_again_unless_its_check_failed(world: World) -> None:
    posting = await wanted(world, "marking", behaviour={"check_times_out": 1})
    units = await with_codes(world, posting)
    check = await told(world, posting, units)
    assert (check.state, [fault.reason for fault in check.faults]) == ("failed", ["failed", "failed"])
    assert (await told(world, posting, units)).state == "passed"
    assert (await world.source.tell_units(posting, units)).state == "done"
    assert (await world.truth(posting.number))["unit_sets"] == 2


async def test_after_packing_the_second_call_makes_it_final(world: World) -> None:
    posting = await wanted(world, may_mark=True)
    await world.source.assemble(posting, ())
    world.clock.advance(300)
    packed = await world.read(posting.number)
    assert "update_cis" in packed.raw_actions
    units = await with_codes(world, packed)
    assert (await told(world, packed, units)).state == "passed"
    assert (await world.source.tell_units(packed, units)).state == "accepted"
    truth = await world.truth(posting.number)
    assert (truth["unit_sets"], truth["unit_updates"]) == (1, 1)


async def test_what_the_hub_does_not_know_stays_as_ozon_has_it(world: World) -> None:
    stored = {
        "posting_number": "1-1",
        "multi_box_qty": 0,
        "products": [
            {
                "product_id": SKU,
                "quantity": 1,
                "exemplars": [
                    {
                        "exemplar_id": "60",
                        "gtd": GTD,
                        "marks": [
                            {"mark": "old", "mark_type": "mandatory_mark"},
                            {"mark": "of tomorrow", "mark_type": "new_kind"},
                        ],
                    },
                    {"exemplar_id": "61", "is_rnpt_absent": True},
                ],
            }
        ],
    }
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        match request.url.path.rpartition("/")[2]:
            case "create-or-get":
                return httpx.Response(200, json=stored)
            case "status":
                return httpx.Response(200, json={"status": "ship_not_available", "products": []})
            case _:
                return httpx.Response(200)

    posting = await wanted(world, "marking", "gtd")
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        source = account(world.source.settings, http)
        await source.tell_units(posting, [Unit(sku=SKU, unit_id="60", marking=CODES[0])])
    body = ozon_api.wire.decode(sent[-1].content, ozon_api.StoredExemplars)
    assert b'multi_box_qty":1' in sent[-1].content, "never zero"
    first, second = body.products[0].exemplars
    assert {mark.mark_type: mark.mark for mark in first.marks} == {
        "mandatory_mark": CODES[0],
        "new_kind": "of tomorrow",
    }
    assert (first.gtd, second.exemplar_id, second.is_rnpt_absent) == (GTD, 61, True)


async def test_units_that_are_not_made_yet_are_asked_for_later(world: World) -> None:
    posting = await wanted(world, "imei", behaviour={"units_seconds": 30})
    with pytest.raises(Unavailable) as caught:
        await world.source.units(posting)
    assert caught.value.retry_after == timedelta(minutes=1)
    world.clock.advance(31)
    assert len(await world.source.units(posting)) == 2


async def test_refusals(world: World) -> None:
    posting = await wanted(world, "marking")
    units = await with_codes(world, posting)
    with pytest.raises(Rejected, match="does not know the piece 7"):
        await world.source.tell_units(posting, [replace(units[0], unit_id="7")])
    with pytest.raises(OzonError, match="GTD_IS_REQUIRED_ONLY_FOR_LEGAL_CUSTOMER"):
        await world.source.tell_units(posting, [replace(units[0], customs_number=GTD)])
    await world.tell(f"postings/{posting.number}/cancel", {})
    with pytest.raises(OzonError, match="awaiting_packaging") as caught:
        await world.source.tell_units(posting, units)
    failure = explain(caught.value)
    assert failure is not None
    assert failure.kind == "rejected"
    assert "packed, or over" in failure.message


@pytest.mark.parametrize(
    ("status", "checked", "state"),
    [
        ("ship_available", "passed", "passed"),
        ("ship_available", "processing", "checking"),
        ("ship_available", "failed", "failed"),
        ("validation_in_process", "passed", "checking"),
        ("ship_not_available", "passed", "failed"),
        ("update_available", "passed", "passed"),
        ("update_not_available", "passed", "passed"),
        ("update_available", "processing", "checking"),
        ("update_available", "", "checking"),
        ("update_available", None, "wanted"),
        ("ship_not_available", None, "wanted"),
    ],
)
async def test_the_marks_decide_before_the_status(
    world: World, status: str, checked: str | None, state: str
) -> None:
    mark = ozon_api.MarkCheck(mark="A", mark_type="mandatory_mark", check_status=checked or "")
    unit = ozon_api.ExemplarCheck(exemplar_id=6, marks=(mark,) if checked is not None else ())
    product = ozon_api.ProductCheck(product_id=int(SKU), exemplars=(unit,))
    posting = await wanted(world, "marking")
    answer = ozon_api.ExemplarChecks(status=status, products=(product,))
    assert judged(answer, posting).state == state
    with pytest.raises(BadReply, match="of_tomorrow"):
        judged(ozon_api.ExemplarChecks(status="of_tomorrow"), posting)


async def test_a_foreign_country_makes_a_customs_number_wanted(world: World) -> None:
    posting = await wanted(world, "country")
    assert (await world.source.tell_country(posting, SKU, "NO")).state == "done"
    again = await world.read(posting.number)
    assert again.unit_needs == (UnitNeeds(sku=SKU, facts=frozenset({"customs_number"})),)
    refused = await world.source.tell_country(again, SKU, "XX")
    assert (refused.state, "XX" in refused.reason) == ("refused", True)


async def test_where_one_number_of_the_product_was_refused_the_other_is_told(world: World) -> None:
    sku = {"country_by": "sku"}
    posting = await wanted(world, "country", behaviour=sku)
    with pytest.raises(Unavailable) as caught:
        await world.source.tell_country(posting, SKU, "CN")
    assert caught.value.retry_after == timedelta(seconds=30)
    assert (await world.source.tell_country(posting, SKU, "CN")).state == "done"
    assert (await world.truth(posting.number))["countries"] == {SKU: "CN"}
    assert (await world.source.tell_country(await wanted(world, "country", behaviour=sku), SKU, "CN")).number
    by_number = await wanted(world, "country")
    with pytest.raises(Unavailable):
        await world.source.tell_country(by_number, SKU, "CN")
    assert (await world.source.tell_country(by_number, SKU, "CN")).state == "done"


async def test_a_product_that_is_known_by_neither_number_is_refused(world: World) -> None:
    posting = await wanted(world, "country")
    await world.tell("products", {"products": [{"offer_id": "OTHER", "product_id": 5, "sku": 6}]})
    with pytest.raises(Unavailable):
        await world.source.tell_country(posting, "6", "CN")
    with pytest.raises(Rejected, match="neither"):
        await world.source.tell_country(posting, "6", "CN")


async def test_a_key_that_may_not_ask_for_the_products_number_tells_the_sku(world: World) -> None:
    await world.tell("companies", {"client_id": "100001", "roles": ["Posting FBS"]})
    posting = await wanted(world, "country", behaviour={"country_by": "sku"})
    assert (await world.source.tell_country(posting, SKU, "KZ")).state == "done"
    assert (await world.read(posting.number)).unit_needs == ()
    other = await wanted(world, "country")
    for _ in range(2):
        with pytest.raises(Rejected, match="Product read-only"):
            await world.source.tell_country(other, SKU, "KZ")
