"""``ozon-sdk``, a client that nobody here wrote, generated from Ozon's documentation of October 2026.

It knows what the other one does not: the live pair of label methods. It asks each method at most twice a
second, in real time, so each is asked twice at most here. README.md says what it cannot prove.
"""

from collections.abc import AsyncIterator

import httpx
import pytest
from adapters.emulators.tests.ozon_conformance import departures
from adapters.emulators.tests.ozon_world import PRODUCT, Ozon

pytest.importorskip("ozon_sdk")  # it does not declare Python 3.14 yet

from ozon_sdk import OzonAPIError, SellerAPI
from ozon_sdk.seller_api.basic import models

HOUR = 3600
EVERYTHING = models.Postingv3FbsPostingWithParamsExamplars(
    analytics_data=True, barcodes=True, financial_data=True, legal_info=True, related_postings=True
)


@pytest.fixture
async def api(ozon: Ozon) -> AsyncIterator[SellerAPI]:
    async with SellerAPI("100001", "demo-api-key", base_url=ozon.url, retry_backoff=0.01) as client:
        yield client


async def ship(api: SellerAPI, number: str) -> None:
    product = models.FbsPostingShipV4RequestPackageProduct(
        product_id=PRODUCT["sku"], quantity=PRODUCT["quantity"]
    )
    packages = [models.FbsPostingShipV4RequestPackage(products=[product])]
    assert (await api.ship_fbs_posting_v4(packages=packages, posting_number=number)).result == [number]


async def fbs_day(ozon: Ozon, api: SellerAPI) -> None:
    numbers = ozon.order("ozon", count=2)
    with pytest.raises(OzonAPIError, match="Filter: value is required"):
        await api.posting_fbs_unfulfilled_list(limit=10)  # it sends no filter unless told
    wanted = models.PostingV4PostingFbsUnfulfilledListRequestFilter(statuses=["awaiting_packaging"])
    shown = await api.posting_fbs_unfulfilled_list(limit=10, filter_=wanted)
    assert [one.posting_number for one in shown.postings or []] == numbers
    for number in numbers:
        await ship(api, number)
    ozon.clock.advance(200)
    posting = (await api.get_fbs_posting_v3(posting_number=numbers[0], with_=EVERYTHING)).result
    assert posting is not None
    assert posting.status == "awaiting_deliver"
    assert posting.barcodes is not None
    found = (await api.get_fbs_posting_by_barcode(barcode=posting.barcodes.upper_barcode)).result
    assert found is not None
    assert found.posting_number == numbers[0]
    await labels(ozon, api, numbers)
    assert posting.delivery_method is not None
    created = await api.carriage_create(
        delivery_method_id=posting.delivery_method.id_, departure_date="2026-11-23T12:00:00Z"
    )
    assert created.carriage_id is not None
    await api.carriage_approve(carriage_id=created.carriage_id)
    ozon.clock.advance(60)
    act = (await api.posting_fbs_act_check_status(id_=created.carriage_id)).result
    assert act is not None
    assert (act.status, sorted(act.added_to_act or [])) == ("ready", sorted(numbers))
    assert (await api.carriage_get(carriage_id=created.carriage_id)).status == "formed"
    ozon.clock.advance(100 * HOUR)
    delivered = models.PostingV4PostingFbsListRequestFilter(
        since="2026-11-01T00:00:00Z", to="2026-12-01T00:00:00Z", statuses=["delivered"]
    )
    history = await api.posting_fbs_list(limit=100, filter_=delivered)
    assert [one.posting_number for one in history.postings or []] == numbers


async def labels(ozon: Ozon, api: SellerAPI, numbers: list[str]) -> None:
    """The live pair: two tasks, each read by its own answer."""
    tasks = (await api.posting_fbs_package_label_create(posting_numbers=numbers)).tasks or []
    ozon.clock.advance(5)
    assert sorted(str(task.task_type) for task in tasks) == ["big_label", "small_label"]
    for task in tasks:
        done = await api.posting_fbs_package_label_get(task_id=task.task_id)
        assert done.status is not None
        assert (done.status.code, done.status.printed_postings_count) == ("completed", 2)
        async with httpx.AsyncClient(trust_env=False) as stranger:
            assert (await stranger.get(str(done.file_url))).content.startswith(b"%PDF")


