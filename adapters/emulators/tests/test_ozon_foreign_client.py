"""``ozonapi-async``, a client that nobody here wrote, drives the emulator.

It validates answers with strict pydantic models, sends explicit nulls, retries 429 and 500, and knows only
the old label methods, which are revived for it. README.md says what it cannot prove.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from importlib import import_module
from typing import Any

import httpx
import pytest
import pytest_asyncio
from adapters.emulators.tests.ozon_conformance import departures
from adapters.emulators.tests.ozon_world import PRODUCT, Ozon


class _Later:
    """A module of the client: its two thousand models are made when a test asks for one, and not while all
    tests are collected."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(f"ozonapi.seller{self._name}"), name)


seller, errors = _Later(""), _Later(".core.exceptions")
fbs, fbs_assembly_and_labeling = _Later(".schemas.fbs"), _Later(".schemas.fbs_assembly_and_labeling")
fbs_delivery, rfbs = _Later(".schemas.fbs_delivery"), _Later(".schemas.rfbs_delivery")
prices_and_stocks, places = _Later(".schemas.prices_and_stocks"), _Later(".schemas.warehouses")
SellerAPI = Any

# Its limiters live as long as the process and complain when the event loop changes.
pytestmark = pytest.mark.asyncio(loop_scope="module")

HOUR = 3600
EVERYTHING = {"analytics_data": True, "barcodes": True, "financial_data": True, "legal_info": True}


@pytest_asyncio.fixture(loop_scope="module")
async def api(ozon: Ozon) -> AsyncIterator[SellerAPI]:
    config = seller.SellerAPIConfig(
        client_id="100001",
        api_key="demo-api-key",
        base_url=ozon.url,
        max_requests_per_second=50,
        max_retries=3,
        retry_min_wait=0.05,
        retry_max_wait=0.1,
        log_use_async=False,
    )
    async with seller.SellerAPI(config=config) as client:
        yield client
    await seller.SellerAPI.shutdown()


def ship(number: str) -> Any:
    product = fbs_assembly_and_labeling.PostingFBSShipProduct(
        product_id=PRODUCT["sku"], quantity=PRODUCT["quantity"]
    )
    package = fbs_assembly_and_labeling.PostingFBSShipProducts(products=[product])
    return fbs_assembly_and_labeling.PostingFBSShipRequest(
        packages=[package],
        posting_number=number,
        with_=fbs_assembly_and_labeling.PostingFBSShipRequestWith(additional_data=True),
    )


async def get(api: SellerAPI, number: str) -> Any:
    wanted = {**EVERYTHING, "product_exemplars": True, "related_postings": True}
    return await api.posting_fbs_get(fbs.PostingFBSGetRequest(posting_number=number, with_=wanted))


