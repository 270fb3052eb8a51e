"""Every request that ``ozon_api`` can send, against what Ozon's own spec says, closed.

Each public method is called with everything it can be given, so that every field of every request struct
meets the spec, and once more with as little as it takes.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import httpx
import msgspec
import ozon_api as ozon
import pytest
from ozon_api import ApiKey, Client
from ozon_api.wire import Body

from tests.conformance.closed_spec import ClosedSpec
from tests.conformance.compact import closed, load

START = datetime(2026, 9, 1, tzinfo=UTC)
END = datetime(2026, 9, 30, 12, 30, 15, 250000, tzinfo=UTC)
PERIOD = ozon.Period(from_=START, to=END)
LINE = ozon.PackageProduct(product_id=185479045, quantity=2)
MARK = ozon.MarkToSet(mark="0104603934000793215Oux7\x1d93dGVz", mark_type="mandatory_mark")
UNIT = ozon.ExemplarToSet(
    exemplar_id=1, gtd="1", is_gtd_absent=True, rnpt="2", is_rnpt_absent=True, weight=0.3, marks=[MARK]
)

Call = Callable[[Client], Awaitable[Any]]

# The fullest call of each method, and the keys its body has: what business needs, one by one.
FULL: dict[str, tuple[Call, dict[str, Any]]] = {
    "roles": (lambda c: c.roles(), {}),
    "posting_fbs_unfulfilled_list": (
        lambda c: c.posting_fbs_unfulfilled_list(
            filter=ozon.UnfulfilledFilter(
                cutoff_from=START,
                cutoff_to=END,
                delivering_date_from=START,
                delivering_date_to=END,
                last_changed_status_date=PERIOD,
                statuses=("awaiting_packaging", "awaiting_deliver"),
                warehouse_ids=("20605650762000",),
                delivery_method_ids=("1020005003107121",),
                provider_ids=("24",),
            ),
            limit=100,
            cursor="eyJm",
            sort_dir="DESC",
            translit=True,
            with_=ozon.ListWith(analytics_data=True, barcodes=True, financial_data=True, legal_info=True),
        ),
        {
            "filter.cutoff_from": "2026-09-01T00:00:00Z",
            "filter.cutoff_to": "2026-09-30T12:30:15.250000Z",
            "filter.last_changed_status_date.from": "2026-09-01T00:00:00Z",
            "filter.last_changed_status_date.to": "2026-09-30T12:30:15.250000Z",
            "filter.statuses": ["awaiting_packaging", "awaiting_deliver"],
            "filter.warehouse_ids": ["20605650762000"],
            "filter.delivery_method_ids": ["1020005003107121"],
            "filter.provider_ids": ["24"],
            "limit": 100,
            "cursor": "eyJm",
            "sort_dir": "DESC",
            "translit": True,
            "with.barcodes": True,
            "with.financial_data": True,
            "with.analytics_data": True,
            "with.legal_info": True,
        },
    ),
    "posting_fbs_list": (
        lambda c: c.posting_fbs_list(
            filter=ozon.PostingFilter(
                since=START,
                to=END,
                last_changed_status_date=PERIOD,
                statuses=("delivered",),
                integration_type_flow=("hybrid_3pl_tracking",),
                order_id=33301885134,
                order_numbers=("0208245774-0029",),
                warehouse_ids=("20605650762000",),
                delivery_method_ids=("1020005003107121",),
                provider_ids=("24",),
                is_blr_traceable=False,
            ),
            limit=100,
            cursor="eyJm",
            sort_dir="ASC",
            translit=True,
            with_=ozon.ListWith(analytics_data=True, barcodes=True, financial_data=True, legal_info=True),
        ),
        {
            "filter.since": "2026-09-01T00:00:00Z",
            "filter.to": "2026-09-30T12:30:15.250000Z",
            "filter.statuses": ["delivered"],
            "filter.integration_type_flow": ["hybrid_3pl_tracking"],
            "filter.order_numbers": ["0208245774-0029"],
            "limit": 100,
            "cursor": "eyJm",
            "with.barcodes": True,
        },
    ),
    "posting_fbs_get": (
        lambda c: c.posting_fbs_get(
            "57195475-0050-3",
            with_=ozon.GetWith(
                analytics_data=True,
                barcodes=True,
                financial_data=True,
                legal_info=True,
                product_exemplars=True,
                related_postings=True,
                translit=True,
            ),
        ),
        {
            "posting_number": "57195475-0050-3",
            "with.barcodes": True,
            "with.related_postings": True,
            "with.translit": True,
        },
    ),
    "posting_fbs_get_by_barcode": (
        lambda c: c.posting_fbs_get_by_barcode("20325804886000"),
        {"barcode": "20325804886000"},
    ),
    "posting_fbs_ship": (
        lambda c: c.posting_fbs_ship(
            "89491381-0072-1", [ozon.Package(products=[LINE])], additional_data=True
        ),
        {
            "posting_number": "89491381-0072-1",
            "packages": [{"products": [{"product_id": 185479045, "quantity": 2}]}],
            "with.additional_data": True,
        },
    ),
    "posting_fbs_ship_package": (
        lambda c: c.posting_fbs_ship_package(
            "89491381-0072-1",
            [ozon.PartProduct(product_id=185479045, quantity=1, exemplars_ids=("5819327210248",))],
        ),
        {
            "posting_number": "89491381-0072-1",
            "products": [{"product_id": 185479045, "quantity": 1, "exemplarsIds": ["5819327210248"]}],
        },
    ),
    "posting_fbs_split": (
        lambda c: c.posting_fbs_split("89491381-0072-1", [ozon.Package(products=[LINE])]),
        {
            "posting_number": "89491381-0072-1",
            "postings": [{"products": [{"product_id": 185479045, "quantity": 2}]}],
        },
    ),
    "posting_multiboxqty_set": (
        lambda c: c.posting_multiboxqty_set("89491381-0072-1", 3),
        {"posting_number": "89491381-0072-1", "multi_box_qty": 3},
    ),
    "posting_fbs_package_label_create": (
        lambda c: c.posting_fbs_package_label_create(["48173252-0034-4", "48173252-0034-5"]),
        {"posting_numbers": ["48173252-0034-4", "48173252-0034-5"]},
    ),
    "posting_fbs_package_label_get": (
        lambda c: c.posting_fbs_package_label_get(5819327210248),
        {"task_id": 5819327210248},
    ),
    "carriage_delivery_list": (
        lambda c: c.carriage_delivery_list(
            filter=ozon.CarriageFilter(delivery_method_id=20605650762000, departure_date=date(2026, 9, 22)),
            limit=1000,
            cursor="x",
        ),
        {
            "filter.delivery_method_id": 20605650762000,
            "filter.departure_date": "2026-09-22",
            "limit": 1000,
            "cursor": "x",
        },
    ),
    "carriage_create": (
        lambda c: c.carriage_create(20605650762000, START, all_blr_traceable=True),
        {
            "delivery_method_id": 20605650762000,
            "departure_date": "2026-09-01T00:00:00Z",
            "all_blr_traceable": True,
        },
    ),
    "carriage_approve": (
        lambda c: c.carriage_approve(900, containers_count=2),
        {"carriage_id": 900, "containers_count": 2},
    ),
    "carriage_cancel": (lambda c: c.carriage_cancel(900), {"carriage_id": 900}),
    "carriage_get": (lambda c: c.carriage_get(900), {"carriage_id": 900}),
    "carriage_set_postings": (
        lambda c: c.carriage_set_postings(900, ["76673629-0020-1"]),
        {"carriage_id": 900, "posting_numbers": ["76673629-0020-1"]},
    ),
    "posting_fbs_act_check_status": (lambda c: c.posting_fbs_act_check_status(900), {"id": 900}),
    "posting_fbs_act_get_pdf": (lambda c: c.posting_fbs_act_get_pdf(900), {"id": 900}),
    "posting_fbs_act_get_barcode": (lambda c: c.posting_fbs_act_get_barcode(900), {"id": 900}),
    "posting_fbs_act_get_container_labels": (
        lambda c: c.posting_fbs_act_get_container_labels(900),
        {"id": 900},
    ),
    "posting_fbs_act_get_barcode_text": (lambda c: c.posting_fbs_act_get_barcode_text(900), {"id": 900}),
    "posting_fbs_act_get_postings": (lambda c: c.posting_fbs_act_get_postings(900), {"id": 900}),
    "posting_fbs_act_list": (
        lambda c: c.posting_fbs_act_list(
            filter=ozon.ActFilter(
                date_from=date(2026, 9, 1),
                date_to=date(2026, 9, 22),
                integration_type="ozon",
                status=("formed",),
            ),
            limit=50,
        ),
        {
            "filter.date_from": "2026-09-01",
            "filter.date_to": "2026-09-22",
            "filter.integration_type": "ozon",
            "filter.status": ["formed"],
            "limit": 50,
        },
    ),
    "fbs_posting_tracking_number_set": (
        lambda c: c.fbs_posting_tracking_number_set(
            [ozon.TrackingNumber(posting_number="48173252-0033-2", tracking_number="10102334598")]
        ),
        {"tracking_numbers": [{"posting_number": "48173252-0033-2", "tracking_number": "10102334598"}]},
    ),
    "fbs_posting_delivering": (
        lambda c: c.fbs_posting_delivering(["33920157-0018-1"]),
        {"posting_number": ["33920157-0018-1"]},
    ),
    "fbs_posting_last_mile": (
        lambda c: c.fbs_posting_last_mile(["33920157-0018-1"]),
        {"posting_number": ["33920157-0018-1"]},
    ),
    "fbs_posting_delivered": (
        lambda c: c.fbs_posting_delivered(["33920157-0018-1"]),
        {"posting_number": ["33920157-0018-1"]},
    ),
    "posting_cutoff_set": (
        lambda c: c.posting_cutoff_set("789456123-0002-3", START),
        {"posting_number": "789456123-0002-3", "new_cutoff_date": "2026-09-01T00:00:00Z"},
    ),
    "posting_fbs_cancel_reason": (
        lambda c: c.posting_fbs_cancel_reason(["73837363-0010-3"]),
        {"related_posting_numbers": ["73837363-0010-3"]},
    ),
    "posting_fbs_cancel_reason_list": (lambda c: c.posting_fbs_cancel_reason_list(), {}),
    "posting_fbs_cancel": (
        lambda c: c.posting_fbs_cancel("33920113-1231-1", 402, cancel_reason_message="out of stock"),
        {
            "posting_number": "33920113-1231-1",
            "cancel_reason_id": 402,
            "cancel_reason_message": "out of stock",
        },
    ),
    "posting_fbs_product_cancel": (
        lambda c: c.posting_fbs_product_cancel(
            "33920113-1231-1", 352, "out of stock", [ozon.CancelItem(sku=150587396, quantity=5)]
        ),
        {
            "posting_number": "33920113-1231-1",
            "cancel_reason_id": 352,
            "cancel_reason_message": "out of stock",
            "items": [{"sku": 150587396, "quantity": 5}],
        },
    ),
    "posting_fbs_arbitration": (
        lambda c: c.posting_fbs_arbitration(["33920143-1195-1"]),
        {"posting_number": ["33920143-1195-1"]},
    ),
    "posting_fbs_awaiting_delivery": (
        lambda c: c.posting_fbs_awaiting_delivery(["33920143-1195-1"]),
        {"posting_number": ["33920143-1195-1"]},
    ),
    "conditional_cancellation_list": (
        lambda c: c.conditional_cancellation_list(
            filters=ozon.CancelRequestFilters(
                state="ON_APPROVAL",
                cancellation_initiator=["CLIENT"],
                posting_number=["34009011-0094-1"],
            ),
            limit=500,
            last_id=283784254,
            counter=True,
        ),
        {
            "filters.state": "ON_APPROVAL",
            "filters.cancellation_initiator": ["CLIENT"],
            "filters.posting_number": ["34009011-0094-1"],
            "limit": 500,
            "last_id": 283784254,
            "with.counter": True,
        },
    ),
    "conditional_cancellation_approve": (
        lambda c: c.conditional_cancellation_approve(74393917, comment="agreed"),
        {"cancellation_id": 74393917, "comment": "agreed"},
    ),
    "conditional_cancellation_reject": (
        lambda c: c.conditional_cancellation_reject(74393917, "on its way"),
        {"cancellation_id": 74393917, "comment": "on its way"},
    ),
    "fbs_posting_product_exemplar_create_or_get": (
        lambda c: c.fbs_posting_product_exemplar_create_or_get("33920143-1195-1"),
        {"posting_number": "33920143-1195-1"},
    ),
    "fbs_posting_product_exemplar_validate": (
        lambda c: c.fbs_posting_product_exemplar_validate(
            "33920143-1195-1",
            [
                ozon.ProductToValidate(
                    product_id=185479045,
                    exemplars=[ozon.ExemplarToValidate(gtd="1", rnpt="2", weight=0.3, marks=[MARK])],
                )
            ],
        ),
        {"posting_number": "33920143-1195-1"},
    ),
    "fbs_posting_product_exemplar_set": (
        lambda c: c.fbs_posting_product_exemplar_set(
            "33920143-1195-1", [ozon.ProductToSet(product_id=185479045, exemplars=[UNIT])], multi_box_qty=2
        ),
        {"posting_number": "33920143-1195-1", "multi_box_qty": 2},
    ),
    "fbs_posting_product_exemplar_status": (
        lambda c: c.fbs_posting_product_exemplar_status("33920143-1195-1"),
        {"posting_number": "33920143-1195-1"},
    ),
    "fbs_posting_product_exemplar_update": (
        lambda c: c.fbs_posting_product_exemplar_update("33920143-1195-1"),
        {"posting_number": "33920143-1195-1"},
    ),
    "posting_fbs_product_country_list": (
        lambda c: c.posting_fbs_product_country_list("Нор"),
        {"name_search": "Нор"},
    ),
    "posting_fbs_product_country_set": (
        lambda c: c.posting_fbs_product_country_set("57195475-0050-3", 180550365, "NO"),
        {"posting_number": "57195475-0050-3", "product_id": 180550365, "country_iso_code": "NO"},
    ),
    "product_info_stocks_by_warehouse_fbs": (
        lambda c: c.product_info_stocks_by_warehouse_fbs(
            sku=["185479045"], offer_id=["A"], limit=1000, cursor="x"
        ),
        {"sku": ["185479045"], "offer_id": ["A"], "limit": 1000, "cursor": "x"},
    ),
    "warehouse_list": (
        lambda c: c.warehouse_list(limit=200, cursor="x", warehouse_ids=["20605650762000"]),
        {"limit": 200, "cursor": "x", "warehouse_ids": ["20605650762000"]},
    ),
    "delivery_method_list": (
        lambda c: c.delivery_method_list(
            filter=ozon.DeliveryMethodFilter(
                status=["NEW", "EDITED", "ACTIVE", "DISABLED", "WAITING", "BROKEN"],
                delivery_method_ids=("1",),
                provider_ids=("24",),
                warehouse_ids=("20605650762000",),
            ),
            limit=100,
            cursor="x",
            sort_dir="ASC",
        ),
        {
            "filter.status": ["NEW", "EDITED", "ACTIVE", "DISABLED", "WAITING", "BROKEN"],
            "filter.warehouse_ids": ["20605650762000"],
            "limit": 100,
        },
    ),
    "products_stocks": (
        lambda c: c.products_stocks(
            [ozon.Stock(warehouse_id=22142605386000, stock=0, product_id=313455276, offer_id="PH11042")]
        ),
        {
            "stocks": [
                {
                    "warehouse_id": 22142605386000,
                    "stock": 0,
                    "product_id": 313455276,
                    "offer_id": "PH11042",
                }
            ]
        },
    ),
}

# The same methods with as little as they take.
LEAN: dict[str, Call] = {
    "posting_fbs_unfulfilled_list": lambda c: c.posting_fbs_unfulfilled_list(),
    "posting_fbs_list": lambda c: c.posting_fbs_list(filter=ozon.PostingFilter(since=START, to=END)),
    "posting_fbs_get": lambda c: c.posting_fbs_get("1"),
    "posting_fbs_ship": lambda c: c.posting_fbs_ship("1", [ozon.Package(products=[LINE])]),
    "carriage_delivery_list": lambda c: c.carriage_delivery_list(),
    "carriage_create": lambda c: c.carriage_create(22, START),
    "carriage_approve": lambda c: c.carriage_approve(900),
    "posting_fbs_cancel": lambda c: c.posting_fbs_cancel("1", 352),
    "fbs_posting_product_exemplar_set": lambda c: c.fbs_posting_product_exemplar_set(
        "1", [ozon.ProductToSet(product_id=1, exemplars=[ozon.ExemplarToSet(exemplar_id=1)])]
    ),
    "posting_fbs_product_country_list": lambda c: c.posting_fbs_product_country_list(),
    "product_info_stocks_by_warehouse_fbs": lambda c: c.product_info_stocks_by_warehouse_fbs(),
    "warehouse_list": lambda c: c.warehouse_list(),
    "delivery_method_list": lambda c: c.delivery_method_list(
        filter=ozon.DeliveryMethodFilter(status=["ACTIVE"])
    ),
}

# Not requests to the Seller API: a file server without a spec.
NOT_IN_THE_SPEC = {"download"}

# Ozon declares no body for these two; `{}` is what its gateway is known to take with a JSON content type.
EMPTY_BODY = {"roles", "posting_fbs_cancel_reason_list"}


@dataclass
class Witness:
    """Keeps the requests; answers with something that nothing can be made of."""

    requests: list[httpx.Request] = field(default_factory=list)

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(503)

    async def see(self, call: Call) -> httpx.Request:
        self.requests.clear()
        async with httpx.AsyncClient(transport=httpx.MockTransport(self.handle)) as http:
            with pytest.raises(httpx.HTTPStatusError):
                await call(Client(http, ApiKey("1234", "key")))
        [request] = self.requests
        return request


@pytest.fixture(scope="module")
def spec() -> ClosedSpec:
    return closed("ozon")


def violations(spec: ClosedSpec, method: str, request: httpx.Request) -> list[str]:
    found = spec.request_violations(request)
    if method in EMPTY_BODY:
        assert request.content == b"{}"
        assert found == ["body: the operation takes none"]
        return []
    return found


def fields(value: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """``{"filter": {"to": 1}}`` as ``{"filter.to": 1}``."""
    flat: dict[str, Any] = {}
    for key, part in value.items():
        flat |= fields(part, f"{prefix}{key}.") if isinstance(part, dict) else {prefix + key: part}
    return flat


@pytest.mark.parametrize("method", FULL)
async def test_the_fullest_request_keeps_the_spec(spec: ClosedSpec, method: str) -> None:
    call, expected = FULL[method]
    request = await Witness().see(call)

    assert violations(spec, method, request) == []
    sent = fields(json.loads(request.content))
    for name, value in expected.items():
        assert sent[name] == value, name


@pytest.mark.parametrize("method", LEAN)
async def test_the_leanest_request_keeps_the_spec(spec: ClosedSpec, method: str) -> None:
    request = await Witness().see(LEAN[method])
    assert violations(spec, method, request) == []
    empty = [name for name, value in fields(json.loads(request.content)).items() if value in ("", [], None)]
    assert empty == []


@pytest.mark.parametrize("method", FULL)
async def test_the_spec_knows_the_method_as_living(method: str) -> None:
    request = await Witness().see(FULL[method][0])
    assert "gone" not in load("ozon")["operations"][f"POST {request.url.path}"]


async def test_every_public_method_is_validated(spec: ClosedSpec, capsys: pytest.CaptureFixture[str]) -> None:
    coroutines = inspect.getmembers(Client, inspect.iscoroutinefunction)
    public = {name for name, _ in coroutines if not name.startswith("_")}
    assert public == set(FULL) | NOT_IN_THE_SPEC

    calls = [*((name, call) for name, (call, _) in FULL.items()), *LEAN.items()]
    found = [(name, violations(spec, name, await Witness().see(call))) for name, call in calls]
    assert [one for one in found if one[1]] == []
    with capsys.disabled():
        print(f"\nozon_api: {len(calls)} requests of {len(FULL)} methods, 0 violations")


async def test_every_field_of_every_request_struct_is_sent() -> None:
    seen: set[str] = set()
    for call, _ in FULL.values():
        seen |= set(keys(json.loads((await Witness().see(call)).content)))
    declared = {
        one.encode_name
        for struct in subclasses(Body)
        for one in msgspec.structs.fields(struct)
        if struct.__module__.startswith("ozon_api")
    }
    assert declared - seen == set()


async def test_a_misspelt_field_would_be_found(spec: ClosedSpec) -> None:
    request = await Witness().see(FULL["posting_fbs_list"][0])
    wrong = request.content.replace(b'"warehouse_ids"', b'"warehouse_id"')
    headers = {"Client-Id": "1234", "Api-Key": "key"}
    found = spec.violations("POST", request.url.path, [], headers, wrong, "application/json")
    assert any("warehouse_id" in violation for violation in found)
    assert spec.violations("POST", request.url.path, [], {}, request.content, "application/json") == [
        "header client-id: required parameter is missing",
        "header api-key: required parameter is missing",
    ]


def keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for part in value.values():
            yield from keys(part)
    elif isinstance(value, list):
        for part in value:
            yield from keys(part)


def subclasses(base: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for struct in base.__subclasses__():
        yield struct
        yield from subclasses(struct)