async def own_delivery(ozon: Ozon, api: SellerAPI) -> None:
    (number,) = ozon.packed("non_integrated")
    pair = models.FbsPostingTrackingNumberSetRequestTrackingNumber(
        posting_number=number, tracking_number="1234567890"
    )
    told = await api.fbs_posting_tracking_number_set(tracking_numbers=[pair])
    assert [one.result for one in told.result or []] == [True]
    early = (await api.fbs_posting_delivered(posting_number=[number])).result or []
    assert [(one.result, one.error) for one in early] == [(False, "TRANSITION_IS_NOT_POSSIBLE")]
    for call in (api.fbs_posting_delivering, api.fbs_posting_last_mile, api.fbs_posting_delivered):
        assert [one.result for one in (await call(posting_number=[number])).result or []] == [True]
        ozon.clock.advance(10)


async def units_before_packing(ozon: Ozon, api: SellerAPI) -> None:
    line = {**PRODUCT, "quantity": 1, "requires": ["country", "marking"]}
    (number,) = ozon.order("ozon", products=[line])
    stock = await api.get_product_info_stocks_by_warehouse_fbs_v2(limit=10, sku=[str(PRODUCT["sku"])])
    (row,) = stock.products or []
    told = await api.set_country_product_fbs_posting_v2(
        posting_number=number, product_id=row.product_id, country_iso_code="NO"
    )
    assert told.is_gtd_needed is True
    (product,) = (
        await api.fbs_posting_product_exemplar_create_or_get_v6(posting_number=number)
    ).products or []
    (unit,) = product.exemplars or []
    mark = models.ExemplarMark(mark="010460393400079321AAAAAA\x1d93dGVz", mark_type="mandatory_mark")
    sheet = models.FbsPostingProductExemplarSetV6RequestProducts(
        product_id=PRODUCT["sku"],
        exemplars=[
            models.FbsPostingProductExemplarSetV6RequestExemplars(
                exemplar_id=unit.exemplar_id, is_gtd_absent=True, marks=[mark]
            )
        ],
    )
    await api.fbs_posting_product_exemplar_set_v6(posting_number=number, multi_box_qty=1, products=[sheet])
    ozon.clock.advance(200)
    checked = await api.fbs_posting_product_exemplar_status_v5(posting_number=number)
    assert checked.status == "ship_available"


async def the_rest(ozon: Ozon, api: SellerAPI) -> None:
    assert [role.name for role in (await api.roles_by_token()).roles or []] == ["Admin"]
    assert len((await api.warehouse_list_v2(limit=10)).warehouses or []) == 3
    (number,) = ozon.order("ozon")
    done = await api.cancel_fbs_posting(
        posting_number=number, cancel_reason_id=402, cancel_reason_message="Ошибка"
    )
    assert done.result is True


async def test_errors_reach_it_as_what_they_are(ozon: Ozon, api: SellerAPI) -> None:
    with pytest.raises(OzonAPIError, match="POSTING_NOT_FOUND") as caught:
        await api.get_fbs_posting_v3(posting_number="1-1-1")
    assert (caught.value.status_code, caught.value.code) == (404, "5")
    ozon.control("faults", {"rules": [{"kind": "circle_open", "times": 1}]})
    (number,) = ozon.order()
    assert (await api.get_fbs_posting_v3(posting_number=number)).result is not None


async def test_a_day_counted(ozon: Ozon, api: SellerAPI) -> None:
    """Requests are held against the closed spec, answers against the recorded examples."""
    await fbs_day(ozon, api)
    await own_delivery(ozon, api)
    await units_before_packing(ozon, api)
    await the_rest(ozon, api)
    found, checked = departures(ozon.log())
    assert found == []
    print(f"ozon-sdk: {checked.total()} exchanges of {len(checked)} methods held against the spec")
    assert len(checked) >= 22