async def fbs_day(ozon: Ozon, api: SellerAPI) -> None:
    numbers = ozon.order("ozon", count=3)
    assert (await api.roles()).roles[0].name == "Admin"
    seen: list[str] = []
    cursor = None
    while True:
        page = await api.posting_fbs_unfulfilled_list(
            fbs.PostingFBSUnfulfilledListRequest(
                limit=2,
                cursor=cursor,
                sort_dir="ASC",
                filter=fbs.PostingFBSUnfulfilledListFilter(statuses=["awaiting_packaging"]),
                with_=fbs.PostingFBSListWith(**EVERYTHING),
            )
        )
        seen += [posting.posting_number for posting in page.postings]
        cursor = page.cursor
        if not page.has_next:
            break
    assert seen == numbers
    for number in numbers:
        assert (await api.posting_fbs_ship(ship(number))).result == [number]
    ozon.clock.advance(120)
    assert (await get(api, numbers[0])).result.status == "awaiting_deliver"
    await labels(ozon, api, numbers)
    methods = (await api.carriage_delivery_list(fbs_delivery.CarriageDeliveryListRequest(limit=10))).methods
    assert methods[0].carriages[0].id == 0
    created = await api.carriage_create(
        fbs_delivery.CarriageCreateRequest(
            delivery_method_id=methods[0].delivery_method_id, departure_date="2026-11-23T12:00:00Z"
        )
    )
    await api.carriage_approve(fbs_delivery.CarriageApproveRequest(carriage_id=created.carriage_id))
    ozon.clock.advance(60)
    identity = created.carriage_id
    status = await api.posting_fbs_act_check_status(fbs_delivery.PostingFBSActCheckStatusRequest(id=identity))
    assert status.result.status == "ready"
    assert sorted(status.result.added_to_act) == sorted(numbers)
    pdf = await api.posting_fbs_act_get_pdf(fbs_delivery.PostingFBSActGetPDFRequest(id=identity))
    assert pdf.content.startswith(b"%PDF")
    png = await api.posting_fbs_act_get_barcode(fbs_delivery.PostingFBSActGetBarcodeRequest(id=identity))
    assert png.content.startswith(b"\x89PNG")
    text = await api.posting_fbs_act_get_barcode_text(
        fbs_delivery.PostingFBSActGetBarcodeTextRequest(id=identity)
    )
    assert text.result.startswith("%303%")
    rows = await api.posting_fbs_act_get_postings(fbs_delivery.PostingFBSActGetPostingsRequest(id=identity))
    assert len(rows.result) == 3
    carriage = await api.carriage_get(fbs_delivery.CarriageGetRequest(carriage_id=identity))
    assert carriage.status == "formed"
    ozon.clock.advance(100 * HOUR)
    history = await api.posting_fbs_list(
        fbs.PostingFBSListRequest(
            limit=100,
            filter=fbs.PostingFBSListFilter(
                since="2026-11-01T00:00:00Z", to="2026-12-01T00:00:00Z", statuses=["delivered"]
            ),
            with_=fbs.PostingFBSListWith(**EVERYTHING),
        )
    )
    assert [posting.posting_number for posting in history.postings] == numbers


async def labels(ozon: Ozon, api: SellerAPI, numbers: list[str]) -> None:
    """The only label methods that this client knows are the dead ones."""
    request = fbs.PostingFBSPackageLabelCreateRequest(posting_number=numbers)
    with pytest.raises(errors.APIClientError, match="obsolete method cannot be used"):
        await api.posting_fbs_package_label_create(request)
    paths = ["/v2/posting/fbs/package-label/create", "/v1/posting/fbs/package-label/get"]
    ozon.control("revive", {"paths": paths})
    tasks = (await api.posting_fbs_package_label_create(request)).result.tasks
    ozon.clock.advance(5)
    for task in tasks:
        done = await api.posting_fbs_package_label_get(
            fbs.PostingFBSPackageLabelGetRequest(task_id=task.task_id)
        )
        assert done.result.printed_postings_count == 3
        async with httpx.AsyncClient(trust_env=False) as stranger:
            assert (await stranger.get(done.result.file_url)).content.startswith(b"%PDF")


async def own_delivery(ozon: Ozon, api: SellerAPI) -> None:
    (number,) = ozon.order("non_integrated")
    posting = (await get(api, number)).result
    assert posting.addressee.name == posting.customer.name == "Иван Петров"
    assert posting.addressee.phone == "+79990000001"
    await api.posting_fbs_ship(ship(number))
    ozon.clock.advance(60)
    pair = rfbs.FbsPostingTrackingNumber(posting_number=number, tracking_number="1234567890")
    answer = await api.fbs_posting_tracking_number_set(
        rfbs.FbsPostingTrackingNumberSetRequest(tracking_numbers=[pair])
    )
    assert answer.result[0].result is True
    numbers = rfbs.FbsPostingNumbersRequest(posting_number=[number])
    early = await api.fbs_posting_delivered(numbers)
    assert (early.result[0].result, early.result[0].error) == (False, "TRANSITION_IS_NOT_POSSIBLE")
    for call in (api.fbs_posting_delivering, api.fbs_posting_last_mile, api.fbs_posting_delivered):
        assert (await call(numbers)).result[0].result is True
        ozon.clock.advance(10)
    assert (await get(api, number)).result.status == "delivered"


