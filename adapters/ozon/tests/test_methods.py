"""Every method: its path, the body it sends, whether it is marked safe, what it makes of an answer."""

from __future__ import annotations

import inspect
from datetime import UTC, date, datetime
from typing import Any

import httpx
import msgspec
import ozon_api as ozon
import pytest
from adapters.conftest import VendorHttp
from adapters.ozon.tests.cancelling_cases import CANCELLING
from adapters.ozon.tests.case import DAY, Case
from adapters.ozon.tests.unit_cases import UNITS
from ozon_api import Client

PDF = b"%PDF-1.7 made here"


RESULTS = {
    "result": [
        {"posting_number": "1-1", "result": True, "error": ""},
        {"posting_number": "1-2", "result": False, "error": "TRANSITION_IS_NOT_POSSIBLE"},
    ]
}
RESULTS_READ = [("1-1", True, ""), ("1-2", False, "TRANSITION_IS_NOT_POSSIBLE")]


def results(reply: ozon.PostingResults) -> object:
    return [(one.posting_number, one.result, one.error) for one in reply.result]


CASES = [
    *CANCELLING,
    *UNITS,
    Case(
        "/v1/roles",
        lambda c: c.roles(),
        {},
        {"expires_at": "2026-12-01T09:54:23.296Z", "roles": [{"name": "Posting FBS", "methods": ["/v1/x"]}]},
        lambda r: (r.expires_at, r.roles[0].name, r.roles[0].methods),
        (datetime(2026, 12, 1, 9, 54, 23, 296000, tzinfo=UTC), "Posting FBS", ("/v1/x",)),
        safe=True,
    ),
    Case(
        "/v4/posting/fbs/unfulfilled/list",
        lambda c: c.posting_fbs_unfulfilled_list(
            filter=ozon.UnfulfilledFilter(
                cutoff_from=DAY, cutoff_to=DAY, statuses=("awaiting_packaging",), warehouse_ids=("22",)
            ),
            cursor="abc",
            sort_dir="ASC",
            with_=ozon.ListWith(barcodes=True),
        ),
        {
            "filter": {
                "cutoff_from": "2026-09-22T06:30:00Z",
                "cutoff_to": "2026-09-22T06:30:00Z",
                "statuses": ["awaiting_packaging"],
                "warehouse_ids": ["22"],
            },
            "limit": 100,
            "cursor": "abc",
            "sort_dir": "ASC",
            "with": {"barcodes": True},
        },
        {"count": 7, "cursor": "def", "has_next": True, "postings": [{"posting_number": "1-1"}, 5]},
        lambda r: (r.count, r.cursor, r.has_next, [bytes(one) for one in r.postings]),
        (7, "def", True, [b'{"posting_number":"1-1"}', b"5"]),
        safe=True,
    ),
    Case(
        "/v4/posting/fbs/list",
        lambda c: c.posting_fbs_list(filter=ozon.PostingFilter(since=DAY, to=DAY), limit=3),
        {"filter": {"since": "2026-09-22T06:30:00Z", "to": "2026-09-22T06:30:00Z"}, "limit": 3},
        {"cursor": "", "has_next": False, "postings": []},
        lambda r: (r.count, r.has_next, r.postings),
        (None, False, ()),
        safe=True,
    ),
    Case(
        "/v3/posting/fbs/get",
        lambda c: c.posting_fbs_get("1-1", with_=ozon.GetWith(barcodes=True, translit=True)),
        {"posting_number": "1-1", "with": {"barcodes": True, "translit": True}},
        {"result": {"posting_number": "1-1", "status": "new_one", "products": [{"sku": "7", "quantity": 2}]}},
        lambda r: (r.decode().status, r.decode().products[0].sku),
        ("new_one", 7),
        safe=True,
    ),
    Case(
        "/v2/posting/fbs/get-by-barcode",
        lambda c: c.posting_fbs_get_by_barcode("20325804886000"),
        {"barcode": "20325804886000"},
        {"result": {"posting_number": "1-1", "status": "delivered"}},
        lambda r: r.result.posting_number,
        "1-1",
        safe=True,
    ),
    Case(
        "/v4/posting/fbs/ship",
        lambda c: c.posting_fbs_ship(
            "1",
            [
                ozon.Package(products=[ozon.PackageProduct(product_id=7, quantity=1)]),
                ozon.Package(products=[ozon.PackageProduct(product_id=7, quantity=2)]),
            ],
        ),
        {
            "posting_number": "1",
            "packages": [
                {"products": [{"product_id": 7, "quantity": 1}]},
                {"products": [{"product_id": 7, "quantity": 2}]},
            ],
        },
        {"result": ["1-1", "1-2"], "additional_data": []},
        lambda r: r.result,
        ("1-1", "1-2"),
    ),
    Case(
        "/v4/posting/fbs/ship/package",
        lambda c: c.posting_fbs_ship_package(
            "1", [ozon.PartProduct(product_id=7, quantity=1, exemplars_ids=("9",))]
        ),
        {"posting_number": "1", "products": [{"product_id": 7, "quantity": 1, "exemplarsIds": ["9"]}]},
        {"result": "1-1"},
        lambda r: r.result,
        "1-1",
    ),
    Case(
        "/v1/posting/fbs/split",
        lambda c: c.posting_fbs_split(
            "1", [ozon.Package(products=[ozon.PackageProduct(product_id=7, quantity=1)])]
        ),
        {"posting_number": "1", "postings": [{"products": [{"product_id": 7, "quantity": 1}]}]},
        {
            "parent_posting": {"posting_number": "1", "products": []},
            "postings": [{"posting_number": "1-1", "products": [{"product_id": 7, "quantity": 1}]}],
        },
        lambda r: (r.parent_posting.posting_number, r.postings[0].posting_number, r.postings[0].products[0]),
        ("1", "1-1", ozon.SplitProduct(product_id=7, quantity=1)),
    ),
    Case(
        "/v3/posting/multiboxqty/set",
        lambda c: c.posting_multiboxqty_set("1", 3),
        {"posting_number": "1", "multi_box_qty": 3},
        {"result": {"result": True}},
        lambda r: r.result.result,
        True,
    ),
    Case(
        "/v3/posting/fbs/package-label/create",
        lambda c: c.posting_fbs_package_label_create(["1-1", "1-2"]),
        {"posting_numbers": ["1-1", "1-2"]},
        {"tasks": [{"task_id": "58", "task_type": "big_label"}, {"task_id": 59, "task_type": "small_label"}]},
        lambda r: [(task.task_id, task.task_type) for task in r.tasks],
        [(58, "big_label"), (59, "small_label")],
        safe=True,
    ),
    Case(
        "/v2/posting/fbs/package-label/get",
        lambda c: c.posting_fbs_package_label_get(58),
        {"task_id": 58},
        {"status": {"code": "in_progress"}, "file_url": "", "error": None},
        lambda r: (r.status.code, r.status.unprinted_postings, r.file_url, r.error),
        ("in_progress", (), "", None),
        safe=True,
    ),
    Case(
        "/v2/carriage/delivery/list",
        lambda c: c.carriage_delivery_list(
            filter=ozon.CarriageFilter(delivery_method_id=22, departure_date=date(2026, 9, 22)), limit=5
        ),
        {"filter": {"delivery_method_id": 22, "departure_date": "2026-09-22"}, "limit": 5},
        {
            "cursor": "",
            "has_next": False,
            "methods": [
                {
                    "delivery_method_id": 22,
                    "mandatory_postings_count": 4,
                    "mandatory_packaged_count": 3,
                    "carriages": [{"id": 0, "status": "", "available_actions": ["create"]}],
                    "errors": [{"code": "not_packaged"}],
                }
            ],
        },
        lambda r: [
            (m.delivery_method_id, m.carriages[0].id, m.errors[0].code, m.mandatory_packaged_count)
            for m in r.methods
        ],
        [(22, 0, "not_packaged", 3)],
        safe=True,
    ),
    Case(
        "/v1/carriage/create",
        lambda c: c.carriage_create(22, DAY),
        {"delivery_method_id": 22, "departure_date": "2026-09-22T06:30:00Z"},
        {"carriage_id": 900},
        lambda r: r.carriage_id,
        900,
    ),
    Case(
        "/v1/carriage/approve",
        lambda c: c.carriage_approve(900),
        {"carriage_id": 900},
        {},
        lambda r: r,
        ozon.ApprovedCarriage(),
    ),
    Case(
        "/v1/carriage/cancel",
        lambda c: c.carriage_cancel(900),
        {"carriage_id": 900},
        {"error": "", "carriage_status": "cancelled"},
        lambda r: (r.error, r.carriage_status),
        ("", "cancelled"),
    ),
    Case(
        "/v1/carriage/get",
        lambda c: c.carriage_get(900),
        {"carriage_id": 900},
        {"carriage_id": "900", "status": "formed", "arrival_pass_ids": ["1", 2], "departure_date": ""},
        lambda r: (r.carriage_id, r.status, r.arrival_pass_ids),
        (900, "formed", (1, 2)),
        safe=True,
    ),
    Case(
        "/v1/carriage/set-postings",
        lambda c: c.carriage_set_postings(900, ["1-1", "1-2"]),
        {"carriage_id": 900, "posting_numbers": ["1-1", "1-2"]},
        RESULTS,
        results,
        RESULTS_READ,
    ),
    Case(
        "/v2/posting/fbs/act/check-status",
        lambda c: c.posting_fbs_act_check_status(900),
        {"id": 900},
        {"result": {"status": "ready", "added_to_act": ["1-1"], "removed_from_act": ["1-2"]}},
        lambda r: (r.result.status, r.result.added_to_act, r.result.removed_from_act),
        ("ready", ("1-1",), ("1-2",)),
        safe=True,
    ),
    Case(
        "/v2/posting/fbs/act/get-pdf",
        lambda c: c.posting_fbs_act_get_pdf(900),
        {"id": 900},
        PDF,
        lambda r: (r.content, r.media_type),
        (PDF, "application/pdf"),
        safe=True,
    ),
    Case(
        "/v2/posting/fbs/act/get-barcode",
        lambda c: c.posting_fbs_act_get_barcode(900),
        {"id": 900},
        b"\x89PNG\r\n\x1a\n...",
        lambda r: r.media_type,
        "image/png",
        safe=True,
    ),
    Case(
        "/v2/posting/fbs/act/get-container-labels",
        lambda c: c.posting_fbs_act_get_container_labels(900),
        {"id": 900},
        PDF,
        lambda r: r.content,
        PDF,
        safe=True,
    ),
    Case(
        "/v2/posting/fbs/act/get-barcode/text",
        lambda c: c.posting_fbs_act_get_barcode_text(900),
        {"id": 900},
        {"result": "%303%2427"},
        lambda r: r.result,
        "%303%2427",
        safe=True,
    ),
    Case(
        "/v2/posting/fbs/act/get-postings",
        lambda c: c.posting_fbs_act_get_postings(900),
        {"id": 900},
        {"result": [{"id": 900, "posting_number": "1-1", "seller_error": "", "products": [{"sku": 7}]}]},
        lambda r: (r.result[0].posting_number, r.result[0].products[0].sku),
        ("1-1", 7),
        safe=True,
    ),
    Case(
        "/v2/posting/fbs/act/list",
        lambda c: c.posting_fbs_act_list(
            filter=ozon.ActFilter(date_from=date(2026, 9, 1), date_to=date(2026, 9, 22), status=("formed",))
        ),
        {"filter": {"date_from": "2026-09-01", "date_to": "2026-09-22", "status": ["formed"]}, "limit": 50},
        {"result": [{"id": 900, "status": "formed"}]},
        lambda r: (r.result[0].id, r.result[0].status),
        (900, "formed"),
        safe=True,
    ),
    Case(
        "/v2/fbs/posting/tracking-number/set",
        lambda c: c.fbs_posting_tracking_number_set(
            [ozon.TrackingNumber(posting_number="1-1", tracking_number="T1")]
        ),
        {"tracking_numbers": [{"posting_number": "1-1", "tracking_number": "T1"}]},
        RESULTS,
        results,
        RESULTS_READ,
    ),
    *(
        Case(path, call, {"posting_number": ["1-1", "1-2"]}, RESULTS, results, RESULTS_READ)
        for path, call in (
            ("/v2/fbs/posting/delivering", lambda c: c.fbs_posting_delivering(["1-1", "1-2"])),
            ("/v2/fbs/posting/last-mile", lambda c: c.fbs_posting_last_mile(["1-1", "1-2"])),
            ("/v2/fbs/posting/delivered", lambda c: c.fbs_posting_delivered(["1-1", "1-2"])),
        )
    ),
    Case(
        "/v1/posting/cutoff/set",
        lambda c: c.posting_cutoff_set("1-1", DAY),
        {"posting_number": "1-1", "new_cutoff_date": "2026-09-22T06:30:00Z"},
        {"result": True},
        lambda r: r.result,
        True,
    ),
    Case(
        "/v2/warehouse/list",
        lambda c: c.warehouse_list(warehouse_ids=["22"]),
        {"limit": 200, "warehouse_ids": ["22"]},
        {
            "cursor": "x",
            "has_next": True,
            "warehouses": [{"warehouse_id": 22, "is_rfbs": True, "working_days": [1, 2]}],
        },
        lambda r: (r.has_next, r.warehouses[0].warehouse_id, r.warehouses[0].working_days),
        (True, 22, ("1", "2")),
        safe=True,
    ),
    Case(
        "/v2/delivery-method/list",
        lambda c: c.delivery_method_list(filter=ozon.DeliveryMethodFilter(status=["ACTIVE"])),
        {"filter": {"status": ["ACTIVE"]}, "limit": 100},
        {
            "cursor": "",
            "has_next": False,
            "delivery_methods": [{"id": "31", "status": "ODD", "provider_id": 51}],
        },
        lambda r: (r.delivery_methods[0].id, r.delivery_methods[0].status, r.delivery_methods[0].provider_id),
        (31, "ODD", 51),
        safe=True,
    ),
    Case(
        "/v2/products/stocks",
        lambda c: c.products_stocks([ozon.Stock(warehouse_id=22, stock=0, product_id=118)]),
        {"stocks": [{"warehouse_id": 22, "stock": 0, "product_id": 118}]},
        {
            "result": [
                {
                    "updated": False,
                    "product_id": 118,
                    "warehouse_id": 22,
                    "errors": [{"code": "TOO_MANY_REQUESTS", "message": "m"}],
                }
            ]
        },
        lambda r: (r.result[0].updated, r.result[0].errors[0].code),
        (False, "TOO_MANY_REQUESTS"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.method)
async def test_a_method_sends_and_reads(case: Case, client: Client, vendor: Any) -> None:
    vendor.answer = (
        httpx.Response(200, content=case.answer)
        if isinstance(case.answer, bytes)
        else httpx.Response(200, json=case.answer)
    )
    reply = await case.call(client)

    assert case.read(reply) == case.expected
    assert vendor.request.method == "POST"
    assert str(vendor.request.url) == "https://api-seller.ozon.ru" + case.path
    assert vendor.body == case.sent
    assert vendor.request.headers["Content-Type"] == "application/json"
    assert vendor.request.headers["Client-Id"] == "1234"
    assert vendor.request.headers["Api-Key"]
    assert vendor.request.extensions.get("safe", False) is case.safe


def test_every_method_has_a_case() -> None:
    public = {
        name
        for name, member in inspect.getmembers(Client, inspect.iscoroutinefunction)
        if not name.startswith("_")
    }
    assert public == {case.method for case in CASES} | {"download"}


async def test_optional_values_are_left_out(client: Client, vendor: Any) -> None:
    vendor.reply({"has_next": False, "postings": []})
    await client.posting_fbs_unfulfilled_list()
    assert vendor.body == {"limit": 100}


async def test_an_answer_that_came_wrapped_is_read_all_the_same(client: Client, vendor: Any) -> None:
    vendor.reply({"result": {"status": "ship_available", "products": [{"product_id": 5, "offer_id": "A"}]}})
    found = await client.fbs_posting_product_exemplar_status("1-1")
    assert (found.status, found.products[0].product_id) == ("ship_available", 5)
    vendor.reply({"result": {"product_id": "7", "is_gtd_needed": True}})
    assert (await client.posting_fbs_product_country_set("1-1", 7, "NO")).is_gtd_needed


@pytest.mark.parametrize("spoiled", [{"check_status": {}}, {"error_codes": [{}]}])
async def test_a_check_that_cannot_be_read_is_no_check(client: Client, vendor: Any, spoiled: Any) -> None:
    mark = {"mark": "A", "mark_type": "imei", "check_status": "passed", "error_codes": []} | spoiled
    products = [{"product_id": 5, "exemplars": [{"exemplar_id": 6, "marks": [mark]}]}]
    vendor.reply({"status": "ship_available", "products": products})
    with pytest.raises(msgspec.ValidationError):
        await client.fbs_posting_product_exemplar_status("1-1")


async def test_the_address_may_end_in_a_slash(vendor: Any, vendor_http: VendorHttp) -> None:
    vendor.reply({"roles": []})
    http = vendor_http("http://127.0.0.1:8101", vendor.handle)
    await Client(http, ozon.ApiKey("1", "k"), "http://127.0.0.1:8101/").roles()
    assert str(vendor.request.url) == "http://127.0.0.1:8101/v1/roles"