@pytest.mark.parametrize("flow", ["3pl_tracking", "hybrid_3pl_tracking", "aggregator"])
async def test_models_take_every_flow(ozon: Ozon, api: SellerAPI, flow: str) -> None:
    (number,) = ozon.packed(flow)
    assert (await get(api, number)).result.status == "awaiting_deliver"


async def cancelling(ozon: Ozon, api: SellerAPI) -> None:
    first, second = ozon.order("ozon", count=2)
    reasons = await api.posting_fbs_cancel_reason(
        fbs.PostingFBSCancelReasonRequest(related_posting_numbers=[first])
    )
    assert [reason.id_ for reason in reasons.result[0].reasons] == [352, 400, 402]
    assert len((await api.posting_fbs_cancel_reason_list()).result) == 7
    await api.posting_fbs_cancel(
        fbs.PostingFBSCancelRequest(
            posting_number=first, cancel_reason_id=402, cancel_reason_message="Ошибка"
        )
    )
    item = fbs.PostingFBSProductCancelItem(sku=PRODUCT["sku"], quantity=1)
    await api.posting_fbs_product_cancel(
        fbs.PostingFBSProductCancelRequest(
            posting_number=second, cancel_reason_id=352, cancel_reason_message="Нет", items=[item]
        )
    )
    assert (await get(api, first)).result.cancellation.cancellation_type == "seller"
    assert (await get(api, second)).result.products[0].quantity == 1


async def cabinet(ozon: Ozon, api: SellerAPI) -> None:
    ozon.order("non_integrated")
    shown = (await api.warehouse_list(places.WarehouseListRequest(limit=10))).warehouses
    assert len(shown) == 3
    methods = await api.delivery_method_list(
        places.DeliveryMethodListRequest(limit=10, filter=places.DeliveryMethodListFilter(status=["ACTIVE"]))
    )
    assert methods.delivery_methods[0].tpl_integration_type == "non_integrated"
    item = prices_and_stocks.ProductsStocksItem(
        offer_id="SC-1", product_id=1, stock=4, warehouse_id=shown[0].warehouse_id
    )
    request = prices_and_stocks.ProductsStocksRequest(stocks=[item])
    assert (await api.products_stocks(request)).result[0].updated is True


async def test_errors_reach_it_as_what_they_are(ozon: Ozon, api: SellerAPI) -> None:
    with pytest.raises(errors.APINotFoundError, match="POSTING_NOT_FOUND"):
        await get(api, "1-1-1")
    ozon.control("companies", {"client_id": "100001", "blocked": True})
    with pytest.raises(errors.APIForbiddenError, match="Company is blocked"):
        await get(api, "1-1-1")


async def test_it_retries_what_may_be_retried(ozon: Ozon, api: SellerAPI) -> None:
    (number,) = ozon.order()
    rules = [
        {"kind": "circle_open", "times": 1},
        {"kind": "status", "status": 500, "body": '{"code":13,"message":"Internal error"}', "times": 1},
    ]
    ozon.control("faults", {"rules": rules})
    assert (await get(api, number)).result.posting_number == number
    assert len(ozon.log()) == 2  # the 500 came before the method, the open circle and the answer were logged


async def test_a_day_counted(ozon: Ozon, api: SellerAPI) -> None:
    """Requests are held against the closed spec, answers against the recorded examples."""
    await fbs_day(ozon, api)
    await own_delivery(ozon, api)
    await cancelling(ozon, api)
    await cabinet(ozon, api)
    found, checked = departures(ozon.log())
    assert found == []
    print(f"ozonapi-async: {checked.total()} exchanges of {len(checked)} methods held against the spec")
    assert len(checked) >= 25
